"""People who sign in here, with their links and sessions. Secrets are stored as hashes only."""

from typing import NamedTuple

from scattershot.domain.ids import Millis, PersonId
from scattershot.domain.people import Person, Role
from scattershot.ports.database import Transaction
from scattershot.storage.tables import programs

_COLUMNS = "id, name, role, secret, created, disabled"


def _person(id_: int, name: str, role: str, secret: str, created: int, disabled: bool) -> Person:
    return Person(PersonId(id_), name, Role(role), secret, Millis(created), bool(disabled))


def add(tx: Transaction, name: str, role: Role, secret: str, now: Millis) -> PersonId:
    """A new person; the name must be free."""
    return PersonId(
        tx.value(
            "INSERT INTO people (name, role, secret, created) VALUES ($1, $2, $3, $4) RETURNING id",
            name,
            role,
            secret,
            now,
        )
    )


def get(tx: Transaction, person: PersonId) -> Person | None:
    """The person of that id."""
    return tx.fetch_one(_person, f"SELECT {_COLUMNS} FROM people WHERE id = $1", person)


def by_name(tx: Transaction, name: str) -> Person | None:
    """The person of that name."""
    return tx.fetch_one(_person, f"SELECT {_COLUMNS} FROM people WHERE name = $1", name)


def count(tx: Transaction) -> int:
    """How many people sign in here."""
    return int(tx.value("SELECT count(*) FROM people"))


def set_secret(tx: Transaction, person: PersonId, secret: str) -> None:
    """Replace the password's hash and end every session made with the old one."""
    tx.execute("UPDATE people SET secret = $2 WHERE id = $1", person, secret)
    tx.execute("DELETE FROM sessions WHERE person = $1", person)


def remove(tx: Transaction, person: PersonId) -> None:
    """Forget the person, with every link, session and token, and whatever it kept."""
    programs.drop_all_of(tx, person)
    tx.execute("DELETE FROM drafts WHERE writer = $1", person)
    for table in ("sign_in_links", "sessions", "keepers"):
        tx.execute(f"DELETE FROM {table} WHERE person = $1", person)
    tx.execute("DELETE FROM people WHERE id = $1", person)


# -- one-time links


class Link(NamedTuple):
    """A one-time link: for a person, or for whoever makes the owner's account."""

    person: PersonId | None
    expires: Millis


def add_link(tx: Transaction, hashed: bytes, person: PersonId | None, expires: Millis) -> None:
    """Store a one-time link."""
    tx.execute("INSERT INTO sign_in_links (hash, person, expires) VALUES ($1, $2, $3)", hashed, person, expires)


def link(tx: Transaction, hashed: bytes, now: Millis) -> Link | None:
    """The link, where it is still good."""
    return tx.fetch_one(Link, "SELECT person, expires FROM sign_in_links WHERE hash = $1 AND expires > $2", hashed, now)


def use_link(tx: Transaction, hashed: bytes) -> bool:
    """Spend the link; False where another was quicker."""
    return bool(tx.execute("DELETE FROM sign_in_links WHERE hash = $1", hashed))


def drop_owner_links(tx: Transaction) -> None:
    """Make every link that would make the owner's account worthless."""
    tx.execute("DELETE FROM sign_in_links WHERE person IS NULL")


# -- sessions


def add_session(tx: Transaction, hashed: bytes, person: PersonId, now: Millis, expires: Millis) -> None:
    """Sign a person in."""
    tx.execute(
        "INSERT INTO sessions (hash, person, created, expires) VALUES ($1, $2, $3, $4)", hashed, person, now, expires
    )


def in_session(tx: Transaction, hashed: bytes, now: Millis) -> Person | None:
    """Who is signed in with that session."""
    return tx.fetch_one(
        _person,
        "SELECT p.id, p.name, p.role, p.secret, p.created, p.disabled FROM sessions s JOIN people p ON p.id = s.person "
        "WHERE s.hash = $1 AND s.expires > $2 AND NOT p.disabled",
        hashed,
        now,
    )


def end_session(tx: Transaction, hashed: bytes) -> None:
    """Sign out."""
    tx.execute("DELETE FROM sessions WHERE hash = $1", hashed)


def drop_expired(tx: Transaction, now: Millis) -> int:
    """Drop links and sessions whose time is over."""
    links = tx.execute("DELETE FROM sign_in_links WHERE expires <= $1", now)
    return links + tx.execute("DELETE FROM sessions WHERE expires <= $1", now)
