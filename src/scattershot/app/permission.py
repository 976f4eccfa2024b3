"""Whether a draft may answer and quote what it does, refused in words for people."""

from scattershot.app.apply.posts import may_answer
from scattershot.app.apply.quoting import allowed
from scattershot.app.reading import reader_of
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.quote import fits
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Approval
from scattershot.domain.visibility import may_see
from scattershot.ports.database import Transaction
from scattershot.storage.tables import posts, relations, wire_ids

NO_PARENT = Refused("not_found", "The post to be answered is not there any more.")
NOT_ANSWERABLE = Refused("reply_not_allowed", "Its author does not let you answer this post.")
NOTHING_QUOTED = Refused("not_found", "The post to be quoted is not there any more.")
NOT_QUOTABLE = Refused("quote_not_allowed", "Its author does not let you quote this post.")
TOO_WIDE = Refused("quote_audience", "A post can only be shown to those it was for: quote it for fewer people.")
NOT_NAMED = Refused("quote_audience", "Name the author whose post you quote, or quote it for more people.")
STAYS_HERE = Refused(
    "quote_audience", "A post for this node alone cannot quote one of another node, whose author would have to agree."
)


def to_answer(tx: Transaction, parent: posts.Row | None, author: MicroblogId) -> Refused | None:
    """Why the author may not answer the post, or None."""
    who = wire_ids.of(tx, author, wire_ids.Thing.MICROBLOG)
    if parent is None or who is None or parent.gone or not may_see(parent.audience, reader_of(tx, parent, author)):
        return NO_PARENT
    return None if may_answer(tx, parent, author, who) else NOT_ANSWERABLE


def to_quote(tx: Transaction, quoted: posts.Row | None, author: MicroblogId, post: Post) -> Refused | None:
    """Why the author may not quote the post in one like this, or None. That it must be asked first is no reason."""
    if quoted is None or not may_see(quoted.audience, reader_of(tx, quoted, author)):
        return NOTHING_QUOTED
    theirs = wire_ids.of(tx, quoted.author, wire_ids.Thing.MICROBLOG)
    if not fits(post.audience, quoted.audience, names_the_author=quoted.author == author or theirs in post.hearers):
        return TOO_WIDE if not quoted.audience.is_open else NOT_NAMED
    if quoted.author == author:
        return None
    if not quoted.local and post.audience is Audience.LOCAL:
        return STAYS_HERE
    if relations.blocks(tx, author, quoted.author) or allowed(tx, quoted, author, post) is Approval.NEVER:
        return NOT_QUOTABLE
    return None


def standing(tx: Transaction, post: PostId | None) -> posts.Row | None:
    """The post, where there is one and it was not taken back."""
    row = posts.get(tx, post) if post is not None else None
    return row if row is not None and not row.gone else None


def with_link(html: str, quoted: posts.Row | None) -> str:
    """The text with a line that names the quoted post, for software that knows no quotes; others leave it out (the
    class is Mastodon's)."""
    if quoted is None:
        return html
    post = quoted.post
    address = (post.url or post.id.value).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    if address in html:
        return html
    return f'<p class="quote-inline">RE: <a href="{address}">{address}</a></p>{html}'
