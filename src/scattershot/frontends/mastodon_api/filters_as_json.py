"""Filters as the API has them."""

from scattershot.domain.filters import Filter, FilteredPost, Keyword, Met
from scattershot.frontends.mastodon_api.entities import filter as entities
from scattershot.wirekit.dates import rfc3339


def filter_entity(found: Filter, *, whole: bool = True) -> entities.Filter:
    """A filter, with its keywords and posts if `whole`."""
    bare = entities.Filter(
        id=str(found.id),
        title=found.title,
        context=[context.value for context in found.contexts],
        expires_at=expiry(found),
        filter_action=found.action.value,
    )
    if not whole:
        return bare
    return entities.Filter(
        id=bare.id,
        title=bare.title,
        context=bare.context,
        expires_at=bare.expires_at,
        filter_action=bare.filter_action,
        keywords=[keyword_entity(keyword) for keyword in found.keywords],
        statuses=[post_entity(post) for post in found.posts],
    )


def expiry(found: Filter) -> str | None:
    """When it expires."""
    return rfc3339(found.expires) if found.expires is not None else None


def keyword_entity(keyword: Keyword) -> entities.FilterKeyword:
    """A keyword."""
    return entities.FilterKeyword(id=str(keyword.id), keyword=keyword.text, whole_word=keyword.whole_word)


def post_entity(post: FilteredPost) -> entities.FilterStatus:
    """A post that a filter holds."""
    return entities.FilterStatus(id=str(post.id), status_id=str(post.post))


def filter_result(met: Met) -> entities.FilterResult:
    """That a post meets a filter."""
    return entities.FilterResult(
        filter=filter_entity(met.filter, whole=False),
        keyword_matches=list(met.keywords) or None,
        status_matches=[str(post) for post in met.posts] or None,
    )
