"""Events read as changes; nothing is looked up, and what means nothing to the house is `Ignored`."""

from typing import NamedTuple

from scattershot.domain.change import (
    Boosted,
    Change,
    Deleted,
    Edited,
    Liked,
    Posted,
    ProfileChanged,
    Undone,
    Vanished,
    Voted,
)
from scattershot.domain.emoji import emoji_in, shortcode_in
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Changes, Ignored, Reading, Refused
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.slips import Glance
from scattershot.protocols.nostr.translate.letters import MOST_READERS, read_letter
from scattershot.protocols.nostr.translate.notes_in import article_in, copied, note_in, profile_in
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.translate.polls import answers_in, poll_in
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Wrong, is_name, read_event
from scattershot.protocols.nostr.wire.readings import expiry, place, vanishes_from

MEANINGFUL = frozenset(
    {
        kinds.PROFILE, kinds.NOTE, kinds.CONTACTS, kinds.DELETION, kinds.REPOST, kinds.REACTION, kinds.GENERIC_REPOST,
        kinds.VANISH, kinds.COMMENT, kinds.ARTICLE, kinds.POLL, kinds.POLL_RESPONSE,
    }
)  # fmt: skip
MOST_NAMED = 200
"""Tags of one event by which it is seen whether it concerns anybody here."""
MOST_FOLLOWED = 10_000
MOST_DELETED = 100


class Where(NamedTuple):
    """The node that reads: its relay's address and its origin on the web."""

    relay: str
    origin: str
    plain: bool = False
    """Whether relays without TLS are dealt with."""


def named(value: str) -> WireId:
    """A key, id or coordinates as a wire id."""
    return WireId(NOSTR, value)


def glance_at(event: Event, where: Where) -> Glance | None:
    """What the event is about at a glance; None for kinds that mean nothing here."""
    if event.kind == kinds.GIFT_WRAP:
        readers = (named(value) for value in event.values("p")[:MOST_READERS] if is_name(value))
        return Glance(named(event.pubkey), sealed_to=tuple(dict.fromkeys(readers)))
    if event.kind not in MEANINGFUL or (event.kind == kinds.VANISH and not vanishes_from(event, where.relay)):
        return None
    author = named(event.pubkey)
    if event.kind == kinds.CONTACTS:
        people = tuple(named(key) for key in event.values("p")[:MOST_FOLLOWED] if is_name(key))
        return Glance(author, follows=tuple(dict.fromkeys(people)))
    names = [tag[1] for tag in event.tags if len(tag) > 1 and tag[0] in ("p", "e", "a", "q", "E", "A")]
    own = place(event) or event.id
    return Glance(author, tuple(map(named, dict.fromkeys([own, *names[:MOST_NAMED]]))), copy_of=copied(event))


def read(body: bytes, where: Where) -> Reading:
    """What the event's JSON says; that it is genuine was seen when it was taken."""
    event = read_event(body)
    if isinstance(event, Wrong):
        return read_letter(body, where.origin) or Refused("not_an_event", event.why)
    return changes_of(event, where)


def changes_of(event: Event, where: Where) -> Reading:
    """What became so by the event."""
    made = _changes(event, where)
    if isinstance(made, str):
        return Ignored(made)
    return Changes(tuple(made), event.id)


def _changes(event: Event, where: Where) -> list[Change] | str:
    actor, this = named(event.pubkey), named(event.id)
    if expiry(event) is not None:
        return "passing"
    if (original := copied(event)) is not None and original.value.startswith(f"{where.origin}/"):
        return "ours"
    match event.kind:
        case kinds.PROFILE:
            return [ProfileChanged(actor=actor, id=this, profile=profile_in(event, where.origin))]
        case kinds.NOTE | kinds.COMMENT:
            return [Posted(actor=actor, id=this, post=note_in(event, where.origin))]
        case kinds.POLL:
            return [Posted(actor=actor, id=this, post=poll_in(event, note_in(event, where.origin)))]
        case kinds.POLL_RESPONSE:
            return _votes(event, actor, this)
        case kinds.ARTICLE:
            return [Edited(actor=actor, id=this, post=article_in(event, where.origin))]
        case kinds.REPOST | kinds.GENERIC_REPOST:
            about = _about(event)
            at = Millis(event.created_at * 1000)
            return [Boosted(actor=actor, id=this, post=named(about), at=at)] if about else "nothing_named"
        case kinds.REACTION:
            return _reaction(event, actor, this)
        case kinds.DELETION:
            return _deletion(event, actor)
        case kinds.VANISH if vanishes_from(event, where.relay):
            return [Vanished(actor=actor, id=this)]
        case _:
            return "no_meaning"


def _about(event: Event) -> str | None:
    """What a repost or a reaction is about: coordinates before an id, and of several the last (NIP-25)."""
    places = [value for value in event.values("a") if is_place(value)]
    ids = [value for value in event.values("e") if is_name(value)]
    found = places or ids
    return found[-1] if found else None


def _reaction(event: Event, actor: WireId, this: WireId) -> list[Change] | str:
    about, said = _about(event), event.content.strip()
    if about is None:
        return "nothing_named"
    if said == "-":
        return "dislike"
    shortcode = shortcode_in(said)
    picture = next((tag[2] for tag in event.tags if len(tag) > 2 and tag[:2] == ["emoji", shortcode]), "")
    if shortcode and not picture.startswith(("https://", "http://")):
        return [Liked(actor=actor, id=this, post=named(about))]
    emoji = f":{shortcode}:" if shortcode else emoji_in(said)
    return [Liked(actor=actor, id=this, post=named(about), emoji=emoji, picture=picture if shortcode else "")]


def _votes(event: Event, actor: WireId, this: WireId) -> list[Change] | str:
    """Every answer that it chooses; of a poll for one answer the first counts (NIP-88)."""
    poll = next((value for value in event.values("e") if is_name(value)), None)
    chosen = answers_in(event)
    if poll is None or not chosen:
        return "nothing_named"
    return [Voted(actor=actor, id=this, post=named(poll), option=option) for option in chosen]


def _deletion(event: Event, actor: WireId) -> list[Change] | str:
    """An id may be that of a post, a boost or a like; `k` often says which (NIP-09)."""
    asked = set(event.values("k"))
    marks = {str(kinds.REPOST), str(kinds.GENERIC_REPOST), str(kinds.REACTION)}
    found: list[Change] = []
    for name in [name for name in event.values("e") if is_name(name)][:MOST_DELETED]:
        if not asked or asked & marks:
            found.append(Undone(actor=actor, change=named(name)))
        if not asked or asked - marks:
            found.append(Deleted(actor=actor, post=named(name)))
    own = [name for name in event.values("a") if is_place(name) and name.split(":", 2)[1] == event.pubkey]
    found += [Deleted(actor=actor, post=named(name)) for name in own[:MOST_DELETED]]
    return found or "nothing_named"
