"""By which program a post was written: told to whoever reads it here, unless its author would rather not."""

from msgspec import json

from scattershot.domain.reading import Refused
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village
from tests.frontends.mastodon_api.test_oauth import BACK, code_for, exchange

STATUSES, HOME = "/api/v1/statuses", "/api/v1/timelines/home"
OURS = "/api/v1/accounts/update_credentials"


async def program(house: House, website: str = "https://ivory.example") -> Phone:
    """An app of ann's that was registered under the name Ivory."""
    asked = {"client_name": "Ivory", "redirect_uris": BACK, "scopes": "read write", "website": website}
    app = dict((await house.stranger().post("/api/v1/apps", asked)).body)
    answer = await house.stranger().form("POST", "/oauth/token", exchange(app, await code_for(house, app)))
    return house.stranger(answer["access_token"])


async def test_whoever_reads_a_post_is_told(village: Village, house: House) -> None:
    await house.follow("bob", "ann")
    ann, bob = await program(house), await house.phone("bob")
    made = (await ann.post(STATUSES, {"status": "hello"})).body
    ivory = {"name": "Ivory", "website": "https://ivory.example"}
    assert made["application"] == ivory
    await village.settle()
    for phone in (bob, house.stranger()):
        assert (await phone.get(f"{STATUSES}/{made['id']}")).body["application"] == ivory
    for _ in range(2):
        assert [each["application"] for each in (await bob.get(HOME)).body] == [ivory]
    edited = (await (await house.phone("ann")).put(f"{STATUSES}/{made['id']}", {"status": "better"})).body
    assert edited["application"] == ivory
    boost = (await bob.post(f"{STATUSES}/{made['id']}/reblog")).body
    assert boost["reblog"]["application"] == ivory
    assert boost.get("application") is None


async def test_what_was_written_otherwise_names_no_program(house: House) -> None:
    by_hand = (await (await house.phone("ann")).post(STATUSES, {"status": "by hand"})).body
    assert by_hand["application"] is None
    nowhere = await program(house, "")
    assert (await nowhere.post(STATUSES, {"status": "x"})).body["application"] == {"name": "Ivory", "website": None}


async def test_an_author_may_keep_it_to_themselves_also_of_older_posts(village: Village, house: House) -> None:
    await house.follow("bob", "ann")
    ann, bob = await program(house), await house.phone("bob")
    made = (await ann.post(STATUSES, {"status": "hello"})).body
    await village.settle()
    assert (await bob.get(HOME)).body[0]["application"]["name"] == "Ivory"
    assert (await ann.patch(OURS, {"source": {"show_application": False}})).body["source"]["show_application"] is False
    assert "application" not in (await bob.get(HOME)).body[0]
    assert "application" not in (await house.stranger().get(f"{STATUSES}/{made['id']}")).body
    assert (await ann.get(f"{STATUSES}/{made['id']}")).body["application"]["name"] == "Ivory"
    await ann.patch(OURS, {"source": {"privacy": "unlisted"}})
    assert "application" not in (await bob.get(HOME)).body[0]
    await ann.patch(OURS, {"source": {"show_application": True}})
    assert (await bob.get(HOME)).body[0]["application"]["name"] == "Ivory"


async def test_no_other_node_is_told(village: Village, house: House) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await b.follow("bea", "@ann@a.example")
    await village.settle()
    made = (await (await program(house)).post(STATUSES, {"status": "hello"})).body
    await village.settle()
    [seen] = (await (await b.phone("bea")).get(HOME)).body
    assert "application" not in seen
    wire = (await house.get(f"/p/{made['id']}", accept="application/activity+json")).body
    assert b"Ivory" not in wire
    assert json.decode(wire)["content"] == "<p>hello</p>"


async def test_a_post_that_was_planned_names_the_program_that_planned_it(village: Village, house: House) -> None:
    ann = await program(house)
    at = "2030-01-01T00:00:00Z"
    assert (await ann.post(STATUSES, {"status": "later", "scheduled_at": at})).body["params"]["text"] == "later"
    kept = await house.node.drafts.of((await house.row("ann")).id, scheduled=True)
    assert kept[0].planned.draft.made_with is not None
    assert kept[0].at is not None
    village.clock.advance((kept[0].at - house.node.drivers.clock.now()) / 1000 + 1)
    await village.settle()
    posts = (await (await house.phone("ann")).get(f"/api/v1/accounts/{(await house.row('ann')).id}/statuses")).body
    assert posts[0]["application"]["name"] == "Ivory"
    assert not isinstance(posts, Refused)
