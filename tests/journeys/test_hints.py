"""Journeys of hints: nodes that tell each other of news by datagram, and lose nothing where datagrams are lost."""

from hashlib import sha256

import pytest

from scattershot.domain.post import Audience
from scattershot.storage.tables import log
from scattershot.testing.village import House, Village

AUTHOR, READER = "author.example", "reader.example"
GROUP = "239.192.83.67:5683"


async def hinting(village: Village, host: str, number: int, **settings: object) -> House:
    """A node that listens for datagrams."""
    address = f"192.0.2.{number}:5683"
    return await village.house(host, udp="0.0.0.0:5683", udp_address=address, **settings)


async def two(village: Village, **settings: object) -> tuple[House, House]:
    """Ann, and Bob elsewhere, who follows her; their nodes have agreed on datagrams."""
    author = await hinting(village, AUTHOR, 1, **settings)
    reader = await hinting(village, READER, 2, **settings)
    await author.person("ann")
    await reader.person("bob")
    await reader.follow("bob", f"@ann@{AUTHOR}")
    await village.settle()
    village.clock.advance(31)
    await village.settle()
    return author, reader


def posts_pushed(village: Village, host: str) -> int:
    """Requests to the inbox of that host."""
    return sum(sent.method == "POST" and sent.url == f"https://{host}/inbox" for sent in village.fetcher.sent)


async def test_a_post_is_told_by_one_datagram_and_by_nothing_else(village: Village) -> None:
    author, reader = await two(village)
    before = posts_pushed(village, READER)
    village.ether.sent.clear()
    await author.post("ann", "tea is ready")
    await village.settle()
    assert await reader.home("bob") == ["tea is ready"]
    hint, answer = village.ether.sent
    assert len(hint.data) <= 1_200
    assert (hint.to, answer.to) == (answer.source, hint.source)
    village.clock.advance(10)
    await village.settle()
    assert posts_pushed(village, READER) == before
    assert len(village.ether.sent) == 2
    assert await owed(author) == 0


async def test_what_became_of_a_post_is_told_so_too(village: Village) -> None:
    author, reader = await two(village)
    before = posts_pushed(village, READER)
    post = await author.post("ann", "tea is ready")
    await village.settle()
    who = (await author.row("ann")).id
    author.done(await author.node.publisher.boost(who, post, "test"))
    await village.settle()
    author.done(await author.node.publisher.delete(who, post, "test"))
    await village.settle()
    assert await reader.home("bob") == []
    village.clock.advance(10)
    await village.settle()
    assert posts_pushed(village, READER) == before


async def test_a_post_too_long_for_a_datagram_is_called_for(village: Village) -> None:
    author, reader = await two(village)
    before = posts_pushed(village, READER)
    long = " ".join(sha256(bytes([number])).hexdigest() for number in range(60))
    await author.post("ann", long)
    await village.settle()
    assert await reader.home("bob") == [long]
    village.clock.advance(10)
    await village.settle()
    assert posts_pushed(village, READER) == before
    assert sum("/.well-known/scattershot/log/" in sent.url for sent in village.fetcher.sent) == 1
    assert await owed(author) == 0


async def test_what_is_not_for_everybody_is_in_no_datagram(village: Village) -> None:
    author, reader = await two(village)
    village.ether.sent.clear()
    await author.post("ann", "for followers", Audience.FOLLOWERS)
    await author.post("ann", f"for @bob@{READER} alone", Audience.MENTIONED)
    await village.settle()
    assert len(await reader.home("bob")) == 2
    assert village.ether.sent == []


async def test_where_datagrams_are_blocked_all_comes_by_http_and_soon_at_once(village: Village) -> None:
    author, reader = await two(village)
    village.ether.blocked = True
    for number in range(4):
        await author.post("ann", f"post {number}")
    await village.settle()
    assert await reader.home("bob") == []
    village.clock.advance(5.1)
    await village.settle()
    assert len(await reader.home("bob")) == 4
    village.ether.sent.clear()
    await author.post("ann", "no more waiting")
    await village.settle()
    assert (await reader.home("bob"))[0] == "no more waiting"
    assert village.ether.sent == []


