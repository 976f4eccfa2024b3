"""The catch-up timeline, by app."""

import pytest

from scattershot.testing.village import House, Village


@pytest.fixture
async def away(village: Village, house: House) -> House:
    """Ann follows bob and carol, who talked while she was away."""
    await house.person("carol")
    for friend in ("bob", "carol"):
        await house.follow("ann", friend)
    await village.settle()
    village.clock.advance(60)
    return house


async def test_what_mattered_comes_first_and_says_why(village: Village, away: House) -> None:
    bob, carol, ann = await away.phone("bob"), await away.phone("carol"), await away.phone("ann")
    plain = [(await bob.post("/api/v1/statuses", {"status": f"bob says {n}"}))["id"] for n in range(2)]
    named = (await carol.post("/api/v1/statuses", {"status": "@ann look"}))["id"]
    await carol.post(f"/api/v1/statuses/{plain[0]}/reblog")
    await village.settle()
    found = await ann.get("/api/v1/timelines/catch_up")
    assert [each["id"] for each in found.body] == [named, plain[0]]
    why = await ann.get("/api/v1/timelines/catch_up/reasons")
    assert [(each["status_id"], each["reasons"]) for each in why.body] == [
        (named, ["It names you.", "It is the only post of its author in this time."]),
        (plain[0], ["carol passed it on."]),
    ]


async def test_it_is_paged_in_its_own_order(village: Village, away: House) -> None:
    bob, ann = await away.phone("bob"), await away.phone("ann")
    ids = [(await bob.post("/api/v1/statuses", {"status": f"@ann {n}"}))["id"] for n in range(3)]
    await village.settle()
    first = await ann.get("/api/v1/timelines/catch_up", {"limit": 2})
    rest = await ann.get(first.links()["next"])
    assert [each["id"] for each in [*first.body, *rest.body]] == ids[::-1]
    assert rest.links() == {}
    [why] = (await ann.get("/api/v1/timelines/catch_up/reasons", {"limit": 2, "max_id": ids[1]})).body
    assert why["status_id"] == ids[0]


async def test_since_when_is_an_id_or_a_moment(village: Village, away: House) -> None:
    ann = await away.phone("ann")
    old = str(await away.post("bob", "@ann old"))
    village.clock.advance(3_600)
    new = str(await away.post("bob", "@ann new"))
    await village.settle()

    async def since(text: str) -> list[str]:
        return [each["id"] for each in (await ann.get("/api/v1/timelines/catch_up", {"since": text})).body]

    assert await since(old) == [new]
    assert await since("1") == [new, old]
    assert await since("2020-01-01T00:00:00Z") == [new, old]
    refused = await ann.get("/api/v1/timelines/catch_up", {"since": "yesterday"}, status=422)
    assert "since" in refused["error"]
    await ann.get("/api/v1/timelines/catch_up/reasons", {"since": "yesterday"}, status=422)
    await away.stranger().get("/api/v1/timelines/catch_up", status=401)
