"""What the API says between people: relationships, tags on pages, preferences, suggestions."""

from scattershot.app.suggesting import Source
from scattershot.domain.featured_tags import FeaturedTag, UsedTag
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.preferences import Media, Preferences, Quoting
from scattershot.domain.relations import Relationship
from scattershot.frontends.mastodon_api.entities import people as entities
from scattershot.wirekit.dates import rfc3339

PRIVACY = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.MENTIONED: "direct",
    Audience.LOCAL: "private",  # no app knows another word
}
QUOTE_POLICY = {Quoting.ANYONE: "public", Quoting.FOLLOWERS: "followers", Quoting.NOBODY: "nobody"}
EXPANDED = {Media.UNMARKED: "default", Media.ALL: "show_all", Media.NONE: "hide_all"}
SOURCES = {
    Source.RECOMMENDED: ("staff", "featured"),
    Source.FOLLOWED_BY_FOLLOWS: ("past_interactions", "friends_of_friends"),
    Source.MOST_FOLLOWED: ("global", "most_followed"),
}
"""Why somebody is suggested, in the word of the first version of suggestions and in that of the second."""


def relationship(other: MicroblogId, found: Relationship) -> entities.Relationship:
    """How the caller stands to the other."""
    wished = found.follows or found.asked
    return entities.Relationship(
        id=str(other),
        following=found.follows,
        showing_reblogs=wished and found.options.boosts,
        notifying=wished and found.options.notify,
        languages=list(found.options.languages) or None,
        followed_by=found.followed_by,
        blocking=found.blocks,
        blocked_by=found.blocked_by,
        muting=found.mutes,
        muting_notifications=found.mutes_notifications,
        muting_expires_at=rfc3339(found.mute_ends) if found.mute_ends is not None else None,
        requested=found.asked,
        requested_by=found.asked_by,
        domain_blocking=found.shuns_domain,
        endorsed=found.endorses,
        note=found.remark,
    )


def preferences(chosen: Preferences) -> entities.Preferences:
    """How the caller likes to post and read."""
    return entities.Preferences(
        visibility=PRIVACY[chosen.audience],
        sensitive=chosen.sensitive,
        language=chosen.language or None,
        quote_policy=QUOTE_POLICY[chosen.quoting],
        media=EXPANDED[chosen.media],
        spoilers=chosen.opens_warnings,
        gifs=chosen.autoplays,
    )


def featured_tag(tag: FeaturedTag, origin: str) -> entities.FeaturedTag:
    """A tag on somebody's page."""
    return entities.FeaturedTag(
        id=str(tag.id),
        name=tag.name,
        url=f"{origin}/tags/{tag.tag}",
        statuses_count=str(tag.posts),
        last_status_at=rfc3339(tag.last_used)[:10] if tag.last_used is not None else None,
    )


def suggested_tag(used: UsedTag, origin: str) -> entities.SuggestedTag:
    """A tag that may be put on one's page."""
    return entities.SuggestedTag(name=used.tag, url=f"{origin}/tags/{used.tag}")
