"""The node in figures: what went on, week by week."""

from scattershot.app.activity import GOOD_FOR, WEEKS, start_of, week_of
from scattershot.domain.ids import Millis
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.storage.tables import nodes
from scattershot.testing.village import House, Village

ACTIVITY = "/api/v1/instance/activity"
WEEK = 7 * 86_400


def test_weeks_begin_on_monday_at_midnight() -> None:
    monday = Millis(1_574_640_000_000)  # 2019-11-25, as in Mastodon's documentation
    assert start_of(week_of(monday)) == monday
    assert week_of(Millis(monday - 1)) == week_of(monday) - 1
    assert start_of(week_of(Millis(monday + WEEK * 1000 - 1))) == monday


async def test_posts_people_and_newcomers_are_counted_by_the_week(village: Village, house: House) -> None:
    stranger = house.stranger()
    await house.post("ann", "one")
    await house.post("ann", "not for all", audience=Audience.FOLLOWERS)
    app = await house.phone("ann")
    await app.get("/api/v1/accounts/verify_credentials")
    village.clock.advance(WEEK)
    for name in ("ann", "bob"):
        phone = await house.phone(name)
        await phone.get("/api/v1/accounts/verify_credentials")
        await phone.get("/api/v1/accounts/verify_credentials")
    await house.person("cas")
    gone = await house.post("bob", "two")
    await house.post("bob", "three")
    row = await house.row("bob")
    assert not isinstance(await house.node.publisher.delete(row.id, gone, "test"), Refused)
    told = (await stranger.get(ACTIVITY)).body
    assert len(told) == WEEKS
    now = start_of(week_of(house.node.drivers.clock.now()))
    assert told[0] == {"week": str(now // 1000), "statuses": "1", "logins": "2", "registrations": "1"}
    assert told[1] == {"week": str(now // 1000 - WEEK), "statuses": "1", "logins": "1", "registrations": "2"}
    assert told[2]["statuses"] == told[2]["logins"] == told[2]["registrations"] == "0"


async def test_who_reads_in_a_browser_is_here_too(village: Village, house: House) -> None:
    link = await house.node.people.sign_in_link("ann")
    assert isinstance(link, str)
    signed_in = await house.node.people.follow_link(link)
    assert not isinstance(signed_in, Refused)
    assert await house.node.people.in_session(signed_in.session) is not None
    assert (await house.stranger().get(ACTIVITY)).body[0]["logins"] == "1"


async def test_what_is_told_is_counted_anew_after_a_while(village: Village, house: House) -> None:
    stranger = house.stranger()
    assert (await stranger.get(ACTIVITY)).body[0]["statuses"] == "0"
    await house.post("ann", "one")
    assert (await stranger.get(ACTIVITY)).body[0]["statuses"] == "0"
    village.clock.advance(GOOD_FOR / 1000 + 1)
    assert sum(int(week["statuses"]) for week in (await stranger.get(ACTIVITY)).body) == 1


async def test_old_weeks_and_people_who_left_are_forgotten(village: Village, house: House) -> None:
    activity = house.node.activity
    ann = await house.node.drivers.database.read(lambda tx: tx.fetch(int, "SELECT id FROM people ORDER BY id"))
    for person in ann:
        activity.saw(person)
    assert await activity.step() == 2
    assert await activity.step() == 0
    await house.node.people.vanish("bob", "test")
    count = "SELECT count(*) FROM weekly_people"
    assert await house.node.drivers.database.read(lambda tx: tx.value(count)) == 1
    village.clock.advance(WEEK * (WEEKS + 1))
    activity.saw(ann[0])
    assert await activity.step() == 1
    assert await house.node.drivers.database.read(lambda tx: tx.value(count)) == 1


async def test_where_few_are_dealt_with_strangers_are_told_nothing(village: Village, house: House) -> None:
    await house.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "*", Standing.BLOCKED))
    await house.stranger().get(ACTIVITY, status=401)
    assert len((await (await house.phone("ann")).get(ACTIVITY)).body) == WEEKS
