"""Nodes killed in the middle of an upload: what was answered is there, and of the rest nothing is left."""

import http.client
import json
import random
import sqlite3
import threading
from contextlib import closing, suppress
from typing import Any

from tests.files import a_photo, a_picture
from tests.processes import Process, until


def _body(data: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + data + b"\r\n--x--\r\n"


def _headers(token: str, length: int) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(length),
    }


def _files(node: Process, which: str) -> set[str]:
    return {path.name for path in (node.folder / "media" / which).rglob("*") if path.is_file()}


def _rows(node: Process) -> tuple[set[str], list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(node.folder / "scattershot.sqlite")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM media_files")}
        return names, connection.execute("SELECT id, state FROM uploads").fetchall()


def test_an_upload_cut_off_by_a_kill_leaves_nothing(a: Process) -> None:
    a.start().do("person", "add", "ann")
    token = a.do("token", "ann")
    data = a_photo(size=(3_000, 2_000)) + bytes(3_000_000)
    sending = http.client.HTTPConnection("127.0.0.1", a.port, timeout=10)
    body = _body(data)
    sending.putrequest("POST", "/api/v2/media")
    for name, value in _headers(token, len(body)).items():
        sending.putheader(name, value)
    sending.endheaders()
    sending.send(body[:2_000_000])
    until(lambda: _files(a, "aside"), "the first half on the disk")
    a.kill()
    sending.close()
    assert _files(a, "aside")
    a.start()
    assert (_files(a, "aside"), _files(a, "kept"), _rows(a)) == (set(), set(), (set(), []))


def _is_tidy(node: Process) -> bool:
    names, states = _rows(node)
    return names == _files(node, "kept") and {state for _, state in states} <= {"ready"}


def _uploaded(node: Process, token: str, size: int) -> str:
    """The address of a picture that was answered for; empty where the node did not live to say so."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        asked = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)
        body = _body(a_picture(size=(size, 200)))
        asked.request("POST", "/api/v2/media", body, _headers(token, len(body)))
        answer = asked.getresponse()
        url: str = json.loads(answer.read())["url"] if answer.status == 200 else ""
        asked.close()
        return url
    return ""


def test_whenever_it_is_killed_what_was_answered_is_there_and_no_file_is_left_over(a: Process) -> None:
    a.start().do("person", "add", "ann")
    token = a.do("token", "ann")
    chance = random.Random(7)
    for round_ in range(3):
        answered = [_uploaded(a, token, 300 + round_)]
        assert answered[0], "it lives"
        killer = threading.Timer(chance.random() * 0.4, a.kill)
        killer.start()
        while killer.is_alive():
            answered.append(_uploaded(a, token, 310 + round_))
        killer.join()
        a.start()
        until(lambda: _is_tidy(a), "every file is known and shown, and every known file is there")
        assert _files(a, "aside") == set()
        for url in answered:
            assert not url or a.get(url.removeprefix(a.origin))[0] == 200


def test_a_node_that_nobody_gives_a_file_starts_no_process_for_one(a: Process) -> None:
    import psutil

    a.start().do("person", "add", "ann")
    assert a.process is not None
    assert psutil.Process(a.process.pid).children() == []
    assert not (a.folder / "media").exists()
    token = a.do("token", "ann")
    asked = http.client.HTTPConnection("127.0.0.1", a.port, timeout=20)
    body = _body(a_picture())
    asked.request("POST", "/api/v2/media", body, _headers(token, len(body)))
    assert asked.getresponse().status == 200
    [child] = psutil.Process(a.process.pid).children()
    a.kill()
    until(lambda: not child.is_running(), "its helper is gone, too")
