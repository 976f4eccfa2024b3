"""Telling people: the one place where notifications are made. Plain functions of a transaction, called by fan-out.

Who wants something told that no other change leads to puts the fact into the log (`note_sign_up`, `note_severance`,
`note_warning`), and fan-out tells it: so whoever follows the log learns of every notification.
"""

from collections.abc import Iterable

from scattershot.app import conversations
from scattershot.domain.ids import MicroblogId, Millis, NotificationId, PostId
from scattershot.domain.microblog import Voice
from scattershot.domain.node import Standing
from scattershot.domain.notification import (
    ASKS,
    FROM_ONESELF,
    FROM_STRANGERS,
    Cause,
    Measure,
    Sender,
    Told,
    Treatment,
    Wishes,
    bundle,
    bundle_stem,
    treatment,
)
from scattershot.domain.post import Audience
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Transaction
from scattershot.storage.tables import (
    askers,
    log,
    microblogs,
    notifications,
    poll_ends,
    posts,
    pushes,
    relations,
    reports,
)
from scattershot.storage.tables import severances as severed
from scattershot.storage.tables.notifications import New, Regard

_BOTS = (Voice.SERVICE, Voice.APPLICATION)


def tell(
    tx: Transaction,
    owner: MicroblogId,
    kind: Told,
    sender: MicroblogId,
    post: PostId | None,
    at: Millis,
    about: str = "",
) -> Treatment:
    """Tell the owner, once, where it is kept here and wants to be told; what became of it."""
    stand = microblogs.stand_of(tx, owner)
    if stand is None or not stand.local or stand.gone:
        return Treatment.DROP
    if owner == sender:
        if kind not in FROM_ONESELF:
            return Treatment.DROP
    elif notifications.silenced(tx, owner, sender, post, at):
        return Treatment.DROP
    treated = _treatment(tx, owner, kind, sender, post, at)
    if treated is Treatment.DROP:
        return treated
    held = treated is Treatment.HOLD
    stem = bundle_stem(kind, post)
    name = bundle(stem, notifications.latest_bundle(tx, owner, stem), at) if stem else ""
    made = notifications.add(tx, New(owner, kind, sender, post, at, about, name, held))
    if made is None:
        return treated
    if not held:
        _push(tx, owner, kind, sender, made, at)
    elif kind in ASKS:
        askers.ask(tx, owner, sender, at)
    return treated


def _treatment(
    tx: Transaction, owner: MicroblogId, kind: Told, sender: MicroblogId, post: PostId | None, at: Millis
) -> Treatment:
    if kind not in FROM_STRANGERS:
        return Treatment.ACCEPT
    regard = notifications.regard(tx, owner, sender)
    if regard is None:
        return Treatment.DROP
    wishes = notifications.wishes(tx, owner)
    asks = wishes.private_mentions is not Treatment.ACCEPT and kind is Told.MENTION
    unasked = asks and _is_unasked(tx, owner, sender, post)
    return treatment(wishes, kind, _sender(tx, sender, regard, wishes), at, unasked=unasked)


def _sender(tx: Transaction, sender: MicroblogId, regard: Regard, wishes: Wishes) -> Sender:
    """What the wishes ask about the sender; its profile is only looked at where they ask for it."""
    known = Sender(
        let_in=regard.let_in,
        followed=regard.followed,
        follows_since=regard.follows_since,
        limited=Standing.LIMITED in (regard.standing, regard.node_standing),
    )
    if wishes.new is Treatment.ACCEPT and wishes.bots is Treatment.ACCEPT:
        return known
    row = microblogs.get(tx, sender)
    if row is None:
        return known
    return known._replace(created=row.profile.created, is_bot=row.profile.voice in _BOTS)


def _is_unasked(tx: Transaction, owner: MicroblogId, sender: MicroblogId, post: PostId | None) -> bool:
    """Whether a mention is private and the owner wrote the sender nothing private before in that thread."""
    row = posts.get(tx, post) if post is not None else None
    if row is None or row.audience is not Audience.MENTIONED:
        return False
    return not conversations.has_written(tx, owner, sender, row)


