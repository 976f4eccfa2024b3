"""Filters of microblogs here, with their keywords and posts."""

from typing import NamedTuple

from scattershot.domain.filters import Action, Context, Filter, FilteredPost, FilterId, Keyword, KeywordId
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.ports.database import Transaction


class _Row(NamedTuple):
    id: int
    title: str
    contexts: str
    action: str
    expires: int | None


def of(tx: Transaction, microblog: MicroblogId) -> list[Filter]:
    """All its filters, oldest first, those that have expired too."""
    rows = tx.fetch(
        _Row, "SELECT id, title, contexts, action, expires FROM filters WHERE microblog = $1 ORDER BY id", microblog
    )
    return _whole(tx, rows)


def get(tx: Transaction, microblog: MicroblogId, filter_id: FilterId) -> Filter | None:
    """The filter of that id, where it is the microblog's."""
    rows = tx.fetch(
        _Row,
        "SELECT id, title, contexts, action, expires FROM filters WHERE id = $1 AND microblog = $2",
        filter_id,
        microblog,
    )
    return _whole(tx, rows)[0] if rows else None


def _whole(tx: Transaction, rows: list[_Row]) -> list[Filter]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    keywords: dict[int, list[Keyword]] = {}
    for parent, keyword in tx.fetch(
        _keyword, "SELECT filter, id, keyword, whole_word FROM filter_keywords WHERE filter = ANY($1) ORDER BY id", ids
    ):
        keywords.setdefault(parent, []).append(keyword)
    posts: dict[int, list[FilteredPost]] = {}
    for parent, post in tx.fetch(
        _post, "SELECT filter, id, post FROM filter_posts WHERE filter = ANY($1) ORDER BY id", ids
    ):
        posts.setdefault(parent, []).append(post)
    return [
        Filter(
            FilterId(row.id),
            row.title,
            tuple(map(Context, row.contexts.split())),
            Action(row.action),
            Millis(row.expires) if row.expires is not None else None,
            tuple(keywords.get(row.id, ())),
            tuple(posts.get(row.id, ())),
        )
        for row in rows
    ]


def _keyword(parent: int, id_: int, text: str, whole_word: bool) -> tuple[int, Keyword]:
    return parent, Keyword(KeywordId(id_), text, bool(whole_word))


def _post(parent: int, id_: int, post: int) -> tuple[int, FilteredPost]:
    return parent, FilteredPost(id_, PostId(post))


def _contexts(contexts: tuple[Context, ...]) -> str:
    return " ".join(context.value for context in contexts)


def add(
    tx: Transaction,
    microblog: MicroblogId,
    title: str,
    contexts: tuple[Context, ...],
    action: Action,
    expires: Millis | None,
) -> FilterId:
    """A new filter that nothing meets yet."""
    made = tx.value(
        "INSERT INTO filters (microblog, title, contexts, action, expires) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        microblog,
        title,
        _contexts(contexts),
        action,
        expires,
    )
    return FilterId(made)


def put(tx: Transaction, changed: Filter) -> None:
    """Replace what stands of the filter itself; its keywords and posts stay."""
    tx.execute(
        "UPDATE filters SET title = $2, contexts = $3, action = $4, expires = $5 WHERE id = $1",
        changed.id,
        changed.title,
        _contexts(changed.contexts),
        changed.action,
        changed.expires,
    )


def drop(tx: Transaction, filter_id: FilterId) -> None:
    """Forget a filter with all it holds."""
    tx.execute("DELETE FROM filter_keywords WHERE filter = $1", filter_id)
    tx.execute("DELETE FROM filter_posts WHERE filter = $1", filter_id)
    tx.execute("DELETE FROM filters WHERE id = $1", filter_id)


def count(tx: Transaction, microblog: MicroblogId) -> int:
    """How many filters it has."""
    return int(tx.value("SELECT count(*) FROM filters WHERE microblog = $1", microblog))


def drop_all_of(tx: Transaction, microblog: MicroblogId) -> None:
    """Forget every filter of a microblog that is gone."""
    for table in ("filter_keywords", "filter_posts"):
        tx.execute(f"DELETE FROM {table} WHERE filter IN (SELECT id FROM filters WHERE microblog = $1)", microblog)
    tx.execute("DELETE FROM filters WHERE microblog = $1", microblog)


# -- keywords and posts


def add_keyword(tx: Transaction, filter_id: FilterId, text: str, *, whole_word: bool) -> Keyword:
    """One keyword more."""
    made = tx.value(
        "INSERT INTO filter_keywords (filter, keyword, whole_word) VALUES ($1, $2, $3) RETURNING id",
        filter_id,
        text,
        whole_word,
    )
    return Keyword(KeywordId(made), text, whole_word)


def put_keyword(tx: Transaction, keyword: Keyword) -> None:
    """Replace a keyword."""
    tx.execute(
        "UPDATE filter_keywords SET keyword = $2, whole_word = $3 WHERE id = $1",
        keyword.id,
        keyword.text,
        keyword.whole_word,
    )


def drop_keyword(tx: Transaction, keyword: KeywordId) -> None:
    """One keyword less."""
    tx.execute("DELETE FROM filter_keywords WHERE id = $1", keyword)


def with_keyword(tx: Transaction, microblog: MicroblogId, keyword: int) -> Filter | None:
    """The filter that holds the keyword, where it is the microblog's."""
    parent = tx.value("SELECT filter FROM filter_keywords WHERE id = $1", keyword)
    return get(tx, microblog, FilterId(parent)) if parent is not None else None


def add_post(tx: Transaction, filter_id: FilterId, post: PostId) -> FilteredPost:
    """One post more; the same again where it was there."""
    tx.execute("INSERT INTO filter_posts (filter, post) VALUES ($1, $2) ON CONFLICT DO NOTHING", filter_id, post)
    made = tx.value("SELECT id FROM filter_posts WHERE filter = $1 AND post = $2", filter_id, post)
    return FilteredPost(int(made), post)


def drop_post(tx: Transaction, filtered: int) -> None:
    """One post less."""
    tx.execute("DELETE FROM filter_posts WHERE id = $1", filtered)


def with_post(tx: Transaction, microblog: MicroblogId, filtered: int) -> Filter | None:
    """The filter that holds that filtered post, where it is the microblog's."""
    parent = tx.value("SELECT filter FROM filter_posts WHERE id = $1", filtered)
    return get(tx, microblog, FilterId(parent)) if parent is not None else None
