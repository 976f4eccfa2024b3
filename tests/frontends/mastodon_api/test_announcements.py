"""Those who run the node say something to everybody: apps show it, put it away and react."""

from urllib.parse import quote

import pytest

from scattershot.domain.announcement import MOST_KINDS, Span
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village
from tests.frontends.mastodon_api.test_streaming import listening, until_listening
from tests.mastodon.route_schemas import check_event

EVERY = "/api/v1/announcements"
HOUR = 3_600_000
AT_NO_TIME = Span()
THUMB, PARTY = quote("👍"), quote("🎉")


@pytest.fixture
async def app(house: House) -> Phone:
    return await house.phone("ann")


async def said(house: House, text: str, span: Span = AT_NO_TIME, *, published: bool = True) -> int:
    made = await house.node.announcements.add(text, span, published=published)
    assert isinstance(made, int), made
    return made


async def texts(app: Phone) -> list[str]:
    return [each["content"] for each in (await app.get(EVERY)).body]


async def test_what_is_announced_is_read_by_all_who_sign_in_and_nobody_else(house: House, app: Phone) -> None:
    assert await texts(app) == []
    number = await said(house, "**Welcome**, @bob! #news")
    [shown] = (await app.get(EVERY)).body
    assert shown["id"] == str(number)
    assert shown["content"].startswith("<p><strong>Welcome</strong>, <span")
    assert [each["acct"] for each in shown["mentions"]] == ["bob"]
    assert [each["name"] for each in shown["tags"]] == ["news"]
    assert (shown["read"], shown["starts_at"], shown["all_day"]) == (False, None, False)
    await house.stranger().get(EVERY, status=401)


async def test_a_draft_is_shown_when_it_is_published_and_no_more_when_it_is_hidden(house: House, app: Phone) -> None:
    keeps = house.node.announcements
    number = await said(house, "soon", published=False)
    assert await texts(app) == []
    await app.post(f"{EVERY}/{number}/dismiss", status=404)
    await app.put(f"{EVERY}/{number}/reactions/{THUMB}", status=404)
    assert await keeps.publish(number, published=True) is None
    assert await texts(app) == ["<p>soon</p>"]
    assert await keeps.publish(number, published=False) is None
    assert await texts(app) == []
    assert isinstance(await keeps.publish(number + 7, published=True), Refused)


async def test_what_is_over_is_said_no_more(village: Village, house: House, app: Phone) -> None:
    now = house.node.drivers.clock.now()
    day = now // 86_400_000 * 86_400_000
    await said(house, "for an hour", Span(now, Millis(now + HOUR)))
    await said(house, "today", Span(Millis(day), Millis(day), all_day=True))
    assert sorted(await texts(app)) == ["<p>for an hour</p>", "<p>today</p>"]
    village.clock.advance((day + 86_400_000 - now) / 1000 - 1)
    assert "<p>today</p>" in await texts(app)
    village.clock.advance(1 + HOUR / 1000)
    assert await texts(app) == []


async def test_who_put_it_away_has_read_it(house: House, app: Phone) -> None:
    number = await said(house, "hello")
    for _ in range(2):
        assert (await app.post(f"{EVERY}/{number}/dismiss")).body == {}
    assert [each["read"] for each in (await app.get(EVERY)).body] == [True]
    assert [each["read"] for each in (await (await house.phone("bob")).get(EVERY)).body] == [False]
    await app.post(f"{EVERY}/{number + 1}/dismiss", status=404)
    await app.post(f"{EVERY}/x/dismiss", status=404)


async def test_emojis_stand_beneath_it_each_counted(house: House, app: Phone) -> None:
    number, bobs = await said(house, "hello"), await house.phone("bob")
    for phone in (app, app, bobs):
        await phone.put(f"{EVERY}/{number}/reactions/{THUMB}")
    await bobs.put(f"{EVERY}/{number}/reactions/{PARTY}")
    [shown] = (await app.get(EVERY)).body
    assert shown["reactions"] == [{"name": "👍", "count": 2, "me": True}, {"name": "🎉", "count": 1, "me": False}]
    for _ in range(2):
        await app.delete(f"{EVERY}/{number}/reactions/{THUMB}")
    [shown] = (await app.get(EVERY)).body
    told = {each["name"]: (each["count"], each["me"]) for each in shown["reactions"]}
    assert told == {"👍": (1, False), "🎉": (1, False)}


