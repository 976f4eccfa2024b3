"""Films and sounds as FFmpeg reads them (PyAV, the extra `video`): how long, how large, and a still. For the darkroom
alone. Without PyAV nothing is known of them but what their first bytes say."""

from collections.abc import Iterator
from typing import Any

from PIL import Image

from scattershot.domain.media import MAX_PIXELS
from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom.pictures import small_of
from scattershot.ports.darkroom import Developed, Recording

_DEMUXERS = {
    "video/mp4": "mov", "video/quicktime": "mov", "audio/mp4": "mov", "video/webm": "matroska",
    "audio/webm": "matroska", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac", "audio/wav": "wav",
    "audio/aac": "aac",
}  # fmt: skip
"""Each file is read as what its first bytes say and as nothing else: FFmpeg knows formats that name other files."""
_AUDIO_OF = {"video/mp4": "audio/mp4", "video/quicktime": "audio/mp4", "video/webm": "audio/webm"}
_INTO = 0.1
"""Which part of a film its still is taken at: the very first picture is often black."""
_LATEST = 5.0
_TURNED = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
_UNREADABLE = Refused("invalid", "That file is damaged, or not what it says it is.")


def look_into(job: Recording) -> Developed | Refused:
    """What is known of a film or sound, and a still of it."""
    try:
        import av
    except ImportError:
        return Developed(media_type=job.media_type)
    try:
        with av.open(str(job.source), format=_DEMUXERS[job.media_type], metadata_errors="replace") as container:
            return _seen(job, container)
    except (av.FFmpegError, OSError, ValueError, ArithmeticError, MemoryError, EOFError):
        return _UNREADABLE


def _seen(job: Recording, container: Any) -> Developed | Refused:
    films = (each for each in container.streams.video if not _is_cover(each))
    film = next(films, None) if job.media_type.startswith("video/") else None
    sound = next(iter(container.streams.audio), None)
    if film is None and sound is None:
        return _UNREADABLE
    if film is not None and film.width * film.height > MAX_PIXELS:
        return Refused("invalid", f"The film is {film.width} × {film.height} pixels large: too many to show.")
    duration = (container.duration or 0) / 1_000_000
    still, width, height = _still(container, film, duration)
    small, blur = small_of(job.into, still) if still is not None else (None, "")
    return Developed(
        media_type=job.media_type if film is not None else _AUDIO_OF.get(job.media_type, job.media_type),
        width=width,
        height=height,
        small=small,
        blurhash=blur,
        duration=round(max(0.0, duration), 3),
        frame_rate=str(film.average_rate) if film is not None and film.average_rate else "",
        bit_rate=max(0, container.bit_rate or 0),
        has_sound=sound is not None,
    )


def _is_cover(stream: Any) -> bool:
    """Whether it is the picture on a record's sleeve."""
    return "attached_pic" in str(stream.disposition)


def _still(container: Any, film: Any, duration: float) -> tuple[Image.Image | None, int, int]:
    """A picture of the film, or of a record's sleeve, and how large the film is as it is seen."""
    stream = film if film is not None else next(iter(container.streams.video), None)
    if stream is None:
        return None, 0, 0
    stream.codec_context.thread_count = 1
    if film is not None and duration > 1:
        _go_to(container, min(duration * _INTO, _LATEST))
    frame = next(_frames(container, stream), None)
    if frame is None and film is not None:
        _go_to(container, 0.0)
        frame = next(_frames(container, stream), None)
    if frame is None:
        return None, *((film.width, film.height) if film is not None else (0, 0))
    if frame.width * frame.height > MAX_PIXELS:
        return None, 0, 0
    picture: Image.Image = frame.to_image()
    turn = _TURNED.get(round(getattr(frame, "rotation", 0)) % 360)
    if turn is not None:
        picture = picture.transpose(turn)
    return picture, *(picture.size if film is not None else (0, 0))


def _go_to(container: Any, seconds: float) -> None:
    import av

    try:
        container.seek(round(seconds * 1_000_000), backward=True)
    except av.FFmpegError:
        return  # then it is read from where it stands


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Frames as far as they can be decoded: a film whose pictures nobody here can read is kept without a still."""
    import av

    try:
        yield from container.decode(stream)
    except av.FFmpegError:
        return
