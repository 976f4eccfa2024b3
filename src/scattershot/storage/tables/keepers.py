"""Who keeps which microblog: their roles, and those who were asked to."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PersonId, TokenId
from scattershot.domain.people import KeeperRole
from scattershot.ports.database import Transaction


class Keeper(NamedTuple):
    """A person's part in a microblog. `main` is the microblog by which others know the person."""

    person: PersonId
    main: MicroblogId | None
    role: KeeperRole
    named: bool
    since: Millis


def _keeper(person: int, main: int | None, role: str, named: bool, since: int) -> Keeper:
    return Keeper(PersonId(person), MicroblogId(main) if main else None, KeeperRole(role), bool(named), Millis(since))


_KEEPER = "SELECT k.person, p.main, k.role, k.named, k.since FROM keepers k JOIN people p ON p.id = k.person "


def of(tx: Transaction, microblog: MicroblogId) -> list[Keeper]:
    """All keepers of a microblog, those who have kept it longest first."""
    return tx.fetch(_keeper, _KEEPER + "WHERE k.microblog = $1 ORDER BY k.since, k.person", microblog)


def get(tx: Transaction, person: PersonId, microblog: MicroblogId) -> Keeper | None:
    """The person's part in the microblog, while both are there and the person may sign in."""
    return tx.fetch_one(
        _keeper,
        _KEEPER + "JOIN microblogs m ON m.id = k.microblog "
        "WHERE k.person = $1 AND k.microblog = $2 AND NOT p.disabled AND NOT m.gone",
        person,
        microblog,
    )


def role(tx: Transaction, person: PersonId, microblog: MicroblogId) -> KeeperRole | None:
    """What the person may do as the microblog, or None where it keeps it not."""
    found = get(tx, person, microblog)
    return found.role if found is not None else None


class Role(NamedTuple):
    """A microblog, and the role in which somebody keeps it."""

    microblog: MicroblogId
    role: KeeperRole


def _role(microblog: int, role: str) -> Role:
    return Role(MicroblogId(microblog), KeeperRole(role))


def roles(tx: Transaction, person: PersonId) -> dict[MicroblogId, KeeperRole]:
    """The role of the person in every microblog it keeps."""
    return dict(tx.fetch(_role, "SELECT microblog, role FROM keepers WHERE person = $1", person))


def put(tx: Transaction, person: PersonId, microblog: MicroblogId, role: KeeperRole, now: Millis) -> None:
    """Let a person keep the microblog in that role from now on."""
    tx.execute(
        "INSERT INTO keepers (person, microblog, role, since) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (person, microblog) DO UPDATE SET role = excluded.role",
        person,
        microblog,
        role,
        now,
    )


def drop(tx: Transaction, person: PersonId, microblog: MicroblogId) -> None:
    """The person keeps the microblog no longer, and no program of theirs acts for it."""
    tx.execute("DELETE FROM keepers WHERE person = $1 AND microblog = $2", person, microblog)
    tx.execute("DELETE FROM access_tokens WHERE person = $1 AND microblog = $2", person, microblog)
    tx.execute("DELETE FROM grants WHERE person = $1 AND microblog = $2", person, microblog)


def tokens(tx: Transaction, person: PersonId, microblog: MicroblogId) -> list[TokenId]:
    """The tokens by which programs of the person act for the microblog."""
    sql = "SELECT id, scopes FROM access_tokens WHERE person = $1 AND microblog = $2"
    return [TokenId(number) for number, _ in tx.fetch(_pair, sql, person, microblog)]


def _pair(first: int, second: str) -> tuple[int, str]:
    return (first, second)


def drop_all(tx: Transaction, microblog: MicroblogId) -> None:
    """Nobody keeps the microblog any more, and nobody is asked to."""
    for keeper in of(tx, microblog):
        drop(tx, keeper.person, microblog)
    tx.execute("DELETE FROM keeper_invitations WHERE microblog = $1", microblog)


def set_named(tx: Transaction, person: PersonId, microblog: MicroblogId, named: bool) -> None:
    """Whether the person may be named as the writer of what it writes there."""
    tx.execute("UPDATE keepers SET named = $3 WHERE person = $1 AND microblog = $2", person, microblog, named)


def count_owned(tx: Transaction, person: PersonId) -> int:
    """How many microblogs the person owns, alone or with others."""
    return int(
        tx.value(
            "SELECT count(*) FROM keepers k JOIN microblogs m ON m.id = k.microblog "
            "WHERE k.person = $1 AND k.role = 'owner' AND NOT m.gone",
            person,
        )
    )


