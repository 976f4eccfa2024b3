"""A node is put back to a backup: numbers of its firehose that it gave out since are known to be none."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables.log import LEFT_OUT
from scattershot.testing.village import Village
from tests.hose import a_hose
from tests.journeys.test_firehose import a_town, asked, lines, told
from tests.processes import Process, done


async def test_a_number_from_a_future_that_never_was_is_told_so(village: Village) -> None:
    a = await a_town(village)
    await a.post("ann", "Kept")
    await a.post("ann", "Lost")
    await village.settle()
    kept, lost = await told(village)
    store = a.node.drivers.database
    if not isinstance(store, SqliteDatabase):
        pytest.skip("PostgreSQL is put back by its own tools")
    await store.write(lambda tx: tx.execute("DELETE FROM log WHERE seq > $1", kept["seq"]))
    await store.leave_out("log", LEFT_OUT)
    village.clock.advance(2)
    answer = await asked(village, f"?after={lost['seq']}")
    assert (answer.status, b"There is no such number yet" in answer.body) == (400, True)
    await a.post("ann", "New")
    await village.settle()
    village.clock.advance(2)
    [new] = lines(await asked(village, f"?after={kept['seq']}"))
    assert new["post"]["content"] == "<p>New</p>", "whoever had not heard more goes on"
    assert new["seq"] > lost["seq"] + LEFT_OUT // 2
    answer = await asked(village, f"?after={lost['seq']}")
    assert (answer.status, b"put back to a backup" in answer.body) == (400, True), "nor is it one later"
    async with a_hose(a.node.app, "socket", lost["seq"]) as hose:
        await hose.ended.wait()
        assert hose.closed is not None
        assert hose.closed[0] == 1008
    following, words = "?after=0", list[str]()
    for _ in range(3):
        answer = await asked(village, following)
        assert answer.status == 200, "what we lead on to is there"
        words += [line["post"]["content"] for line in lines(answer) if line["event"] == "created"]
        following = (answer.headers.get("link") or "").partition(">")[0].removeprefix("</firehose")
    assert words == ["<p>Kept</p>", "<p>New</p>"]


def _newest(node: Process) -> int:
    with closing(sqlite3.connect(f"file:{node.folder / 'scattershot.sqlite'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT max(seq) FROM log").fetchone()[0])


def test_a_node_that_is_put_back_gives_no_number_twice(a: Process, tmp_path: Path) -> None:
    a.start().do("person", "add", "ann")
    backup = tmp_path / "backup.tar"
    a.do("backup", str(backup))
    kept = _newest(a)
    for text in ("one", "two", "three"):
        a.do("post", "ann", text)
    assert _newest(a) > kept
    a.stop()
    done("restore", backup, "--data", a.folder, "--force")
    a.start().do("post", "ann", "anew")
    assert _newest(a) == kept + LEFT_OUT + 1
    assert a.texts("ann") == ["anew"]
