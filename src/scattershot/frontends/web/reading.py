"""Reading: what all pages of many posts need, put together once."""

from typing import Any, NamedTuple

from scattershot.app.authored import Authored
from scattershot.app.filters import Filters
from scattershot.app.followed_tags import FollowedTags
from scattershot.app.lists import Lists
from scattershot.app.missed import WhileAway
from scattershot.app.shelves import Shelves
from scattershot.app.sifting import Sifted, Sifting
from scattershot.app.timelines import PAGE, Page, Timelines
from scattershot.app.visits import Visit, Visits
from scattershot.domain.filters import Context
from scattershot.domain.ids import MicroblogId
from scattershot.domain.window import Window
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction


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
        return self.shown(page, await self.sifting.sifted(visitor.who, page.items, where))

    def shown(self, page: Page, sifted: Sifted) -> dict[str, Any]:
        """What is left of a page, as templates take it."""
        shown = Page(sifted.items, page.next, page.place)
        return {"page": shown, "veiled": sifted.veiled, "blurred": sifted.blurred}

    async def home(self, owner: MicroblogId, window: Window) -> tuple[Page, Sifted, Visit]:
        """A page of the home timeline, as it is and through the owner's filters, and the last look at it."""

        def work(tx: Transaction) -> tuple[Page, Sifted, Visit]:
            page = self.timelines.home_in(tx, owner, window, PAGE)
            sifted = self.sifting.sifted_in(tx, owner, page.items, Context.HOME)
            return page, sifted, self.visits.last_in(tx, owner)

        return await self.timelines.read(work)


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
