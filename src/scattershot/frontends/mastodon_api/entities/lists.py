"""Entities of lists (docs.joinmastodon.org/entities/List)."""

from msgspec import Struct


class List(Struct, frozen=True, kw_only=True):
    """A list of microblogs."""

    id: str
    title: str
    replies_policy: str
    exclusive: bool
