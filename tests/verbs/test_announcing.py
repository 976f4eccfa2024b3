"""Announcements and the house's own emojis, as whoever runs the node settles them by words."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scattershot.opening import Trouble
from scattershot.testing.village import House
from scattershot.verbs.book import VERBS
from tests.files import a_picture
from tests.verbs.test_people import Said, a_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for built in a_house(tmp_path):
        yield built


async def do(house: House, verb: str, **said: object) -> list[str]:
    heard = Said()
    await VERBS[verb](house.node, heard, **said)
    return heard.lines


async def announce(house: House, text: str, **more: object) -> list[str]:
    return await do(
        house, "announce add", **{"text": text, "starts": "", "ends": "", "all_day": False, "draft": False, **more}
    )


async def test_announcements_are_made_altered_and_removed(house: House) -> None:
    assert await do(house, "announce list") == ["There are no announcements yet."]
    assert await announce(house, "Hello") == ["Announcement 1 is published."]
    party = {"starts": "2026-12-24", "ends": "2026-12-25", "all_day": True, "draft": True}
    assert await announce(house, "Party", **party) == ["Announcement 2 is kept as a draft."]
    assert await do(house, "announce list") == [
        "1  published\n   Hello",
        "2  draft, 2026-12-24 to 2026-12-25\n   Party",
    ]
    await do(house, "announce publish", number=2)
    await do(house, "announce hide", number=1)
    await do(house, "announce edit", number=2, text="", starts="", ends="2026-12-25T18:00+01:00", all_day=False)
    assert await do(house, "announce list") == [
        "1  draft\n   Hello", "2  published, 2026-12-24T00:00:00Z to 2026-12-25T17:00:00Z\n   Party",
    ]  # fmt: skip
    await do(house, "announce remove", number=1)
    assert len(await do(house, "announce list")) == 1


async def test_what_is_said_wrongly_is_told(house: House) -> None:
    for why, verb, said in (
        ("no time", "announce add", {"text": "x", "starts": "soon", "ends": "", "all_day": False, "draft": False}),
        ("1 to", "announce add", {"text": "", "starts": "", "ends": "", "all_day": False, "draft": False}),
        ("no announcement 9", "announce remove", {"number": 9}),
        ("no announcement 9", "announce edit", {"number": 9, "text": "x", "starts": "", "ends": "", "all_day": None}),
        ("no such announcement", "announce hide", {"number": 9}),
    ):
        with pytest.raises(Trouble, match=why):
            await do(house, verb, **said)


async def test_emojis_are_given_altered_and_removed(house: House) -> None:
    assert await do(house, "emoji list") == ["There are no emojis of the house yet."]
    (house.node.settings.data / "emoji-1").write_bytes(a_picture("PNG", (32, 32)))
    made = await do(house, "emoji add", name="blob", mark="emoji-1", category="Blobs", offered=True)
    assert made == [":blob: is an emoji now."]
    assert await do(house, "emoji list") == [":blob:  Blobs"]
    await do(house, "emoji edit", name="blob", category=None, offered=False)
    assert await do(house, "emoji list") == [":blob:  Blobs  hidden"]
    for why, verb, said in (
        ("already", "emoji add", {"name": "blob", "mark": "emoji-1", "category": "", "offered": True}),
        ("cannot be read", "emoji add", {"name": "bulb", "mark": "none", "category": "", "offered": True}),
        ("no such emoji", "emoji edit", {"name": "none", "category": "", "offered": True}),
        ("no such emoji", "emoji remove", {"name": "none", "erase": False}),
    ):
        with pytest.raises(Trouble, match=why):
            await do(house, verb, **said)
    await do(house, "emoji remove", name="blob", erase=True)
    assert await do(house, "emoji list") == ["There are no emojis of the house yet."]
