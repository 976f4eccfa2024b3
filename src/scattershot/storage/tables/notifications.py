"""Notifications: rows written by fan-out, read by people. What is held waits until its sender is let in."""

from collections.abc import Collection
from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis, NotificationId, PostId
from scattershot.domain.notification import Wishes
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction

END = NotificationId(1 << 62)


class Notification(NamedTuple):
    """What a person is told of: who did what, with which post (None where with no post).

    `about` is what else it is about: an emoji, or the number of a report. `bundle` is empty where it is told alone.
    """

    id: NotificationId
    owner: MicroblogId
    kind: str
    sender: MicroblogId
    post: PostId | None
    at: Millis
    about: str
    bundle: str
    held: bool


_COLUMNS = "id, owner, kind, sender, post, at, about, bundle, held"


def _notification(
    id_: int, owner: int, kind: str, sender: int, post: int, at: int, about: str, bundle: str, held: bool
) -> Notification:
    return Notification(
        NotificationId(id_), MicroblogId(owner), kind, MicroblogId(sender), PostId(post) if post else None,
        Millis(at), about, bundle, bool(held),
    )  # fmt: skip


def _one(value: int) -> tuple[int]:
    return (value,)


# -- telling


class New(NamedTuple):
    """A notification not yet stored."""

    owner: MicroblogId
    kind: str
    sender: MicroblogId
    post: PostId | None
    at: Millis
    about: str = ""
    bundle: str = ""
    held: bool = False


def add(tx: Transaction, new: New) -> NotificationId | None:
    """Tell the owner; None where it was told before."""
    made = tx.value(
        "INSERT INTO notifications (owner, kind, sender, post, at, about, bundle, held) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        *new._replace(post=new.post or PostId(0)),
    )
    return NotificationId(made) if made is not None else None


def silenced(tx: Transaction, owner: MicroblogId, sender: MicroblogId, post: PostId | None, now: Millis) -> bool:
    """Whether the owner is told nothing of the sender, which it mutes or blocks or whose domain it shuns, or of the
    post's conversation."""
    return (
        tx.value(
            "SELECT 1 FROM mutes WHERE muter = $1 AND muted = $2 AND notifications "
            "AND (expires IS NULL OR expires > $3) "
            "UNION ALL SELECT 1 FROM blocks WHERE blocker = $1 AND blocked = $2 "
            "UNION ALL SELECT 1 FROM shunned s JOIN microblogs m ON m.domain = s.domain "
            "WHERE s.microblog = $1 AND m.id = $2 "
            "UNION ALL SELECT 1 FROM posts p JOIN quiet_threads q ON q.microblog = $1 AND q.thread = p.thread "
            "WHERE p.id = $4",
            owner,
            sender,
            now,
            post or 0,
        )
        is not None
    )


class Regard(NamedTuple):
    """How a sender stands to an owner, as far as it takes one look."""

    standing: str
    node_standing: str | None
    followed: bool
    follows_since: Millis | None
    let_in: bool


def regard(tx: Transaction, owner: MicroblogId, sender: MicroblogId) -> Regard | None:
    """How the sender stands to the owner; a keeper of the sender who runs this node lets it in."""
    found = tx.fetch_one(
        Regard,
        "SELECT m.standing, n.standing, "
        "EXISTS (SELECT 1 FROM follows WHERE followee = $2 AND follower = $1 AND accepted), "
        "(SELECT at FROM follows WHERE followee = $1 AND follower = $2 AND accepted), "
        "EXISTS (SELECT 1 FROM askers WHERE owner = $1 AND sender = $2 AND let_in) "
        "OR (m.local AND EXISTS (SELECT 1 FROM keepers k JOIN people p ON p.id = k.person "
        "WHERE k.microblog = $2 AND p.role = 'admin')) "
        "FROM microblogs m LEFT JOIN nodes n ON n.id = m.node WHERE m.id = $2",
        owner,
        sender,
    )
    return found and found._replace(followed=bool(found.followed), let_in=bool(found.let_in))


def latest_bundle(tx: Transaction, owner: MicroblogId, stem: str) -> str | None:
    """The owner's bundle of that stem that was begun last; hours sort as texts until the year 2084."""
    found: str | None = tx.value(
        "SELECT bundle FROM notifications WHERE owner = $1 AND bundle >= $2 AND bundle < $3 AND bundle <> '' "
        "ORDER BY bundle DESC LIMIT 1",
        owner,
        stem,
        stem[:-1] + ".",
    )
    return found


def untell(tx: Transaction, kind: str, sender: MicroblogId, post: PostId | None, about: str = "") -> None:
    """Untell what is no longer so."""
    tx.execute(
        "DELETE FROM notifications WHERE kind = $1 AND sender = $2 AND post = $3 AND about = $4",
        kind,
        sender,
        post or 0,
        about,
    )