def _push(
    tx: Transaction, owner: MicroblogId, kind: Told, sender: MicroblogId, made: NotificationId, at: Millis
) -> None:
    """Let the notification wait for every subscription that wants such."""
    for wish in pushes.wishes(tx, owner):
        if (
            kind in wish.alerts.split()
            and wish.waiting < pushes.MOST_WAITING
            and _is_of(tx, wish.audience, owner, sender)
        ):
            pushes.add(tx, wish.id, made, at)


def _is_of(tx: Transaction, audience: str, owner: MicroblogId, sender: MicroblogId) -> bool:
    match audience:
        case "followed":
            return owner == sender or relations.follows(tx, owner, sender)
        case "follower":
            return owner == sender or relations.follows(tx, sender, owner)
        case _:
            return audience == "all"


# -- what the log tells of


def posted(tx: Transaction, recorded: Recorded, row: posts.Row, quoted: MicroblogId | None = None) -> None:
    """Everybody a new post is for by name is told; a private one comes into their conversations as well.

    Whoever is `quoted` is told that instead.
    """
    private = row.audience is Audience.MENTIONED
    for hearer in posts.hearers(tx, row.id):
        if private or hearer != quoted:
            mentioned(tx, hearer, recorded, row)
    if private and row.local:
        conversations.enter(tx, row.author, row, unread=False)
    poll = row.post.poll
    if row.local and poll is not None and poll.ends is not None:
        poll_ends.watch(tx, row.id, poll.ends)


def mentioned(tx: Transaction, hearer: MicroblogId, recorded: Recorded, row: posts.Row) -> None:
    """The hearer is told of a post that is for it by name."""
    treated = tell(tx, hearer, Told.MENTION, row.author, row.id, recorded.at)
    if treated is Treatment.ACCEPT and row.audience is Audience.MENTIONED:
        conversations.enter(tx, hearer, row, unread=True)


def posted_by_followed(tx: Transaction, recorded: Recorded, row: posts.Row, wishing: list[MicroblogId]) -> None:
    """Those who wish to be told of every post of the author are told of this one, unless it names them anyway."""
    named = posts.hearers(tx, row.id)
    for follower in wishing:
        if follower not in named:
            tell(tx, follower, Told.POST, row.author, row.id, recorded.at)


def edited(tx: Transaction, recorded: Recorded, row: posts.Row) -> None:
    """Those here who passed a post on before its words were altered are told, each alteration once.

    An entry of the log may also be about a poll's tally alone: then the words are as old as they were.
    """
    if row.edited is not None:
        about = str(row.edited)
        for booster in notifications.boosters_here(tx, row.id, row.edited):
            if tell(tx, booster, Told.EDIT, row.author, row.id, recorded.at, about) is not Treatment.DROP:
                notifications.untell_before(tx, booster, Told.EDIT, row.id, about)
    if poll_ends.is_watched(tx, row.id):
        poll = row.post.poll
        ends = (poll.closed or poll.ends) if poll is not None else None
        if ends is None:
            poll_ends.forget(tx, row.id)
        else:
            poll_ends.watch(tx, row.id, ends)


def voted(tx: Transaction, recorded: Recorded) -> None:
    """Who votes is told how the poll ends, wherever it was asked."""
    row = posts.get(tx, recorded.post) if recorded.local and recorded.post is not None else None
    poll = row.post.poll if row is not None and not row.gone else None
    if row is not None and poll is not None and poll.ends is not None and poll.closed is None:
        poll_ends.watch(tx, row.id, poll.ends)


def poll_ended(tx: Transaction, recorded: Recorded) -> None:
    """Who asked and who voted is told that the poll is over."""
    assert recorded.post is not None
    for owner in dict.fromkeys([recorded.actor, *poll_ends.voters_here(tx, recorded.post)]):
        tell(tx, owner, Told.POLL, recorded.actor, recorded.post, recorded.at)


def deleted(tx: Transaction, post: PostId) -> None:
    """Nobody is told any more of a post that is gone."""
    notifications.untell_post(tx, post)
    poll_ends.forget(tx, post)
    conversations.leave(tx, post)


