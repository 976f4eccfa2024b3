"""A node that had people before the step `people`: what it counts and lists is made from what is there."""

import re
from pathlib import Path

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.relations import Counts
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.migrate import MIGRATIONS, migrate
from scattershot.storage.tables import counts, directory, featured_tags
from tests.engines import engine, open_database

__all__ = ["engine"]


def _before(tx: Transaction) -> None:
    for number, value in ((1, '{"discoverable":true}'), (2, "{}"), (3, '{"discoverable":true,"voice":"application"}')):
        tx.execute(
            "INSERT INTO microblogs (id, local, name, domain, created, value) VALUES ($1, TRUE, $2, 'a', 0, $3)",
            number,
            f"n{number}",
            value,
        )
    for follower, followee, accepted in ((1, 2, True), (3, 2, True), (2, 1, False)):
        tx.execute(
            "INSERT INTO follows (follower, followee, accepted, at) VALUES ($1, $2, $3, 0)",
            follower,
            followee,
            accepted,
        )
    for number, audience, gone in ((10, "public", False), (11, "mentioned", False), (12, "unlisted", True)):
        tx.execute(
            "INSERT INTO posts (id, author, audience, form, local, published, thread, value, gone) "
            "VALUES ($1, 1, $2, 'note', TRUE, 0, $1, '{}', $3)",
            number,
            audience,
            gone,
        )
        tx.execute("INSERT INTO tags (tag, post) VALUES ('tea', $1)", number)


async def test_what_was_there_is_counted_and_listed(engine: Engine, tmp_path: Path) -> None:
    for file in MIGRATIONS.iterdir():
        number = re.match(r"\d+", file.name)
        if number and int(number[0]) < _number():
            (tmp_path / file.name).write_text(file.read_text())
    async with open_database(engine, tmp_path) as database:
        await database.write(_before)
        await migrate(database, Millis(0))

        def work(tx: Transaction) -> None:
            assert counts.counts(tx, [MicroblogId(1), MicroblogId(2)]) == {1: Counts(1, 0, 1), 2: Counts(0, 2, 0)}
            assert directory.newest(tx, 10, 0, here=True) == [1]
            [used] = featured_tags.used(tx, MicroblogId(1), 10)
            assert used == ("tea", 2)  # the open ones; of one taken back the tags are gone in real life

        await database.read(work)


def _number() -> int:
    [number] = {int(file.name[:4]) for file in MIGRATIONS.iterdir() if file.name.endswith("_people.sql")}
    return number
