"""One node with the names of several domains (D3)."""

from scattershot.domain.microblog import Handle
from scattershot.domain.reading import Refused
from scattershot.ports.fetcher import Unreachable
from scattershot.storage.tables import microblogs
from scattershot.testing.village import Village
from scattershot.wirekit.http_message import Request, Response


async def test_two_of_one_name_live_on_two_domains_of_one_node(village: Village) -> None:
    server = await village.house("one.example", domains=["one.example", "two.example"])

    async def delegate(request: Request) -> Response | Unreachable:
        return await village.fetcher.send(request._replace(url=request.url.replace("//two.", "//one.", 1)))

    village.fetcher.route("two.example", delegate)
    for name in ("ann", "ann@two.example"):
        assert isinstance(await server.node.people.add(name), tuple)
    b = await village.house("b.example")
    await b.person("bob")
    for handle in ("@ann@one.example", "@ann@two.example"):
        await b.follow("bob", handle)
    await village.settle()
    found = {}
    for domain in ("one.example", "two.example"):
        row = await b.node.drivers.database.read(lambda tx, d=domain: microblogs.by_handle(tx, Handle("ann", d)))
        assert row is not None, domain
        found[domain] = row.profile.id
        assert (await server.get(row.profile.url.removeprefix("https://one.example"), "text/html")).status == 200
    assert found["one.example"] != found["two.example"]
    assert await b.told("bob") == []


async def test_a_name_of_a_domain_that_does_not_live_here_is_refused(village: Village) -> None:
    server = await village.house("one.example")
    refused = await server.node.people.add("ann@elsewhere.example")
    assert isinstance(refused, Refused)
    assert "one.example" in refused.detail
