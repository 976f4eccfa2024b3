"""Conversations across three nodes: who hears of a reply, and what is believed of it."""

from scattershot.domain.microblog import Handle
from scattershot.domain.post import Audience
from scattershot.ports.fetcher import Unreachable
from scattershot.storage.tables import microblogs
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response


async def three(village: Village) -> tuple[House, House, House]:
    """Ann at a, whom Bob at b follows; Carol at c."""
    a, b, c = [await village.house(f"{letter}.example") for letter in "abc"]
    await a.person("ann")
    await b.person("bob")
    await c.person("carol")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    return a, b, c


async def reply(c: House, a_post: str, text: str, audience: Audience = Audience.PUBLIC) -> str:
    found = await c.find(a_post)
    assert found.post is not None
    return await c.wire_id(await c.post("carol", text, audience, reply_to=found.post))


async def test_a_reply_is_passed_on_and_believed_by_its_authors_own_proof(village: Village) -> None:
    a, b, c = await three(village)
    await b.find("@carol@c.example")
    post = await a.wire_id(await a.post("ann", "what is tea?"))
    await village.settle()
    replied = await reply(c, post, "a leaf, @ann@a.example")
    await c.node.step()
    village.shut(c)
    await village.settle()
    there = await b.seen(replied)
    assert there is not None, "it came by way of Ann's node and was believed though Carol's cannot be asked"
    parent = await b.seen(post)
    assert parent is not None
    assert there.reply_to == parent.id


async def test_a_private_reply_is_not_passed_on(village: Village) -> None:
    a, b, c = await three(village)
    post = await a.wire_id(await a.post("ann", "what is tea?"))
    await village.settle()
    replied = await reply(c, post, "between us, @ann@a.example", Audience.MENTIONED)
    await village.settle()
    assert await a.seen(replied) is not None
    assert await b.seen(replied) is None


async def test_a_boost_brings_the_post_from_its_own_node(village: Village) -> None:
    a, b, c = await three(village)
    post = await c.wire_id(await c.post("carol", "look at this"))
    found = await a.find(post)
    assert found.post is not None
    ann = (await a.row("ann")).id
    a.done(await a.node.publisher.boost(ann, found.post, "test"))
    await village.settle()
    assert await b.home("bob") == ["look at this"]
    there = await b.seen(post)
    assert there is not None
    assert there.post.author.value.startswith("https://c.example/")


async def test_a_reply_brings_the_thread_it_belongs_to(village: Village) -> None:
    a, b, c = await three(village)
    first = await c.post("carol", "one")
    second = await c.post("carol", "two", reply_to=first)
    address = await c.wire_id(second)
    found = await a.find(address)
    assert found.post is not None
    await a.post("ann", "three", reply_to=found.post)
    await village.settle()
    root, middle = await b.seen(await c.wire_id(first)), await b.seen(address)
    assert root is not None
    assert middle is not None
    assert middle.thread == root.id


async def test_one_who_hides_the_graph_shows_a_number_and_no_names(village: Village) -> None:
    a, b, _ = await three(village)
    await a.profile("ann", hides_graph=True)
    path = (await a.row("ann")).profile.id.value.removeprefix("https://a.example")
    document = (await a.get(f"{path}/followers")).body
    assert b'"totalItems":1' in document
    assert b"b.example" not in document
    assert b.host == "b.example"


async def test_a_name_may_live_on_another_domain_than_its_server(village: Village) -> None:
    server = await village.house("social.corp.example", domains=["corp.example"])
    made = await server.node.people.add("ann")
    assert isinstance(made, tuple)

    async def delegate(request: Request) -> Response | Unreachable:
        moved = request._replace(url=request.url.replace("//corp.example", "//social.corp.example", 1))
        return await village.fetcher.send(moved)

    village.fetcher.route("corp.example", delegate)
    b = await village.house("b.example")
    await b.person("bob")
    await b.follow("bob", "@ann@corp.example")
    await village.settle()
    row = await b.node.drivers.database.read(lambda tx: microblogs.by_handle(tx, Handle("ann", "corp.example")))
    assert row is not None
    assert row.profile.id.value.startswith("https://social.corp.example/u/")


async def test_one_that_only_lets_signed_strangers_read_still_federates(village: Village) -> None:
    a = await village.house("a.example", authorized_fetch=True)
    b = await village.house("b.example", authorized_fetch=True)
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "hello")
    await village.settle()
    assert await a.home("ann") == ["hello"]
    assert (await b.get(f"/p/{post}")).status == 401


async def test_looking_at_a_thread_brings_the_replies_that_nobody_sent_us(village: Village) -> None:
    a, b, c = await three(village)
    root = await c.post("carol", "one")
    for text in ("two", "three"):
        await c.post("carol", text, reply_to=root)
    found = await b.find(await c.wire_id(root))
    assert found.post is not None
    assert b.node.backfill.thread(found.post)
    assert not b.node.backfill.thread(found.post), "asked a moment ago"
    await village.settle()
    row = await b.seen(await c.wire_id(root))
    assert row is not None
    assert row.replies == 2
    assert a.host == "a.example"


async def test_looking_at_a_microblog_brings_its_latest_posts(village: Village) -> None:
    a, _, c = await three(village)
    posts = [await c.wire_id(await c.post("carol", text)) for text in ("one", "two")]
    found = await a.find("@carol@c.example")
    assert found.microblog is not None
    assert a.node.backfill.microblog(found.microblog)
    await village.settle()
    assert all([await a.seen(post) for post in posts])
