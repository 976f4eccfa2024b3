"""People carry what is theirs from one node to another."""

from scattershot.app.lists import Lists
from scattershot.domain.lists import List
from scattershot.storage.tables import imports
from scattershot.testing.village import House, Village
from scattershot.wirekit.mastodon_csv import File


async def exported(house: House, name: str, file: File) -> bytes:
    owner = (await house.row(name)).id
    return b"".join([piece async for piece in house.node.exporting.csv(owner, file)])


async def give(house: House, name: str, file: File, body: bytes, *, overwrite: bool = False) -> int:
    owner = (await house.row(name)).id
    taken = await house.node.importing.take(owner, file, body, overwrite=overwrite)
    assert isinstance(taken, int), taken
    return taken


async def failures(house: House, name: str, import_id: int) -> str:
    owner = (await house.row(name)).id
    pieces = await house.node.importing.failures(owner, import_id)
    assert pieces is not None
    return b"".join([piece async for piece in pieces]).decode()


async def only(house: House, name: str) -> imports.Row:
    [row] = await house.node.importing.of((await house.row(name)).id)
    return row


async def wait_out(village: Village, house: House, name: str) -> imports.Row:
    """Let time pass until nothing of the file is left to do."""
    for _ in range(40):
        await village.settle()
        row = (await house.node.importing.of((await house.row(name)).id))[0]
        if row.state is imports.State.DONE:
            return row
        village.clock.advance(60)
    raise AssertionError("it does not come to an end")


async def two_nodes(village: Village) -> tuple[House, House]:
    a, b = await village.house("a.test"), await village.house("b.test")
    for house in (a, b):
        await house.person("ann")
    for name in ("bob", "eva", "leo"):
        await b.person(name)
    await a.person("kim")
    return a, b


async def test_whom_ann_follows_blocks_mutes_lists_and_what_she_keeps_arrive_at_her_new_node(village: Village) -> None:
    a, b = await two_nodes(village)
    ann = (await a.row("ann")).id
    for whom in ("@bob@b.test", "@kim@a.test", "@eva@b.test"):
        await a.follow("ann", whom)
    await village.settle()
    publisher = a.node.publisher
    a.done(await publisher.block(ann, await a.microblog("@leo@b.test"), "test"))
    await publisher.mute(ann, await a.microblog("@eva@b.test"), None)
    lists = Lists(a.node.drivers.database)
    friends = await lists.make(ann, "Friends, near")
    assert isinstance(friends, List)
    await lists.add(ann, friends.id, [await a.microblog("@kim@a.test")])
    post = await a.wire_id(await a.post("kim", "keep this"))
    await give(a, "ann", File.BOOKMARKS, f"{post}\n".encode())
    await village.settle()

    files = {file: await exported(a, "ann", file) for file in (
        File.FOLLOWING, File.BLOCKS, File.MUTES, File.LISTS, File.BOOKMARKS
    )}  # fmt: skip
    assert files[File.LISTS] == b'"Friends, near",kim@a.test\n'
    assert b"bob@b.test,true,false," in files[File.FOLLOWING]
    assert files[File.BOOKMARKS].decode() == f"{post}\n"
    for file, body in files.items():
        await give(b, "ann", file, body)
    await wait_out(village, b, "ann")

    for file, body in files.items():
        assert sorted((await exported(b, "ann", file)).splitlines()) == sorted(body.splitlines())
    followers = (await exported(a, "kim", File.FOLLOWERS)).splitlines()
    assert sorted(followers) == [b"Account address", b"ann@a.test", b"ann@b.test"]
    assert [row.failed for row in await b.node.importing.of((await b.row("ann")).id)] == [0] * 5


async def test_a_line_of_a_node_that_is_down_fails_with_a_word_and_the_others_arrive(village: Village) -> None:
    a, b = await two_nodes(village)
    village.shut(b)
    body = b"Account address\nbob@b.test\nkim\nnobody@a.test\nnot a name\nann@a.test\n"
    import_id = await give(a, "ann", File.FOLLOWING, body)
    await village.settle()
    row = await only(a, "ann")
    assert (row.total, row.remaining, row.failed) == (5, 1, 3), "the one that is down is tried again"
    row = await wait_out(village, a, "ann")
    assert (row.remaining, row.failed) == (0, 4)
    told = await failures(a, "ann", import_id)
    assert told.splitlines()[0] == "Account address,Show boosts,Notify on new posts,Languages,Reason"
    assert "bob@b.test,true,false,,its node cannot be reached" in told
    assert "nobody@a.test,true,false,,Nobody here is called nobody." in told
    assert "not a name,,,,that is no name like who@where" in told
    assert "ann@a.test,true,false,,That is yourself." in told
    assert b"kim@a.test" in await exported(a, "ann", File.FOLLOWING)

    await village.reopen(b)
    again = await give(a, "ann", File.FOLLOWING, told.encode())
    await wait_out(village, a, "ann")
    assert "bob@b.test" not in await failures(a, "ann", again)


