"""`inspect udp` says how a node stands to those that tell each other of news by datagram."""

from scattershot.testing.village import Village
from scattershot.verbs.inspecting import inspect
from tests.journeys.test_hints import two


class Said:
    """What a verb said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.lines.append(text)


async def test_a_node_without_datagrams_says_how_to_have_them(village: Village) -> None:
    house, said = await village.house("quiet.example"), Said()
    await inspect(house.node, said, what="udp", full=False)
    assert "Datagrams are off" in said.lines[0]


async def test_both_sides_say_how_far_they_are(village: Village) -> None:
    author, reader = await two(village)
    await author.post("ann", "hello")
    await village.settle()
    told, heard = Said(), Said()
    await inspect(author.node, told, what="udp", full=False)
    await inspect(reader.node, heard, what="udp", full=False)
    assert "Telling 1:" in told.lines
    assert any("reader.example by 192.0.2.2:5683" in line for line in told.lines)
    assert any("author.example by 192.0.2.1:5683, everything up to" in line for line in heard.lines)
    assert "Waiting to be heard: 0." in told.lines
