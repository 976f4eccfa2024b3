"""The office: pages of those who run the node, and what everybody may know of it."""

import io

import pytest
from PIL import Image

from scattershot.domain.node import Standing
from scattershot.domain.people import Role
from scattershot.domain.reading import Refused
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from tests.journeys.test_portability_page import signed_in

DOMAINS, PEOPLE, RULES, EMOJIS = "/admin/domains", "/admin/microblogs", "/admin/rules", "/admin/emojis"


@pytest.fixture
async def house(village: Village) -> House:
    built = await village.house("a.test")
    await built.person("ann")
    made = await built.node.people.add("rita", admin=True)
    assert not isinstance(made, Refused), made
    return built


@pytest.fixture
async def admins(house: House) -> Browser:
    return await signed_in(house, "rita")


async def test_for_everybody_else_there_is_nothing(house: House, admins: Browser) -> None:
    anns = await signed_in(house, "ann")
    token = dict((await anns.get("/settings/posting")).form("/settings/posting").fields)["token"]
    stranger = Browser(house.node.app, "https://a.test")
    number = (await house.row("ann")).id
    paths = ["/admin", DOMAINS, PEOPLE, f"{PEOPLE}/{number}", RULES, EMOJIS]
    for path in paths:
        assert (await admins.get(path)).status == 200, path
        assert (await anns.get(path)).status == 404, path
        assert (await stranger.get(path)).status == 404, path
    for path in (DOMAINS, f"{DOMAINS}/lift", f"{DOMAINS}/import", f"{PEOPLE}/{number}/promote", RULES, EMOJIS):
        assert (await anns.post(path, [("token", token), ("host", "b.test")])).status == 404, path
        assert (await admins.post(path, [("token", "wrong"), ("host", "b.test")])).status in (403, 415), path
    assert (await house.node.dealing.rule_of("b.test")) is None


async def test_what_waits_is_told_to_everybody_and_for_whom_to_those_who_run_the_node(
    village: Village, house: House, admins: Browser
) -> None:
    away = await village.house("b.test")
    await away.person("bob")
    await away.follow("bob", "@ann@a.test")
    await village.settle()
    about = await Browser(house.node.app, "https://a.test").get("/about")
    assert "has reached the nodes it is for" in about.text
    assert "1969" not in about.text
    assert "1970" not in about.text
    village.shut(away)
    await house.post("ann", "Nobody at b.test hears this yet")
    await village.settle()
    village.clock.advance(31)
    about = await Browser(house.node.app, "https://a.test").get("/about")
    assert "1 delivery waits for 1 node" in about.text
    assert "b.test" not in about.text
    for path in ("/about", "/admin"):
        page = await admins.get(path)
        assert "<td>b.test</td>" in page.text, path
        assert "<svg" in page.text
        assert 'aria-label="Deliveries waiting: b.test 1"' in page.text


async def test_rules_are_made_told_to_everybody_and_removed(house: House, admins: Browser) -> None:
    page = await admins.get(RULES)
    wrong = await admins.submit(page, page.form(RULES), text="x" * 301, hint="Keep <this>")
    assert wrong.status == 422
    assert "Keep &lt;this&gt;" in wrong.text
    made = await admins.submit(page, page.form(RULES), text="Be <kind>", hint="Always")
    assert "Be &lt;kind&gt;" in made.text
    assert "Be &lt;kind&gt;" in (await Browser(house.node.app, "https://a.test").get("/about")).text
    gone = await admins.submit(made, made.deed("/remove"))
    assert "There are none yet" in gone.text


async def test_a_domain_is_suspended_and_lifted(village: Village, house: House, admins: Browser) -> None:
    away = await village.house("b.test")
    await away.person("bob")
    await house.follow("ann", "@bob@b.test")
    await village.settle()
    page = await admins.get(DOMAINS)
    for wrong, said in (("not a host", "not the name of a host"), ("a.test", "this node itself")):
        answer = await admins.submit(page, page.form(DOMAINS), host=wrong, public_comment="Because <x>")
        assert answer.status == 422
        assert said in answer.text
        assert "Because &lt;x&gt;" in answer.text
    done = await admins.submit(
        page, page.form(DOMAINS), host="B.test", standing="blocked", public_comment="Spam", rejects_media="yes"
    )
    assert "1 follow was ended" in done.text
    known = await house.node.dealing.rule_of("b.test")
    assert known is not None
    assert (known.rule.standing, known.rule.public_comment, known.rule.rejects_media) == (
        Standing.BLOCKED, "Spam", True,
    )  # fmt: skip
    lifted = await admins.submit(done, done.form(f"{DOMAINS}/lift"))
    assert "this node deals with all" in lifted.text
    assert await house.node.dealing.rule_of("b.test") is None


