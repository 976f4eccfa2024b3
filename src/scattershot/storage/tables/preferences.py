"""How a microblog's keepers like to post and read."""

from collections.abc import Sequence

from msgspec import json

from scattershot.domain.ids import MicroblogId
from scattershot.domain.preferences import Preferences
from scattershot.ports.database import Transaction

_decode = json.Decoder(Preferences).decode


def get(tx: Transaction, microblog: MicroblogId) -> Preferences:
    """What was chosen, or the defaults."""
    value: str | None = tx.value("SELECT value FROM preferences WHERE microblog = $1", microblog)
    return _decode(value) if value is not None else Preferences()


def reticent(tx: Transaction, microblogs: Sequence[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that tell nobody by which program they write."""
    sql = "SELECT microblog, value FROM preferences WHERE microblog = ANY($1)"
    found = tx.fetch(lambda microblog, value: (MicroblogId(microblog), value), sql, list(microblogs))
    return {microblog for microblog, value in found if not _decode(value).names_programs}


def put(tx: Transaction, microblog: MicroblogId, chosen: Preferences) -> None:
    """Remember what was chosen."""
    tx.execute(
        "INSERT INTO preferences (microblog, value) VALUES ($1, $2) "
        "ON CONFLICT (microblog) DO UPDATE SET value = excluded.value",
        microblog,
        json.encode(chosen).decode(),
    )
