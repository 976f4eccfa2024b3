"""Uttering: what microblogs of here do, said on a wire of slips as well.

A reader of the change log: the slips of a batch, the names that things have by them, and how far it came are written in
one transaction. So a kill loses nothing, and nothing is said twice. What is said is then told to those who listen.
"""

import secrets
from collections.abc import Sequence

from scattershot.app.apply.origin import House
from scattershot.app.retell import retell
from scattershot.app.signets import Signets
from scattershot.domain.change import Boosted, Change, Deleted, Edited, Posted, ProfileChanged, Vanished, Voted
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.slip import Slip, seconds
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.ports.slips import Known, Signet, Surroundings, Uttered, Utterer, referred_to
from scattershot.storage.tables import far_keys, microblogs, posts, signets, slips, slips_found, wire_ids

_FOLLOWS = frozenset({Kind.UNFOLLOWED, Kind.FOLLOW_ACCEPTED, Kind.FOLLOW_REJECTED})
_SAID = _FOLLOWS | {
    Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.BOOSTED, Kind.UNBOOSTED, Kind.LIKED, Kind.UNLIKED,
    Kind.PROFILE_CHANGED, Kind.VANISHED, Kind.VOTED,
}  # fmt: skip

_FIRST = frozenset({Kind.POSTED, Kind.BOOSTED, Kind.LIKED, Kind.PROFILE_CHANGED})
"""With these a microblog begins to speak."""
_TAKEN_BACK = frozenset({Kind.DELETED, Kind.UNBOOSTED, Kind.UNLIKED, Kind.VANISHED})
"""These are said by whoever speaks no more, too: of what it said while it did."""


