"""Microblogs, local and remote, with their names, keys and keepers."""

from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import EndpointId, MicroblogId, Millis, NodeId, PersonId
from scattershot.domain.microblog import Handle, Profile, VerifyKey, Voice
from scattershot.domain.node import Standing
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.ports.protocol import Signer, SigningKey
from scattershot.storage.tables import wire_ids

_decode = json.Decoder(Profile).decode
_encode = json.Encoder().encode


class Row(NamedTuple):
    """A microblog as stored; `profile` is what its node says of it."""

    id: MicroblogId
    local: bool
    node: NodeId | None
    locked: bool
    gone: bool
    standing: Standing
    moved_to: MicroblogId | None
    fetched_at: Millis
    last_post: Millis | None
    endpoint: EndpointId | None
    profile: Profile
    sensitive: bool = False
    """Whether all it posts is shown as sensitive, because those who run this node say so."""


_COLUMNS = "id, local, node, locked, gone, standing, moved_to, fetched_at, last_post, endpoint, value, sensitive"


class Stand(NamedTuple):
    """What must be known of whoever did something, without its profile; `node_standing` is that of its server."""

    id: MicroblogId
    local: bool
    node: NodeId | None
    locked: bool
    gone: bool
    standing: str
    node_standing: str | None
    endpoint: EndpointId | None


_STAND = (
    "SELECT m.id, m.local, m.node, m.locked, m.gone, m.standing, n.standing, m.endpoint "
    "FROM microblogs m LEFT JOIN nodes n ON n.id = m.node WHERE m.id = "
)


def stand(tx: Transaction, wire_id: WireId) -> Stand | None:
    """How the microblog of that wire id stands here."""
    return tx.fetch_one(
        Stand,
        _STAND + "(SELECT thing FROM wire_ids WHERE protocol = $1 AND value = $2 AND kind = 'microblog')",
        *wire_id,
    )


def stand_of(tx: Transaction, microblog: MicroblogId) -> Stand | None:
    """How the microblog of that id stands here."""
    return tx.fetch_one(Stand, _STAND + "$1", microblog)


def _row(
    id_: MicroblogId, local: bool, node: NodeId | None, locked: bool, gone: bool, standing: str,
    moved_to: MicroblogId | None, fetched_at: Millis, last_post: Millis | None, endpoint: EndpointId | None, value: str,
    sensitive: bool,
) -> Row:  # fmt: skip
    return Row(
        id_, bool(local), node, bool(locked), bool(gone), Standing(standing), moved_to, fetched_at, last_post,
        endpoint, _decode(value), bool(sensitive),
    )  # fmt: skip


