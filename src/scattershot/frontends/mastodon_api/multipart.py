"""Bodies with media: fields are read, files are written to where uploads lie as they come, and no more than may be."""

from collections.abc import Callable
from typing import Any, NamedTuple

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from scattershot.app.receiving import Receiving

MAX_FILES = 4
MAX_PARTS = 1_000
MAX_TEXT = 1_000_000
"""Bytes of all fields together that are no files."""
MAX_HEAD = 16_384
"""Bytes of the headers of one part."""

NewReceiving = Callable[[], Receiving]


class BadBody(Exception):
    """The body is not one, or is too much; `too_large` says which."""

    def __init__(self, *, too_large: bool = False) -> None:
        super().__init__("too large" if too_large else "unreadable")
        self.too_large = too_large


class _Begin(NamedTuple):
    """A part begins."""

    name: str
    filename: str | None


class _End(NamedTuple):
    """A part is whole."""


class Parts:
    """The parts of a body: `read` them all, then take `pairs`. `discard` leaves nothing of the files behind."""

    def __init__(self, new: NewReceiving, largest: int) -> None:
        self._new, self._left, self._text = new, largest, MAX_TEXT
        self.pairs: list[tuple[str, Any]] = []
        self._files: list[Receiving] = []
        self._file: Receiving | None = None
        self._field = bytearray()
        self._name = ""
        self._is_kept = True

    async def read(self, request: Request) -> None:
        """Read the body to its end; BadBody where it has none, or is too large."""
        _, options = parse_options_header(request.headers.get("content-type"))
        if not options.get(b"boundary"):
            raise BadBody
        splitter = _Splitter(options[b"boundary"])
        try:
            async for chunk in request.stream():
                self._left -= len(chunk)
                if self._left < 0:
                    raise BadBody(too_large=True)
                for happened in splitter.feed(chunk):
                    await self._take(happened)
        except (MultipartParseError, UnicodeDecodeError) as problem:
            raise BadBody from problem
        if not splitter.is_whole:
            raise BadBody

    async def _take(self, happened: "_Begin | bytes | _End") -> None:
        match happened:
            case _Begin(name, filename):
                self._begin(name, filename)
            case bytes():
                await self._data(happened)
            case _End():
                await self._end()

    def _begin(self, name: str, filename: str | None) -> None:
        if len(self.pairs) >= MAX_PARTS:
            raise BadBody(too_large=True)
        self._name, self._field, self._file = name, bytearray(), None
        self._is_kept = filename != ""  # a browser's file field in which nothing was chosen
        if filename:
            if len(self._files) >= MAX_FILES:
                raise BadBody(too_large=True)
            self._file = self._new()
            self._files.append(self._file)

    async def _data(self, data: bytes) -> None:
        if self._file is not None:
            await self._file.add(data)
            return
        self._text -= len(data)
        if self._text < 0:
            raise BadBody(too_large=True)
        self._field += data

    async def _end(self) -> None:
        if self._file is not None:
            await self._file.end()
            self.pairs.append((self._name, self._file))
        elif self._is_kept:
            self.pairs.append((self._name, self._field.decode()))

    def discard(self) -> None:
        """Leave nothing of the files behind."""
        for file in self._files:
            file.discard()


class _Splitter:
    """python-multipart's callbacks, gathered for each chunk in the order in which they came."""

    def __init__(self, boundary: bytes) -> None:
        self.is_whole = False
        self._happened: list[_Begin | bytes | _End] = []
        self._label, self._value, self._disposition = bytearray(), bytearray(), b""
        self._head = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_part_data": self._data,
                "on_part_end": lambda: self._happened.append(_End()),
                "on_header_field": lambda data, start, end: self._grow(self._label, data[start:end]),
                "on_header_value": lambda data, start, end: self._grow(self._value, data[start:end]),
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_finished,
                "on_end": self._ends,
            },
        )

    def feed(self, chunk: bytes) -> list["_Begin | bytes | _End"]:
        """What happened in the next piece of the body."""
        self._parser.write(chunk)
        happened, self._happened = self._happened, []
        return happened

    def _part_begins(self) -> None:
        self._disposition, self._head = b"", 0

    def _grow(self, what: bytearray, more: bytes) -> None:
        self._head += len(more)
        if self._head > MAX_HEAD:
            raise BadBody
        what += more

    def _header_ends(self) -> None:
        if bytes(self._label).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._label.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise BadBody
        filename = options.get(b"filename")
        said = None if filename is None else filename.decode("utf-8", "replace")
        self._happened.append(_Begin(options[b"name"].decode(), said))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._happened.append(data[start:end])

    def _ends(self) -> None:
        self.is_whole = True
