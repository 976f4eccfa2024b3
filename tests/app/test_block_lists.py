"""Lists of blocked hosts: how they are read, and what becomes of each line."""

from scattershot.app.block_lists import Taken, Unread, read_list, take_list
from scattershot.app.dealing import Dealing
from scattershot.domain.node import HostRule, Standing
from tests.app.conftest import World

MASTODONS = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
Evil.example,suspend,False,False,"spam, and worse",True
loud.example,silence,true,TRUE,,false
quiet.example,noop,,True,,
"""


def test_mastodons_list_is_read() -> None:
    assert read_list("\ufeff" + MASTODONS) == [
        HostRule("evil.example", Standing.BLOCKED, public_comment="spam, and worse", obfuscated=True),
        HostRule("loud.example", Standing.LIMITED, rejects_media=True, rejects_reports=True),
        HostRule("quiet.example", Standing.NORMAL, rejects_reports=True),
    ]


def test_hosts_alone_and_other_orders_are_read() -> None:
    assert read_list("one.example\r\n\r\n# a remark\ntwo.example\n") == [
        HostRule("one.example", Standing.BLOCKED),
        HostRule("two.example", Standing.BLOCKED),
    ]
    assert read_list("severity,domain\nsilence,three.example\n") == [HostRule("three.example", Standing.LIMITED)]


def test_what_cannot_be_read_is_told_by_its_line() -> None:
    text = "e**l.example,suspend\nnot a host,suspend\nloud.example,deafen\nlocal\n"
    found = read_list(text)
    assert [each.line for each in found if isinstance(each, Unread)] == [1, 2, 3, 4]
    assert [each for each in found if isinstance(each, HostRule)] == []
    assert isinstance(read_list('a"b,\x00"\n"unfinished')[0], Unread)
    assert read_list("") == []


async def test_a_list_makes_nothing_milder_and_never_blocks_ourselves(world: World) -> None:
    dealing = Dealing(world.database, world.clock, world.bus, world.house, ("here.example",))
    await dealing.block("loud.example")
    await dealing.allow("friend.example")
    await dealing.limit("evil.example")
    entries = read_list(MASTODONS + "here.example,suspend\nfriend.example,suspend\n")
    dry = [taken async for taken in take_list(dealing, entries, dry=True)]
    assert [taken.changed for taken in dry] == [True, True, True, False, False]
    assert (await dealing.rule_of("quiet.example")) is None
    done = [taken async for taken in take_list(dealing, entries, dry=False)]
    assert done[0] == Taken("evil.example", "blocked", changed=True)
    assert done[3] == Taken("here.example", "left out: That is this node itself.", changed=False)
    assert done[4].said.startswith("was let in by hand")
    loud = await dealing.rule_of("loud.example")
    assert loud is not None
    assert loud.rule == HostRule("loud.example", Standing.BLOCKED, rejects_media=True, rejects_reports=True)
    again = [taken async for taken in take_list(dealing, entries, dry=False)]
    assert not any(taken.changed for taken in again)
