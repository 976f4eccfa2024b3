"""What somebody missed: a timeline of what mattered while they were away. The order is that of `domain.missed`."""

from typing import NamedTuple

from scattershot.app.reading import readable
from scattershot.domain.ids import MicroblogId, Millis, PostId, snowflake
from scattershot.domain.missed import Came, Told, in_words, what_mattered
from scattershot.domain.window import Window
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import markers, microblogs, missed, posts, relations

LOOKED_AT = 800
"""Entries of the home timeline that are looked at: as many as it keeps."""
DEFAULT = 86_400_000
"""Where nobody says since when, nor an app ever did: the last day."""


class Matter(NamedTuple):
    """A post that mattered: its entry at home (a boost's id where it came by one), the post, and why, in sentences."""

    entry: PostId
    post: PostId
    weight: float
    reasons: tuple[str, ...]


class Missed(NamedTuple):
    """What mattered since an id, in its order."""

    since: PostId
    matters: list[Matter]


class WhileAway:
    """Tells what happened meanwhile."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def missed(self, viewer: MicroblogId, since: PostId | None = None) -> Missed:
        """What mattered since that entry or moment (as a snowflake), by itself since what the viewer looked at last."""
        now = self._clock.now()
        return await self._database.read(lambda tx: _missed(tx, viewer, since, now), slow=True)


def moment(at: Millis) -> PostId:
    """A moment as what entries are compared with."""
    return PostId(snowflake(at, 0))


def _missed(tx: Transaction, viewer: MicroblogId, since: PostId | None, now: Millis) -> Missed:
    looked_at = PostId(markers.place(tx, viewer, markers.HOME))
    start = since or looked_at or moment(Millis(now - DEFAULT))
    found = [at for at in posts.at_home(tx, viewer, Window(above=start), LOOKED_AT) if at.row.author != viewer]
    deeds = missed.deeds(tx, viewer, [at.row.id for at in found]) if found else []
    may = {row.id for row in readable(tx, [at.row for at in found], viewer)}
    people = {at.row.author for at in found} | {deed.who for deed in deeds}
    hidden = relations.hidden_among(tx, viewer, list(people), now) if people else set()
    found = [at for at in found if at.row.id in may and at.row.author not in hidden]
    told = what_mattered(_came(tx, viewer, found, [deed for deed in deeds if deed.who not in hidden]))
    names = _names(tx, {each for one in told for reason in one.reasons for each in reason.who})
    return Missed(start, [_matter(one, names) for one in told])


def _came(tx: Transaction, viewer: MicroblogId, found: list[posts.AtHome], deeds: list[missed.Deed]) -> list[Came]:
    ids = [at.row.id for at in found]
    named = posts.for_by_name(tx, viewer, ids) if ids else set()
    authors = {at.row.id: at.row.author for at in found}
    did: dict[tuple[PostId, str], set[MicroblogId]] = {}
    for deed in deeds:
        if authors.get(deed.post) != deed.who:
            did.setdefault((deed.post, deed.what), set()).add(deed.who)

    def who(post: PostId, what: str) -> tuple[MicroblogId, ...]:
        return tuple(sorted(did.get((post, what), ())))

    return [
        Came(
            entry=at.entry,
            post=at.row.id,
            author=at.row.author,
            names=at.row.id in named,
            answers=at.row.reply_author == viewer,
            boosters=who(at.row.id, "boosted"),
            answerers=who(at.row.id, "answered"),
            likers=who(at.row.id, "liked"),
            marks=at.row.likes + at.row.boosts,
        )
        for at in found
    ]


def _names(tx: Transaction, people: set[MicroblogId]) -> dict[MicroblogId, str]:
    rows = microblogs.get_many(tx, list(people)) if people else {}
    return {number: row.profile.title for number, row in rows.items() if not row.gone}


def _matter(told: Told, names: dict[MicroblogId, str]) -> Matter:
    return Matter(told.came.entry, told.came.post, told.weight, tuple(in_words(why, names) for why in told.reasons))
