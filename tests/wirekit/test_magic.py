"""What files are by their first bytes, and what is none of ours however it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.media import TAKEN
from scattershot.wirekit.magic import HEAD_BYTES, media_type_of
from tests.files import a_film, a_moving_picture, a_picture, a_sound

KNOWN = {
    "image/jpeg": a_picture("JPEG"),
    "image/png": a_moving_picture("PNG"),
    "image/gif": a_picture("GIF", mode="P"),
    "image/webp": a_picture("WEBP"),
    "image/avif": a_picture("AVIF"),
}


@pytest.mark.parametrize("media_type", KNOWN)
def test_pictures_are_known_by_how_they_begin(media_type: str) -> None:
    assert media_type_of(KNOWN[media_type][:HEAD_BYTES]) == media_type


def test_films_and_sounds_are_known_by_how_they_begin() -> None:
    pytest.importorskip("av", reason="FILMS AND SOUNDS ARE NOT TESTED: av is not installed")
    mp3 = a_sound("mp3", "libmp3lame")
    for media_type, data in (
        ("video/mp4", a_film()), ("video/quicktime", a_film("mov")), ("video/webm", a_film("webm", "libvpx")),
        ("audio/mpeg", mp3), ("audio/mpeg", mp3[mp3.index(b"\xff\xfb") :]), ("audio/ogg", a_sound("ogg", "libopus")),
        ("audio/flac", a_sound("flac", "flac")), ("audio/wav", a_sound("wav", "pcm_s16le")),
        ("audio/aac", a_sound("adts", "aac")), ("audio/mp4", a_sound("ipod", "aac")),
    ):  # fmt: skip
        assert media_type_of(data[:HEAD_BYTES]) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x7fELF",
        b"#EXTM3U\n",
        b"RIFF\0\0\0\0AVI ",
        b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x88matroska",
        b"OggS\0\x02" + bytes(22) + b"\x80theora",
        "\ufeffhello".encode("utf-16-le") + b"\xff\xfe" * 10,
        b"\xff\xfb\x90\x64" + b"not a second frame" * 300,
        b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"not a second frame" * 300,
        b"\0\0\0\x10ftypjunk\0\0\0\0",
        b"BM" + bytes(60),
        b"II*\0" + bytes(60),
    ],
)
def test_whatever_else_it_is_it_is_not_taken(head: bytes) -> None:
    assert media_type_of(head[:HEAD_BYTES]) == ""


def test_a_picture_of_telephones_is_known_so_that_it_can_be_explained() -> None:
    assert media_type_of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") == "image/heic"
    assert media_type_of(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif") == "image/avif"
    assert "image/heic" not in TAKEN


_STARTS = [b"", b"\xff", b"\xff\xfb", b"\xff\xf1", b"ID3", b"OggS", b"\0\0\0\x18ftyp", b"RIFF", b"\x1aE\xdf\xa3"]


@given(st.sampled_from(_STARTS), st.binary(max_size=60))
def test_nothing_is_too_strange_to_be_looked_at(start: bytes, rest: bytes) -> None:
    assert media_type_of(start + rest) in {"", "image/heic", *TAKEN}
