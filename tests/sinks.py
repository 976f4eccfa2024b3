"""A hundred other servers in a thread of the test: each has an actor, follows whom it is told to, takes what comes.

They are 127.0.1.1 to 127.0.1.100 on one port. Once so many posts have arrived they fall silent: what comes is taken,
and not answered, so that whoever delivers is caught in the middle.
"""

import asyncio
import json
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

from scattershot.protocols.activitypub.wire import signatures
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.keys import generate_rsa, load_private, public_pem
from tests.processes import free_port

ACCEPTED = "202 Accepted"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]


class Sinks:
    """All of them; `came` counts posts by sink and text, `answered` says which of them a 202 went out for."""

    def __init__(self, number: int) -> None:
        self.port = free_port()
        self.hosts = [f"127.0.1.{n}:{self.port}" for n in range(1, number + 1)]
        self.came: Counter[tuple[str, str]] = Counter()
        self.answered: set[tuple[str, str]] = set()
        self.silent_after: int | None = None
        self._private = load_private(generate_rsa())
        self._public = public_pem(self._private.public_key())
        self._loop = asyncio.new_event_loop()

    def actor(self, host: str) -> str:
        """Whoever lives there."""
        return f"http://{host}/users/fan"

    def follow(self, origin: str, whom: str) -> None:
        """Let each of them follow somebody at a node, by a signed request."""
        with ThreadPoolExecutor(8) as hands:
            answers = list(hands.map(lambda host: self._send_follow(host, origin, whom), self.hosts))
        assert answers == [202] * len(self.hosts)

    def _send_follow(self, host: str, origin: str, whom: str) -> int:
        me = self.actor(host)
        follow = {"@context": CONTEXT, "id": f"{me}#follow", "type": "Follow", "actor": me, "object": whom}
        headers = Headers([("content-type", "application/activity+json")])
        request = Request("POST", f"{origin}/inbox", headers, json.dumps(follow).encode())
        signed = signatures.sign(request, f"{me}#key", self._private, int(time.time() * 1000))
        parts = urllib.parse.urlsplit(signed.url)
        asked = HTTPConnection("127.0.0.1", parts.port, timeout=30)
        try:
            asked.request("POST", parts.path, signed.body, dict(signed.headers))
            return asked.getresponse().status
        finally:
            asked.close()

    # -- what they answer

    def _document(self, host: str, target: str) -> object:
        me = self.actor(host)
        if target == "/users/fan":
            key = {"id": f"{me}#key", "owner": me, "publicKeyPem": self._public}
            return {
                "@context": CONTEXT, "id": me, "type": "Person", "preferredUsername": "fan", "inbox": f"{me}/inbox",
                "endpoints": {"sharedInbox": f"http://{host}/inbox"}, "publicKey": key,
            }  # fmt: skip
        if target.startswith("/.well-known/webfinger"):
            link = {"rel": "self", "type": "application/activity+json", "href": me}
            return {"subject": f"acct:fan@{host}", "links": [link]}
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = {name.lower(): value.strip() for name, _, value in _pairs(head)}
                body = await reader.readexactly(int(fields.get("content-length", 0)))
                method, target, _ = head.split("\r\n", 1)[0].split(" ")
                if method == "GET":
                    found = self._document(fields["host"], target)
                    answer = json.dumps(found).encode()
                    _answer(writer, "200 OK" if found else "404 Not Found", answer if found else b"")
                    continue
                taken = self._take(fields["host"], json.loads(body))
                if self.silent_after is not None and sum(self.came.values()) > self.silent_after:
                    continue
                _answer(writer, ACCEPTED, b"")
                self.answered |= taken
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _take(self, host: str, activity: dict[str, object]) -> set[tuple[str, str]]:
        note = activity.get("object")
        if activity.get("type") != "Create" or not isinstance(note, dict):
            return set()
        which = (host, str(note["content"]).removeprefix("<p>").removesuffix("</p>"))
        self.came[which] += 1
        return {which}

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, "0.0.0.0", self.port, backlog=500))
        ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


def _pairs(head: str) -> Iterator[tuple[str, str, str]]:
    return (line.partition(":") for line in head.split("\r\n")[1:] if line)


def _answer(writer: asyncio.StreamWriter, status: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/activity+json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


@contextmanager
def open_sinks(number: int) -> Iterator[Sinks]:
    """So many servers, which answer until the block is left."""
    sinks, ready = Sinks(number), threading.Event()
    thread = threading.Thread(target=sinks._run, args=(ready,), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield sinks
    finally:
        sinks._end()
        thread.join(10)
