"""What is simulated, and what things cost: every assumption that is not the protocol's own stands here."""

from typing import NamedTuple

STRESSES = ("flash-crowd", "restart", "partition", "sybils", "withholding")
PARTS = ("door", "mesh-first")


class Scenario(NamedTuple):
    """A run."""

    nodes: int
    hours: float
    seed: int
    kill: float = 0.0
    """The share of supernodes that lose their power at the same moment, at half-time."""
    stress: frozenset[str] = frozenset()
    """What else befalls the mesh; of STRESSES."""
    without: frozenset[str] = frozenset()
    """What of the protocol is left out, to see what it is good for; of PARTS."""
    slowness: float = 1.0
    """How many times as long everything takes a supernode's processor."""
    view_of_each_up_to: int = 2_000
    """Nodes up to which every supernode has a view of its own; beyond, those who can hear each other share one."""
    busiest: int = 3_000
    """Posts at most; where people would write more, a fair sample of these is followed."""


# -- who the nodes are
ONLINE = 0.57
"""The part of the nodes that is there at a moment."""
MEAN_SESSIONS = (900.0, 3_600.0, 14_400.0)
"""Seconds: a third of the nodes each stays so long on the average, after Weibull with shape 0.5: most go soon."""
SHAPE = 0.5
REACHABLE = 0.25
"""The part that can be dialled from outside, and would serve."""
SLOTS = ((256, 0.3), (512, 0.3), (1_024, 0.25), (2_048, 0.15))
UPLINKS = (512, 1_024, 4_096, 16_384)
PEOPLE_PER_NETWORK = 40
SKEWED = 0.01
"""The part whose clock is wrong by one to fifteen minutes; the others' is right to some seconds."""
DAY = 86_400.0
WAVE = 0.5
"""By how much the length of absences swings with the hour of each node's place."""

# -- how sessions end
GRACEFUL, CRASH = 0.5, 0.25
"""Half say good-bye, a quarter's sockets close (kill -9), and the last quarter falls silent (power, network)."""

# -- what things cost a supernode's processor, in seconds
HANDSHAKE = 0.004
"""TLS with ECDSA, the upgrade, AUTH with one Schnorr check: measured at 2.5 to 4 ms in Python."""
SUBSCRIBE = 0.002
CATCH_UP = 0.010
"""A REQ with since, some dozens of rows, and a comparison."""
REFUSAL = 0.0002
"""A socket closed before TLS."""
DIAL_BACK = 0.005
MESH_FRAME = 0.02
"""Seconds by which a frame of the mesh is late on a busy supernode that takes those first: the job under way."""
DIAL_TIMEOUT = 5.0
PATIENCE = 10.0
"""Seconds after which a leaf gives up a handshake."""

# -- bytes on the wire, with what TCP, IP and TLS add
BEAT_BYTES = 172
ATTACH_BYTES = 6_000
SAMPLE_BYTES = 24 * 850
AUDIT_BYTES = 700
REFUSAL_BYTES = 200
POST_BYTES = 700

# -- what people do
POSTS_PER_DAY = 5.0
LEAST_POSTS_PER_HOUR = 600
FOLLOWERS_WATCHED = 60
"""Leaves whose copy of a post is looked for, of those online when it is written."""
LOSS = 0.001
"""The part of messages between supernodes that is lost to overload and broken sockets."""
