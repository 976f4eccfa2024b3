"""A node that had people before the step `teams`: each is known by the microblog that was made with them."""

import re
from pathlib import Path

from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.people import KeeperRole
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.migrate import MIGRATIONS, migrate
from scattershot.storage.tables import keepers, people
from tests.engines import engine, open_database

__all__ = ["engine"]


def _before(tx: Transaction) -> None:
    for number in (10, 20, 30):
        tx.execute(
            "INSERT INTO microblogs (id, local, name, domain, created, value) VALUES ($1, TRUE, $2, 'a', 0, '{}')",
            number,
            f"n{number}",
        )
    for person in (1, 2, 3):
        tx.execute("INSERT INTO people (id, name, role, created) VALUES ($1, $2, 'person', 0)", person, f"n{person}")
    for person, microblog, role in ((1, 10, "owner"), (2, 10, "editor"), (2, 20, "owner"), (2, 30, "owner")):
        tx.execute("INSERT INTO keepers (person, microblog, role) VALUES ($1, $2, $3)", person, microblog, role)


async def test_everybody_is_known_by_their_first_own_microblog(engine: Engine, tmp_path: Path) -> None:
    [step] = {int(file.name[:4]) for file in MIGRATIONS.iterdir() if file.name.endswith("_teams.sql")}
    for file in MIGRATIONS.iterdir():
        number = re.match(r"\d+", file.name)
        if number and int(number[0]) < step:
            (tmp_path / file.name).write_text(file.read_text())
    async with open_database(engine, tmp_path) as database:
        await database.write(_before)
        await migrate(database, Millis(0))

        def work(tx: Transaction) -> None:
            mains = [person.main for person in people.everybody(tx)]
            assert mains == [MicroblogId(10), MicroblogId(20), None]
            kept = [(each.person, each.role, each.named) for each in keepers.of(tx, MicroblogId(10))]
            assert kept == [(PersonId(1), KeeperRole.OWNER, True), (PersonId(2), KeeperRole.EDITOR, True)]
            assert not keepers.shows_writers(tx, MicroblogId(10))

        await database.read(work)
