"""Files as browsers and apps get them: whole or in part, for ever, and unable to do anything."""

from collections.abc import Mapping

import pytest

from scattershot.app.media import Kept
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.files import a_picture


async def upload(house: House, data: bytes) -> Kept:
    given = house.node.media.receiving()
    await given.add(data)
    await given.end()
    kept = await house.node.media.take((await house.row("ann")).id, given)
    assert isinstance(kept, Kept)
    return kept


async def ask(village: Village, url: str, method: str = "GET", said: Mapping[str, str] | None = None) -> Response:
    answer = await village.fetcher.send(Request(method, url, Headers((said or {}).items())), limit=50_000_000)
    assert isinstance(answer, Response), answer
    return answer


async def test_a_file_is_served_as_what_it_is_and_cannot_act(village: Village, house: House) -> None:
    kept = await upload(house, a_picture("PNG"))
    answer = await ask(village, kept.attachment.url)
    assert answer.status == 200
    assert answer.headers.get("content-type") == "image/png"
    assert answer.headers.get("x-content-type-options") == "nosniff"
    assert answer.headers.get("access-control-allow-origin") == "*"
    assert answer.headers.get("cross-origin-resource-policy") == "cross-origin"
    assert answer.headers.get("cache-control") == "public, max-age=31536000, immutable"
    policy = answer.headers.get("content-security-policy") or ""
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert answer.headers.get("set-cookie") is None
    assert int(answer.headers.get("content-length") or 0) == len(answer.body)
    small = await ask(village, kept.attachment.thumbnail)
    assert small.headers.get("content-type") == "image/jpeg"


async def test_a_part_of_a_file_may_be_asked_for(village: Village, house: House) -> None:
    kept = await upload(house, a_picture("JPEG", (2_000, 1_500), quality=100))
    url = kept.attachment.url
    whole = (await ask(village, url)).body
    for asked, start, end in (("bytes=0-99", 0, 100), ("bytes=50-", 50, len(whole)), ("bytes=-7", -7, None)):
        part = await ask(village, url, said={"range": asked})
        assert part.status == 206
        assert part.body == whole[start:end]
        first = start % len(whole)
        told = f"bytes {first}-{first + len(part.body) - 1}/{len(whole)}"
        assert part.headers.get("content-range") == told
        assert part.headers.get("content-length") == str(len(part.body))
    beyond = await ask(village, url, said={"range": f"bytes={len(whole)}-"})
    assert (beyond.status, beyond.body, beyond.headers.get("content-range")) == (416, b"", f"bytes */{len(whole)}")
    several = await ask(village, url, said={"range": "bytes=0-1,5-6"})
    assert (several.status, several.body) == (200, whole)


async def test_a_part_of_another_file_than_before_is_all_of_it(village: Village, house: House) -> None:
    url = (await upload(house, a_picture())).attachment.url
    tag = (await ask(village, url)).headers.get("etag") or ""
    assert tag.startswith('"')
    assert (await ask(village, url, said={"range": "bytes=0-1", "if-range": tag})).status == 206
    assert (await ask(village, url, said={"range": "bytes=0-1", "if-range": '"other"'})).status == 200
    same = await ask(village, url, said={"if-none-match": f'"x", W/{tag}'})
    assert (same.status, same.body) == (304, b"")


async def test_a_head_tells_the_same_without_the_file(village: Village, house: House) -> None:
    url = (await upload(house, a_picture())).attachment.url
    whole, head = await ask(village, url), await ask(village, url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    part = await ask(village, url, "HEAD", said={"range": "bytes=5-9"})
    assert (part.status, part.headers.get("content-length")) == (206, "5")
    asked = await ask(village, url, "OPTIONS", said={"origin": "https://app.example"})
    assert (asked.status, asked.headers.get("access-control-allow-methods")) == (204, "GET, HEAD")


async def test_what_is_not_there_is_not_there(village: Village, house: House) -> None:
    kept = await upload(house, a_picture())
    name = kept.attachment.url.rpartition("/")[2]
    for path in ("", "x", name[:-1], name.upper(), f"..%2f..%2f{name}", f"{name}%00", "../settings", "%2e%2e%2flock"):
        answer = await ask(village, f"https://a.example/media/{path}")
        assert answer.status == 404
        assert b"Traceback" not in answer.body
    assert (await ask(village, kept.attachment.url, "POST")).status == 405
    for file in (house.node.settings.data / "media" / "kept").rglob("*.jpg"):
        file.unlink()
    assert (await ask(village, kept.attachment.url)).status == 404


@pytest.mark.parametrize("size", [1, 256 * 1024, 256 * 1024 + 1, 900_000])
async def test_files_of_any_size_come_whole(village: Village, house: House, size: int) -> None:
    kept = await upload(house, a_picture())
    name = kept.attachment.url.rpartition("/")[2]
    data = bytes(number % 251 for number in range(size))
    (house.node.settings.data / "media" / "kept" / name[:2] / name).write_bytes(data)
    await house.node.drivers.database.write(
        lambda tx: tx.execute("UPDATE media_files SET bytes = $1 WHERE name = $2", size, name)
    )
    assert (await ask(village, kept.attachment.url)).body == data