def get(tx: Transaction, microblog: MicroblogId) -> Row | None:
    """The microblog of that id."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM microblogs WHERE id = $1", microblog)


def get_many(tx: Transaction, microblogs: list[MicroblogId]) -> dict[MicroblogId, Row]:
    """The microblogs of those ids that exist."""
    rows = tx.fetch(_row, f"SELECT {_COLUMNS} FROM microblogs WHERE id = ANY($1)", microblogs)
    return {row.id: row for row in rows}


class Glance(NamedTuple):
    """What a list must look up of a microblog; `fetched_at` grows with every change of its profile."""

    id: MicroblogId
    local: bool
    gone: bool
    standing: str
    node_standing: str | None
    fetched_at: Millis


def glances(tx: Transaction, microblogs: list[MicroblogId]) -> list[Glance]:
    """A glance at each of the microblogs that exist."""
    return tx.fetch(
        Glance,
        "SELECT m.id, m.local, m.gone, m.standing, n.standing, m.fetched_at FROM microblogs m "
        "LEFT JOIN nodes n ON n.id = m.node WHERE m.id = ANY($1)",
        microblogs,
    )


def by_wire_id(tx: Transaction, wire_id: WireId) -> Row | None:
    """The microblog of that wire id."""
    return tx.fetch_one(
        _row,
        f"SELECT {_COLUMNS} FROM microblogs WHERE id = "
        "(SELECT thing FROM wire_ids WHERE protocol = $1 AND value = $2 AND kind = 'microblog')",
        *wire_id,
    )


def by_handle(tx: Transaction, handle: Handle) -> Row | None:
    """The microblog of that handle that was seen last; the domain must be normalised, case of the name is ignored."""
    return tx.fetch_one(
        _row,
        f"SELECT {_COLUMNS} FROM microblogs WHERE domain = $1 AND name = $2 AND NOT gone ORDER BY id DESC LIMIT 1",
        handle.domain,
        handle.name.lower(),
    )


class Home(NamedTuple):
    """Where a remote microblog lives and hears from us."""

    node: NodeId
    endpoint: EndpointId | None


def add(tx: Transaction, microblog: MicroblogId, profile: Profile, home: Home | None, now: Millis) -> None:
    """Store a microblog seen for the first time, with its wire id and keys; one without a home is kept here."""
    tx.execute(
        "INSERT INTO microblogs (id, local, name, domain, node, endpoint, locked, created, fetched_at, value, listed) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
        microblog,
        home is None,
        profile.name.lower(),
        profile.domain,
        home.node if home else None,
        home.endpoint if home else None,
        profile.locked,
        now,
        _encode(profile).decode(),
        _is_listed(profile),
    )
    wire_ids.add(tx, profile.id, wire_ids.Thing.MICROBLOG, microblog)
    if home is not None:
        _put_keys(tx, microblog, profile.keys)


def update(tx: Transaction, microblog: MicroblogId, profile: Profile, home: Home | None, now: Millis) -> None:
    """Replace what its node says of it. Keys of a remote microblog are replaced too: an old one proves nothing more.

    `fetched_at` always grows, so that it tells one state of the profile from another.
    """
    tx.execute(
        "UPDATE microblogs SET name = $2, domain = $3, locked = $4, gone = FALSE, value = $6, "
        "fetched_at = GREATEST($5, fetched_at + 1), "
        "endpoint = $7, listed = $8 WHERE id = $1",
        microblog,
        profile.name.lower(),
        profile.domain,
        profile.locked,
        now,
        _encode(profile).decode(),
        home.endpoint if home else None,
        _is_listed(profile),
    )
    if home is not None:
        tx.execute("DELETE FROM keys WHERE microblog = $1", microblog)
        _put_keys(tx, microblog, profile.keys)


def _is_listed(profile: Profile) -> bool:
    """Whether it wishes to be found by those who do not look for it."""
    return profile.discoverable and profile.voice is not Voice.APPLICATION and not profile.moved_to


def put_verified(tx: Transaction, microblog: MicroblogId, profile: Profile) -> None:
    """Keep what was found out about the links of its profile; nothing else of it is altered."""
    tx.execute(
        "UPDATE microblogs SET value = $2, fetched_at = fetched_at + 1 WHERE id = $1",
        microblog,
        _encode(profile).decode(),
    )


def look_anew(tx: Transaction, microblog: MicroblogId) -> None:
    """Whatever was made of it before is to be made anew: what is shown of it is not as it was."""
    tx.execute("UPDATE microblogs SET fetched_at = fetched_at + 1 WHERE id = $1", microblog)


def _put_keys(tx: Transaction, microblog: MicroblogId, keys: tuple[VerifyKey, ...]) -> None:
    for key in keys:
        tx.execute(
            "INSERT INTO keys (id, microblog, algorithm, public) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (id) DO UPDATE SET microblog = excluded.microblog, algorithm = excluded.algorithm, "
            "public = excluded.public",
            key.id,
            microblog,
            key.algorithm,
            key.public,
        )


def mark_gone(tx: Transaction, microblog: MicroblogId) -> None:
    """It is no more: its profile is emptied to a name, its keys are dropped."""
    row = get(tx, microblog)
    if row is None:
        return
    bare = Profile(id=row.profile.id, name=row.profile.name, domain=row.profile.domain, url=row.profile.url)
    tx.execute(
        "UPDATE microblogs SET gone = TRUE, listed = FALSE, value = $2 WHERE id = $1", microblog, _encode(bare).decode()
    )
    if not row.local:
        tx.execute("DELETE FROM keys WHERE microblog = $1", microblog)


def set_moved(tx: Transaction, microblog: MicroblogId, target: MicroblogId | None) -> None:
    """Remember where it lives on; None: here after all."""
    tx.execute("UPDATE microblogs SET moved_to = $2 WHERE id = $1", microblog, target)


TOUCHED = 3_600_000
"""When a microblog last wrote is kept to the hour (milliseconds): its row is large, and waits are counted in days."""


def touch(tx: Transaction, microblog: MicroblogId, published: Millis) -> None:
    """Remember when it last wrote, to the hour."""
    tx.execute(
        "UPDATE microblogs SET last_post = $2 WHERE id = $1 AND (last_post IS NULL OR last_post < $3)",
        microblog,
        published,
        published - TOUCHED,
    )


def here(tx: Transaction) -> list[Row]:
    """All microblogs kept here that are not gone, oldest first."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM microblogs WHERE local AND NOT gone ORDER BY id")


class Census(NamedTuple):
    """How many microblogs are kept here that people write, and how many of them wrote lately."""

    total: int
    month: int
    half_year: int


def census(tx: Transaction, now: Millis) -> Census:
    """How many there are; the node's own voice does not count."""
    day = 86_400_000
    found = tx.fetch_one(
        Census,
        "SELECT count(*), coalesce(sum(CASE WHEN last_post > $1 THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN last_post > $2 THEN 1 ELSE 0 END), 0) FROM microblogs "
        "WHERE local AND NOT gone AND id IN (SELECT microblog FROM keepers)",
        now - 30 * day,
        now - 180 * day,
    )
    assert found is not None
    return Census(*map(int, found))


