"""One connection to the relay, without any I/O: what was said goes in, and what is to be done comes out.

The rule: a session answers by itself whatever it can, in the words and with the prefixes of NIP-01, and leaves to the
gateway only what needs the store.
"""

from typing import NamedTuple, TypeAlias

from scattershot.protocols.nostr.session.limits import Bucket, Limits
from scattershot.protocols.nostr.session.visibility import Allowed, Denied, allowed
from scattershot.protocols.nostr.wire import frames, kinds
from scattershot.protocols.nostr.wire.authentication import fault_of_proof
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, NegentropyError
from scattershot.protocols.nostr.wire.readings import expiry, is_protected, promised_work


class Say(NamedTuple):
    """Tell them."""

    frame: str


class Take(NamedTuple):
    """An event to be looked at and kept; its signature was not checked yet."""

    event: Event


class Find(NamedTuple):
    """Listen, and tell what is stored."""

    name: str
    filters: tuple[Allowed, ...]


class Tally(NamedTuple):
    """Tell how many there are."""

    name: str
    filters: tuple[Allowed, ...]


class Leave(NamedTuple):
    """Listen no more for that subscription."""

    name: str


class Compare(NamedTuple):
    """Begin a comparison: seal what is wanted, give it to `begin`, and tell what that says."""

    name: str
    filter: Allowed
    message: bytes


Deed: TypeAlias = Say | Take | Find | Tally | Leave | Compare

_SLOWER = "rate-limited: that is more than we answer in a minute; come again a little later"


