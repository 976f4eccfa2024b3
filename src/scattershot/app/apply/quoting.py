"""What a post quotes, and whether it may: the first judgement, the answer, and the taking back of it (FEP-044f).

A quote of a post kept here is judged by that post's terms, asked for or not, since nobody else can. One of a post
elsewhere counts when its author's node says so: by an answer to us, or by a stamp that is looked at there.
"""

from msgspec.structs import replace

from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.app.reading import asker_of
from scattershot.domain.change import QuoteAnswered, QuoteRevoked
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.quote import FINAL, QuoteState, fits, may_quote
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.terms import Approval
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import arrivals, log, microblogs, posts, quotes, wire_ids
from scattershot.wirekit.urls import same_origin

STAMP = "stamp"
"""Why a quote's stamp is wanted: one that its node does not show as it should is worth nothing."""


def placed(
    tx: Transaction, post_id: PostId, author: microblogs.Stand, post: Post, origin: Origin, house: House, asked: str
) -> None:
    """Judge the quote that a new post makes, and ask or tell whoever is to know. `asked`: the question it came with."""
    if post.quote is None:
        return
    named = wire_ids.find(tx, post.quote)
    quoted = posts.get(tx, PostId(named.thing)) if named is not None and named.kind == wire_ids.Thing.POST else None
    state = QuoteState.DELETED if quoted is None and named is not None else _judged(tx, author, post, quoted)
    quote = quotes.Row(
        post_id, author.id, quoted.id if quoted else None, quoted.author if quoted else None, post.quote.value, state,
        asked=asked,
    )  # fmt: skip
    quotes.add(tx, quote)
    if quoted is None or not quoted.local:
        _look_at_stamp(tx, quote, post.quote_stamp, origin)
    if quoted is None or quoted.author == author.id:
        return
    if state is QuoteState.ACCEPTED:
        _tell(tx, Kind.QUOTE_ACCEPTED, quoted.author, quote, origin, local=True)
        _let_see(tx, post_id, post.audience, quoted.author)
        _stamp_our_own(tx, quote, author, post, house)
    elif state is QuoteState.PENDING and (author.local or quoted.local):
        recorded = log.append(
            tx, origin.now, Kind.QUOTE_ASKED, author.id, local=author.local, via=origin.via, post=post_id,
            target=quoted.author,
        )  # fmt: skip
        if author.local:
            quotes.put_asked(tx, post_id, house.addresses.change(recorded.seq))


def _judged(tx: Transaction, author: microblogs.Stand, post: Post, quoted: posts.Row | None) -> QuoteState:
    unproven = QuoteState.UNASKED if post.quote_unasked and not author.local else QuoteState.PENDING
    if quoted is None:
        return unproven
    if quoted.gone:
        return QuoteState.DELETED
    if quoted.author == author.id:
        return QuoteState.ACCEPTED
    if not quoted.local:
        return unproven
    match allowed(tx, quoted, author.id, post):
        case Approval.AT_ONCE:
            return QuoteState.ACCEPTED
        case Approval.ON_REQUEST:
            return QuoteState.PENDING
        case Approval.NEVER:
            return QuoteState.UNASKED if post.quote_unasked else QuoteState.REJECTED


def allowed(tx: Transaction, quoted: posts.Row, asker: MicroblogId, post: Post) -> Approval:
    """How a quote of the post fares by its terms, in a post such as this."""
    author = wire_ids.of(tx, quoted.author, wire_ids.Thing.MICROBLOG)
    if not fits(post.audience, quoted.audience, names_the_author=author in post.hearers):
        return Approval.NEVER
    return may_quote(quoted.post, asker_of(tx, quoted, asker, post.author), local=quoted.local)


def _look_at_stamp(tx: Transaction, quote: quotes.Row, stamp: WireId | None, origin: Origin) -> None:
    """A stamp is worth something at the quoted author's node alone, and is fetched there."""
    if stamp is None or quote.state in FINAL or not same_origin(stamp.value, quote.quoted_wire):
        return
    quotes.put_stamp(tx, quote.post, stamp.value, Millis(0))
    arrivals.want(tx, stamp, STAMP, origin.depth + 1, origin.now)


