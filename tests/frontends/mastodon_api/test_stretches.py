"""The hottest lists against their plain twin: whatever people do, a page shows each line as it is by itself."""

import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from scattershot.domain.window import FROM_THE_TOP
from scattershot.storage import dialect, sqlite
from scattershot.storage.tables import glimpses
from scattershot.testing.phone import Phone
from scattershot.testing.village import House

STATUSES = "/api/v1/statuses"
NAMES = ("ann", "bob", "carol")
COUNTED = {"followers_count", "following_count", "statuses_count", "last_status_at"}
"""What lists may show as it was a minute ago."""


class Town:
    """Three people who do what comes into their heads."""

    def __init__(self, house: House, phones: dict[str, Phone], seed: int) -> None:
        self.house, self.phones, self.dice = house, phones, random.Random(seed)
        self.made: list[tuple[str, str]] = []

    async def something(self) -> None:
        """One deed of one of them."""
        name = self.dice.choice(NAMES)
        phone = self.phones[name]
        deeds: list[Callable[[str, Phone], Awaitable[object]]] = [self._write, self._write, self._about_a_post]
        await self.dice.choice([*deeds, self._about_a_post, self._about_somebody, self._about_oneself])(name, phone)
        await self.house.node.step()

    async def _write(self, name: str, phone: Phone) -> None:
        said: dict[str, Any] = {"status": self.dice.choice(["bread", "wine and #bread", "@bob hello", "oil"])}
        if self.made and self.dice.random() < 0.5:
            key = self.dice.choice(["in_reply_to_id", "quoted_status_id"])
            said[key] = self.dice.choice(self.made)[1]
        elif self.dice.random() < 0.2:
            said["poll"] = {"options": ["yes", "no"], "expires_in": 3600}
        if self.dice.random() < 0.2:
            said["quote_approval_policy"] = "followers"
        answer = await self._try(phone, "POST", STATUSES, said)
        if answer is not None:
            self.made.append((name, answer["id"]))

    async def _about_a_post(self, name: str, phone: Phone) -> None:
        if not self.made:
            return
        author, post = self.dice.choice(self.made[-8:])
        path = f"{STATUSES}/{post}"
        deed = self.dice.choice(
            ["favourite", "unfavourite", "reblog", "reblog", "unreblog", "bookmark", "unbookmark", "mute", "unmute",
             "react/%F0%9F%91%8D", "vote", "edit", "delete", "pin"]
        )  # fmt: skip
        if deed == "vote":
            await self._try(phone, "POST", f"/api/v1/polls/{post}/votes", {"choices": [0]})
        elif deed == "edit" and author == name:
            await self._try(phone, "PUT", path, {"status": f"edited {self.dice.random()}"})
        elif deed == "delete" and author == name and self.dice.random() < 0.3:
            await self._try(phone, "DELETE", path)
        elif deed not in ("edit", "delete"):
            await self._try(phone, "POST", f"{path}/{deed}")

    async def _about_somebody(self, name: str, phone: Phone) -> None:
        other = (await self.house.row(self.dice.choice([each for each in NAMES if each != name]))).id
        deed = self.dice.choice(
            ["follow", "follow", "unfollow", "mute", "unmute", "unmute", "block", "unblock", "unblock"]
        )
        await self._try(phone, "POST", f"/api/v1/accounts/{other}/{deed}")

    async def _about_oneself(self, name: str, phone: Phone) -> None:
        if self.dice.random() < 0.5:
            changed = {"display_name": f"{name} {self.dice.randrange(99)}", "locked": self.dice.random() < 0.5}
            await self._try(phone, "PATCH", "/api/v1/accounts/update_credentials", changed)
        elif self.dice.random() < 0.5:
            keyword = {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "wine"}]}
            await self._try(phone, "POST", "/api/v2/filters", keyword)
        else:
            for each in (await phone.get("/api/v2/filters")).body:
                await phone.delete(f"/api/v2/filters/{each['id']}")

    async def _try(self, phone: Phone, method: str, path: str, body: Any = None) -> Any:
        """The answer, or None where the deed is not possible just now."""
        try:
            return (await phone.call(method, path, body)).body
        except AssertionError as refused:
            if any(f": {status} " in str(refused) for status in (403, 404, 422)):
                return None
            raise

    async def compare(self) -> int:
        """How many lines were looked at: all as they are by themselves."""
        looked = 0
        for name, phone in self.phones.items():
            viewer = (await self.house.row(name)).id if name else None
            timelines = self.house.node.timelines
            if viewer is not None:
                plain = [str(item.entry) for item in (await timelines.home(viewer, FROM_THE_TOP, 40)).items]
                looked += await self._same(phone, "/api/v1/timelines/home", plain)
            plain = [str(item.entry) for item in (await timelines.public(viewer, FROM_THE_TOP, 40)).items]
            looked += await self._same(phone, "/api/v1/timelines/public", plain)
        return looked

    async def _same(self, phone: Phone, path: str, plain: list[str]) -> int:
        page = (await phone.get(path, {"limit": 40})).body
        assert [line["id"] for line in page] == plain
        for line in page:
            alone = (await phone.get(f"{STATUSES}/{line['id']}")).body
            assert _without_counts(line) == _without_counts(alone)
        return len(page)


