"""Whom elsewhere a change is told to, as endpoints, each once."""

from typing import NamedTuple

from scattershot.app.callbacks import subjects_told
from scattershot.app.told_at_wells import hearing_at_wells
from scattershot.domain.ids import EndpointId, MicroblogId, NodeId
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Transaction
from scattershot.storage.tables import arrivals, callbacks, deliveries, posts, relays
from scattershot.storage.tables.deliveries import Hearing


class Owed(NamedTuple):
    """An endpoint that is to be told, in whose name, and how often its node failed lately."""

    endpoint: EndpointId
    node: NodeId
    failures: int
    actor: MicroblogId


def endpoints_for(tx: Transaction, recorded: Recorded) -> list[Owed]:
    """Every endpoint elsewhere that is to hear of the change; what was done elsewhere is passed on only in part."""
    called = _called_back(tx, recorded)
    if not recorded.local:
        return _passed_on(tx, recorded) + called
    hearings = [*_hearings(tx, recorded), *hearing_at_wells(tx, recorded)]
    return [Owed(*hearing, recorded.actor) for hearing in dict.fromkeys(hearings)] + called


def _called_back(tx: Transaction, recorded: Recorded) -> list[Owed]:
    """Those who wait for news of feeds of ours in which the post stands, whoever wrote it."""
    subjects = subjects_told(tx, recorded)
    found = callbacks.hearing(tx, subjects, recorded.at) if subjects else []
    return [Owed(*hearing, recorded.actor) for hearing in found]


def _hearings(tx: Transaction, recorded: Recorded) -> list[Hearing]:
    match recorded.kind:
        case Kind.POSTED | Kind.EDITED | Kind.DELETED | Kind.REISSUED:
            return _of_post(tx, recorded)
        case Kind.BOOSTED | Kind.UNBOOSTED | Kind.QUOTE_REVOKED:
            return deliveries.followers_hearing(tx, recorded.actor) + _of_target(tx, recorded)
        case Kind.PINNED | Kind.UNPINNED | Kind.PROFILE_CHANGED | Kind.MOVED:
            return deliveries.followers_hearing(tx, recorded.actor)
        case Kind.VANISHED:
            return deliveries.acquainted_hearing(tx, recorded.actor)
        case _:
            return _of_target(tx, recorded)


def _of_target(tx: Transaction, recorded: Recorded) -> list[Hearing]:
    return deliveries.hearing(tx, [recorded.target]) if recorded.target is not None else []


def _of_post(tx: Transaction, recorded: Recorded) -> list[Hearing]:
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    return _of_row(tx, row) if row is not None else []


def _of_row(tx: Transaction, row: posts.Row) -> list[Hearing]:
    if row.audience is Audience.LOCAL:
        return []
    by_name = posts.hearers(tx, row.id)
    if row.reply_author is not None and row.audience is not Audience.MENTIONED:
        by_name.append(row.reply_author)
    if row.audience is Audience.PUBLIC:
        by_name += relays.telling(tx)
    named = deliveries.hearing(tx, by_name) if by_name else []
    return named if row.audience is Audience.MENTIONED else deliveries.followers_hearing(tx, row.author) + named


def _passed_on(tx: Transaction, recorded: Recorded) -> list[Owed]:
    """What its author signed (FEP-8b32) and others would not hear otherwise: an open reply from elsewhere to a post of
    somebody here goes to those who follow the one answered (ActivityPub section 7.1.2), and that a quote made here is
    allowed no more to those who heard the quote (FEP-044f)."""
    if recorded.kind is Kind.QUOTE_REVOKED:
        return _revocation(tx, recorded)
    if recorded.kind is not Kind.POSTED or recorded.post is None or not recorded.wire_id:
        return []
    row = posts.get(tx, recorded.post)
    if row is None or row.gone or not row.audience.is_open or row.reply_to is None or row.reply_author is None:
        return []
    parent = posts.get(tx, row.reply_to)
    if parent is None or not parent.local or not parent.audience.is_open:
        return []
    if arrivals.signed_copy(tx, recorded.wire_id) is None:
        return []
    theirs = {hearing.node for hearing in deliveries.hearing(tx, [recorded.actor])}
    hearings = deliveries.followers_hearing(tx, parent.author)
    return [Owed(*hearing, parent.author) for hearing in hearings if hearing.node not in theirs]


def _revocation(tx: Transaction, recorded: Recorded) -> list[Owed]:
    row = posts.get(tx, recorded.post) if recorded.post is not None else None
    if row is None or not row.local or arrivals.signed_copy(tx, recorded.wire_id) is None:
        return []
    return [Owed(*hearing, row.author) for hearing in dict.fromkeys(_of_row(tx, row))]
