"""No statement of everyday life reads a large table from end to end: short reads run on the event loop itself."""

import re
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from msgspec import json

from scattershot.domain.ids import Millis
from scattershot.ports.database import Database
from scattershot.protocols.nostr.wire.event import encode
from scattershot.storage import dialect
from scattershot.storage import sqlite as engine
from scattershot.storage.migrate import migrate
from scattershot.storage.tables import hints, trends
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import Village, a_village
from tests.engines import open_database
from tests.protocols.nostr.events import an_event
from tests.storage.everyday import everyday_life

LARGE = [
    "announcement_reactions",
    "announcements_read",
    "arrivals",
    "askers",
    "blocks",
    "bookmarks",
    "callback_asks",
    "callbacks",
    "counts",
    "boosts",
    "conversations",
    "deliveries",
    "delivered",
    "edits",
    "endorsements",
    "ending_polls",
    "endpoints",
    "filter_keywords",
    "filter_posts",
    "filters",
    "followed_tags",
    "half_sessions",
    "hint_listeners",
    "hint_tellers",
    "follows",
    "keeper_invitations",
    "keepers",
    "import_lines",
    "imports",
    "keys",
    "likes",
    "link_checks",
    "links",
    "list_members",
    "lists",
    "log",
    "media_files",
    "mentions",
    "microblogs",
    "mutes",
    "nodes",
    "notifications",
    "one_time_codes",
    "passkeys",
    "people",
    "pins",
    "posts",
    "previewed",
    "previews",
    "recovery_codes",
    "remarks",
    "quotes",
    "search_microblogs",
    "search_names",
    "search_posts",
    "search_tags",
    "remote_media",
    "sources",
    "push_subscriptions",
    "pushes",
    "seen",
    "sessions",
    "shunned",
    "slip_graves",
    "slip_keys",
    "slip_texts",
    "slips",
    "severances",
    "severed",
    "signed_copies",
    "steps",
    "tagged",
    "tags",
    "timeline",
    "unsigned",
    "uploads",
    "votes",
    "wanted",
    "watches",
    "weekly_people",
    "letter_rooms",
    "letters",
    "signets",
    "well_authors",
    "well_uses",
    "wells",
    "wire_ids",
]

SCAN = re.compile(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX)")

SELDOM = {
    "SELECT count(*) FROM watches",  # once at a start
    "SELECT coalesce(sum(bytes), 0) FROM remote_media",  # once, when the first file is kept
    "UPDATE nodes SET retry_at = ?1 + (id * 7919) % ?2 WHERE failing_since > ?3 AND retry_at > ?1 + ?2",  # at a start
    "UPDATE watches SET due = ?1 + (microblog % ?2) WHERE due > ?1 + ?2",  # at a start
    dialect.to_sqlite(hints.WATCH_AGAIN).text,  # when a log of hints went too far, and aside
    dialect.to_sqlite(trends.VOICES_OF_TAGS).text,  # every few minutes, and aside
    dialect.to_sqlite(trends.VOICES_OF_PAGES).text,
}


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every statement that SQLite is given."""
    heard: set[str] = set()

    def listening(sql: str) -> dialect.SqliteText:
        made = dialect.to_sqlite(sql)
        heard.add(made.text)
        return made

    monkeypatch.setattr(engine, "to_sqlite", listening)
    return heard


async def test_no_everyday_statement_reads_a_large_table_from_end_to_end(spoken: set[str], tmp_path: Path) -> None:
    async def one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database("sqlite"))

    async with a_village(one, PooledKeyMaker(), tmp_path) as village:
        await everyday_life(village)
        await sign_in_the_browser(village)
    assert len(spoken) > 100, "it heard what was going on"
    file = tmp_path / "empty.sqlite"
    empty = engine.SqliteDatabase(file)
    await migrate(empty, Millis(0))
    await empty.close()
    with closing(sqlite3.connect(file)) as connection:
        found = {sql: scans for sql in spoken if sql not in SELDOM and (scans := _scans(connection, sql))}
    assert found == {}


async def sign_in_the_browser(village: Village) -> None:
    """Somebody whose browser holds the key says something, and signs it there."""
    house = await village.house("c.example")
    cleo, browsers = await house.person("cleo"), house.node.browser_signing
    asked = json.decode(browsers.challenge("session", cleo, "Is it yours?"))
    proof = an_event("cleo", asked["content"], kind=asked["kind"], tags=asked["tags"], at=asked["created_at"])
    assert await browsers.take_on("session", cleo, encode(proof).decode()) is None
    await house.post("cleo", "signed where I sit")
    await village.settle()
    for each in await browsers.waiting([cleo]) or ():
        what = json.decode(each.what)
        event = an_event("cleo", what["content"], kind=what["kind"], tags=what["tags"], at=what["created_at"])
        assert await browsers.give([cleo], each.id, encode(event).decode()) is None
    assert await browsers.waiting([cleo]) == []
    await house.node.far_signing.leave(cleo)


def _scans(connection: sqlite3.Connection, sql: str) -> list[str]:
    if not sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "WITH")):
        return []
    numbers = [int(number) for number in re.findall(r"\?(\d+)", sql)]
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", ["[]"] * max(numbers, default=0))
    aliases = dict(reversed(pair) for pair in re.findall(r"(?:FROM|JOIN|UPDATE) (\w+) (?:AS )?(\w+)", sql))
    named = (aliases.get(table, table) for *_, detail in plan for table in SCAN.findall(detail))
    return [table for table in named if table in LARGE]
