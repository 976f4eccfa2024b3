"""Emoji reactions by app, in the spellings of Pleroma's family and of glitch-soc's."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from scattershot.frontends.mastodon_api.entities.quote import Reacted
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.testing.phone import Phone
from scattershot.testing.village import House

BREAD = quote("🍞")


def react(phone: Phone, spelling: str, post: str, emoji: str, status: int = 200) -> Any:
    if spelling == "pleroma":
        return phone.put(f"/api/v1/pleroma/statuses/{post}/reactions/{emoji}", status=status)
    return phone.post(f"/api/v1/statuses/{post}/react/{emoji}", status=status)


def unreact(phone: Phone, spelling: str, post: str, emoji: str) -> Any:
    if spelling == "pleroma":
        return phone.delete(f"/api/v1/pleroma/statuses/{post}/reactions/{emoji}")
    return phone.post(f"/api/v1/statuses/{post}/unreact/{emoji}")


@pytest.mark.parametrize("spelling", ["pleroma", "glitch"])
async def test_a_reaction_comes_and_goes(house: House, spelling: str) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = (await ann.post("/api/v1/statuses", {"status": "bread"})).body
    assert made["reactions"] == []
    assert made["pleroma"] == {"emoji_reactions": []}
    reacted = (await react(bob, spelling, made["id"], BREAD)).body
    msgspec.convert(reacted, Status)
    mine = [{"name": "🍞", "count": 1, "me": True}]
    assert (reacted["reactions"], reacted["pleroma"]["emoji_reactions"]) == (mine, mine)
    assert (reacted["favourited"], reacted["favourites_count"]) == (False, 0)
    seen = await ann.get(f"/api/v1/statuses/{made['id']}")
    assert seen["reactions"] == [{"name": "🍞", "count": 1, "me": False}]
    assert (await house.stranger().get(f"/api/v1/statuses/{made['id']}"))["reactions"][0]["me"] is False
    gone = await unreact(bob, spelling, made["id"], BREAD)
    assert gone["reactions"] == []


async def test_who_reacted_is_told(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = (await ann.post("/api/v1/statuses", {"status": "bread"})).body
    for phone, emoji in ((ann, "🍞"), (bob, "🍞"), (bob, "🥖")):
        await react(phone, "glitch", made["id"], quote(emoji))
    listed = f"/api/v1/pleroma/statuses/{made['id']}/reactions"
    told = (await bob.get(listed)).body
    msgspec.convert(told, list[Reacted])
    assert [(each["name"], each["count"], each["me"]) for each in told] == [("🍞", 2, True), ("🥖", 1, True)]
    assert [account["acct"] for account in told[0]["accounts"]] == ["ann", "bob"]
    [bread] = (await house.stranger().get(f"{listed}/{BREAD}")).body
    assert (bread["name"], bread["me"]) == ("🍞", False)
    assert (await bob.get(f"{listed}/{quote('🧀')}")).body == []


@pytest.mark.parametrize("emoji", ["yes", "%F0%9F%91%8D%F0%9F%91%8D", ":blob:", "blob@b.example", "a%20b"])
@pytest.mark.parametrize("spelling", ["pleroma", "glitch"])
async def test_what_is_no_emoji_is_refused(house: House, spelling: str, emoji: str) -> None:
    ann = await house.phone("ann")
    made = (await ann.post("/api/v1/statuses", {"status": "bread"})).body
    refused = await react(ann, spelling, made["id"], emoji, 422)
    assert refused["error"]


async def test_what_one_may_not_see_has_no_reactions(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    made = (await ann.post("/api/v1/statuses", {"status": "mine", "visibility": "direct"})).body
    await react(bob, "pleroma", made["id"], BREAD, 404)
    await react(bob, "glitch", made["id"], BREAD, 404)
    await bob.get(f"/api/v1/pleroma/statuses/{made['id']}/reactions", status=404)
    await react(house.stranger(), "glitch", made["id"], BREAD, 401)
