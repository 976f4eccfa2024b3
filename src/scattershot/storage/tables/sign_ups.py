"""How somebody new comes to sign in here: the codes that were given out, and those who wait for a yes."""

from typing import NamedTuple

from scattershot.domain.ids import Millis, PersonId, ProgramId
from scattershot.domain.people import Role
from scattershot.ports.database import Transaction

# -- invitations


class Invitation(NamedTuple):
    """A code given out. `expires` and `most` are None where nothing ends it; `maker` is None for the command line."""

    id: int
    maker: PersonId | None
    role: Role
    follow: bool
    note: str
    made: Millis
    expires: Millis | None
    most: int | None
    used: int


_COLUMNS = "id, maker, role, follow, note, made, expires, most, used"
_GOOD = "(expires IS NULL OR expires > $1) AND (most IS NULL OR used < most)"


def _invitation(
    id_: int, maker: int | None, role: str, follow: bool, note: str, made: int, expires: int | None, most: int | None,
    used: int,
) -> Invitation:  # fmt: skip
    return Invitation(
        id_, PersonId(maker) if maker is not None else None, Role(role), bool(follow), note, Millis(made),
        Millis(expires) if expires is not None else None, most, used,
    )  # fmt: skip


class New(NamedTuple):
    """An invitation not yet stored."""

    hashed: bytes
    maker: PersonId | None
    role: Role
    follow: bool
    note: str
    made: Millis
    expires: Millis | None
    most: int | None


def add_invitation(tx: Transaction, new: New) -> int:
    """Store an invitation; its number."""
    return int(
        tx.value(
            "INSERT INTO invitations (hash, maker, role, follow, note, made, expires, most) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            *new,
        )
    )


def invitation(tx: Transaction, hashed: bytes, now: Millis) -> Invitation | None:
    """The invitation of that code, where it is still good."""
    return tx.fetch_one(_invitation, f"SELECT {_COLUMNS} FROM invitations WHERE hash = $2 AND {_GOOD}", now, hashed)


def use_invitation(tx: Transaction, hashed: bytes, now: Millis) -> bool:
    """Count somebody who comes by the code; False where it is no longer good."""
    return bool(tx.execute(f"UPDATE invitations SET used = used + 1 WHERE hash = $2 AND {_GOOD}", now, hashed))


def invitations(tx: Transaction, now: Millis, maker: PersonId | None, limit: int) -> list[Invitation]:
    """Invitations that are still good, of one maker or (None) of everybody, the newest first."""
    whose = "AND maker = $3" if maker is not None else ""
    parameters = (now, limit, maker) if maker is not None else (now, limit)
    return tx.fetch(
        _invitation,
        f"SELECT {_COLUMNS} FROM invitations WHERE {_GOOD} {whose} ORDER BY id DESC LIMIT $2",
        *parameters,
    )


def drop_invitation(tx: Transaction, number: int, maker: PersonId | None) -> bool:
    """Let nobody come by that invitation any more; where a maker is given, it must be theirs."""
    whose = "AND maker = $2" if maker is not None else ""
    parameters = (number, maker) if maker is not None else (number,)
    return bool(tx.execute(f"DELETE FROM invitations WHERE id = $1 {whose}", *parameters))


def drop_invitations_of(tx: Transaction, maker: PersonId) -> None:
    """Let nobody come by what that person gave out."""
    tx.execute("DELETE FROM invitations WHERE maker = $1", maker)


def drop_expired(tx: Transaction, now: Millis) -> int:
    """Drop invitations whose time is over."""
    return tx.execute("DELETE FROM invitations WHERE expires IS NOT NULL AND expires <= $1", now)


# -- those who wait


class Applicant(NamedTuple):
    """Somebody who signed up and waits for a yes; `secret` is the hash of their password, `token` that of what the
    program holds by which they came."""

    id: int
    name: str
    secret: str
    email: str
    reason: str
    at: Millis
    token: bytes | None = None
    program: ProgramId | None = None
    scopes: str = ""


_COLUMNS_OF_APPLICANT = "name, secret, email, reason, at, token, program, scopes"
_APPLICANT = f"SELECT id, {_COLUMNS_OF_APPLICANT} FROM applicants "


def apply(tx: Transaction, new: Applicant) -> int | None:
    """Let somebody wait; their number, or None where that name waits already."""
    number: int | None = tx.value(
        f"INSERT INTO applicants ({_COLUMNS_OF_APPLICANT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT DO NOTHING RETURNING id",
        *new[1:],
    )
    return number


def holds_token(tx: Transaction, hashed: bytes) -> bool:
    """Whether the program of somebody who waits holds that token."""
    return tx.value("SELECT 1 FROM applicants WHERE token = $1", hashed) is not None


def applicant(tx: Transaction, number: int) -> Applicant | None:
    """Who waits under that number."""
    return tx.fetch_one(Applicant, _APPLICANT + "WHERE id = $1", number)


def applicant_called(tx: Transaction, name: str) -> Applicant | None:
    """Who waits under that name."""
    return tx.fetch_one(Applicant, _APPLICANT + "WHERE name = $1", name)


def applicants(tx: Transaction, limit: int) -> list[Applicant]:
    """Those who wait, the longest first."""
    return tx.fetch(Applicant, _APPLICANT + "ORDER BY id LIMIT $1", limit)


def count_applicants(tx: Transaction) -> int:
    """How many wait."""
    return int(tx.value("SELECT count(*) FROM applicants"))


def drop_applicant(tx: Transaction, number: int) -> bool:
    """They wait no longer; False where somebody else was quicker."""
    return bool(tx.execute("DELETE FROM applicants WHERE id = $1", number))