async def test_where_the_first_datagrams_are_blocked_nothing_ever_waits(village: Village) -> None:
    village.ether.blocked = True
    author, reader = await two(village)
    await author.post("ann", "by http")
    await village.settle()
    assert await reader.home("bob") == ["by http"]


async def test_a_node_without_datagrams_is_told_as_ever(village: Village) -> None:
    author = await hinting(village, AUTHOR, 1)
    reader = await village.house(READER)
    await author.person("ann")
    await reader.person("bob")
    await reader.follow("bob", f"@ann@{AUTHOR}")
    await village.settle()
    await author.post("ann", "hello")
    await village.settle()
    assert await reader.home("bob") == ["hello"]
    assert village.ether.sent == []
    assert (await reader.get("/.well-known/scattershot/notify")).status == 404


async def test_one_who_turns_datagrams_off_tells_by_http_at_once(village: Village) -> None:
    _, reader = await two(village)
    author = await village.house(AUTHOR)
    await author.post("ann", "as before")
    await village.settle()
    assert await reader.home("bob") == ["as before"]
    assert await author.node.drivers.database.read(lambda tx: log.cursor(tx, "hinting")) == 0


async def test_a_lost_datagram_is_said_again(village: Village) -> None:
    author, reader = await two(village)
    village.ether.blocked = True
    await author.post("ann", "again")
    await village.settle()
    village.ether.blocked = False
    village.clock.advance(0.25)
    await village.settle()
    assert await reader.home("bob") == ["again"]
    assert await owed(author) == 0


async def test_a_lost_answer_is_given_again(village: Village) -> None:
    author, reader = await two(village)
    await village.settle()
    village.ether.only_to = ("192.0.2.2", 5683)
    await author.post("ann", "heard you")
    await village.settle()
    assert await owed(author) == 1
    village.ether.only_to = None
    village.clock.advance(0.25)
    await village.settle()
    assert await owed(author) == 0
    assert await reader.home("bob") == ["heard you"]


async def test_a_gap_is_filled_from_the_log(village: Village) -> None:
    author, reader = await two(village)
    village.ether.blocked = True
    for number in range(2):
        await author.post("ann", f"lost {number}")
        await village.settle()
        village.clock.advance(0.01)
    village.ether.blocked = False
    await author.post("ann", "seen")
    await village.settle()
    assert await reader.home("bob") == ["seen"]
    author.node.drivers.datagrams.mute = True  # type: ignore[union-attr]
    village.clock.advance(0.41)
    await village.settle()
    assert await reader.home("bob") == ["seen", "lost 1", "lost 0"]
    assert await owed(author) == 0
    assert sum("/.well-known/scattershot/log/" in sent.url for sent in village.fetcher.sent) == 1


async def test_one_who_was_down_asks_for_what_it_missed(village: Village) -> None:
    author, reader = await two(village)
    await author.post("ann", "before")
    await village.settle()
    village.shut(reader)
    village.clock.advance(1)
    await author.post("ann", "meanwhile")
    await village.settle()
    reader = await hinting(village, READER, 2)
    village.fetcher.up(READER)
    await village.reopen(reader)
    await village.settle()
    assert await reader.home("bob") == ["meanwhile", "before"]
    assert any("/.well-known/scattershot/log/" in sent.url for sent in village.fetcher.sent)


async def test_a_teller_that_was_started_again_goes_on_where_it_was(village: Village) -> None:
    author, reader = await two(village)
    await author.post("ann", "before")
    await village.settle()
    author = await hinting(village, AUTHOR, 1)
    before = posts_pushed(village, READER)
    await author.post("ann", "after")
    await village.settle()
    assert await reader.home("bob") == ["after", "before"]
    assert posts_pushed(village, READER) == before


