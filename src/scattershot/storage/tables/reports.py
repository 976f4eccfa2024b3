"""Complaints about microblogs and their posts, kept until somebody who runs the node has dealt with them."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.report import Category
from scattershot.ports.database import Transaction

_COLUMNS = "id, reporter, target, posts, comment, at, resolved_at, forwarded, category, rules"


class Report(NamedTuple):
    """A complaint as filed. `forwarded`: the target's node was told as well."""

    id: int
    reporter: MicroblogId
    target: MicroblogId
    posts: tuple[PostId, ...]
    comment: str
    at: Millis
    resolved_at: Millis | None
    forwarded: bool
    category: Category = Category.OTHER
    rules: tuple[int, ...] = ()
    """Numbers of the house's rules that were broken; some may be rules no more."""


def _report(
    id_: int, reporter: int, target: int, posts: str, comment: str, at: int, resolved_at: int | None, forwarded: bool,
    category: str, rules: str,
) -> Report:  # fmt: skip
    resolved = None if resolved_at is None else Millis(resolved_at)
    about = json.decode(posts, type=tuple[PostId, ...])
    return Report(
        id_, MicroblogId(reporter), MicroblogId(target), about, comment, Millis(at), resolved, bool(forwarded),
        Category(category), json.decode(rules, type=tuple[int, ...]),
    )  # fmt: skip


def add(
    tx: Transaction,
    reporter: MicroblogId,
    target: MicroblogId,
    posts: list[PostId],
    comment: str,
    now: Millis,
    *,
    forwarded: bool = False,
    category: Category = Category.OTHER,
    rules: Sequence[int] = (),
) -> int:
    """File a complaint; its number."""
    return int(
        tx.value(
            "INSERT INTO reports (reporter, target, posts, comment, at, forwarded, category, rules) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            reporter,
            target,
            json.encode(posts).decode(),
            comment,
            now,
            forwarded,
            category.value,
            json.encode(rules).decode(),
        )
    )


def unresolved(tx: Transaction, limit: int) -> list[Report]:
    """Open complaints, oldest first."""
    return tx.fetch(_report, f"SELECT {_COLUMNS} FROM reports WHERE resolved_at IS NULL ORDER BY id LIMIT $1", limit)


def get(tx: Transaction, number: int) -> Report | None:
    """The complaint of that number."""
    return tx.fetch_one(_report, f"SELECT {_COLUMNS} FROM reports WHERE id = $1", number)


def resolve(tx: Transaction, number: int, now: Millis) -> bool:
    """The complaint was dealt with; False where it was not open."""
    return bool(tx.execute("UPDATE reports SET resolved_at = $2 WHERE id = $1 AND resolved_at IS NULL", number, now))
