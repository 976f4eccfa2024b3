"""Searching a million posts that strangers may find, and what it costs to have them found: time and disk.

Words are used as people do: the n-th most common has a share of about 1/n.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from scattershot.app.indexing import Indexing
from scattershot.app.search import Search
from scattershot.domain.ids import MicroblogId
from scattershot.drivers.system_clock import SystemClock
from scattershot.storage.sqlite import SqliteDatabase
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.many_posts import NODES, Size, fill
from tests.bench.seeding import a_store

FULL = Size(posts=1_000_000, authors=20_000, follows=500, kept=800)
QUICK = Size(posts=300, authors=20, follows=5, kept=10)
SEARCHES = 300
WORDS = 50_000
WORDS_IN_A_POST = 26
SELDOM = "zyzzyva"
"""A word in every ten thousandth post."""
SELDOM_EACH = 10_000


class _Vocabulary:
    """Made-up words, the most common first."""

    def __init__(self, size: int) -> None:
        self.words = [_word(n) for n in range(size)]
        self._shares = list(accumulate(1 / (n + 3) for n in range(size)))

    def texts(self, posts: int) -> Iterator[str]:
        dice = random.Random(3)
        for number in range(posts):
            said = " ".join(dice.choices(self.words, cum_weights=self._shares, k=WORDS_IN_A_POST))
            seldom = f" {SELDOM}" if number % SELDOM_EACH == 0 else ""
            yield f"<p>{said}{seldom}</p>"


def _word(number: int) -> str:
    consonants, vowels = "bdfghklmnprstvz", "aeiou"
    word = ""
    number += 7
    while number:
        number, syllable = divmod(number, 75)
        word += consonants[syllable // 5] + vowels[syllable % 5]
    return word


class _Cost(NamedTuple):
    cpu: float
    wall: float
    longest: float


async def run(options: Options) -> Result:
    """Index a filled store with the node's own loop, then search it in this process."""
    size, searches = (QUICK, 5) if options.quick else (FULL, SEARCHES)
    vocabulary = _Vocabulary(500 if options.quick else WORDS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        async with a_store(data, "http://localhost") as store:
            viewer = await store.person("reader")
        file = data / "scattershot.sqlite"
        await asyncio.to_thread(fill, file, [viewer], size, vocabulary.texts(size.posts))
        await asyncio.to_thread(_forget_what_was_taken_up, file)
        database = SqliteDatabase(file)
        cost = await _take_up(database)
        search = Search(database, SystemClock(), None, "localhost")  # type: ignore[arg-type]
        figures = await _searches(search, viewer, vocabulary, searches)
        found = len(await search.posts(viewer, SELDOM))
        await database.close()
        bytes_each = _bytes_of_index(file) / size.posts
    check("posts with a seldom word on a page", found, min(20, -(-size.posts // SELDOM_EACH)))
    return Result(
        "search",
        f"{size.posts:,} posts of {WORDS_IN_A_POST} words by {size.authors:,} authors",
        [
            Figure("indexing a post, CPU", cost.cpu / size.posts * 1e6, "µs"),
            Figure("  and with the pauses for others", cost.wall / size.posts * 1e6, "µs"),
            Figure("  the longest that others waited", cost.longest * 1000, "ms"),
            Figure("  its place on disk", bytes_each, "bytes"),
            *figures,
        ],
        {"posts found by a seldom word": found},
    )


def _forget_what_was_taken_up(file: Path) -> None:
    """As a store from before there was any search: all of it is still to be taken up."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("DELETE FROM search_todo")
        db.execute(f"INSERT INTO search_todo VALUES ('microblogs', 0, {1 << 62}), ('posts', 0, {1 << 62})")


async def _take_up(database: SqliteDatabase) -> _Cost:
    indexing = Indexing(database, SystemClock())
    cpu, began, longest = time.process_time(), time.perf_counter(), 0.0
    while True:
        one = time.perf_counter()
        if not await indexing.take_up():
            break
        longest = max(longest, time.perf_counter() - one)
    return _Cost(time.process_time() - cpu, time.perf_counter() - began, longest)


async def _searches(search: Search, viewer: MicroblogId, vocabulary: _Vocabulary, times: int) -> list[Figure]:
    common, usual = vocabulary.words[:5], vocabulary.words[100:200]

    def posts(typed: Callable[[random.Random], str]) -> Callable[[random.Random], Awaitable[list[Any]]]:
        return lambda dice: search.posts(viewer, typed(dice))

    asked: list[tuple[str, Callable[[random.Random], Awaitable[list[Any]]]]] = [
        ("a word of every third post", posts(lambda dice: dice.choice(common))),
        ("a usual word", posts(lambda dice: dice.choice(usual))),
        ("a word of every ten thousandth post", posts(lambda _: SELDOM)),
        ("a word nobody ever said", posts(lambda _: "xyzzy")),
        ("two common words", posts(lambda dice: " ".join(dice.sample(common, 2)))),
        ("a phrase of two common words", posts(lambda dice: f'"{" ".join(dice.sample(common, 2))}"')),
        ("a common word without another", posts(lambda dice: "{} -{}".format(*dice.sample(common, 2)))),
        (
            "a common word by one author",
            posts(lambda dice: f"{dice.choice(common)} {_from(dice)}"),
        ),
        ("a common word in one's library", posts(lambda dice: f"{dice.choice(common)} in:library")),
        ("people by two letters", lambda _: search.people(viewer, "au")),
        ("people by a handle's beginning", lambda dice: search.people(viewer, f"author{dice.randrange(1, 20)}")),
    ]
    figures = []
    for name, ask in asked:
        dice = random.Random(5)
        seconds = []
        for _ in range(times):
            began = time.perf_counter()
            await ask(dice)
            seconds.append(time.perf_counter() - began)
        figures += [
            Figure(f"{name}, p50", percentile(seconds, 0.5) * 1000, "ms"),
            Figure("  p99", percentile(seconds, 0.99) * 1000, "ms"),
        ]
    return figures


def _from(dice: random.Random) -> str:
    author = dice.randrange(1, 20)
    return f"from:@author{author}@node{author % NODES}.example"


def _bytes_of_index(file: Path) -> float:
    """What the search of posts takes on disk: the index of words and the packed words beside it."""
    with closing(sqlite3.connect(file)) as db:
        return float(
            db.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%search_words%' OR name LIKE '%search_posts%'"
            ).fetchone()[0]
        )
