"""What nodes of the mesh state in public, each as an event that its maker signed, and reading it with suspicion.

Five statements: an announcement (here I am, so large), an attestation (I dialled it, NIP-66), an admission (this day's
work was done), an accusation (it does not answer me) and an obituary (it is gone). Moments are in seconds.
"""

from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, TypeAlias, cast, get_args
from urllib.parse import urlsplit

from scattershot.protocols.nostr.mesh.lots import lot
from scattershot.protocols.nostr.mesh.networks import is_network
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Unsigned, Wrong, is_genuine, is_name
from scattershot.protocols.nostr.wire.readings import promised_work

VERSION = "1"
LIFE = 600
"""Seconds for which an announcement holds."""
REFRESH = 180
"""Seconds after which it is made anew, give or take a fifth."""
ATTESTED_FOR = 1_800
"""Seconds for which an attestation holds; witnesses dial every 600."""
AHEAD = 60
"""Seconds by which a clock may be ahead of ours."""
WORK = 20
"""Bits of work of a daily admission: some seconds of Python."""
MAX_SLOTS = 4_096
"""What is claimed beyond is not believed."""
MAX_ADDRESSES = 4
MAX_INCARNATION = 1 << 31

Role = Literal["super", "candidate", "retired", "leaf"]
"""A supernode; one that would serve; one that stepped down lately; one that serves nobody (any more)."""


class Announcement(NamedTuple):
    """A node as it says it is. Capacity is in steps of a power of two, so that small changes alter no rank."""

    key: str
    at: int
    expires: int
    addresses: tuple[str, ...]
    slots: int
    """Leaves it can serve."""
    uplink: int
    """kB/s."""
    store: int
    """MB."""
    up: int
    """The moment since when it runs."""
    load: int
    """Leaves' links that it has."""
    lag: int
    """ms by which its loop is late, at the 99th percentile."""
    role: Role
    since: int
    """The moment since when it has that role."""
    incarnation: int
    id: str = ""


class Attestation(NamedTuple):
    """A witness dialled the subject at its address, found its key there, and saw in which network that is."""

    witness: str
    subject: str
    at: int
    network: str
    address: str = ""


class Admission(NamedTuple):
    """The work of one day, by which many keys cost much."""

    key: str
    day: str
    bits: int


class Accusation(NamedTuple):
    """The witness had no answer from that incarnation of the subject."""

    witness: str
    subject: str
    incarnation: int


class Obituary(NamedTuple):
    """The witness takes that incarnation of the subject for gone."""

    witness: str
    subject: str
    incarnation: int
    at: int


Statement: TypeAlias = Announcement | Attestation | Admission | Accusation | Obituary