class Uttering:
    """The reader that says on one wire of slips what is done here."""

    name = "uttering"

    def __init__(self, utterer: Utterer, signets_: Signets, house: House) -> None:
        self._utterer, self._signets, self._house = utterer, signets_, house
        self._said: list[Slip] = []

    def take(self) -> list[Slip]:
        """What was said since this was asked last, for those who listen."""
        said, self._said = self._said, []
        return said

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Say what is to be said of these changes."""
        said: list[Slip] = []
        for recorded in batch:
            if recorded.kind in _SAID:
                said += self._say(tx, recorded, now)
        self._said += said

    def _say(self, tx: Transaction, recorded: Recorded, now: Millis) -> list[Slip]:
        actor = _speaker(recorded)
        row = microblogs.get(tx, actor) if actor is not None else None
        if actor is None or row is None or not row.local:
            return []
        speaks, signet = self._signets.speaking(tx, row)
        if recorded.kind not in _TAKEN_BACK and not speaks:
            return []
        if signet is None:
            signet = self._signets.far(tx, actor)
        if signet is None and recorded.kind in _FIRST and not row.gone:
            signet = self._signets.make(tx, actor)
        if signet is None:
            return []
        first = self._introduced(tx, recorded, row, signet, now) if recorded.kind in _FIRST else []
        if first and recorded.kind is Kind.PROFILE_CHANGED:
            return first
        return first + self._put(tx, self._uttered(tx, recorded, row, signet), recorded, now)

    def _introduced(
        self, tx: Transaction, recorded: Recorded, row: microblogs.Row, signet: Signet, now: Millis
    ) -> list[Slip]:
        """Whoever says something for the first time says who it is."""
        place = self._utterer.introduction_place(signet.public)
        if slips.moment_at(tx, place) is not None or (not signet.secret and far_keys.waits_at(tx, row.id, place)):
            return []
        at = seconds(recorded.at)
        presented = ProfileChanged(actor=row.profile.id, profile=row.profile)
        uttered = self._utterer.utter(presented, Surroundings(), signet, at, secrets.token_bytes(32))
        all_of_it = [self._utterer.introduction(signet, at, secrets.token_bytes(32)), uttered]
        return [slip for each in all_of_it for slip in self._put(tx, each, recorded, now)]

    def _uttered(self, tx: Transaction, recorded: Recorded, row: microblogs.Row, signet: Signet) -> Uttered | None:
        if recorded.kind in _FOLLOWS:
            return self._follows(tx, recorded, row, signet)
        telling = retell(tx, recorded, self._house)
        change = telling.change if telling is not None else None
        if recorded.kind is Kind.VANISHED:
            change = Vanished(actor=row.profile.id)
        if change is None or not _is_open(tx, change, recorded):
            return None
        around = self._around(tx, change, recorded, signet.public)
        if around is None:
            return None
        at = seconds(recorded.at)
        if isinstance(change, Posted):
            at = seconds(change.post.published)
        return self._utterer.utter(change, around, signet, at, secrets.token_bytes(32))

    def _follows(self, tx: Transaction, recorded: Recorded, row: microblogs.Row, signet: Signet) -> Uttered | None:
        other = recorded.actor if recorded.target == row.id else recorded.target
        named = wire_ids.of(tx, other, wire_ids.Thing.MICROBLOG, self._utterer.name) if other is not None else None
        if row.profile.hides_graph or named is None:
            return None
        names = tuple(signets.followed_names(tx, row.id, self._utterer.name))
        last = slips.moment_at(tx, self._utterer.follows_place(signet.public))
        if last is None and not names:
            return None
        around = Surroundings(follows=names, last=last)
        return self._utterer.follows(around, signet, seconds(recorded.at), secrets.token_bytes(32))

    def _put(self, tx: Transaction, uttered: Uttered | None, recorded: Recorded, now: Millis) -> list[Slip]:
        """Keep it with the name that the thing has by it; nothing where it has one already."""
        if uttered is None:
            return []
        if uttered.name and not self._named(tx, WireId(self._utterer.name, uttered.name), recorded):
            return []
        if uttered.unsigned:
            slip = uttered.slip
            far_keys.wait(tx, _voice(recorded), self._utterer.name, slip.place, slip.body, now)
            return []
        slips.put(tx, [uttered.slip], seconds(now))
        return [uttered.slip]

    def _named(self, tx: Transaction, name: WireId, recorded: Recorded) -> bool:
        match recorded.kind:
            case Kind.POSTED if recorded.post is not None:
                return wire_ids.add(tx, name, wire_ids.Thing.POST, recorded.post)
            case Kind.EDITED if recorded.post is not None:
                return wire_ids.find_as(tx, name, wire_ids.Thing.POST) == recorded.post
            case Kind.BOOSTED if recorded.boost is not None:
                return wire_ids.add(tx, name, wire_ids.Thing.BOOST, recorded.boost)
            case _:
                return wire_ids.add(tx, name, wire_ids.Thing.DEED, recorded.seq)

    # -- what the wire calls what is spoken of

    def _around(self, tx: Transaction, change: Change, recorded: Recorded, public: str) -> Surroundings | None:
        """None where what it speaks of is not known on the wire, so that nobody there would know what is meant."""
        place = self._utterer.place(change, public)
        last = slips.moment_at(tx, place) if place is not None else None
        match change:
            case Posted(post=post) | Edited(post=post) if recorded.post is not None:
                return self._around_post(tx, post, recorded.post, last)
            case ProfileChanged() | Vanished():
                return Surroundings(last=last)
            case Voted() if recorded.post is not None:
                return self._around_vote(tx, recorded.post, recorded.actor)
            case _ if recorded.post is not None:
                about = self._known(tx, recorded.post)
                undone = self._undone(tx, recorded)
                return Surroundings(about=about, undone=undone) if about is not None else None
            case _:
                return None

    def _around_post(self, tx: Transaction, post: Post, post_id: PostId, last: int | None) -> Surroundings | None:
        people = self._people(tx, post)
        if post.reply_to is None and post.quote is None:
            return Surroundings(people=people, last=last)
        row = posts.get(tx, post_id)
        if row is None:
            return None
        parent = self._known(tx, row.reply_to) if row.reply_to is not None else None
        if post.reply_to is not None and parent is None:
            return None
        root = self._known(tx, row.thread) if row.thread != row.id else None
        quote = self._known(tx, row.quote) if row.quote is not None else None
        return Surroundings(root=root, parent=parent, quote=quote, people=people, last=last)

    def _around_vote(self, tx: Transaction, poll: PostId, voter: MicroblogId) -> Surroundings | None:
        """None for a poll of here: what is chosen in that is nobody's business."""
        row, about = posts.get(tx, poll), self._known(tx, poll)
        asked = row.post.poll if row is not None and not row.gone and not row.local else None
        if asked is None or about is None:
            return None
        choices = sorted(posts.votes_of(tx, poll, voter))
        return Surroundings(about=about, choices=tuple(asked.options[place].text for place in choices))

    def _people(self, tx: Transaction, post: Post) -> dict[WireId, str]:
        """Whoever the post names, as the wire calls them."""
        people = {}
        for wire_id in referred_to(post):
            microblog = wire_ids.find_as(tx, wire_id, wire_ids.Thing.MICROBLOG)
            name = (
                wire_ids.of(tx, microblog, wire_ids.Thing.MICROBLOG, self._utterer.name)
                if microblog is not None
                else None
            )
            if name is not None:
                people[wire_id] = name.value
        return people

    def _known(self, tx: Transaction, post: PostId) -> Known | None:
        row = posts.get(tx, post)
        name = wire_ids.of(tx, post, wire_ids.Thing.POST, self._utterer.name)
        if row is None or name is None:
            return None
        author = wire_ids.of(tx, row.author, wire_ids.Thing.MICROBLOG, self._utterer.name)
        return Known(name.value, author.value, slips_found.body_of(tx, name.value)) if author is not None else None

    def _undone(self, tx: Transaction, recorded: Recorded) -> str:
        thing: int | None = None
        kind = wire_ids.Thing.DEED
        if recorded.kind is Kind.UNBOOSTED:
            thing, kind = recorded.boost, wire_ids.Thing.BOOST
        elif recorded.kind is Kind.UNLIKED:
            thing = self._house.addresses.seq_of(recorded.detail.partition(" ")[0])
        name = wire_ids.of(tx, thing, kind, self._utterer.name) if thing is not None else None
        return name.value if name is not None else ""


def _speaker(recorded: Recorded) -> MicroblogId | None:
    """Whose slip it would be: an answer to a wish alters whom the one who wished follows."""
    if recorded.kind in (Kind.FOLLOW_ACCEPTED, Kind.FOLLOW_REJECTED):
        return recorded.target
    return recorded.actor if recorded.local else None


def _voice(recorded: Recorded) -> MicroblogId:
    speaker = _speaker(recorded)
    assert speaker is not None
    return speaker


def _is_open(tx: Transaction, change: Change, recorded: Recorded) -> bool:
    """Whether it is for everybody: nothing else leaves by this way."""
    match change:
        case Posted(post=post) | Edited(post=post):
            return post.audience is Audience.PUBLIC
        case Boosted(audience=audience) if audience is not Audience.PUBLIC:
            return False
        case Deleted() | ProfileChanged() | Vanished():
            return True
        case _:
            row = posts.get(tx, recorded.post) if recorded.post is not None else None
            return row is not None and row.audience.is_open