def known_by(tx: Transaction, microblog: MicroblogId) -> PersonId | None:
    """The person who is known by that microblog, where there is one who may sign in."""
    person: int | None = tx.value("SELECT id FROM people WHERE main = $1 AND NOT disabled", microblog)
    return PersonId(person) if person is not None else None


# -- whether writers are shown


def shows_writers(tx: Transaction, microblog: MicroblogId) -> bool:
    """Whether the microblog names who wrote its posts."""
    return bool(tx.value("SELECT shows_writers FROM microblogs WHERE id = $1", microblog))


def set_shows_writers(tx: Transaction, microblog: MicroblogId, shows: bool) -> None:
    """Name who writes from now on, or no longer."""
    tx.execute("UPDATE microblogs SET shows_writers = $2 WHERE id = $1", microblog, shows)


# -- those who are asked


class Invitation(NamedTuple):
    """Somebody is asked to keep a microblog; `person` is None for whoever has the link."""

    id: int
    microblog: MicroblogId
    role: KeeperRole
    person: PersonId | None
    inviter: PersonId
    made: Millis
    expires: Millis


_INVITATION = "SELECT id, microblog, role, person, inviter, made, expires FROM keeper_invitations "


def _invitation(
    id_: int, microblog: int, role: str, person: int | None, inviter: int, made: int, expires: int
) -> Invitation:
    return Invitation(
        id_, MicroblogId(microblog), KeeperRole(role), PersonId(person) if person is not None else None,
        PersonId(inviter), Millis(made), Millis(expires),
    )  # fmt: skip


class Asked(NamedTuple):
    """An invitation not yet stored; one of `person` and `hashed` is given."""

    microblog: MicroblogId
    role: KeeperRole
    inviter: PersonId
    expires: Millis
    person: PersonId | None = None
    hashed: bytes | None = None


def invite(tx: Transaction, asked: Asked, now: Millis) -> int:
    """Ask somebody; a person who was asked before is asked anew."""
    return int(
        tx.value(
            "INSERT INTO keeper_invitations (microblog, role, inviter, expires, person, hash, made) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (microblog, person) DO UPDATE SET role = excluded.role, "
            "inviter = excluded.inviter, made = excluded.made, expires = excluded.expires RETURNING id",
            *asked,
            now,
        )
    )


def invitations(tx: Transaction, microblog: MicroblogId, now: Millis) -> list[Invitation]:
    """Who is asked to keep the microblog and has not answered, the oldest first."""
    return tx.fetch(_invitation, _INVITATION + "WHERE microblog = $1 AND expires > $2 ORDER BY id", microblog, now)


def invitations_of(tx: Transaction, person: PersonId, now: Millis) -> list[Invitation]:
    """What the person is asked to keep."""
    return tx.fetch(_invitation, _INVITATION + "WHERE person = $1 AND expires > $2 ORDER BY id", person, now)


def count_invitations_of(tx: Transaction, person: PersonId, now: Millis) -> int:
    """How many microblogs the person is asked to keep."""
    return int(tx.value("SELECT count(*) FROM keeper_invitations WHERE person = $1 AND expires > $2", person, now))


def invitation(tx: Transaction, number: int, now: Millis) -> Invitation | None:
    """The invitation of that number, where it is still good."""
    return tx.fetch_one(_invitation, _INVITATION + "WHERE id = $1 AND expires > $2", number, now)


def invitation_by_link(tx: Transaction, hashed: bytes, now: Millis) -> Invitation | None:
    """The invitation of that link, where it is still good."""
    return tx.fetch_one(_invitation, _INVITATION + "WHERE hash = $1 AND expires > $2", hashed, now)


def drop_invitation(tx: Transaction, number: int) -> bool:
    """Nobody is asked by that invitation any more; False where another was quicker."""
    return bool(tx.execute("DELETE FROM keeper_invitations WHERE id = $1", number))


def drop_invitations_of(tx: Transaction, person: PersonId, microblog: MicroblogId) -> None:
    """The person need not be asked any more."""
    tx.execute("DELETE FROM keeper_invitations WHERE microblog = $1 AND person = $2", microblog, person)


def drop_expired(tx: Transaction, now: Millis) -> int:
    """Drop invitations whose time is over."""
    return tx.execute("DELETE FROM keeper_invitations WHERE expires <= $1", now)
