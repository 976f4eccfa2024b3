"""Entities of those who run the node (docs.joinmastodon.org/entities: Admin::DomainBlock and its neighbours)."""

from typing import Any

from msgspec import Struct


class AdminDomainBlock(Struct, frozen=True, kw_only=True):
    """What is said of a host; `noop` means that only what stands beside it holds."""

    id: str
    domain: str
    digest: str
    created_at: str
    severity: str
    reject_media: bool
    reject_reports: bool
    private_comment: str | None
    public_comment: str | None
    obfuscate: bool


class AdminDomainAllow(Struct, frozen=True, kw_only=True):
    """A host that is let in where others are kept out."""

    id: str
    domain: str
    created_at: str


class DomainBlock(Struct, frozen=True, kw_only=True):
    """What strangers are told of it."""

    domain: str
    digest: str
    severity: str
    comment: str | None


class AdminAccount(Struct, frozen=True, kw_only=True):
    """A microblog as those who run the node see it, with who signs in for it; all of that is null of others' people.

    `account` is an Account.
    """

    id: str
    username: str
    domain: str | None
    created_at: str
    email: str | None
    ip: None
    ips: list[Any]
    locale: str | None
    invite_request: str | None
    role: Any
    confirmed: bool | None
    approved: bool | None
    disabled: bool | None
    silenced: bool
    suspended: bool
    sensitized: bool
    account: Any


class AdminReport(Struct, frozen=True, kw_only=True):
    """A complaint; the people in it are AdminAccounts, the posts Statuses."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: Any
    target_account: Any
    assigned_account: Any
    action_taken_by_account: Any
    statuses: Any
    rules: list[Any]