def _stamp_our_own(tx: Transaction, quote: quotes.Row, author: microblogs.Stand, post: Post, house: House) -> None:
    stamp = house.addresses.quote_stamp(quote.post)
    quotes.put_stamp(tx, quote.post, stamp, Millis(0))
    if author.local:
        posts.put_value(tx, quote.post, replace(post, quote_stamp=house.addresses.wire_id(stamp)))


def _tell(
    tx: Transaction, kind: Kind, quoted_author: MicroblogId, quote: quotes.Row, origin: Origin, *, local: bool,
    wire_id: str = "", detail: str | None = None,
) -> Recorded:  # fmt: skip
    quoting = wire_ids.of(tx, quote.post, wire_ids.Thing.POST)
    told = f"{quote.asked} {quoting.value if quoting else ''} {quote.quoted_wire}" if detail is None else detail
    return log.append(
        tx, origin.now, kind, quoted_author, local=local, via=origin.via, post=quote.post, target=quote.author,
        wire_id=wire_id, detail=told,
    )  # fmt: skip


def adopted(tx: Transaction, post_wire: WireId, post_id: PostId, author: MicroblogId) -> None:
    """A post has come that others were said to quote."""
    for quote in quotes.adopt(tx, post_wire.value, post_id, author):
        if quote.author == author:
            quotes.put_state(tx, quote, QuoteState.ACCEPTED)


def altered(
    tx: Transaction, row: posts.Row, old: Post, new: Post, author: microblogs.Stand, origin: Origin, house: House
) -> None:
    """A post now says otherwise what it quotes, or by what stamp."""
    quote = quotes.get(tx, row.id)
    if new.quote != old.quote:
        if quote is not None:
            quotes.drop(tx, quote)
        placed(tx, row.id, author, new, origin, house, "")
    elif quote is not None and new.quote_stamp != old.quote_stamp and not author.local:
        quoted = posts.get(tx, quote.quoted) if quote.quoted is not None else None
        if quote.quoted_author == author.id or (quoted is not None and quoted.local):
            return
        if new.quote_stamp is not None:
            _look_at_stamp(tx, quote, new.quote_stamp, origin)
        elif quote.state is QuoteState.ACCEPTED:
            quotes.put_stamp(tx, row.id, "", Millis(0))
            quotes.put_state(tx, quote, QuoteState.PENDING)


# -- answers


