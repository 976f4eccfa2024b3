"""HTTP requests and responses as plain values, the same for the server's door and the client's."""

from typing import NamedTuple


class Headers(tuple[tuple[str, str], ...]):
    """Header fields in order, names in lower case; a field may stand more than once (RFC 9110 section 5)."""

    __slots__ = ()

    def get(self, name: str) -> str | None:
        """All values of a field joined as one (RFC 9110 section 5.3), or None where it is absent."""
        values = [value for field, value in self if field == name]
        return ", ".join(values) if values else None

    def having(self, *fields: tuple[str, str]) -> "Headers":
        """These headers with the given fields set, each replacing any of its name."""
        names = {name for name, _ in fields}
        return Headers((*(pair for pair in self if pair[0] not in names), *fields))


class Request(NamedTuple):
    """What is asked: the URL is absolute; an empty body is no body."""

    method: str
    url: str
    headers: Headers = Headers()
    body: bytes = b""


class Response(NamedTuple):
    """What was answered: `url` is where it came from in the end, after redirects."""

    status: int
    url: str
    headers: Headers = Headers()
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty where none was sent."""
        return (self.headers.get("content-type") or "").partition(";")[0].strip().lower()