# -- names kept here


def claim_name(tx: Transaction, handle: Handle, microblog: MicroblogId) -> bool:
    """Give a name of this node to a microblog; False where it was ever given before."""
    return bool(
        tx.execute(
            "INSERT INTO names (domain, name, microblog) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            handle.domain,
            handle.name,
            microblog,
        )
    )


def named(tx: Transaction, handle: Handle) -> Row | None:
    """The microblog kept here of that name, gone or not."""
    return tx.fetch_one(
        _row,
        f"SELECT {_COLUMNS} FROM microblogs WHERE id = (SELECT microblog FROM names WHERE domain = $1 AND name = $2)",
        handle.domain,
        handle.name.lower(),
    )


# -- keys


class KeyOwner(NamedTuple):
    """A public key and whose it is."""

    microblog: MicroblogId
    algorithm: str
    public: str


def key(tx: Transaction, key_id: str) -> KeyOwner | None:
    """The public key of that name."""
    return tx.fetch_one(KeyOwner, "SELECT microblog, algorithm, public FROM keys WHERE id = $1", key_id)


class KeyHolder(NamedTuple):
    """A public key of somebody elsewhere, and who that is."""

    actor: str
    microblog: MicroblogId
    node: NodeId | None
    gone: bool
    standing: str
    algorithm: str
    public: str


def key_holder(tx: Transaction, key_id: str) -> KeyHolder | None:
    """Whose key that is, of microblogs elsewhere."""
    return tx.fetch_one(
        KeyHolder,
        "SELECT w.value, m.id, m.node, m.gone, m.standing, k.algorithm, k.public FROM keys k "
        "JOIN microblogs m ON m.id = k.microblog JOIN wire_ids w ON w.thing = m.id AND w.kind = 'microblog' "
        "WHERE k.id = $1 AND k.private IS NULL AND NOT m.local",
        key_id,
    )


def add_own_key(tx: Transaction, microblog: MicroblogId, public: VerifyKey, private: str) -> None:
    """Store a key pair of a microblog kept here."""
    tx.execute(
        "INSERT INTO keys (id, microblog, algorithm, public, private) VALUES ($1, $2, $3, $4, $5)",
        public.id,
        microblog,
        public.algorithm,
        public.public,
        private,
    )


def signer(tx: Transaction, microblog: MicroblogId) -> Signer | None:
    """The microblog kept here as one who signs."""
    wire_id = wire_ids.of(tx, microblog, wire_ids.Thing.MICROBLOG)
    if wire_id is None:
        return None
    keys = tx.fetch(
        SigningKey,
        "SELECT id, algorithm, private FROM keys WHERE microblog = $1 AND private IS NOT NULL ORDER BY algorithm",
        microblog,
    )
    return Signer(wire_id, tuple(keys))


# -- keepers


def add_keeper(tx: Transaction, person: PersonId, microblog: MicroblogId, role: str) -> None:
    """Let a person write as the microblog."""
    tx.execute(
        "INSERT INTO keepers (person, microblog, role) VALUES ($1, $2, $3) "
        "ON CONFLICT (person, microblog) DO UPDATE SET role = excluded.role",
        person,
        microblog,
        role,
    )


def kept_by(tx: Transaction, person: PersonId) -> list[Row]:
    """The microblogs a person keeps, oldest first."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM microblogs WHERE id IN (SELECT microblog FROM keepers WHERE person = $1) "
        "AND NOT gone ORDER BY id",
        person,
    )


def owned_alone(tx: Transaction, person: PersonId) -> list[Row]:
    """The microblogs that the person owns and nobody else does, oldest first."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM microblogs WHERE NOT gone AND id IN (SELECT k.microblog FROM keepers k "
        "WHERE k.person = $1 AND k.role = 'owner' AND NOT EXISTS (SELECT 1 FROM keepers o "
        "WHERE o.microblog = k.microblog AND o.role = 'owner' AND o.person <> $1)) ORDER BY id",
        person,
    )


def is_owned_by(tx: Transaction, person: PersonId, microblog: MicroblogId) -> bool:
    """Whether the person may change what the microblog is, not only write as it."""
    sql = "SELECT 1 FROM keepers WHERE person = $1 AND microblog = $2 AND role = 'owner'"
    return tx.value(sql, person, microblog) is not None


def is_kept_by(tx: Transaction, person: PersonId, microblog: MicroblogId) -> bool:
    """Whether the person may write as the microblog."""
    return tx.value("SELECT 1 FROM keepers WHERE person = $1 AND microblog = $2", person, microblog) is not None
