"""What feeds of this node are about, and who is called back when there is news in them."""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import EndpointId, Millis


class About(StrEnum):
    """What a feed is about; its key is an id, or a tag."""

    MICROBLOG = "microblog"
    REPLIES = "replies"
    """A microblog, with what answers others."""
    TAG = "tag"
    THREAD = "thread"
    LIST = "list"
    """A list that its owner shows to anybody."""
    HERE = "here"
    """Everybody here who lets their posts be found: no feed, but what hubs and aggregators of others hear of."""


class Subject(NamedTuple):
    """What a feed is about, in our own ids: the same after a rename."""

    about: About
    key: str

    def __str__(self) -> str:
        return f"{self.about}:{self.key}"


class Way(StrEnum):
    """How somebody is called back."""

    WEBSUB = "websub"
    CLOUD_POST = "cloud_post"
    CLOUD_RPC = "cloud_rpc"
    PUBLISH = "publish"
    """A WebSub hub of others is told which feeds of ours to fetch."""
    PING = "ping"
    """An aggregator is told which page of ours has news (weblogUpdates)."""


OUTWARD = (Way.PUBLISH, Way.PING)
"""Ways that those who run the node choose; nobody subscribes by them."""


class Wanted(NamedTuple):
    """A wish to be called back at an address when there is news in a feed: `topic` is the feed's address as whoever
    wishes names it, `method` the procedure of XML-RPC."""

    way: Way
    topic: str
    address: str
    secret: str = ""
    method: str = ""


class Callback(NamedTuple):
    """Such a wish that was verified, and until when it holds."""

    wanted: Wanted
    subject: str
    endpoint: EndpointId
    until: Millis


class Ask(NamedTuple):
    """What was asked of our hub and is not yet verified; `lease` in seconds, `attempts` were made."""

    id: int
    mode: str
    wanted: Wanted
    lease: int
    attempts: int
