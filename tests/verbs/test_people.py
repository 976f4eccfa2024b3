"""People, invitations and keepers as whoever runs the node settles them by words."""

from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from scattershot.app.sign_up import Waits, Wish
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.ports.database import Database
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import House, a_village
from scattershot.verbs.book import VERBS
from scattershot.wirekit import one_time_codes
from tests.engines import open_database


class Said:
    """Remembers what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


async def a_house(folder: Path, **settings: Any) -> AsyncIterator[House]:
    async def one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database("sqlite"))

    async with a_village(one, PooledKeyMaker(), folder) as village:
        yield await village.house("a.example", **settings)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for made in a_house(tmp_path, sign_up="approval"):
        yield made


async def do(house: House, verb: str, **arguments: Any) -> list[str]:
    said = Said()
    await VERBS[verb](house.node, said, **arguments)
    return said.lines


async def applies(house: House, name: str, **more: str) -> None:
    wish = Wish(name, "correct horse battery", reason="I like\nbirds", agreed=True, **more)
    assert isinstance(await house.node.sign_up.sign_up(wish, "198.51.100.7"), Waits)


async def test_who_waits_is_let_in_or_turned_away(house: House) -> None:
    await applies(house, "bea", email="bea@example.org")
    await applies(house, "cas")
    [first, second] = await do(house, "person waiting")
    assert first.split("\t") == ["bea", "2026-01-01T00:00:00.000Z", "bea@example.org", "I like birds"]
    assert second.startswith("cas\t")
    assert await do(house, "person approve", name="@Bea") == ["bea signs in here from now on."]
    assert await do(house, "person reject", name="cas") == ["Nothing is kept of cas, and the name is free again."]
    for verb in ("person approve", "person reject"):
        with pytest.raises(Trouble, match="Nobody called bea waits"):
            await do(house, verb, name="bea")
    assert await do(house, "person waiting") == []
    assert await do(house, "person list") == ["bea\tperson\tbea@example.org"]


async def test_an_invitation_is_made_listed_and_taken_back(house: House) -> None:
    [link] = await do(house, "person invite", uses=2, days=3, admin=True, note="for Dan")
    assert link.startswith("https://a.example/invite/")
    assert await do(house, "person invitations") == [
        "1\tadmin\tused 0 of 2\tuntil 2026-01-04T00:00:00.000Z\t\tfor Dan",
    ]
    await do(house, "person uninvite", number=1)
    assert await do(house, "person invitations") == []
    with pytest.raises(Trouble, match="no such invitation"):
        await do(house, "person uninvite", number=1)


async def test_a_closed_node_gives_out_no_invitations(tmp_path: Path) -> None:
    async for house in a_house(tmp_path):
        with pytest.raises(Trouble, match="Set `sign_up`"):
            await do(house, "person invite", uses=1, days=None, admin=False, note="")


async def test_a_person_is_disabled_and_enabled(house: House) -> None:
    await house.person("ann")
    assert (await do(house, "person disable", name="ann"))[0].startswith("ann is let in no more")
    assert await do(house, "person list") == ["ann\tperson\tdisabled"]
    with pytest.raises(Trouble, match="Nobody called ann"):
        await do(house, "token", name="ann")
    assert await do(house, "person enable", name="ann") == ["ann may sign in again."]
    for verb in ("person disable", "person enable"):
        with pytest.raises(Trouble, match="Nobody called nobody"):
            await do(house, verb, name="nobody")


async def test_who_keeps_what_is_settled(house: House) -> None:
    await house.person("ann")
    await house.person("bea")
    assert await do(house, "microblog add", name="team", owner="ann") == ["@team@a.example"]
    await do(house, "microblog appoint", name="team", person="bea", role="editor")
    assert await do(house, "microblog keepers", name="team") == ["ann\towner", "bea\teditor"]
    with pytest.raises(Trouble, match="needs an owner"):
        await do(house, "microblog appoint", name="team", person="ann", role="none")
    await do(house, "microblog appoint", name="team", person="bea", role="owner")
    await do(house, "microblog appoint", name="team", person="ann", role="none")
    assert await do(house, "microblog keepers", name="team") == ["bea\towner"]
    for verb, more in (
        ("microblog add", {"name": "other", "owner": "nobody"}),
        ("microblog add", {"name": "team", "owner": "ann"}),
        ("microblog keepers", {"name": "nobody"}),
        ("microblog appoint", {"name": "team", "person": "nobody", "role": "owner"}),
    ):
        with pytest.raises(Trouble):
            await do(house, verb, **more)


async def test_whoever_lost_the_second_factor_is_let_in_by_the_password_alone(house: House) -> None:
    await do(house, "person add", name="ann", admin=False)
    for name, said in (("ann", "has no second factor"), ("nobody", "Nobody called nobody")):
        with pytest.raises(Trouble, match=said):
            await do(house, "person one-factor", name=name)
    ann = next(each for each in await house.node.people.everybody() if each.name == "ann")
    factors = house.node.second_factors
    await factors.begin_codes(ann)
    unproved = await factors.unproved(ann)
    assert unproved is not None
    secret = b32decode(unproved[0].replace(" ", ""))
    step = house.node.drivers.clock.now() // one_time_codes.STEP
    assert not isinstance(await factors.prove_codes(ann.id, one_time_codes.code_at(secret, step)), Refused)
    assert (await factors.of(ann.id)).is_on
    assert (await do(house, "person one-factor", name="Ann"))[0].startswith("Ann signs in by password alone")
    assert not (await factors.of(ann.id)).is_on
