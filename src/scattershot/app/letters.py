"""Letters: private posts of here on a wire of slips, sealed for each of those there whom they name.

A reader of the change log, as `uttering` is: the sealed slips and how far it came are one transaction. They lie here,
for their readers alone, and are owed to where those have letters brought; who moves is brought them there as well.
"""

import secrets
from collections.abc import Sequence

from scattershot.app.signets import Signets
from scattershot.app.told_at_wells import owe_letters
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.slip import Slip, seconds
from scattershot.domain.well import Purpose, Whereabouts
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Database, Transaction
from scattershot.ports.letters import CHANCE_BYTES, Draft, Sealer, room_of
from scattershot.ports.slips import Signet
from scattershot.storage.tables import microblogs, posts, slips, wells, wire_ids
from scattershot.storage.tables.wells import Letter

KEPT_FOR = 30 * 86_400
"""Seconds for which somebody who has letters brought elsewhere from now on is brought those from before, too."""
_FIRST = frozenset({Kind.POSTED, Kind.BOOSTED, Kind.LIKED, Kind.PROFILE_CHANGED, Kind.FOLLOWED})

_FOLLOWS = frozenset({Kind.FOLLOWED, Kind.FOLLOW_ACCEPTED, Kind.UNFOLLOWED, Kind.FOLLOW_REJECTED})


