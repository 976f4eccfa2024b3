"""Further microblogs of one person, and several keepers of one: asked, accepted, settled, left."""

from collections.abc import AsyncIterator

import pytest

from scattershot.app import keepers as app
from scattershot.app.keepers import INVITATION_GOOD_FOR, Keepers
from scattershot.app.programs import Programs
from scattershot.domain.ids import MicroblogId, PersonId
from scattershot.domain.microblog import Voice
from scattershot.domain.people import KeeperRole
from scattershot.domain.reading import Refused
from scattershot.domain.record import Kind
from scattershot.ports.database import Database, Engine
from scattershot.storage.tables import log, microblogs, people, relations
from scattershot.testing.keys import PooledKeyMaker
from tests.app.conftest import World
from tests.engines import open_database

OWNER, EDITOR = KeeperRole.OWNER, KeeperRole.EDITOR


class Town(World):
    """A house with people who keep microblogs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.programs = Programs(database, self.clock)
        self.keepers = Keepers(
            database, self.clock, self.bus, PooledKeyMaker(), self.house, self.programs, ("here.example",), 3
        )

    async def person(self, name: str) -> PersonId:
        made = await self.people.add(name)
        assert not isinstance(made, Refused)
        return made[0]

    async def main(self, person: PersonId) -> MicroblogId:
        row = await self.database.read(lambda tx: people.get(tx, person))
        assert row is not None
        assert row.main is not None
        return row.main

    async def team(self, owner: PersonId, *editors: str, name: str = "team") -> MicroblogId:
        made = await self.keepers.make(owner, name, "test", Voice.ORGANIZATION, "Our team")
        assert not isinstance(made, Refused)
        for editor in editors:
            person = await self.person(editor)
            assert not isinstance(await self.keepers.invite(owner, made, f"@{editor}", EDITOR), Refused)
            [asked] = await self.keepers.asked(person)
            assert await self.keepers.answer(person, asked.number, accepted=True) == made
        return made

    async def number(self, name: str) -> PersonId:
        row = await self.database.read(lambda tx: people.by_name(tx, name))
        assert row is not None
        return row.id

    async def roles(self, microblog: MicroblogId, seen_by: PersonId) -> dict[str, str]:
        team = await self.keepers.team(seen_by, microblog)
        assert team is not None
        return {each.face.profile.name: each.role.value for each in team.keepers if each.face is not None}


@pytest.fixture
async def town(engine: Engine) -> AsyncIterator[Town]:
    async with open_database(engine) as database:
        yield Town(database)


def why(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.detail, "whoever is refused is told in words"
    return answer.why


# -- several microblogs for one person


async def test_a_person_makes_further_microblogs_and_owns_them(town: Town) -> None:
    ann = await town.person("ann")
    club = await town.team(ann, name="Club")
    row = await town.database.read(lambda tx: microblogs.get(tx, club))
    assert row is not None
    assert (row.profile.name, row.profile.voice, row.profile.display_name) == ("club", Voice.ORGANIZATION, "Our team")
    kept = (await town.keepers.kept_by(ann)).kept
    assert [(each.profile.name, each.role, each.is_main) for each in kept] == [
        ("ann", OWNER, True), ("club", OWNER, False),
    ]  # fmt: skip
    assert await town.database.read(lambda tx: microblogs.signer(tx, club)) is not None, "it signs with its own keys"


async def test_names_are_free_good_and_not_too_many(town: Town) -> None:
    ann = await town.person("ann")
    await town.person("bea")
    assert why(await town.keepers.make(ann, "bea", "test")) == "taken"
    for bad in ("", "two words", "admin", "x" * 31, "club@elsewhere.example", "émile"):
        assert why(await town.keepers.make(ann, bad, "test")) == "invalid"
    assert why(await town.keepers.make(ann, "machine", "test", Voice.APPLICATION)) == "invalid"
    assert why(await town.keepers.make(ann, "machine", "test", title="x" * 101)) == "invalid"
    await town.team(ann, name="one")
    await town.team(ann, name="two")
    assert why(await town.keepers.make(ann, "three", "test")) == "too_many"


async def test_one_that_was_deleted_is_gone_with_its_name(town: Town) -> None:
    ann = await town.person("ann")
    club = await town.team(ann, "bea", name="club")
    bea = await town.number("bea")
    token = await town.programs.issue(bea, club, "read")
    assert await town.programs.caller(token.token) is not None
    assert why(await town.keepers.delete(bea, club, "test")) == "not_allowed"
    assert why(await town.keepers.delete(ann, await town.main(ann), "test")) == "own_name"
    assert str(await town.keepers.delete(ann, club, "test")) == "@club@here.example"
    assert await town.programs.caller(token.token) is None
    assert await town.keepers.role(ann, club) is None
    assert why(await town.keepers.make(ann, "club", "test")) == "taken"
    newest = await town.database.read(log.newest)
    told = await town.database.read(lambda tx: log.get(tx, newest))
    assert told is not None
    assert told.kind is Kind.VANISHED


# -- asking


async def test_a_person_here_is_asked_and_accepts(town: Town) -> None:
    ann, bea = await town.person("ann"), await town.person("bea")
    team = await town.team(ann)
    assert str(await town.keepers.invite(ann, team, " @bea@HERE.example ", EDITOR)) == "@bea@here.example"
    assert await town.keepers.role(bea, team) is None, "who is asked is no keeper yet"
    assert (await town.keepers.kept_by(bea)).asked == 1
    [asked] = await town.keepers.asked(bea)
    assert (asked.microblog.handle, asked.role) == ("@team@here.example", EDITOR)
    assert asked.face is not None
    assert asked.face.handle == "@ann@here.example"
    assert await town.keepers.answer(bea, asked.number, accepted=True) == team
    assert await town.keepers.role(bea, team) is EDITOR
    assert (await town.keepers.kept_by(bea)).asked == 0
    assert [each.profile.name for each in (await town.keepers.kept_by(bea)).kept] == ["bea", "team"]


async def test_an_invitation_is_for_whoever_is_asked_once_and_for_two_weeks(town: Town) -> None:
    ann, bea, cas = [await town.person(name) for name in ("ann", "bea", "cas")]
    team = await town.team(ann)
    await town.keepers.invite(ann, team, "bea", EDITOR)
    [asked] = await town.keepers.asked(bea)
    assert why(await town.keepers.answer(cas, asked.number, accepted=True)) == "spent"
    assert await town.keepers.answer(bea, asked.number, accepted=False) == team
    assert await town.keepers.role(bea, team) is None
    assert why(await town.keepers.answer(bea, asked.number, accepted=True)) == "spent"
    await town.keepers.invite(ann, team, "bea", EDITOR)
    [asked] = await town.keepers.asked(bea)
    town.clock.advance(INVITATION_GOOD_FOR / 1000)
    assert why(await town.keepers.answer(bea, asked.number, accepted=True)) == "spent"
    assert await town.keepers.asked(bea) == []


async def test_who_is_asked_twice_is_asked_once_as_was_said_last(town: Town) -> None:
    ann, bea = await town.person("ann"), await town.person("bea")
    team = await town.team(ann)
    await town.keepers.invite(ann, team, "bea", EDITOR)
    await town.keepers.invite(ann, team, "bea", OWNER)
    [asked] = await town.keepers.asked(bea)
    assert asked.role is OWNER


async def test_an_invitation_ends_with_the_power_of_whoever_asked(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea")
    bea, cas = await town.number("bea"), await town.person("cas")
    await town.keepers.set_role(ann, team, bea, OWNER)
    await town.keepers.invite(bea, team, "cas", OWNER)
    secret = await town.keepers.invite_by_link(bea, team, OWNER)
    assert isinstance(secret, str)
    await town.keepers.remove(ann, team, bea)
    assert await town.keepers.asked(cas) == []
    assert await town.keepers.asked_by_link(secret) is None
    assert why(await town.keepers.join(cas, secret)) == "spent"


async def test_a_link_lets_one_person_in_once(town: Town) -> None:
    ann, bea, cas = [await town.person(name) for name in ("ann", "bea", "cas")]
    team = await town.team(ann)
    secret = await town.keepers.invite_by_link(ann, team, EDITOR)
    assert isinstance(secret, str)
    asked = await town.keepers.asked_by_link(secret)
    assert asked is not None
    assert asked.microblog.id == team
    assert await town.keepers.join(bea, secret) == team
    assert why(await town.keepers.join(cas, secret)) == "spent"
    assert await town.keepers.asked_by_link(secret) is None
    assert why(await town.keepers.join(cas, "made up")) == "spent"
    again = await town.keepers.invite_by_link(ann, team, OWNER)
    assert isinstance(again, str)
    assert why(await town.keepers.join(bea, again)) == "taken"
    assert await town.keepers.role(bea, team) is EDITOR, "a link for somebody else changes nothing"


async def test_an_invitation_can_be_taken_back_by_an_owner_of_that_microblog(town: Town) -> None:
    ann, bea, eve = [await town.person(name) for name in ("ann", "bea", "eve")]
    team, other = await town.team(ann), await town.team(eve, name="other")
    await town.keepers.invite(ann, team, "bea", EDITOR)
    [asked] = await town.keepers.asked(bea)
    assert why(await town.keepers.take_back(eve, other, asked.number)) == "spent"
    assert why(await town.keepers.take_back(eve, team, asked.number)) == "not_found"
    assert await town.keepers.take_back(ann, team, asked.number) is None
    assert await town.keepers.asked(bea) == []


async def test_only_people_here_who_deal_with_one_can_be_asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bea = await town.person("ann"), await town.person("bea")
    team = await town.team(ann, "cas")
    for nobody in ("", "nobody", "@bea@elsewhere.example", "team", "not a name", "@cas@here.example@x"):
        assert why(await town.keepers.invite(ann, team, nobody, EDITOR)) in ("invalid", "not_found")
    assert why(await town.keepers.invite(ann, team, "cas", EDITOR)) == "taken"
    beas, anns = await town.main(bea), await town.main(ann)
    block = relations.Block(beas, anns, "", town.clock.now())
    await town.database.write(lambda tx: relations.add_block(tx, block))
    assert why(await town.keepers.invite(ann, team, "bea", EDITOR)) == "not_found"
    await town.people.disable("cas")
    assert why(await town.keepers.invite(ann, team, "cas", EDITOR)) == "not_found"
    monkeypatch.setattr(app, "MOST_KEEPERS", 2)
    assert why(await town.keepers.invite_by_link(ann, team, EDITOR)) == "too_many"


# -- settling


async def test_an_editor_settles_nothing(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea", "cas")
    bea, cas = await town.number("bea"), await town.number("cas")
    for refused in (
        await town.keepers.invite(bea, team, "ann", EDITOR),
        await town.keepers.invite_by_link(bea, team, OWNER),
        await town.keepers.set_role(bea, team, bea, OWNER),
        await town.keepers.remove(bea, team, cas),
        await town.keepers.hand_over(bea, team, cas),
        await town.keepers.show_writers(bea, team, shows=True),
        await town.keepers.delete(bea, team, "test"),
    ):
        assert why(refused) == "not_allowed"
    seen = await town.keepers.team(bea, team)
    assert seen is not None
    assert seen.asked == []


async def test_to_a_stranger_there_is_no_team(town: Town) -> None:
    ann, eve = await town.person("ann"), await town.person("eve")
    team = await town.team(ann)
    assert await town.keepers.team(eve, team) is None
    for refused in (
        await town.keepers.invite_by_link(eve, team, OWNER),
        await town.keepers.set_role(eve, team, ann, EDITOR),
        await town.keepers.remove(eve, team, ann),
        await town.keepers.remove(eve, team, eve),
        await town.keepers.be_named(eve, team, "test", named=False),
        await town.keepers.delete(eve, MicroblogId(404), "test"),
    ):
        assert why(refused) == "not_found"


async def test_it_is_never_without_an_owner(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea")
    bea = await town.number("bea")
    assert why(await town.keepers.remove(ann, team, ann)) == "last_owner"
    assert why(await town.keepers.set_role(ann, team, ann, EDITOR)) == "last_owner"
    assert why(await town.people.vanish("ann", "test")) == "owned"
    assert await town.keepers.hand_over(ann, team, bea) is None
    assert await town.roles(team, bea) == {"ann": "editor", "bea": "owner"}
    assert why(await town.keepers.set_role(ann, team, bea, EDITOR)) == "not_allowed", "who handed it over is an editor"
    assert await town.keepers.remove(ann, team, ann) is None
    assert await town.roles(team, bea) == {"bea": "owner"}
    gone = await town.people.vanish("bea", "test")
    assert not isinstance(gone, Refused)
    assert sorted(map(str, gone)) == ["@bea@here.example", "@team@here.example"], "nobody else keeps it"


async def test_two_owners_may_change_each_other_but_not_both_go(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea")
    bea = await town.number("bea")
    assert await town.keepers.set_role(ann, team, bea, OWNER) is None
    assert await town.keepers.set_role(bea, team, ann, EDITOR) is None
    assert why(await town.keepers.remove(bea, team, bea)) == "last_owner"
    assert await town.keepers.remove(bea, team, ann) is None
    assert why(await town.keepers.hand_over(bea, team, ann)) == "not_found", "who has left gets nothing"


async def test_what_bears_somebodys_name_stays_theirs(town: Town) -> None:
    ann, bea = await town.person("ann"), await town.person("bea")
    own = await town.main(ann)
    secret = await town.keepers.invite_by_link(ann, own, OWNER)
    assert isinstance(secret, str)
    assert await town.keepers.join(bea, secret) == own
    assert why(await town.keepers.remove(bea, own, ann)) == "own_name"
    assert why(await town.keepers.set_role(bea, own, ann, EDITOR)) == "own_name"
    assert why(await town.keepers.hand_over(ann, own, bea)) == "own_name"
    assert why(await town.keepers.remove(ann, own, ann)) == "own_name"
    assert await town.keepers.remove(bea, own, bea) is None


async def test_a_program_does_no_more_than_its_keeper(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea")
    bea = await town.number("bea")
    token = (await town.programs.issue(bea, team, "read write")).token
    own = (await town.programs.issue(bea, await town.main(bea), "read write")).token
    ended: list[int] = []
    town.programs.when_ended(ended.append)
    caller = await town.programs.caller(token)
    assert caller is not None
    assert caller.role is EDITOR
    await town.keepers.set_role(ann, team, bea, OWNER)
    caller = await town.programs.caller(token)
    assert caller is not None
    assert caller.role is OWNER, "at once, though it was remembered"
    await town.keepers.remove(ann, team, bea)
    assert await town.programs.caller(token) is None
    assert ended == [caller.token], "who listens by it is told"
    assert await town.programs.caller(own) is not None, "her own is her own affair"


async def test_whoever_runs_the_node_may_appoint(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann, "bea")
    await town.people.disable("ann")
    assert await town.keepers.appoint(team, "bea", OWNER) is None
    assert await town.keepers.appoint(team, "ann", None) is None
    assert why(await town.keepers.appoint(team, "bea", None)) == "last_owner"
    assert why(await town.keepers.appoint(team, "nobody", OWNER)) == "not_found"
    assert await town.roles(team, await town.number("bea")) == {"bea": "owner"}


# -- the person as a whole


async def test_whoever_is_disabled_is_let_in_by_nothing_until_enabled(town: Town) -> None:
    ann = await town.person("ann")
    team = await town.team(ann)
    link = await town.people.sign_in_link("ann")
    assert isinstance(link, str)
    session = await town.people.begin_session(ann, "a browser")
    token = (await town.programs.issue(ann, team, "read")).token
    ended: list[int] = []
    town.people.when_ended(ended.append)
    assert not isinstance(await town.people.disable("Ann"), Refused)
    assert ended == [ann]
    assert await town.people.in_session(session) is None
    assert await town.programs.caller(token) is None
    assert why(await town.people.follow_link(link)) == "spent"
    assert await town.keepers.role(ann, team) is None
    await town.people.enable("ann")
    assert await town.people.in_session(session) is None, "an old session does not come back"
    assert await town.keepers.role(ann, team) is OWNER
    assert why(await town.people.disable("nobody")) == "not_found"


async def test_sessions_are_listed_and_ended_by_names_that_let_nobody_in(town: Town) -> None:
    ann, eve = await town.person("ann"), await town.person("eve")
    here = await town.people.begin_session(ann, "Firefox  on\na desk" + "x" * 500)
    town.clock.advance(60)
    there = await town.people.begin_session(ann, "")
    listed = await town.people.sessions(ann, here)
    assert [each.is_current for each in listed] == [False, True]
    assert listed[1].agent.startswith("Firefox on a desk")
    assert len(listed[1].agent) == 200
    assert await town.people.in_session(listed[0].name) is None
    assert not await town.people.end_session(eve, listed[0].name)
    assert await town.people.end_session(ann, listed[0].name)
    assert await town.people.in_session(there) is None
    await town.people.begin_session(ann, "")
    await town.people.end_other_sessions(ann, here)
    assert len(await town.people.sessions(ann)) == 1
    assert await town.people.in_session(here) is not None
