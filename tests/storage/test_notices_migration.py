"""An older store is brought up to date: what people were told stays told, private posts become conversations."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from scattershot.domain.change import Liked, Posted, Voted
from scattershot.domain.ids import Millis
from scattershot.domain.post import Audience, Form, Option, Poll
from scattershot.domain.window import FROM_THE_TOP
from scattershot.ports.database import Database, Engine, Transaction
from scattershot.storage.migrate import MIGRATIONS, migrate
from scattershot.storage.tables import conversations, markers, notifications, poll_ends
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World
from tests.engines import engine, open_database

__all__ = ["engine"]

BOB = a_profile("bob@far.example")
OURS = "_notices."


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The steps that an older program knew."""
    folder = tmp_path / "before"
    folder.mkdir()
    names = sorted(file.name for file in MIGRATIONS.iterdir() if file.name.endswith(".sql"))
    first = next(name for name in names if OURS in name)
    for name in names:
        if name[:4] < first[:4]:
            shutil.copy(str(MIGRATIONS / name), folder)
    return folder


async def lived_in(database: Database) -> tuple[World, int, int]:
    """A house where something was said in private; nobody was told of it but in rows put here by hand."""
    world = World(database)
    ann, bob = await world.local("ann"), await world.remote(BOB)
    first = a_post(BOB.id, "one", to=[ann.profile.id], audience=Audience.MENTIONED)
    answer = a_post(ann.profile.id, "two", to=[BOB.id], audience=Audience.MENTIONED, reply_to=first.id)
    for post in (first, answer, a_post(BOB.id, "open", to=[ann.profile.id])):
        await world.apply(Posted(actor=post.author, post=post))
    ends = Millis(world.clock.now() + 300_000)
    for text in ("voted in", "not voted in"):
        asked = {"form": Form.QUESTION, "poll": Poll((Option("a"), Option("b")), ends=ends)}
        poll = a_post(BOB.id, text, to=[ann.profile.id], **asked)
        await world.apply(Posted(actor=BOB.id, post=poll))
        if text == "voted in":
            await world.apply(Voted(actor=ann.profile.id, post=poll.id, choice="a"))
    row = await world.post(answer.id)
    assert row is not None
    number = row.id

    def tell(tx: Transaction) -> None:
        told = "INSERT INTO notifications (owner, kind, sender, post, at) VALUES ($1, $2, $3, $4, $5)"
        tx.execute(told, ann.id, "like", bob.id, number, 1_767_225_600_000)
        tx.execute(told, ann.id, "like", bob.id + 1, number, 1_767_225_600_000 + 3_600_000)
        tx.execute(told, ann.id, "follow", bob.id, 0, 1_767_225_600_000)
        tx.execute(told, ann.id, "mention", bob.id, number + 1, 1_767_225_600_000)
        tx.execute(told, ann.id, "mention", bob.id, number + 2, 1_767_225_600_000)
        tx.execute("DELETE FROM notifications WHERE post = $1", number + 2)
        tx.execute("INSERT INTO markers (microblog, name, place) VALUES ($1, 'told', 3)", ann.id)

    await database.write(tell)
    return world, ann.id, number


async def test_an_older_store_is_brought_up_to_date(engine: Engine, before: Path) -> None:
    async with open_database(engine, before) as database:
        world, ann, answer = await lived_in(database)
        assert await migrate(database, world.clock.now()) >= 1
        owner: Any = ann

        def look(tx: Transaction) -> None:
            told = notifications.page(tx, owner, FROM_THE_TOP, 10)
            assert [each.kind for each in told] == ["mention", "follow", "like", "like"]
            assert [each.id for each in told] == [4, 3, 2, 1]
            assert told[2].bundle == told[3].bundle != ""
            assert told[1].bundle == "follow-490896"
            assert told[2].bundle == f"like-{answer}-490896"
            assert told[0].bundle == ""
            assert markers.place(tx, owner, markers.NOTIFICATIONS) == 3
            [conversation] = conversations.page(tx, owner, FROM_THE_TOP, 10)
            assert conversation.newest == answer
            assert len(conversation.others) == 1
            assert not conversation.unread
            assert len(poll_ends.over(tx, Millis(world.clock.now() + 300_000), 10)) == 1

        await database.read(look)
        await world.settle()
        row = a_post(BOB.id, "more", to=[], audience=Audience.PUBLIC)
        await world.apply(Posted(actor=BOB.id, post=row), asked_for=True)
        mine = a_post((await world.local("amy")).profile.id, "hi")
        await world.apply(Posted(actor=mine.author, post=mine))
        await world.apply(Liked(actor=BOB.id, post=mine.id))
        await world.settle()
        newest = await database.read(notifications.newest)
        assert newest > 5, "no number is given twice"
