"""Endpoints: what the API answers, each declared once, and the table that finds them.

A declaration says who may call and with what scope, which parameters are read and which entity is answered: the door
enforces it, and the OpenAPI document is made from it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct

from scattershot.domain.people import Deed
from scattershot.frontends.mastodon_api.calls import Call, Reply
from scattershot.frontends.mastodon_api.params import Nothing


class Who(Enum):
    """Whom an endpoint lets in."""

    ANYONE = "anyone"
    """With or without a token; what one sees depends on it."""
    PROGRAM = "program"
    """Any token, also a program's own."""
    PERSON = "person"
    """A token that acts for a person."""


class Allowance(NamedTuple):
    """How many calls in how many seconds; `name` says which endpoints share it."""

    name: str
    calls: int
    seconds: int
    by_address: bool = False


Handler: TypeAlias = Callable[[Call, Any], Awaitable[Reply]]


class Endpoint(NamedTuple):
    """One endpoint; `path` has `{name}` where something varies. `answers` is an entity, or a list of one."""

    method: str
    path: str
    handle: Handler
    scope: str = ""
    who: Who = Who.PERSON
    takes: type[Struct] = Nothing
    answers: Any = None
    allowance: Allowance | None = None
    largest: int = 0
    """Bytes of a body with files, where more than usual is taken."""
    media: bool = False
    """Whether files of the body are media: then `takes` has them as `Receiving`."""
    extension: str = ""
    """Of an endpoint that Mastodon's documentation does not have: what it is for."""
    deed: Deed | None = None
    """What is done as the caller's microblog, where the scope says it wrongly: its keeper must be allowed to."""


class Found(NamedTuple):
    """An endpoint, and what stood in the place of its names."""

    endpoint: Endpoint
    path: Mapping[str, str]


class NotThere(NamedTuple):
    """No endpoint: `methods` are those that the path has."""

    methods: tuple[str, ...]


class _Branch:
    """A step of the tree of paths: by the word that stands there, or by anything."""

    __slots__ = ("any", "by_method", "by_word", "name")

    def __init__(self) -> None:
        self.by_word: dict[str, _Branch] = {}
        self.any: _Branch | None = None
        self.name = ""
        self.by_method: dict[str, Endpoint] = {}


class Table:
    """Finds endpoints by method and path: a tree of words, since asking 200 patterns one by one costs 100 µs."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self.endpoints = tuple(endpoints)
        self._root = _Branch()
        self._straight: dict[tuple[str, str], Found] = {}
        for endpoint in self.endpoints:
            self._add(endpoint)

    def _add(self, endpoint: Endpoint) -> None:
        branch = self._root
        for word in endpoint.path.strip("/").split("/"):
            if word.startswith("{"):
                if branch.any is None:
                    branch.any = _Branch()
                    branch.any.name = word[1:-1]
                assert branch.any.name == word[1:-1], f"{endpoint.path}: call it {{{branch.any.name}}} here too"
                branch = branch.any
            else:
                branch = branch.by_word.setdefault(word, _Branch())
        assert endpoint.method not in branch.by_method, f"{endpoint.method} {endpoint.path} is declared twice"
        branch.by_method[endpoint.method] = endpoint
        if "{" not in endpoint.path:
            self._straight[endpoint.method, endpoint.path] = Found(endpoint, {})

    def find(self, method: str, path: str) -> Found | NotThere:
        """The endpoint for the path, with or without a slash at its end; HEAD asks for what GET answers."""
        method = "GET" if method == "HEAD" else method
        straight = self._straight.get((method, path))
        if straight is not None:
            return straight
        if "\0" in path:  # nothing is called so, and PostgreSQL would stumble over it
            return NotThere(())
        words = path.strip("/").split("/")
        names: dict[str, str] = {}
        branch = _walk(self._root, words, 0, names, method) or _walk(self._root, words, 0, names, None)
        if branch is None:
            return NotThere(())
        endpoint = branch.by_method.get(method)
        return Found(endpoint, names) if endpoint is not None else NotThere(tuple(branch.by_method))


def _walk(branch: _Branch, words: list[str], place: int, names: dict[str, str], method: str | None) -> _Branch | None:
    """The branch at the end of the words that has the method (None: any); a word goes before a name."""
    if place == len(words):
        return branch if branch.by_method and (method is None or method in branch.by_method) else None
    word = words[place]
    closer = branch.by_word.get(word)
    if closer is not None:
        found = _walk(closer, words, place + 1, names, method)
        if found is not None:
            return found
    if branch.any is None or not word:
        return None
    found = _walk(branch.any, words, place + 1, names, method)
    if found is not None:
        names[branch.any.name] = word
    return found
