"""Uploads: files that people here gave us, and what shows them. The files themselves lie in a store, under the names
that stand here: a row stands before its file does, and goes after it."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MediaId, MicroblogId, Millis, PostId
from scattershot.domain.media import State, Upload, Use
from scattershot.ports.database import Transaction

_decode = json.Decoder(Upload).decode
_encode = json.Encoder().encode

MAX_ID = (1 << 63) - 1


class Row(NamedTuple):
    """An upload as stored. `drop_at`: when it goes unless something shows it by then."""

    id: MediaId
    owner: MicroblogId
    use: Use
    state: State
    post: PostId | None
    drop_at: Millis | None
    value: str

    @property
    def upload(self) -> Upload:
        """What is known of it."""
        return _decode(self.value)


_COLUMNS = "id, owner, purpose, state, post, drop_at, value"


def _row(
    id_: MediaId, owner: MicroblogId, use: str, state: str, post: PostId | None, drop_at: Millis | None, value: str
) -> Row:
    return Row(id_, owner, Use(use), State(state), post, drop_at, value)


def id_is_free(tx: Transaction, media: int) -> bool:
    """Whether no upload has that id."""
    return tx.value("SELECT 1 FROM uploads WHERE id = $1", media) is None


def add(
    tx: Transaction, media: MediaId, owner: MicroblogId, use: Use, upload: Upload, now: Millis, drop_at: Millis
) -> None:
    """An upload whose files are about to be put in their place."""
    tx.execute(
        "INSERT INTO uploads (id, owner, purpose, state, drop_at, created, value) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        media, owner, use, State.COMING, drop_at, now, _encode(upload).decode(),
    )  # fmt: skip


class File(NamedTuple):
    """A file of an upload."""

    name: str
    media_type: str
    bytes: int


def add_files(tx: Transaction, media: MediaId, files: Sequence[File]) -> None:
    """Name files before they are put in their place."""
    tx.execute_many(
        "INSERT INTO media_files (name, upload, media_type, bytes) VALUES ($1, $2, $3, $4)",
        [(file.name, media, file.media_type, file.bytes) for file in files],
    )


def get(tx: Transaction, media: int) -> Row | None:
    """The upload of that id, unless it was dropped."""
    if not 0 < media <= MAX_ID:
        return None
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM uploads WHERE id = $1 AND state <> 'dropped'", media)


def get_many(tx: Transaction, ids: Sequence[int]) -> dict[MediaId, Row]:
    """Those of the uploads that are there."""
    wanted = [media for media in ids if 0 < media <= MAX_ID]
    rows = tx.fetch(_row, f"SELECT {_COLUMNS} FROM uploads WHERE id = ANY($1) AND state <> 'dropped'", wanted)
    return {row.id: row for row in rows}


def some(tx: Transaction, ids: Sequence[int]) -> list[Row]:
    """Those of the uploads that are there, in that order."""
    rows = get_many(tx, ids)
    return [rows[MediaId(media)] for media in ids if media in rows]


def file(tx: Transaction, name: str) -> File | None:
    """The file of that name, while it may be shown."""
    return tx.fetch_one(
        File,
        "SELECT f.name, f.media_type, f.bytes FROM media_files f JOIN uploads u ON u.id = f.upload "
        "WHERE f.name = $1 AND u.state IN ('ready', 'waiting')",
        name,
    )


def set_media_type(tx: Transaction, name: str, media_type: str) -> None:
    """What the file is, now that somebody looked into it."""
    tx.execute("UPDATE media_files SET media_type = $2 WHERE name = $1 AND media_type <> $2", name, media_type)


# -- how it goes on


def set_state(tx: Transaction, media: MediaId, state: State) -> None:
    """Move an upload on, unless it was dropped meanwhile."""
    tx.execute("UPDATE uploads SET state = $2 WHERE id = $1 AND state <> 'dropped'", media, state)


def put_value(tx: Transaction, media: MediaId, upload: Upload) -> None:
    """Replace what is known of it."""
    tx.execute("UPDATE uploads SET value = $2 WHERE id = $1", media, _encode(upload).decode())


def _id(media: int) -> MediaId:
    return MediaId(media)


def waiting(tx: Transaction, limit: int) -> list[MediaId]:
    """Uploads that nobody has looked into yet, oldest first."""
    return tx.fetch(
        _id, "SELECT id FROM uploads WHERE state <> 'ready' AND state = 'waiting' ORDER BY id LIMIT $1", limit
    )


def drop_interrupted(tx: Transaction) -> int:
    """Drop what was being put in its place when an earlier process ended; how many."""
    return tx.execute("UPDATE uploads SET state = 'dropped' WHERE state <> 'ready' AND state = 'coming'")


# -- what shows it


def attach(tx: Transaction, media: MediaId, post: PostId) -> None:
    """A post shows it from now on."""
    tx.execute("UPDATE uploads SET post = $2, drop_at = NULL WHERE id = $1", media, post)


def detach(tx: Transaction, post: PostId, drop_at: Millis) -> None:
    """The post is no more: what it showed may be shown by another until then."""
    tx.execute("UPDATE uploads SET post = NULL, drop_at = $2 WHERE post = $1", post, drop_at)


def drop_of(tx: Transaction, post: PostId) -> None:
    """The post is no more, and what it showed goes with it."""
    tx.execute("UPDATE uploads SET state = 'dropped' WHERE post = $1", post)


def drop_all_of(tx: Transaction, owner: MicroblogId) -> None:
    """Everything the microblog uploaded goes."""
    tx.execute("UPDATE uploads SET state = 'dropped' WHERE owner = $1", owner)


def hold(tx: Transaction, owner: MicroblogId, ids: Sequence[int], until: Millis) -> None:
    """Keep uploads that nothing shows yet at least until then, as for a post that is to come."""
    tx.execute(
        "UPDATE uploads SET drop_at = GREATEST(drop_at, $3) WHERE owner = $1 AND id = ANY($2) AND drop_at IS NOT NULL",
        owner,
        list(ids),
        until,
    )


def release(tx: Transaction, owner: MicroblogId, ids: Sequence[int], drop_at: Millis) -> None:
    """What was held is needed no more: unless something shows it, it goes then."""
    tx.execute(
        "UPDATE uploads SET drop_at = $3 WHERE owner = $1 AND id = ANY($2) AND drop_at IS NOT NULL",
        owner,
        list(ids),
        drop_at,
    )


def wear(tx: Transaction, owner: MicroblogId, avatar: str, header: str) -> None:
    """The profile shows these files from now on; other pictures made for it go."""
    for row in tx.fetch(
        _row, f"SELECT {_COLUMNS} FROM uploads WHERE owner = $1 AND purpose IN ('avatar', 'header')", owner
    ):
        if row.state is State.DROPPED:
            continue
        if row.upload.file == (avatar if row.use is Use.AVATAR else header):
            tx.execute("UPDATE uploads SET drop_at = NULL WHERE id = $1", row.id)
        elif row.drop_at is None:
            tx.execute("UPDATE uploads SET state = 'dropped' WHERE id = $1", row.id)


def keep(tx: Transaction, media: MediaId) -> None:
    """It stays although no post and no profile shows it by itself."""
    tx.execute("UPDATE uploads SET drop_at = NULL WHERE id = $1", media)


# -- going


def drop_unshown(tx: Transaction, now: Millis) -> int:
    """Drop what nothing has shown in time; how many."""
    return tx.execute(
        "UPDATE uploads SET state = 'dropped', drop_at = NULL WHERE drop_at IS NOT NULL AND drop_at <= $1", now
    )


class Doomed(NamedTuple):
    """An upload whose files go, and their names."""

    id: MediaId
    names: list[str]


def doomed(tx: Transaction, limit: int) -> list[Doomed]:
    """Uploads that were dropped."""
    ids = tx.fetch(_id, "SELECT id FROM uploads WHERE state <> 'ready' AND state = 'dropped' LIMIT $1", limit)
    return [Doomed(media, names_of(tx, media)) for media in ids]


def names_of(tx: Transaction, media: MediaId) -> list[str]:
    """The names of an upload's files."""
    return tx.fetch(str, "SELECT name FROM media_files WHERE upload = $1", media)


def forget_files(tx: Transaction, names: Sequence[str]) -> None:
    """The files are no more."""
    tx.execute("DELETE FROM media_files WHERE name = ANY($1)", list(names))


def forget(tx: Transaction, media: MediaId) -> None:
    """The upload is no more, and its files are not either."""
    tx.execute("DELETE FROM media_files WHERE upload = $1", media)
    tx.execute("DELETE FROM uploads WHERE id = $1", media)


def all_names(tx: Transaction) -> list[str]:
    """The name of every file that is kept, for a copy of the node."""
    return tx.fetch(
        str,
        "SELECT f.name FROM media_files f JOIN uploads u ON u.id = f.upload WHERE u.state IN ('ready', 'waiting') "
        "ORDER BY f.name",
    )
