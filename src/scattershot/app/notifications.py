"""Notifications for people: one by one or in bundles, what they wish of them, who waits to be let in, conversations.

What ends in `_in` takes a transaction, so that an answer is read and put into words on one snapshot.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from scattershot.app import conversations as entering
from scattershot.app.items import Face, Item
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, NotificationId, PostId
from scattershot.domain.notification import BUNDLED, Told, Wishes
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import (
    askers,
    conversations,
    markers,
    notifications,
    posts,
    relations,
    reports,
    severances,
)
from scattershot.storage.tables.askers import Asker, Summary
from scattershot.storage.tables.markers import Marker
from scattershot.storage.tables.notifications import Notification, Sought
from scattershot.storage.tables.reports import Report
from scattershot.storage.tables.severances import Severance, Warned

T = TypeVar("T")

SAMPLE = 8
"""So many of those who caused what is in a bundle are named with it; Mastodon's figure."""
MOST_KNOCKING = 20
"""So many of those who are kept out are shown at once."""
MOST_OF_BUNDLE = 1_000
"""So many of them are listed where all are asked for."""

_WITHOUT_POST = frozenset({Told.FOLLOW, Told.FOLLOW_REQUEST, Told.SIGN_UP, Told.REPORT, Told.WARNING, Told.SEVERED})


class Notice(Struct, frozen=True, kw_only=True):
    """What the owner was told, with all that is shown of it."""

    row: Notification
    sender: Face
    item: Item | None = None
    report: Report | None = None
    accused: Face | None = None
    """Whom a report is about."""
    severance: Severance | None = None
    warning: Warned | None = None

    @property
    def key(self) -> str:
        """What it is shown together with has the same."""
        return self.row.bundle or f"{_ALONE}{self.row.id}"


class Listed(Struct, Generic[T], frozen=True):
    """A stretch of a list, newest first: where it is newest and, unless it ends here, where an older one begins."""

    entries: list[T]
    newest: int | None = None
    older: int | None = None


class Group(Struct, frozen=True, kw_only=True):
    """A bundle, or what is told alone: `newest` speaks for it. `senders` are a few, the latest first.

    `page` is the newest and the oldest of it on the page, and when the newest was; None where it is shown by itself.
    """

    key: str
    newest: Notice
    size: int
    senders: list[Face]
    page: tuple[NotificationId, NotificationId, Millis] | None = None


class Request(Struct, frozen=True):
    """Somebody who waits to be let in, with the newest post it asks with, where the owner may see it."""

    asker: Asker
    sender: Face
    item: Item | None


class Knocking(Struct, frozen=True):
    """Those who wish to follow, and those who are kept out until they are let in."""

    requests: list[Face]
    waiting: list[Face]


class Conversation(Struct, frozen=True):
    """A private conversation; `others` are those that may still be shown."""

    id: int
    unread: bool
    others: list[Face]
    newest: Item


_ALONE = "ungrouped-"


