"""Entities of posts: Status and what stands in it (docs.joinmastodon.org/entities/Status)."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from scattershot.frontends.mastodon_api.entities.account import Account, CustomEmoji
from scattershot.frontends.mastodon_api.entities.card import PreviewCard
from scattershot.frontends.mastodon_api.entities.filter import FilterResult
from scattershot.frontends.mastodon_api.entities.quote import InteractionPolicy, QuoteApproval, Reaction


class Mention(Struct, frozen=True, kw_only=True):
    """Somebody named in a post."""

    id: str
    username: str
    url: str
    acct: str


class StatusTag(Struct, frozen=True, kw_only=True):
    """A hashtag of a post."""

    name: str
    url: str


class MediaAttachment(Struct, frozen=True, kw_only=True):
    """A picture, sound or film of a post."""

    id: str
    type: str
    url: str | None
    preview_url: str | None
    remote_url: str | None
    meta: dict[str, Any]
    description: str | None
    blurhash: str | None


class PollOption(Struct, frozen=True, kw_only=True):
    """An answer to choose."""

    title: str
    votes_count: int | None


class Poll(Struct, frozen=True, kw_only=True):
    """A question; `voted` and `own_votes` are the viewer's, and missing for whoever is not signed in."""

    id: str
    expires_at: str | None
    expired: bool
    multiple: bool
    votes_count: int
    voters_count: int | None
    options: list[PollOption]
    emojis: list[CustomEmoji] = []
    voted: bool | UnsetType = UNSET
    own_votes: list[int] | UnsetType = UNSET


class Application(Struct, frozen=True, kw_only=True):
    """The program by which a post was written."""

    name: str
    website: str | None


class Shell(Struct, frozen=True, kw_only=True):
    """What is the same of a post for every viewer and does not change with time: rendered once for each version."""

    id: str
    created_at: str
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: str
    language: str | None
    uri: str
    url: str | None
    replies_count: int
    reblogs_count: int
    favourites_count: int
    quotes_count: int
    edited_at: str | None
    content: str
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[CustomEmoji]
    interaction_policy: InteractionPolicy
    card: PreviewCard | None = None
    local_only: bool = False


class Status(Shell, frozen=True, kw_only=True):
    """A post as one viewer sees it; the last six only for somebody signed in, `pinned` only of one's own."""

    account: Account
    reblog: Any = None
    """The Status that is passed on."""
    poll: Poll | None = None
    quote: Any = None
    """A Quote, or a ShallowQuote within one."""
    quote_approval: QuoteApproval
    application: Application | UnsetType | None = UNSET
    """Of posts written here, where its author lets others know; null where it was none."""
    reactions: list[Reaction] = []
    pleroma: dict[str, Any] = {}
    favourited: bool = False
    reblogged: bool = False
    muted: bool = False
    bookmarked: bool = False
    pinned: bool = False
    filtered: list[FilterResult] = []
    written_by: Account | UnsetType = UNSET
    """An extension: who of the author's keepers wrote it, where the author names them."""


class Context(Struct, frozen=True, kw_only=True):
    """The rest of a conversation."""

    ancestors: list[Status]
    descendants: list[Status]