async def test_only_emojis_and_only_so_many(house: House, app: Phone) -> None:
    number = await said(house, "hello")
    for bad in ("hello", "nosuch", "👍👍", ":x@elsewhere.example:"):
        problem = await app.put(f"{EVERY}/{number}/reactions/{quote(bad)}", status=422)
        assert problem["error"] == "Validation failed: Name is not a recognized emoji"
    await app.put(f"{EVERY}/{number + 1}/reactions/{THUMB}", status=404)
    for place in range(MOST_KINDS):
        await app.put(f"{EVERY}/{number}/reactions/{quote(chr(0x1F600 + place))}")
    await app.put(f"{EVERY}/{number}/reactions/{THUMB}", status=422)
    await (await house.phone("bob")).put(f"{EVERY}/{number}/reactions/{quote(chr(0x1F600))}")


async def test_a_token_needs_the_scope(house: House) -> None:
    number, poor = await said(house, "hello"), await house.phone("ann", "read")
    await poor.get(EVERY)
    await poor.post(f"{EVERY}/{number}/dismiss", status=403)
    await poor.put(f"{EVERY}/{number}/reactions/{THUMB}", status=403)


async def test_what_cannot_be_announced_is_refused(house: House) -> None:
    add, now = house.node.announcements.add, house.node.drivers.clock.now()
    for text, span in (
        ("  ", Span()),
        ("x" * 5_001, Span()),
        ("x", Span(now)),
        ("x", Span(None, now)),
        ("x", Span(now, Millis(now - 1))),
        ("x", Span(all_day=True)),
    ):
        assert isinstance(await add(text, span), Refused), (text[:9], span)
    number = await said(house, "right")
    assert isinstance(await house.node.announcements.edit(number, "", Span()), Refused)
    assert isinstance(await house.node.announcements.edit(number + 1, "other", Span()), Refused)
    assert [row.said.text for row in await house.node.announcements.every()] == ["right"]


async def test_html_of_announcements_is_clean(house: House, app: Phone) -> None:
    await said(house, "<script>alert(1)</script> [x](javascript:alert(1))")
    assert "<script" not in (await texts(app))[0]
    assert 'href="javascript' not in (await texts(app))[0]


async def test_whoever_listens_to_their_home_hears_of_it(house: House) -> None:
    async with listening(house, "ann", "stream=user") as ann, listening(house, "bob", "stream=public") as bob:
        await until_listening(house, 3)
        number = await said(house, "hello")
        heard = await ann.heard()
        check_event(heard["stream"], heard["event"], heard["payload"])
        assert (heard["event"], heard["payload"]["id"]) == ("announcement", str(number))
        assert "read" not in heard["payload"]
        await (await house.phone("bob")).put(f"{EVERY}/{number}/reactions/{THUMB}")
        heard = await ann.heard()
        check_event(heard["stream"], heard["event"], heard["payload"])
        assert heard["event"] == "announcement.reaction"
        assert heard["payload"] == {"name": "👍", "count": 1, "announcement_id": str(number)}
        await house.node.announcements.drop(number)
        heard = await ann.heard()
        assert (heard["event"], heard["payload"]) == ("announcement.delete", str(number))
        post = await house.post("ann", "a post")
        assert post
        await house.node.readers.step()
        assert (await bob.heard())["event"] == "update"


async def test_who_is_gone_has_left_nothing_beneath_it(house: House, app: Phone) -> None:
    number = await said(house, "hello")
    await (await house.phone("bob")).put(f"{EVERY}/{number}/reactions/{THUMB}")
    await house.node.people.vanish("bob", "test")
    assert (await app.get(EVERY)).body[0]["reactions"] == []
