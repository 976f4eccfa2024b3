"""Pictures made fit to be shown: how they look stays, what else they tell goes, and what is no picture is refused."""

import io
from pathlib import Path

import blurhash  # type: ignore[import-untyped]
import pytest
from PIL import Image, ImageCms

from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom import pictures
from scattershot.drivers.darkroom.pictures import develop_still
from scattershot.ports.darkroom import Developed, Print, Still
from scattershot.wirekit.magic import media_type_of
from tests.files import a_bomb, a_moving_picture, a_photo, a_picture, chunk

SHOWN = 8_294_400
RED, BLUE = (200, 0, 0), (0, 0, 200)


def develop(
    folder: Path, data: bytes, *, pixels: int = SHOWN, cut: tuple[int, int] | None = None, media_type: str = ""
) -> Developed | Refused:
    source = folder / "given"
    source.write_bytes(data)
    return develop_still(Still(source, media_type or media_type_of(data), folder / "made", pixels, cut))


def made(outcome: Developed | Refused) -> Developed:
    assert isinstance(outcome, Developed), outcome
    return outcome


def opened(print_: Print | None) -> Image.Image:
    assert print_ is not None
    image = Image.open(print_.path)
    image.load()
    assert image.size == (print_.width, print_.height)
    assert media_type_of(print_.path.read_bytes()) == print_.media_type
    return image


def looks_like(image: Image.Image, place: tuple[int, int], colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    seen = image.convert("RGB").getpixel(place)
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, colour, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("PNG", "LA", "image/png"),
        ("GIF", "P", "image/png"),
        ("WEBP", "RGB", "image/webp"),
        ("WEBP", "RGBA", "image/webp"),
        ("AVIF", "RGB", "image/jpeg"),
        ("AVIF", "RGBA", "image/webp"),
    ],
)
def test_pictures_of_every_kind_are_made_anew(tmp_path: Path, kind: str, mode: str, becomes: str) -> None:
    done = made(develop(tmp_path, a_picture(kind, (800, 400), mode)))
    picture, small = opened(done.picture), opened(done.small)
    assert done.picture is not None
    assert done.picture.media_type == becomes
    assert (done.width, done.height) == picture.size == (800, 400)
    assert small.size[0] * small.size[1] <= pictures.SMALL_PIXELS
    assert small.size[0] / small.size[1] == pytest.approx(2, rel=0.01)
    assert blurhash.components(done.blurhash) == (4, 3)
    if mode in ("RGB", "RGBA", "P"):
        assert looks_like(picture, (10, 10), RED)
        assert looks_like(picture, (790, 390), BLUE)
        assert looks_like(small, (5, 5), RED, 40)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_the_right_way_up_and_tells_nothing_more(tmp_path: Path, orientation: int) -> None:
    given = a_photo(orientation=orientation)
    assert b"SecretPhone" in given
    assert b"secret comment" in given
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825), "the place is in it"
    done = made(develop(tmp_path, given))
    upright = opened(done.picture)
    assert upright.size == ((640, 480) if orientation < 5 else (480, 640)) == (done.width, done.height)
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    assert looks_like(upright, (corner[0] * (upright.width - 1), corner[1] * (upright.height - 1)), RED)
    for each in (done.picture, done.small):
        assert each is not None
        left = each.path.read_bytes()
        assert not any(word in left for word in (b"Exif", b"SecretPhone", b"secret comment", b"ICC_PROFILE"))
        assert dict(opened(each).getexif()) == {}


def test_texts_in_a_png_go(tmp_path: Path) -> None:
    plain = a_picture("PNG")
    end = plain.rindex(b"IEND") - 4
    texts = chunk(b"tEXt", b"Comment\0secret comment") + chunk(b"eXIf", b"MM\0*\0\0\0\x08secret place and more")
    done = made(develop(tmp_path, plain[:end] + texts + plain[end:] + b"<script>secret script</script>"))
    assert done.picture is not None
    assert b"secret" not in done.picture.path.read_bytes()


def test_a_large_picture_is_scaled_down_and_keeps_its_shape(tmp_path: Path) -> None:
    done = made(develop(tmp_path, a_picture("JPEG", (4000, 3000))))
    assert done.width * done.height <= SHOWN < (done.width + 4) * (done.height + 3)
    assert done.width / done.height == pytest.approx(4 / 3, rel=0.001)


