"""Questions before a deed: may this post quote, may it answer? They are answered at once where the terms of the post
say how, and the post they are about is taken in with them."""

from msgspec.structs import replace

from scattershot.app.apply import posts
from scattershot.app.apply.actors import acting
from scattershot.app.apply.marks import may_mark, standing_post
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.app.apply.quoting import accepted, allowed
from scattershot.app.reading import asker_of
from scattershot.domain.change import Posted, QuoteAsked, ReplyAnswered, ReplyAsked
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.quote import FINAL, QuoteState, may_quote
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.terms import Approval
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import log, microblogs, quotes, wire_ids
from scattershot.storage.tables import posts as post_rows
from scattershot.wirekit.urls import same_origin


def quote_asked(tx: Transaction, change: QuoteAsked, origin: Origin, house: House) -> Applied:
    """Somebody elsewhere wants to quote a post of here. Where that is never allowed, its post is not even kept."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    quoted = standing_post(tx, change.quoted)
    if quoted is None or not quoted.local:
        return Declined("unknown_post")
    if not may_mark(tx, actor, quoted):
        return Declined("not_allowed")
    asked = change.id.value if change.id else ""
    known = wire_ids.find_as(tx, change.quoting, wire_ids.Thing.POST)
    if known is not None:
        return _asked_of_known(tx, PostId(known), quoted, actor, asked, origin, house)
    if may_quote(quoted.post, asker_of(tx, quoted, actor.id, change.actor), local=True) is Approval.NEVER:
        return _answer_unkept(tx, Kind.QUOTE_REJECTED, quoted, actor, (asked, change.quoting, change.quoted), origin)
    if change.post is None:
        return Lacks((change.quoting,))
    if change.post.id != change.quoting or change.post.quote != change.quoted or change.post.author != change.actor:
        return Declined("not_a_quote")
    posted = Posted(actor=change.actor, post=change.post)
    return posts.posted(tx, posted, origin._replace(asked_for=True), house, quote_asked=asked)


def _asked_of_known(
    tx: Transaction, post: PostId, quoted: post_rows.Row, actor: microblogs.Stand, asked: str, origin: Origin,
    house: House,
) -> Applied:  # fmt: skip
    """Its post came before the question; where it was judged already, the judgement is told once more."""
    quoting, quote = post_rows.get(tx, post), quotes.get(tx, post)
    if quoting is None or quoting.gone or quoting.author != actor.id or quote is None or quote.quoted != quoted.id:
        return Declined("not_a_quote")
    if asked:
        quotes.put_asked(tx, post, asked)
        quote = quote._replace(asked=asked)
    author = microblogs.stand_of(tx, quoted.author)
    if quote.state in FINAL or author is None:
        return Declined("revoked_quote")
    if quote.state is QuoteState.ACCEPTED:
        return _answer(tx, Kind.QUOTE_ACCEPTED, quoted, quote, origin)
    match allowed(tx, quoted, actor.id, quoting.post):
        case Approval.AT_ONCE:
            stamp = house.addresses.quote_stamp(post)
            quotes.put_stamp(tx, post, stamp, Millis(0))
            return accepted(tx, quote, quoting, author, house.addresses.wire_id(stamp), origin)
        case Approval.ON_REQUEST:
            if quote.state is QuoteState.PENDING:
                return NOTHING_NEW
            quotes.put_state(tx, quote, QuoteState.PENDING)
            return log.append(
                tx, origin.now, Kind.QUOTE_ASKED, actor.id, local=False, via=origin.via, post=post, target=quoted.author
            )
        case Approval.NEVER:
            quotes.put_state(tx, quote, QuoteState.REJECTED)
            return _answer(tx, Kind.QUOTE_REJECTED, quoted, quote, origin)


def _answer(tx: Transaction, kind: Kind, quoted: post_rows.Row, quote: quotes.Row, origin: Origin) -> Recorded:
    quoting = wire_ids.of(tx, quote.post, wire_ids.Thing.POST)
    return log.append(
        tx, origin.now, kind, quoted.author, local=True, via=origin.via, post=quote.post, target=quote.author,
        detail=f"{quote.asked} {quoting.value if quoting else ''} {quote.quoted_wire}",
    )  # fmt: skip


def _answer_unkept(
    tx: Transaction, kind: Kind, about: post_rows.Row, asker: microblogs.Stand, named: tuple[str, WireId, WireId],
    origin: Origin, post: PostId | None = None,
) -> Recorded:  # fmt: skip
    """`named`: what the wire calls the question, the post that it is about, and the post of here."""
    asked, theirs, ours = named
    return log.append(
        tx, origin.now, kind, about.author, local=True, via=origin.via, post=post, target=asker.id,
        detail=f"{asked} {theirs.value} {ours.value}",
    )  # fmt: skip


# -- answers to posts


def reply_asked(tx: Transaction, change: ReplyAsked, origin: Origin, house: House) -> Applied:
    """Somebody elsewhere wants to answer a post of here. What is allowed is taken in, and proven to be by a stamp."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    parent = standing_post(tx, change.post.reply_to) if change.post.reply_to is not None else None
    if parent is None or not parent.local or change.post.author != change.actor:
        return Declined("unknown_post")
    if not may_mark(tx, actor, parent):
        return Declined("not_allowed")
    asked = (change.id.value if change.id else "", change.post.id, parent.post.id)
    if not posts.may_answer(tx, parent, actor.id, change.actor):
        return _answer_unkept(tx, Kind.REPLY_REJECTED, parent, actor, asked, origin)
    posted = Posted(actor=change.actor, post=change.post)
    outcome = posts.posted(tx, posted, origin._replace(asked_for=True), house)
    known = wire_ids.find_as(tx, change.post.id, wire_ids.Thing.POST)
    if isinstance(outcome, Lacks | Declined) or known is None:
        return outcome
    return _answer_unkept(tx, Kind.REPLY_ACCEPTED, parent, actor, asked, origin, PostId(known))


def reply_answered(tx: Transaction, change: ReplyAnswered, origin: Origin) -> Applied:
    """Whom a post of here answers says by what stamp others know that it may; a no is left to those who read it."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    reply = standing_post(tx, change.reply)
    if reply is None or not reply.local or reply.reply_author != actor.id:
        return Declined("no_such_reply")
    if change.stamp is None or not change.accepted or not same_origin(change.stamp.value, change.actor.value):
        return Declined("no_stamp")
    if reply.post.reply_stamp == change.stamp:
        return NOTHING_NEW
    post_rows.put_value(tx, reply.id, replace(reply.post, reply_stamp=change.stamp))
    return log.append(tx, origin.now, Kind.REISSUED, reply.author, local=True, via=origin.via, post=reply.id)
