"""What a program may do for a person: OAuth scopes as the Mastodon client API names them.

A scope covers itself and everything below it (`read` covers `read:statuses`); `follow` is the old name of six.
"""

from collections.abc import Iterable
from typing import TypeAlias

from scattershot.domain.people import Deed

Scopes: TypeAlias = frozenset[str]

_READ = ("accounts", "blocks", "bookmarks", "favourites", "filters", "follows", "lists", "mutes", "notifications",
         "search", "statuses")  # fmt: skip
_WRITE = ("accounts", "blocks", "bookmarks", "conversations", "favourites", "filters", "follows", "lists", "media",
          "mutes", "notifications", "reports", "statuses")  # fmt: skip
_ADMIN = ("accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks",
          "canonical_email_blocks")  # fmt: skip

ALL: tuple[str, ...] = (
    "read", *(f"read:{each}" for each in _READ),
    "write", *(f"write:{each}" for each in _WRITE),
    "follow", "push", "profile",
    "admin:read", *(f"admin:read:{each}" for each in _ADMIN),
    "admin:write", *(f"admin:write:{each}" for each in _ADMIN),
)  # fmt: skip
"""Every scope that can be asked for."""

_FOLLOW = tuple(f"{verb}:{what}" for verb in ("read", "write") for what in ("blocks", "follows", "mutes"))
_WHOLE = {
    **{scope: (scope,) for scope in ALL},
    "read": ("profile", *(scope for scope in ALL if scope.startswith("read"))),
    "read:accounts": ("read:accounts", "profile"),
    "write": tuple(scope for scope in ALL if scope.startswith("write")),
    "admin:read": tuple(scope for scope in ALL if scope.startswith("admin:read")),
    "admin:write": tuple(scope for scope in ALL if scope.startswith("admin:write")),
    "follow": ("follow", *_FOLLOW),
}

DEFAULT = "read"
"""What is asked for where nothing is said."""


def parse_scopes(text: str) -> tuple[str, ...] | None:
    """The scopes in a text parted by spaces (or `+`), each once, in their order; None where one is unknown."""
    asked = tuple(dict.fromkeys(text.replace("+", " ").split())) or (DEFAULT,)
    return asked if all(scope in _WHOLE for scope in asked) else None


def covered_by(granted: Iterable[str]) -> Scopes:
    """Every single scope that these stand for; unknown ones stand for nothing."""
    return frozenset(single for scope in granted for single in _WHOLE.get(scope, ()))


def are_within(asked: Iterable[str], granted: Iterable[str]) -> bool:
    """Whether whoever was granted those may be given these."""
    return covered_by(asked) <= covered_by(granted)


_DEEDS = {
    "write:accounts": Deed.PRESENT,
    **dict.fromkeys(("follow", "write:blocks", "write:follows", "write:mutes"), Deed.RELATE),
}


def deed_of(scope: str) -> Deed:
    """What is done as a microblog where that scope is needed, unless the endpoint knows better."""
    return _DEEDS.get(scope) or (Deed.WRITE if scope.startswith("write") else Deed.READ)
