"""Bans: slips, and authors of slips, that are neither taken nor handed out any more."""

from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.ports.database import Transaction
from scattershot.storage.tables import slips

MOST_LISTED = 5_000


class Ban(NamedTuple):
    """What is kept away, and why, as whoever did so said."""

    name: bytes
    reason: str


def _ban(name: bytes, reason: str) -> Ban:
    return Ban(bytes(name), reason)


def ban_author(tx: Transaction, author: bytes, reason: str, now: Millis) -> None:
    """Drop everything of the author's, and take nothing more of it."""
    tx.lock("slips")
    before = tx.value("SELECT until FROM slip_graves WHERE author = $1 AND name = $2", author, b"")
    _add(tx, author, True, author, reason, now, before)
    slips.dig(tx, author, b"", slips.FOREVER)
    slips.drop_all_by(tx, author)


def ban_slip(tx: Transaction, name: bytes, reason: str, now: Millis) -> bool:
    """Drop the slip, and take it no more; False where it does not lie here."""
    tx.lock("slips")
    whose = tx.value("SELECT author FROM slips WHERE id = $1", name)
    if whose is None:
        return False
    _add(tx, name, False, bytes(whose), reason, now, None)
    slips.dig(tx, bytes(whose), name, slips.FOREVER)
    slips.drop(tx, [name])
    return True


def _add(
    tx: Transaction, name: bytes, is_author: bool, whose: bytes, reason: str, now: Millis, before: int | None
) -> None:
    tx.execute(
        "INSERT INTO slip_bans (name, author, whose, reason, at, before) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (name) DO UPDATE SET reason = excluded.reason",
        name, is_author, whose, reason, now, before,
    )  # fmt: skip


class _Held(NamedTuple):
    is_author: bool
    whose: bytes
    before: int | None


def lift(tx: Transaction, name: bytes, *, author: bool) -> bool:
    """Let it be brought again; what its author took away by themselves stays away. False where nothing was banned."""
    held = tx.fetch_one(_Held, "SELECT author, whose, before FROM slip_bans WHERE name = $1", name)
    if held is None or bool(held.is_author) is not author:
        return False
    tx.execute("DELETE FROM slip_bans WHERE name = $1", name)
    grave = b"" if author else name
    tx.execute("DELETE FROM slip_graves WHERE author = $1 AND name = $2", bytes(held.whose), grave)
    if held.before is not None:
        slips.dig(tx, bytes(held.whose), grave, held.before)
    return True


def listed(tx: Transaction, *, authors: bool) -> list[Ban]:
    """All authors, or all slips, that are banned, the latest first."""
    sql = "SELECT name, reason FROM slip_bans WHERE author = $1 ORDER BY at DESC, name LIMIT $2"
    return tx.fetch(_ban, sql, authors, MOST_LISTED)
