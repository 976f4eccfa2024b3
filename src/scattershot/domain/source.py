"""Sources: feeds elsewhere that somebody here follows, how we come by their news, and when to ask them next.

The rule is that of `catch_up`: every `days since the last entry + 1` minutes, sixty times more rarely where a hub tells
us. What a feed asks for itself (ttl, hours and days off, how long its answer holds) is honoured before that.
"""

from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import quote, unquote

from msgspec import Struct

from scattershot.domain.catch_up import LONGEST_WAIT, poll_wait
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.wire_id import FEEDS, WireId

LONGEST_ADDRESS = 1_000
"""Characters of a feed's address."""
LONGEST_NAME = 2_000
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
LONGEST_REST = _DAY
"""A feed that asks to be let alone for longer is asked once a day all the same."""
LONGEST_BACK_OFF = _DAY
FIRST = 20
"""Entries taken of a feed that is new here."""
FIRST_UNDATED = 3
"""Of those that do not say when they were written: they stand at the top of every home."""


def entry_name(feed: str, guid: str) -> WireId:
    """What an entry is called: its feed, and within that what the feed calls it (a digest where that is long)."""
    said = quote(guid, safe=":/?&=+,;@!$()*~")
    if len(feed) + len(said) > LONGEST_NAME:
        said = f"urn:name:{blake2b(guid.encode(), digest_size=16).hexdigest()}"
    return WireId(FEEDS, f"{feed}#{said}")


def guid_of(name: WireId) -> str:
    """What its feed calls an entry."""
    return unquote(name.value.partition("#")[2])


UNDATED_WITHIN = 1_000
"""An entry that does not say when it was written is of the moment it was first seen (milliseconds), in its order."""


class Push(StrEnum):
    """How a feed tells of its news."""

    WEBSUB = "websub"
    CLOUD = "cloud"
    CLOUD_RPC = "cloud_rpc"
    """A cloud that is asked, and tells, by XML-RPC."""


class Offer(Struct, frozen=True, array_like=True):
    """Somebody who would tell us: `hub` is where to ask, `topic` what to ask for, `method` the procedure of XML-RPC."""

    way: Push
    hub: str
    topic: str
    method: str = ""


class Pace(Struct, frozen=True, omit_defaults=True):
    """What a feed asks of those who read it: minutes of rest, hours (GMT) and days (Monday is 0) on which none ask."""

    ttl: int = 0
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


class Source(NamedTuple):
    """A feed that is followed, and how things stand with it.

    `name` is what its microblog is called on the wire, `address` where it is now. `told_until` is until when we are
    told of its news by way of `offer`, 0 where we are not; `attempts` counts who was asked in vain to tell us, `asked`
    is when we last did, `heard` when we last were told.
    """

    microblog: MicroblogId
    name: str
    address: str
    due: Millis
    checked: Millis
    newest: Millis | None
    failures: int
    tag: str
    modified: str
    digest: str
    pace: Pace
    token: str
    secret: str
    offer: Offer | None
    told_until: Millis
    attempts: int
    asked: Millis
    heard: Millis

    def is_told(self, now: Millis) -> bool:
        """Whether somebody tells us of its news."""
        return self.told_until > now

    @property
    def renewal(self) -> Millis:
        """When to ask anew to be told: in good time before it ends."""
        return Millis(self.told_until - _HOUR)


def next_question(source: Source, now: Millis, rest: int = 0) -> Millis:
    """When to ask the feed next; `rest` are the milliseconds for which its last answer holds, or it asked to wait."""
    spread = (source.microblog * 7919 % 1009) / 1009
    told = source.is_told(now)
    wait = poll_wait(source.newest, now, answered=told, spread=spread)
    if source.failures:
        wait = max(wait, min(_MINUTE << min(source.failures, 12), LONGEST_BACK_OFF))
    wait = min(max(wait, min(max(rest, source.pace.ttl * _MINUTE), LONGEST_REST)), LONGEST_WAIT)
    if told and source.renewal > now:
        wait = min(wait, source.renewal - now)
    return allowed(source.pace, Millis(now + wait))


def allowed(pace: Pace, due: Millis) -> Millis:
    """The moment itself, or the first after it at which the feed does not ask to be let alone; one that never wants
    anybody is asked when it is due."""
    at: int = due
    if len(set(pace.hours)) >= 24 or len(set(pace.days)) >= 7:
        return due
    for _ in range(24 * 8):
        hour, day = at // _HOUR % 24, (at // _DAY + 3) % 7
        if hour not in pace.hours and day not in pace.days:
            return Millis(at)
        at = (at // _HOUR + 1) * _HOUR
    return due
