"""The node's own emojis."""

from collections.abc import Sequence
from typing import NamedTuple

from scattershot.domain.ids import MediaId, Millis
from scattershot.domain.microblog import Emoji
from scattershot.ports.database import Transaction


class HouseEmoji(NamedTuple):
    """One of them; `url` is its picture, `still` one that does not move. One that is not `offered` can be typed, but is
    not shown to whoever chooses."""

    id: int
    shortcode: str
    media: MediaId
    url: str
    still: str
    category: str
    offered: bool


_COLUMNS = "id, shortcode, media, url, still, category, offered"


def _row(number: int, shortcode: str, media: MediaId, url: str, still: str, category: str, offered: bool) -> HouseEmoji:
    return HouseEmoji(number, shortcode, media, url, still, category, bool(offered))


def every(tx: Transaction) -> list[HouseEmoji]:
    """All of them by category and name."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM house_emojis ORDER BY category, shortcode")


def called(tx: Transaction, shortcode: str) -> HouseEmoji | None:
    """The one of that name."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM house_emojis WHERE shortcode = $1", shortcode)


def pictures(tx: Transaction, shortcodes: Sequence[str]) -> dict[str, Emoji]:
    """Those of the names that are emojis, each with its picture."""
    sql = "SELECT shortcode, url FROM house_emojis WHERE shortcode = ANY($1)"
    return {found.shortcode: found for found in tx.fetch(Emoji, sql, list(shortcodes))}


def count(tx: Transaction) -> int:
    """How many there are."""
    return int(tx.value("SELECT count(*) FROM house_emojis"))


def add(tx: Transaction, new: HouseEmoji, now: Millis) -> bool:
    """A new one, its number aside; False where the name is taken."""
    return bool(
        tx.execute(
            "INSERT INTO house_emojis (shortcode, media, url, still, category, offered, at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shortcode) DO NOTHING",
            new.shortcode, new.media, new.url, new.still, new.category, new.offered, now,
        )
    )  # fmt: skip


def alter(tx: Transaction, shortcode: str, category: str, offered: bool) -> None:
    """It stands among others, or is offered or not."""
    tx.execute("UPDATE house_emojis SET category = $2, offered = $3 WHERE shortcode = $1", shortcode, category, offered)


def drop(tx: Transaction, shortcode: str) -> None:
    """It is an emoji no more."""
    tx.execute("DELETE FROM house_emojis WHERE shortcode = $1", shortcode)
