"""Microblogs as apps see them: one, many, their posts and their people, and how one stands to them."""

from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.domain.microblog import Field
from scattershot.domain.post import Attachment, Audience
from scattershot.storage.tables import microblogs
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village


async def _id(phone: Phone, acct: str) -> str:
    found: str = (await phone.get("/api/v1/accounts/lookup", {"acct": acct}))["id"]
    return found


async def test_one_is_looked_up_by_name_in_any_spelling(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cat")
    await house.follow("ann", "@cat@b.example")
    stranger = house.stranger()
    ann = await _id(stranger, "ann")
    for acct in ("@ann", "ANN", "ann@a.example", "@Ann@A.example"):
        assert await _id(stranger, acct) == ann
    cat = await stranger.get("/api/v1/accounts/lookup", {"acct": "cat@b.example"})
    assert (cat["acct"], cat["username"]) == ("cat@b.example", "cat")
    assert (await stranger.get(f"/api/v1/accounts/{ann}"))["acct"] == "ann"
    for acct in ("nobody", "cat", "dan@b.example", "", "@", "a b"):
        await stranger.get("/api/v1/accounts/lookup", {"acct": acct}, status=404)


async def test_many_are_asked_for_at_once(house: House) -> None:
    phone = await house.phone("ann")
    ann, bob = await _id(phone, "ann"), await _id(phone, "bob")
    for query in (f"id[]={bob}&id[]={ann}&id[]={bob}", f"id[]={bob}&id[]=404&id[]=x&id[]={ann}"):
        assert [each["id"] for each in (await phone.get(f"/api/v1/accounts?{query}")).body] == [bob, ann]
    assert (await phone.get("/api/v1/accounts")).body == []


@pytest.mark.parametrize("wrong", ["404", "x", "0", "-1", "9" * 30, "1%00"])
async def test_nobody_is_found_under_another_id(house: House, wrong: str) -> None:
    ann = await house.phone("ann")
    for rest in ("", "/statuses", "/followers", "/following", "/endorsements", "/featured_tags", "/identity_proofs"):
        await ann.get(f"/api/v1/accounts/{wrong}{rest}", status=404)
    for deed in ("follow", "unfollow", "block", "mute", "note", "pin", "remove_from_followers"):
        await ann.post(f"/api/v1/accounts/{wrong}/{deed}", status=404)


async def test_who_moved_is_shown_with_where_they_live_on(house: House) -> None:
    phone = await house.phone("ann")
    ann, bob = await house.row("ann"), await house.row("bob")
    await house.profile("bob", also_known_as=(ann.profile.id.value,))
    house.done(await house.node.publisher.move(ann.id, bob.id, "test"))
    assert (await phone.get(f"/api/v1/accounts/{ann.id}"))["moved"]["acct"] == "bob"
    assert (await phone.get(f"/api/v1/accounts?id[]={ann.id}"))[0]["moved"]["id"] == str(bob.id)
    await house.profile("bob", also_known_as=())
    assert (await phone.get(f"/api/v1/accounts/{ann.id}"))["moved"] is None


async def test_a_verified_line_says_when(village: Village, house: House) -> None:
    phone = await house.phone("ann")
    lines = (Field("Site", "x", village.clock.now()), Field("Age", "7"))
    row = await house.row("ann")
    profile = replace(row.profile, fields=lines)
    await house.node.drivers.database.write(lambda tx: microblogs.put_verified(tx, row.id, profile))
    shown = await phone.get(f"/api/v1/accounts/{row.id}")
    assert [each["verified_at"] for each in shown["fields"]] == ["2026-01-01T00:00:00.000Z", None]


# -- posts


async def _posts(phone: Phone, who: str, **query: Any) -> list[str]:
    found = await phone.get(f"/api/v1/accounts/{who}/statuses", query or None)
    return [each["content"] or f"boost of {each['reblog']['content']}" for each in found.body]


async def test_posts_of_one_are_chosen(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    me = await _id(ann, "ann")
    first = await ann.post("/api/v1/statuses", {"status": "first #Tea"})
    theirs = await bob.post("/api/v1/statuses", {"status": "theirs"})
    await ann.post("/api/v1/statuses", {"status": "self", "in_reply_to_id": first["id"]})
    await ann.post("/api/v1/statuses", {"status": "reply", "in_reply_to_id": theirs["id"]})
    village.clock.advance(1)
    await ann.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    await ann.post("/api/v1/statuses", {"status": "private", "visibility": "private"})
    await ann.post("/api/v1/statuses", {"status": "@bob direct", "visibility": "direct"})
    await ann.post(f"/api/v1/statuses/{first['id']}/pin")
    tea = 'first <a href="https://a.example/tags/tea" class="mention hashtag" rel="tag">#<span>Tea</span></a>'
    every = ["<p>reply</p>", "<p>self</p>", f"<p>{tea}</p>"]
    boost = "boost of <p>theirs</p>"
    stranger = house.stranger()
    assert await _posts(stranger, me) == [boost, *every]
    assert (await _posts(ann, me))[1:3] == ["<p>private</p>", boost]
    assert await _posts(bob, me) == [boost, *every]
    assert await _posts(stranger, me, exclude_reblogs="true") == every
    assert await _posts(stranger, me, exclude_replies="true") == [boost, *every[1:]]
    assert await _posts(stranger, me, exclude_replies="1", exclude_reblogs="1") == every[1:]
    assert await _posts(stranger, me, tagged="TEA") == every[2:]
    assert await _posts(stranger, me, tagged="coffee") == []
    assert await _posts(stranger, me, pinned="true") == every[2:]
    assert await _posts(stranger, me, only_media="true") == []


async def test_posts_with_media_alone(village: Village, house: House) -> None:
    picture = Attachment(url="https://a.example/p.png", media_type="image/png")
    await house.post("ann", 'no "attachments":[{ here')
    shown = await house.post("ann", "a picture", attachments=(picture,))
    stranger = house.stranger()
    found = await stranger.get(f"/api/v1/accounts/{await _id(stranger, 'ann')}/statuses?only_media=true")
    assert [each["id"] for each in found.body] == [str(shown)]


async def test_posts_are_read_page_by_page_with_boosts_between(house: House) -> None:
    ann = await house.phone("ann")
    me = await _id(ann, "ann")
    ids = []
    for number in range(4):
        ids.append(str(await house.post("ann", f"number {number}")))
        theirs = await house.post("bob", f"theirs {number}")
        ids.append((await ann.post(f"/api/v1/statuses/{theirs}/reblog"))["id"])
    seen: list[str] = []
    address = f"/api/v1/accounts/{me}/statuses?limit=3"
    while address:
        page = await ann.get(address)
        seen += [each["id"] for each in page.body]
        address = page.links().get("next", "")
        last = page
    assert seen == sorted(ids, key=int, reverse=True)
    back = await ann.get(last.links()["prev"])
    assert [each["id"] for each in back.body] == seen[len(seen) - len(last.body) - 3 : -len(last.body)]
    assert [each["id"] for each in (await ann.get(f"/api/v1/accounts/{me}/statuses?since_id={seen[2]}")).body] == seen[
        :2
    ]


async def test_who_is_blocked_reads_nothing(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await house.post("ann", "hello")
    await ann.post(f"/api/v1/accounts/{await _id(ann, 'bob')}/block")
    me = await _id(ann, "ann")
    assert await _posts(bob, me) == []
    assert await _posts(house.stranger(), me) == ["<p>hello</p>"]


async def test_what_is_only_for_those_of_here(house: House) -> None:
    await house.post("ann", "between us", Audience.LOCAL)
    me = await _id(house.stranger(), "ann")
    assert await _posts(house.stranger(), me) == []
    assert await _posts(await house.phone("bob"), me) == ["<p>between us</p>"]


# -- people


async def test_followers_are_paged_by_links(village: Village, house: House) -> None:
    phone = house.stranger()
    bob = await _id(phone, "bob")
    for name in ("ann", "dan", "eve"):
        if name != "ann":
            await house.person(name)
        await house.follow(name, "bob")
        village.clock.advance(1)
    first = await phone.get(f"/api/v1/accounts/{bob}/followers", {"limit": 2})
    assert [each["acct"] for each in first.body] == ["eve", "dan"]
    second = await phone.get(first.links()["next"])
    assert [each["acct"] for each in second.body] == ["ann"]
    assert "next" not in second.links()
    assert [each["acct"] for each in (await phone.get(second.links()["prev"])).body] == ["eve", "dan"]
    ann = await _id(phone, "ann")
    assert [each["acct"] for each in (await phone.get(f"/api/v1/accounts/{ann}/following")).body] == ["bob"]
    for nonsense in ("x", "-1", "9" * 100, "0"):
        await phone.get(f"/api/v1/accounts/{bob}/followers", {"max_id": nonsense})
    await house.profile("bob", hides_graph=True)
    assert (await phone.get(f"/api/v1/accounts/{bob}/followers")).body == []
    assert (await phone.get(f"/api/v1/accounts/{bob}"))["followers_count"] == 3
    assert len((await (await house.phone("bob")).get(f"/api/v1/accounts/{bob}/followers")).body) == 3


async def test_relationships_are_told_for_many_at_once(house: House) -> None:
    ann = await house.phone("ann")
    await house.person("dan")
    bob, dan = await _id(ann, "bob"), await _id(ann, "dan")
    await house.follow("bob", "ann")
    await ann.post(f"/api/v1/accounts/{dan}/follow")
    found = await ann.get(f"/api/v1/accounts/relationships?id[]={dan}&id[]={bob}&id[]=404&with_suspended=true")
    assert [each["id"] for each in found.body] == [dan, bob]
    assert found[0]["following"] is True
    assert found[0]["showing_reblogs"] is True
    assert found[0]["languages"] is None
    assert found[1]["followed_by"] is True
    assert found[1]["following"] is False
    one = await ann.get(f"/api/v1/accounts/relationships?id={bob}")
    assert one.body == [found[1]]
    assert (await ann.get("/api/v1/accounts/relationships")).body == []
    await house.stranger().get(f"/api/v1/accounts/relationships?id[]={bob}", status=401)


async def test_familiar_followers_are_known_to_both(house: House) -> None:
    ann = await house.phone("ann")
    await house.person("dan")
    dan = await _id(ann, "dan")
    await house.follow("ann", "bob")
    await house.follow("bob", "dan")
    [found] = (await ann.get(f"/api/v1/accounts/familiar_followers?id[]={dan}")).body
    assert found["id"] == dan
    assert [each["acct"] for each in found["accounts"]] == ["bob"]


async def test_the_directory_is_open_to_anyone(house: House) -> None:
    stranger = house.stranger()
    await house.profile("bob", discoverable=False)
    for query in ({"order": "new"}, {"order": "new", "local": "true"}):
        assert [each["acct"] for each in (await stranger.get("/api/v1/directory", query)).body] == ["ann"]
    assert (await stranger.get("/api/v1/directory", {"order": "new", "offset": 1})).body == []
    assert (await stranger.get("/api/v1/directory", {"offset": "-5", "limit": "0"})).body == []
