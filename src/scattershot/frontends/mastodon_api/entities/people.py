"""Entities between people: Relationship, Suggestion, FeaturedTag and their like (docs.joinmastodon.org/entities)."""

from msgspec import Struct, field

from scattershot.frontends.mastodon_api.entities.account import Account, Field


class Relationship(Struct, frozen=True, kw_only=True):
    """How the caller stands to a microblog; `languages` is null where posts in all of them are wanted."""

    id: str
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: str | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class MutedAccount(Account, frozen=True, kw_only=True):
    """A microblog that the caller mutes, perhaps until then."""

    mute_expires_at: str | None


class FamiliarFollowers(Struct, frozen=True, kw_only=True):
    """A microblog, and those of its followers whom the caller follows."""

    id: str
    accounts: list[Account]


class FeaturedTag(Struct, frozen=True, kw_only=True):
    """A tag on somebody's page; the count is a text, as Mastodon sends it."""

    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None


class SuggestedTag(Struct, frozen=True, kw_only=True):
    """A tag the caller uses and does not show."""

    name: str
    url: str
    history: list[str] = []
    featuring: bool = False


class Suggestion(Struct, frozen=True, kw_only=True):
    """Somebody worth following: `source` is the old word for why, `sources` are all reasons."""

    source: str
    sources: list[str]
    account: Account


class Preferences(Struct, frozen=True, kw_only=True):
    """How the caller likes to post and read."""

    visibility: str = field(name="posting:default:visibility")
    sensitive: bool = field(name="posting:default:sensitive")
    language: str | None = field(name="posting:default:language")
    quote_policy: str = field(name="posting:default:quote_policy")
    media: str = field(name="reading:expand:media")
    spoilers: bool = field(name="reading:expand:spoilers")
    gifs: bool = field(name="reading:autoplay:gifs")


class Profile(Struct, frozen=True, kw_only=True):
    """One's own microblog with everything that can be changed about it, texts as typed; no picture is null."""

    id: str
    display_name: str
    note: str
    fields: list[Field]
    avatar: str | None
    avatar_static: str | None
    header: str | None
    header_static: str | None
    locked: bool
    bot: bool
    hide_collections: bool
    discoverable: bool
    indexable: bool
    attribution_domains: list[str]
    featured_tags: list[FeaturedTag]
    avatar_description: str = ""
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True


class DomainPreview(Struct, frozen=True, kw_only=True):
    """What shunning a domain would end."""

    following_count: int
    followers_count: int


class Report(Struct, frozen=True, kw_only=True):
    """A complaint as it was filed."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: Account


class Empty(Struct, frozen=True):
    """Nothing more to say."""
