"""What every engine makes of a statement, its parameters and its rows."""

from typing import Any, NamedTuple

import pytest

from scattershot.ports.database import ConflictError, Database, Engine, Transaction
from scattershot.storage.dialect import spelt


class Thing(NamedTuple):
    id: int
    name: str | None


TABLES = """
CREATE TABLE kinds (id {serial}, big BIGINT, real DOUBLE PRECISION, word TEXT, raw {blob}, flag BOOLEAN);
CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT {bytewise} UNIQUE, hits BIGINT NOT NULL DEFAULT 0);
CREATE TABLE parts (thing BIGINT NOT NULL REFERENCES things (id) ON DELETE CASCADE, part BIGINT NOT NULL,
    PRIMARY KEY (thing, part)) {without_rowid};
"""


@pytest.fixture
async def tables(empty: Database, engine: Engine) -> Database:
    await empty.write(lambda tx: tx.script(spelt(TABLES, engine)))
    await empty.write(
        lambda tx: tx.execute_many(
            "INSERT INTO things (id, name) VALUES ($1, $2)", [(1, "one"), (2, "two"), (3, None), (4, "Two")]
        )
    )
    return empty


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("big", 0),
        ("big", 2**63 - 1),
        ("big", -(2**63)),
        ("real", 0.1),
        ("real", -1e300),
        ("word", ""),
        ("word", "grüße 🌍 '$1' -- ?"),
        ("raw", b""),
        ("raw", bytes(range(256))),
        ("flag", True),
        ("flag", False),
        *((column, None) for column in ("big", "real", "word", "raw", "flag")),
    ],
)
async def test_a_value_comes_back_as_it_went(tables: Database, column: str, given: Any) -> None:
    await tables.write(lambda tx: tx.execute(f"INSERT INTO kinds ({column}) VALUES ($1)", given))
    back = await tables.read(lambda tx: tx.value(f"SELECT {column} FROM kinds"))
    assert back == given
    assert (back is None) == (given is None)


async def test_an_int_that_is_too_big_is_an_error_and_not_another_number(tables: Database) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - each driver has its own word for it
        await tables.write(lambda tx: tx.execute("INSERT INTO kinds (big) VALUES ($1)", 2**63))
    assert await tables.read(lambda tx: tx.value("SELECT count(*) FROM kinds")) == 0


async def test_truth_can_be_asked_for_in_sql(tables: Database) -> None:
    await tables.write(lambda tx: tx.execute_many("INSERT INTO kinds (flag) VALUES ($1)", [(True,), (False,), (True,)]))
    assert await tables.read(lambda tx: tx.value("SELECT count(*) FROM kinds WHERE flag")) == 2
    assert await tables.read(lambda tx: tx.value("SELECT count(*) FROM kinds WHERE flag = $1", False)) == 1
    assert await tables.read(lambda tx: tx.value("SELECT EXISTS (SELECT 1 FROM kinds WHERE NOT flag)"))


async def test_rows_come_as_the_type_that_was_asked_for(tables: Database) -> None:
    sql = "SELECT id, name FROM things WHERE id < $1 ORDER BY id"
    assert await tables.read(lambda tx: tx.fetch(Thing, sql, 3)) == [Thing(1, "one"), Thing(2, "two")]
    assert await tables.read(lambda tx: tx.fetch_one(Thing, sql, 3)) == Thing(1, "one")
    assert await tables.read(lambda tx: tx.fetch(Thing, sql, 0)) == []
    assert await tables.read(lambda tx: tx.fetch_one(Thing, sql, 0)) is None
    assert await tables.read(lambda tx: tx.value(sql, 3)) == 1
    assert await tables.read(lambda tx: tx.value(sql, 0)) is None


async def test_a_list_is_matched_by_any_and_all(tables: Database) -> None:
    def ids(where: str, *args: Any) -> Any:
        return tables.read(lambda tx: tx.fetch(int, f"SELECT id FROM things WHERE {where} ORDER BY id", *args))

    assert await ids("id = ANY($1)", [1, 3, 99]) == [1, 3]
    assert await ids("id = ANY($1)", []) == []
    assert await ids("id <> ALL($1)", [1, 3]) == [2, 4]
    assert await ids("id <> ALL($1)", []) == [1, 2, 3, 4]
    assert await ids("name = ANY($2) AND id > $1", 1, ["one", "two", 'a "quote"']) == [2]
    assert await ids("id = ANY($1)", [2**62, 4]) == [4]
    assert await tables.write(lambda tx: tx.execute("DELETE FROM things WHERE id = ANY($1::bigint[])", [1, 2])) == 2


