"""Those who run a node block, limit and let in other nodes by app."""

import hashlib

import pytest

from scattershot.app.senders import REMEMBERED
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

BLOCKS, ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"


async def root(house: House) -> Phone:
    """The app of whoever runs the node."""
    made = await house.node.people.add("rita", admin=True)
    assert not isinstance(made, Refused), made
    return await house.phone("rita", "admin:read admin:write read write")


async def forget_standings(village: Village) -> None:
    """What is remembered of senders is forgotten."""
    village.clock.advance(REMEMBERED / 1000 + 1)


async def test_a_node_is_blocked_by_app_and_dealt_with_again(village: Village, house: House) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await house.follow("ann", "@bea@b.example")
    await village.settle()
    await b.post("bea", "before")
    await village.settle()
    assert await house.home("ann") == ["before"]
    phone = await root(house)
    said = {"domain": "B.example", "severity": "suspend", "private_comment": "spam", "public_comment": "too loud"}
    block = (await phone.post(BLOCKS, said)).body
    assert (block["domain"], block["severity"], block["private_comment"]) == ("b.example", "suspend", "spam")
    assert block["digest"] == hashlib.sha256(b"b.example").hexdigest()
    await forget_standings(village)
    await b.post("bea", "unheard")
    await village.settle()
    assert await house.home("ann") == []
    assert (await phone.get(BLOCKS)).body == [block]
    assert (await phone.get(f"{BLOCKS}/{block['id']}")).body == block
    stranger = house.stranger()
    assert (await stranger.get("/api/v1/instance/domain_blocks")).body == [
        {"domain": "b.example", "digest": block["digest"], "severity": "suspend", "comment": "too loud"}
    ]
    assert (await stranger.get("/api/v1/instance/peers")).body == []
    assert (await phone.delete(f"{BLOCKS}/{block['id']}")).body == {}
    await phone.get(f"{BLOCKS}/{block['id']}", status=404)
    assert (await stranger.get("/api/v1/instance/peers")).body == ["b.example"]
    await forget_standings(village)
    await house.follow("ann", "@bea@b.example")
    await village.settle()
    await b.post("bea", "after")
    await village.settle()
    assert (await house.home("ann"))[0] == "after"


async def test_a_silenced_node_is_heard_by_its_followers_alone(village: Village, house: House) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    phone = await root(house)
    block = (await phone.post(BLOCKS, {"domain": "b.example"})).body
    assert block["severity"] == "silence"
    await house.follow("ann", "@bea@b.example")
    await village.settle()
    await b.post("bea", "still here")
    await village.settle()
    assert await house.home("ann") == ["still here"]
    bea = await house.microblog("@bea@b.example")
    assert (await house.stranger().get(f"/api/v1/accounts/{bea}")).body["limited"] is True
    changed = await phone.put(f"{BLOCKS}/{block['id']}", {"severity": "noop", "obfuscate": "true"})
    assert (changed["severity"], changed["obfuscate"]) == ("noop", True)
    assert (await house.stranger().get(f"/api/v1/accounts/{bea}")).body["limited"] is False


async def test_what_is_said_already_is_answered_with_422(house: House) -> None:
    phone = await root(house)
    block = (await phone.post(BLOCKS, {"domain": "evil.example", "severity": "suspend"})).body
    for domain in ("evil.example", "deep.evil.example"):
        again = await phone.post(BLOCKS, {"domain": domain, "severity": "silence"}, status=422)
        assert again["existing_domain_block"] == block
        assert "evil.example" in again["error"]
    await phone.post(ALLOWS, {"domain": "evil.example"}, status=422)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"domain": ""},
        {"domain": "a.example"},
        {"domain": "not a host"},
        {"domain": "example"},
        {"domain": "x.example", "severity": "loud"},
        {"domain": "x.example", "public_comment": "x" * 10_001},
    ],
)
async def test_what_makes_no_sense_is_refused(house: House, said: dict[str, str]) -> None:
    phone = await root(house)
    assert "error" in (await phone.post(BLOCKS, said, status=422)).body
    assert (await phone.get(BLOCKS)).body == []


