"""The darkroom's own process: takes jobs as lines of JSON, and answers each with a line.

`python -m scattershot.drivers.darkroom.process MEMORY FILE`: bytes of memory and of a file that it may make. It is told
to open what strangers made, so it limits itself before it opens anything; whoever started it kills it when it takes too
long. It ends with its input.
"""

import contextlib
import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from scattershot.domain.reading import Refused
from scattershot.ports.darkroom import Developed, Job, Recording, Scrub, Still

CPU_SECONDS = 20
"""For each job; the kernel ends a process that takes more."""
FILES = 64
RETIRES_AT = 300 << 20
"""Bytes: a process that ever held more memory is not used again, for it may not give it back."""


class Line(msgspec.Struct):
    """An answer. `retires`: it wants no other job."""

    answer: Developed | None = None
    why: str = ""
    detail: str = ""
    retires: bool = False


def main() -> None:
    """Serve until nobody asks any more."""
    memory, largest = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever a library prints is no answer
        _limit(memory, largest)
        decode, encode = msgspec.json.Decoder(Job, dec_hook=_path).decode, msgspec.json.Encoder(enc_hook=str).encode
        answers.write(b"ready\n")
        answers.flush()
        for line in sys.stdin.buffer:
            answers.write(encode(_answer(decode(line))) + b"\n")
            answers.flush()


def _limit(memory: int, largest: int) -> None:
    os.umask(0o077)
    with contextlib.suppress(OSError):
        os.nice(5)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_AS, memory),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS does not know each
            resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then it is an error of that write


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError


def _answer(job: Job) -> Line:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, resource.RLIM_INFINITY))
    failed = False
    try:
        done = _do(job)
    except Exception:  # decoders fail in every way there is
        done, failed = Refused("invalid", "That file cannot be read."), True
    retires = failed or _most_memory() > max(RETIRES_AT, _AT_START)
    if isinstance(done, Refused):
        return Line(why=done.why, detail=done.detail, retires=retires)
    return Line(done, retires=retires)


def _most_memory() -> int:
    """Bytes at the worst; macOS counts in bytes, Linux in kilobytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


_AT_START = _most_memory()
"""Linux counts what the process that started this one held, too."""


def _do(job: Job) -> Developed | Refused:
    match job:
        case Still():
            from scattershot.drivers.darkroom.pictures import develop_still

            return develop_still(job)
        case Recording():
            from scattershot.drivers.darkroom.recordings import look_into

            return look_into(job)
        case Scrub():
            from scattershot.drivers.darkroom.stripping import BrokenFileError, scrub_boxes

            if job.media_type not in ("video/mp4", "video/quicktime", "audio/mp4"):
                return Developed()
            try:
                scrub_boxes(job.source)
            except BrokenFileError:
                return Refused("invalid", "That file is damaged, or not what it says it is.")
            return Developed()


if __name__ == "__main__":
    main()
