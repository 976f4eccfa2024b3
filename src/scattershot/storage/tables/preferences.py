"""How a microblog's keepers like to post and read."""

from msgspec import json

from scattershot.domain.ids import MicroblogId
from scattershot.domain.preferences import Preferences
from scattershot.ports.database import Transaction

_decode = json.Decoder(Preferences).decode


def get(tx: Transaction, microblog: MicroblogId) -> Preferences:
    """What was chosen, or the defaults."""
    value: str | None = tx.value("SELECT value FROM preferences WHERE microblog = $1", microblog)
    return _decode(value) if value is not None else Preferences()


def put(tx: Transaction, microblog: MicroblogId, chosen: Preferences) -> None:
    """Remember what was chosen."""
    tx.execute(
        "INSERT INTO preferences (microblog, value) VALUES ($1, $2) "
        "ON CONFLICT (microblog) DO UPDATE SET value = excluded.value",
        microblog,
        json.encode(chosen).decode(),
    )
