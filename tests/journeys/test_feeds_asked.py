"""Asking feeds that nobody tells us of: which, and how many at a time."""

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Origin
from scattershot.domain.change import Followed, ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.ports.database import Transaction
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from tests.elsewhere import Site, ago, item, later


async def many_feeds(house: House, host: str, count: int) -> None:
    """Bob follows as many feeds of one host."""
    who = (await house.row("bob")).profile.id
    origin = Origin(house.node.drivers.clock.now(), "test", asked_for=True)

    def work(tx: Transaction) -> None:
        for number in range(count):
            name = WireId(FEEDS, f"https://{host}/{number}.xml")
            profile = Profile(id=name, name=f"feed_{number}", domain=host, doors={"feed": name.value})
            apply(tx, ProfileChanged(actor=name, profile=profile), origin, house.node.house)
            apply(tx, Followed(actor=who, target=name), origin, house.node.house)

    await house.node.drivers.database.write(work)


async def test_a_host_of_many_feeds_does_not_hold_up_the_others(village: Village) -> None:
    b = await village.house("b.example")
    await b.person("bob")
    asked: list[str] = []

    def crowded(request: Request) -> Response:
        asked.append(request.url)
        return Response(503, request.url)

    village.fetcher.route("many.example", crowded)
    await many_feeds(b, "many.example", 300)
    site = Site(village)
    site.items = [item("1", "One", ago(village, 5))]
    village.clock.advance(1)
    await b.follow("bob", site.feed)
    reads = site.reads()
    started = await b.node.sources.step()
    assert (started, len(asked)) == (4, 4), "no more than four at a time of one host"
    await b.node.sources.step()
    await b.node.sources.step()
    assert site.reads() > reads, "though three hundred were due before it"
    for _ in range(80):
        await later(village, 0.1)
    assert len(set(asked)) == 300, "and all of those have their turn"
