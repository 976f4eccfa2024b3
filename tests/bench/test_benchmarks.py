"""That every benchmark still runs and counts right: in tiny sizes, so that what they measure means nothing."""

import asyncio
import importlib

import pytest

from tests.bench.__main__ import NAMES
from tests.bench.findings import Figure, Options, Result, table

COUNTED = {
    "idle": {"starts": 3},
    "storage": {"rows stored": 135},
    "inbox": {"posts stored": 24, "lines on home timelines": 120},
    "deliveries": {"deliveries, each once": 15, "signatures verified": 1},
    "latency": {"posts seen": 3},
    "fanout": {"lines on home timelines": 160},
    "home": {"pages read": 50},
    "web": {"pages read": 60},
    "streaming": {"frames heard": 30},
    "firehose": {"lines heard": 30, "lines heard between cuts": 15},
    "api": {"calls answered": 140, "posts stored": 24},
    "nostr": {"events kept": 490},
    "feeds": {"entries told by the hub": 2},
    "notify": {"posts seen": 60, "datagrams sent because of a flood": 0},
    "search": {"posts found by a seldom word": 1},
}


@pytest.mark.thorough("all benchmarks take a minute, be they ever so small")
async def test_every_benchmark_still_runs_and_counts_what_was_done() -> None:
    async def one(name: str) -> Result:
        result: Result = await importlib.import_module(f"tests.bench.{name}").run(Options(quick=True))
        return result

    results = dict(zip(NAMES, await asyncio.gather(*map(one, NAMES)), strict=True))
    assert {name: result.counts for name, result in results.items()} == COUNTED
    for result in results.values():
        assert all(figure.value > 0 for figure in result.figures if "idle" not in figure.name), table(result)


@pytest.mark.parametrize(
    ("figure", "ratio"),
    [
        (Figure("wall", 3_000, "/s", {"aim": 2_000}, more_is_better=True), 1.5),
        (Figure("wall", 1_000, "/s", {"aim": 2_000}, more_is_better=True), 0.5),
        (Figure("CPU", 300, "µs", {"aim": 600}), 2.0),
        (Figure("CPU", 1_200, "µs", {"aim": 600}), 0.5),
        (Figure("CPU", 1_200, "µs"), None),
    ],
)
def test_a_ratio_says_how_many_times_better(figure: Figure, ratio: float | None) -> None:
    assert figure.ratio("aim") == ratio


def test_a_table_shows_the_columns_that_have_something_to_say() -> None:
    result = Result("inbox", "ten requests", [Figure("CPU", 500, "µs", {"floor": 600})], {"posts": 10})
    assert table(result).split("\n") == [
        "inbox: ten requests",
        "          here         floor",
        "  CPU   500 µs   600 (×1.20)",
        "  checked: 10 posts",
    ]
