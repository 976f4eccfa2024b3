"""A key that a browser holds (NIP-07): it is proved to us, and signs what waits; nothing but that is taken.

The browser is made of nostr-sdk: none of our code signs.
"""

from typing import Any, NamedTuple

import pytest
from msgspec import json

from scattershot.app.browser_signing import CHALLENGE_GOOD_FOR
from scattershot.domain.people import KeeperRole
from scattershot.storage.tables import microblogs
from scattershot.testing.browser import Browser, Page
from scattershot.testing.village import House, Village
from tests.journeys.test_far_signing import signed
from tests.journeys.test_nostr import events_of, key_at
from tests.journeys.test_portability_page import signed_in
from tests.protocols.nostr.relay_client import a_client

sdk = pytest.importorskip("nostr_sdk")

PAGE = "/settings/networks"


class Somebody(NamedTuple):
    """Whoever sits before a browser, and what their add-on does there."""

    browser: Browser
    keys: Any

    @property
    def public(self) -> str:
        return str(self.keys.public_key().to_hex())

    async def token(self) -> str:
        return dict((await self.browser.get(PAGE)).form("/logout").fields)["token"]

    async def send(self, path: str, **fields: str) -> Page:
        return await self.browser.post(f"{PAGE}/{path}", [("token", await self.token()), *fields.items()])

    async def challenged(self) -> dict[str, Any]:
        asked = await self.send("challenge")
        assert asked.status == 200, asked.text
        return json.decode(asked.text)  # type: ignore[no-any-return]

    async def prove(self, what: dict[str, Any]) -> Page:
        return await self.send("browser", answer=signed(what, self.keys))

    async def take_on(self) -> None:
        page = await self.prove(await self.challenged())
        assert page.path == f"{PAGE}?done=browser", page.text

    async def waiting(self) -> list[dict[str, Any]]:
        page = await self.browser.get(f"{PAGE}/waiting")
        assert page.headers.get("cache-control") == "no-store"
        return json.decode(page.text)["waiting"]  # type: ignore[no-any-return]

    async def give(self, number: str, text: str) -> tuple[int, str]:
        page = await self.send("signed", number=number, signed=text)
        return page.status, json.decode(page.text)["problem"]

    async def sign_all(self) -> None:
        for each in await self.waiting():
            assert await self.give(each["number"], signed(json.decode(each["what"]), self.keys)) == (200, "")


@pytest.fixture
async def house(village: Village) -> House:
    return await village.house("here.example")


async def somebody(house: House, name: str) -> Somebody:
    await house.person(name)
    return Somebody(await signed_in(house, name), sdk.Keys.generate())


async def said(house: House, public: str, kind: int = 1) -> list[str]:
    async with a_client(house.node.relay) as client:
        return sorted(each.content for each in await events_of(client, {"authors": [public], "kinds": [kind]}))


async def test_a_browser_proves_its_key_and_signs_what_waits(village: Village, house: House) -> None:
    ann = await somebody(house, "ann")
    asked = await ann.challenged()
    assert asked["kind"] == 27235
    assert ["u", f"https://{house.host}{PAGE}"] in asked["tags"]
    assert "ann" in asked["content"], "whoever is asked reads what for"
    done = await ann.prove(asked)
    assert "This browser signs" in done.text
    assert await key_at(house, "ann") == ann.public
    await house.post("ann", "Signed where I sit")
    await village.settle()
    assert await said(house, ann.public) == []
    assert "wait to be signed" in (await ann.browser.get(PAGE)).text
    waiting = await ann.waiting()
    assert {each["key"] for each in waiting} == {ann.public}
    assert {json.decode(each["what"])["kind"] for each in waiting} == {0, 1, 10002}
    await ann.sign_all()
    assert await said(house, ann.public) == ["Signed where I sit"]
    assert await ann.waiting() == []
    assert "Nothing waits" in (await ann.browser.get(PAGE)).text


async def test_no_signer_elsewhere_is_asked_for_a_key_in_a_browser(village: Village, house: House) -> None:
    ann = await somebody(house, "ann")
    await ann.take_on()
    await house.post("ann", "Patience")
    await village.settle()
    assert await house.node.far_signing.about((await house.row("ann")).id) == (3, "", True), "nobody was asked in vain"
    assert len(await ann.waiting()) == 3


async def test_what_is_taken_is_what_waited_and_nothing_else(village: Village, house: House) -> None:
    ann = await somebody(house, "ann")
    await ann.take_on()
    await house.post("ann", "As I wrote it")
    await village.settle()
    waiting = await ann.waiting()
    note = next(each for each in waiting if json.decode(each["what"])["kind"] == 1)
    other = next(each for each in waiting if each is not note)
    what = json.decode(note["what"])
    good = json.decode(signed(what, ann.keys))
    wrong = {
        "another key": signed(what, sdk.Keys.generate()),
        "something else": signed(what | {"content": "As I did not"}, ann.keys),
        "signature": json.encode(good | {"sig": "0" * 128}).decode(),
        "did not answer": "null",
        "did not answer with": json.encode(good | {"content": "x" * 200_000}).decode(),
    }
    for words, text in wrong.items():
        status, problem = await ann.give(note["number"], text)
        assert (status, words in problem) == (422, True), problem
    kept_id = json.encode(good | {"content": "As I did not"}).decode()
    assert (await ann.give(note["number"], kept_id))[0] == 422, "an id that is not that of what was said"
    assert (await ann.give(other["number"], json.encode(good).decode()))[0] == 422
    for number in ("0", "99999", "x", ""):
        assert "waits" in (await ann.give(number, json.encode(good).decode()))[1]
    assert await said(house, ann.public) == []
    assert len(await ann.waiting()) == 3, "what was refused still waits"
    assert await ann.give(note["number"], json.encode(good).decode()) == (200, "")
    assert (await ann.give(note["number"], json.encode(good).decode()))[0] == 422, "it waits no more"
    assert await said(house, ann.public) == ["As I wrote it"]


