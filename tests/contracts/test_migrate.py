"""Numbered SQL at start, on both engines: once, whole, in order, and never backwards."""

import asyncio
from pathlib import Path

import pytest

from scattershot.domain.ids import Millis
from scattershot.ports.database import Database, Engine, Transaction
from scattershot.storage.migrate import MIGRATIONS, WrongDatabaseError, migrate, migrations_in
from tests.engines import open_database

NOW = Millis(1_700_000_000_000)

PEOPLE = """
-- people; and what they wrote
CREATE TABLE people (id {serial}, name TEXT NOT NULL DEFAULT 'nobody; at all');
CREATE TABLE posts (id BIGINT PRIMARY KEY, person BIGINT REFERENCES people (id), body {blob});
"""
MORE = "ALTER TABLE people ADD COLUMN joined BIGINT NOT NULL DEFAULT 7;\nINSERT INTO people (name) VALUES ('ann');"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_people.sql").write_text(PEOPLE)
    (tmp_path / "0002_more.sql").write_text(MORE)
    (tmp_path / "README.md").write_text("not a migration")
    return tmp_path


def versions(tx: Transaction) -> list[tuple[int, str, int]]:
    return tx.fetch(
        lambda *columns: columns,
        "SELECT number, name, applied FROM schema_versions ORDER BY number",
    )


async def test_every_step_is_taken_once(empty: Database, folder: Path) -> None:
    assert await migrate(empty, NOW, folder) == 2
    assert await migrate(empty, Millis(NOW + 1), folder) == 0
    assert await empty.read(versions) == [(1, "people", NOW), (2, "more", NOW)]
    assert await empty.read(lambda tx: tx.fetch(lambda *row: row, "SELECT id, name, joined FROM people")) == [
        (1, "ann", 7)
    ]


async def test_a_later_step_is_taken_by_an_older_database(empty: Database, folder: Path) -> None:
    await migrate(empty, NOW, folder)
    (folder / "0003_later.sql").write_text("UPDATE people SET name = 'bob'")
    assert await migrate(empty, Millis(NOW + 1), folder) == 1
    assert await empty.read(lambda tx: tx.value("SELECT name FROM people")) == "bob"


async def test_a_step_that_fails_leaves_nothing_of_itself(empty: Database, folder: Path) -> None:
    (folder / "0003_broken.sql").write_text("CREATE TABLE half (x BIGINT); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(Exception, match="nowhere"):
        await migrate(empty, NOW, folder)
    assert [number for number, _, _ in await empty.read(versions)] == [1, 2]
    (folder / "0003_broken.sql").write_text("CREATE TABLE half (x BIGINT);")
    assert await migrate(empty, NOW, folder) == 1


async def test_many_may_start_at_once(empty: Database, folder: Path) -> None:
    assert sum(await asyncio.gather(*(migrate(empty, NOW, folder) for _ in range(4)))) == 2
    assert len(await empty.read(versions)) == 2


async def test_a_database_of_a_newer_version_is_refused(empty: Database, folder: Path) -> None:
    await migrate(empty, NOW, folder)
    (folder / "0002_more.sql").unlink()
    with pytest.raises(WrongDatabaseError, match=r"of version 2 \(more\), this program knows up to 1: install a newer"):
        await migrate(empty, NOW, folder)


async def test_a_database_with_another_past_is_refused(empty: Database, folder: Path) -> None:
    await migrate(empty, NOW, folder)
    (folder / "0002_more.sql").rename(folder / "0002_other.sql")
    with pytest.raises(WrongDatabaseError, match="step 2 of the database is more, here step 2 is other"):
        await migrate(empty, NOW, folder)


async def test_an_engine_may_have_a_text_of_its_own(empty: Database, engine: Engine, folder: Path) -> None:
    (folder / "0003_words.sql").write_text("CREATE TABLE words (word TEXT);")
    (folder / "0003_words.sqlite.sql").write_text(
        "CREATE VIRTUAL TABLE found USING fts5(word);\n"
        "CREATE TRIGGER words_ai AFTER INSERT ON words BEGIN\n"
        "  INSERT INTO found (rowid, word) VALUES (new.rowid, new.word);\n"
        "  UPDATE words SET word = 'told; ' || word WHERE rowid = new.rowid;\nEND;\n"
    )
    (folder / "0003_words.postgres.sql").write_text(
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN new.word := 'told; ' || new.word; RETURN new; END $$;\n"
        "CREATE TRIGGER words_bi BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION tell();\n"
    )
    await migrate(empty, NOW, folder)
    await empty.write(lambda tx: tx.execute("INSERT INTO words VALUES ($1)", "hello"))
    assert await empty.read(lambda tx: tx.value("SELECT word FROM words")) == "told; hello"


async def test_our_own_tables_are_laid_on_both(engine: Engine) -> None:
    async with open_database(engine) as ours:
        steps = migrations_in(MIGRATIONS, engine)
        assert [number for number, _, _ in await ours.read(versions)] == [step.number for step in steps] != []


@pytest.mark.parametrize(
    "name", ["0002_again.sql", "0004_gap.sql", "3_short.sql", "0003_Upper.sql", "0003_x.mysql.sql"]
)
def test_a_folder_that_does_not_count_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1")
    with pytest.raises(ValueError, match="migration"):
        migrations_in(folder, "sqlite")
