"""Public posts for everybody to read: all that are known here, and those with certain tags. Newest first."""

from heapq import merge
from itertools import islice

from scattershot.domain.choosing import EVERY, Tags, Which
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction
from scattershot.storage.tables import posts
from scattershot.storage.tables.posts import Row

LOOKED_AT = 2_000
"""Posts of one tag that are looked at for a page of those among them that are of some sort: a list ends there."""

_WHERE = {None: "", True: " AND p.local", False: " AND NOT p.local"}
_MEDIA = ("", " AND p.has_media")


def where_open(which: Which) -> str:
    """What those of the posts `p` are that belong to that list."""
    audience = "p.audience IN ('public', 'local')" if which.here else "p.audience = 'public'"
    return f"{audience}{_WHERE[which.here]}{_MEDIA[which.media]}"


def known(tx: Transaction, which: Which, window: Window, limit: int) -> list[Row]:
    """Public posts known here; of here alone also those for this node alone, for whoever may see them."""
    found = posts.rows(
        tx,
        f"FROM posts p WHERE {where_open(which)} AND p.id < $1 AND p.id > $2 AND NOT p.gone "
        f"ORDER BY p.id {_order(window)} LIMIT $3",
        *window.bounds,
        limit,
    )
    return found[::-1] if window.nearest else found


def _order(window: Window) -> str:
    return "ASC" if window.nearest else "DESC"


def tagged(tx: Transaction, tags: Tags, which: Which, window: Window, limit: int) -> list[Row]:
    """Public posts with the tags."""
    lists = [_with_tag(tx, tag, tags, which, window, limit) for tag in dict.fromkeys(tags.any_of)]
    way = 1 if window.nearest else -1
    merged = {row.id: row for row in merge(*lists, key=lambda row: way * row.id)}
    found = list(islice(merged.values(), limit))
    return found[::-1] if window.nearest else found


def _with_tag(tx: Transaction, tag: str, tags: Tags, which: Which, window: Window, limit: int) -> list[Row]:
    """Those with one tag, in the order in which they are looked for; walked by the index of tags."""
    wanted, unwanted = list(dict.fromkeys(tags.all_of)), list(tags.none_of)
    args: list[object] = [tag, *window.bounds, limit]
    where = f"{_WHERE[which.here]}{_MEDIA[which.media]} "
    if wanted:
        args += [wanted, len(wanted)]
        where += (
            f"AND (SELECT count(*) FROM tags a WHERE a.post = p.id AND a.tag = ANY(${len(args) - 1})) = ${len(args)} "
        )
    if unwanted:
        args.append(unwanted)
        where += f"AND NOT EXISTS (SELECT 1 FROM tags n WHERE n.post = p.id AND n.tag = ANY(${len(args)})) "
    if (which, wanted, unwanted) != (EVERY, [], []):
        where += _near_enough(window)
    return posts.rows(
        tx,
        "FROM tags t JOIN posts p ON p.id = t.post WHERE t.tag = $1 AND t.post < $2 AND t.post > $3 "
        f"AND p.audience = 'public' AND NOT p.gone {where}ORDER BY t.post {_order(window)} LIMIT $4",
        *args,
    )


def _near_enough(window: Window) -> str:
    """Bounds how far a walk goes that may find little."""
    farthest = (
        "(SELECT f.post FROM tags f WHERE f.tag = $1 AND f.post < $2 AND f.post > $3 "
        f"ORDER BY f.post {_order(window)} LIMIT 1 OFFSET {LOOKED_AT})"
    )
    return f"AND t.post < coalesce({farthest}, $2) " if window.nearest else f"AND t.post > coalesce({farthest}, $3) "
