"""What a microblog takes along, page by page: whom it follows, blocks, mutes and lists, what it keeps and likes.

A page goes on after the last place of the one before; places are ids.
"""

from typing import NamedTuple, Protocol

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle
from scattershot.ports.database import Transaction


class Followed(NamedTuple):
    """One that it follows, and how it wishes to hear them."""

    place: MicroblogId
    handle: Handle
    boosts: bool
    notify: bool
    languages: str


def following(tx: Transaction, who: MicroblogId, after: int, limit: int, *, asked: bool = False) -> list[Followed]:
    """Whom it follows; with `asked` those too who have not answered."""
    return tx.fetch(
        lambda place, name, domain, boosts, notify, languages: Followed(
            MicroblogId(place), Handle(name, domain), bool(boosts), bool(notify), languages
        ),
        "SELECT f.followee, m.name, m.domain, f.boosts, f.notify, f.languages FROM follows f "
        "JOIN microblogs m ON m.id = f.followee WHERE f.follower = $1 AND f.followee > $2 "
        f"{'' if asked else 'AND f.accepted '}ORDER BY f.followee LIMIT $3",
        who,
        after,
        limit,
    )


class Named(NamedTuple):
    """A microblog in a list of them."""

    place: MicroblogId
    handle: Handle


def _named(place: int, name: str, domain: str) -> Named:
    return Named(MicroblogId(place), Handle(name, domain))


def followers(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Named]:
    """Who follows it."""
    return tx.fetch(
        _named,
        "SELECT f.follower, m.name, m.domain FROM follows f JOIN microblogs m ON m.id = f.follower "
        "WHERE f.followee = $1 AND f.follower > $2 AND f.accepted ORDER BY f.follower LIMIT $3",
        who,
        after,
        limit,
    )


def blocked(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Named]:
    """Whom it blocks."""
    return tx.fetch(
        _named,
        "SELECT b.blocked, m.name, m.domain FROM blocks b JOIN microblogs m ON m.id = b.blocked "
        "WHERE b.blocker = $1 AND b.blocked > $2 ORDER BY b.blocked LIMIT $3",
        who,
        after,
        limit,
    )


class Muted(NamedTuple):
    """One that it mutes; `notifications`: nor is it told what they do."""

    place: MicroblogId
    handle: Handle
    notifications: bool


def muted(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Muted]:
    """Whom it mutes for good; what ends by itself is not taken along."""
    return tx.fetch(
        lambda place, name, domain, notifications: Muted(MicroblogId(place), Handle(name, domain), bool(notifications)),
        "SELECT u.muted, m.name, m.domain, u.notifications FROM mutes u JOIN microblogs m ON m.id = u.muted "
        "WHERE u.muter = $1 AND u.muted > $2 AND u.expires IS NULL ORDER BY u.muted LIMIT $3",
        who,
        after,
        limit,
    )


class Shunned(NamedTuple):
    """A domain that it shuns; the place is the moment."""

    place: int
    domain: str


def shunned(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Shunned]:
    """The domains it shuns; no two since the same moment."""
    return tx.fetch(
        Shunned,
        "SELECT at, domain FROM shunned WHERE microblog = $1 AND at > $2 ORDER BY at LIMIT $3",
        who,
        after,
        limit,
    )


def listed(tx: Transaction, list_id: int, after: int, limit: int) -> list[Named]:
    """Who is in one of its lists."""
    return tx.fetch(
        _named,
        "SELECT l.member, m.name, m.domain FROM list_members l JOIN microblogs m ON m.id = l.member "
        "WHERE l.list = $1 AND l.member > $2 ORDER BY l.member LIMIT $3",
        list_id,
        after,
        limit,
    )


class Marked(NamedTuple):
    """A post that it keeps or likes, and what the wire calls it."""

    place: int
    post: PostId
    uri: str


class ReadMarked(Protocol):
    """Reads a page of such posts."""

    def __call__(self, tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Marked]:
        """The page."""
        ...


def kept(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Marked]:
    """What it keeps."""
    return tx.fetch(
        Marked,
        "SELECT b.id, b.post, w.value FROM bookmarks b JOIN posts p ON p.id = b.post AND NOT p.gone "
        "JOIN wire_ids w ON w.thing = b.post AND w.kind = 'post' AND w.protocol = 'activitypub' "
        "WHERE b.microblog = $1 AND b.id > $2 ORDER BY b.id LIMIT $3",
        who,
        after,
        limit,
    )


def liked(tx: Transaction, who: MicroblogId, after: int, limit: int) -> list[Marked]:
    """What it likes, without an emoji."""
    return tx.fetch(
        Marked,
        "SELECT l.place, l.post, w.value FROM likes l JOIN posts p ON p.id = l.post AND NOT p.gone "
        "JOIN wire_ids w ON w.thing = l.post AND w.kind = 'post' AND w.protocol = 'activitypub' "
        "WHERE l.liker = $1 AND l.place > $2 AND l.emoji = '' ORDER BY l.place LIMIT $3",
        who,
        after,
        limit,
    )


def boosts(tx: Transaction, who: MicroblogId, before: int, limit: int) -> list[PostId]:
    """What it passed on, for whomever; the newest first."""
    rows = tx.fetch(
        _one, "SELECT id FROM boosts WHERE booster = $1 AND id < $2 ORDER BY id DESC LIMIT $3", who, before, limit
    )
    return [PostId(boost) for (boost,) in rows]


def _one(value: int) -> tuple[int]:
    return (value,)


def files(tx: Transaction, who: MicroblogId, after: str, limit: int) -> list[str]:
    """The files of what its posts show, by name."""
    rows = tx.fetch(
        _text,
        "SELECT f.name FROM uploads u JOIN media_files f ON f.upload = u.id "
        "WHERE u.owner = $1 AND u.purpose = 'post' AND u.post IS NOT NULL AND f.name > $2 ORDER BY f.name LIMIT $3",
        who,
        after,
        limit,
    )
    return [name for (name,) in rows]


def _text(value: str) -> tuple[str]:
    return (value,)
