"""Feeds elsewhere that are followed here: how each stands, and when it is asked next."""

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.source import Offer, Pace, Source
from scattershot.ports.database import Transaction

_COLUMNS = (
    "microblog, name, address, due, checked, newest, failures, tag, modified, digest, pace, token, secret, offer, "
    "told_until, attempts, asked, heard"
)
_pace = json.Decoder(Pace).decode
_offer = json.Decoder(Offer).decode


def _source(
    microblog: int, name: str, address: str, due: int | None, checked: int, newest: int | None, failures: int, tag: str,
    modified: str, digest: str, pace: str, token: str, secret: str, offer: str, told_until: int, attempts: int,
    asked: int, heard: int,
) -> Source:  # fmt: skip
    return Source(
        MicroblogId(microblog), name, address, Millis(due or 0), Millis(checked),
        None if newest is None else Millis(newest), failures, tag, modified, digest, _pace(pace), token, secret,
        _offer(offer) if offer else None, Millis(told_until), attempts, Millis(asked),
        Millis(heard),
    )  # fmt: skip


def add(tx: Transaction, microblog: MicroblogId, name: str) -> None:
    """A feed was met; it is not asked before somebody follows it."""
    tx.execute(
        "INSERT INTO sources (microblog, name, address) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING", microblog, name
    )


def listen(tx: Transaction, microblog: MicroblogId, now: Millis) -> None:
    """Somebody follows it: it is asked at once, unless it is asked anyway, and read whole, to see who tells of it."""
    tx.execute(
        "UPDATE sources SET due = $2, offer = '', attempts = 0, asked = 0, tag = '', modified = '', digest = '' "
        "WHERE microblog = $1 AND due IS NULL",
        microblog,
        now,
    )


def rest(tx: Transaction, microblog: MicroblogId) -> None:
    """Nobody follows it any more: it is not asked, and who tells us of it is to be told that we leave."""
    tx.execute("UPDATE sources SET due = NULL, told_until = 0, attempts = 0, asked = 0 WHERE microblog = $1", microblog)


def left(tx: Transaction, limit: int) -> list[Source]:
    """Those that nobody follows any more, of which somebody tells us who was not told yet that we leave."""
    return tx.fetch(
        _source,
        f"SELECT {_COLUMNS} FROM sources WHERE due IS NULL AND offer <> '' AND asked = 0 ORDER BY microblog LIMIT $1",
        limit,
    )


def left_by(tx: Transaction, token: str) -> Source | None:
    """The feed of that callback, which we wish to leave."""
    return tx.fetch_one(
        _source,
        f"SELECT {_COLUMNS} FROM sources WHERE token = $1 AND token <> '' AND due IS NULL AND offer <> ''",
        token,
    )


def put_left(tx: Transaction, microblog: MicroblogId, asked: Millis | None) -> None:
    """Whoever tells us was told then that we leave; with None that is over."""
    if asked is None:
        tx.execute("UPDATE sources SET offer = '' WHERE microblog = $1 AND due IS NULL", microblog)
    else:
        tx.execute("UPDATE sources SET asked = $2 WHERE microblog = $1 AND due IS NULL", microblog, asked)


def get(tx: Transaction, microblog: MicroblogId) -> Source | None:
    """How the feed of that microblog stands."""
    return tx.fetch_one(_source, f"SELECT {_COLUMNS} FROM sources WHERE microblog = $1", microblog)


def called_back(tx: Transaction, token: str) -> Source | None:
    """The followed feed whose callback is known by that token."""
    return tx.fetch_one(
        _source, f"SELECT {_COLUMNS} FROM sources WHERE token = $1 AND token <> '' AND due IS NOT NULL", token
    )


def due(tx: Transaction, now: Millis, limit: int) -> list[Source]:
    """The feeds to be asked now, the longest due first."""
    return tx.fetch(
        _source,
        f"SELECT {_COLUMNS} FROM sources WHERE due IS NOT NULL AND due <= $1 ORDER BY due LIMIT $2",
        now,
        limit,
    )


def put_off(tx: Transaction, microblogs: list[MicroblogId], until: Millis) -> None:
    """Those that are due are asked no sooner than that."""
    tx.execute("UPDATE sources SET due = $2 WHERE microblog = ANY($1) AND due < $2", microblogs, until)


def put(tx: Transaction, source: Source) -> None:
    """Note how asking went; one that nobody follows any more is not asked again for that, and one of which we were told
    meanwhile is asked as soon as that said."""
    tx.execute(
        "UPDATE sources SET address = $2, checked = $4, newest = $5, failures = $6, tag = $7, modified = $8, "
        "due = CASE WHEN heard > $14 AND due < $3 THEN due ELSE $3 END, "
        "digest = $9, pace = $10, told_until = $11, attempts = $12, offer = $13 "
        "WHERE microblog = $1 AND due IS NOT NULL",
        source.microblog, source.address, source.due, source.checked, source.newest, source.failures, source.tag,
        source.modified, source.digest, json.encode(source.pace).decode(), source.told_until, source.attempts,
        json.encode(source.offer).decode() if source.offer is not None else "", source.heard,
    )  # fmt: skip


def put_asked(tx: Transaction, source: Source) -> None:
    """Note whom we ask to tell us, before asking: the answer may come at once."""
    tx.execute(
        "UPDATE sources SET token = $2, secret = $3, offer = $4, told_until = $5, attempts = $6, asked = $7 "
        "WHERE microblog = $1",
        source.microblog, source.token, source.secret,
        json.encode(source.offer).decode() if source.offer is not None else "", source.told_until, source.attempts,
        source.asked,
    )  # fmt: skip


def put_told(tx: Transaction, microblog: MicroblogId, told_until: Millis, due_: Millis) -> None:
    """From now on, or no more, somebody tells us."""
    tx.execute(
        "UPDATE sources SET told_until = $2, due = $3 WHERE microblog = $1 AND due IS NOT NULL",
        microblog,
        told_until,
        due_,
    )


def put_heard(tx: Transaction, microblog: MicroblogId, heard: Millis, newest: Millis | None, due_: Millis) -> None:
    """We were told of news."""
    tx.execute(
        "UPDATE sources SET heard = $2, newest = $3, due = $4 WHERE microblog = $1 AND due IS NOT NULL",
        microblog,
        heard,
        newest,
        due_,
    )


def end(tx: Transaction, microblog: MicroblogId) -> None:
    """The feed is gone for good."""
    tx.execute("UPDATE sources SET due = NULL, told_until = 0, offer = '' WHERE microblog = $1", microblog)
