"""kill -9 in the middle of delivering to a hundred servers, or of taking in a burst: nothing is lost, nothing twice."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from scattershot import __version__
from scattershot.drivers.control import Asked, ask
from tests.processes import Process, until
from tests.sinks import Sinks, open_sinks

SINKS = 100
POSTS = [f"post {number}" for number in range(5)]


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    with open_sinks(SINKS) as opened:
        yield opened


def _acquaint(a: Process, b: Process) -> None:
    a.start().do("person", "add", "ann")
    b.start().do("person", "add", "bob")
    a.do("follow", "ann", b.handle("bob"))


def _post(node: Process, name: str, text: str) -> None:
    """Post as the command line does, without the time that a new process takes to begin."""
    arguments = {"name": name, "text": text, "audience": "public", "warning": "", "reply_to": None}
    lines = ask(node.folder, Asked("post", arguments), __version__)
    assert lines is not None
    assert [line.end for line in lines][-1] == 0


def _owed(node: Process) -> int:
    listed = node.do("nodes", "--limit", "1000", "--json").splitlines()
    return sum(json.loads(line)["waiting"] for line in listed)


def _count(node: Process, table: str) -> int:
    """Rows of a table in the node's file, whether or not it runs."""
    with closing(sqlite3.connect(f"file:{node.folder / 'scattershot.sqlite'}?mode=ro", uri=True)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _has(node: Process, posts: int) -> bool:
    return _count(node, "posts") >= posts


def _bob(b: Process) -> str:
    status, body = b.get(f"/.well-known/webfinger?resource=acct:bob@localhost:{b.port}")
    assert status == 200
    return next(str(link["href"]) for link in json.loads(body)["links"] if link["rel"] == "self")


def test_killed_while_delivering_to_a_hundred_servers(a: Process, b: Process, sinks: Sinks) -> None:
    _acquaint(a, b)
    sinks.follow(b.origin, _bob(b))
    until(lambda: _owed(b) == 0, "all hundred are answered", 20)

    sinks.silent_after = 2 * SINKS + SINKS // 2
    for text in POSTS:
        _post(b, "bob", text)
    until(lambda: sum(sinks.came.values()) > 2 * SINKS + SINKS // 2, "half of it delivered", 20)
    b.kill()
    everything = {(host, text) for host in sinks.hosts for text in POSTS}
    assert 2 * SINKS < len(sinks.answered) < len(sinks.came) < len(everything), "it was not in the middle"
    before, sinks.silent_after = Counter(sinks.came), None

    b.start()
    until(lambda: sinks.came.keys() == everything, "every post at every sink", 30)
    until(lambda: _owed(b) == 0, "nothing owed any more", 20)
    until(lambda: len(a.texts("ann")) >= len(POSTS), "all of it on ann's home", 20)
    assert a.texts("ann") == POSTS[::-1]
    again = {which for which in before if sinks.came[which] > before[which]}
    assert set(before) - sinks.answered <= again, "what was never answered is sent again"
    assert again < before.keys(), "what was struck off before the kill is not sent again"


def test_killed_again_and_again_while_taking_in_a_burst(a: Process, b: Process) -> None:
    _acquaint(a, b)
    until(lambda: _owed(b) == 0, "the answer to the follow")
    burst = [f"post {number}" for number in range(500)]

    def all_at_once() -> None:
        for text in burst:
            _post(b, "bob", text)

    posting = threading.Thread(target=all_at_once)
    posting.start()
    for taken in (20, 100, 180):
        until(partial(_has, a, taken), f"{taken} taken in", 30)
        a.kill()
        assert taken <= _count(a, "posts") < len(burst), "it was not in the middle"
        a.start()
    posting.join()
    until(lambda: len(a.texts("ann", 800)) >= len(burst), "the whole burst", 60)
    until(lambda: _owed(b) == 0, "nothing owed any more", 30)
    assert a.texts("ann", 800) == burst[::-1]
    assert (_count(a, "posts"), _count(a, "arrivals")) == (len(burst), 0)
