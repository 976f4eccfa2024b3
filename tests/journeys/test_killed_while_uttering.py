"""kill -9 between a post and its event, again and again: each post is said once. And a backup keeps the key."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from scattershot import __version__
from scattershot.drivers.control import Asked, ask
from tests.processes import Process, done, until


def _post(node: Process, text: str) -> None:
    """Answered when it is on disk; without the time that a new process takes to begin."""
    arguments = {"name": "ann", "text": text, "audience": "public", "warning": "", "reply_to": None}
    lines = ask(node.folder, Asked("post", arguments), __version__)
    assert lines is not None
    assert [line.end for line in lines][-1] == 0


def _said(folder: Path) -> Counter[str]:
    """How often each note stands at the relay."""
    with closing(sqlite3.connect(f"file:{folder / 'scattershot.sqlite'}?mode=ro", uri=True)) as database:
        return Counter(
            json.loads(body)["content"] for (body,) in database.execute("SELECT body FROM slips WHERE kind = 1")
        )


def _key(node: Process) -> str:
    status, body = node.get("/.well-known/nostr.json?name=ann")
    assert status == 200
    return str(json.loads(body)["names"]["ann"])


def test_every_post_that_was_answered_is_said_once_however_often_the_node_is_killed(a: Process) -> None:
    a.start().do("person", "add", "ann")
    posted: list[str] = []
    for round_ in range(3):
        for number in range(4):
            _post(a, f"post {round_}.{number}")
            posted.append(f"post {round_}.{number}")
        a.kill()
        a.start()
    until(lambda: len(_said(a.folder)) == len(posted), "everything is said")
    assert _said(a.folder) == Counter(posted)
    a.stop()
    assert _said(a.folder) == Counter(posted)


def test_a_backup_restores_the_key_by_which_a_microblog_speaks(a: Process, b: Process, tmp_path: Path) -> None:
    a.start().do("person", "add", "ann")
    _post(a, "before")
    until(lambda: _said(a.folder) == {"before": 1}, "it is said")
    key, backup = _key(a), tmp_path / "backup.tar"
    a.do("backup", str(backup))
    secret = a.do("microblog", "nostr", "ann", "--secret")
    a.stop()
    done("restore", backup, "--data", b.folder, "--force")
    b.port = a.port
    b.start()
    assert _key(b) == key
    assert b.do("microblog", "nostr", "ann", "--secret") == secret
    _post(b, "after")
    until(lambda: _said(b.folder) == {"before": 1, "after": 1}, "it speaks on")
    with closing(sqlite3.connect(f"file:{b.folder / 'scattershot.sqlite'}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT DISTINCT hex(author) FROM slips WHERE kind = 1").fetchall()
    assert found == [(key.upper(),)]
