"""Journeys of hints: nodes that tell each other of news by datagram, and lose nothing where datagrams are lost."""

from collections import Counter

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
    assert await reader.home("bob") == ["<p>tea is ready</p>"] or await reader.home("bob") == ["tea is ready"]
    hint, answer = village.ether.sent
    assert len(hint.data) <= 1_200 + 64
    assert (hint.to, answer.to) == (answer.source, hint.source)
    village.clock.advance(10)
    await village.settle()
    assert posts_pushed(village, READER) == before
    assert len(village.ether.sent) == 2