async def test_a_challenge_is_good_for_minutes_once_and_for_whom_it_was_made(village: Village, house: House) -> None:
    ann, bob = await somebody(house, "ann"), await somebody(house, "bob")

    async def refused(who: Somebody, what: dict[str, Any], words: str) -> None:
        page = await who.prove(what)
        assert page.status == 422
        assert words in page.text, page.text

    await refused(ann, {"kind": 27235, "created_at": 0, "tags": [], "content": ""}, "too long, or was answered")
    anns = await ann.challenged()
    await refused(bob, anns, "too long, or was answered")
    await bob.challenged()
    await refused(bob, anns, "another challenge")
    asked = await ann.challenged()
    await refused(ann, anns, "another challenge")
    await refused(ann, asked, "too long, or was answered")
    for change, words in (
        ({"kind": 22242}, "kind 27235"),
        ({"created_at": asked["created_at"] - 3600}, "not from now"),
    ):
        await refused(ann, await ann.challenged() | change, words)
    tags = (await ann.challenged())["tags"]
    elsewhere = [["u", "https://evil.example/settings/networks"] if tag[0] == "u" else tag for tag in tags]
    await refused(ann, asked | {"tags": elsewhere}, "another page")
    await ann.challenged()
    page = await ann.send("browser", answer="{}")
    assert page.status == 422
    assert "anything that is signed" in page.text
    forged = json.decode(signed(await ann.challenged(), ann.keys)) | {"sig": "0" * 128}
    assert "the signature is wrong" in (await ann.send("browser", answer=json.encode(forged).decode())).text
    late = await ann.challenged()
    village.clock.advance(CHALLENGE_GOOD_FOR)
    await refused(ann, late, "too long, or was answered")
    assert await house.node.far_signing.about((await house.row("ann")).id) is None
    right = await ann.challenged()
    await ann.prove(right)
    assert await key_at(house, "ann") == ann.public
    await refused(ann, right, "too long, or was answered")
    taken = Somebody(bob.browser, ann.keys)
    await refused(taken, await taken.challenged(), "Another microblog is known by that key")


async def test_what_is_anothers_is_not_there(village: Village, house: House) -> None:
    ann, bob = await somebody(house, "ann"), await somebody(house, "bob")
    await ann.take_on()
    await house.post("ann", "Mine")
    await village.settle()
    note = (await ann.waiting())[-1]
    assert await bob.waiting() == []
    status, problem = await bob.give(note["number"], signed(json.decode(note["what"]), ann.keys))
    assert (status, "Nothing of yours waits" in problem) == (422, True)
    assert len(await ann.waiting()) == 3
    stranger = Browser(house.node.app, f"https://{house.host}")
    assert (await stranger.get(f"{PAGE}/waiting", follow=False)).status == 303
    for path in ("challenge", "browser", "signed"):
        assert (await stranger.post(f"{PAGE}/{path}", [("token", await ann.token())])).status == 403
        from_elsewhere = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        fields = [("token", await ann.token())]
        assert (await ann.browser.post(f"{PAGE}/{path}", fields, headers=from_elsewhere)).status == 403
        assert (await ann.browser.post(f"{PAGE}/{path}", [("token", "x")])).status == 403


async def test_an_editor_settles_no_key_and_brings_what_its_owner_signed(village: Village, house: House) -> None:
    ann, eve = await somebody(house, "ann"), await somebody(house, "eve")
    await ann.take_on()
    owned = (await house.row("ann")).id
    person = next(each for each in await house.node.people.everybody() if each.name == "eve")
    database = house.node.drivers.database
    await database.write(lambda tx: microblogs.add_keeper(tx, person.id, owned, KeeperRole.EDITOR))
    home = await eve.browser.get("/home")
    await eve.browser.submit(home, home.form("/speak"), microblog=str(owned))
    token = dict(home.form("/logout").fields)["token"]
    for path in ("challenge", "browser"):
        page = await eve.browser.post(f"{PAGE}/{path}", [("token", token)])
        assert page.status == 403
        assert "Only whoever owns" in page.text
    await house.post("ann", "Written together")
    await village.settle()
    note = next(each for each in await eve.waiting() if json.decode(each["what"])["kind"] == 1)
    for keys, status in ((eve.keys, 422), (ann.keys, 200)):
        text = signed(json.decode(note["what"]), keys)
        page = await eve.browser.post(
            f"{PAGE}/signed", [("token", token), ("number", note["number"]), ("signed", text)]
        )
        assert page.status == status, page.text
    assert await said(house, ann.public) == ["Written together"]


async def test_who_leaves_the_key_or_takes_another_is_not_held_to_what_waited(village: Village, house: House) -> None:
    ann = await somebody(house, "ann")
    await ann.take_on()
    await house.post("ann", "By the first")
    await village.settle()
    note = (await ann.waiting())[-1]
    second = Somebody(ann.browser, sdk.Keys.generate())
    await second.take_on()
    assert await second.waiting() == [], "only the first key could sign that"
    assert (await ann.give(note["number"], signed(json.decode(note["what"]), ann.keys)))[0] == 422
    await house.post("ann", "By the second")
    await village.settle()
    await second.sign_all()
    assert await said(house, second.public) == ["By the second"]
    page = await ann.browser.get(PAGE)
    assert "This browser holds a key" not in page.text
    await ann.browser.submit(page, page.form(f"{PAGE}/signer"))
    assert await key_at(house, "ann") not in (ann.public, second.public)