def answered(tx: Transaction, change: QuoteAnswered, origin: Origin, house: House) -> Applied:
    """The quoted author says yes or no: somebody here, or its node to our question or by the stamp fetched there."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    quote = _meant(tx, change)
    if quote is None:
        return Declined("no_such_quote")
    if quote.quoted is None:
        return Lacks((WireId(ACTIVITYPUB, quote.quoted_wire),)) if origin.asked_for else Declined("unknown_post")
    if quote.quoted_author != actor.id:
        return Declined("not_the_author")
    quoting = posts.get(tx, quote.post)
    if quoting is None or quoting.gone or (change.quoted is not None and change.quoted.value != quote.quoted_wire):
        return Declined("no_such_quote")
    if not (actor.local or quoting.local or origin.asked_for):
        return Declined("unrelated")
    if not change.accepted:
        return _refused(tx, quote, quoting, actor, origin, change.id)
    if quote.state in FINAL:
        return Declined("revoked_quote")
    stamp = house.addresses.wire_id(house.addresses.quote_stamp(quote.post)) if actor.local else change.stamp
    if stamp is None or not same_origin(stamp.value, change.actor.value):
        return Declined("no_stamp")
    quotes.put_stamp(tx, quote.post, stamp.value, Millis(0) if actor.local else origin.now)
    if quote.state is QuoteState.ACCEPTED and quote.stamp == stamp.value:
        return NOTHING_NEW
    return accepted(tx, quote, quoting, actor, stamp, origin)


def _meant(tx: Transaction, change: QuoteAnswered) -> quotes.Row | None:
    quote = quotes.asked_as(tx, change.asked.value) if change.asked is not None else None
    if quote is None and change.quoting is not None:
        post = wire_ids.find_as(tx, change.quoting, wire_ids.Thing.POST)
        quote = quotes.get(tx, PostId(post)) if post is not None else None
    return quote


def accepted(
    tx: Transaction, quote: quotes.Row, quoting: posts.Row, actor: microblogs.Stand, stamp: WireId, origin: Origin
) -> Recorded:
    """The quote stands, by that stamp; one of here that was told without it is given out again."""
    quotes.put_state(tx, quote, QuoteState.ACCEPTED)
    if actor.local:
        _let_see(tx, quoting.id, quoting.audience, actor.id)
    recorded = _tell(tx, Kind.QUOTE_ACCEPTED, actor.id, quote, origin, local=actor.local)
    _reissue(tx, quoting, stamp, origin)
    return recorded


def _let_see(tx: Transaction, quoting: PostId, audience: Audience, quoted_author: MicroblogId) -> None:
    """Who is quoted may see what is said of it, be it for the followers of another."""
    if audience is Audience.FOLLOWERS and not posts.is_for(tx, quoting, quoted_author):
        posts.add_mentions(tx, quoting, [], [quoted_author])


def _refused(
    tx: Transaction, quote: quotes.Row, quoting: posts.Row, actor: microblogs.Stand, origin: Origin,
    wire_id: WireId | None,
) -> Applied:  # fmt: skip
    if quote.state in FINAL or quote.state is QuoteState.REJECTED:
        return NOTHING_NEW
    if quote.state is QuoteState.ACCEPTED and quote.stamp:
        return _revoked(tx, quote, quoting, actor, origin, wire_id)
    quotes.put_state(tx, quote, QuoteState.REJECTED)
    return _tell(tx, Kind.QUOTE_REJECTED, actor.id, quote, origin, local=actor.local)


def _reissue(tx: Transaction, quoting: posts.Row, stamp: WireId | None, origin: Origin) -> None:
    if quoting.local and quoting.post.quote_stamp != stamp:
        posts.put_value(tx, quoting.id, replace(quoting.post, quote_stamp=stamp))
        log.append(tx, origin.now, Kind.REISSUED, quoting.author, local=True, via=origin.via, post=quoting.id)


# -- taking back


def revoked(tx: Transaction, change: QuoteRevoked, origin: Origin) -> Applied:
    """A stamp is good for nothing any more, as its author says, or its node: then the stamp itself is the actor."""
    is_its_node = change.actor == change.stamp and origin.asked_for
    actor = None if is_its_node else acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return NOTHING_NEW if isinstance(actor, Lacks) else actor
    recorded: Applied = NOTHING_NEW
    for quote in quotes.stamped(tx, change.stamp.value):
        author = microblogs.stand_of(tx, quote.quoted_author) if quote.quoted_author is not None else None
        quoting = posts.get(tx, quote.post)
        if author is None or quoting is None or quoting.gone or (actor is not None and actor.id != author.id):
            continue
        if quote.state is QuoteState.ACCEPTED:
            recorded = _revoked(tx, quote, quoting, author, origin, change.id)
        elif quote.state is QuoteState.PENDING:
            quotes.put_stamp(tx, quote.post, "", Millis(0))
            quotes.put_state(tx, quote, QuoteState.REJECTED)
            recorded = _tell(tx, Kind.QUOTE_REJECTED, author.id, quote, origin, local=False)
    return recorded


def _revoked(
    tx: Transaction, quote: quotes.Row, quoting: posts.Row, actor: microblogs.Stand, origin: Origin,
    wire_id: WireId | None,
) -> Recorded:  # fmt: skip
    quotes.put_stamp(tx, quote.post, quote.stamp, Millis(0))
    quotes.put_state(tx, quote, QuoteState.REVOKED)
    recorded = _tell(
        tx, Kind.QUOTE_REVOKED, actor.id, quote, origin, local=actor.local, detail=quote.stamp,
        wire_id=wire_id.value if wire_id else "",
    )  # fmt: skip
    _reissue(tx, quoting, None, origin)
    return recorded
