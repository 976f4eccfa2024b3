"""Files on the disk: whole or not at all, under names that we made."""

from pathlib import Path

import pytest

from scattershot.drivers.blobs_disk import DiskAside, DiskBlobs
from scattershot.ports.blobs import CHUNK, NoSuchBlobError

NAME = "0123456789abcdef.jpg"


async def read(store: DiskBlobs, name: str, start: int, length: int) -> bytes:
    return b"".join([piece async for piece in store.read(name, start, length)])


async def test_a_file_is_moved_to_its_place_and_read_in_parts(tmp_path: Path) -> None:
    store, aside = DiskBlobs(tmp_path / "kept"), DiskAside(tmp_path / "aside")
    data = bytes(range(256)) * 3_000
    assert not (tmp_path / "aside").exists(), "nothing is made before it is needed"
    given = aside.path()
    given.write_bytes(data)
    await store.put(given, NAME)
    assert not given.exists()
    assert await store.size(NAME) == len(data)
    assert await read(store, NAME, 0, len(data)) == data
    assert await read(store, NAME, 255, CHUNK + 5) == data[255 : 260 + CHUNK]
    assert await read(store, NAME, len(data) - 3, 100) == data[-3:]
    async with store.on_disk(NAME) as path:
        assert path.read_bytes() == data


async def test_what_is_not_kept_is_not_there(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path / "kept")
    (tmp_path / "secret").write_text("secret")
    for name in (NAME, "../secret", "..", "", "a/b", ".secret", f"{NAME}\0", "/etc/passwd", "%2e%2e", "A" * 32):
        assert await store.size(name) is None
        with pytest.raises(NoSuchBlobError):
            await read(store, name, 0, 1)
        with pytest.raises(NoSuchBlobError):
            async with store.on_disk(name):
                pass
    await store.delete(NAME)


async def test_a_file_that_is_read_may_be_deleted_meanwhile(tmp_path: Path) -> None:
    store, aside = DiskBlobs(tmp_path / "kept"), DiskAside(tmp_path / "aside")
    given = aside.path()
    given.write_bytes(b"x" * CHUNK * 3)
    await store.put(given, NAME)
    pieces = store.read(NAME, 0, CHUNK * 3)
    first = await anext(pieces)
    await store.delete(NAME)
    assert await store.size(NAME) is None
    assert len(first) + sum([len(piece) async for piece in pieces]) == CHUNK * 3


def test_what_an_earlier_process_left_is_taken_away(tmp_path: Path) -> None:
    aside = DiskAside(tmp_path / "aside")
    assert aside.clear() == 0
    aside.path().write_text("half")
    aside.path().write_text("half")
    assert aside.clear() == 2
    assert list((tmp_path / "aside").iterdir()) == []
