"""Slips on both engines: kept once, found as the plain twin finds them, and what was taken away stays away."""

import random
from array import array
from typing import Any

import pytest

from scattershot.app import slips as app
from scattershot.domain.slip import Outcome, Slip, Want
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database
from scattershot.protocols.nostr.translate.slips import to_slip, to_want, with_burial
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter, matches
from scattershot.storage.tables import slips, slips_found
from scattershot.testing.fakes import FakeClock
from tests.engines import database, engine
from tests.protocols.nostr.events import NOW, a_sketch

__all__ = ["database", "engine"]


def as_slip(event: Event) -> Slip:
    return with_burial(to_slip(event), event, vanishes=event.kind == 62)


async def put(database: Database, *events: Event, now: int = NOW) -> list[Outcome]:
    return await database.write(lambda tx: slips.put(tx, map(as_slip, events), now))


async def found(database: Database, wanted: Filter, limit: int = 500, now: int = NOW) -> list[str]:
    page = await database.read(lambda tx: slips_found.find(tx, to_want(wanted, limit), now))
    return [slip.id.hex() for slip in page.slips]


async def test_a_slip_is_kept_once_and_byte_for_byte(database: Database) -> None:
    event = a_sketch()
    assert await put(database, event, event) == [Outcome.KEPT, Outcome.KNOWN]
    assert await put(database, event) == [Outcome.KNOWN]
    [kept] = await database.read(lambda tx: slips.after(tx, 0, 10))
    assert (kept.body, kept.id.hex(), kept.kind, kept.at) == (to_slip(event).body, event.id, 1, NOW)
    assert await database.read(lambda tx: slips.after(tx, kept.seq, 10)) == []
    assert await database.read(slips.last) == kept.seq


@pytest.mark.parametrize(("kind", "tags"), [(0, []), (10_002, []), (30_023, [["d", "x"]])])
async def test_of_one_place_the_newest_is_kept_and_of_one_moment_the_lower_id(
    database: Database, kind: int, tags: Any
) -> None:
    old, new = (a_sketch(kind=kind, tags=tags, content=str(n), at=NOW + n) for n in (1, 2))
    assert await put(database, old, new, old) == [Outcome.KEPT, Outcome.KEPT, Outcome.OLDER]
    low, high = sorted(
        (a_sketch(kind=kind, tags=tags, content=f"t{n}", at=NOW + 3) for n in (1, 2)), key=lambda e: e.id
    )
    assert await put(database, high, low, high) == [Outcome.KEPT, Outcome.KEPT, Outcome.OLDER]
    assert await found(database, Filter(kinds=frozenset({kind}))) == [low.id]
    other = a_sketch("bob", kind=kind, tags=tags)
    assert await put(database, other) == [Outcome.KEPT]


async def test_what_was_deleted_does_not_come_back(database: Database) -> None:
    mine, theirs, later = a_sketch(), a_sketch("bob"), a_sketch(content="not here yet")
    await put(database, mine, theirs)
    deletion = a_sketch(kind=5, tags=[["e", mine.id], ["e", theirs.id], ["e", later.id]], at=NOW + 1)
    assert await put(database, deletion) == [Outcome.KEPT]
    assert set(await found(database, Filter())) == {theirs.id, deletion.id}
    assert await put(database, mine, later) == [Outcome.BURIED, Outcome.BURIED]
    undoing = a_sketch(kind=5, tags=[["e", deletion.id]], at=NOW + 2)
    await put(database, undoing)
    assert await put(database, mine) == [Outcome.BURIED]
    assert deletion.id in await found(database, Filter(kinds=frozenset({5})))


async def test_a_place_is_emptied_up_to_the_moment_of_the_deletion(database: Database) -> None:
    tags = [["d", "x"]]
    old, new = (a_sketch(kind=30_023, tags=tags, content=str(n), at=NOW + n) for n in (1, 9))
    place = f"30023:{old.pubkey}:x"
    await put(database, old, a_sketch(kind=5, tags=[["a", place]], at=NOW + 5))
    assert await found(database, Filter(kinds=frozenset({30_023}))) == []
    foreign = a_sketch("bob", kind=5, tags=[["a", place]], at=NOW + 99)
    await put(database, foreign)
    assert await put(database, old, new) == [Outcome.BURIED, Outcome.KEPT]