def untell_from(tx: Transaction, kind: str, sender: MicroblogId, owner: MicroblogId) -> None:
    """Untell one owner what is no longer so of a sender."""
    tx.execute("DELETE FROM notifications WHERE owner = $1 AND kind = $2 AND sender = $3", owner, kind, sender)


def untell_all_of(tx: Transaction, owner: MicroblogId, sender: MicroblogId) -> None:
    """Untell one owner everything of a sender."""
    tx.execute("DELETE FROM notifications WHERE owner = $1 AND sender = $2", owner, sender)


def untell_post(tx: Transaction, post: PostId) -> None:
    """Untell everything about a post that is gone."""
    tx.execute("DELETE FROM notifications WHERE post = $1", post)


def untell_before(tx: Transaction, owner: MicroblogId, kind: str, post: PostId, about: str) -> None:
    """Untell one owner what it was told before of that sort about a post."""
    tx.execute(
        "DELETE FROM notifications WHERE post = $3 AND owner = $1 AND kind = $2 AND about <> $4",
        owner,
        kind,
        post,
        about,
    )


# -- reading


class Sought(NamedTuple):
    """Which notifications are asked for: of these kinds (None: all) and of this sender, with or without held ones."""

    kinds: Collection[str] | None = None
    sender: MicroblogId | None = None
    held: bool = False


ALL = Sought()


def page(
    tx: Transaction,
    owner: MicroblogId,
    window: Window,
    limit: int,
    sought: Sought = ALL,
    besides: Collection[str] = (),
) -> list[Notification]:
    """What the owner was told, newest first, without what belongs to the bundles `besides`."""
    found = _page(tx, owner, window, limit, sought, besides)
    return found[::-1] if window.nearest else found


def _page(
    tx: Transaction, owner: MicroblogId, window: Window, limit: int, sought: Sought, besides: Collection[str]
) -> list[Notification]:
    args: list[object] = [owner, END if window.below is None else window.below, window.above or 0, limit]
    where = "" if sought.held else "AND NOT held "
    if sought.kinds is not None:
        args.append(list(sought.kinds))
        where += f"AND kind = ANY(${len(args)}) "
    if sought.sender is not None:
        args.append(sought.sender)
        where += f"AND sender = ${len(args)} "
    if besides:
        args.append(list(besides))
        where += f"AND bundle <> ALL(${len(args)}) "
    return tx.fetch(
        _notification,
        f"SELECT {_COLUMNS} FROM notifications WHERE owner = $1 AND id < $2 AND id > $3 {where}"
        f"ORDER BY id {'ASC' if window.nearest else 'DESC'} LIMIT $4",
        *args,
    )


def heads(
    tx: Transaction, owner: MicroblogId, window: Window, limit: int, sought: Sought, together: Collection[str]
) -> list[Notification]:
    """The first met of each bundle of the kinds told `together`, and every other notification by itself; newest first.

    What was met is left out of the next look, so that a bundle of ten thousand costs one walk along an index.
    """
    found: list[Notification] = []
    met: set[str] = set()
    while len(found) < limit:
        batch = _page(tx, owner, window, 2 * limit, sought, met)
        for each in batch:
            name = each.bundle if each.kind in together else ""
            if not name:
                found.append(each)
            elif name not in met:
                found.append(each)
                met.add(name)
        if len(batch) < 2 * limit:
            break
        end = batch[-1].id
        window = window._replace(above=end) if window.nearest else window._replace(below=end)
    found = found[:limit]
    return found[::-1] if window.nearest else found


def get(tx: Transaction, owner: MicroblogId, notification: NotificationId) -> Notification | None:
    """The owner's notification of that id."""
    return tx.fetch_one(
        _notification, f"SELECT {_COLUMNS} FROM notifications WHERE id = $2 AND owner = $1", owner, notification
    )


def newest_of(tx: Transaction, owner: MicroblogId, bundle: str) -> Notification | None:
    """The newest notification of a bundle."""
    return tx.fetch_one(
        _notification,
        f"SELECT {_COLUMNS} FROM notifications WHERE owner = $1 AND bundle = $2 AND bundle <> '' AND NOT held "
        "ORDER BY id DESC LIMIT 1",
        owner,
        bundle,
    )


class Bundle(NamedTuple):
    """How much a bundle holds, up to some notification."""

    name: str
    size: int
    newest: NotificationId
    oldest_on_page: NotificationId | None


def bundles(
    tx: Transaction, owner: MicroblogId, names: Collection[str], newest: NotificationId, oldest: NotificationId
) -> dict[str, Bundle]:
    """What those bundles hold up to `newest`; the page to be shown reaches back to `oldest`."""
    rows = tx.fetch(
        Bundle,
        "SELECT bundle, count(*), max(id), min(CASE WHEN id >= $4 THEN id END) FROM notifications "
        "WHERE owner = $1 AND bundle = ANY($2) AND bundle <> '' AND id <= $3 AND NOT held GROUP BY bundle",
        owner,
        list(names),
        newest,
        oldest,
    )
    return {row.name: row for row in rows}


