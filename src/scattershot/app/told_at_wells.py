"""Which wells of others a change made here is brought to, and what of it was said on their wire.

What is said lies here in any case. It is brought to where those read who are to hear of it: whoever is named, answered,
liked or passed on, and, where those who run the node wish it, followers; and private posts to where those have letters
brought for whom they are. How far that goes is a fact in the store, so that a door that was long shut is caught up
with by the same rule.
"""

from typing import NamedTuple

from msgspec import Struct, json

from scattershot.app.apply.origin import House
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.well import Purpose, Telling
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import deliveries, facts, log, posts, signets, wells, wire_ids
from scattershot.wirekit.urls import host_of

MOST_EACH = 3
"""Wells of one person that are told: NIP-65 asks people for two to four."""
MOST_NAMED = 40
"""Wells that hear of one change because of whom it names."""
MOST_FOLLOWERS = 5_000
MOST_FOLLOWED_AT = 200
"""Wells at which followers are told of one change: those at which most of them read."""
_FACT = "wells_told"

_OF_POST = frozenset({Kind.POSTED, Kind.EDITED, Kind.DELETED})
_OF_TARGET = frozenset({Kind.BOOSTED, Kind.UNBOOSTED, Kind.LIKED, Kind.UNLIKED, Kind.FOLLOWED, Kind.UNFOLLOWED})
_TO_FOLLOWERS = frozenset(
    {Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.BOOSTED, Kind.UNBOOSTED, Kind.PROFILE_CHANGED}
)  # fmt: skip


class Rule(Struct, frozen=True):
    """How far telling goes; `own` is our own well, which needs none, `index` those that know about most people."""

    telling: Telling = Telling.MENTIONED
    own: str = ""
    index: tuple[str, ...] = ()


async def settle_rule(database: Database, rule: Rule) -> None:
    """Go by this from now on."""
    text = json.encode(rule).decode()

    def work(tx: Transaction) -> None:
        if facts.get(tx, _FACT) != text:
            facts.put(tx, _FACT, text)

    await database.write(work)


def rule_of(tx: Transaction) -> Rule:
    """What those who run the node wish."""
    known = facts.get(tx, _FACT)
    return json.decode(known, type=Rule) if known is not None else Rule(Telling.HOME)


def hearing_at_wells(tx: Transaction, recorded: Recorded) -> list[deliveries.Hearing]:
    """The wells of others that are to hear of what was done here."""
    if recorded.kind not in _OF_POST | _OF_TARGET | _TO_FOLLOWERS | {Kind.VANISHED}:
        return []
    known = signets.of(tx, recorded.actor, NOSTR)
    if known is None or known.public is None:
        return []
    rule = rule_of(tx)
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    if recorded.kind in _OF_POST and row is not None and row.audience is Audience.MENTIONED:
        if recorded.kind is not Kind.POSTED:
            return []
        return _meet(tx, _used(tx, wells.names_of(tx, posts.hearers(tx, row.id)), Purpose.LETTERS, MOST_NAMED), rule)
    if rule.telling is Telling.HOME or (row is not None and not row.audience.is_open):
        return []
    if recorded.kind is Kind.VANISHED:
        return wells.hearing_at(tx, wells.known(tx, MOST_FOLLOWED_AT))
    addresses = _used(tx, wells.names_of(tx, _concerned(recorded, row, tx)), Purpose.READS, MOST_NAMED)
    if rule.telling is Telling.FOLLOWERS and recorded.kind in _TO_FOLLOWERS:
        followers = wells.followers(tx, recorded.actor, MOST_FOLLOWERS)
        addresses += _used(tx, followers, Purpose.READS, MOST_FOLLOWED_AT)
        addresses += list(rule.index) if recorded.kind is Kind.PROFILE_CHANGED else []
    return _meet(tx, addresses, rule)


