"""Quotes: which post shows which, and whether the author of the one shown consents.

`posts.quoting` repeats the state and `posts.quotes` counts the accepted ones, so that reading a page asks nothing here.
"""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId, snowflake
from scattershot.domain.quote import QuoteState
from scattershot.ports.database import Transaction


class Row(NamedTuple):
    """A quote. `quoted` and its author are None while they are unknown here."""

    post: PostId
    author: MicroblogId
    quoted: PostId | None
    quoted_author: MicroblogId | None
    quoted_wire: str
    state: QuoteState
    stamp: str = ""
    asked: str = ""
    checked_at: Millis = Millis(0)


_COLUMNS = "post, author, quoted, quoted_author, quoted_wire, state, stamp, asked, checked_at"


def _row(
    post: PostId, author: MicroblogId, quoted: PostId | None, quoted_author: MicroblogId | None, quoted_wire: str,
    state: str, stamp: str, asked: str, checked_at: Millis,
) -> Row:  # fmt: skip
    return Row(post, author, quoted, quoted_author, quoted_wire, QuoteState(state), stamp, asked, checked_at)


def add(tx: Transaction, new: Row) -> None:
    """Store the quote that a post makes."""
    tx.execute(f"INSERT INTO quotes ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", *new)
    tx.execute("UPDATE posts SET quoting = $2, quote = $3 WHERE id = $1", new.post, new.state, new.quoted)
    _count(tx, new.quoted, 1 if new.state is QuoteState.ACCEPTED else 0)


def _count(tx: Transaction, quoted: PostId | None, more: int) -> None:
    if quoted is not None and more:
        tx.execute("UPDATE posts SET quotes = quotes + $2, version = version + 1 WHERE id = $1", quoted, more)


def get(tx: Transaction, post: PostId) -> Row | None:
    """The quote that the post makes."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM quotes WHERE post = $1", post)


def stamped(tx: Transaction, stamp: str) -> list[Row]:
    """The quotes that name the stamp as theirs; only one of them can be right."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM quotes WHERE stamp = $1 AND stamp <> '' LIMIT 100", stamp)


def asked_as(tx: Transaction, asked: str) -> Row | None:
    """The quote for which that question asked."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM quotes WHERE asked = $1 AND asked <> '' LIMIT 1", asked)


def put_state(tx: Transaction, quote: Row, state: QuoteState) -> None:
    """Let the quote stand so from now on; both posts show it."""
    tx.execute("UPDATE quotes SET state = $2 WHERE post = $1", quote.post, state)
    tx.execute("UPDATE posts SET quoting = $2, version = version + 1 WHERE id = $1", quote.post, state)
    accepted = QuoteState.ACCEPTED
    _count(tx, quote.quoted, (state is accepted) - (quote.state is accepted))


def put_stamp(tx: Transaction, post: PostId, stamp: str, checked_at: Millis) -> None:
    """Say by what the consent can be proven, and when it was seen there (0: never)."""
    tx.execute("UPDATE quotes SET stamp = $2, checked_at = $3 WHERE post = $1", post, stamp, checked_at)


def put_asked(tx: Transaction, post: PostId, asked: str) -> None:
    """Say what the wire calls the question for it."""
    tx.execute("UPDATE quotes SET asked = $2 WHERE post = $1", post, asked)


def adopt(tx: Transaction, quoted_wire: str, quoted: PostId, author: MicroblogId) -> list[Row]:
    """Join the quotes that came before what they quote to it; which those are."""
    sql = f"SELECT {_COLUMNS} FROM quotes WHERE quoted_wire = $1 AND quoted IS NULL ORDER BY post LIMIT 500"
    waiting = tx.fetch(_row, sql, quoted_wire)
    for quote in waiting:
        tx.execute("UPDATE quotes SET quoted = $2, quoted_author = $3 WHERE post = $1", quote.post, quoted, author)
        tx.execute("UPDATE posts SET quote = $2, version = version + 1 WHERE id = $1", quote.post, quoted)
    return [quote._replace(quoted=quoted, quoted_author=author) for quote in waiting]


def drop(tx: Transaction, quote: Row) -> None:
    """The post makes that quote no more."""
    tx.execute("DELETE FROM quotes WHERE post = $1", quote.post)
    tx.execute("UPDATE posts SET quoting = '', quote = NULL, version = version + 1 WHERE id = $1", quote.post)
    _count(tx, quote.quoted, -1 if quote.state is QuoteState.ACCEPTED else 0)


# -- what is taken back


def bury(tx: Transaction, post: PostId) -> None:
    """The post was taken back: it quotes nothing, and what quotes it shows that it is gone."""
    quote = get(tx, post)
    if quote is not None:
        drop(tx, quote)
    tx.execute(
        "UPDATE posts SET quoting = 'deleted', version = version + 1 "
        "WHERE id IN (SELECT post FROM quotes WHERE quoted = $1)",
        post,
    )
    tx.execute("UPDATE quotes SET state = 'deleted', checked_at = 0 WHERE quoted = $1", post)


def bury_all_by(tx: Transaction, author: MicroblogId) -> None:
    """Everything the author wrote was taken back."""
    tx.execute(
        "UPDATE posts SET version = version + 1, quotes = quotes - "
        "(SELECT count(*) FROM quotes q WHERE q.quoted = posts.id AND q.author = $1 AND q.state = 'accepted') "
        "WHERE id IN (SELECT quoted FROM quotes WHERE author = $1 AND state = 'accepted')",
        author,
    )
    tx.execute("DELETE FROM quotes WHERE author = $1", author)
    tx.execute(
        "UPDATE posts SET quoting = 'deleted', version = version + 1 "
        "WHERE id IN (SELECT post FROM quotes WHERE quoted_author = $1)",
        author,
    )
    tx.execute("UPDATE quotes SET state = 'deleted', checked_at = 0 WHERE quoted_author = $1", author)


# -- lists


def of(tx: Transaction, quoted: PostId, before: PostId, limit: int) -> list[PostId]:
    """Posts that quote it with consent, newest first, below `before`."""
    rows = tx.fetch(
        _one,
        "SELECT post FROM quotes WHERE quoted = $1 AND post < $2 AND state = 'accepted' ORDER BY post DESC LIMIT $3",
        quoted,
        before,
        limit,
    )
    return [PostId(post) for (post,) in rows]


def _one(value: int) -> tuple[int]:
    return (value,)


def made_here(tx: Transaction, quoted: PostId, before: Millis) -> list[Row]:
    """Accepted quotes of it by others who are kept here, made before that moment."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM quotes WHERE quoted = $1 AND post < $2 AND state = 'accepted' "
        "AND author <> quoted_author AND EXISTS (SELECT 1 FROM microblogs m WHERE m.id = author AND m.local)",
        quoted,
        snowflake(before, 0),
    )


def waiting(tx: Transaction, quoted_author: MicroblogId, before: PostId, limit: int) -> list[Row]:
    """Quotes of the author's posts that nobody has answered, newest first, below `before`."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM quotes WHERE quoted_author = $1 AND post < $2 AND state = 'pending' "
        "ORDER BY post DESC LIMIT $3",
        quoted_author,
        before,
        limit,
    )


def unchecked(tx: Transaction, before: Millis, limit: int) -> list[Row]:
    """Accepted quotes whose stamp was not looked at since then, the longest not first."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM quotes WHERE checked_at > 0 AND checked_at < $1 AND state = 'accepted' "
        "ORDER BY checked_at LIMIT $2",
        before,
        limit,
    )
