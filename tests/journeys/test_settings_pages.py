"""Pages of settings: how one posts, what one is told, what one is spared, whom one keeps away."""

import pytest

from scattershot.domain.filters import Action, Context
from scattershot.domain.notification import Treatment
from scattershot.domain.people import KeeperRole
from scattershot.domain.post import Audience
from scattershot.domain.preferences import Quoting
from scattershot.storage.tables import filters, microblogs
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from tests.journeys.test_portability_page import signed_in

POSTING, TOLD, FILTERS, AWAY = "/settings/posting", "/settings/notifications", "/settings/filters", "/settings/away"


@pytest.fixture
async def house(village: Village) -> House:
    built = await village.house("a.test")
    await built.person("ann")
    await built.person("bob")
    return built


@pytest.fixture
async def anns(house: House) -> Browser:
    return await signed_in(house, "ann")


async def ann(house: House) -> microblogs.Row:
    return await house.row("ann")


async def test_what_is_usual_is_chosen_and_the_composer_begins_with_it(house: House, anns: Browser) -> None:
    page = await anns.get(POSTING)
    saved = await anns.submit(
        page, page.form(POSTING), audience="followers", quoting="nobody", language="de", names_programs=None
    )
    assert "Saved." in saved.text
    chosen = await house.node.known.featuring.preferences((await ann(house)).id)
    assert (chosen.audience, chosen.quoting, chosen.language) == (Audience.FOLLOWERS, Quoting.NOBODY, "de")
    assert not chosen.names_programs
    assert '<option value="followers" selected>' in (await anns.get("/home")).text


@pytest.mark.parametrize("wrong", [{"audience": "everybody"}, {"language": "xx"}, {"media": ""}, {"quoting": "<b>"}])
async def test_what_cannot_be_chosen_is_refused_and_nothing_saved(
    house: House, anns: Browser, wrong: dict[str, str]
) -> None:
    page = await anns.get(POSTING)
    refused = await anns.submit(page, page.form(POSTING), **{"audience": "local", **wrong})
    assert refused.status == 422
    assert 'role="alert"' in refused.text
    assert (await house.node.known.featuring.preferences((await ann(house)).id)).audience is Audience.PUBLIC


async def test_whose_deeds_one_is_told_of(house: House, anns: Browser) -> None:
    page = await anns.get(TOLD)
    assert "Saved." in (await anns.submit(page, page.form(TOLD), not_following="hold", bots="drop")).text
    wishes, _ = await house.node.notifications.wishes((await ann(house)).id)
    assert (wishes.not_following, wishes.bots) == (Treatment.HOLD, Treatment.DROP)
    assert wishes.limited is Treatment.HOLD, "what was not touched stays"
    assert (await anns.submit(page, page.form(TOLD), new="perhaps")).status == 422


async def test_an_editor_sees_what_is_usual_and_cannot_change_it(house: House, anns: Browser) -> None:
    club = await house.person("club")
    person = next(each for each in await house.node.people.everybody() if each.name == "ann")
    database = house.node.drivers.database
    await database.write(lambda tx: microblogs.add_keeper(tx, person.id, club, KeeperRole.EDITOR))
    home = await anns.get("/home")
    await anns.submit(home, home.form("/speak"), microblog=str(club))
    page = await anns.get(POSTING)
    assert "up to whoever owns it" in page.text
    token = dict(page.forms[0].fields)["token"]
    for path in (POSTING, TOLD, FILTERS, f"{AWAY}/domains", f"{AWAY}/blocked/add"):
        assert (await anns.post(path, [("token", token)])).status == 403, path
    assert (await anns.get(FILTERS)).status == 403