def _without_counts(entity: Any) -> Any:
    if isinstance(entity, dict):
        return {key: _without_counts(value) for key, value in entity.items() if key not in COUNTED}
    return [_without_counts(each) for each in entity] if isinstance(entity, list) else entity


@pytest.mark.parametrize("seed", range(3))
async def test_a_page_shows_each_line_as_it_is_by_itself(house: House, seed: int) -> None:
    await house.person("carol")
    phones = {name: await house.phone(name) for name in NAMES}
    for follower in NAMES:
        for followed in NAMES:
            if follower != followed:
                await house.follow(follower, followed)
    town = Town(house, {**phones, "": house.stranger()}, seed)
    looked = 0
    for _ in range(12):
        for _ in range(4):
            await town.something()
        looked += await town.compare()
    assert looked > 100


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # PostgreSQL, where others write too, keeps no page
async def test_every_table_that_is_asked_for_a_page_is_known_to_alter_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()

    def listening(sql: str) -> dialect.SqliteText:
        made = dialect.to_sqlite(sql)
        if not made.into:
            asked.update(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", made.text))
        return made

    await house.person("carol")
    phones = {name: await house.phone(name) for name in NAMES}
    for follower in NAMES:
        await house.follow(follower, next(name for name in NAMES if name != follower))
    town = Town(house, {**phones, "": house.stranger()}, 5)
    lists = [(phone, f"/api/v1/timelines/{which}") for phone in phones.values() for which in ("home", "public")]
    for _ in range(40):
        await town.something()
        monkeypatch.setattr(sqlite, "to_sqlite", listening)
        for phone, path in lists:
            await phone.get(path, {"limit": 40})
        monkeypatch.undo()
    of_the_call = {"access_tokens", "programs", "keepers", "people", "json_each", "counts"}
    assert asked - of_the_call - set(glimpses.DEPENDS_ON) == set()
    assert len(asked) > 10


async def test_what_changes_by_itself_is_seen_on_a_page_that_was_kept(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await house.follow("bob", "ann")
    made = (await ann.post(STATUSES, {"status": "wine"})).body
    await house.node.step()

    async def seen() -> Any:
        return [(line["replies_count"], line["favourited"], line["account"]["display_name"])
                for line in (await bob.get("/api/v1/timelines/home")).body]  # fmt: skip

    assert await seen() == await seen() == [(0, False, "")]
    await bob.post(f"{STATUSES}/{made['id']}/favourite")
    assert await seen() == [(0, True, "")]
    await bob.post(f"{STATUSES}/{made['id']}/unfavourite")
    assert await seen() == [(0, False, "")]
    await bob.post(STATUSES, {"status": "a reply", "in_reply_to_id": made["id"]})
    assert (1, False, "") in await seen()
    await ann.patch("/api/v1/accounts/update_credentials", {"display_name": "Ann"})
    assert (1, False, "Ann") in await seen()
    await bob.post(f"/api/v1/accounts/{made['account']['id']}/mute")
    assert await seen() == [(0, False, "")], "only bob's own reply is left"
