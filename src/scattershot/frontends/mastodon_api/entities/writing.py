"""Entities of writing: sources, histories and posts that are not made yet."""

from typing import Any

from msgspec import Struct

from scattershot.frontends.mastodon_api.entities.account import Account, CustomEmoji
from scattershot.frontends.mastodon_api.entities.status import MediaAttachment


class StatusSource(Struct, frozen=True, kw_only=True):
    """A post as it was typed."""

    id: str
    text: str
    spoiler_text: str
    content_type: str


class StatusEdit(Struct, frozen=True, kw_only=True):
    """How a post read at some time."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    poll: Any = None
    media_attachments: list[MediaAttachment]
    emojis: list[CustomEmoji]


class ScheduledStatus(Struct, frozen=True, kw_only=True):
    """A post that will be made by itself; `params` are what it was asked for with."""

    id: str
    scheduled_at: str
    params: dict[str, Any]
    media_attachments: list[MediaAttachment]


class StatusDraft(Struct, frozen=True, kw_only=True):
    """A post that waits for its author; an entity of ours."""

    id: str
    updated_at: str
    params: dict[str, Any]
    media_attachments: list[MediaAttachment]
