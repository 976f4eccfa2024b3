"""Negentropy, version 1 (the appendix of NIP-77): two sides find out what each lacks without telling all they have.

Both roles. A set is sealed once: its moments in an array, its ids in one run of bytes, and sums of the ids every so
often, so that a fingerprint of any range costs the same however long it is.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

VERSION = 0x61
ID_BYTES = 32
_FINGERPRINT_BYTES = 16
_BUCKETS = 16
_SKIP, _FINGERPRINT, _IDS = 0, 1, 2
_END = 1 << 63
"""Later than every moment: the bound of all that is left."""
_STRIDE = 64
_MASK = (1 << 256) - 1
_ROOM = 200
"""Bytes kept free in a limited frame for what must still be said."""
MIN_FRAME = 4_096
"""Bytes of the smallest limit; 0 is none."""


class NegentropyError(ValueError):
    """The other side said what is no message, or of a version that we do not speak."""


class Item(NamedTuple):
    """One of the set: its moment in seconds and its id."""

    at: int
    id: bytes


class Bound(NamedTuple):
    """Where a range ends, without what is there: a moment, and the beginning of an id."""

    at: int
    prefix: bytes = b""


class Sealed:
    """A set in order, each item once."""

    def __init__(self, moments: "array[int]", ids: bytes) -> None:
        self._moments, self._ids = moments, ids
        self._sums = [0]
        total = 0
        for start in range(0, len(moments) - _STRIDE + 1, _STRIDE):
            total = total + self._sum_of(start, start + _STRIDE) & _MASK
            self._sums.append(total)

    @classmethod
    def of(cls, items: Iterable[tuple[int, bytes]]) -> "Sealed":
        """A set of pairs of moment and id, in any order."""
        ordered = sorted(set(items))
        return cls(array("q", [at for at, _ in ordered]), b"".join(name for _, name in ordered))

    def joined(self, items: Iterable[tuple[int, bytes]]) -> "Sealed":
        """The set with these too, which are few: what lies between them is taken over in one piece."""
        moments, ids, done = array("q"), bytearray(), 0
        for at, name in sorted(set(items)):
            place = self.find(Bound(at, name), done)
            moments.extend(self._moments[done:place])
            ids += self._ids[done * ID_BYTES : place * ID_BYTES]
            done = place
            if place == len(self) or self.item(place) != (at, name):
                moments.append(at)
                ids += name
        moments.extend(self._moments[done:])
        ids += self._ids[done * ID_BYTES :]
        return Sealed(moments, bytes(ids))

    def __len__(self) -> int:
        return len(self._moments)

    def item(self, place: int) -> Item:
        """The item at that place."""
        return Item(self._moments[place], self.id(place))

    def id(self, place: int) -> bytes:
        """Its id."""
        return self._ids[place * ID_BYTES : (place + 1) * ID_BYTES]

    def find(self, bound: Bound, low: int) -> int:
        """The first place from `low` on that is not before the bound."""
        if bound.at >= _END:
            return len(self)
        place = bisect_left(self._moments, bound.at, low)
        end = bisect_left(self._moments, bound.at + 1, place)
        while place < end:
            middle = (place + end) // 2
            if self.id(middle) < bound.prefix:
                place = middle + 1
            else:
                end = middle
        return place

    def fingerprint(self, low: int, high: int) -> bytes:
        """What stands for all from `low` to before `high`."""
        total = self._sum_before(high) - self._sum_before(low) & _MASK
        return sha256(total.to_bytes(32, "little") + _number(high - low)).digest()[:_FINGERPRINT_BYTES]

    def _sum_before(self, place: int) -> int:
        return self._sums[place // _STRIDE] + self._sum_of(place - place % _STRIDE, place)

    def _sum_of(self, low: int, high: int) -> int:
        ids, whole = self._ids, int.from_bytes
        return sum(whole(ids[at : at + ID_BYTES], "little") for at in range(low * ID_BYTES, high * ID_BYTES, ID_BYTES))


class Answer(NamedTuple):
    """The next message, or None where an initiator knows all; what only we have, and what only they have."""

    message: bytes | None
    have: tuple[bytes, ...] = ()
    need: tuple[bytes, ...] = ()


class Negentropy:
    """One side of a comparison. It holds nothing but the set: a message says itself where it stands."""

    def __init__(self, items: Sealed, *, frame_limit: int = 0) -> None:
        if frame_limit and frame_limit < MIN_FRAME:
            raise ValueError(f"a frame of negentropy has {MIN_FRAME} bytes or more")
        self._items, self._limit = items, frame_limit

    def open(self) -> bytes:
        """An initiator's first message."""
        out = _Writer()
        self._split(out, 0, len(self._items), Bound(_END))
        return bytes((VERSION,)) + bytes(out.written)

    def answer(self, message: bytes) -> bytes:
        """The answer of the other role; NegentropyError where the message is none."""
        if message and message[0] != VERSION:
            if not 0x60 <= message[0] <= 0x6F:
                raise NegentropyError("this is no message of negentropy")
            return bytes((VERSION,))  # so they learn which version we speak
        return self._reconcile(message, None, None)

    def learn(self, message: bytes) -> Answer:
        """What an initiator learns of an answer, and what it says next."""
        if message[:1] != bytes((VERSION,)):
            raise NegentropyError("they speak another version")
        have: list[bytes] = []
        need: list[bytes] = []
        said = self._reconcile(message, have, need)
        return Answer(said if len(said) > 1 else None, tuple(have), tuple(need))

    def _reconcile(self, message: bytes, have: list[bytes] | None, need: list[bytes] | None) -> bytes:
        reading = _Reader(message, 1)
        written = bytearray((VERSION,))
        out = _Writer()
        place, bound, skipping = 0, Bound(0), False
        while not reading.ended:
            began, was_skipping, mark = place, skipping, out.last
            out.written = bytearray()
            until, mode = reading.bound(), reading.number()
            if until < bound:
                raise NegentropyError("the ranges are out of order")
            end = self._items.find(until, place)
            cut = False
            if mode == _SKIP:
                skipping = True
            elif mode == _FINGERPRINT:
                if reading.take(_FINGERPRINT_BYTES) == self._items.fingerprint(place, end):
                    skipping = True
                else:
                    skipping = out.skip(bound, skipping)
                    self._split(out, place, end, until)
            elif mode == _IDS:
                theirs = reading.ids()
                if have is not None and need is not None:
                    skipping = True
                    self._compare(place, end, theirs, have, need)
                else:
                    skipping = out.skip(bound, skipping)
                    end, cut = self._list(out, place, end, until, len(written))
                    written += out.written
                    began, was_skipping, mark = end, False, out.last
                    out.written = bytearray()
            else:
                raise NegentropyError("such a range is not known")
            if cut or self._is_full(len(written) + len(out.written)):
                written += out.rest(self._items.fingerprint(began, len(self._items)), mark, bound, was_skipping)
                break
            written += out.written
            place, bound = end, until
        return bytes(written)

    def _compare(self, low: int, high: int, theirs: set[bytes], have: list[bytes], need: list[bytes]) -> None:
        for place in range(low, high):
            name = self._items.id(place)
            if name in theirs:
                theirs.discard(name)
            else:
                have.append(name)
        need.extend(sorted(theirs))

    def _list(self, out: "_Writer", low: int, high: int, until: Bound, written: int) -> tuple[int, bool]:
        """List the ids of a range as far as there is room; where it ended, and whether that was too early."""
        room = high - low
        if self._limit:
            room = max(0, (self._limit - _ROOM - written - len(out.written)) // ID_BYTES)
        end = min(high, low + room)
        bound = until if end == high else _between(self._items, end)
        out.bound(bound)
        out.written += _number(_IDS) + _number(end - low) + b"".join(self._items.id(place) for place in range(low, end))
        return end, end < high

    def _split(self, out: "_Writer", low: int, high: int, until: Bound) -> None:
        size = high - low
        if size < _BUCKETS * 2:
            out.bound(until)
            out.written += _number(_IDS) + _number(size) + b"".join(self._items.id(place) for place in range(low, high))
            return
        each, larger = divmod(size, _BUCKETS)
        for bucket in range(_BUCKETS):
            end = low + each + (bucket < larger)
            out.bound(until if end == high else _between(self._items, end))
            out.written += _number(_FINGERPRINT) + self._items.fingerprint(low, end)
            low = end

    def _is_full(self, size: int) -> bool:
        return self._limit > 0 and size > self._limit - _ROOM


def _between(items: Sealed, place: int) -> Bound:
    """The shortest bound that lies between an item and the one before it."""
    after = items.item(place)
    if place == 0:
        return Bound(after.at, after.id)
    before = items.item(place - 1)
    if before.at != after.at:
        return Bound(after.at)
    shared = next(count for count in range(ID_BYTES) if before.id[count] != after.id[count])
    return Bound(after.at, after.id[: shared + 1])


# -- bytes


def _number(value: int) -> bytes:
    """Seven bits a byte, the highest first; all but the last have their high bit set."""
    made = [value & 127]
    while value := value >> 7:
        made.append(value & 127 | 128)
    return bytes(reversed(made))


class _Writer:
    """Writes ranges; moments are told as their distance from the one before."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.last = 0

    def bound(self, bound: Bound) -> None:
        if bound.at >= _END:
            self.written += b"\x00"
        else:
            self.written += _number(bound.at - self.last + 1)
            self.last = bound.at
        self.written += _number(len(bound.prefix)) + bound.prefix

    def skip(self, until: Bound, skipping: bool) -> bool:
        """Say what was passed over, if anything was; then nothing is."""
        if skipping:
            self.bound(until)
            self.written += _number(_SKIP)
        return False

    def rest(self, fingerprint: bytes, mark: int, before: Bound, skipping: bool) -> bytes:
        """What stands for all that there was no room for, behind what was passed over; half a range is not said."""
        self.written, self.last = bytearray(), mark
        self.skip(before, skipping)
        self.bound(Bound(_END))
        return bytes(self.written) + _number(_FINGERPRINT) + fingerprint


class _Reader:
    """Reads ranges; NegentropyError where bytes are missing."""

    def __init__(self, message: bytes, start: int) -> None:
        if not message:
            raise NegentropyError("the message is empty")
        self._message, self._place, self._last = message, start, 0

    @property
    def ended(self) -> bool:
        return self._place >= len(self._message)

    def take(self, count: int) -> bytes:
        taken = self._message[self._place : self._place + count]
        if len(taken) != count:
            raise NegentropyError("the message ends too early")
        self._place += count
        return taken

    def number(self) -> int:
        value = 0
        for _ in range(10):
            byte = self.take(1)[0]
            value = value << 7 | byte & 127
            if not byte & 128:
                return value
        raise NegentropyError("a number is too long")

    def bound(self) -> Bound:
        distance = self.number()
        at = _END if distance == 0 else min(self._last + distance - 1, _END)
        self._last = at
        length = self.number()
        if length > ID_BYTES:
            raise NegentropyError("a bound is too long")
        return Bound(at, self.take(length))

    def ids(self) -> set[bytes]:
        count = self.number()
        if count > (len(self._message) - self._place) // ID_BYTES:
            raise NegentropyError("the message ends too early")
        run = self.take(count * ID_BYTES)
        return {run[place : place + ID_BYTES] for place in range(0, len(run), ID_BYTES)}


def differences(
    ours: Sequence[tuple[int, bytes]], theirs: Sequence[tuple[int, bytes]]
) -> tuple[set[bytes], set[bytes]]:
    """The plain twin: what only we have, and what only they have."""
    mine, others = {name for _, name in ours}, {name for _, name in theirs}
    return mine - others, others - mine
