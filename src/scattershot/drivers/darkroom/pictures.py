"""Pictures as Pillow reads them, made anew: nothing is left in them but what is to be seen. For the darkroom alone."""

import io
from pathlib import Path

import blurhash  # type: ignore[import-untyped]
from PIL import Image, ImageCms, ImageOps

from scattershot.domain.media import MAX_PIXELS
from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom.stripping import BrokenFileError, strip_moving
from scattershot.ports.darkroom import MAX_SIDE, Developed, Print, Still

SMALL_PIXELS = 230_400
"""The size of previews: 640 × 360, as Mastodon's."""
MAX_FRAMES = 2_000
MAX_MOVING_PIXELS = 400_000_000
"""All frames of a moving picture together: ten seconds at 25 frames of a little more than a million pixels each."""

JPEG_QUALITY, SMALL_QUALITY, WEBP_QUALITY = 90, 80, 88
_FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/avif": "AVIF",
}  # fmt: skip
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_UNREADABLE = Refused("invalid", "That file is damaged, or not what it says it is.")

Image.MAX_IMAGE_PIXELS = None  # sizes are judged here, by our own measure


def develop_still(job: Still) -> Developed | Refused:
    """A picture fit to be shown, its preview and its blurhash."""
    try:
        with Image.open(job.source, formats=[_FORMATS[job.media_type]]) as image:
            if problem := _too_large(image):
                return problem
            if job.cut is None and _moves(image):
                return _kept_moving(job, image)
            return _made_anew(job, image)
    except BrokenFileError:
        return _UNREADABLE
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, ArithmeticError, MemoryError):
        return _UNREADABLE  # whatever a decoder stumbles over


def _too_large(image: Image.Image) -> Refused | None:
    width, height = image.size
    if width < 1 or height < 1:
        return _UNREADABLE
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        most = f"{MAX_PIXELS // 1_000_000} million pixels and {MAX_SIDE:,} on a side"
        return Refused("invalid", f"The picture is {width} × {height} pixels large. It may have at most {most}.")
    return None


def _moves(image: Image.Image) -> bool:
    return bool(getattr(image, "is_animated", False))


def _kept_moving(job: Still, image: Image.Image) -> Developed | Refused:
    frames = int(getattr(image, "n_frames", 1))
    width, height = image.size
    if frames > MAX_FRAMES or frames * width * height > MAX_MOVING_PIXELS:
        return Refused("invalid", f"The moving picture has {frames:,} frames of {width} × {height}: too many to show.")
    path = job.into.with_suffix(".original")
    strip_moving(job.source, path, job.media_type)
    image.seek(0)
    image.load()
    shown = _in_common_colours(image)
    picture = Print(path, job.media_type, width, height)
    return _with_small(job.into, shown, Developed(width=width, height=height, picture=picture))


def _made_anew(job: Still, image: Image.Image) -> Developed:
    turn = _TURNS.get(_orientation(image))
    pixels = job.pixels if job.cut is None else max(job.pixels, 4 * job.cut[0] * job.cut[1])
    if image.width * image.height > pixels:
        if image.format != "JPEG" and image.mode not in ("RGB", "RGBA", "L"):
            image = _in_common_colours(image)
        image.thumbnail(_scaled(image.size, pixels), Image.Resampling.LANCZOS, reducing_gap=1.5)
    else:
        image.load()
    shown = _in_common_colours(image)
    if turn is not None:
        shown = shown.transpose(turn)
    if job.cut is not None:
        width, height = job.cut
        shrink = min(1.0, shown.width / width, shown.height / height)
        box = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        shown = ImageOps.fit(shown, box, Image.Resampling.LANCZOS)
    picture = _saved(shown, job.into.with_suffix(".original"), job.media_type)
    made = Developed(width=shown.width, height=shown.height, picture=picture)
    return made if job.cut is not None else _with_small(job.into, shown, made)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # what stands there was written by anything at all
        return 1


def _scaled(size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """The same shape with so many pixels at most."""
    width, height = size
    by = min(1.0, (pixels / (width * height)) ** 0.5)
    return max(1, int(width * by)), max(1, int(height * by))


# -- colours


def _in_common_colours(image: Image.Image) -> Image.Image:
    """The picture as grey, RGB or RGBA in sRGB, holding nothing but its pixels."""
    profile = image.info.get("icc_profile")
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if image.mode.startswith(("I", "F")):
        shown = _in_eight_bits(image)
    elif profile and not has_alpha and (converted := _in_srgb(image, profile)) is not None:
        shown = converted
    else:
        target = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
        shown = image if image.mode == target else image.convert(target)
        if profile and target == "RGBA":
            shown = _with_its_alpha(shown, profile)
    shown = shown.copy() if shown is image else shown
    shown.info = {}
    return shown


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 or 32 bits: its brightest possible becomes white."""
    wide = image.convert("I") if image.mode != "F" else image
    return wide.point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture with its colour profile spent, or None where that profile is no good."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        plain = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
        return ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _with_its_alpha(image: Image.Image, profile: bytes) -> Image.Image:
    converted = _in_srgb(image.convert("RGB"), profile)
    if converted is None:
        return image
    converted.putalpha(image.getchannel("A"))
    return converted


# -- what comes out


def _saved(image: Image.Image, path: Path, media_type: str) -> Print:
    """A picture with nothing in it but itself, in a format that every server and browser shows."""
    see_through = image.mode == "RGBA"
    if media_type == "image/webp" or (media_type == "image/avif" and see_through):
        image.save(path, "WEBP", quality=WEBP_QUALITY, method=3)
        return Print(path, "image/webp", *image.size)
    if media_type in ("image/png", "image/gif"):
        image.save(path, "PNG")
        return Print(path, "image/png", *image.size)
    image.save(path, "JPEG", quality=JPEG_QUALITY, progressive=True)
    return Print(path, "image/jpeg", *image.size)


def _with_small(into: Path, shown: Image.Image, made: Developed) -> Developed:
    """The same with a preview and a blurhash."""
    small, blur = small_of(into, shown)
    return Developed(width=made.width, height=made.height, picture=made.picture, small=small, blurhash=blur)


def small_of(into: Path, shown: Image.Image) -> tuple[Print, str]:
    """A preview of the picture, and what its colours are from afar."""
    small = shown.copy()
    small.thumbnail(_scaled(small.size, SMALL_PIXELS), Image.Resampling.LANCZOS, reducing_gap=1.5)
    path = into.with_suffix(".small")
    if small.mode == "RGBA":
        small.save(path, "WEBP", quality=SMALL_QUALITY, method=3)
        media_type = "image/webp"
    else:
        small.save(path, "JPEG", quality=SMALL_QUALITY)
        media_type = "image/jpeg"
    return Print(path, media_type, *small.size), _blurhash(small)


def _blurhash(small: Image.Image) -> str:
    """Of a stamp of it, since it is counted in plain Python: some 20 ms."""
    stamp = small.copy()
    stamp.thumbnail((32, 32), Image.Resampling.BILINEAR)
    if stamp.mode == "RGBA":
        ground = Image.new("RGBA", stamp.size, "white")
        ground.alpha_composite(stamp)
        stamp = ground
    flat = stamp.convert("RGB")
    values = list(flat.get_flattened_data()) if hasattr(flat, "get_flattened_data") else list(flat.getdata())
    rows = [values[at : at + flat.width] for at in range(0, len(values), flat.width)]
    across, down = (4, 3) if flat.width > flat.height else (3, 4) if flat.height > flat.width else (4, 4)
    return str(blurhash.encode(rows, across, down))
