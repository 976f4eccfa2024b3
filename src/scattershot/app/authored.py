"""What one microblog wrote and passed on, as somebody else sees it, in any stretch and choice."""

from scattershot.app.items import ALL, Items, Line, line
from scattershot.app.reading import open_to, readable, turns_away
from scattershot.app.timelines import Page
from scattershot.domain.authored import Which
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.window import Window
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import authored as rows
from scattershot.storage.tables import posts


class Authored:
    """Reads the posts of one author."""

    def __init__(self, database: Database, clock: Clock, items: Items) -> None:
        self._database, self._clock, self._items = database, clock, items

    async def by(
        self, author: MicroblogId, viewer: MicroblogId | None, which: Which, window: Window, limit: int
    ) -> Page:
        """A stretch of it, newest first; nothing where the author wants nothing to do with the viewer."""

        def work(tx: Transaction) -> Page:
            if viewer is not None and viewer != author and turns_away(tx, author, viewer):
                return Page([])
            ids = rows.written(tx, author, open_to(tx, author, viewer), which, window, limit)
            return self._page(tx, ids, author, viewer, which, window, limit)

        return await self._database.read(work)

    def _page(
        self,
        tx: Transaction,
        ids: list[PostId],
        author: MicroblogId,
        viewer: MicroblogId | None,
        which: Which,
        window: Window,
        limit: int,
    ) -> Page:
        own = posts.get_many(tx, ids) if ids else {}
        lines = [line(own[each]) for each in ids if each in own]
        if which.boosts and not which.only_media and not which.tag:
            lines += self._passed_on(tx, author, viewer, window, limit)
            lines.sort(key=lambda each: each.entry, reverse=not window.nearest)
        page = lines[:limit]
        if window.nearest:
            page.sort(key=lambda each: each.entry, reverse=True)
        items = self._items.make(tx, page, viewer, self._clock.now(), ALL)
        return Page(items, page[-1].entry if len(page) == limit else None)

    def _passed_on(
        self, tx: Transaction, author: MicroblogId, viewer: MicroblogId | None, window: Window, limit: int
    ) -> list[Line]:
        boosts = posts.boosts(tx, rows.passed_on(tx, author, window, limit))
        known = posts.get_many(tx, [boost.post for boost in boosts]) if boosts else {}
        seen = {row.id for row in readable(tx, list(known.values()), viewer)}
        return [Line(boost.id, known[boost.post], author) for boost in boosts if boost.post in seen]
