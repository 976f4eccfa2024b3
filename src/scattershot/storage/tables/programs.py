"""Programs that act for people, the codes they were handed and the tokens they hold. Secrets are hashes only."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PersonId, ProgramId, TokenId
from scattershot.ports.database import Transaction


class Program(NamedTuple):
    """A program as it was registered; `secret` is a hash, `redirects` one address in each line."""

    id: ProgramId
    client_id: str
    secret: bytes
    name: str
    website: str
    redirects: str
    scopes: str
    created: Millis


_PROGRAM = "id, client_id, secret, name, website, redirects, scopes, created"


def _program(
    id_: int, client_id: str, secret: bytes, name: str, website: str, redirects: str, scopes: str, created: int
) -> Program:
    return Program(ProgramId(id_), client_id, bytes(secret), name, website, redirects, scopes, Millis(created))


def add(tx: Transaction, program: Program) -> ProgramId:
    """Register a program; its id is given here."""
    return ProgramId(
        tx.value(
            "INSERT INTO programs (client_id, secret, name, website, redirects, scopes, created) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            *program[1:],
        )
    )


def by_client_id(tx: Transaction, client_id: str) -> Program | None:
    """The program that calls itself so."""
    return tx.fetch_one(_program, f"SELECT {_PROGRAM} FROM programs WHERE client_id = $1", client_id)


def get(tx: Transaction, program: ProgramId) -> Program | None:
    """The program of that id."""
    return tx.fetch_one(_program, f"SELECT {_PROGRAM} FROM programs WHERE id = $1", program)


# -- codes


class Grant(NamedTuple):
    """What a person let a program do, for the few minutes until it asks for the token."""

    program: ProgramId
    person: PersonId
    microblog: MicroblogId
    scopes: str
    redirect: str
    challenge: str
    expires: Millis


def add_grant(tx: Transaction, hashed: bytes, grant: Grant) -> None:
    """Store a code."""
    tx.execute(
        "INSERT INTO grants (hash, program, person, microblog, scopes, redirect, challenge, expires) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        hashed,
        *grant,
    )


def take_grant(tx: Transaction, hashed: bytes) -> Grant | None:
    """What the code stood for; it is spent by asking."""
    grant = tx.fetch_one(
        Grant,
        "SELECT program, person, microblog, scopes, redirect, challenge, expires FROM grants WHERE hash = $1",
        hashed,
    )
    return grant if tx.execute("DELETE FROM grants WHERE hash = $1", hashed) else None


def drop_expired_grants(tx: Transaction, now: Millis) -> int:
    """Drop codes that nobody came for."""
    return tx.execute("DELETE FROM grants WHERE expires <= $1", now)


# -- tokens


class Token(NamedTuple):
    """What somebody's program may do and as which microblog; one without a person acts for itself alone."""

    program: ProgramId | None
    person: PersonId | None
    microblog: MicroblogId | None
    scopes: str
    created: Millis
    id: TokenId | None = None


_HELD = "t.program, t.person, t.microblog, t.scopes, t.created, t.id"


def add_token(tx: Transaction, hashed: bytes, token: Token) -> TokenId:
    """Store an access token."""
    return TokenId(
        tx.value(
            "INSERT INTO access_tokens (hash, program, person, microblog, scopes, created) "
            "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            hashed,
            *token[:5],
        )
    )


def token(tx: Transaction, hashed: bytes) -> Token | None:
    """The token, where it is good."""
    return tx.fetch_one(
        Token,
        f"SELECT {_HELD} FROM access_tokens t LEFT JOIN people p ON p.id = t.person "
        "LEFT JOIN microblogs m ON m.id = t.microblog "
        "WHERE t.hash = $1 AND (t.person IS NULL OR NOT p.disabled) "
        "AND (t.microblog IS NULL OR m.standing <> 'blocked')",
        hashed,
    )


def scopes_of(tx: Transaction, token_id: TokenId) -> str:
    """What the token allows, as it was asked for."""
    return str(tx.value("SELECT scopes FROM access_tokens WHERE id = $1", token_id) or "")


def tokens_of(tx: Transaction, person: PersonId) -> list[Token]:
    """The tokens that act for a person, oldest first."""
    return tx.fetch(Token, f"SELECT {_HELD} FROM access_tokens t WHERE t.person = $1 ORDER BY t.id", person)


def drop_token(tx: Transaction, token_id: TokenId) -> bool:
    """Let the token be good for nothing; False where it was already."""
    return bool(tx.execute("DELETE FROM access_tokens WHERE id = $1", token_id))


def drop_all_of(tx: Transaction, person: PersonId) -> None:
    """Forget every token and code of a person."""
    tx.execute("DELETE FROM access_tokens WHERE person = $1", person)
    tx.execute("DELETE FROM grants WHERE person = $1", person)
