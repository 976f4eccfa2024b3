"""Files of other nodes: fetched once, kept while there is room, never for whoever makes an address up."""

import asyncio
import base64
from typing import Any

import pytest

from scattershot.app.proxy import FAILED_FOR, MAX_REDIRECTS, TOUCHED_AFTER, Signed
from scattershot.ports.fetcher import Unreachable
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.files import a_film, a_picture
from tests.frontends.media.test_files import ask

FAR = "https://far.example"


class Far:
    """A host that serves what it is told to, and counts who asks."""

    def __init__(self, village: Village) -> None:
        self.files: dict[str, bytes | Response | Unreachable] = {}
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None
        village.fetcher.route("far.example", self._answer)

    async def _answer(self, request: Request) -> Response | Unreachable:
        self.asked.append(request.url)
        if self.gate is not None:
            await self.gate.wait()
        found = self.files.get(request.url.removeprefix(FAR))
        if isinstance(found, bytes):
            return Response(200, request.url, Headers([("content-type", "text/html")]), found)
        return found if found is not None else Response(404, request.url)


@pytest.fixture
def far(village: Village) -> Far:
    return Far(village)


def shown(house: House, address: str) -> str:
    return house.node.proxy.signed.url(address)


def cached(house: House) -> list[str]:
    folder = house.node.settings.data / "media" / "cache"
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


async def test_a_picture_of_another_node_is_fetched_once_and_shown_from_here(
    village: Village, house: House, far: Far
) -> None:
    far.files["/cat.png?x=1"] = picture = a_picture("PNG")
    url = shown(house, f"{FAR}/cat.png?x=1")
    assert url.startswith("https://a.example/proxy/")
    assert url.endswith(".png")
    for _ in range(3):
        answer = await ask(village, url)
        assert (answer.status, answer.body) == (200, picture)
        assert answer.headers.get("content-type") == "image/png", "whatever its own node called it"
        assert "sandbox" in (answer.headers.get("content-security-policy") or "")
        assert answer.headers.get("x-content-type-options") == "nosniff"
        assert answer.headers.get("cache-control") == "public, max-age=604800"
    assert far.asked == [f"{FAR}/cat.png?x=1"]
    part = await ask(village, url, said={"range": "bytes=2-5"})
    assert (part.status, part.body) == (206, picture[2:6])
    assert len(cached(house)) == 1


async def test_nobody_can_have_anything_fetched_that_was_not_shown(village: Village, house: House, far: Far) -> None:
    far.files["/cat.png"] = a_picture("PNG")
    good = shown(house, f"{FAR}/cat.png")
    _, _, _, _, mac, code = good.split("/")
    other = base64.urlsafe_b64encode(f"{FAR}/dog.png".encode()).rstrip(b"=").decode()
    strange = Signed(b"another key", "https://a.example").url(f"{FAR}/cat.png")
    for url in (
        f"https://a.example/proxy/{mac}/{other}.png", f"https://a.example/proxy/{mac[:-1]}/{code}",
        f"https://a.example/proxy/{mac}x/{code}", f"https://a.example/proxy/{mac}/", strange,
        f"https://a.example/proxy/{mac}/%ff%fe", f"https://a.example/proxy/é/{code}",
        f"https://a.example/proxy/{mac}/{'A' * 5_000}",
    ):  # fmt: skip
        request = Request("GET", url.encode("ascii", "ignore").decode())
        answer = await village.fetcher.send(request)
        assert isinstance(answer, Response)
        assert answer.status == 404, url
    assert far.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"",
        b"%PDF-1.7" + bytes(10_000),
        a_picture() + bytes(1_000_001),
    ],
)
async def test_what_is_no_picture_sound_or_film_is_not_shown(
    village: Village, house: House, far: Far, body: bytes
) -> None:
    far.files["/x"] = body
    answer = await ask(village, shown(house, f"{FAR}/x"))
    assert (answer.status, cached(house)) == (404, [])
    assert body == b"" or body not in answer.body
    assert list((house.node.settings.data / "media" / "aside").iterdir()) == []


async def test_several_who_ask_at_once_have_it_fetched_once(village: Village, house: House, far: Far) -> None:
    far.files["/film.mp4"], far.gate = a_film(), asyncio.Event()
    url = shown(house, f"{FAR}/film.mp4")
    asking = [asyncio.create_task(ask(village, url)) for _ in range(5)]
    while not far.asked:
        await asyncio.sleep(0.001)
    asking[0].cancel()
    far.gate.set()
    answers = await asyncio.gather(*asking[1:])
    assert {(answer.status, answer.headers.get("content-type")) for answer in answers} == {(200, "video/mp4")}
    assert len(far.asked) == 1


