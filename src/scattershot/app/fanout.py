"""Fan-out: from a change to home timelines and notifications here."""

from collections.abc import Sequence

from scattershot.app import notifying
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.homes import come_home, follow_on
from scattershot.domain.change import Followed, Unfollowed
from scattershot.domain.follows import wants
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.notification import Told
from scattershot.domain.post import Audience
from scattershot.domain.quote import QuoteState
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Transaction
from scattershot.storage.tables import (
    followed_tags,
    microblogs,
    notifications,
    posts,
    quotes,
    relations,
    timelines,
    wire_ids,
    wishes,
)
from scattershot.storage.tables.relations import Follow

NEWS_FOR = 7 * 86_400_000
"""Milliseconds for which a post is news to whoever wants to be told of each: what is older came by catching up."""


class Fanout:
    """The reader that writes home timelines and notifications."""

    name = "fanout"

    def __init__(self, house: House) -> None:
        self._house = house

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Spread the changes; every row is written at most once however often this runs."""
        written = [recorded for recorded in batch if recorded.kind is Kind.POSTED]
        wished = _wishes(tx, written) if written else {}
        for recorded in batch:
            self._spread(tx, recorded, now, wished)

    def _spread(
        self, tx: Transaction, recorded: Recorded, now: Millis, wished: dict[MicroblogId, list[Follow]]
    ) -> None:
        match recorded.kind:
            case Kind.POSTED:
                _posted(tx, recorded, now, wished.get(recorded.actor, []))
            case Kind.EDITED:
                _edited(tx, recorded)
            case Kind.DELETED:
                _deleted(tx, recorded)
            case Kind.BOOSTED:
                _boosted(tx, recorded, now)
            case Kind.UNBOOSTED:
                _unboosted(tx, recorded)
            case Kind.LIKED:
                notifying.liked(tx, recorded)
            case Kind.UNLIKED:
                notifying.unliked(tx, recorded)
            case Kind.VOTED:
                notifying.voted(tx, recorded)
            case Kind.POLL_ENDED:
                notifying.poll_ended(tx, recorded)
            case Kind.QUOTE_ASKED:
                _tell_target(tx, Told.QUOTE, recorded)
            case Kind.QUOTE_ACCEPTED:
                _quoted(tx, recorded)
            case Kind.QUOTE_REVOKED:
                _unquoted(tx, recorded)
            case Kind.FOLLOWED:
                _followed(tx, recorded)
            case Kind.FOLLOW_ACCEPTED:
                _follow_accepted(tx, recorded)
            case Kind.UNFOLLOWED | Kind.FOLLOW_REJECTED:
                _unfollowed(tx, recorded)
            case Kind.BLOCKED:
                _blocked(tx, recorded)
            case Kind.MOVED:
                self._moved(tx, recorded, now)
            case Kind.REPORTED:
                notifying.reported(tx, recorded)
            case Kind.SIGNED_UP:
                notifying.signed_up(tx, recorded)
            case Kind.WARNED:
                notifying.concerned_itself(tx, Told.WARNING, recorded)
            case Kind.SEVERED:
                notifying.concerned_itself(tx, Told.SEVERED, recorded)
            case _:
                pass  # pins and profiles: shown where they are asked for

    def _moved(self, tx: Transaction, recorded: Recorded, now: Millis) -> None:
        """Followers here of a microblog that moved follow it to where it lives on."""
        assert recorded.target is not None
        old = wire_ids.of(tx, recorded.actor, wire_ids.Thing.MICROBLOG)
        new = wire_ids.of(tx, recorded.target, wire_ids.Thing.MICROBLOG)
        for follower in relations.local_followers(tx, recorded.actor, 10_000):
            who = wire_ids.of(tx, follower, wire_ids.Thing.MICROBLOG)
            if who is None or old is None or new is None:
                continue
            if isinstance(apply(tx, Followed(actor=who, target=new), Origin(now, "move"), self._house), Recorded):
                follow_on(tx, follower, recorded.actor, new)
            apply(tx, Unfollowed(actor=who, target=old), Origin(now, "move"), self._house)


def _wishes(tx: Transaction, written: list[Recorded]) -> dict[MicroblogId, list[Follow]]:
    """The follows of these authors that are out of the ordinary: few, so they are looked up for all at once."""
    found: dict[MicroblogId, list[Follow]] = {}
    for wish in wishes.about(tx, list({recorded.actor for recorded in written})):
        found.setdefault(wish.followee, []).append(wish)
    return found


def _posted(tx: Transaction, recorded: Recorded, now: Millis, wished: list[Follow]) -> None:
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    if row is None or row.gone:
        return
    if row.audience is Audience.MENTIONED:
        timelines.put_for(tx, row.id, row.author, posts.hearers(tx, row.id), now)
    else:
        language = row.post.language if wished else ""
        timelines.put_post(tx, row.id, row.author, row.reply_author, now, language)
        if row.audience is Audience.PUBLIC and row.may_have_tags:
            followed_tags.put_post(tx, row.id, row.author, [tag.lower() for tag in row.post.tags], now)
        if wished:
            _tell_those_who_wish(tx, row, recorded, now, [wish for wish in wished if wants(wish.languages, language)])
    if row.local:
        timelines.put_own(tx, row.id, row.author)
    quote = quotes.get(tx, row.id) if row.quoting in (QuoteState.ACCEPTED, QuoteState.PENDING) else None
    notifying.posted(tx, recorded, row, quote.quoted_author if quote is not None else None)


def _tell_those_who_wish(
    tx: Transaction, row: posts.Row, recorded: Recorded, now: Millis, wished: list[Follow]
) -> None:
    """Tell of a new post whoever follows its author so; not of answers to others.

    Those whom an exclusive list spares the post at home are told too.
    """
    if row.reply_wire is not None or row.reply_author not in (None, row.author) or row.published < now - NEWS_FOR:
        return
    told = [wish.follower for wish in wished if wish.notify and wish.at <= row.published]
    if told:
        notifying.posted_by_followed(tx, recorded, row, told)


def _tell_target(tx: Transaction, kind: Told, recorded: Recorded) -> None:
    if recorded.target is not None:
        notifying.tell(tx, recorded.target, kind, recorded.actor, recorded.post, recorded.at)


def _quoted(tx: Transaction, recorded: Recorded) -> None:
    """The quoted author hears of it, unless its yes came after it had heard."""
    if recorded.target is not None and recorded.local:
        notifying.tell(tx, recorded.actor, Told.QUOTE, recorded.target, recorded.post, recorded.at)


def _unquoted(tx: Transaction, recorded: Recorded) -> None:
    if recorded.target is not None:
        notifications.untell(tx, Told.QUOTE, recorded.target, recorded.post)


def _edited(tx: Transaction, recorded: Recorded) -> None:
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    if row is None or row.gone:
        return
    for hearer in filter(None, recorded.detail.split(",")):
        notifying.mentioned(tx, MicroblogId(int(hearer)), recorded, row)
    notifying.edited(tx, recorded, row)
    if row.edited is not None:
        for quote in quotes.made_here(tx, row.id, row.edited):  # what they showed reads otherwise now
            about = str(row.edited)
            notifying.tell(tx, quote.author, Told.QUOTED_EDIT, row.author, quote.post, recorded.at, about)


def _deleted(tx: Transaction, recorded: Recorded) -> None:
    assert recorded.post is not None
    timelines.drop_entry(tx, recorded.post)
    notifying.deleted(tx, recorded.post)


def _boosted(tx: Transaction, recorded: Recorded, now: Millis) -> None:
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    if row is None or row.gone or recorded.boost is None or posts.boost(tx, recorded.boost) is None:
        return
    timelines.put_boost(tx, recorded.boost, recorded.actor, row.id, row.author, now)
    _tell_target(tx, Told.BOOST, recorded)


def _unboosted(tx: Transaction, recorded: Recorded) -> None:
    if recorded.boost is not None:
        timelines.drop_entry(tx, recorded.boost)
    notifications.untell(tx, Told.BOOST, recorded.actor, recorded.post)


def _followed(tx: Transaction, recorded: Recorded) -> None:
    assert recorded.target is not None
    wish = relations.follow(tx, recorded.actor, recorded.target)
    if wish is not None:
        _tell_target(tx, Told.FOLLOW if wish.accepted else Told.FOLLOW_REQUEST, recorded)


def _follow_accepted(tx: Transaction, recorded: Recorded) -> None:
    """The actor is heard from now on by the target: what is known of it comes to the target's home."""
    assert recorded.target is not None
    notifications.untell_from(tx, Told.FOLLOW_REQUEST, recorded.target, recorded.actor)
    follower = microblogs.stand_of(tx, recorded.target)
    if follower is not None and follower.local:
        come_home(tx, follower.id, [recorded.actor])
    if recorded.local:
        notifying.tell(tx, recorded.actor, Told.FOLLOW, recorded.target, None, recorded.at)


def _unfollowed(tx: Transaction, recorded: Recorded) -> None:
    assert recorded.target is not None
    is_answer = recorded.kind is Kind.FOLLOW_REJECTED
    owner, author = (recorded.target, recorded.actor) if is_answer else (recorded.actor, recorded.target)
    timelines.drop_authors(tx, owner, [author])
    for kind in (Told.FOLLOW, Told.FOLLOW_REQUEST):
        notifications.untell_from(tx, kind, owner, author)


def _blocked(tx: Transaction, recorded: Recorded) -> None:
    assert recorded.target is not None
    timelines.drop_authors(tx, recorded.actor, [recorded.target])
    timelines.drop_authors(tx, recorded.target, [recorded.actor])
    notifying.blocked(tx, recorded.actor, recorded.target)
