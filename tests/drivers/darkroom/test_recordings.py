"""Films and sounds: what is found out about them, and what they no longer tell."""

from pathlib import Path

import pytest
from PIL import Image

from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom.recordings import look_into
from scattershot.drivers.darkroom.stripping import BrokenFileError, scrub_boxes
from scattershot.ports.darkroom import Developed, Recording
from scattershot.wirekit.magic import media_type_of
from tests.files import a_film, a_picture, a_sound

pytest.importorskip("av", reason="FILMS AND SOUNDS ARE NOT TESTED: av is not installed")


def look(folder: Path, data: bytes, media_type: str = "") -> Developed | Refused:
    source = folder / "given"
    source.write_bytes(data)
    return look_into(Recording(source, media_type or media_type_of(data), folder / "made"))


@pytest.mark.parametrize(
    ("container", "codec", "media_type"),
    [("mp4", "libx264", "video/mp4"), ("mov", "libx264", "video/quicktime"), ("webm", "libvpx", "video/webm")],
)
def test_a_film_has_a_size_a_length_and_a_still(tmp_path: Path, container: str, codec: str, media_type: str) -> None:
    found = look(tmp_path, a_film(container, codec))
    assert isinstance(found, Developed)
    assert found.media_type == media_type
    assert (found.width, found.height) == (320, 240)
    assert found.duration == pytest.approx(1.0, abs=0.15)
    assert found.frame_rate == "10"
    assert found.bit_rate > 0
    assert found.has_sound
    assert found.small is not None
    still = Image.open(found.small.path).convert("RGB").getpixel((100, 100))
    assert isinstance(still, tuple)
    assert still[0] > 200
    assert found.blurhash


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    found = look(tmp_path, a_film(sound=False))
    assert isinstance(found, Developed)
    assert not found.has_sound


@pytest.mark.parametrize(
    ("container", "codec", "media_type"),
    [
        ("mp3", "libmp3lame", "audio/mpeg"), ("ogg", "libopus", "audio/ogg"), ("flac", "flac", "audio/flac"),
        ("wav", "pcm_s16le", "audio/wav"), ("adts", "aac", "audio/aac"), ("ipod", "aac", "audio/mp4"),
        ("mp4", "aac", "audio/mp4"), ("webm", "libopus", "audio/webm"),
    ],
)  # fmt: skip
def test_a_sound_has_a_length(tmp_path: Path, container: str, codec: str, media_type: str) -> None:
    found = look(tmp_path, a_sound(container, codec))
    assert isinstance(found, Developed)
    assert found.media_type == media_type
    assert found.duration == pytest.approx(1.0, abs=0.15)
    assert (found.width, found.height, found.small) == (0, 0, None)


HOSTILE = {
    "a film cut off": a_film()[:600],
    "a film of a head alone": a_film()[:40],
    "a sound of a head alone": b"ID3\x04\0\0\0\0\0\x7f" + bytes(300),
    "a picture that calls itself a film": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + a_picture(),
    "zeros": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(5_000),
    "an Ogg of nothing": a_sound("ogg", "libopus")[:60],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_broken_is_refused(tmp_path: Path, what: str) -> None:
    outcome = look(tmp_path, HOSTILE[what], "" if "sound" not in what else "audio/mpeg")
    assert isinstance(outcome, Refused), outcome
    assert list(tmp_path.glob("made*")) == []


def test_a_film_is_read_as_what_it_begins_as_and_as_nothing_else(tmp_path: Path) -> None:
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    for claimed in ("video/mp4", "audio/mpeg", "video/webm", "audio/ogg"):
        assert isinstance(look(tmp_path, playlist, claimed), Refused)
    assert isinstance(look(tmp_path, a_film("webm", "libvpx"), "video/mp4"), Refused)


# -- scrubbing


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_a_film_forgets_where_it_was_taken_and_plays_on(tmp_path: Path, container: str) -> None:
    given = a_film(container)
    assert b"secret comment" in given
    path = tmp_path / "film"
    path.write_bytes(given)
    scrub_boxes(path)
    left = path.read_bytes()
    assert len(left) == len(given), "nothing has moved"
    assert not any(word in left for word in (b"secret comment", b"52.52", b"udta"))
    found = look(tmp_path, left)
    assert isinstance(found, Developed)
    assert (found.width, found.duration > 0.9, found.has_sound) == (320, True, True)
    scrub_boxes(path)
    assert path.read_bytes() == left, "a second time does nothing"


def _box(name: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + name + body


def test_a_track_that_nobody_sees_or_hears_goes(tmp_path: Path) -> None:
    def track(handler: bytes) -> bytes:
        return _box(b"trak", _box(b"mdia", _box(b"hdlr", bytes(8) + handler + bytes(8))) + b"")

    path = tmp_path / "film"
    path.write_bytes(_box(b"ftyp", b"isom") + _box(b"moov", track(b"vide") + track(b"camm") + track(b"soun")))
    scrub_boxes(path)
    left = path.read_bytes()
    assert (left.count(b"trak"), left.count(b"camm"), left.count(b"free")) == (2, 0, 1)


@pytest.mark.parametrize(
    "boxes",
    [
        _box(b"ftyp", b"isom") + (10_000).to_bytes(4, "big") + b"moov" + bytes(50),
        b"".join(_box(b"free", b"") for _ in range(10_001)),
        _box(b"moov", b"\0\0\0\x02trak"),
        _box(b"moov", b"\0\0\0\0trak" + bytes(20)),
    ],
)
def test_boxes_that_cannot_be_are_refused(tmp_path: Path, boxes: bytes) -> None:
    path = tmp_path / "film"
    path.write_bytes(boxes)
    with pytest.raises(BrokenFileError):
        scrub_boxes(path)
