"""Followed hashtags: from then on public posts which have them come to the home timeline, whoever wrote them."""

from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.domain.tags import tag_named
from scattershot.domain.window import Window
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import followed_tags
from scattershot.storage.tables.followed_tags import Row

MOST = 1_000
"""Tags that one microblog may follow."""
NO_TAG = Refused("not_found", "That is no hashtag.")


class FollowedTags:
    """Which hashtags people here follow; nobody else learns of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, who: MicroblogId, tag: str) -> str | Refused:
        """Follow a tag, which may be followed already; its name as it is kept."""
        name = tag_named(tag)
        if name is None:
            return NO_TAG

        def work(tx: Transaction) -> str | Refused:
            if followed_tags.count(tx, who) >= MOST and name not in followed_tags.among(tx, who, [name]):
                return Refused("invalid", f"One can follow {MOST:,} hashtags at most.")
            followed_tags.add(tx, who, name)
            return name

        return await self._database.write(work)

    async def unfollow(self, who: MicroblogId, tag: str) -> str | Refused:
        """No longer follow a tag: what came only by it goes from the home timeline."""
        name = tag_named(tag)
        if name is None:
            return NO_TAG

        def work(tx: Transaction) -> str | Refused:
            if followed_tags.drop(tx, who, name):
                followed_tags.drop_posts(tx, who, name)
            return name

        return await self._database.write(work)

    async def among(self, who: MicroblogId, tags: list[str]) -> set[str]:
        """Those of the tags (in lower case) that it follows."""
        return await self._database.read(lambda tx: followed_tags.among(tx, who, tags))

    async def page(self, who: MicroblogId, window: Window, limit: int) -> list[Row]:
        """The tags it follows, newest first."""
        return await self._database.read(lambda tx: followed_tags.page(tx, who, window, limit))