async def test_nobody_else_is_shown_what_failed(village: Village) -> None:
    a, _ = await two_nodes(village)
    import_id = await give(a, "ann", File.BLOCKS, b"nobody@a.test\n")
    assert await a.node.importing.failures((await a.row("kim")).id, import_id) is None


async def test_to_overwrite_ends_what_is_not_in_the_file(village: Village) -> None:
    a, b = await two_nodes(village)
    for whom in ("@bob@b.test", "@kim@a.test", "@eva@b.test"):
        await a.follow("ann", whom)
    await village.settle()
    await give(a, "ann", File.LISTS, b"One,bob@b.test\nOne,eva@b.test\nTwo,kim@a.test\n")
    await wait_out(village, a, "ann")
    await give(a, "ann", File.LISTS, b"One,BOB@b.test\n", overwrite=True)
    await wait_out(village, a, "ann")
    assert await exported(a, "ann", File.LISTS) == b"One,bob@b.test\n"
    await give(a, "ann", File.FOLLOWING, b"Bob@B.test\nhttps://b.test/@leo\n", overwrite=True)
    await wait_out(village, a, "ann")
    followed = (await exported(a, "ann", File.FOLLOWING)).decode().splitlines()[1:]
    assert sorted(line.partition(",")[0] for line in followed) == ["bob@b.test", "leo@b.test"]
    assert await exported(b, "eva", File.FOLLOWERS) == b"Account address\n"
    for file, first, second in (
        (File.BLOCKS, b"bob@b.test\nkim\n", b"kim@a.test\n"),
        (File.MUTES, b"bob@b.test\nkim\n", b"Account address,Hide notifications\nkim@a.test,false\n"),
        (File.DOMAINS, b"c.test\nd.test\n", b"d.test\n"),
    ):
        await give(a, "ann", file, first)
        await wait_out(village, a, "ann")
        await give(a, "ann", file, second, overwrite=True)
        await wait_out(village, a, "ann")
        assert await exported(a, "ann", file) == second


async def test_how_one_wishes_to_hear_somebody_comes_along(village: Village) -> None:
    a, _ = await two_nodes(village)
    body = b'Account address,Show boosts,Notify on new posts,Languages\nbob@b.test,false,true,"de, en"\n'
    await give(a, "ann", File.FOLLOWING, body)
    await wait_out(village, a, "ann")
    assert await exported(a, "ann", File.FOLLOWING) == body


async def test_a_file_that_can_not_be_used_alters_nothing(village: Village) -> None:
    a, _ = await two_nodes(village)
    await a.follow("ann", "@kim@a.test")
    ann = (await a.row("ann")).id
    for file, body in (
        (File.FOLLOWING, b""),
        (File.FOLLOWING, b"Account address,Show boosts\n"),
        (File.FOLLOWING, b"\x89PNG\r\n\x1a\n\0\0\0"),
        (File.FOLLOWERS, b"kim@a.test\n"),
        (File.DOMAINS, b"https://b.test/\n"),
    ):
        refused = await a.node.importing.take(ann, file, body, overwrite=True)
        assert not isinstance(refused, int)
        assert refused.detail
    await village.settle()
    assert await a.node.importing.of(ann) == []
    assert b"kim@a.test" in await exported(a, "ann", File.FOLLOWING)


async def test_other_nodes_are_asked_for_few_things_at_a_time(village: Village) -> None:
    a, b = await two_nodes(village)
    for number in range(10):
        await b.person(f"p{number}")
    await give(a, "ann", File.BLOCKS, b"".join(b"p%d@b.test\n" % number for number in range(10)))
    done = []
    for _ in range(5):
        await a.node.importing.step()
        done.append(10 - (await only(a, "ann")).remaining)
        village.clock.advance(1)
    assert done == [2, 4, 6, 8, 10]


async def test_what_was_cut_short_goes_on_where_it_was(village: Village) -> None:
    a, _ = await two_nodes(village)
    await give(a, "ann", File.FOLLOWING, b"bob@b.test\neva@b.test\nleo@b.test\n")
    await a.node.importing.step()
    assert (await only(a, "ann")).remaining == 1
    owner = (await a.row("ann")).id
    await a.node.drivers.database.write(lambda tx: imports.add(tx, owner, "lists", village.clock.now(), overwrite=True))
    a = await village.house("a.test")  # another process on the same data
    await a.node.importing.begin()
    await wait_out(village, a, "ann")
    assert (await exported(a, "ann", File.FOLLOWING)).count(b"@b.test") == 3
    assert len(await a.node.importing.of(owner)) == 1
