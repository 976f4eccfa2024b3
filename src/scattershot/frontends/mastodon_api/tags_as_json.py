"""Hashtags as JSON: their last days, and what the viewer has to do with them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from urllib.parse import quote

from scattershot.app.search import DayOfUse, TagUse
from scattershot.domain.ids import MicroblogId
from scattershot.frontends.mastodon_api.entities.search import TrendingTag, UsageDay

Among: TypeAlias = Callable[[MicroblogId, list[str]], Awaitable[set[str]]]
"""Tells which of the hashtags (in lower case) somebody follows, or shows on their page."""


class TagsAsJson:
    """Renders hashtags; `origin` is where their pages are."""

    def __init__(self, origin: str, following: Among, featuring: Among) -> None:
        self._origin, self._following, self._featuring = origin, following, featuring

    async def list(self, uses: Sequence[TagUse], viewer: MicroblogId | None) -> list[TrendingTag]:
        """The hashtags as the viewer sees them."""
        if viewer is None:
            return [self._tag(use) for use in uses]
        names = [use.tag for use in uses]
        followed = await self._following(viewer, names) if names else set()
        featured = await self._featuring(viewer, names) if names else set()
        return [self._tag(use, following=use.tag in followed, featuring=use.tag in featured) for use in uses]

    def _tag(self, use: TagUse, *, following: bool | None = None, featuring: bool = False) -> TrendingTag:
        url = f"{self._origin}/tags/{quote(use.tag)}"
        if following is None:
            return TrendingTag(id=use.tag, name=use.tag, url=url, history=history(use.days))
        return TrendingTag(
            id=use.tag, name=use.tag, url=url, history=history(use.days), following=following, featuring=featuring
        )


def history(days: Sequence[DayOfUse]) -> list[UsageDay]:
    """The days as Mastodon has them."""
    return [UsageDay(day=str(each.day // 1000), uses=str(each.uses), accounts=str(each.authors)) for each in days]