class Notifications:
    """Reads and puts away notifications; every answer holds only what the owner may see."""

    def __init__(self, database: Database, clock: Clock, timelines: Timelines) -> None:
        self._database, self._clock, self._timelines = database, clock, timelines
        self._told: list[Callable[[MicroblogId], None]] = []
        self.read = timelines.read

    @staticmethod
    def sought(kinds: Collection[Told] | None, sender: MicroblogId | None, *, held: bool) -> Sought:
        """Which notifications are asked for: of these kinds (None: all), of this sender, with or without held ones."""
        return Sought(kinds, sender, held)

    # -- one by one

    def page_in(
        self, tx: Transaction, owner: MicroblogId, window: Window, limit: int, sought: Sought
    ) -> Listed[Notice]:
        """What the owner was told."""
        rows = notifications.page(tx, owner, window, limit, sought)
        return _listed(self._notices(tx, owner, rows), [row.id for row in rows], limit)

    def get_in(self, tx: Transaction, owner: MicroblogId, number: int) -> Notice | None:
        """The owner's notification of that id, also one that waits."""
        row = notifications.get(tx, owner, NotificationId(number))
        made = self._notices(tx, owner, [row]) if row is not None else []
        return made[0] if made else None

    def _notices(self, tx: Transaction, owner: MicroblogId, rows: Sequence[Notification]) -> list[Notice]:
        """Those of the rows of which everything may be shown that makes sense of them."""
        faces = {face.id: face for face in self._timelines.faces_in(tx, list({row.sender for row in rows}))}
        items = self._timelines.items_by_id_in(tx, {row.post for row in rows if row.post is not None}, owner)
        filed = {row.about: reports.get(tx, int(row.about)) for row in rows if row.kind == Told.REPORT}
        accused = {
            face.id: face
            for face in self._timelines.faces_in(tx, [each.target for each in filed.values() if each is not None])
        }
        severed = severances.get_many(tx, owner, _numbers(rows, Told.SEVERED))
        warned = severances.warnings(tx, owner, _numbers(rows, Told.WARNING))
        made = []
        for row in rows:
            report = filed.get(row.about) if row.kind == Told.REPORT else None
            if row.sender in faces and (row.kind in _WITHOUT_POST or row.post in items):
                made.append(
                    Notice(
                        row=row,
                        sender=faces[row.sender],
                        item=items.get(row.post) if row.post is not None else None,
                        report=report,
                        accused=accused.get(report.target) if report is not None else None,
                        severance=severed.get(int(row.about)) if row.kind == Told.SEVERED else None,
                        warning=warned.get(int(row.about)) if row.kind == Told.WARNING else None,
                    )
                )
        return made

    async def unread(self, owner: MicroblogId, limit: int, sought: Sought) -> int:
        """How many the owner has not looked at, up to the limit."""

        def work(tx: Transaction) -> int:
            return notifications.count_after(tx, owner, _looked_at(tx, owner), limit, sought)

        return await self.read(work)

    async def clear(self, owner: MicroblogId) -> None:
        """Forget everything the owner was told."""
        await self._database.write(lambda tx: notifications.clear(tx, owner))

    async def dismiss(self, owner: MicroblogId, number: int) -> bool:
        """Forget one notification; False where there was none."""
        return await self._database.write(lambda tx: notifications.dismiss(tx, owner, NotificationId(number)))

    # -- in bundles

    def groups_in(
        self,
        tx: Transaction,
        owner: MicroblogId,
        window: Window,
        limit: int,
        sought: Sought,
        together: Collection[str] = BUNDLED,
    ) -> Listed[Group]:
        """What the owner was told, put together; only kinds that are told `together` are."""
        rows = notifications.heads(tx, owner, window, limit, sought, together)
        if not rows:
            return Listed([])
        notices = self._notices(tx, owner, rows)
        newest, oldest = _span(rows, window, full=len(rows) == limit)
        names = [notice.row.bundle for notice in notices if notice.row.bundle and notice.row.kind in together]
        sizes = notifications.bundles(tx, owner, names, newest, oldest) if names else {}
        groups = []
        for notice in notices:
            bundle = sizes.get(notice.row.bundle) if notice.row.kind in together else None
            if bundle is None:
                groups.append(_alone(notice, on_page=True))
                continue
            head = notice.row
            if bundle.newest != head.id:  # read from its old end, the oldest was met first
                newer = notifications.get(tx, owner, bundle.newest)
                head = newer if newer is not None else head
            page = (head.id, bundle.oldest_on_page or head.id, head.at)
            groups.append(self._group(tx, owner, notice, bundle, page))
        return _listed(groups, [row.id for row in rows], limit)

    def group_in(self, tx: Transaction, owner: MicroblogId, key: str) -> Group | None:
        """The owner's group of that key."""
        row = self._of_key(tx, owner, key)
        notices = self._notices(tx, owner, [row]) if row is not None else []
        if not notices:
            return None
        [notice] = notices
        sizes = notifications.bundles(tx, owner, [key], notifications.END, notifications.END)
        bundle = sizes.get(key)
        return self._group(tx, owner, notice, bundle, None) if bundle is not None else _alone(notice, on_page=False)

    def _of_key(self, tx: Transaction, owner: MicroblogId, key: str) -> Notification | None:
        number = _number_in(key)
        if number is None:
            return notifications.newest_of(tx, owner, key)
        return notifications.get(tx, owner, number)

    def _group(
        self,
        tx: Transaction,
        owner: MicroblogId,
        notice: Notice,
        bundle: notifications.Bundle,
        page: tuple[NotificationId, NotificationId, Millis] | None,
    ) -> Group:
        senders = [notice.sender]
        if bundle.size > 1:
            ids = notifications.senders(tx, owner, bundle.name, bundle.newest, SAMPLE)
            senders = self._timelines.faces_in(tx, list(dict.fromkeys(ids))) or senders
        return Group(key=bundle.name, newest=notice, size=bundle.size, senders=senders, page=page)

    def senders_in(self, tx: Transaction, owner: MicroblogId, key: str) -> list[Face]:
        """All who caused what is in a group, the latest first."""
        number = _number_in(key)
        if number is not None:
            row = notifications.get(tx, owner, number)
            return self._timelines.faces_in(tx, [row.sender]) if row is not None else []
        ids = notifications.senders(tx, owner, key, notifications.END, MOST_OF_BUNDLE)
        return self._timelines.faces_in(tx, list(dict.fromkeys(ids)))

    async def dismiss_group(self, owner: MicroblogId, key: str) -> None:
        """Forget what is in a group."""
        number = _number_in(key)
        if number is not None:
            await self.dismiss(owner, number)
        else:
            await self._database.write(lambda tx: notifications.dismiss_bundle(tx, owner, key))

    async def unread_groups(
        self, owner: MicroblogId, limit: int, sought: Sought, together: Collection[str] = BUNDLED
    ) -> int:
        """How many groups have something that the owner has not looked at, up to the limit."""

        def work(tx: Transaction) -> int:
            new = Window(above=_looked_at(tx, owner))
            return len(notifications.heads(tx, owner, new, limit, sought, together))

        return await self.read(work)

    # -- what the owner wishes, and who waits

    async def wishes(self, owner: MicroblogId) -> tuple[Wishes, Summary]:
        """How the owner wants notifications treated, and how many wait for it."""
        return await self.read(lambda tx: (notifications.wishes(tx, owner), askers.summary(tx, owner)))

    async def put_wishes(self, owner: MicroblogId, wishes: Wishes) -> None:
        """Replace how the owner wants notifications treated; what was told or waits already stays as it is."""
        await self._database.write(lambda tx: notifications.put_wishes(tx, owner, wishes))

    def requests_in(self, tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> Listed[Request]:
        """Who waits to be let in, the last to come first."""
        found = askers.waiting(tx, owner, window, limit)
        return _listed(self._requests(tx, owner, found), [asker.id for asker in found], limit)

    def knocking_in(self, tx: Transaction, owner: MicroblogId) -> Knocking:
        """Everybody who waits for an answer of the owner: all who wish to follow, the last of those kept out."""
        wishes = relations.requests(tx, owner)
        outside = askers.waiting(tx, owner, FROM_THE_TOP, MOST_KNOCKING)
        return Knocking(
            self._timelines.faces_in(tx, [wish.follower for wish in wishes]),
            self._timelines.faces_in(tx, [asker.sender for asker in outside]),
        )

    def request_in(self, tx: Transaction, owner: MicroblogId, number: int) -> Request | None:
        """The one who waits under that number."""
        made = self._requests(tx, owner, askers.get_many(tx, owner, [number]))
        return made[0] if made else None

    def _requests(self, tx: Transaction, owner: MicroblogId, found: list[Asker]) -> list[Request]:
        faces = {face.id: face for face in self._timelines.faces_in(tx, [asker.sender for asker in found])}
        items = self._timelines.items_by_id_in(tx, {asker.post for asker in found}, owner)
        return [Request(asker, faces[asker.sender], items.get(asker.post)) for asker in found if asker.sender in faces]

    async def let_in(self, owner: MicroblogId, numbers: list[int]) -> int:
        """Tell the owner what waited of those, and whatever comes of them; how many they were."""
        found = await self.read(lambda tx: askers.get_many(tx, owner, numbers))
        await self.let_in_senders(owner, [asker.sender for asker in found])
        return len(found)

    async def let_in_senders(self, owner: MicroblogId, senders: list[MicroblogId]) -> None:
        """Tell the owner what waited of them, and whatever comes of them."""
        now = self._clock.now()

        def work(tx: Transaction) -> None:
            for sender in senders:
                mentioned = posts.get_many(tx, askers.let_in(tx, owner, sender, now))
                for row in sorted(mentioned.values()):
                    entering.enter_if_private(tx, owner, row)

        if senders:
            await self._database.write(work)
            for call in self._told:
                call(owner)

    def after_letting_in(self, call: Callable[[MicroblogId], None]) -> None:
        """Have something told whenever an owner let somebody in, so that what waited stands among the others."""
        self._told.append(call)

    async def turn_away(self, owner: MicroblogId, numbers: list[int]) -> int:
        """Forget what waited of those; how many they were."""
        found = await self.read(lambda tx: askers.get_many(tx, owner, numbers))
        await self.turn_away_senders(owner, [asker.sender for asker in found])
        return len(found)

    async def turn_away_senders(self, owner: MicroblogId, senders: list[MicroblogId]) -> None:
        """Forget what waited of them."""

        def work(tx: Transaction) -> None:
            for sender in senders:
                askers.turn_away(tx, owner, sender)

        if senders:
            await self._database.write(work)

    # -- how far was looked

    async def markers(self, owner: MicroblogId, names: list[str]) -> list[Marker]:
        """Those of the markers that were ever set."""
        return await self.read(lambda tx: markers.get(tx, owner, names))

    async def mark(self, owner: MicroblogId, places: dict[str, int]) -> list[Marker]:
        """The owner has looked up to those places."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[Marker]:
            for name, place in places.items():
                markers.put(tx, owner, name, place, now)
            return markers.get(tx, owner, list(places))

        return await self._database.write(work)

    # -- conversations

    def conversations_in(self, tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> Listed[Conversation]:
        """The owner's private conversations, by the ids of their newest posts."""
        found = conversations.page(tx, owner, window, limit)
        return _listed(self._conversations(tx, owner, found), [each.newest for each in found], limit)

    def conversation_with_in(self, tx: Transaction, owner: MicroblogId, newest: PostId) -> Conversation | None:
        """The owner's conversation whose newest post is that one."""
        found = [each for each in conversations.ending_with(tx, newest) if each.owner == owner and each.shown]
        made = self._conversations(tx, owner, found)
        return made[0] if made else None

    def conversation_in(self, tx: Transaction, owner: MicroblogId, number: int) -> Conversation | None:
        """The owner's conversation of that number."""
        found = conversations.get(tx, owner, number)
        made = self._conversations(tx, owner, [found]) if found is not None else []
        return made[0] if made else None

    def _conversations(
        self, tx: Transaction, owner: MicroblogId, found: list[conversations.Conversation]
    ) -> list[Conversation]:
        items = self._timelines.items_by_id_in(tx, {each.newest for each in found}, owner)
        made = []
        for each in found:
            item = items.get(each.newest)
            if item is not None:
                others = self._timelines.faces_in(tx, each.others or (owner,))
                made.append(Conversation(each.id, each.unread, others, item))
        return made

    async def read_conversation(self, owner: MicroblogId, number: int, *, unread: bool = False) -> bool:
        """The owner has read the conversation (or will read it again); False where there is none."""

        def work(tx: Transaction) -> bool:
            found = conversations.get(tx, owner, number)
            if found is not None:
                conversations.put(tx, found._replace(unread=unread))
            return found is not None

        return await self._database.write(work)

    async def put_away(self, owner: MicroblogId, number: int) -> bool:
        """Show the conversation no more until something new is written in it; False where there is none."""

        def work(tx: Transaction) -> bool:
            found = conversations.get(tx, owner, number)
            if found is not None:
                conversations.put(tx, found._replace(shown=False, after=found.newest, unread=False))
            return found is not None

        return await self._database.write(work)


def _listed(entries: list[T], places: Sequence[int], limit: int) -> Listed[T]:
    """A stretch of which some entries may be hidden: it goes on where it was cut by its length."""
    if not places:
        return Listed(entries)
    return Listed(entries, places[0], places[-1] if len(places) == limit else None)


def _span(rows: Sequence[Notification], window: Window, *, full: bool) -> tuple[NotificationId, NotificationId]:
    """From where to where a page of groups reaches: as far as was asked on the side where nothing was left out."""
    newest, oldest = rows[0].id, rows[-1].id
    if full:
        return newest, oldest
    if window.nearest:
        return NotificationId(window.below - 1) if window.below is not None else notifications.END, oldest
    return newest, NotificationId((window.above or 0) + 1)


def _numbers(rows: Sequence[Notification], kind: Told) -> list[int]:
    return [int(row.about) for row in rows if row.kind == kind]


def _alone(notice: Notice, *, on_page: bool) -> Group:
    row = notice.row
    return Group(
        key=f"{_ALONE}{row.id}",
        newest=notice,
        size=1,
        senders=[notice.sender],
        page=(row.id, row.id, row.at) if on_page else None,
    )


def _number_in(key: str) -> NotificationId | None:
    """The notification that a group of its own is named after."""
    number = key.removeprefix(_ALONE)
    if number == key or not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    return NotificationId(int(number))


def _looked_at(tx: Transaction, owner: MicroblogId) -> NotificationId:
    return NotificationId(markers.place(tx, owner, markers.NOTIFICATIONS))