async def test_the_same_parameter_may_stand_twice(tables: Database) -> None:
    sql = "SELECT count(*) FROM things WHERE ($1::bigint IS NULL OR id = $1) AND id < $2"
    assert await tables.read(lambda tx: tx.value(sql, None, 4)) == 3
    assert await tables.read(lambda tx: tx.value(sql, 2, 4)) == 1


async def test_execute_counts_the_rows_it_touched(tables: Database) -> None:
    async def touched(sql: str, *args: Any) -> int:
        return await tables.write(lambda tx: tx.execute(sql, *args))

    assert await touched("UPDATE things SET hits = hits + 1 WHERE id > $1", 1) == 3
    assert await touched("UPDATE things SET hits = 0 WHERE id = $1", 99) == 0
    assert await touched("INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING", 1) == 0
    assert await touched("INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING", 5) == 1
    assert (
        await touched(
            "WITH old AS (SELECT id FROM things WHERE id < $1) DELETE FROM things WHERE id IN (SELECT id FROM old)", 3
        )
        == 2
    )


async def test_an_upsert_returns_what_became_of_the_row(tables: Database) -> None:
    def touch(tx: Transaction) -> Any:
        return tx.value(
            "INSERT INTO things (id, name, hits) VALUES ($1, $2, 1) "
            "ON CONFLICT (name) DO UPDATE SET hits = things.hits + 1 RETURNING hits",
            7,
            "seven",
        )

    assert [await tables.write(touch) for _ in range(3)] == [1, 2, 3]


async def test_a_serial_id_is_given_and_never_given_again(tables: Database) -> None:
    insert = "INSERT INTO kinds (big) VALUES ($1) RETURNING id"
    first, second = [await tables.write(lambda tx: tx.value(insert, 1)) for _ in range(2)]
    await tables.write(lambda tx: tx.execute("DELETE FROM kinds WHERE id = $1", second))
    third = await tables.write(lambda tx: tx.value(insert, 1))
    assert first < second < third


async def test_the_same_sum_is_the_same_number(tables: Database) -> None:
    row = await tables.read(lambda tx: tx.fetch_one(lambda *columns: columns, "SELECT sum(id), avg(id) FROM things"))
    assert row == (10, 2.5)
    assert [type(column) for column in row] == [int, float]


async def test_text_is_matched_and_sorted_alike(tables: Database) -> None:
    assert await tables.read(lambda tx: tx.fetch(str, "SELECT name FROM things WHERE name LIKE $1", "t%")) == ["two"]
    names = await tables.read(
        lambda tx: tx.fetch(lambda name: name, "SELECT name FROM things ORDER BY name NULLS LAST")
    )
    assert names == ["Two", "one", "two", None]


async def test_pages_are_cut_by_row_values(tables: Database) -> None:
    sql = "SELECT id FROM things WHERE (hits, id) < ($1, $2) ORDER BY hits DESC, id DESC LIMIT $3"
    assert await tables.read(lambda tx: tx.fetch(int, sql, 0, 4, 2)) == [3, 2]


async def test_work_is_claimed_with_skip_locked(tables: Database) -> None:
    def claim(tx: Transaction) -> list[int]:
        return tx.fetch(
            int,
            "UPDATE things SET hits = 1 WHERE id IN (SELECT id FROM things WHERE hits = 0 ORDER BY id LIMIT $1 "
            "FOR UPDATE SKIP LOCKED) RETURNING id",
            3,
        )

    assert sorted(await tables.write(claim)) == [1, 2, 3]
    assert await tables.write(claim) == [4]


async def test_rows_go_in_many_at_a_time(tables: Database) -> None:
    rows = ((1, part) for part in range(300))
    await tables.write(lambda tx: tx.execute_many("INSERT INTO parts VALUES ($1, $2)", rows))
    await tables.write(lambda tx: tx.execute_many("INSERT INTO parts VALUES ($1, $2)", []))
    assert await tables.read(lambda tx: tx.value("SELECT count(*) FROM parts")) == 300


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO things (id) VALUES (1)",
        "INSERT INTO things (id, name) VALUES (9, 'one')",
        "INSERT INTO things (id, hits) VALUES (9, NULL)",
        "INSERT INTO parts VALUES (99, 1)",
    ],
)
async def test_a_broken_rule_of_the_tables_is_a_conflict(tables: Database, sql: str) -> None:
    with pytest.raises(ConflictError):
        await tables.write(lambda tx: tx.execute(sql))


async def test_a_script_holds_several_statements(empty: Database, engine: Engine) -> None:
    script = """
        CREATE TABLE a (x TEXT DEFAULT ';');
        -- a comment; with a stop
        CREATE TABLE b (x TEXT); INSERT INTO b VALUES (';')
    """
    await empty.write(lambda tx: tx.script(script))
    assert await empty.read(lambda tx: tx.value("SELECT x FROM b")) == ";"
    assert await empty.read(lambda tx: tx.engine) == engine