def senders(tx: Transaction, owner: MicroblogId, bundle: str, newest: NotificationId, limit: int) -> list[MicroblogId]:
    """Who caused what is in a bundle, the latest first."""
    rows = tx.fetch(
        _one,
        "SELECT sender FROM notifications WHERE owner = $1 AND bundle = $2 AND bundle <> '' AND id <= $3 AND NOT held "
        "ORDER BY id DESC LIMIT $4",
        owner,
        bundle,
        newest,
        limit,
    )
    return [MicroblogId(sender) for (sender,) in rows]


class Told(NamedTuple):
    """That somebody was told something."""

    id: NotificationId
    owner: MicroblogId


def since(tx: Transaction, after: NotificationId, limit: int) -> list[Told]:
    """Who was told what since that notification, oldest first: fan-out alone writes them, so their ids grow as they
    are committed. What is held was told to nobody."""
    return tx.fetch(
        Told, "SELECT id, owner FROM notifications WHERE id > $1 AND NOT held ORDER BY id LIMIT $2", after, limit
    )


def newest(tx: Transaction) -> NotificationId:
    """The newest notification of all, 0 where there is none."""
    return NotificationId(tx.value("SELECT coalesce(max(id), 0) FROM notifications"))


def count_after(tx: Transaction, owner: MicroblogId, after: NotificationId, limit: int, sought: Sought = ALL) -> int:
    """How many there are after that one, counted up to `limit`."""
    if sought == ALL:  # asked for with every page of the web
        return int(
            tx.value(
                "SELECT count(*) FROM (SELECT 1 FROM notifications WHERE owner = $1 AND id > $2 AND NOT held LIMIT $3) "
                "AS counted",
                owner,
                after,
                limit,
            )
        )
    return len(page(tx, owner, Window(above=after), limit, sought))


# -- putting away


def clear(tx: Transaction, owner: MicroblogId) -> int:
    """Forget everything the owner was told, and who waits to be let in."""
    tx.execute("DELETE FROM askers WHERE owner = $1 AND NOT let_in", owner)
    return tx.execute("DELETE FROM notifications WHERE owner = $1", owner)


def dismiss(tx: Transaction, owner: MicroblogId, notification: NotificationId) -> bool:
    """Forget one notification; False where there was none."""
    return bool(tx.execute("DELETE FROM notifications WHERE id = $2 AND owner = $1", owner, notification))


def dismiss_bundle(tx: Transaction, owner: MicroblogId, bundle: str) -> int:
    """Forget what is in a bundle; how much that was."""
    return tx.execute("DELETE FROM notifications WHERE owner = $1 AND bundle = $2 AND bundle <> ''", owner, bundle)


# -- who is to be told


def boosters_here(tx: Transaction, post: PostId, before: Millis) -> list[MicroblogId]:
    """Those kept here who passed the post on before that moment."""
    rows = tx.fetch(
        _one,
        "SELECT b.booster FROM boosts b JOIN microblogs m ON m.id = b.booster "
        "WHERE b.post = $1 AND b.at < $2 AND m.local",
        post,
        before,
    )
    return [MicroblogId(booster) for (booster,) in rows]


def of_admins(tx: Transaction) -> list[MicroblogId]:
    """The oldest microblog of each who runs this node: one that it owns, where it owns any."""
    rows = tx.fetch(
        _one,
        "SELECT coalesce(min(CASE WHEN k.role = 'owner' THEN k.microblog END), min(k.microblog)) "
        "FROM people p JOIN keepers k ON k.person = p.id JOIN microblogs m ON m.id = k.microblog "
        "WHERE p.role = 'admin' AND NOT p.disabled AND NOT m.gone GROUP BY p.id",
    )
    return [MicroblogId(microblog) for (microblog,) in rows]


# -- what the owner wishes

_wishes = json.Decoder(Wishes).decode


def wishes(tx: Transaction, owner: MicroblogId) -> Wishes:
    """How the owner wants notifications treated."""
    value = tx.value("SELECT value FROM notification_wishes WHERE microblog = $1", owner)
    return _wishes(value) if value is not None else Wishes()


def put_wishes(tx: Transaction, owner: MicroblogId, wishes: Wishes) -> None:
    """Replace how the owner wants notifications treated."""
    tx.execute(
        "INSERT INTO notification_wishes (microblog, value) VALUES ($1, $2) "
        "ON CONFLICT (microblog) DO UPDATE SET value = excluded.value",
        owner,
        json.encode(wishes).decode(),
    )