async def test_a_list_is_looked_at_before_it_is_taken_over(house: House, admins: Browser) -> None:
    await house.node.dealing.allow("friend.example")
    given = b"#domain,#severity\nspam.example,suspend\nloud.example,silence\nfriend.example,suspend\nno host,suspend\n"
    page = await admins.get(DOMAINS)
    look = await admins.give(page, page.form(f"{DOMAINS}/import"), given)
    assert look.status == 200
    assert "2 of 4 lines would be taken over" in look.text
    assert "would be blocked" in look.text
    assert "was let in by hand" in look.text
    assert await house.node.dealing.rule_of("spam.example") is None, "a look does nothing"
    done = await admins.give(look, look.form(f"{DOMAINS}/import"), None)
    assert "2 of 4 lines were taken over" in done.text
    for host, standing in (("spam.example", Standing.BLOCKED), ("loud.example", Standing.LIMITED)):
        known = await house.node.dealing.rule_of(host)
        assert known is not None
        assert known.rule.standing is standing


async def test_what_is_no_list_is_refused(admins: Browser) -> None:
    page = await admins.get(DOMAINS)
    form = page.form(f"{DOMAINS}/import")
    for bad, said in ((b"\xff\xfe\x00", "no text"), (b"", "There is no host in it"), (None, "There is no host in it")):
        answer = await admins.give(page, form, bad)
        assert answer.status == 422
        assert said in answer.text
    assert (await admins.give(page, form, b"x" * 4_100_000)).status == 413
    assert (await admins.give(page, form, b"spam.example\n", token="wrong")).status == 403


async def test_somebody_is_found_limited_warned_suspended_and_let_be(house: House, admins: Browser) -> None:
    number = (await house.row("ann")).id
    listed = await admins.get(f"{PEOPLE}?name=an")
    assert f'href="{PEOPLE}/{number}"' in listed.text
    assert f'href="{PEOPLE}/{number}"' not in (await admins.get(f"{PEOPLE}?name=zoe")).text
    one, here = await admins.get(f"{PEOPLE}/{number}"), f"{PEOPLE}/{number}"
    empty = await admins.submit(one, one.form(f"{here}/warn"), text=" ")
    assert empty.status == 422
    form = one.form(f"{here}/warn")
    for deed, standing in (("limit", Standing.LIMITED), ("suspend", Standing.BLOCKED)):
        done = await admins.submit(one, form._replace(action=f"{here}/{deed}"), text="Because")
        assert "Done." in done.text
        assert (await house.row("ann")).standing is standing
    assert f"{PEOPLE}/{number}" in (await admins.get(f"{PEOPLE}?how=blocked")).text
    back = await admins.submit(done, done.form(f"{here}/unsuspend"))
    assert "Neither limited nor suspended" in back.text
    disabled = await admins.submit(back, form._replace(action=f"{here}/disable"))
    assert "may not sign in" in disabled.text
    enabled = await admins.submit(disabled, disabled.form(f"{here}/enable"))
    assert "may not sign in" not in enabled.text
    for path in (f"{PEOPLE}/0", f"{PEOPLE}/99999999999999999999"):
        assert (await admins.get(path)).status == 404
    token = dict(form.fields)["token"]
    assert (await admins.post(f"{here}/explode", [("token", token)])).status == 404


async def test_another_is_let_run_the_node_and_nobody_takes_it_from_themselves(house: House, admins: Browser) -> None:
    number, own = (await house.row("ann")).id, (await house.row("rita")).id
    page = await admins.get(f"{PEOPLE}/{number}")
    done = await admins.submit(page, page.deed("/promote"))
    assert "and runs the node" in done.text
    assert (await (await signed_in(house, "ann")).get("/admin")).status == 200
    mine = await admins.get(f"{PEOPLE}/{own}")
    assert (await admins.submit(mine, mine.deed("/demote"))).status == 422
    back = await admins.submit(done, done.deed("/demote"))
    assert "and runs the node" not in back.text
    roles = {each.name: each.role for each in await house.node.people.everybody()}
    assert roles == {"ann": Role.PERSON, "rita": Role.ADMIN}


async def test_an_emoji_is_given_altered_and_taken_away(house: House, admins: Browser) -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "orange").save(file, "PNG")
    page = await admins.get(EMOJIS)
    form = page.form(EMOJIS)
    for name, body, said in (
        ("a b", file.getvalue(), "letters"), ("cat", b"no picture at all", "not taken"), ("cat", None, "Choose a"),
    ):  # fmt: skip
        answer = await admins.give(page, form, body, name=name, category="Animals")
        assert answer.status == 422, said
        assert said in answer.text
        assert 'value="Animals"' in answer.text
    made = await admins.give(page, form, file.getvalue(), name=":cat:", category="Animals")
    assert ":cat:" in made.text
    altered = await admins.submit(made, made.form(f"{EMOJIS}/cat/alter"), category="Pets", offered=None)
    assert "Pets not offered" in " ".join(altered.text.split())
    [emoji] = await house.node.house_emojis.every()
    assert (emoji.category, emoji.offered) == ("Pets", False)
    gone = await admins.submit(altered, altered.form(f"{EMOJIS}/cat/remove"))
    assert "There are none yet" in gone.text
