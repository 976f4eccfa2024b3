"""Reading: what all pages of many posts need, put together once."""

from typing import Any, NamedTuple

from scattershot.app.authored import Authored
from scattershot.app.filters import Filters
from scattershot.app.followed_tags import FollowedTags
from scattershot.app.items import Item
from scattershot.app.lists import Lists
from scattershot.app.missed import WhileAway
from scattershot.app.shelves import Shelves
from scattershot.app.sifting import Sifting
from scattershot.app.timelines import Page, Timelines
from scattershot.app.visits import Visits
from scattershot.domain.filters import Context
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database


class Reading(NamedTuple):
    """What is read, and how it is seen."""

    timelines: Timelines
    authored: Authored
    shelves: Shelves
    lists: Lists
    tags: FollowedTags
    away: WhileAway
    visits: Visits
    sifting: Sifting

    async def seen(self, visitor: Visitor, page: Page, where: Context) -> dict[str, Any]:
        """A page through the visitor's filters, as templates take it."""
        sifted = await self.sifting.sifted(visitor.who, page.items, where)
        shown = Page(sifted.items, page.next, page.place)
        return {"page": shown, "veiled": sifted.veiled, "blurred": sifted.blurred}

    async def is_hidden(self, visitor: Visitor, item: Item, where: Context) -> bool:
        """Whether the visitor's filters keep the item from there."""
        return not (await self.sifting.sifted(visitor.who, [item], where)).items


def reading(database: Database, clock: Clock, timelines: Timelines) -> Reading:
    """All of it, for one database."""
    return Reading(
        timelines,
        Authored(database, clock, timelines.items),
        Shelves(database, clock, timelines),
        Lists(database),
        FollowedTags(database),
        WhileAway(database, clock),
        Visits(database, clock),
        Sifting(database, clock, Filters(database, clock)),
    )
