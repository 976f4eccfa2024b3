"""A person who deletes everything: nothing of it stays at either node, and nobody can take the name."""

from scattershot.domain.microblog import Handle
from scattershot.domain.people import KeeperRole
from scattershot.domain.reading import Refused
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, people, relations
from scattershot.testing.village import House, Village


async def two(village: Village) -> tuple[House, House]:
    """Ann at a and Bob at b follow each other."""
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    return a, b


async def vanish(house: House, name: str) -> None:
    assert not isinstance(await house.node.people.vanish(name, "test"), Refused)


async def test_everything_is_gone_at_both_nodes(village: Village) -> None:
    a, b = await two(village)
    bob = await b.row("bob")
    post = await b.post("bob", "hello")
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    anns = await a.post("ann", "like me")
    await village.settle()
    there = await b.seen(await a.wire_id(anns))
    assert there is not None
    b.done(await b.node.publisher.like(bob.id, there.id, "test"))
    await village.settle()
    await vanish(b, "bob")
    await village.settle()
    assert await a.home("ann") == ["like me"]
    gone = await a.seen(await b.wire_id(post))
    assert gone is not None
    assert gone.gone
    liked = await a.seen(await a.wire_id(anns))
    assert liked is not None
    assert liked.likes == 0
    ann = (await a.row("ann")).id
    assert await a.node.drivers.database.read(lambda tx: relations.count_following(tx, ann)) == 0
    assert await a.node.drivers.database.read(lambda tx: relations.count_followers(tx, ann)) == 0
    path = bob.profile.id.value.removeprefix("https://b.example")
    assert [(await b.get(each)).status for each in (path, "/@bob", f"/p/{post}", f"{path}/outbox")] == [410] * 4
    assert (await b.get("/@bob", "text/html")).status == 410
    assert (await b.get("/.well-known/webfinger?resource=acct:bob@b.example")).status == 410


async def test_the_name_is_never_given_again(village: Village) -> None:
    _, b = await two(village)
    await vanish(b, "bob")
    again = await b.node.people.add("bob")
    assert isinstance(again, Refused)
    assert again.why == "taken"
    assert isinstance(await b.node.people.vanish("bob", "test"), Refused)


async def test_whoever_was_only_named_or_followed_hears_of_it_too(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    post = await b.post("bob", "dear @ann@a.example")
    await village.settle()
    await vanish(b, "bob")
    await village.settle()
    known = await a.node.drivers.database.read(lambda tx: microblogs.by_handle(tx, Handle("bob", "b.example")))
    assert known is None
    gone = await a.seen(await b.wire_id(post))
    assert gone is not None
    assert gone.gone


async def test_sessions_and_tokens_die_at_once(village: Village) -> None:
    b = await village.house("b.example")
    await b.person("bob")
    link = await b.node.people.sign_in_link("bob")
    spare = await b.node.people.sign_in_link("bob")
    token = await b.node.programs.by_hand("bob")
    assert isinstance(link, str)
    assert isinstance(spare, str)
    assert isinstance(token, str)
    signed_in = await b.node.people.follow_link(link)
    assert not isinstance(signed_in, Refused)
    assert await b.node.programs.caller(token) is not None
    await vanish(b, "bob")
    assert await b.node.people.in_session(signed_in.session) is None
    assert await b.node.programs.caller(token) is None
    assert isinstance(await b.node.people.follow_link(spare), Refused)


async def test_a_microblog_that_somebody_else_owns_too_stays(village: Village) -> None:
    b = await village.house("b.example")
    club = await b.person("club")
    await b.person("bob")

    def share(tx: Transaction) -> None:
        bob = people.by_name(tx, "bob")
        assert bob is not None
        microblogs.add_keeper(tx, bob.id, club, KeeperRole.OWNER)

    await b.node.drivers.database.write(share)
    await vanish(b, "bob")
    assert not (await b.row("club")).gone
    assert (await b.row("bob")).gone
