"""Two real nodes on loopback: what is posted on one is read on the other, and a node that was away misses nothing."""

import contextlib
import http.client
import re
import socket
import time
from urllib.parse import urlencode

import pytest

from tests.processes import Process, cli, until


def _acquaint(a: Process, b: Process) -> None:
    a.start().do("person", "add", "ann")
    b.start().do("person", "add", "bob")
    assert a.do("follow", "ann", b.handle("bob")) == f"{a.handle('ann')} follows {b.handle('bob')}."


def test_a_node_that_was_killed_misses_nothing(a: Process, b: Process, capsys: pytest.CaptureFixture[str]) -> None:
    _acquaint(a, b)
    address = b.do("post", "bob", "Hello <b>world</b> & all")
    until(lambda: a.texts("ann") == ["Hello <b>world</b> & all"], "bob's post on ann's home")
    assert a.home("ann")[0]["author"] == b.handle("bob")
    assert f"to {a.origin}/inbox: done" in b.do("trace", address)
    assert "came by activitypub" in a.do("trace", address)

    a.kill()
    wanted = [f"while ann is away: {number}" for number in range(50)]
    for text in wanted:
        b.do("post", "bob", text)
    began = time.perf_counter()
    a.start()
    until(lambda: len(a.texts("ann")) >= 51, "all fifty", 30)
    with capsys.disabled():
        print(f" caught up with 50 posts {time.perf_counter() - began:.1f} s after the start", end=" ")
    time.sleep(0.5)  # what comes twice would come now
    assert a.texts("ann") == [*reversed(wanted), "Hello <b>world</b> & all"]


def test_what_is_done_while_no_node_runs_goes_out_at_once_or_later(a: Process, b: Process) -> None:
    a.start().do("person", "add", "ann")
    b.do("person", "add", "bob")
    b.start()
    b.stop()
    asked = cli("follow", "bob", a.handle("ann"), "--data", b.folder)
    # Ann's node would ask for bob's key, and nobody would answer.
    assert (asked.returncode, asked.stderr) == (0, "It will go out when the node runs.\n")
    b.start()
    until(lambda: b.do("following", "bob") == a.handle("ann"), "ann's answer", 30)
    assert b.do("follow", "bob", a.handle("ann")) == f"{b.handle('bob')} follows {a.handle('ann')}."

    b.stop()
    a.stop()
    result = cli("post", "ann", "Nobody is up", "--data", a.folder)
    assert (result.returncode, result.stderr) == (0, "It will go out when the node runs.\n")
    a.start()
    b.start()  # and asks at once what it may have missed
    until(lambda: b.texts("bob") == ["Nobody is up"], "the first post")
    a.stop()
    result = cli("post", "ann", "Only bob is up", "--data", a.folder)
    assert (result.returncode, result.stderr) == (0, "")
    until(lambda: b.texts("bob") == ["Only bob is up", "Nobody is up"], "the second post")


def test_inspect_shows_every_step_and_stores_nothing(a: Process, b: Process) -> None:
    a.start().do("person", "add", "ann")
    b.start().do("person", "add", "bob")
    address = b.do("post", "bob", "Look at me")
    shown = a.do("inspect", b.handle("bob"))
    assert re.search(r"^1\. GET http://localhost:\d+/\.well-known/webfinger\?resource=acct%3Abob", shown, re.MULTILINE)
    assert f"Name: {b.handle('bob')}, said by both sides (it calls itself 'bob')." in shown
    assert "signature: keyId=" in shown
    shown = a.do("inspect", address)
    assert "for public: Look at me" in shown
    assert cli("inspect", b.handle("nobody"), "--data", a.folder).returncode == 1
    assert "No other node" in cli("nodes", "--data", a.folder).stderr


def test_an_open_live_page_does_not_hold_up_a_stop(a: Process) -> None:
    a.start()
    link = a.do("person", "add", "ann")
    with contextlib.closing(_live_page(a, link)) as live:
        spent = a.stop()
        ended = live.recv(65_536)
        while piece := live.recv(65_536):
            ended += piece
    assert ended.endswith(b"0\r\n\r\n"), "the stream was cut, not ended"
    assert spent < 4


def test_the_log_keeps_secrets(a: Process, b: Process) -> None:
    for node in (a, b):
        node.start("--verbose")
    secrets = [a.do("person", "add", "ann").rpartition("/")[2], b.do("person", "add", "bob").rpartition("/")[2]]
    secrets += [a.do("token", "ann"), b.do("token", "bob")]
    a.do("follow", "ann", b.handle("bob"))
    b.do("post", "bob", "for followers: heliotrope", "--audience", "followers")
    until(lambda: a.texts("ann") == ["for followers: heliotrope"], "the post")
    a.get(f"/welcome/{secrets[0]}")
    a.get(f"/welcome/{secrets[0]}/nonsense?token={secrets[2]}", Authorization=f"Bearer {secrets[2]}")
    for node in (a, b):
        node.stop()
        logged = node.log.read_text()
        assert "app." in logged or "running" in logged
        for secret in (*secrets, "heliotrope", "PRIVATE KEY"):
            assert secret not in logged


def _live_page(node: Process, link: str) -> socket.socket:
    """The open stream of a person's page, signed in by a one-time link."""
    path = link.removeprefix(node.origin)
    page, cookies = _asked(node, "GET", path, {})
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    _, more = _asked(node, "POST", path, {"cookie": cookies}, urlencode([*hidden, ("password", "")]))
    live = socket.create_connection(("127.0.0.1", node.port))
    live.settimeout(10)
    head = f"GET /live/home HTTP/1.1\r\nhost: localhost:{node.port}\r\ncookie: {cookies}; {more}\r\n\r\n"
    live.sendall(head.encode())
    answer = live.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    while b"retry:" not in answer:
        answer += live.recv(65_536)
    return live


def _asked(node: Process, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[str, str]:
    """The page, and the cookies that came with it."""
    asked = http.client.HTTPConnection("localhost", node.port, timeout=10)
    kind = {"content-type": "application/x-www-form-urlencoded", "origin": node.origin} if body else {}
    asked.request(method, path, body or None, {**kind, **headers})
    answer = asked.getresponse()
    page = answer.read().decode()
    assert answer.status in (200, 302, 303), page
    cookies = "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_all("set-cookie") or ())
    asked.close()
    return page, cookies
