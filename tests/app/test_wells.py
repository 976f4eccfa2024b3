"""Who is met at which well, and how far it came, on both engines."""

import pytest

from scattershot.app.told_at_wells import Rule, rule_of, settle_rule
from scattershot.app.wells import Wells, note_whereabouts
from scattershot.domain.ids import MicroblogId, PostId, Seq
from scattershot.domain.node import Standing
from scattershot.domain.well import Purpose, Telling, Whereabouts
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database
from scattershot.storage.tables import nodes, wells
from scattershot.storage.tables.wells import Letter
from scattershot.testing.fakes import FakeClock
from tests.engines import database, engine

__all__ = ["database", "engine"]

A, B, C = "wss://a.example", "wss://b.example", "wss://c.example"
BOB, CAROL = "b" * 64, "c" * 64


@pytest.fixture
def those(database: Database) -> Wells:
    return Wells(database, FakeClock(), LocalBus(), "nostr")


async def test_what_somebody_says_last_of_where_they_are_met_counts(database: Database, those: Wells) -> None:
    for told in (
        Whereabouts(BOB, 10, writes=(A, B), reads=(B,)), Whereabouts(BOB, 20, writes=(C,), reads=(C,)),
        Whereabouts(BOB, 15, writes=(A,), reads=(A,)), Whereabouts(BOB, 12, letters=(A,)),
    ):  # fmt: skip
        await database.write(lambda tx, told=told: note_whereabouts(tx, told))  # type: ignore[misc]
    uses = await those.uses([BOB, CAROL])
    assert uses == {BOB: {Purpose.WRITES: [C], Purpose.READS: [C], Purpose.LETTERS: [A]}, CAROL: {}}
    assert not await database.write(lambda tx: note_whereabouts(tx, Whereabouts(BOB, 15, writes=(A,))))
    assert await database.write(lambda tx: note_whereabouts(tx, Whereabouts(BOB, 30, letters=())))
    assert Purpose.LETTERS not in (await those.uses([BOB]))[BOB]


async def test_hints_are_kept_the_newest_few(those: Wells) -> None:
    for number in range(9):
        await those.hint(BOB, [f"wss://{number}.example"])
    assert len((await those.uses([BOB]))[BOB][Purpose.HINT]) == wells.MOST_HINTS
    await those.hint_all([(CAROL, A), (CAROL, A), (BOB, A)])
    assert (await those.uses([CAROL]))[CAROL] == {Purpose.HINT: [A]}


async def test_how_a_well_answers_is_the_health_of_its_node(database: Database, those: Wells) -> None:
    assert not (await those.door("a.example")).blocked
    await those.failed(A, "a.example", "refused")
    failing = await those.door("a.example")
    assert failing.failures == 1
    await those.failed(A, "a.example", "refused")
    assert (await those.door("a.example")).failures == 1
    await database.write(lambda tx: nodes.set_standing(tx, "b.example", Standing.BLOCKED))
    assert await those.shy({A: "a.example", B: "b.example", C: "c.example"}) == ({B}, {A})
    await those.answered(A, "a.example")
    assert (await those.door("a.example")).failures == 0
    assert (await those.door("b.example")).blocked


async def test_a_place_moves_forward_alone_and_who_leaves_is_remembered(those: Wells) -> None:
    await those.answered(A, "a.example")
    await those.answered(B, "b.example")
    await those.note(A, 100, [BOB, CAROL])
    await those.note(A, 50)
    assert await those.reached(A) == (100, {BOB, CAROL})
    await those.note(A, 100, gone=[BOB])
    await those.note(A, 300)
    assert await those.reached(A) == (300, {CAROL})
    await those.note(B, 200, [CAROL])
    assert await those.heard_up_to([BOB, CAROL, "d" * 64]) == {BOB: 100, CAROL: 300}
    await those.note(A, 300, [BOB])
    assert await those.heard_up_to([BOB]) == {BOB: 300}
    assert await those.reached("wss://new.example") == (0, set())


async def test_letters_are_found_by_their_post_and_their_reader(database: Database) -> None:
    letter = Letter(PostId(1), BOB, b"\x01" * 32, Seq(5), MicroblogId(7), 100)

    def work(tx):  # type: ignore[no-untyped-def]
        wells.put_letter(tx, letter)
        wells.put_letter(tx, letter._replace(slip=b"\x02" * 32))
        wells.put_letter(tx, letter._replace(reader=CAROL, at=50))

    await database.write(work)
    assert len(await database.read(lambda tx: wells.letters_of(tx, PostId(1)))) == 2
    assert await database.read(lambda tx: wells.letters_to(tx, BOB, 100)) == [letter]
    assert await database.read(lambda tx: wells.letters_to(tx, CAROL, 100)) == []
    await database.write(lambda tx: wells.drop_letters(tx, PostId(1)))
    assert await database.read(lambda tx: wells.letters_of(tx, PostId(1))) == []
    for at, name in ((10, "first"), (30, "third"), (20, "second")):
        await database.write(lambda tx, at=at, name=name: wells.put_last_in_room(tx, b"r" * 16, name, at))  # type: ignore[misc]
    assert await database.read(lambda tx: wells.last_in_room(tx, b"r" * 16)) == "third"


async def test_how_far_telling_goes_is_kept_in_the_store(database: Database) -> None:
    assert await database.read(rule_of) == Rule(Telling.HOME)
    rule = Rule(Telling.FOLLOWERS, A, (B,))
    await settle_rule(database, rule)
    await settle_rule(database, rule)
    assert await database.read(rule_of) == rule