def liked(tx: Transaction, recorded: Recorded) -> None:
    """The author is told of a like, or of a reaction where it came with an emoji."""
    if recorded.target is not None:
        kind = Told.REACTION if recorded.detail else Told.LIKE
        tell(tx, recorded.target, kind, recorded.actor, recorded.post, recorded.at, recorded.detail)


def unliked(tx: Transaction, recorded: Recorded) -> None:
    """The author is told no more of a like that was taken back."""
    emoji = recorded.detail.partition(" ")[2]
    notifications.untell(tx, Told.REACTION if emoji else Told.LIKE, recorded.actor, recorded.post, emoji)


def blocked(tx: Transaction, owner: MicroblogId, sender: MicroblogId) -> None:
    """Whoever blocks another is told nothing any more of what that one did before, nor that it waits."""
    notifications.untell_all_of(tx, owner, sender)
    askers.forget(tx, owner, sender)


def reported(tx: Transaction, recorded: Recorded) -> None:
    """Those who run the node are told of a complaint."""
    report = reports.get(tx, int(recorded.detail)) if recorded.detail.isdigit() else None
    if report is not None:
        _tell_admins(tx, Told.REPORT, report.reporter, recorded.at, str(report.id))


def signed_up(tx: Transaction, recorded: Recorded) -> None:
    """Those who run the node are told who came."""
    _tell_admins(tx, Told.SIGN_UP, recorded.actor, recorded.at)


def _tell_admins(tx: Transaction, kind: Told, sender: MicroblogId, at: Millis, about: str = "") -> None:
    for admin in notifications.of_admins(tx):
        tell(tx, admin, kind, sender, None, at, about)


def concerned_itself(tx: Transaction, kind: Told, recorded: Recorded) -> None:
    """The target is told of something in its own name."""
    assert recorded.target is not None
    tell(tx, recorded.target, kind, recorded.target, None, recorded.at, recorded.detail)


# -- facts for the log


def note_sign_up(tx: Transaction, microblog: MicroblogId, via: str, now: Millis) -> Recorded:
    """Somebody came by themselves, and that is their microblog."""
    return log.append(tx, now, Kind.SIGNED_UP, microblog, local=False, via=via)


def note_warning(
    tx: Transaction, microblog: MicroblogId, measure: Measure, text: str, about: list[PostId], via: str, now: Millis
) -> Recorded:
    """Those who run the node tell a microblog's keepers something; `measure` is what was done beside."""
    number = severed.warn(tx, microblog, measure, text, about, now)
    return log.append(tx, now, Kind.WARNED, microblog, local=False, via=via, target=microblog, detail=str(number))


def note_severance(
    tx: Transaction, microblog: MicroblogId, whom: str, followers: list[MicroblogId], following: list[MicroblogId],
    now: Millis, cause: Cause = Cause.NODE,
) -> Recorded:  # fmt: skip
    """A microblog lost those followers and followed ones; `whom` is the host, or the handle of the one shut out."""
    number = severed.add(tx, microblog, whom, now, followers, following, cause)
    return log.append(tx, now, Kind.SEVERED, microblog, local=False, via="block", target=microblog, detail=str(number))


def note_losses(
    tx: Transaction, ties: Iterable[tuple[MicroblogId, MicroblogId]], whom: str, now: Millis, cause: Cause
) -> None:
    """Those kept here whose follows, given as follower and followee, are about to end are told whom they lose."""
    followers: dict[MicroblogId, list[MicroblogId]] = {}
    following: dict[MicroblogId, list[MicroblogId]] = {}
    for follower, followee in ties:
        if not relations.follows(tx, follower, followee):
            continue  # it was only wished for
        if _is_here(tx, follower):
            following.setdefault(follower, []).append(followee)
        if _is_here(tx, followee):
            followers.setdefault(followee, []).append(follower)
    for loser in sorted(followers.keys() | following.keys()):
        note_severance(tx, loser, whom, followers.get(loser, []), following.get(loser, []), now, cause)


def _is_here(tx: Transaction, microblog: MicroblogId) -> bool:
    stand = microblogs.stand_of(tx, microblog)
    return stand is not None and stand.local
