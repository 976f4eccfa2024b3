"""Signing up in each of the ways a node can be set up, and what becomes of those who are kept waiting."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from scattershot.app import sign_up as app
from scattershot.app.discover import Discover
from scattershot.app.publish import Publisher
from scattershot.app.sign_up import Entered, Faults, Offer, SignUp, Waits, Wish
from scattershot.domain.people import Person, Role
from scattershot.domain.reading import Refused
from scattershot.ports.database import Database, Engine
from scattershot.settings import BadSettings, read_settings
from scattershot.storage.tables import people, relations
from tests.app.conftest import World
from tests.engines import open_database

PASSWORD = "correct horse battery"
HERE = "198.51.100.7"


class Door(World):
    """A house with a door that can be set up in every way."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.sign_up: SignUp

    async def set_up(self, mode: str, **more: Any) -> None:
        settings = read_settings(None, {}, {"origin": "https://here.example", "sign_up": mode, **more})
        speaker = await self.people.node_speaker("here")
        discover = Discover(self.database, self.clock, self.bus, {}, self.house, speaker, ("here.example",))
        publisher = Publisher(self.database, self.clock, self.bus, self.house, discover, ("here.example",))
        self.sign_up = SignUp(self.database, self.clock, self.people, publisher, settings)

    async def comes(self, name: str = "bea", address: str = HERE, **more: Any) -> Entered | Waits | Faults | Refused:
        return await self.sign_up.sign_up(Wish(name, **{"password": PASSWORD, "agreed": True, **more}), address)

    async def person(self, name: str, *, admin: bool = False) -> Person:
        made = await self.people.add(name, admin=admin)
        assert not isinstance(made, Refused)
        person = await self.database.read(lambda tx: people.get(tx, made[0]))
        assert person is not None
        return person

    async def code(self, maker: Person | None = None, **offer: Any) -> str:
        code = await self.sign_up.invite(maker, Offer(**offer))
        assert isinstance(code, str)
        return code


@pytest.fixture
async def door(engine: Engine) -> AsyncIterator[Door]:
    async with open_database(engine) as database:
        made = Door(database)
        await made.set_up("open")
        yield made


def found(answer: object) -> set[tuple[str, str]]:
    assert isinstance(answer, Faults), answer
    assert all(fault.words for fault in answer.faults)
    return {(fault.field, fault.why) for fault in answer.faults}


