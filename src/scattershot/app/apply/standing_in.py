"""Stand-ins: what we show on ActivityPub in place of a post of another wire, so that it can be passed on and answered.

Only what somebody here passed on or answered gets one, with the posts above it; never what says that it came from
ActivityPub: that is passed on by its own name. A stand-in is told to nobody: it is there for those who come to see.
"""

from scattershot.app.apply.origin import House, Origin
from scattershot.domain.ids import PostId
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind
from scattershot.domain.wire_id import ACTIVITYPUB, FEEDS
from scattershot.ports.database import Transaction
from scattershot.storage.tables import log, microblogs, posts, wire_ids

MOST_ABOVE = 20
"""Posts above one that is answered that can be seen as well."""
_MOST_BOOSTS = 500


def stand_in(tx: Transaction, row: posts.Row, house: House) -> None:
    """Give the post, and those above it, a name on ActivityPub where they have none."""
    found: posts.Row | None = row
    for _ in range(MOST_ABOVE):
        if found is None or found.local or found.gone or not _needs_one(tx, found):
            return
        wire_ids.add(tx, house.addresses.wire_id(house.addresses.post(found.id)), wire_ids.Thing.STAND_IN, found.id)
        author = house.addresses.wire_id(house.addresses.microblog(found.author))
        wire_ids.add(tx, author, wire_ids.Thing.SHADOW, found.author)
        found = posts.get(tx, found.reply_to) if found.reply_to is not None else None


def _needs_one(tx: Transaction, row: posts.Row) -> bool:
    if row.audience is not Audience.PUBLIC or wire_ids.of(tx, row.id, wire_ids.Thing.STAND_IN) is not None:
        return False
    names = {name.protocol for name in wire_ids.own_names(tx, row.id, wire_ids.Thing.POST)}
    original = row.post.copy_of
    return not names & {ACTIVITYPUB, FEEDS} and (original is None or original.protocol != ACTIVITYPUB)


def taken_back_elsewhere(tx: Transaction, row: posts.Row, origin: Origin) -> None:
    """Its author takes back a post for which something stands in: whoever passed it on here says that they do not."""
    if row.local or wire_ids.of(tx, row.id, wire_ids.Thing.STAND_IN) is None:
        return
    for boost in posts.boosts_of(tx, row.id, _MOST_BOOSTS):
        booster = microblogs.stand_of(tx, boost.booster)
        if booster is not None and booster.local:
            _unboost(tx, row, boost, origin)


def _unboost(tx: Transaction, row: posts.Row, boost: posts.Boost, origin: Origin) -> None:
    name = wire_ids.of(tx, PostId(boost.id), wire_ids.Thing.BOOST)
    posts.drop_boost(tx, boost)
    log.append(
        tx, origin.now, Kind.UNBOOSTED, boost.booster, local=True, via=origin.via, post=row.id, target=row.author,
        boost=boost.id, detail=name.value if name is not None else "",
    )  # fmt: skip
