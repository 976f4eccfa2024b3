"""Lists: what people here make of those whom they follow. What stands on a list's timeline is looked up when it is
read, so that whoever comes into a list is there with all they wrote."""

from collections.abc import Sequence

from scattershot.app.homes import stay_away
from scattershot.domain.ids import MicroblogId
from scattershot.domain.lists import MAX_LISTS, MAX_TITLE, List, ListId, Replies
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import lists, relations

NO_SUCH_LIST = Refused("not_found", "There is no such list.")
NOT_FOLLOWED = Refused("not_found", "Only those whom you follow can be put into a list.")
IN_IT_ALREADY = Refused("invalid", "Account has already been taken")

EVERYBODY = 5_000
"""The most members that are told in one answer."""


class Lists:
    """Makes lists and says who is in them; a list is its owner's secret, unless it is open.

    What may let much come to a home timeline, or take much off, is done aside: a list may have thousands in it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, owner: MicroblogId) -> list[List]:
        """The owner's lists, oldest first."""
        return await self._database.read(lambda tx: lists.of(tx, owner))

    async def get(self, owner: MicroblogId, list_id: int) -> List | None:
        """The owner's list of that id."""
        return await self._database.read(lambda tx: lists.get(tx, owner, ListId(list_id)))

    async def with_member(self, owner: MicroblogId, member: MicroblogId) -> list[List]:
        """The owner's lists which the microblog is in."""
        return await self._database.read(lambda tx: lists.with_member(tx, owner, member))

    async def members(self, row: List, window: Window, limit: int | None) -> list[MicroblogId]:
        """Members of a list by id, the highest first; with no limit all, as many as are told at once."""
        return await self._database.read(lambda tx: lists.members(tx, row.id, window, limit or EVERYBODY))

    async def make(
        self, owner: MicroblogId, title: str, replies: Replies = Replies.LIST, *, exclusive: bool = False
    ) -> List | Refused:
        """A new list with nobody in it."""
        problem = _problem(title)
        if problem is not None:
            return problem

        def work(tx: Transaction) -> List | Refused:
            if len(lists.of(tx, owner)) >= MAX_LISTS:
                return Refused("invalid", f"You have reached the maximum number of lists ({MAX_LISTS})")
            return lists.add(tx, owner, title.strip(), replies, exclusive=exclusive)

        return await self._database.write(work)

    async def change(
        self,
        owner: MicroblogId,
        list_id: int,
        *,
        title: str | None = None,
        replies: Replies | None = None,
        exclusive: bool | None = None,
        open_: bool | None = None,
    ) -> List | Refused:
        """Alter what is given. An exclusive list takes what its members wrote off the home timeline at once."""
        problem = _problem(title) if title is not None else None
        if problem is not None:
            return problem

        def work(tx: Transaction) -> List | Refused:
            row = lists.get(tx, owner, ListId(list_id))
            if row is None:
                return NO_SUCH_LIST
            changed = row._replace(
                title=title.strip() if title is not None else row.title,
                replies=replies or row.replies,
                exclusive=row.exclusive if exclusive is None else exclusive,
                open=row.open if open_ is None else open_,
            )
            lists.put(tx, changed)
            if changed.exclusive != row.exclusive:
                stay_away(tx, owner, _everybody(tx, row))
            return changed

        return await self._database.write(work, slow=True)

    async def drop(self, owner: MicroblogId, list_id: int) -> Refused | None:
        """Forget a list; whom it kept off the home timeline comes back there."""

        def work(tx: Transaction) -> Refused | None:
            row = lists.get(tx, owner, ListId(list_id))
            if row is None:
                return NO_SUCH_LIST
            concerned = _everybody(tx, row) if row.exclusive else []
            lists.drop(tx, row.id)
            if concerned:
                stay_away(tx, owner, concerned)
            return None

        return await self._database.write(work, slow=True)

    async def add(self, owner: MicroblogId, list_id: int, members: Sequence[MicroblogId]) -> Refused | None:
        """Put into a list whom the owner follows, or has asked to; all of them, or where one cannot be, none."""

        def work(tx: Transaction) -> Refused | None:
            row = lists.get(tx, owner, ListId(list_id))
            if row is None:
                return NO_SUCH_LIST
            wanted = list(dict.fromkeys(members))
            if not all(member == owner or relations.follow(tx, owner, member) for member in wanted):
                return NOT_FOLLOWED
            if lists.members_among(tx, row.id, wanted):
                return IN_IT_ALREADY
            for member in wanted:
                lists.add_member(tx, row, member)
            if row.exclusive:
                stay_away(tx, owner, wanted)
            return None

        return await self._database.write(work, slow=True)

    async def remove(self, owner: MicroblogId, list_id: int, members: Sequence[MicroblogId]) -> Refused | None:
        """Take microblogs out of a list, those that are in it."""

        def work(tx: Transaction) -> Refused | None:
            row = lists.get(tx, owner, ListId(list_id))
            if row is None:
                return NO_SUCH_LIST
            lists.drop_members(tx, row.id, list(members))
            if row.exclusive:
                stay_away(tx, owner, list(members))
            return None

        return await self._database.write(work, slow=True)


def _problem(title: str) -> Refused | None:
    if not title.strip():
        return Refused("invalid", "Title can't be blank")
    if len(title.strip()) > MAX_TITLE:
        return Refused("invalid", f"Title is too long (maximum is {MAX_TITLE} characters)")
    return None


def _everybody(tx: Transaction, row: List) -> list[MicroblogId]:
    return lists.members(tx, row.id, FROM_THE_TOP, EVERYBODY)
