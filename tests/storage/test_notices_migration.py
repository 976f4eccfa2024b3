"""An older store is brought up to date: what people were told stays told, private posts become conversations."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from scattershot.domain.change import Liked, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.post import Audience, Form, Option, Poll, Post
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


ANN_ID, BOB_ID, FIRST = 1 << 40, 2 << 40, 3 << 40
ANN = a_profile("ann@here.example")


def put(tx: Transaction, number: int, post: Post, thread: int, reply_to: int | None = None) -> None:
    """A post with whom it names, as a program of that time stored it."""
    author, other = (ANN_ID, BOB_ID) if post.author == ANN.id else (BOB_ID, ANN_ID)
    tx.execute(
        "INSERT INTO posts (id, author, audience, form, local, published, thread, reply_to, value) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        number, author, post.audience, post.form, author == ANN_ID, post.published, thread, reply_to,
        json.encode(post).decode(),
    )  # fmt: skip
    tx.execute("INSERT INTO mentions (post, microblog, silent) VALUES ($1, $2, FALSE)", number, other)
    tx.execute("INSERT INTO wire_ids (protocol, value, kind, thing) VALUES ($1, $2, 'post', $3)", *post.id, number)


def put_everything(tx: Transaction, ends: Millis) -> None:
    """Two people, what they said, and two polls of which one was voted in: by the tables of that time alone."""
    for number, profile in ((ANN_ID, ANN), (BOB_ID, BOB)):
        tx.execute(
            "INSERT INTO microblogs (id, local, name, domain, created, value) VALUES ($1, $2, $3, $4, 0, $5)",
            number, number == ANN_ID, profile.name, profile.domain, json.encode(profile).decode(),
        )  # fmt: skip
        tx.execute(
            "INSERT INTO wire_ids (protocol, value, kind, thing) VALUES ($1, $2, 'microblog', $3)", *profile.id, number
        )
    first = a_post(BOB.id, "one", to=[ANN.id], audience=Audience.MENTIONED)
    answer = a_post(ANN.id, "two", to=[BOB.id], audience=Audience.MENTIONED, reply_to=first.id)
    put(tx, FIRST, first, FIRST)
    put(tx, FIRST + 1, answer, FIRST, FIRST)
    put(tx, FIRST + 2, a_post(BOB.id, "open", to=[ANN.id]), FIRST + 2)
    for number in (FIRST + 3, FIRST + 4):
        asked = {"form": Form.QUESTION, "poll": Poll((Option("a"), Option("b")), ends=ends)}
        put(tx, number, a_post(BOB.id, "which?", to=[ANN.id], **asked), number)
    tx.execute("INSERT INTO votes (post, voter, choice) VALUES ($1, $2, 0)", FIRST + 3, ANN_ID)


async def lived_in(database: Database) -> tuple[World, int, int]:
    """A house where something was said in private; nobody was told of it but in rows put here by hand."""
    world = World(database)
    ends = Millis(world.clock.now() + 300_000)
    number = FIRST + 1

    def tell(tx: Transaction) -> None:
        put_everything(tx, ends)
        told = "INSERT INTO notifications (owner, kind, sender, post, at) VALUES ($1, $2, $3, $4, $5)"
        tx.execute(told, ANN_ID, "like", BOB_ID, number, 1_767_225_600_000)
        tx.execute(told, ANN_ID, "like", BOB_ID + 1, number, 1_767_225_600_000 + 3_600_000)
        tx.execute(told, ANN_ID, "follow", BOB_ID, 0, 1_767_225_600_000)
        tx.execute(told, ANN_ID, "mention", BOB_ID, number + 1, 1_767_225_600_000)
        tx.execute(told, ANN_ID, "mention", BOB_ID, number + 2, 1_767_225_600_000)
        tx.execute("DELETE FROM notifications WHERE post = $1", number + 2)
        tx.execute("INSERT INTO markers (microblog, name, place) VALUES ($1, 'told', 3)", ANN_ID)

    await database.write(tell)
    return world, ANN_ID, number


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