async def test_one_who_hears_nothing_for_too_long_asks(village: Village) -> None:
    author, _ = await two(village)
    village.ether.blocked = True
    asked = len(village.fetcher.sent)
    village.clock.advance(301)
    await village.settle()
    assert any("/log/" in sent.url for sent in village.fetcher.sent[asked:])
    assert (await author.get("/health")).status == 200


async def test_signs_of_life_keep_both_sides_quiet(village: Village) -> None:
    await two(village)
    asked = len(village.fetcher.sent)
    for _ in range(9):
        village.clock.advance(100)
        await village.settle()
    assert not [sent for sent in village.fetcher.sent[asked:] if "/log/" in sent.url]


@pytest.mark.parametrize("members", [3])
async def test_one_datagram_tells_a_whole_group(village: Village, members: int) -> None:
    author = await hinting(village, AUTHOR, 1, udp_groups=[GROUP])
    await author.person("ann")
    readers = []
    for number in range(members):
        reader = await hinting(village, f"reader{number}.example", number + 2, udp_groups=[GROUP])
        await reader.person("bob")
        await reader.follow("bob", f"@ann@{AUTHOR}")
        readers.append(reader)
    await village.settle()
    village.clock.advance(31)
    await village.settle()
    village.ether.sent.clear()
    await author.post("ann", "everybody at once")
    await village.settle()
    assert [await reader.home("bob") for reader in readers] == [["everybody at once"]] * members
    from_author = [passed for passed in village.ether.sent if passed.source == ("192.0.2.1", 5683)]
    assert [passed.to for passed in from_author] == [("239.192.83.67", 5683)]
    assert await owed(author) == 0


async def test_a_neighbour_sends_for_another(village: Village) -> None:
    strong = await hinting(village, "strong.example", 9, udp_groups=[GROUP])
    author = await hinting(village, AUTHOR, 1, udp_groups=[GROUP], udp_neighbour="https://strong.example")
    reader = await hinting(village, READER, 2, udp_groups=[GROUP])
    await author.person("ann")
    await reader.person("bob")
    await village.settle()
    await reader.follow("bob", f"@ann@{AUTHOR}")
    await village.settle()
    for _ in range(2):
        village.clock.advance(31)
        await village.settle()
    village.ether.sent.clear()
    await author.post("ann", "by another's voice")
    await village.settle()
    assert await reader.home("bob") == ["by another's voice"]
    to_group = [passed.source for passed in village.ether.sent if passed.to == ("239.192.83.67", 5683)]
    assert to_group == [("192.0.2.9", 5683)]
    assert await owed(author) == 0
    assert strong.node.notify is not None


async def test_a_post_heard_by_every_way_is_one_post(village: Village) -> None:
    author, reader = await two(village)
    post = await author.post("ann", "once")
    await village.settle()
    name = await author.wire_id(post)
    await reader.find(name)
    assert author.node.notify is not None
    assert reader.node.notify is not None
    worded = await author.node.notify.hints.stretch(await node_of(author, READER), 0, 100)  # type: ignore[arg-type]
    for each in worded.told:
        assert await reader.node.doors.overhearing.overhear(each.body, AUTHOR) == "known"
    assert await reader.home("bob") == ["once"]


async def test_where_a_third_is_lost_everybody_has_everything_once(village: Village) -> None:
    author, reader = await two(village)
    village.ether.loss = 0.3
    texts = [f"post {number}" for number in range(40)]
    for text in texts:
        await author.post("ann", text)
        await village.settle()
        village.clock.advance(0.1)
    for _ in range(60):
        await village.settle()
        village.clock.advance(0.25)
    assert await reader.home("bob") == texts[::-1]
    assert await owed(author) == 0


async def owed(house: House) -> int:
    """Deliveries that wait."""
    from scattershot.storage.tables import deliveries

    return await house.node.drivers.database.read(deliveries.count)


async def node_of(house: House, host: str) -> object:
    """What a house calls the node at a host."""
    from scattershot.storage.tables import nodes

    found = await house.node.drivers.database.read(lambda tx: nodes.by_host(tx, host))
    assert found is not None
    return found.id
