"""Files for tests: pictures, films and sounds of the usual kinds, made when they are asked for, and hostile ones."""

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image, ImageDraw


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **saved: Any) -> bytes:
    """A picture with a red upper left quarter on blue, so that one sees how it is turned."""
    image = Image.new("RGB", size, (0, 0, 200))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(200, 0, 0))
    image = image.convert(mode)
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.linear_gradient("L").point(lambda value: 255 - value // 8).resize(size))
    out = io.BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def a_photo(*, orientation: int = 1, size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG as a telephone makes it: it says where it was taken, by what, and which way is up."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone Inc."
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return a_picture("JPEG", size, exif=exif, comment=b"secret comment")


def a_moving_picture(kind: str = "GIF", frames: int = 3, size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    """One that changes its colour."""
    shades = [Image.new("RGB", size, (40 * number % 256, 100, 50)) for number in range(frames)]
    out = io.BytesIO()
    shades[0].save(out, kind, save_all=True, append_images=shades[1:], duration=100, loop=0, **saved)
    return out.getvalue()


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would fill the memory."""
    rows = zlib.compressobj(9)
    packed = bytearray()
    row = b"\0" * (1 + width * 3)
    for _ in range(min(height, 200)):
        packed += rows.compress(row)
    packed += rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), chunk(b"IDAT", bytes(packed)), chunk(b"IEND", b"")))


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@cache
def a_film(container: str = "mp4", codec: str = "libx264", *, seconds: float = 1.0, sound: bool = True) -> bytes:
    """A film of 320 × 240 with 10 pictures a second; it says where it was taken."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=container) as film:
        film.metadata["location"] = "+52.5200+013.4050/"
        film.metadata["comment"] = "secret comment"
        pictures = film.add_stream(codec, rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
        tone = film.add_stream("libopus" if container == "webm" else "aac", rate=48_000) if sound else None
        for number in range(round(seconds * 10)):
            image = Image.new("RGB", (320, 240), (255, 20 * number % 256, 0))
            for packet in pictures.encode(av.VideoFrame.from_image(image)):
                film.mux(packet)
        for packet in pictures.encode():
            film.mux(packet)
        if tone is not None:
            _add_silence(film, tone, seconds)
    return out.getvalue()


@cache
def a_sound(container: str, codec: str, seconds: float = 1.0) -> bytes:
    """Silence."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=container) as record:
        _add_silence(record, record.add_stream(codec, rate=48_000 if codec == "libopus" else 44_100), seconds)
    return out.getvalue()


def _add_silence(out: Any, stream: Any, seconds: float) -> None:
    import av

    layout = stream.codec_context.layout
    rate = stream.codec_context.sample_rate
    size = stream.codec_context.frame_size or 1024
    resampler = av.AudioResampler(stream.codec_context.format, layout, rate, size)
    done = 0
    while done < seconds * rate:
        frame = av.AudioFrame(format="s16", layout=layout.name, samples=size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = rate, done
        done += size
        for piece in resampler.resample(frame):
            for packet in stream.encode(piece):
                out.mux(packet)
    for packet in stream.encode():
        out.mux(packet)