async def test_a_filter_is_made_holds_at_once_is_altered_and_removed(
    village: Village, house: House, anns: Browser
) -> None:
    await house.follow("ann", "@bob@a.test")
    await house.post("bob", "The cup final is tonight")
    await village.settle()
    assert "The cup final" in (await anns.get("/home")).text
    page = await anns.get(FILTERS)
    made = await anns.submit(
        page, page.form(FILTERS), title="Football <b>", words="cup final\n\noffside", action="hide"
    )
    assert made.path == FILTERS
    assert "Football &lt;b&gt;" in made.text
    assert "The cup final" not in (await anns.get("/home")).text, "at once, not in a few seconds"
    database, who = house.node.drivers.database, (await ann(house)).id
    [row] = await database.read(lambda tx: filters.of(tx, who))
    assert [each.text for each in row.keywords] == ["cup final", "offside"]
    assert (row.action, row.expires, set(row.contexts)) == (Action.HIDE, None, set(Context))
    one = await anns.get(f"{FILTERS}/{row.id}")
    fields = dict(one.form(f"{FILTERS}/{row.id}").fields)
    assert fields["words"] == "cup final\noffside"
    await anns.submit(one, one.form(f"{FILTERS}/{row.id}"), words="offside", lasts="24", action="warn")
    [row] = await database.read(lambda tx: filters.of(tx, who))
    assert [each.text for each in row.keywords] == ["offside"]
    assert row.expires is not None
    assert "The cup final" in (await anns.get("/home")).text
    page = await anns.get(FILTERS)
    gone = await anns.submit(page, page.deed("/drop"))
    assert "You have no filter yet" in gone.text


async def test_a_filter_that_cannot_be_keeps_what_was_typed(anns: Browser) -> None:
    page = await anns.get(FILTERS)
    for wrong, said in (
        ({"title": "", "words": "x"}, "Give the filter a name"),
        ({"title": "t" * 300, "words": "x"}, "at most 256 characters"),
        ({"title": "Nothing", "words": " \n "}, "which words"),
        ({"title": "Nowhere", "words": "x", "context": None}, "at least one place"),
        ({"title": "Long", "words": "y" * 600}, "512 characters"),
    ):
        answer = await anns.submit(page, page.form(FILTERS), **wrong)
        assert answer.status == 422, said
        assert said in answer.text
        assert (wrong["words"] or "").strip() in answer.text
    assert "You have no filter yet" in (await anns.get(FILTERS)).text


async def test_nobody_reads_anothers_filter(house: House, anns: Browser) -> None:
    page = await anns.get(FILTERS)
    await anns.submit(page, page.form(FILTERS), title="Mine", words="secret")
    bobs = await signed_in(house, "bob")
    for path in (f"{FILTERS}/1", f"{FILTERS}/99999999999999999999"):
        assert (await bobs.get(path)).status == 404
    token = dict((await bobs.get(FILTERS)).form(FILTERS).fields)["token"]
    assert (await bobs.post(f"{FILTERS}/1/drop", [("token", token)])).status == 404
    assert "Mine" in (await anns.get(FILTERS)).text


async def test_somebody_is_blocked_and_muted_and_let_be_again(house: House, anns: Browser) -> None:
    for which, path, undo in (("blocked", AWAY, "/unblock"), ("muted", f"{AWAY}/muted", "/unmute")):
        page = await anns.get(path)
        assert "Nobody." in page.text
        wrong = await anns.submit(page, page.form(f"{AWAY}/{which}/add"), who="@nobody@a.test")
        assert wrong.status == 422
        assert "@nobody@a.test was not found" in wrong.text
        assert "That is you" in (await anns.submit(page, page.form(f"{AWAY}/{which}/add"), who="@ann")).text
        added = await anns.submit(page, page.form(f"{AWAY}/{which}/add"), who="@bob@a.test")
        assert added.path == path
        assert "@bob@a.test" in added.text
        assert "Nobody." in (await anns.submit(added, added.deed(undo))).text


async def test_a_domain_is_shunned_and_heard_again(anns: Browser) -> None:
    page = await anns.get(f"{AWAY}/domains")
    for wrong, said in (("not a domain", "is no domain"), ("a.test", "own domain")):
        answer = await anns.submit(page, page.form(f"{AWAY}/domains"), domain=wrong)
        assert answer.status == 422
        assert said in answer.text
    shunned = await anns.submit(page, page.form(f"{AWAY}/domains"), domain="Loud.Example")
    assert "loud.example" in shunned.text
    assert "Nobody." in (await anns.submit(shunned, shunned.form(f"{AWAY}/domains/again"))).text
    for before in ("x", "-1", "9" * 50, ""):
        assert (await anns.get(f"{AWAY}?before={before}")).status == 200
