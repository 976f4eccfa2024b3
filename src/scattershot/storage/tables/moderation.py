"""Microblogs as those who run the node look through them and judge them."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PersonId, TokenId
from scattershot.domain.node import Standing
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction

_END = 1 << 62


class Sought(NamedTuple):
    """Which microblogs are looked for: those for which all holds that is said; names by how they begin."""

    local: bool | None = None
    standing: Standing | None = None
    disabled: bool | None = None
    """Whether nobody may sign in for it; only those kept here can be."""
    sensitive: bool = False
    staff: bool = False
    email: str = ""
    """Of whoever signs in for it."""
    name: str = ""
    domain: str = ""


def page(tx: Transaction, sought: Sought, window: Window, limit: int) -> list[MicroblogId]:
    """Those microblogs, the last to come first; the gone are left out."""
    said: list[str] = []
    values: list[str | int] = []

    def wish(condition: str, value: str | int) -> None:
        values.append(value)
        said.append(condition.replace("?", f"${len(values) + 3}"))

    if sought.local is not None:
        said.append("m.local" if sought.local else "NOT m.local")
    if sought.standing is not None:
        wish("m.standing = ?", sought.standing.value)
        if sought.standing is not Standing.NORMAL:
            said.append("m.standing <> 'normal'")  # lets the index of the few be used
    if sought.disabled is not None:
        said.append(("" if sought.disabled else "NOT ") + _KEPT.format("p.disabled AND p.main = m.id"))
    if sought.sensitive:
        said.append("m.sensitive")
    if sought.staff:
        said.append(_KEPT.format("p.role = 'admin'"))
    if sought.email:
        wish(_KEPT.format("p.email = ?"), sought.email)
    if sought.name:
        wish("substr(m.name, 1, length(?)) = ?", sought.name)
    if sought.domain:
        wish("m.domain = ?", sought.domain)
    found = tx.fetch(
        MicroblogId,
        "SELECT m.id FROM microblogs m WHERE NOT m.gone AND m.id < $1 AND m.id > $2 "
        f"{''.join(f'AND {each} ' for each in said)}ORDER BY m.id {'ASC' if window.nearest else 'DESC'} LIMIT $3",
        _END if window.below is None else window.below,
        window.above or 0,
        limit,
        *values,
    )
    return found[::-1] if window.nearest else found


_KEPT = "EXISTS (SELECT 1 FROM keepers k JOIN people p ON p.id = k.person WHERE k.microblog = m.id AND {})"


def set_standing(tx: Transaction, microblog: MicroblogId, standing: Standing) -> None:
    """How the node stands to that microblog, whatever it thinks of its server."""
    tx.execute("UPDATE microblogs SET standing = $2 WHERE id = $1", microblog, standing)


def set_sensitive(tx: Transaction, microblog: MicroblogId, sensitive: bool) -> None:
    """All it posts is shown as sensitive, or as it says itself; what was made of it before is to be made anew."""
    sql = "UPDATE microblogs SET sensitive = $2, fetched_at = fetched_at + 1 WHERE id = $1"
    tx.execute(sql, microblog, sensitive)


class Keeping(NamedTuple):
    """Somebody who keeps a microblog; `is_main`: it bears their name."""

    microblog: MicroblogId
    person: PersonId
    role: str
    disabled: bool
    is_main: bool
    email: str


def keepers(tx: Transaction, microblogs: list[MicroblogId]) -> list[Keeping]:
    """Who keeps those microblogs: whose name one bears first, and then whoever came first."""
    return tx.fetch(
        Keeping,
        "SELECT k.microblog, p.id, p.role, p.disabled, CASE WHEN p.main = k.microblog THEN 1 ELSE 0 END, p.email "
        "FROM keepers k JOIN people p ON p.id = k.person "
        "WHERE k.microblog = ANY($1) ORDER BY CASE WHEN p.main = k.microblog THEN 0 ELSE 1 END, p.id",
        microblogs,
    )


def end_tokens(tx: Transaction, microblog: MicroblogId) -> list[TokenId]:
    """Let everything that acts as the microblog be good for nothing; which tokens those were."""
    tx.execute("DELETE FROM grants WHERE microblog = $1", microblog)
    return tx.fetch(TokenId, "DELETE FROM access_tokens WHERE microblog = $1 RETURNING id", microblog)


def ties_of(tx: Transaction, microblog: MicroblogId) -> list[tuple[MicroblogId, MicroblogId]]:
    """Every wish of or for the microblog, answered or not, as follower and followee."""
    return tx.fetch(
        lambda follower, followee: (MicroblogId(follower), MicroblogId(followee)),
        "SELECT follower, followee FROM follows WHERE follower = $1 UNION "
        "SELECT follower, followee FROM follows WHERE followee = $1",
        microblog,
    )
