"""Uploads on both engines: taken in, looked into, shown by posts, gone when nothing does. The darkroom is real."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.app.attaching import Described
from scattershot.app.drafts import Planned
from scattershot.app.media import Kept
from scattershot.app.publish import Done, Draft
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.media import MediaKind, State, Use
from scattershot.domain.reading import Refused
from scattershot.ports.darkroom import Developed, Job
from scattershot.ports.database import Database, Engine
from scattershot.storage.tables import posts, uploads
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import House, Village, a_village
from tests.engines import open_database
from tests.files import a_bomb, a_film, a_photo, a_picture, a_sound

DAY = 86_400


@pytest.fixture
async def village(engine: Engine, tmp_path: Path) -> AsyncIterator[Village]:
    async def one(stack: Any, _: str) -> Database:
        return await stack.enter_async_context(open_database(engine))  # type: ignore[no-any-return]

    async with a_village(one, PooledKeyMaker(), tmp_path) as built:
        yield built


@pytest.fixture
async def house(village: Village) -> House:
    built = await village.house("a.example", max_picture_mb=1, max_video_mb=2)
    await built.person("ann")
    await built.person("bob")
    return built


async def give(house: House, name: str, data: bytes, cover: bytes | None = None, **said: Any) -> Kept | Refused:
    media = house.node.media
    receiving = [media.receiving() for _ in (data, cover)]
    for each, given in zip(receiving, (data, cover), strict=True):
        for at in range(0, len(given or b""), 50_000):
            await each.add((given or b"")[at : at + 50_000])
        await each.end()
    said |= {"cover": receiving[1]} if cover is not None else {}
    return await media.take((await house.row(name)).id, receiving[0], **said)


async def given(house: House, name: str, data: bytes, **said: Any) -> Kept:
    kept = await give(house, name, data, **said)
    assert isinstance(kept, Kept), kept
    return kept


def files(house: House) -> list[Path]:
    """Every file there is, of whatever sort."""
    folder = house.node.settings.data / "media"
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


async def known(house: House) -> list[str]:
    """Every file that the database knows."""
    return await house.node.drivers.database.read(lambda tx: tx.fetch(str, "SELECT name FROM media_files"))


async def state(house: House, kept: Kept) -> State | None:
    row = await house.node.drivers.database.read(lambda tx: uploads.get(tx, kept.id))
    return row.state if row is not None else None


async def post(house: House, name: str, *media: Kept, text: str = "look", **draft: Any) -> Done | Refused:
    who = (await house.row(name)).id
    draft = {"media": tuple(each.id for each in media), **draft}
    return await house.node.publisher.post(who, Draft(text, **draft), None, "test")


async def test_a_picture_is_ready_at_once(house: House) -> None:
    kept = await given(house, "ann", a_photo(orientation=6), alt=" A red square ", focus=(0.5, 0.0))
    assert kept.state is State.READY
    shown = kept.attachment
    assert (shown.kind, shown.media_type, shown.width, shown.height) == (MediaKind.IMAGE, "image/jpeg", 480, 640)
    assert (shown.alt, shown.focus, len(shown.blurhash) > 10) == ("A red square", (0.5, 0.0), True)
    assert shown.url.startswith("https://a.example/media/")
    assert sorted(path.name for path in files(house)) == sorted(await known(house))
    assert {path.name for path in files(house)} == {url.rpartition("/")[2] for url in (shown.url, shown.thumbnail)}
    ann, bob = (await house.row("ann")).id, (await house.row("bob")).id
    assert await house.node.media.of(ann, kept.id) == kept
    assert await house.node.media.of(bob, kept.id) is None
    assert await house.node.media.of(ann, kept.id + 1) is None


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>" * 500, "kind"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), "JPEG"),
        (a_picture("PNG")[:-300], "damaged"),
        (a_bomb(16_000, 16_000), "pixels"),
        (a_photo() + bytes(1_000_000), "at most 1 MB"),
        (b"ID3\x04\0\0\0\0\0\x7f" + bytes(2_100_000), "at most 2 MB"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\x7f\0\0\0moov", "damaged"),
    ],
)
async def test_what_is_refused_leaves_nothing_behind(house: House, data: bytes, word: str) -> None:
    refused = await give(house, "ann", data)
    assert isinstance(refused, Refused), refused
    assert word in refused.detail
    assert (files(house), await known(house)) == ([], [])


async def test_what_is_said_of_it_has_an_end(house: House) -> None:
    assert await give(house, "ann", a_picture(), alt="x" * 1_501) == Refused(
        "invalid", "A description has at most 1,500 characters."
    )
    assert files(house) == []
    kept = await given(house, "ann", a_picture(), alt="x" * 1_500)
    ann = (await house.row("ann")).id
    assert isinstance(await house.node.media.describe(ann, kept.id, alt="x" * 1_501), Refused)
    changed = await house.node.media.describe(ann, kept.id, alt="short")
    assert isinstance(changed, Kept)
    assert changed.attachment == replace(kept.attachment, alt="short")
    bob = (await house.row("bob")).id
    assert isinstance(await house.node.media.describe(bob, kept.id, alt="mine"), Refused)


async def test_a_film_waits_until_somebody_looked_into_it(village: Village, house: House) -> None:
    pytest.importorskip("av")
    kept = await given(house, "ann", a_film())
    assert (kept.state, kept.attachment.width) == (State.WAITING, 0)
    assert isinstance(await post(house, "ann", kept), Refused), "it cannot be shown yet"
    await village.settle()
    ann = (await house.row("ann")).id
    ready = await house.node.media.of(ann, kept.id)
    assert ready is not None
    shown = ready.attachment
    assert (ready.state, shown.kind, shown.width, shown.height) == (State.READY, MediaKind.VIDEO, 320, 240)
    assert shown.duration == pytest.approx(1, abs=0.15)
    assert shown.url.endswith(".mp4")
    assert shown.thumbnail.endswith(".jpg")
    film = next(path for path in files(house) if path.suffix == ".mp4")
    assert b"secret comment" not in film.read_bytes()
    assert len(files(house)) == 2


@pytest.mark.parametrize(
    ("make", "kind", "media_type"),
    [
        (lambda: a_film(sound=False), MediaKind.GIFV, "video/mp4"),
        (lambda: a_sound("mp4", "aac"), MediaKind.AUDIO, "audio/mp4"),
        (lambda: a_sound("ogg", "libopus"), MediaKind.AUDIO, "audio/ogg"),
    ],
)
async def test_what_a_recording_is_shows_when_it_is_looked_into(
    village: Village, house: House, make: Any, kind: MediaKind, media_type: str
) -> None:
    pytest.importorskip("av")
    kept = await given(house, "ann", make())
    await village.settle()
    done = await house.node.media.of((await house.row("ann")).id, kept.id)
    assert done is not None
    assert (done.attachment.kind, done.attachment.media_type) == (kind, media_type)
    served = await house.node.media.file(done.attachment.url.rpartition("/")[2])
    assert served is not None
    assert served.media_type == media_type


async def test_a_recording_that_cannot_be_read_has_failed_and_its_file_is_gone(village: Village, house: House) -> None:
    pytest.importorskip("av")
    kept = await given(house, "ann", a_film("webm", "libvpx")[:200])
    assert kept.state is State.WAITING
    await village.settle()
    assert await state(house, kept) is State.FAILED
    assert (files(house), await known(house)) == ([], [])
    refused = await post(house, "ann", kept)
    assert isinstance(refused, Refused)
    village.clock.advance(DAY + 1)
    await house.node.media.tidy()
    assert await state(house, kept) is None


async def test_its_owner_may_choose_a_preview(village: Village, house: House) -> None:
    pytest.importorskip("av")
    kept = await given(house, "ann", a_film(), cover=a_picture(size=(200, 100)))
    assert (kept.attachment.thumbnail_width, kept.attachment.thumbnail_height) == (200, 100)
    await village.settle()
    ann = (await house.row("ann")).id
    done = await house.node.media.of(ann, kept.id)
    assert done is not None
    assert (done.state, done.attachment.thumbnail_width, done.attachment.width) == (State.READY, 200, 320)
    assert done.attachment.blurhash == kept.attachment.blurhash != ""
    cover = house.node.media.receiving()
    await cover.add(a_picture(size=(90, 90)))
    await cover.end()
    changed = await house.node.media.describe(ann, kept.id, cover=cover)
    assert isinstance(changed, Kept)
    assert (changed.attachment.thumbnail_width, len(files(house))) == (90, 2)
    picture = await given(house, "ann", a_picture(size=(300, 300)), cover=a_picture(size=(50, 50)))
    assert (picture.attachment.width, picture.attachment.thumbnail_width) == (300, 50)
    assert isinstance(await give(house, "ann", a_picture(), cover=a_film()), Refused)
    assert len(files(house)) == 4


async def test_a_post_shows_uploads_in_the_order_asked_for(house: House) -> None:
    first, second = await given(house, "ann", a_picture(), alt="one"), await given(house, "ann", a_picture("PNG"))
    done = await post(house, "ann", second, first, text="")
    assert isinstance(done, Done)
    assert done.post is not None
    row = await house.seen(house.node.house.addresses.post(done.post))
    assert row is not None
    assert [(each.media, each.alt) for each in row.post.attachments] == [(second.id, ""), (first.id, "one")]
    assert [each.url for each in row.post.attachments] == [second.attachment.url, first.attachment.url]


async def test_what_a_post_cannot_show(house: House) -> None:
    mine, theirs = await given(house, "ann", a_picture()), await given(house, "bob", a_picture())
    for refused in (
        await post(house, "ann", theirs),
        await post(house, "ann", mine, mine),
        await post(house, "ann", mine, theirs),
        await post(house, "ann", media=(mine.id + 1, 0, -5, 1 << 70)),
        await post(house, "ann", *[await given(house, "ann", a_picture(size=(9, 9))) for _ in range(5)]),
    ):
        assert isinstance(refused, Refused)
        assert refused.detail
    assert isinstance(await post(house, "ann", mine), Done)
    again = await post(house, "ann", mine)
    assert isinstance(again, Refused)
    assert "another post" in again.detail


async def test_two_posts_at_once_cannot_both_show_it(house: House) -> None:
    kept = await given(house, "ann", a_picture())
    outcomes = await asyncio.gather(*(post(house, "ann", kept) for _ in range(4)))
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1


async def test_an_edit_may_say_more_of_a_picture_and_show_others(house: House) -> None:
    first, second = await given(house, "ann", a_picture()), await given(house, "ann", a_picture())
    done = await post(house, "ann", first)
    assert isinstance(done, Done)
    assert done.post is not None
    ann = (await house.row("ann")).id
    draft = Draft("look again", media=(second.id, first.id), described=(Described(first.id, "red", (0.0, 1.0)),))
    assert isinstance(await house.node.publisher.edit(ann, done.post, draft, "test"), Done)
    row = await house.seen(house.node.house.addresses.post(done.post))
    assert row is not None
    assert [(each.media, each.alt) for each in row.post.attachments] == [(second.id, ""), (first.id, "red")]
    assert row.post.attachments[1].focus == (0.0, 1.0)
    await house.node.publisher.edit(ann, done.post, Draft("no more", media=()), "test")
    row = await house.seen(house.node.house.addresses.post(done.post))
    assert row is not None
    assert row.post.attachments == ()
    await house.node.media.tidy()
    assert len(files(house)) == 4, "its history still shows them"
    assert isinstance(await post(house, "ann", first), Refused)
    long = Draft("x", media=(first.id,), described=(Described(first.id, "x" * 1_501),))
    assert isinstance(await house.node.publisher.edit(ann, done.post, long, "test"), Refused)


async def test_what_nothing_shows_goes_after_a_day(village: Village, house: House) -> None:
    shown, unshown, held = [await given(house, "ann", a_picture(size=(9, 9))) for _ in range(3)]
    assert isinstance(await post(house, "ann", shown), Done)
    ann = (await house.row("ann")).id
    later = Millis(village.clock.now() + 3 * DAY * 1000)
    writer = next(each.id for each in await house.node.people.everybody() if each.name == "ann")
    planned = Planned(Draft("later", media=(held.id,)))
    assert not isinstance(await house.node.drafts.keep(ann, writer, planned, later), Refused)
    village.clock.advance(DAY - 1)
    assert await house.node.media.tidy() == 0
    village.clock.advance(2)
    assert await house.node.media.tidy() == 1
    assert await house.node.media.of(ann, unshown.id) is None
    assert len(files(house)) == len(await known(house)) == 4
    village.clock.advance(3 * DAY)
    assert await house.node.drafts.step() == 1
    assert await house.node.media.tidy() == 0, "the scheduled post shows it now"
    posted = [row for row in await _posts(house, ann) if row.post.source == "later"]
    assert [each.media for each in posted[0].post.attachments] == [held.id]


async def _posts(house: House, author: MicroblogId) -> list[posts.Row]:
    return await house.node.drivers.database.read(lambda tx: posts.by_author(tx, author, ["public"], posts.END, 10))


async def test_a_draft_keeps_what_it_is_to_show_until_it_is_forgotten(village: Village, house: House) -> None:
    first, second = [await given(house, "ann", a_picture(size=(9, 9))) for _ in range(2)]
    ann, writer = (await house.row("ann")).id, (await house.node.people.add("cat"))[0]  # type: ignore[index]
    kept = await house.node.drafts.keep(ann, writer, Planned(Draft("some day", media=(first.id, second.id))))
    assert not isinstance(kept, Refused)
    village.clock.advance(30 * DAY)
    assert await house.node.media.tidy() == 0
    await house.node.drafts.change(ann, kept.id, Planned(Draft("some day", media=(second.id,))), None)
    village.clock.advance(2 * DAY)
    assert await house.node.media.tidy() == 1
    assert await house.node.media.of(ann, first.id) is None
    await house.node.drafts.drop(ann, kept.id)
    village.clock.advance(2 * DAY)
    assert await house.node.media.tidy() == 1
    assert files(house) == []


async def test_what_a_deleted_post_showed_goes_with_it_or_may_be_shown_anew(village: Village, house: House) -> None:
    at_once, later = [await given(house, "ann", a_picture(size=(9, 9))) for _ in range(2)]
    ann = (await house.row("ann")).id
    first, second = [await post(house, "ann", each) for each in (at_once, later)]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert first.post is not None
    assert second.post is not None
    name = at_once.attachment.url.rpartition("/")[2]
    assert await house.node.media.file(name) is not None
    await house.node.publisher.delete(ann, first.post, "test")
    assert await house.node.media.file(name) is None, "nobody is shown it, though its file is there yet"
    await house.node.publisher.delete(ann, second.post, "test", keep_media=True)
    await house.node.media.tidy()
    assert len(files(house)) == 2
    redrafted = await post(house, "ann", later)
    assert isinstance(redrafted, Done)
    assert redrafted.post is not None
    await house.node.publisher.delete(ann, redrafted.post, "test", keep_media=True)
    village.clock.advance(DAY + 1)
    await house.node.media.tidy()
    assert (files(house), await known(house)) == ([], [])


async def test_whoever_leaves_leaves_no_pictures(house: House) -> None:
    await given(house, "ann", a_picture())
    assert isinstance(await post(house, "ann", await given(house, "ann", a_picture())), Done)
    await given(house, "bob", a_picture())
    await house.node.people.vanish("ann", "test")
    await house.node.media.tidy()
    assert len(files(house)) == len(await known(house)) == 2


async def test_an_upload_may_be_taken_back_until_a_post_shows_it(house: House) -> None:
    ann, bob = (await house.row("ann")).id, (await house.row("bob")).id
    shown, unshown = await given(house, "ann", a_picture()), await given(house, "ann", a_picture())
    await post(house, "ann", shown)
    assert (await house.node.media.drop(bob, unshown.id)) is not None
    assert await house.node.media.drop(ann, unshown.id) is None
    assert len(files(house)) == 2
    problem = await house.node.media.drop(ann, shown.id)
    assert problem is not None
    assert problem.why == "invalid"
    again = await house.node.media.drop(ann, unshown.id)
    assert again is not None
    assert again.why == "not_found"


# -- profiles


async def wear(house: House, name: str, use: Use, data: bytes) -> Kept | Refused:
    receiving = house.node.media.receiving()
    await receiving.add(data)
    await receiving.end()
    return await house.node.media.portrait((await house.row(name)).id, use, receiving)


async def test_a_profile_shows_its_newest_picture_and_the_one_before_goes(village: Village, house: House) -> None:
    kept = await wear(house, "ann", Use.AVATAR, a_photo(orientation=6, size=(900, 700)))
    assert isinstance(kept, Kept)
    assert (kept.attachment.width, kept.attachment.height) == (400, 400)
    await house.profile("ann", avatar=kept.attachment.url)
    header = await wear(house, "ann", Use.HEADER, a_picture(size=(3_000, 2_000)))
    assert isinstance(header, Kept)
    assert (header.attachment.width, header.attachment.height) == (1_500, 500)
    await house.profile("ann", header=header.attachment.url)
    unworn = await wear(house, "ann", Use.AVATAR, a_picture(size=(20, 20)))
    assert isinstance(unworn, Kept)
    village.clock.advance(DAY + 1)
    await house.node.media.tidy()
    assert len(files(house)) == 2, "what was cut and not worn goes"
    new = await wear(house, "ann", Use.AVATAR, a_picture(size=(500, 500)))
    assert isinstance(new, Kept)
    await house.profile("ann", avatar=new.attachment.url)
    await house.node.media.tidy()
    names = {url.rpartition("/")[2] for url in (new.attachment.url, header.attachment.url)}
    assert {path.name for path in files(house)} == names
    await house.profile("ann", avatar="", header="")
    await house.node.media.tidy()
    assert files(house) == []


async def test_a_profile_shows_pictures_alone(house: House) -> None:
    pytest.importorskip("av")
    for data in (a_film(), b"<svg>", a_bomb(16_000, 16_000)):
        assert isinstance(await wear(house, "ann", Use.AVATAR, data), Refused)
    assert files(house) == []
    portrait = await wear(house, "ann", Use.AVATAR, a_picture())
    assert isinstance(portrait, Kept)
    refused = await post(house, "ann", portrait)
    assert isinstance(refused, Refused), "it goes with the profile, so no post may count on it"


# -- crashes


async def test_what_was_begun_before_a_crash_is_gone_and_what_was_answered_goes_on(
    village: Village, house: House
) -> None:
    pytest.importorskip("av")
    film = await given(house, "ann", a_film())
    half = house.node.media.receiving()
    await half.add(a_photo() * 50)
    begun = await _cut_off_while_keeping(house)
    assert (await state(house, begun), len(files(house))) == (State.COMING, 4)
    again = await village.house("a.example", max_picture_mb=1, max_video_mb=2)
    await again.node.media.begin()
    await village.settle()
    await again.node.media.tidy()
    assert await state(again, begun) is None
    assert await state(again, film) is State.READY
    assert sorted(path.name for path in files(again)) == sorted(await known(again))
    assert len(files(again)) == 2
    await half.end()
    half.discard()


async def _cut_off_while_keeping(house: House) -> Kept:
    """An upload whose first file is in its place, and then the power went."""
    database = house.node.drivers.database
    kept = await given(house, "ann", a_picture())
    await database.write(lambda tx: uploads.set_state(tx, kept.id, State.COMING))
    return kept


async def test_a_full_disk_is_told_and_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(house.node.drivers.shelves.kept, "put", full)
    refused = await give(house, "ann", a_picture())
    assert isinstance(refused, Refused)
    assert refused.why == "unavailable"
    assert files(house) == []
    await house.node.media.tidy()
    assert await known(house) == []


async def test_a_darkroom_that_is_busy_keeps_a_film_waiting(
    village: Village, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("av")
    kept = await given(house, "ann", a_film())
    darkroom = house.node.drivers.shelves.darkroom
    develop = darkroom.develop

    async def busy(_: Job) -> Developed | Refused:
        return Refused("busy")

    monkeypatch.setattr(darkroom, "develop", busy)
    assert await house.node.media.step() == 0
    monkeypatch.setattr(darkroom, "develop", develop)
    one, other = await asyncio.gather(house.node.media.finish(kept.id), house.node.media.finish(kept.id))
    assert one == other
    assert isinstance(one, Kept)
    assert one.state is State.READY
    assert len(files(house)) == 2, "it was looked into once"
