"""An older store is brought up to date: what people were told stays told, private posts become conversations."""

import shutil
from pathlib import Path

import pytest

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.window import FROM_THE_TOP
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.migrate import MIGRATIONS, migrate
from scattershot.storage.tables import conversations, markers, notifications, poll_ends
from scattershot.storage.tables.notifications import New
from tests.engines import engine, open_database

__all__ = ["engine"]

OURS = "_notices."
NOW = Millis(1_767_225_600_000)
ANN, BOB, CARL = MicroblogId(1), MicroblogId(2), MicroblogId(3)
ONE, TWO, ALL, OPEN, VOTED, PASSED_BY, GONE = map(PostId, range(11, 18))


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The steps that an older program knew."""
    folder = tmp_path / "before"
    folder.mkdir()
    names = sorted(file.name for file in MIGRATIONS.iterdir() if file.name.endswith(".sql"))
    first = next(name for name in names if OURS in name)
    for name in names:
        if name[:4] < first[:4]:
            shutil.copy(str(MIGRATIONS / name), folder)
    return folder


def lived_in(tx: Transaction) -> None:
    """Ann is here, Bob and Carl are elsewhere; rows as an older program wrote them."""
    for microblog in (ANN, BOB, CARL):
        tx.execute(
            "INSERT INTO microblogs (id, local, name, domain, created, value) VALUES ($1, $2, 'x', 'x', 0, '{}')",
            microblog,
            microblog == ANN,
        )
    _post(tx, ONE, BOB, ONE, "mentioned", [ANN])
    _post(tx, TWO, ANN, ONE, "mentioned", [BOB])
    _post(tx, ALL, BOB, ONE, "mentioned", [CARL, ANN])
    _post(tx, OPEN, BOB, OPEN, "public", [ANN])
    _post(tx, GONE, BOB, ONE, "mentioned", [ANN], gone=True)
    for poll in (VOTED, PASSED_BY):
        _post(tx, poll, BOB, poll, "public", [], value=f'{{"poll":{{"options":[],"ends":{NOW}}}}}')
    tx.execute("INSERT INTO votes (post, voter, choice) VALUES ($1, $2, 0)", VOTED, ANN)
    tx.execute("INSERT INTO votes (post, voter, choice) VALUES ($1, $2, 0)", PASSED_BY, CARL)
    for kind, sender, post, at in (
        ("like", BOB, TWO, NOW), ("like", CARL, TWO, NOW + 3_600_000), ("follow", BOB, 0, NOW),
        ("mention", BOB, OPEN, NOW), ("mention", BOB, GONE, NOW),
    ):  # fmt: skip
        tx.execute(
            "INSERT INTO notifications (owner, kind, sender, post, at) VALUES ($1, $2, $3, $4, $5)",
            ANN, kind, sender, post, at,
        )  # fmt: skip
    tx.execute("DELETE FROM notifications WHERE post = $1", GONE)
    tx.execute("INSERT INTO markers (microblog, name, place) VALUES ($1, 'told', 3)", ANN)


def _post(
    tx: Transaction, post: PostId, author: MicroblogId, thread: PostId, audience: str, to: list[MicroblogId],
    *, value: str = "{}", gone: bool = False,
) -> None:  # fmt: skip
    form = "question" if "poll" in value else "note"
    tx.execute(
        "INSERT INTO posts (id, author, audience, form, local, published, thread, gone, value) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        post, author, audience, form, author == ANN, NOW, thread, gone, value,
    )  # fmt: skip
    for hearer in to:
        tx.execute("INSERT INTO mentions (post, microblog, silent) VALUES ($1, $2, FALSE)", post, hearer)


def looks_right(tx: Transaction) -> None:
    told = notifications.page(tx, ANN, FROM_THE_TOP, 10)
    assert [(each.id, each.kind, each.bundle) for each in told] == [
        (4, "mention", ""), (3, "follow", "follow-490896"),
        (2, "like", f"like-{TWO}-490896"), (1, "like", f"like-{TWO}-490896"),
    ]  # fmt: skip
    assert not any(each.held or each.about for each in told)
    assert markers.place(tx, ANN, markers.NOTIFICATIONS) == 3
    had = conversations.page(tx, ANN, FROM_THE_TOP, 10)
    assert [(each.newest, each.others, each.unread) for each in had] == [
        (ALL, (BOB, CARL), False),
        (TWO, (BOB,), False),
    ]
    assert [ending.post for ending in poll_ends.over(tx, NOW, 10)] == [VOTED]


async def test_an_older_store_is_brought_up_to_date(engine: Engine, before: Path) -> None:
    async with open_database(engine, before) as database:
        await database.write(lived_in)
        assert await migrate(database, NOW) >= 1
        await database.read(looks_right)
        made = await database.write(lambda tx: notifications.add(tx, New(ANN, "like", BOB, ONE, NOW)))
        assert made == 6, "no number is given twice"
