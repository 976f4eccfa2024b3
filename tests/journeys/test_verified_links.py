"""Two microblogs of one person, on two nodes, that lead to each other."""

from scattershot.domain.microblog import Profile
from scattershot.domain.presentation import Presentation
from scattershot.testing.village import House, Village


async def _link(house: House, name: str, address: str) -> None:
    row = await house.row(name)
    wish = Presentation(fields=(("Also me", address), ("Not me", "https://nobody.example/")))
    assert isinstance(await house.node.known.presenting.change(row.id, wish, "test"), Profile)


async def test_pages_that_lead_to_each_other_are_verified_on_both_nodes_and_by_followers(village: Village) -> None:
    a, b, c = [await village.house(host) for host in ("a.example", "b.example", "c.example")]
    await a.person("ann")
    await b.person("annie")
    await c.person("cat")
    await c.follow("cat", "@ann@a.example")
    await village.settle()
    await _link(a, "ann", "https://b.example/@annie")
    await village.settle()
    assert [field.verified for field in (await a.row("ann")).profile.fields] == [None, None]
    await _link(b, "annie", "https://a.example/@ann")
    await village.settle()
    first = village.clock.now()
    assert [field.verified for field in (await b.row("annie")).profile.fields] == [first, None]
    village.clock.advance(3_700)
    await village.settle()
    assert [field.verified for field in (await a.row("ann")).profile.fields] == [village.clock.now(), None]
    village.clock.advance(31 * 86_400)
    await village.settle()
    phone = await c.phone("cat")
    seen = await phone.get("/api/v1/accounts/lookup?acct=ann@a.example")
    assert [bool(field["verified_at"]) for field in seen["fields"]] == [True, False]
    page = await b.get("/@annie", "text/html")
    assert b"leads back here" in page.body