class Letters:
    """The reader that seals private posts; it says too where letters to microblogs of here are brought."""

    name = "letters"

    def __init__(self, sealer: Sealer, signets: Signets) -> None:
        self._sealer, self._signets = sealer, signets
        self._said: list[Slip] = []
        self._unknown: set[str] = set()
        self._with_box: set[MicroblogId] = set()
        self.others_are_followed = False
        """Whether somebody came to be followed, or is no more, since this was set to False."""

    def take(self) -> list[Slip]:
        """What was put among the slips since this was asked last, for those who listen."""
        said, self._said = self._said, []
        return said

    def take_unknown(self) -> set[str]:
        """Readers of whom it is not known where they have letters brought, since this was asked last."""
        unknown, self._unknown = self._unknown, set()
        return unknown

    async def tend(self, database: Database, now: Millis) -> None:
        """Say of every microblog that speaks there where its letters are brought, where that was not said yet."""

        def lacking(tx: Transaction) -> list[MicroblogId]:
            every = wells.own(tx, self._sealer.name)
            return [each.microblog for each in every if not self._has_letterbox(tx, each.name)]

        def work(tx: Transaction) -> list[Slip]:
            rows = (microblogs.get(tx, microblog) for microblog in found)
            return [slip for row in rows if row is not None for slip in self._letterbox(tx, row, now)]

        if found := await database.read(lacking):
            self._said += await database.write(work)

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Seal what is for some there alone."""
        said: list[Slip] = []
        self.others_are_followed |= any(recorded.kind in _FOLLOWS for recorded in batch)
        for recorded in batch:
            if not recorded.local:
                continue
            if recorded.kind in _FIRST and recorded.actor not in self._with_box:
                said += self._letterbox_of(tx, recorded.actor, now)
            if recorded.kind is Kind.POSTED and recorded.post is not None:
                said += self._sealed(tx, recorded, recorded.post, now)
            elif recorded.kind is Kind.DELETED and recorded.post is not None:
                _take_back(tx, recorded.post)
        self._said += said

    # -- where letters are brought

    def _has_letterbox(self, tx: Transaction, public: str) -> bool:
        return slips.moment_at(tx, self._sealer.letterbox_place(public)) is not None

    def _letterbox_of(self, tx: Transaction, microblog: MicroblogId, now: Millis) -> list[Slip]:
        row = microblogs.get(tx, microblog)
        made = self._letterbox(tx, row, now) if row is not None else []
        public = self._signets.public(tx, microblog)
        if not made and public is not None and self._has_letterbox(tx, public):
            self._with_box.add(microblog)  # only once it is on disk, which the transaction that made it cannot know
        return made

    def _letterbox(self, tx: Transaction, row: microblogs.Row, now: Millis) -> list[Slip]:
        """Never where it was said before: its owner may have said it in another program, and meant another place."""
        public = self._signets.public(tx, row.id)
        if public is not None and self._has_letterbox(tx, public):
            return []
        speaking = self._signets.speaking(tx, row)
        signet = (speaking.signet or self._signets.make(tx, row.id)) if speaking.speaks else None
        if signet is None:
            return []
        slip = self._sealer.letterbox(signet.secret, seconds(now), secrets.token_bytes(32))
        slips.put(tx, [slip], seconds(now))
        return [slip]

    # -- sealing

    def _sealed(self, tx: Transaction, recorded: Recorded, post_id: PostId, now: Millis) -> list[Slip]:
        row = posts.get(tx, post_id)
        author = microblogs.get(tx, recorded.actor)
        if row is None or row.gone or row.audience is not Audience.MENTIONED or author is None:
            return []
        hearers = posts.hearers(tx, post_id)
        readers = wells.names_of(tx, hearers)
        speaking = self._signets.speaking(tx, author) if readers else None
        if speaking is None or not speaking.speaks or speaking.signet is None:
            return []
        signet = speaking.signet
        draft = self._draft(tx, row.post, row.reply_to, hearers, signet.public)
        if not wire_ids.add(tx, WireId(self._sealer.name, draft.name), wire_ids.Thing.POST, post_id):
            return []
        return self._put(tx, draft, readers, signet, recorded, post_id, now)

    def _draft(
        self, tx: Transaction, post: Post, reply_to: PostId | None, hearers: list[MicroblogId], public: str
    ) -> Draft:
        parent = self._name(tx, reply_to, wire_ids.Thing.POST) if reply_to is not None else None
        named = {hearer: self._name(tx, hearer, wire_ids.Thing.MICROBLOG) for hearer in hearers}
        to = [name for name in named.values() if name is not None and name != public]
        names: dict[WireId, str] = {}
        for mention in post.mentions:
            microblog = wire_ids.find_as(tx, mention.id, wire_ids.Thing.MICROBLOG)
            name = named.get(MicroblogId(microblog)) if microblog is not None else None
            if name is not None:
                names[mention.id] = name
        return self._sealer.draft(post, to, parent, public, names)

    def _name(self, tx: Transaction, thing: int, kind: wire_ids.Thing) -> str | None:
        name = wire_ids.of(tx, thing, kind, self._sealer.name)
        return name.value if name is not None else None

    def _put(
        self, tx: Transaction, draft: Draft, readers: list[str], signet: Signet, recorded: Recorded, post: PostId,
        now: Millis,
    ) -> list[Slip]:  # fmt: skip
        """For each of the readers, and one for the author, so that their other programs have it too."""
        at = seconds(now)
        sealed = {
            reader: self._sealer.seal(draft, reader, signet.secret, at, secrets.token_bytes(CHANCE_BYTES))
            for reader in [*readers, signet.public]
        }
        slips.put(tx, list(sealed.values()), at)
        for reader in readers:
            wells.put_letter(tx, Letter(post, reader, sealed[reader].id, recorded.seq, recorded.actor, at))
        wells.put_last_in_room(tx, room_of(draft.parties), draft.name, draft.at)
        met = {use.author for use in wells.uses(tx, readers, (Purpose.LETTERS,))}
        self._unknown |= set(readers) - met
        return list(sealed.values())


def _take_back(tx: Transaction, post: PostId) -> None:
    """What lies here goes; what was brought elsewhere nobody can take away."""
    letters = wells.letters_of(tx, post)
    if letters:
        slips.drop(tx, [letter.slip for letter in letters])
        wells.drop_letters(tx, post)


def bring_after(tx: Transaction, told: Whereabouts, now: Millis) -> int:
    """Somebody has letters brought elsewhere from now on: what was written to them goes there as well."""
    return owe_letters(tx, told.author, told.letters or (), seconds(now) - KEPT_FOR)
