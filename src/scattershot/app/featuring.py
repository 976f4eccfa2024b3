"""Tags on a microblog's page, and how its keepers like to post and read."""

from scattershot.domain.featured_tags import FeaturedTag, UsedTag
from scattershot.domain.ids import MicroblogId
from scattershot.domain.preferences import Preferences
from scattershot.domain.reading import Refused
from scattershot.domain.tags import tag_named
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import featured_tags, microblogs, preferences

MAX_FEATURED = 10
"""Tags that a page shows."""
SUGGESTED = 10
"""Tags that are suggested to be shown."""


class Featuring:
    """What microblogs kept here show on their pages beside posts, and what they prefer."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def feature(self, who: MicroblogId, name: str) -> FeaturedTag | Refused:
        """Show a tag on the page, spelt as it is given, with or without its sign."""
        bare = name.strip().removeprefix("#")
        if tag_named(bare) is None:
            return Refused("invalid", f"{name[:100]!r} is no tag.")
        now = self._clock.now()

        def work(tx: Transaction) -> FeaturedTag | Refused:
            if not featured_tags.is_featured(tx, who, bare) and len(featured_tags.of(tx, who)) >= MAX_FEATURED:
                return Refused("invalid", f"A page shows at most {MAX_FEATURED} tags.")
            made = featured_tags.add(tx, who, bare, now)
            return made if made is not None else Refused("taken", "The page shows that tag already.")

        return await self._database.write(work)

    async def unfeature(self, who: MicroblogId, number: int) -> bool:
        """Show the tag no more; False where the page did not show it."""
        return await self._database.write(lambda tx: featured_tags.drop(tx, who, number))

    async def unfeature_named(self, who: MicroblogId, tag: str) -> bool:
        """The same by the tag's name."""
        return await self._database.write(lambda tx: featured_tags.drop_named(tx, who, tag))

    async def featured(self, who: MicroblogId) -> list[FeaturedTag]:
        """The tags on a page, the most used first."""
        return await self._database.read(lambda tx: featured_tags.of(tx, who))

    async def among(self, who: MicroblogId, tags: list[str]) -> set[str]:
        """Those of the tags, in lower case, that its page shows."""
        return await self._database.read(lambda tx: {tag.tag for tag in featured_tags.of(tx, who)} & set(tags))

    async def suggested(self, who: MicroblogId) -> list[UsedTag]:
        """The tags used most that the page does not show."""
        return await self._database.read(lambda tx: featured_tags.used(tx, who, SUGGESTED))

    async def preferences(self, who: MicroblogId) -> Preferences:
        """How its keepers like to post and read."""
        return await self._database.read(lambda tx: preferences.get(tx, who))

    async def prefer(self, who: MicroblogId, chosen: Preferences) -> None:
        """Remember how its keepers like to post and read."""

        def work(tx: Transaction) -> None:
            if preferences.get(tx, who).names_programs != chosen.names_programs:
                microblogs.look_anew(tx, who)
            preferences.put(tx, who, chosen)

        await self._database.write(work)
