"""Entities of the node itself (docs.joinmastodon.org/entities/Instance, /entities/V1_Instance)."""

from typing import Any

from msgspec import Struct

from scattershot.frontends.mastodon_api.entities.account import Account


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of the house."""

    id: str
    text: str
    hint: str = ""


class Instance(Struct, frozen=True, kw_only=True):
    """The node, version 2."""

    domain: str
    title: str
    version: str
    source_url: str
    description: str
    usage: dict[str, Any]
    thumbnail: dict[str, Any]
    icon: list[dict[str, str]]
    languages: list[str]
    configuration: dict[str, Any]
    registrations: dict[str, Any]
    api_versions: dict[str, int]
    contact: dict[str, Any]
    rules: list[Rule]


class InstanceV1(Struct, frozen=True, kw_only=True):
    """The node, version 1."""

    uri: str
    title: str
    short_description: str
    description: str
    email: str
    version: str
    urls: dict[str, str]
    stats: dict[str, int]
    thumbnail: str | None
    languages: list[str]
    registrations: bool
    approval_required: bool
    invites_enabled: bool
    configuration: dict[str, Any]
    contact_account: Account | None
    rules: list[Rule]


class ExtendedDescription(Struct, frozen=True, kw_only=True):
    """More about the node, as HTML."""

    updated_at: str
    content: str


class Activity(Struct, frozen=True, kw_only=True):
    """What went on in a week; all of it is numbers as text, the week its first second since 1970."""

    week: str
    statuses: str
    logins: str
    registrations: str