def test_a_small_picture_is_not_made_larger(tmp_path: Path) -> None:
    done = made(develop(tmp_path, a_picture("PNG", (3, 2))))
    assert (done.width, done.height) == (3, 2)
    assert opened(done.small).size == (3, 2)


def test_colours_stay_what_they_were_when_their_profile_is_spent(tmp_path: Path) -> None:
    lab = ImageCms.createProfile("XYZ")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    done = made(develop(tmp_path, a_picture("PNG", (40, 40), icc_profile=profile)))
    picture = opened(done.picture)
    assert "icc_profile" not in picture.info
    assert looks_like(picture, (2, 2), RED, 4)
    for broken in (b"not a profile at all", ImageCms.ImageCmsProfile(lab).tobytes()):
        done = made(develop(tmp_path, a_picture("PNG", (40, 40), icc_profile=broken)))
        assert looks_like(opened(done.picture), (2, 2), RED, 4)


@pytest.mark.parametrize(("cut", "becomes"), [((400, 400), (400, 400)), ((1500, 500), (900, 300))])
def test_portraits_are_cut_to_their_shape_and_never_enlarged(
    tmp_path: Path, cut: tuple[int, int], becomes: tuple[int, int]
) -> None:
    done = made(develop(tmp_path, a_picture("JPEG", (900, 700)), cut=cut))
    assert opened(done.picture).size == becomes
    assert done.small is None
    still = made(develop(tmp_path, a_moving_picture(size=(500, 500)), cut=(400, 400)))
    assert still.picture is not None
    assert still.picture.media_type == "image/png"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_goes_on_moving_and_tells_nothing_more(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone Inc."
    given = a_moving_picture(kind, 5, **({"comment": b"SecretPhone"} if kind == "GIF" else {"exif": exif}))
    assert b"SecretPhone" in given
    done = made(develop(tmp_path, given + b"<script>SecretPhone</script>"))
    picture = opened(done.picture)
    assert getattr(picture, "n_frames", 1) == 5
    assert picture.info.get("loop") == 0
    assert done.picture is not None
    assert b"SecretPhone" not in done.picture.path.read_bytes()
    before = Image.open(io.BytesIO(given))
    for number in range(5):
        before.seek(number)
        picture.seek(number)
        assert before.convert("RGB").tobytes() == picture.convert("RGB").tobytes()


def _lies(data: bytes) -> bytes:
    """A PNG whose header promises more than there is."""
    return data[:16] + (5_000).to_bytes(4, "big") + data[20:]


HOSTILE = {
    "a bomb": a_bomb(16_000, 16_000),
    "a bomb that is very wide": a_bomb(60_000, 10),
    "a PNG of no size": a_bomb(0, 0),
    "a PNG cut off": a_picture("PNG", (300, 300), "L")[:-200],
    "a PNG that lies of its size": _lies(a_picture("PNG")),
    "a JPEG cut off": a_photo()[:3_000],
    "a JPEG of a head alone": a_photo()[:30],
    "a GIF cut off": a_moving_picture()[:-10],
    "a WebP cut off": a_picture("WEBP")[:-100],
    "a moving WebP cut off": a_moving_picture("WEBP")[:-40],
    "a moving PNG cut off": a_moving_picture("PNG")[:-40],
    "an AVIF cut off": a_picture("AVIF")[:-100],
    "nothing but magic": b"\x89PNG\r\n\x1a\n",
    "GIF and nothing": b"GIF89a" + bytes(7),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_or_broken_is_refused(tmp_path: Path, what: str) -> None:
    outcome = develop(tmp_path, HOSTILE[what])
    assert isinstance(outcome, Refused)
    assert outcome.why == "invalid"
    assert outcome.detail


def test_a_picture_is_read_as_what_it_begins_as_and_as_nothing_else(tmp_path: Path) -> None:
    for data, claimed in ((a_picture("PNG"), "image/jpeg"), (a_picture("JPEG"), "image/gif"),
                          (a_picture("TIFF"), "image/png"), (a_picture("BMP"), "image/webp")):  # fmt: skip
        assert isinstance(develop(tmp_path, data, media_type=claimed), Refused)


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_MOVING_PIXELS", 60 * 40 * 4)
    assert isinstance(develop(tmp_path, a_moving_picture(frames=4)), Developed)
    outcome = develop(tmp_path, a_moving_picture(frames=5))
    assert isinstance(outcome, Refused)
    assert "5 frames" in outcome.detail
