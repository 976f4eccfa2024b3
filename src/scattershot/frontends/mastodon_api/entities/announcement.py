"""Entities of announcements (docs.joinmastodon.org/entities/Announcement)."""

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import CustomEmoji
from scattershot.frontends.mastodon_api.entities.quote import Reaction
from scattershot.frontends.mastodon_api.entities.status import Mention, StatusTag


class AnnouncedStatus(Struct, frozen=True, kw_only=True):
    """A post that an announcement names."""

    id: str
    url: str


class Announcement(Struct, frozen=True, kw_only=True):
    """What those who run the node say; `read` is missing where it is told to all at once."""

    id: str
    content: str
    starts_at: str | None
    ends_at: str | None
    all_day: bool
    published_at: str
    updated_at: str
    mentions: list[Mention]
    statuses: list[AnnouncedStatus]
    tags: list[StatusTag]
    emojis: list[CustomEmoji]
    reactions: list[Reaction]
    read: bool | UnsetType = UNSET


class AnnouncementReaction(Struct, frozen=True, kw_only=True):
    """How many put an emoji beneath an announcement, as streams tell it."""

    name: str
    count: int
    announcement_id: str
    url: str | UnsetType = UNSET
    static_url: str | UnsetType = UNSET
