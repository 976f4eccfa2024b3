"""The lines of the firehose: each one JSON object, and the same as server-sent event."""

from collections.abc import Callable

from msgspec import json

from scattershot.app.firehose import Told, Word
from scattershot.domain.ids import Seq
from scattershot.domain.post import Post
from scattershot.wirekit.dates import rfc3339

AT, GAP = "at", "gap"
"""What is told beside the words of `app.firehose`: nothing happened up to there; what was before is forgotten."""

Note = Callable[[Post], bytes]
"""A post as an object of ActivityStreams."""


def line(told: Told, note: Note) -> bytes:
    """One thing told."""
    head = b'{"seq":%d,"event":"%b","at":"%b","id":%b' % (
        told.seq, told.word.encode(), rfc3339(told.at).encode(), json.encode(told.id),
    )  # fmt: skip
    if told.word is Word.AUTHOR:
        return head + b',"indexable":%b,"gone":%b}' % (_said(told.indexable), _said(told.gone))
    return head + (b',"post":' + note(told.post) if told.post is not None else b"") + b"}"


def at(seq: Seq) -> bytes:
    """That nothing more happened up to there."""
    return b'{"seq":%d,"event":"at"}' % seq


def gap(before: Seq) -> bytes:
    """That what was told up to that number, and had not been asked for before, is forgotten."""
    return b'{"seq":%d,"event":"gap"}' % before


def as_event(seq: Seq, word: str, body: bytes) -> bytes:
    """A line as server-sent event: its number is its id, so that whoever comes back says how far it was told."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (seq, word.encode(), body)


def _said(truth: bool) -> bytes:
    return b"true" if truth else b"false"
