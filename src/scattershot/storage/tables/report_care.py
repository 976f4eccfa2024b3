"""Complaints as those who run the node work through them: whose each one is, and who dealt with it."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.report import Category
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction

_END = 1 << 62


class Care(NamedTuple):
    """Who looks after a complaint, and who dealt with it; `at` is when that was last changed."""

    report: int
    assigned: MicroblogId | None
    resolved_by: MicroblogId | None
    at: Millis


def of(tx: Transaction, reports: list[int]) -> dict[int, Care]:
    """The care that those complaints have."""
    rows = tx.fetch(Care, "SELECT report, assigned, resolved_by, at FROM report_care WHERE report = ANY($1)", reports)
    return {row.report: row for row in rows}


def assign(tx: Transaction, report: int, to: MicroblogId | None, now: Millis) -> None:
    """Let somebody, or nobody, look after it."""
    tx.execute(
        "INSERT INTO report_care (report, assigned, at) VALUES ($1, $2, $3) "
        "ON CONFLICT (report) DO UPDATE SET assigned = excluded.assigned, at = excluded.at",
        report,
        to,
        now,
    )


def settled_by(tx: Transaction, report: int, who: MicroblogId | None, now: Millis) -> None:
    """Remember who dealt with it; None where it is open again."""
    tx.execute(
        "INSERT INTO report_care (report, resolved_by, at) VALUES ($1, $2, $3) "
        "ON CONFLICT (report) DO UPDATE SET resolved_by = excluded.resolved_by, at = excluded.at",
        report,
        who,
        now,
    )


def reopen(tx: Transaction, report: int) -> bool:
    """The complaint is open again; False where it was."""
    return bool(tx.execute("UPDATE reports SET resolved_at = NULL WHERE id = $1 AND resolved_at IS NOT NULL", report))


def classify(tx: Transaction, report: int, category: Category, rules: Sequence[int], now: Millis) -> None:
    """Say anew what it is about."""
    sql = "UPDATE reports SET category = $2, rules = $3 WHERE id = $1"
    tx.execute(sql, report, category.value, json.encode(rules).decode())
    sql = "INSERT INTO report_care (report, at) VALUES ($1, $2) ON CONFLICT (report) DO UPDATE SET at = excluded.at"
    tx.execute(sql, report, now)


def open_about(tx: Transaction, target: MicroblogId) -> list[int]:
    """The numbers of the open complaints about somebody."""
    return tx.fetch(int, "SELECT id FROM reports WHERE target = $1 AND resolved_at IS NULL ORDER BY id", target)


def page(
    tx: Transaction, *, resolved: bool, reporter: MicroblogId | None, target: MicroblogId | None, window: Window,
    limit: int,
) -> list[int]:  # fmt: skip
    """The numbers of complaints that were dealt with, or are open: by somebody and about somebody, newest first."""
    found = tx.fetch(
        int,
        f"SELECT id FROM reports WHERE resolved_at IS {'NOT NULL' if resolved else 'NULL'} AND id < $1 AND id > $2 "
        "AND (reporter = $3 OR $3 = 0) AND (target = $4 OR $4 = 0) "
        f"ORDER BY id {'ASC' if window.nearest else 'DESC'} LIMIT $5",
        _END if window.below is None else window.below,
        window.above or 0,
        reporter or 0,
        target or 0,
        limit,
    )
    return found[::-1] if window.nearest else found
