"""Live updates of lists, and of filters: whoever has some is told which a post meets, wherever it is heard."""

from scattershot.domain.follows import Wish
from scattershot.testing.village import House, Village
from tests.frontends.mastodon_api.test_streaming import listening, told, until_listening

TEA = {"title": "Drinks", "context": ["home", "public"], "keywords_attributes": [{"keyword": "tea"}]}


async def _a_list(house: House, **parts: object) -> str:
    """A list of ann's with bob in it."""
    await house.follow("ann", "bob")
    ann = await house.phone("ann")
    made = await ann.post("/api/v1/lists", {"title": "friends", **parts})
    bob = str((await house.row("bob")).id)
    await ann.post(f"/api/v1/lists/{made['id']}/accounts", {"account_ids": [bob]})
    number: str = made["id"]
    return number


async def test_a_list_is_heard_as_its_timeline_is_read(village: Village, house: House) -> None:
    await house.person("carol")
    number = await _a_list(house, exclusive=True)
    carols = await house.post("carol", "not from the list")
    async with listening(house, "ann", f"stream=list&list={number}") as socket:
        first = await house.post("bob", "hello")
        await house.post("carol", "not from the list either")
        await house.post("bob", "an answer to carol", reply_to=carols)
        bob = await house.phone("bob")
        boost = await bob.post(f"/api/v1/statuses/{carols}/reblog")
        await told(village, house)
        heard = await socket.heard()
        assert heard["stream"] == ["list", number]
        assert (heard["event"], heard["payload"]["id"]) == ("update", str(first))
        assert (await socket.heard())["payload"]["id"] == boost["id"]
        await bob.delete(f"/api/v1/statuses/{first}")
        await told(village, house)
        assert await socket.heard() == {"stream": ["list", number], "event": "delete", "payload": str(first)}
        ann = (await house.row("ann")).id
        await house.node.publisher.mute(ann, (await house.row("carol")).id, None)
        await house.node.publisher.follow(ann, (await house.row("bob")).id, "test", Wish(boosts=False))
        await bob.post(f"/api/v1/statuses/{await house.post('carol', 'unwanted')}/reblog")
        await told(village, house)
        assert socket.silent


async def test_nobody_hears_the_list_of_another(village: Village, house: House) -> None:
    number = await _a_list(house)
    await house.person("carol")
    async with listening(house, "carol", f"stream=list&list={number}") as socket:
        await house.post("bob", "hello")
        await told(village, house)
        assert socket.silent
        await socket.say({"type": "subscribe", "stream": "list", "list": "none"})
        assert (await socket.heard())["error"] == "Missing list name parameter"


async def test_a_change_of_filters_is_heard_by_their_owner(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    async with (
        listening(house, "ann", "stream=user") as hers,
        listening(house, "bob", "stream=user") as his,
    ):
        await until_listening(house, 4)
        made = await ann.post("/api/v2/filters", TEA)
        assert await hers.heard() == {"stream": ["user"], "event": "filters_changed"}
        await ann.delete(f"/api/v2/filters/{made['id']}")
        assert (await hers.heard())["event"] == "filters_changed"
        assert his.silent


async def test_what_is_heard_says_which_filters_it_meets(village: Village, house: House) -> None:
    await house.person("carol")
    for name in ("ann", "carol"):
        await house.follow(name, "bob")
    await (await house.phone("ann")).post("/api/v2/filters", TEA)
    async with (
        listening(house, "ann", "stream=user") as home,
        listening(house, "ann", "stream=public") as public,
        listening(house, "carol", "stream=public") as other,
        listening(house, "carol", "stream=user") as other_home,
    ):
        await until_listening(house, 5)
        for text in ("a cup of tea", "nothing of it"):
            await house.post("bob", text)
        await told(village, house)
        for socket in (home, public):
            [met] = (await socket.heard())["payload"]["filtered"]
            assert met["keyword_matches"] == ["tea"]
            assert not (await socket.heard())["payload"].get("filtered")
            assert socket.silent
        for socket in (other, other_home):
            for _ in range(2):
                assert not (await socket.heard())["payload"].get("filtered")
            assert socket.silent
