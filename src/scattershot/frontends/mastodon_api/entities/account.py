"""Entities of people: Account and what stands in it (docs.joinmastodon.org/entities/Account)."""

from typing import Any

from msgspec import Struct


class CustomEmoji(Struct, frozen=True, kw_only=True):
    """An emoji that is a picture."""

    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool = True
    category: str | None = None


class Field(Struct, frozen=True, kw_only=True):
    """A line of a profile; `value` is HTML."""

    name: str
    value: str
    verified_at: str | None = None


class Role(Struct, frozen=True, kw_only=True):
    """What somebody is on this node; `permissions` is a bit mask as text."""

    id: str
    name: str
    color: str = ""
    permissions: str = "0"
    highlighted: bool = False


class Account(Struct, frozen=True, kw_only=True):
    """A microblog."""

    id: str
    username: str
    acct: str
    display_name: str
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    group: bool
    created_at: str
    note: str
    url: str
    uri: str
    avatar: str
    avatar_static: str
    avatar_description: str = ""
    header: str
    header_static: str
    header_description: str = ""
    followers_count: int
    following_count: int
    statuses_count: int
    last_status_at: str | None
    hide_collections: bool
    noindex: bool
    emojis: list[CustomEmoji]
    roles: list[Role]
    fields: list[Field]
    moved: Any = None
    """The Account it lives on as."""
    limited: bool = False
    memorial: bool = False


class Source(Struct, frozen=True, kw_only=True):
    """What only a microblog's own keepers see of it: texts as typed, and what is usual for new posts."""

    privacy: str
    sensitive: bool
    language: str | None
    note: str
    fields: list[Field]
    follow_requests_count: int
    hide_collections: bool
    discoverable: bool
    indexable: bool
    attribution_domains: list[str] = []
    quote_policy: str = "public"
    show_application: bool = True
    """An extension: whether others are told by which program one writes."""


class CredentialAccount(Account, frozen=True, kw_only=True):
    """One's own microblog."""

    source: Source
    role: Role