def _concerned(recorded: Recorded, row: posts.Row | None, tx: Transaction) -> list[MicroblogId]:
    if recorded.kind in _OF_TARGET:
        return [recorded.target] if recorded.target is not None else []
    if row is None:
        return []
    quoted = posts.get(tx, row.quote) if row.quote is not None else None
    people = [*posts.hearers(tx, row.id), row.reply_author, quoted.author if quoted is not None else None]
    return [microblog for microblog in people if microblog is not None]


def _used(tx: Transaction, names: list[str], purpose: Purpose, most: int) -> list[str]:
    """Where most of them are met, a few wells of each."""
    if not names:
        return []
    counted: dict[str, int] = {}
    each: dict[str, int] = {}
    for use in wells.uses(tx, names, (purpose,)):
        each[use.author] = each.get(use.author, 0) + 1
        if each[use.author] <= MOST_EACH:
            counted[use.address] = counted.get(use.address, 0) + 1
    return sorted(counted, key=lambda address: (-counted[address], address))[:most]


def _meet(tx: Transaction, addresses: list[str], rule: Rule) -> list[deliveries.Hearing]:
    others = [address for address in dict.fromkeys(addresses) if address != rule.own]
    for address in others:
        host = host_of(f"https://{address.partition('://')[2]}")
        if host is not None:
            wells.meet(tx, address, NOSTR, host)
    return wells.hearing_at(tx, others) if others else []


def owe_letters(tx: Transaction, reader: str, addresses: tuple[str, ...], since: int) -> int:
    """Owe the letters that somebody was written to where they have them brought from now on; how many that were."""
    hearing = _meet(tx, list(addresses), rule_of(tx))
    return sum(
        deliveries.add(tx, each.endpoint, each.node, letter.seq, letter.actor)
        for letter in wells.letters_to(tx, reader, since)
        for each in hearing
    )


# -- what was said


class Said(NamedTuple):
    """What a change was said by: whose it is, and what the wire calls the thing that it made, altered or took away."""

    author: str
    name: str = ""
    letters: tuple[bytes, ...] = ()


def said_of(tx: Transaction, recorded: Recorded, address: str, house: House) -> Said | None:
    """How the change was said; None where it was not, or is to be said no more. Of letters, those for that well."""
    known = signets.of(tx, recorded.actor, NOSTR)
    if known is None or known.public is None:
        return None
    if recorded.post is None:
        return Said(known.public)
    row = posts.get(tx, recorded.post)
    if row is not None and row.audience is Audience.MENTIONED:
        return Said(known.public, letters=_letters_at(tx, recorded.post, address))
    name = _name(tx, recorded, recorded.post, house)
    return Said(known.public, name.value) if name is not None else None


def _name(tx: Transaction, recorded: Recorded, post: PostId, house: House) -> WireId | None:
    match recorded.kind:
        case Kind.BOOSTED | Kind.UNBOOSTED:
            boost = recorded.boost
            return wire_ids.of(tx, boost, wire_ids.Thing.BOOST, NOSTR) if boost is not None else None
        case Kind.LIKED:
            return wire_ids.of(tx, recorded.seq, wire_ids.Thing.DEED, NOSTR)
        case Kind.UNLIKED:
            seq = house.addresses.seq_of(recorded.detail.partition(" ")[0])
            return wire_ids.of(tx, seq, wire_ids.Thing.DEED, NOSTR) if seq is not None else None
        case _:
            return wire_ids.of(tx, post, wire_ids.Thing.POST, NOSTR)


def _letters_at(tx: Transaction, post: PostId, address: str) -> tuple[bytes, ...]:
    letters = wells.letters_of(tx, post)
    uses = wells.uses(tx, [letter.reader for letter in letters], (Purpose.LETTERS,))
    there = {use.author for use in uses if use.address == address}
    return tuple(letter.slip for letter in letters if letter.reader in there)


async def was_said(database: Database, recorded: Recorded, reader: str) -> bool:
    """Whether whoever says what is done here has come as far as that change."""
    return await database.read(lambda tx: log.cursor(tx, reader) >= recorded.seq)