@pytest.mark.parametrize("path", [BLOCKS, ALLOWS])
async def test_the_scope_and_the_role_are_both_needed(house: House, path: str) -> None:
    everything = await house.phone("ann", "admin:read admin:write read write")
    await everything.get(path, status=403)
    await everything.post(path, {"domain": "evil.example"}, status=403)
    await everything.delete(f"{path}/1", status=403)
    await root(house)
    scopeless = await house.phone("rita", "read write")
    await scopeless.get(path, status=403)
    await scopeless.post(path, {"domain": "evil.example"}, status=403)
    await house.stranger().get(path, status=401)
    assert (await (await house.phone("rita", "admin:read")).get(path)).body == []


async def test_a_closed_node_deals_with_those_alone_who_were_let_in(village: Village, house: House) -> None:
    b, c = await village.house("b.example"), await village.house("c.example")
    for there in (b, c):
        await there.person("bea")
        await there.follow("bea", "@ann@a.example")
        await house.follow("ann", f"@bea@{there.host}")
    await village.settle()
    phone = await root(house)
    allow = (await phone.post(ALLOWS, {"domain": "b.example"})).body
    assert (await phone.post(ALLOWS, {"domain": "b.example"})).body == allow
    await phone.post(BLOCKS, {"domain": "*", "severity": "suspend"})
    await forget_standings(village)
    await village.settle()
    assert (await house.stranger().get("/api/v2/instance"))["configuration"]["limited_federation"] is True
    assert (await house.stranger().get("/api/v1/instance/domain_blocks")).body == []
    assert (await phone.get(ALLOWS)).body == [allow]
    d = await village.house("d.example")
    await d.person("dan")
    for there in (b, c):
        await there.post("bea", f"from {there.host}")
    await d.post("dan", "let me in, @ann@a.example", Audience.PUBLIC)
    await village.settle()
    assert await house.home("ann") == ["from b.example"]
    assert "mention" not in await house.told("ann")
    await phone.delete(f"{ALLOWS}/{allow['id']}")
    await forget_standings(village)
    await b.post("bea", "out now")
    await village.settle()
    assert await house.home("ann") == []


async def test_complaints_of_a_node_are_not_taken_where_it_was_said_so(village: Village, house: House) -> None:
    b = await village.house("b.example")
    bea = await b.person("bea")
    phone = await root(house)
    await phone.post(BLOCKS, {"domain": "b.example", "severity": "noop", "reject_reports": True})
    bob = await b.microblog("@bob@a.example")
    done = await b.node.publisher.report(bea, bob, [], "I do not like him", "test", forward=True)
    b.done(done)
    await village.settle()
    told = await house.phone("rita")
    assert (await told.get("/api/v1/notifications")).body == []


async def test_pictures_of_a_node_are_not_shown_where_it_was_said_so(village: Village, house: House) -> None:
    phone = await root(house)
    block = (await phone.post(BLOCKS, {"domain": "far.example", "severity": "noop", "reject_media": True})).body
    path = house.node.proxy.signed.path("https://media.far.example/cat.png")
    before = len(village.fetcher.sent)
    assert (await house.get(path)).status == 404
    assert len(village.fetcher.sent) == before + 1, "only our own question"
    assert block["reject_media"] is True


async def test_the_rules_of_the_house_are_shown_to_everybody(house: House) -> None:
    rules, stranger = house.node.house_rules, house.stranger()
    first = await rules.add("  Be   kind. ", "Also to bots.")
    await rules.add("No spam.")
    assert isinstance(await rules.add(""), Refused)
    assert isinstance(await rules.add("x" * 301), Refused)
    shown = (await stranger.get("/api/v1/instance/rules")).body
    assert [(rule["text"], rule["hint"]) for rule in shown] == [("Be kind.", "Also to bots."), ("No spam.", "")]
    for path in ("/api/v1/instance", "/api/v2/instance"):
        assert (await stranger.get(path))["rules"] == shown
    assert isinstance(first, int)
    assert await rules.drop(first)
    assert not await rules.drop(first)
    assert len((await stranger.get("/api/v1/instance/rules")).body) == 1
