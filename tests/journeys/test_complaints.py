"""A complaint is filed where it is made, and reaches the other node without the name of whoever made it."""

from scattershot.domain.post import Audience
from scattershot.ports.fetcher import Unreachable
from scattershot.storage.tables import microblogs, posts, reports
from scattershot.testing.fakes import AsgiFetcher
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response


async def two(village: Village) -> tuple[House, House]:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    return a, b


async def complain(village: Village, a: House, b: House, *, forward: bool) -> None:
    post = await b.wire_id(await b.post("bob", "buy my pills"))
    await village.settle()
    row = await a.seen(post)
    assert row is not None
    who = (await a.row("ann")).id
    a.done(await a.node.publisher.report(who, row.author, [row.id], "spam", "test", forward=forward))


async def filed(house: House) -> list[reports.Report]:
    return await house.node.drivers.database.read(lambda tx: reports.unresolved(tx, 10))


async def test_a_complaint_passed_on_is_told_by_the_node_itself(village: Village) -> None:
    a, b = await two(village)
    heard: list[Request] = []

    async def listening(request: Request) -> Response | Unreachable:
        heard.append(request)
        return await AsgiFetcher({"b.example": b.node.app}).send(request)

    village.fetcher.route("b.example", listening)
    await complain(village, a, b, forward=True)
    await village.settle()
    [here], [there] = await filed(a), await filed(b)
    assert (here.reporter, here.forwarded) == ((await a.row("ann")).id, True)
    assert (there.target, there.comment, there.forwarded) == ((await b.row("bob")).id, "spam", False)
    reporter = await b.node.drivers.database.read(lambda tx: microblogs.get(tx, there.reporter))
    assert reporter is not None
    assert str(reporter.profile.handle) == "@node@a.example"
    [post] = there.posts
    row = await b.node.drivers.database.read(lambda tx: posts.get(tx, post))
    assert row is not None
    assert row.post.source == "buy my pills"
    [flag] = [request for request in heard if b'"Flag"' in request.body]
    ann = (await a.row("ann")).profile.id.value
    assert ann.encode() not in flag.body
    assert all(ann not in value for _, value in flag.headers)


async def test_a_complaint_not_passed_on_stays_at_home(village: Village) -> None:
    a, b = await two(village)
    await complain(village, a, b, forward=False)
    before = len(village.fetcher.sent)
    await village.settle()
    assert len(village.fetcher.sent) == before
    [here] = await filed(a)
    assert not here.forwarded
    assert await filed(b) == []


async def test_posts_that_one_cannot_see_and_posts_of_others_are_no_part_of_a_complaint(village: Village) -> None:
    a, _ = await two(village)
    ann, ben = (await a.row("ann")).id, await a.person("ben")
    secret = await a.post("ben", "dear diary", Audience.MENTIONED)
    own = await a.post("ann", "mine")
    a.done(await a.node.publisher.report(ann, ben, [secret, own], "he is rude", "test", forward=True))
    [here] = await filed(a)
    assert (here.posts, here.forwarded) == ((), False)


async def test_a_complaint_is_resolved_once(village: Village) -> None:
    a, b = await two(village)
    await complain(village, a, b, forward=False)
    [here] = await filed(a)
    write = a.node.drivers.database.write
    assert await write(lambda tx: reports.resolve(tx, here.id, village.clock.now()))
    assert not await write(lambda tx: reports.resolve(tx, here.id, village.clock.now()))
    assert await filed(a) == []
