"""What people show besides a password: an app's secret, passkeys, recovery codes; and who has yet to show it."""

from typing import NamedTuple

from scattershot.domain.ids import Millis, PersonId
from scattershot.ports.database import Transaction

TABLES = ("one_time_codes", "recovery_codes", "passkeys", "half_sessions")


def is_on(tx: Transaction, person: PersonId) -> bool:
    """Whether a password alone does not let the person in."""
    return (
        tx.value(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM one_time_codes WHERE person = $1 AND since IS NOT NULL) "
            "OR EXISTS (SELECT 1 FROM passkeys WHERE person = $1)",
            person,
        )
        is not None
    )


def forget(tx: Transaction, person: PersonId) -> None:
    """Let a password alone do again."""
    for table in TABLES:
        tx.execute(f"DELETE FROM {table} WHERE person = $1", person)


# -- codes of an app


class Codes(NamedTuple):
    """An app's secret; `since` it is asked for, None while it was not proved."""

    secret: bytes
    since: Millis | None
    last_step: int


def _codes(secret: bytes, since: int | None, last_step: int) -> Codes:
    return Codes(bytes(secret), Millis(since) if since is not None else None, last_step)


def codes(tx: Transaction, person: PersonId) -> Codes | None:
    """The person's secret."""
    return tx.fetch_one(_codes, "SELECT secret, since, last_step FROM one_time_codes WHERE person = $1", person)


def put_codes(tx: Transaction, person: PersonId, secret: bytes) -> None:
    """A new secret that is not proved yet."""
    tx.execute(
        "INSERT INTO one_time_codes (person, secret) VALUES ($1, $2) "
        "ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, since = NULL, last_step = 0",
        person,
        secret,
    )


def begin_codes(tx: Transaction, person: PersonId, now: Millis) -> None:
    """From now on codes are asked for."""
    tx.execute("UPDATE one_time_codes SET since = $2 WHERE person = $1", person, now)


def take_step(tx: Transaction, person: PersonId, step: int) -> bool:
    """Spend that time step and all before it; False where another was quicker."""
    sql = "UPDATE one_time_codes SET last_step = $2 WHERE person = $1 AND last_step < $2"
    return bool(tx.execute(sql, person, step))


def drop_codes(tx: Transaction, person: PersonId) -> None:
    """Ask for no codes of an app."""
    tx.execute("DELETE FROM one_time_codes WHERE person = $1", person)


# -- recovery codes


def put_recovery(tx: Transaction, person: PersonId, hashes: list[bytes]) -> None:
    """These and no others."""
    tx.execute("DELETE FROM recovery_codes WHERE person = $1", person)
    for each in hashes:
        tx.execute("INSERT INTO recovery_codes (person, hash) VALUES ($1, $2)", person, each)


def count_recovery(tx: Transaction, person: PersonId) -> int:
    """How many are left."""
    return int(tx.value("SELECT count(*) FROM recovery_codes WHERE person = $1", person))


def spend_recovery(tx: Transaction, person: PersonId, hashed: bytes) -> bool:
    """Spend one; False where it is none."""
    return bool(tx.execute("DELETE FROM recovery_codes WHERE person = $1 AND hash = $2", person, hashed))


# -- passkeys


class Passkey(NamedTuple):
    """A device's public key, and what its owner calls it."""

    id: int
    credential: bytes
    public_key: bytes
    counter: int
    name: str
    at: Millis
    used: Millis | None


def _passkey(
    id_: int, credential: bytes, public_key: bytes, counter: int, name: str, at: int, used: int | None
) -> Passkey:
    last = Millis(used) if used is not None else None
    return Passkey(id_, bytes(credential), bytes(public_key), counter, name, Millis(at), last)


def passkeys(tx: Transaction, person: PersonId) -> list[Passkey]:
    """The person's, the oldest first."""
    sql = "SELECT id, credential, public_key, counter, name, at, used FROM passkeys WHERE person = $1 ORDER BY id"
    return tx.fetch(_passkey, sql, person)


def add_passkey(tx: Transaction, person: PersonId, new: Passkey) -> bool:
    """Another; False where the device is known already."""
    return bool(
        tx.execute(
            "INSERT INTO passkeys (person, credential, public_key, counter, name, at) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT DO NOTHING",
            person,
            new.credential,
            new.public_key,
            new.counter,
            new.name,
            new.at,
        )
    )


def used_passkey(tx: Transaction, number: int, counter: int, now: Millis) -> None:
    """It let its owner in."""
    tx.execute("UPDATE passkeys SET counter = $2, used = $3 WHERE id = $1", number, counter, now)


def drop_passkey(tx: Transaction, person: PersonId, number: int) -> bool:
    """Forget one; False where the person has none of that number."""
    return bool(tx.execute("DELETE FROM passkeys WHERE person = $1 AND id = $2", person, number))


# -- those who are half in


class Half(NamedTuple):
    """Whose password was right, in which browser, and how many wrong codes they gave."""

    person: PersonId
    agent: str
    tries: int


def add_half(tx: Transaction, hashed: bytes, person: PersonId, expires: Millis, agent: str) -> None:
    """Somebody's password was right."""
    sql = "INSERT INTO half_sessions (hash, person, expires, agent) VALUES ($1, $2, $3, $4)"
    tx.execute(sql, hashed, person, expires, agent)


def half(tx: Transaction, hashed: bytes, now: Millis) -> Half | None:
    """Who is half in by that ticket."""
    sql = "SELECT person, agent, tries FROM half_sessions WHERE hash = $1 AND expires > $2"
    return tx.fetch_one(lambda person, agent, tries: Half(PersonId(person), agent, tries), sql, hashed, now)


def count_try(tx: Transaction, hashed: bytes) -> None:
    """A code was wrong."""
    tx.execute("UPDATE half_sessions SET tries = tries + 1 WHERE hash = $1", hashed)


def drop_half(tx: Transaction, hashed: bytes) -> bool:
    """They are in, or must begin anew; False where another was quicker."""
    return bool(tx.execute("DELETE FROM half_sessions WHERE hash = $1", hashed))


def drop_expired(tx: Transaction, now: Millis) -> int:
    """Drop those who came no further in time."""
    return tx.execute("DELETE FROM half_sessions WHERE expires <= $1", now)