@pytest.mark.parametrize(
    ("failing", "status"),
    [
        (Response(404, ""), 404),
        (Response(410, ""), 404),
        (Response(500, ""), 502),
        (Response(200, "", Headers(), b"<html>"), 404),
        (Unreachable("timeout", "slow"), 502),
        (Unreachable("private_address", "127.0.0.1"), 502),
    ],
)
async def test_whoever_fails_is_left_alone_for_a_moment(
    village: Village, house: House, far: Far, failing: Any, status: int
) -> None:
    far.files["/x.png"] = failing
    url = shown(house, f"{FAR}/x.png")
    for _ in range(3):
        assert (await ask(village, url)).status == status
    assert len(far.asked) == 1
    far.files["/x.png"] = a_picture("PNG")
    village.clock.advance(FAILED_FOR / 1000 + 1)
    assert (await ask(village, url)).status == 200


async def test_a_few_redirects_are_followed_and_none_downhill(village: Village, house: House, far: Far) -> None:
    def to(place: str) -> Response:
        return Response(302, "", Headers([("location", place)]))

    far.files["/0"] = a_picture()
    for number in range(1, 6):
        far.files[f"/{number}"] = to(f"/{number - 1}")
    far.files["/down"] = to("http://far.example/0")
    far.files["/file"] = to("file:///etc/passwd")
    assert (await ask(village, shown(house, f"{FAR}/{MAX_REDIRECTS}"))).status == 200
    for name in (f"{MAX_REDIRECTS + 1}", "down", "file"):
        assert (await ask(village, shown(house, f"{FAR}/{name}"))).status == 502


async def test_a_blocked_node_is_not_asked(village: Village, house: House, far: Far) -> None:
    far.files["/x.png"] = a_picture("PNG")
    await house.node.dealing.block("far.example")
    assert (await ask(village, shown(house, f"{FAR}/x.png"))).status == 404
    assert far.asked == []


async def test_what_nobody_looks_at_makes_room(village: Village, house: House, far: Far) -> None:
    """There is room for four of these."""
    film = a_film() + bytes(3_990_000 - len(a_film()))
    names = [f"/{number}.mp4" for number in range(6)]
    far.files = dict.fromkeys(names, film)
    urls = [shown(house, f"{FAR}{name}") for name in names]
    for url in urls[:4]:
        assert (await ask(village, url)).status == 200
        village.clock.advance(TOUCHED_AFTER / 1000 + 1)
    assert (len(cached(house)), len(far.asked)) == (4, 4)
    await ask(village, urls[0])  # the oldest is looked at again
    village.clock.advance(1)
    await ask(village, urls[4])
    assert len(cached(house)) * len(film) <= 16_000_000
    far.asked.clear()
    assert (await ask(village, urls[0])).status == 200
    assert (await ask(village, urls[4])).status == 200
    assert far.asked == [], "these two were kept"
    await ask(village, urls[1])
    assert far.asked == [f"{FAR}{names[1]}"], "and this one had gone"
    rows = await house.node.drivers.database.read(lambda tx: tx.fetch(str, "SELECT file FROM remote_media"))
    assert sorted(rows) == cached(house)


async def test_a_file_that_is_gone_from_the_disk_is_fetched_again(village: Village, house: House, far: Far) -> None:
    far.files["/x.png"] = picture = a_picture("PNG")
    url = shown(house, f"{FAR}/x.png")
    await ask(village, url)
    for file in (house.node.settings.data / "media" / "cache").rglob("*.png"):
        file.unlink()
    assert (await ask(village, url)).body == picture
    assert len(far.asked) == 2


async def test_ours_is_shown_as_it_is_and_what_cannot_be_fetched_not_at_all() -> None:
    signed = Signed(b"key", "https://a.example")
    assert signed.url("https://a.example/media/x.png") == "https://a.example/media/x.png"
    assert signed.path("https://a.example/media/x.png") == "/media/x.png"
    for nothing in ("", "javascript:alert(1)", "data:image/png;base64,AAAA", "/etc/passwd", "ftp://far.example/x"):
        assert (signed.url(nothing), signed.path(nothing)) == ("", "")
    path = signed.path("https://far.example/ü?a=b.webp#c")
    assert path.isascii()
    _, _, mac, code = path.split("/")
    assert signed.address(mac, code) == "https://far.example/ü?a=b.webp#c"


async def test_the_key_of_addresses_outlasts_a_start(village: Village, house: House) -> None:
    before = shown(house, f"{FAR}/x.png")
    again = await village.house("a.example")
    assert shown(again, f"{FAR}/x.png") == before