def steps(amount: float) -> int:
    """The logarithm to the base of two, rounded to a whole number; 0 for what is below one. By whole numbers alone:
    log2(x) + 1/2 is half of log2(2 x²).
    """
    return max(0, (int(2 * amount * amount).bit_length() - 1) // 2)


def quantised(amount: float) -> int:
    """The nearest power of two, by ratio; 0 for less than one."""
    return 1 << steps(amount) if amount >= 1 else 0


def day_of(at: float) -> str:
    """The day in UTC, as in `2026-11-21`."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def day_before(day: str) -> str:
    """The day before."""
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()


# -- telling


def place_of_announcement(mesh: str) -> str:
    """Its `d` tag."""
    return f"scattershot/mesh/{VERSION}:{mesh}"


def announce(what: Announcement, mesh: str) -> Unsigned:
    """The announcement as it is signed. `b` holds the beginnings of its lot, by which leaves ask for some of them."""
    drawn = f"{lot('leaf', what.key):016x}"
    tags = [
        ["d", place_of_announcement(mesh)],
        *(["r", address] for address in what.addresses),
        ["cap", str(what.slots), str(what.uplink), str(what.store)],
        ["up", str(what.up)],
        ["load", str(what.load), str(what.lag)],
        ["role", what.role, str(what.since)],
        ["inc", str(what.incarnation)],
        ["v", VERSION],
        *(["b", drawn[:digits]] for digits in (1, 2, 3)),
        ["expiration", str(what.expires)],
    ]
    return Unsigned(what.key, what.at, kinds.APPLICATION_DATA, tags, "")


def attest(what: Attestation, mesh: str, rtt_ms: int) -> Unsigned:
    """The attestation, as any monitor of NIP-66 would say it, and whose key and network it is."""
    tags = [
        ["d", what.address],
        ["p", what.subject],
        ["m", mesh],
        ["T", "Supernode"],
        ["rtt-open", str(rtt_ms)],
        ["prefix", what.network],
        ["expiration", str(what.at + ATTESTED_FOR)],
    ]
    return Unsigned(what.witness, what.at, kinds.RELAY_FOUND, tags, "")


def admission(key: str, day: str, at: int, nonce: int, bits: int = WORK) -> Unsigned:
    """What is made again with another nonce until its id shows the work."""
    tags = [["d", f"scattershot/admit:{day}"], ["nonce", str(nonce), str(bits)]]
    return Unsigned(key, at, kinds.APPLICATION_DATA, tags, "")


def mine(key: str, day: str, at: int, start: int, tries: int, bits: int = WORK) -> Unsigned | None:
    """The first admission with enough work among so many tries from `start` on, or None: then come again."""
    for nonce in range(start, start + tries):
        what = admission(key, day, at, nonce, bits)
        if int(what.id, 16).bit_length() <= 256 - bits:
            return what
    return None


def accuse(what: Accusation, mesh: str, at: int) -> Unsigned:
    """The accusation: it passes, and is kept by nobody."""
    tags = [["m", mesh], ["p", what.subject], ["inc", str(what.incarnation)]]
    return Unsigned(what.witness, at, kinds.MESH_ACCUSATION, tags, "")


def bury(what: Obituary, mesh: str) -> Unsigned:
    """The obituary: of one witness about one subject the newest counts."""
    place = f"{place_of_announcement(mesh)}:gone:{what.subject}"
    tags = [["d", place], ["p", what.subject], ["inc", str(what.incarnation)], ["expiration", str(what.at + LIFE)]]
    return Unsigned(what.witness, what.at, kinds.APPLICATION_DATA, tags, "")


# -- hearing


def read_statement(event: Event, mesh: str, now: float) -> Statement | Wrong:
    """What a statement says of this mesh, its signature checked; Wrong where it is forged, stale, early or malformed.

    That it is true is not said: capacity is believed up to a bound, reachability is what others attest.
    """
    if event.created_at > now + AHEAD:
        return Wrong("it is from the future: somebody's clock is wrong")
    name = event.first("d") or ""
    found: Statement | Wrong
    if event.kind == kinds.APPLICATION_DATA and name == place_of_announcement(mesh):
        found = _announcement(event, now)
    elif event.kind == kinds.APPLICATION_DATA and name.startswith("scattershot/admit:"):
        found = _admission(event, name.partition(":")[2], now)
    elif event.kind == kinds.APPLICATION_DATA and name.startswith(f"{place_of_announcement(mesh)}:gone:"):
        found = _obituary(event, name.rpartition(":")[2], now)
    elif event.kind == kinds.RELAY_FOUND and event.first("m") == mesh:
        found = _attestation(event, now)
    elif event.kind == kinds.MESH_ACCUSATION and event.first("m") == mesh:
        found = _accusation(event, now)
    else:
        return Wrong("it is no statement of this mesh")
    if isinstance(found, Wrong) or is_genuine(event):
        return found
    return Wrong("it is forged: the signature is wrong")


def _announcement(event: Event, now: float) -> Announcement | Wrong:
    if event.created_at <= now - LIFE:
        return Wrong("the announcement is stale")
    if event.first("v") != VERSION:
        return Wrong("it is of another version")
    cap, load, role = _numbers(event, "cap", 3), _numbers(event, "load", 2), _items(event, "role")
    up, inc, ends = _numbers(event, "up", 1), _numbers(event, "inc", 1), _numbers(event, "expiration", 1)
    if not (cap and load and up and inc and ends) or len(role) != 3 or role[1] not in get_args(Role):
        return Wrong("a tag of the announcement is missing or malformed")
    if not role[2].isascii() or not role[2].isdigit() or len(role[2]) > 12:
        return Wrong("the role has no beginning")
    addresses = tuple(event.values("r")[:MAX_ADDRESSES])
    if not all(map(_is_relay, addresses)) or (not addresses and role[1] in ("super", "candidate")):
        return Wrong("it has no address that could be dialled")
    if inc[0] >= MAX_INCARNATION or ends[0] <= now:
        return Wrong("the announcement has expired")
    since, at = int(role[2]), event.created_at
    return Announcement(
        event.pubkey, at, min(ends[0], at + LIFE), addresses, min(quantised(cap[0]), MAX_SLOTS), quantised(cap[1]),
        quantised(cap[2]), min(up[0], at), min(load[0], MAX_SLOTS), load[1], cast("Role", role[1]), min(since, at),
        inc[0], event.id,
    )  # fmt: skip


def _attestation(event: Event, now: float) -> Attestation | Wrong:
    subject, network, address = event.first("p") or "", event.first("prefix") or "", event.first("d") or ""
    if event.created_at <= now - ATTESTED_FOR:
        return Wrong("the attestation is stale")
    if not is_name(subject) or not is_network(network) or not _is_relay(address):
        return Wrong("the attestation is malformed")
    if subject == event.pubkey:
        return Wrong("nobody attests themselves")
    return Attestation(event.pubkey, subject, event.created_at, network, address)


def _admission(event: Event, day: str, now: float) -> Admission | Wrong:
    today = day_of(now)
    if day not in (today, day_before(today)):
        return Wrong("the admission is of another day")
    return Admission(event.pubkey, day, promised_work(event))


def _accusation(event: Event, now: float) -> Accusation | Wrong:
    subject, inc = event.first("p") or "", _numbers(event, "inc", 1)
    if event.created_at < now - AHEAD or not is_name(subject) or not inc or inc[0] >= MAX_INCARNATION:
        return Wrong("the accusation is stale or malformed")
    return Accusation(event.pubkey, subject, inc[0])


def _obituary(event: Event, subject: str, now: float) -> Obituary | Wrong:
    inc = _numbers(event, "inc", 1)
    if event.created_at <= now - LIFE or not is_name(subject) or not inc or inc[0] >= MAX_INCARNATION:
        return Wrong("the obituary is stale or malformed")
    return Obituary(event.pubkey, subject, inc[0], event.created_at)


def _items(event: Event, name: str) -> list[str]:
    return next((tag for tag in event.tags if tag and tag[0] == name), [])


def _numbers(event: Event, name: str, count: int) -> list[int]:
    """So many numbers of the first tag of that name; empty where they are not all there."""
    found: list[Any] = _items(event, name)[1 : count + 1]
    if len(found) < count or not all(each.isascii() and each.isdigit() and len(each) <= 12 for each in found):
        return []
    return [int(each) for each in found]


def _is_relay(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return len(address) <= 256 and parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
