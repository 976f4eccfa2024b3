"""One connection to another's relay, without any I/O: what was heard goes in, and what follows from it comes out.

The rule: a relay is believed in nothing. What was not asked for is passed over; a proof of who we are is offered only
where it is asked for, and what had to wait for it is asked again by itself.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from scattershot.protocols.nostr.session.theirs import Theirs
from scattershot.protocols.nostr.wire import frames, relay_frames
from scattershot.protocols.nostr.wire.event import Event, Size, encode
from scattershot.protocols.nostr.wire.filters import Filter, matches
from scattershot.protocols.nostr.wire.negentropy import Negentropy, NegentropyError

MOST_ROUNDS = 400
"""Messages of one comparison: a million events that differ in ten thousand take some ten."""
MOST_TO_FETCH = 200_000
"""Names that one comparison may say are lacking here; a relay could go on saying so for ever."""
_PROOF = "auth-required"


class Send(NamedTuple):
    """Tell them."""

    frame: str


class Came(NamedTuple):
    """An event that was asked for; its signature was not looked at yet."""

    name: str
    event: Event


class AllStored(NamedTuple):
    """What was stored has come; `complete`: whether that was all of it, where the relay says so."""

    name: str
    complete: bool | None


class Over(NamedTuple):
    """They end a subscription, a count or a comparison, or never began it."""

    name: str
    why: str


class Told(NamedTuple):
    """What became of an event that was given to them."""

    id: str
    taken: bool
    why: str


class ProofWanted(NamedTuple):
    """Something waits until they know who we are; answer with `prove`."""

    challenge: str


class Differs(NamedTuple):
    """What only we have and what only they have, as far as this step of a comparison shows; whether it was the last."""

    name: str
    have: tuple[bytes, ...]
    need: tuple[bytes, ...]
    ended: bool


class Number(NamedTuple):
    """How many there are."""

    name: str
    number: int
    approximate: bool


class Remark(NamedTuple):
    """Something for whoever reads logs."""

    words: str


Deed: TypeAlias = Send | Came | AllStored | Over | Told | ProofWanted | Differs | Number | Remark


class _Wish(NamedTuple):
    filters: tuple[Filter, ...]
    stays: bool


class _Comparison:
    def __init__(self, wanted: Filter, side: Negentropy) -> None:
        self.wanted, self.side, self.rounds, self.needed = wanted, side, 0, 0


class ClientSession:
    """What one connection to a relay has said and heard so far. Names are the caller's, each used once at a time."""

    def __init__(self, theirs: Theirs = Theirs(), size: Size = Size()) -> None:  # noqa: B008
        self.theirs, self._size = theirs, size
        self.challenge = ""
        self._open: dict[str, _Wish] = {}
        self._queue: dict[str, _Wish] = {}
        self._counts: dict[str, tuple[Filter, ...]] = {}
        self._given: dict[str, Event] = {}
        self._comparisons: dict[str, _Comparison] = {}
        self._parked: list[str] = []
        """What waits for a proof: names of wishes, counts and comparisons, and ids of events."""
        self._retried: set[str] = set()
        self._proofs: set[str] = set()
        self._is_proved = False

    @property
    def names(self) -> frozenset[str]:
        """Of all that is not over."""
        return frozenset((*self._open, *self._queue, *self._counts, *self._comparisons))

    @property
    def waiting(self) -> int:
        """How much is not answered yet: events given, and wishes that wait for their turn."""
        return len(self._given) + len(self._queue)

    # -- what is said

    def want(self, name: str, filters: tuple[Filter, ...], *, stays: bool) -> list[Deed]:
        """Ask for what is stored, and, where the wish `stays`, for what comes; as soon as they let us."""
        wish = _Wish(filters, stays)
        if name not in self._open and self._is_full():
            self._queue[name] = wish
            return []
        self._queue.pop(name, None)
        self._open[name] = wish
        return [Send(frames.ask(name, filters))]

    def leave(self, name: str) -> list[Deed]:
        """No longer wish it."""
        if self._queue.pop(name, None) is not None:
            return []
        if self._comparisons.pop(name, None) is not None:
            return [Send(frames.neg_close(name)), *self._next()]
        if self._open.pop(name, None) is None:
            return []
        self._forget(name)
        return [Send(frames.close(name)), *self._next()]

    def give(self, event: Event) -> list[Deed]:
        """Hand an event over."""
        self._given[event.id] = event
        return [Send(frames.publish(encode(event)))]

    def count(self, name: str, filters: tuple[Filter, ...]) -> list[Deed]:
        """Ask how many there are."""
        self._counts[name] = filters
        return [Send(frames.count(name, filters))]

    def compare(self, name: str, wanted: Filter, side: Negentropy) -> list[Deed]:
        """Find out what each side lacks of what is wanted; `side` is sealed with what of it is here."""
        self._comparisons[name] = _Comparison(wanted, side)
        return [Send(frames.neg_open(name, wanted, side.open()))]

    def prove(self, proofs: Sequence[Event]) -> list[Deed]:
        """Say who we are; none: we will not, and what waits for it is over."""
        if not proofs:
            return self._give_up("auth-required: nobody here proves who they are")
        self._proofs = {proof.id for proof in proofs}
        self._is_proved = False
        return [Send(frames.prove(encode(proof))) for proof in proofs]

    # -- what is heard

    def receive(self, said: str | bytes) -> list[Deed]:
        """What follows from a message."""
        match relay_frames.read_relay(said, self._size):
            case relay_frames.Brought(name, event):
                wish = self._open.get(name)
                asked = wish is not None and any(matches(wanted, event) for wanted in wish.filters)
                return [Came(name, event)] if asked else []
            case relay_frames.Stored(name, complete):
                return self._stored(name, complete)
            case relay_frames.Closed(name, why):
                return self._ended(name, why) if name in self._open or name in self._counts else []
            case relay_frames.Answer(event, taken, why):
                return self._answered(event, taken, why)
            case relay_frames.Challenge(challenge):
                self.challenge = challenge
                return [ProofWanted(challenge)] if self._parked else []
            case relay_frames.Counted(name, number, approximate):
                return [Number(name, number, approximate)] if self._counts.pop(name, None) is not None else []
            case relay_frames.NegAnswer(name, message):
                return self._learn(name, message)
            case relay_frames.NegError(name, why):
                return self._ended(name, why) if name in self._comparisons else []
            case relay_frames.Notice(words):
                return [Remark(words), *self._not_compared(words)]
            case relay_frames.Nonsense(why):
                return [Remark(why)]

    def _stored(self, name: str, complete: bool | None) -> list[Deed]:
        wish = self._open.get(name)
        if wish is None:
            return []
        if wish.stays:
            return [AllStored(name, complete)]
        del self._open[name]
        self._forget(name)
        return [AllStored(name, complete), Send(frames.close(name)), *self._next()]

    def _ended(self, name: str, why: str) -> list[Deed]:
        if relay_frames.prefix(why) == _PROOF and name not in self._retried:
            return self._park(name)
        self._open.pop(name, None)
        self._counts.pop(name, None)
        self._comparisons.pop(name, None)
        self._forget(name)
        return [Over(name, why), *self._next()]

    def _answered(self, event: str, taken: bool, why: str) -> list[Deed]:
        if event in self._proofs:
            return self._proved(event, taken, why)
        if event not in self._given:
            return []
        if not taken and relay_frames.prefix(why) == _PROOF and event not in self._retried:
            return self._park(event)
        del self._given[event]
        self._forget(event)
        return [Told(event, taken, why)]

    # -- proofs

    def _park(self, name: str) -> list[Deed]:
        if name not in self._parked:
            self._parked.append(name)
        if self._proofs or not self.challenge:
            return []
        return [ProofWanted(self.challenge)]

    def _proved(self, event: str, taken: bool, why: str) -> list[Deed]:
        self._proofs.discard(event)
        self._is_proved = self._is_proved or taken
        if self._proofs:
            return []
        if not self._is_proved:
            return self._give_up(why or "auth-required: they do not believe who we are")
        parked, self._parked = self._parked, []
        self._retried.update(parked)
        return [deed for name in parked for deed in self._again(name)]

    def _again(self, name: str) -> list[Deed]:
        if name in self._given:
            return [Send(frames.publish(encode(self._given[name])))]
        if name in self._open:
            return [Send(frames.ask(name, self._open[name].filters))]
        if name in self._counts:
            return [Send(frames.count(name, self._counts[name]))]
        comparison = self._comparisons.get(name)
        return [Send(frames.neg_open(name, comparison.wanted, comparison.side.open()))] if comparison else []

    def _give_up(self, why: str) -> list[Deed]:
        parked, self._parked = self._parked, []
        self._retried.update(parked)
        found: list[Deed] = []
        for name in parked:
            found += self._answered(name, False, why) if name in self._given else self._ended(name, why)
        return found

    def _forget(self, name: str) -> None:
        self._retried.discard(name)
        if name in self._parked:
            self._parked.remove(name)

    # -- turns

    def _is_full(self) -> bool:
        return len(self._open) >= self.theirs.subscriptions

    def _next(self) -> list[Deed]:
        """The next wish that waits for its turn."""
        if not self._queue or self._is_full():
            return []
        name = next(iter(self._queue))
        wish = self._queue.pop(name)
        self._open[name] = wish
        return [Send(frames.ask(name, wish.filters))]

    # -- comparisons

    def _learn(self, name: str, message: bytes) -> list[Deed]:
        comparison = self._comparisons.get(name)
        if comparison is None:
            return []
        comparison.rounds += 1
        try:
            learnt = comparison.side.learn(message)
        except NegentropyError as problem:
            del self._comparisons[name]
            return [Send(frames.neg_close(name)), Over(name, f"invalid: {problem}")]
        comparison.needed += len(learnt.need)
        if comparison.needed > MOST_TO_FETCH or (comparison.rounds >= MOST_ROUNDS and learnt.message is not None):
            del self._comparisons[name]
            return [Send(frames.neg_close(name)), Over(name, "blocked: this comparison does not come to an end")]
        if learnt.message is not None:
            said = Send(frames.neg_message(name, learnt.message))
            return [Differs(name, learnt.have, learnt.need, ended=False), said]
        del self._comparisons[name]
        return [Differs(name, learnt.have, learnt.need, ended=True), Send(frames.neg_close(name))]

    def _not_compared(self, words: str) -> list[Deed]:
        """Relays that do not know comparisons say so in a notice, to nobody in particular."""
        unheard = [name for name, comparison in self._comparisons.items() if not comparison.rounds]
        found: list[Deed] = []
        for name in unheard:
            if name not in self._parked:
                del self._comparisons[name]
                found.append(Over(name, f"unsupported: {words}"))
        return found