async def test_who_vanished_is_gone_with_what_was_written_to_them(database: Database) -> None:
    ann = a_sketch()
    notes = [a_sketch(content=str(n), at=NOW - n) for n in range(3)]
    deletion = a_sketch(kind=5, tags=[["e", notes[0].id]], at=NOW - 1)
    wrap, other = (a_sketch("once", kind=1059, tags=[["p", to]], at=NOW - 5) for to in (ann.pubkey, "f" * 64))
    await put(database, *notes, deletion, wrap, other, a_sketch("bob"))
    vanish = a_sketch(kind=62, tags=[["relay", "ALL_RELAYS"]], at=NOW)
    assert await put(database, vanish) == [Outcome.KEPT]
    assert set(await found(database, Filter())) == {vanish.id, other.id, a_sketch("bob").id}
    again = [*notes, deletion, wrap]
    assert await put(database, *again) == [Outcome.BURIED] * 5
    assert await put(database, a_sketch(at=NOW + 1, content="back")) == [Outcome.KEPT]
    new_wrap = a_sketch("once", kind=1059, tags=[["p", ann.pubkey]], at=NOW + 1)
    assert await put(database, new_wrap) == [Outcome.KEPT]


async def test_what_has_expired_is_not_shown_and_swept_away(database: Database) -> None:
    event = a_sketch(tags=[["expiration", str(NOW + 10)], ["t", "tea"]], content="brief tea")
    gone = a_sketch(tags=[["expiration", str(NOW)]])
    assert await put(database, event, gone) == [Outcome.KEPT, Outcome.EXPIRED]
    assert await found(database, Filter()) == [event.id]
    for wanted in (Filter(), Filter(ids=frozenset({event.id}))):
        assert await found(database, wanted, now=NOW + 10) == []
    assert await database.write(lambda tx: slips.sweep(tx, NOW + 10)) == 1
    assert await database.write(lambda tx: slips.sweep(tx, NOW + 10)) == 0
    assert await found(database, Filter(search="tea")) == []


async def test_words_are_found_newest_first(database: Database) -> None:
    one, two = a_sketch(content="Ein Grüßchen and tea"), a_sketch(content="more TEA, 漢字!", at=NOW + 1)
    await put(database, one, two, a_sketch(kind=7, content="tea"))
    assert await found(database, Filter(search="tea")) == [two.id, one.id]
    assert await found(database, Filter(search="gruss", kinds=frozenset({1}))) == []
    assert await found(database, Filter(search="grusschen tea language:de")) == [one.id]
    assert await found(database, Filter(search="漢字")) == [two.id]
    assert await found(database, Filter(search="tea", until=NOW)) == [one.id]
    assert await found(database, Filter(search="tea", authors=frozenset({"c" * 64}))) == []
    await put(database, a_sketch(kind=5, tags=[["e", one.id]]))
    assert await found(database, Filter(search="tea")) == [two.id]
    assert await found(database, Filter(search="\"' & | ! ( tea* NOT")) == []
    assert await found(database, Filter(search="\"' & | ! ( tea*")) == [two.id]


def some_events(chance: random.Random, count: int) -> list[Event]:
    """Few authors, tags and moments, so that much is equal."""
    return [
        a_sketch(
            chance.choice("abcdefg"), str(n), kind=chance.choice([1, 1, 1, 6, 7, 1059]), at=NOW - chance.randrange(20),
            tags=[[chance.choice("tp"), chance.choice("fed") * 64] for _ in range(chance.randrange(3))],
        )
        for n in range(count)
    ]  # fmt: skip


