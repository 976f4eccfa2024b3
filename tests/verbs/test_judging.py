"""`inspect` says why a request that was caught is refused."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from scattershot.opening import Trouble
from scattershot.ports.database import Database
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import House, Village, a_village
from scattershot.verbs.inspecting import inspect
from scattershot.verbs.judging import read_request
from scattershot.wirekit.http_message import Request
from tests.engines import open_database


class Said:
    """Remembers what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    async def one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database("sqlite"))

    async with a_village(one, PooledKeyMaker(), tmp_path) as built:
        yield built


async def caught(village: Village) -> tuple[House, Request]:
    """Ann's node, and the request by which it heard of Bob's post."""
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    await b.post("bob", "hello")
    await village.settle()
    return a, [asked for asked in village.fetcher.requests if asked.method == "POST" and b'"Create"' in asked.body][-1]


def raw(request: Request) -> str:
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
    return f"POST /inbox HTTP/1.1\r\n{head}\r\n{request.body.decode('latin-1')}"


async def verdict(house: House, text: str) -> str:
    said = Said()
    await inspect(house.node, said, what="-", full=False, request=text)
    return said.lines[-1]


async def test_a_request_that_is_right_would_be_taken(village: Village) -> None:
    house, request = await caught(village)
    assert await verdict(house, raw(request)) == "It would be taken as: Posted."


async def test_a_tampered_body_is_named(village: Village) -> None:
    house, request = await caught(village)
    tampered = request._replace(body=request.body.replace(b"hello", b"howdy"))
    assert "Refused with 401, digest mismatch" in await verdict(house, raw(tampered))


async def test_a_request_for_another_host_is_named(village: Village) -> None:
    house, request = await caught(village)
    elsewhere = request._replace(headers=request.headers.having(("host", "c.example")))
    assert "Refused with 401, wrong host" in await verdict(house, raw(elsewhere))


async def test_a_stale_request_is_named(village: Village) -> None:
    house, request = await caught(village)
    village.clock.advance(14 * 3600)
    assert "Refused with 401, stale" in await verdict(house, raw(request))


async def test_a_post_handed_on_by_another_without_a_good_proof_is_named(village: Village) -> None:
    import msgspec

    from scattershot.protocols.activitypub.wire.signatures import sign
    from scattershot.storage.tables import microblogs
    from scattershot.wirekit.keys import load_private

    house, request = await caught(village)
    c = await village.house("c.example")
    eve = await c.person("eve")
    signer = await c.node.drivers.database.read(lambda tx: microblogs.signer(tx, eve))
    assert signer is not None
    key = signer.key("rsa")
    assert key is not None
    for change, words in (
        (lambda told: told, "proved by"),
        (lambda told: told | {"object": told["object"] | {"content": "<p>not hers</p>"}}, "does not hold"),
        (lambda told: {name: value for name, value in told.items() if name != "proof"}, "without a proof"),
    ):
        body = msgspec.json.encode(change(msgspec.json.decode(request.body)))
        fresh = Request("POST", "https://a.example/inbox", request.headers[:0], body)
        again = sign(fresh, key.id, load_private(key.private), village.clock.now())
        said = Said()
        await inspect(house.node, said, what="-", full=False, request=raw(again))
        assert any(words in line for line in said.lines), said.lines


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(Trouble, match="no HTTP request"):
        read_request("hello there", "https://a.example")