class Session:
    """What one connection has said so far. Moments are in seconds."""

    def __init__(self, limits: Limits, relay: str, challenge: str, now: float) -> None:
        self._limits, self._relay, self.challenge = limits, relay, challenge
        self._bucket = Bucket(limits.calls, now)
        self._comparisons: dict[str, Negentropy | None] = {}
        self.names: set[str] = set()
        self.readers: set[str] = set()
        """Keys that they have proved to hold."""

    def open(self) -> list[Deed]:
        """What is said first."""
        return [Say(frames.auth(self.challenge))]

    def receive(self, said: str | bytes, now: float) -> list[Deed]:
        """What follows from a message."""
        if len(said) > self._limits.message + 200 or (
            isinstance(said, str) and not said.isascii() and len(said.encode()) > self._limits.message + 200
        ):
            return [Say(frames.notice(f"invalid: a message has at most {self._limits.message} bytes"))]
        spoken = frames.read_client(said, self._limits.size)
        if not self._bucket.take(now):
            return [_refused(spoken, _SLOWER)]
        match spoken:
            case frames.Publish(event):
                why = self._fault(event, int(now))
                return [Take(event) if why is None else Say(frames.ok(event.id, False, why))]
            case frames.Ask(name, filters):
                return self._ask(name, filters)
            case frames.Count(name, filters):
                judged = self._judged(filters)
                return [Say(frames.closed(name, judged)) if isinstance(judged, str) else Tally(name, judged)]
            case frames.Close(name):
                self.names.discard(name)
                return [Leave(name)]
            case frames.Prove(event):
                return [self._prove(event, int(now))]
            case frames.NegOpen(name, wanted, message):
                return self._compare(name, wanted, message)
            case frames.NegMessage(name, message):
                return [Say(self._next(name, message))]
            case frames.NegClose(name):
                self._comparisons.pop(name, None)
                return []
            case frames.BadFrame(_, _, why):
                return [_refused(spoken, f"invalid: {why}")]

    # -- events

    def _fault(self, event: Event, now: int) -> str | None:
        """Why an event is not taken, whoever signed it; None where it may be."""
        limits = self._limits
        if event.kind in (kinds.AUTHENTICATION, kinds.HTTP_AUTHENTICATION):
            return "invalid: proofs are not published"
        if event.created_at > now + limits.future:
            return f"invalid: created_at is more than {limits.future} seconds in the future"
        if event.created_at < now - limits.past:
            return "invalid: created_at is too long ago"
        ends = expiry(event)
        if ends is not None and ends <= now:
            return "invalid: the event has expired"
        if limits.work and promised_work(event) < limits.work:
            return f"pow: {limits.work} bits of work are asked for, this shows {promised_work(event)}"
        if is_protected(event) and event.pubkey not in self.readers:
            if not self.readers:
                return "auth-required: this may be published by its author alone"
            return "restricted: this may be published by its author alone"
        return None

    def _prove(self, event: Event, now: int) -> Deed:
        fault = fault_of_proof(event, self.challenge, self._relay, now)
        if fault is not None:
            return Say(frames.ok(event.id, False, f"invalid: {fault}"))
        self.readers.add(event.pubkey)
        return Say(frames.ok(event.id, True))

    # -- wishes

    def _judged(self, filters: tuple[Filter, ...]) -> tuple[Allowed, ...] | str:
        """The filters as they may be answered, or why none of them is."""
        if len(filters) > self._limits.filters:
            return f"invalid: a subscription has at most {self._limits.filters} filters"
        if sum(wanted.size for wanted in filters) > self._limits.values:
            return f"invalid: the filters name more than {self._limits.values} values"
        judged = [allowed(wanted, self.readers) for wanted in filters]
        may = tuple(each for each in judged if isinstance(each, Allowed))
        if may:
            return may
        return next(each.why for each in judged if isinstance(each, Denied))

    def _ask(self, name: str, filters: tuple[Filter, ...]) -> list[Deed]:
        if name not in self.names and len(self.names) >= self._limits.subscriptions:
            why = f"blocked: there are at most {self._limits.subscriptions} subscriptions; close one"
            return [Say(frames.closed(name, why))]
        judged = self._judged(filters)
        if isinstance(judged, str):
            left: list[Deed] = [Leave(name)] if name in self.names else []
            self.names.discard(name)
            return [*left, Say(frames.closed(name, judged))]
        self.names.add(name)
        return [Find(name, judged)]

    # -- comparisons

    def _compare(self, name: str, wanted: Filter, message: bytes) -> list[Deed]:
        self._comparisons.pop(name, None)
        if len(self._comparisons) >= self._limits.comparisons:
            return [Say(frames.neg_error(name, "blocked: too many comparisons are under way"))]
        judged = self._judged((wanted,))
        if isinstance(judged, str):
            return [Say(frames.neg_error(name, judged))]
        self._comparisons[name] = None
        return [Compare(name, judged[0], message)]

    def begin(self, name: str, side: Negentropy | None, message: bytes) -> str | None:
        """The first answer of a comparison, its set being sealed (None: it is too large); None where it is over."""
        if name not in self._comparisons:
            return None
        if side is None:
            self._comparisons.pop(name)
            return frames.neg_error(name, f"blocked: this is more than {self._limits.items} events; ask for less")
        self._comparisons[name] = side
        return self._next(name, message)

    def _next(self, name: str, message: bytes) -> str:
        side = self._comparisons.get(name)
        if side is None:
            return frames.neg_error(name, "closed: no such comparison")
        try:
            return frames.neg_message(name, side.answer(message))
        except NegentropyError as problem:
            self._comparisons.pop(name)
            return frames.neg_error(name, f"invalid: {problem}")


def _refused(spoken: frames.Spoken, why: str) -> Say:
    """The answer that says why not, in the form that belongs to what was said."""
    match spoken:
        case frames.Publish(event) | frames.Prove(event):
            return Say(frames.ok(event.id, False, why))
        case frames.Ask(name) | frames.Count(name) | frames.Close(name):
            return Say(frames.closed(name, why))
        case frames.NegOpen(name) | frames.NegMessage(name) | frames.NegClose(name):
            return Say(frames.neg_error(name, why))
        case frames.BadFrame("EVENT" | "AUTH", about, _) if about:
            return Say(frames.ok(about, False, why))
        case frames.BadFrame("REQ" | "COUNT" | "CLOSE", about, _) if about:
            return Say(frames.closed(about, why))
        case frames.BadFrame("NEG-OPEN" | "NEG-MSG" | "NEG-CLOSE", about, _) if about:
            return Say(frames.neg_error(about, why))
        case frames.BadFrame():
            return Say(frames.notice(why))