def a_filter(chance: random.Random, events: list[Event]) -> Filter:
    def some(values: list[Any], odds: float = 0.4) -> frozenset[Any] | None:
        return (
            frozenset(chance.sample(values, chance.randint(1, min(5, len(values))))) if chance.random() < odds else None
        )

    authors = sorted({event.pubkey for event in events})
    tags = [(letter, some(["f" * 64, "e" * 64, "d" * 64])) for letter in "pt"]
    return Filter(
        ids=some([event.id for event in events], 0.1),
        authors=some(authors),
        kinds=some([1, 6, 7, 1059, 3]),
        tags=tuple((letter, values) for letter, values in tags if values is not None),
        since=NOW - chance.randrange(20) if chance.random() < 0.3 else None,
        until=NOW - chance.randrange(20) if chance.random() < 0.3 else None,
        limit=chance.randrange(30) if chance.random() < 0.7 else None,
    )


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_found_is_what_the_plain_twin_finds(
    database: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(slips_found, "MOST_AT_ONCE", (1_000, 0)[seed % 2])
    events = some_events(chance, 120)
    await put(database, *events)
    for _ in range(80):
        wanted, hidden = a_filter(chance, events), frozenset({1059} if chance.random() < 0.3 else ())
        named = wanted.ids is not None
        fitting = [event for event in events if matches(wanted, event) and event.kind not in hidden]
        fitting.sort(key=lambda event: (-event.created_at, event.id))
        want = to_want(wanted, 50, but_kinds=hidden)
        page = await database.read(lambda tx, want=want: slips_found.find(tx, want, NOW))  # type: ignore[misc]
        limit = 50 if wanted.limit is None else wanted.limit
        assert [slip.id.hex() for slip in page.slips] == [event.id for event in fitting[:limit]], wanted
        if limit:
            assert page.more == (len(fitting) > limit), wanted
        counted = await database.read(lambda tx, want=want: slips_found.count(tx, [want], NOW, 1_000))  # type: ignore[misc]
        assert counted == (len(fitting), True), wanted
        whole = want._replace(limit=10_000)
        items = await database.read(lambda tx, whole=whole: slips_found.items(tx, whole, NOW, 1_000))  # type: ignore[misc]
        assert items is not None
        ordered = sorted(fitting, key=lambda event: (event.created_at, event.id))
        assert list(items[0]) == [event.created_at for event in ordered]
        assert items[1] == b"".join(bytes.fromhex(event.id) for event in ordered)
        assert named or len(items[0]) == len(fitting)


async def test_what_names_only_places_is_looked_up_there(database: Database) -> None:
    events = [a_sketch(by, kind=kind, tags=[["d", d]]) for by in "ab" for kind in (30_000, 30_001) for d in "xy"]
    profiles = [a_sketch(by, kind=0) for by in "ab"]
    await put(database, *events, *profiles)
    author = frozenset({events[0].pubkey})
    wanted = Filter(authors=author, kinds=frozenset({30_000}), tags=(("d", frozenset({"x"})),))
    assert to_want(wanted, 5).places is not None
    assert await found(database, wanted) == [events[0].id]
    assert await found(database, Filter(authors=author, kinds=frozenset({0}))) == [profiles[0].id]


async def test_too_much_is_not_compared_and_counted_only_so_far(database: Database) -> None:
    await put(database, *(a_sketch(content=str(n), at=NOW + n) for n in range(30)))
    everything = Want(limit=10_000)
    assert await database.read(lambda tx: slips_found.items(tx, everything, NOW, 29)) is None
    assert await database.read(lambda tx: slips_found.count(tx, [everything], NOW, 10)) == (10, False)
    newest = await database.read(lambda tx: slips_found.items(tx, Want(limit=5), NOW, 1_000))
    assert newest is not None
    assert list(newest[0]) == [NOW + n for n in range(25, 30)]


async def test_everything_is_read_in_portions_in_the_order_in_which_sets_are_compared(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [a_sketch(content=str(n), at=NOW - n % 5) for n in range(40)] + [a_sketch(kind=1059)]
    await put(database, *events)
    monkeypatch.setattr(app, "PORTION", 7)
    everything = Want(limit=1_000, but_kinds=(1059,), since=NOW - 3)
    slips = app.Slips(database, FakeClock(NOW * 1000), LocalBus())
    assert await slips.items(everything, 1_000) == await database.read(
        lambda tx: slips_found.items(tx, everything, NOW, 1_000)
    )
    assert await slips.items(everything, 20) is None


async def test_nothing_is_that_where_a_list_is_empty(database: Database) -> None:
    await put(database, a_sketch())
    for want in (Want(ids=()), Want(authors=()), Want(kinds=()), Want(keys=((),)), Want(since=2, until=1)):
        assert (await database.read(lambda tx, want=want: slips_found.find(tx, want, NOW))).slips == []  # type: ignore[misc]
        assert await database.read(lambda tx, want=want: slips_found.count(tx, [want], NOW, 9)) == (0, True)  # type: ignore[misc]
        assert await database.read(lambda tx, want=want: slips_found.items(tx, want, NOW, 9)) is not None  # type: ignore[misc]


async def test_everything_is_read_in_portions_and_what_is_newer_is_told(database: Database) -> None:
    some = [a_sketch(content=str(number), at=100 + number % 7) for number in range(25)]
    await put(database, *some)
    want = Want(limit=10_000)
    first = await database.read(lambda tx: slips_found.portion(tx, want, (-1, b""), 10))
    behind = (first.moments[-1], first.ids[-32:])
    rest = await database.read(lambda tx: slips_found.portion(tx, want, behind, 100))
    names = first.ids + rest.ids
    moments = [*first.moments, *rest.moments]
    pairs = [(at, names[place * 32 : place * 32 + 32].hex()) for place, at in enumerate(moments)]
    assert pairs == sorted((event.created_at, event.id) for event in some)
    assert await database.read(lambda tx: slips_found.portion(tx, want, (10_000, b""), 5)) == (array("q"), b"")
    last, more = await database.read(slips.last), a_sketch(content="more", at=50)
    await put(database, more)
    newer = await database.read(lambda tx: slips_found.newer(tx, want, last, 10))
    assert newer == ([(50, bytes.fromhex(more.id))], 26)
