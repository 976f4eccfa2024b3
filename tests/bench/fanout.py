"""Fan-out alone: changes that wait in the log become lines of home timelines, many at a time and one by one."""

import tempfile
import time
from pathlib import Path

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Ids, Origin
from scattershot.app.fanout import Fanout
from scattershot.domain.addresses import Addresses
from scattershot.domain.change import Posted
from scattershot.domain.ids import Millis, Seq
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Database, Transaction
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables import log
from tests.bench.findings import Figure, Options, Result, check
from tests.bench.seeding import a_store

FIRST = 1_767_225_600_000
READERS, AUTHORS, POSTS = 200, 100, 4_000
HEARD_BY = 5
"""One in so many readers follows any one author."""
TAGGED = 5
"""One in so many posts has a tag."""
BATCHES = (200, 1)


async def run(options: Options) -> Result:
    """Posts of followed authors, spread in batches of several sizes."""
    readers, authors, posts = (10, 4, 40) if options.quick else (READERS, AUTHORS, POSTS)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        async with a_store(Path(folder), "http://localhost:1") as store:
            here = [await store.person(f"reader{n}") for n in range(readers)]
            profiles = [_author(n) for n in range(authors)]
            known = await store.met(profiles)
            for number, author in enumerate(known):
                await store.follow([one for n, one in enumerate(here) if (n + number) % HEARD_BY == 0], [author])
        database = SqliteDatabase(Path(folder) / "scattershot.sqlite")
        try:
            figures, lines = await _spread_all(database, profiles, posts)
        finally:
            await database.close()
    heard = posts * len(BATCHES) * (readers // HEARD_BY)
    check("lines on home timelines", lines, heard)
    return Result(
        "fanout",
        f"{posts:,} posts in each row, by {authors} authors who are followed by {readers // HEARD_BY} here each",
        figures,
        {"lines on home timelines": lines},
    )


async def _spread_all(database: Database, profiles: list[Profile], posts: int) -> tuple[list[Figure], int]:
    house = House(Addresses("http://localhost:1"), Ids(0), lambda profile: None)
    figures = []
    for turn, size in enumerate(BATCHES):
        done = await database.write(lambda tx, t=turn: _written(tx, house, profiles, posts, t))  # type: ignore[misc]
        figures.append(await _spread(database, house, done, size))
    lines = await database.read(lambda tx: int(tx.value("SELECT count(*) FROM timeline")))
    return figures, lines


def _author(number: int) -> Profile:
    actor = f"https://node{number}.example/users/author{number}"
    return Profile(id=WireId(ACTIVITYPUB, actor), name=f"author{number}", domain=f"node{number}.example")


def _written(tx: Transaction, house: House, profiles: list[Profile], posts: int, turn: int) -> list[Recorded]:
    before = log.newest(tx)
    for number in range(turn * posts, (turn + 1) * posts):
        author = profiles[number % len(profiles)].id
        at = Millis(FIRST + number * 1_000)
        tags = ("harbour",) if number % TAGGED == 0 else ()
        post = Post(
            id=WireId(ACTIVITYPUB, f"{author.value}/{number}"), author=author, published=at,
            audience=Audience.PUBLIC, html=f"<p>Entry {number} of the harbour's diary.</p>", language="en", tags=tags,
        )  # fmt: skip
        recorded = apply(tx, Posted(actor=author, post=post), Origin(at, "bench", asked_for=True), house)
        assert isinstance(recorded, Recorded), recorded
    return log.after(tx, Seq(before), posts)


async def _spread(database: Database, house: House, done: list[Recorded], size: int) -> Figure:
    reader = Fanout(house)
    before = time.process_time()
    for start in range(0, len(done), size):
        batch = done[start : start + size]
        await database.write(lambda tx, b=batch: reader.step(tx, b, Millis(b[-1].at + 1)))  # type: ignore[misc]
    cpu = (time.process_time() - before) / len(done)
    return Figure(f"CPU of a post, {size} in a batch", cpu * 1e6, "µs")