def why(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.detail
    return answer.why


# -- open


async def test_whoever_signs_up_at_an_open_door_signs_in_at_once(door: Door) -> None:
    entered = await door.comes(" @Bea ", email=" bea@example.org ")
    assert isinstance(entered, Entered)
    assert (entered.person.name, entered.person.role, entered.person.main) == ("bea", Role.PERSON, entered.microblog)
    assert await door.people.email(entered.person.id) == "bea@example.org"
    assert not isinstance(await door.people.sign_in("bea", PASSWORD), Refused)


async def test_everything_that_is_the_matter_is_said_at_once(door: Door) -> None:
    await door.person("bea")
    answer = await door.comes(password="short", email="nonsense", agreed=False, reason="x" * 3_000)
    assert found(answer) == {
        ("name", "taken"), ("password", "too_short"), ("email", "invalid"), ("agreement", "not_agreed"),
        ("reason", "too_long"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "what"),
    [("", "blank"), ("@", "blank"), ("admin", "reserved"), ("two words", "invalid"), ("x" * 31, "invalid"),
     ("béa", "invalid"), ("bea@elsewhere.example", "invalid"), ("a/b", "invalid"), ("node", "reserved")],
)  # fmt: skip
async def test_a_name_must_be_free_and_good(door: Door, name: str, what: str) -> None:
    assert found(await door.comes(name)) == {("name", what)}


async def test_a_password_is_asked_for_and_has_bounds(door: Door) -> None:
    assert found(await door.comes(password="")) == {("password", "blank")}
    assert found(await door.comes(password="x" * 1_001)) == {("password", "too_long")}


async def test_one_address_signs_up_a_few_people_an_hour(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(int(app.BY_ADDRESS.capacity)):
        assert isinstance(await door.comes(f"bea{number}"), Entered)
    assert why(await door.comes("one_more")) == "often"
    assert found(await door.comes("one_more", password="short")), "what is wrong is told, and costs nothing"
    assert isinstance(await door.comes("elsewhere", address="203.0.113.5"), Entered)
    door.clock.advance(600)
    assert isinstance(await door.comes("one_more"), Entered)


async def test_of_two_who_come_with_one_name_one_gets_it(door: Door) -> None:
    import asyncio

    answers = await asyncio.gather(door.comes("bea"), door.comes("bea", address="203.0.113.5"))
    assert sorted(type(answer).__name__ for answer in answers) == ["Entered", "Faults"]


# -- closed


async def test_at_a_closed_door_nobody_signs_up_even_with_an_invitation(door: Door) -> None:
    code = await door.code()
    await door.set_up("closed")
    assert why(await door.comes()) == "closed"
    assert why(await door.comes(invitation=code)) == "closed"
    assert why(await door.sign_up.invite(None, Offer())) == "closed"
    assert not door.sign_up.is_open


def test_a_node_cannot_be_set_up_otherwise() -> None:
    with pytest.raises(BadSettings, match="sign_up"):
        read_settings(None, {}, {"sign_up": "ajar"})


# -- by invitation


async def test_by_invitation_one_needs_a_code_that_is_good(door: Door) -> None:
    await door.set_up("invitation")
    assert found(await door.comes()) == {("invitation", "blank")}
    assert found(await door.comes(invitation="made up")) == {("invitation", "invalid")}
    code = await door.code(most=2, days=1)
    assert isinstance(await door.comes("bea", invitation=f" {code} "), Entered)
    assert found(await door.comes("x" * 31, invitation=code)) == {("name", "invalid")}
    assert isinstance(await door.comes("cas", invitation=code), Entered), "who came with a bad name cost nothing"
    assert found(await door.comes("dan", invitation=code)) == {("invitation", "invalid")}
    other = await door.code(days=1)
    door.clock.advance(86_400)
    assert await door.sign_up.invited(other) is None


async def test_an_invitation_used_by_two_at_once_lets_one_in(door: Door) -> None:
    import asyncio

    await door.set_up("invitation")
    code = await door.code(most=1)
    answers = await asyncio.gather(door.comes("bea", invitation=code), door.comes("cas", invitation=code))
    assert sum(isinstance(answer, Entered) for answer in answers) == 1


async def test_whoever_comes_by_an_invitation_may_follow_its_maker_and_help_to_run_the_node(door: Door) -> None:
    ann = await door.person("ann", admin=True)
    code = await door.code(ann, role=Role.ADMIN, follow=True)
    invited = await door.sign_up.invited(code)
    assert invited is not None
    assert (invited.maker, invited.follow) == ("@ann", True)
    entered = await door.comes(invitation=code)
    assert isinstance(entered, Entered)
    assert entered.person.role is Role.ADMIN
    main = ann.main
    assert main is not None
    assert await door.database.read(lambda tx: relations.follows(tx, entered.microblog, main))


async def test_people_give_out_small_invitations_where_the_node_lets_them(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await door.person("ann", admin=True), await door.person("bob")
    await door.set_up("invitation")
    assert why(await door.sign_up.invite(bob, Offer())) == "not_allowed"
    await door.set_up("invitation", people_may_invite=True)
    code = await door.code(bob, note="for my sister")
    for offer in (Offer(role=Role.ADMIN), Offer(most=None), Offer(days=None), Offer(most=26), Offer(days=31), Offer(0)):
        assert why(await door.sign_up.invite(bob, offer)) in ("not_allowed", "invalid")
    for offer in (Offer(most=0), Offer(days=-1), Offer(note="x" * 201), Offer(most=10_001)):
        assert why(await door.sign_up.invite(ann, offer)) == "invalid"
    [listed] = await door.sign_up.invitations(bob)
    assert listed.note == "for my sister"
    annas = await door.code(ann)
    assert len(await door.sign_up.invitations(ann)) == 2, "who runs the node sees all"
    [theirs] = [each for each in await door.sign_up.invitations(ann) if each.maker == "@ann"]
    assert why(await door.sign_up.take_back(bob, theirs.number)) == "not_found"
    assert await door.sign_up.take_back(ann, listed.number) is None
    assert await door.sign_up.invited(code) is None
    await door.people.disable("ann")
    assert await door.sign_up.invited(annas) is None, "what the disabled gave out is worth nothing"
    monkeypatch.setattr(app, "MOST_INVITATIONS", 1)
    await door.code(bob)
    assert why(await door.sign_up.invite(bob, Offer())) == "too_many"


async def test_of_a_code_only_a_hash_is_kept(door: Door) -> None:
    code = await door.code()
    stored = await door.database.read(lambda tx: tx.fetch(lambda hash_: bytes(hash_), "SELECT hash FROM invitations"))
    assert len(stored) == 1
    assert code.encode() not in stored[0]


# -- by approval


async def test_who_needs_a_yes_waits_and_then_signs_in_by_the_same_password(door: Door) -> None:
    await door.set_up("approval")
    assert found(await door.comes()) == {("reason", "blank")}
    waits = await door.comes(reason=" I like birds. ", email="bea@example.org")
    assert isinstance(waits, Waits)
    assert await door.people.sign_in_link("bea") != "", "nobody of that name signs in"
    assert why(await door.people.sign_in("bea", PASSWORD)) == "waiting"
    assert why(await door.people.sign_in("bea", "wrong password")) == "wrong", "who is not bea learns nothing"
    [applicant] = await door.sign_up.waiting()
    assert (applicant.name, applicant.reason, applicant.email) == ("bea", "I like birds.", "bea@example.org")
    entered = await door.sign_up.approve(waits.number)
    assert isinstance(entered, Entered)
    assert await door.people.email(entered.person.id) == "bea@example.org"
    assert not isinstance(await door.people.sign_in("bea", PASSWORD), Refused)
    assert await door.sign_up.waiting() == []
    assert why(await door.sign_up.approve(waits.number)) == "not_found"


async def test_a_name_that_somebody_waits_for_is_kept_for_them_until_they_are_turned_away(door: Door) -> None:
    await door.set_up("approval")
    waits = await door.comes(reason="birds")
    assert isinstance(waits, Waits)
    assert found(await door.comes(reason="me too")) == {("name", "taken")}
    assert why(await door.people.add("bea")) == "taken"
    assert await door.sign_up.reject(waits.number) is None
    assert why(await door.sign_up.reject(waits.number)) == "not_found"
    assert why(await door.people.sign_in("bea", PASSWORD)) == "wrong"
    assert not isinstance(await door.people.add("bea"), Refused)


async def test_an_invitation_spares_the_wait(door: Door) -> None:
    await door.set_up("approval")
    code = await door.code()
    assert isinstance(await door.comes(invitation=code), Entered)


async def test_no_more_wait_than_anybody_can_look_at(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_WAITING", 1)
    await door.set_up("approval")
    assert isinstance(await door.comes("bea", reason="birds"), Waits)
    assert why(await door.comes("cas", reason="birds")) == "full"
