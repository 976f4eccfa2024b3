"""People who sign in here, with their links and sessions. Secrets are stored as hashes only."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.people import Person, Role
from scattershot.ports.database import Transaction
from scattershot.storage.tables import programs, second_factors

_COLUMNS = "p.id, p.name, p.role, p.secret, p.created, p.disabled, p.main"


def _person(id_: int, name: str, role: str, secret: str, created: int, disabled: bool, main: int | None) -> Person:
    return Person(
        PersonId(id_), name, Role(role), secret, Millis(created), bool(disabled),
        MicroblogId(main) if main is not None else None,
    )  # fmt: skip


def add(
    tx: Transaction,
    name: str,
    role: Role,
    secret: str,
    now: Millis,
    *,
    main: MicroblogId | None = None,
    email: str = "",
) -> PersonId:
    """A new person; the name must be free."""
    return PersonId(
        tx.value(
            "INSERT INTO people (name, role, secret, created, main, email) VALUES ($1, $2, $3, $4, $5, $6) "
            "RETURNING id",
            name,
            role,
            secret,
            now,
            main,
            email,
        )
    )


def get(tx: Transaction, person: PersonId) -> Person | None:
    """The person of that id."""
    return tx.fetch_one(_person, f"SELECT {_COLUMNS} FROM people p WHERE p.id = $1", person)


def by_name(tx: Transaction, name: str) -> Person | None:
    """The person of that name."""
    return tx.fetch_one(_person, f"SELECT {_COLUMNS} FROM people p WHERE p.name = $1", name)


def everybody(tx: Transaction) -> list[Person]:
    """Those who sign in here, the oldest first."""
    return tx.fetch(_person, f"SELECT {_COLUMNS} FROM people p ORDER BY p.id")


def email(tx: Transaction, person: PersonId) -> str:
    """Where those who run the node may reach the person."""
    return str(tx.value("SELECT email FROM people WHERE id = $1", person) or "")


def set_email(tx: Transaction, person: PersonId, email: str) -> None:
    """Replace it."""
    tx.execute("UPDATE people SET email = $2 WHERE id = $1", person, email)


def set_role(tx: Transaction, person: PersonId, role: Role) -> None:
    """What the person may do on this node from now on."""
    tx.execute("UPDATE people SET role = $2 WHERE id = $1", person, role)


def set_disabled(tx: Transaction, person: PersonId, disabled: bool) -> None:
    """Let the person in no more, by nothing that was given out before; or again."""
    tx.execute("UPDATE people SET disabled = $2 WHERE id = $1", person, disabled)
    if disabled:
        programs.drop_all_of(tx, person)
        for table in ("sign_in_links", "sessions", "half_sessions"):
            tx.execute(f"DELETE FROM {table} WHERE person = $1", person)


def count(tx: Transaction) -> int:
    """How many people sign in here."""
    return int(tx.value("SELECT count(*) FROM people"))


def set_secret(tx: Transaction, person: PersonId, secret: str) -> None:
    """Replace the password's hash and end every session made with the old one."""
    tx.execute("UPDATE people SET secret = $2 WHERE id = $1", person, secret)
    for table in ("sessions", "half_sessions"):
        tx.execute(f"DELETE FROM {table} WHERE person = $1", person)


def remove(tx: Transaction, person: PersonId) -> None:
    """Forget the person, with every link, session and token, and whatever it kept."""
    programs.drop_all_of(tx, person)
    second_factors.forget(tx, person)
    tx.execute("DELETE FROM drafts WHERE writer = $1", person)
    for table in ("sign_in_links", "sessions", "keepers", "keeper_invitations", "weekly_people"):
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


def add_session(
    tx: Transaction, hashed: bytes, person: PersonId, now: Millis, expires: Millis, agent: str = ""
) -> None:
    """Sign a person in."""
    tx.execute(
        "INSERT INTO sessions (hash, person, created, expires, agent) VALUES ($1, $2, $3, $4, $5)",
        hashed,
        person,
        now,
        expires,
        agent,
    )


class Session(NamedTuple):
    """A browser in which somebody is signed in."""

    hash: bytes
    created: Millis
    agent: str


def _session(hashed: bytes, created: int, agent: str) -> Session:
    return Session(bytes(hashed), Millis(created), agent)


def sessions(tx: Transaction, person: PersonId, now: Millis) -> list[Session]:
    """Where the person is signed in, the latest first."""
    return tx.fetch(
        _session,
        "SELECT hash, created, agent FROM sessions WHERE person = $1 AND expires > $2 ORDER BY created DESC, hash",
        person,
        now,
    )


def end_other_sessions(tx: Transaction, person: PersonId, hashed: bytes) -> None:
    """Sign a person out everywhere else."""
    tx.execute("DELETE FROM sessions WHERE person = $1 AND hash <> $2", person, hashed)


def in_session(tx: Transaction, hashed: bytes, now: Millis) -> Person | None:
    """Who is signed in with that session."""
    return tx.fetch_one(
        _person,
        f"SELECT {_COLUMNS} FROM sessions s JOIN people p ON p.id = s.person "
        "WHERE s.hash = $1 AND s.expires > $2 AND NOT p.disabled",
        hashed,
        now,
    )


def end_session(tx: Transaction, hashed: bytes) -> None:
    """Sign out."""
    tx.execute("DELETE FROM sessions WHERE hash = $1", hashed)


def drop_expired(tx: Transaction, now: Millis) -> int:
    """Drop links and sessions whose time is over."""
    links = tx.execute("DELETE FROM sign_in_links WHERE expires <= $1", now) + second_factors.drop_expired(tx, now)
    return links + tx.execute("DELETE FROM sessions WHERE expires <= $1", now)
