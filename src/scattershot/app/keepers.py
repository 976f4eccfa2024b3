"""Keepers: further microblogs of one person, and several people who keep one microblog, each by their own sign-in.

Whoever asks for something is named first, and what they may do is looked up in the transaction that does it
(`domain.people.may`). A microblog is never without an owner, and one that bears a person's name stays theirs.
"""

from collections.abc import Callable
from typing import TypeVar

from scattershot.app import bylines, readers, teams
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.items import Items
from scattershot.app.making import make_microblog, new_handle, unmade
from scattershot.app.people import hashed, new_secret
from scattershot.app.programs import Programs
from scattershot.app.refusals import NO_SUCH_MICROBLOG, NOT_OWNERS
from scattershot.app.teams import Asked, Keeping, Team
from scattershot.domain.change import Vanished
from scattershot.domain.ids import MicroblogId, Millis, PersonId, TokenId
from scattershot.domain.microblog import Handle, Voice, parse_handle
from scattershot.domain.people import Deed, KeeperRole, may
from scattershot.domain.reading import Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.keys import KeyMaker
from scattershot.storage.tables import keepers as rows
from scattershot.storage.tables import microblogs, people, relations, sign_ups
from scattershot.wirekit.urls import normal_host

T = TypeVar("T")

VOICES = (Voice.PERSON, Voice.GROUP, Voice.ORGANIZATION, Voice.SERVICE)
"""What sorts of microblogs people make."""
INVITATION_GOOD_FOR = 14 * 86_400_000
"""How long somebody may think about keeping a microblog."""
MOST_KEEPERS = 100
"""Keepers of one microblog, those who are asked among them."""
MAX_TITLE = 100

_NO_KEEPER = Refused("not_found", "They do not keep this microblog.")
_SPENT = Refused("spent", "This invitation is too old, or was taken back or used already. Ask for a new one.")
_LAST_OWNER = Refused("last_owner", "A microblog needs an owner. Make somebody else its owner first.")
_OWN_NAME = Refused("own_name", "This microblog bears the name of its person, and stays theirs.")


class Keepers:
    """Makes microblogs for people and settles who keeps them; `most` is how many one person may own."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        keys: KeyMaker,
        house: House,
        programs: Programs,
        domains: tuple[str, ...],
        most: int = 5,
    ) -> None:
        self._database, self._clock, self._bus, self._keys = database, clock, bus, keys
        self._house, self._programs, self._domains, self._most = house, programs, domains, most
        self._items = Items(domains[0])

    async def _write(self, work: Callable[[Transaction, Millis], T]) -> T:
        now = self._clock.now()
        done = await self._database.write(lambda tx: work(tx, now))
        self._bus.nudge(readers.TOPIC)
        return done

    # -- looking

    async def kept_by(self, person: PersonId) -> Keeping:
        """What the person keeps, and is asked to."""
        now = self._clock.now()
        return await self._database.read(lambda tx: teams.keeping(tx, person, now))

    async def role(self, person: PersonId, microblog: MicroblogId) -> KeeperRole | None:
        """In what role the person keeps the microblog, if at all."""
        return await self._database.read(lambda tx: rows.role(tx, person, microblog))

    async def team(self, person: PersonId, microblog: MicroblogId) -> Team | None:
        """Who keeps the microblog; None for whoever does not."""
        now = self._clock.now()
        return await self._database.read(lambda tx: teams.team(tx, self._items, person, microblog, now))

    async def asked(self, person: PersonId) -> list[Asked]:
        """What the person is asked to keep; `face` is that of whoever asked."""
        now = self._clock.now()
        return await self._database.read(
            lambda tx: teams.invitations(tx, self._items, rows.invitations_of(tx, person, now))
        )

    async def asked_by_link(self, secret: str) -> Asked | None:
        """What whoever has that link is asked to keep; `face` is that of whoever asked."""
        now = self._clock.now()

        def work(tx: Transaction) -> Asked | None:
            invitation = rows.invitation_by_link(tx, hashed(secret), now)
            shown = teams.invitations(tx, self._items, [invitation]) if invitation is not None else []
            return shown[0] if shown else None

        return await self._database.read(work)

    # -- making and ending

    async def make(
        self, person: PersonId, name: str, via: str, voice: Voice = Voice.PERSON, title: str = ""
    ) -> MicroblogId | Refused:
        """A further microblog of the person, who owns it."""
        handle = new_handle(name, self._domains)
        if isinstance(handle, Refused):
            return handle
        if voice not in VOICES:
            return Refused("invalid", "That is no sort of microblog that people make.")
        if len(title) > MAX_TITLE:
            return Refused("invalid", f"A name has at most {MAX_TITLE} characters.")
        pairs = await self._keys.make()

        def work(tx: Transaction, now: Millis) -> MicroblogId | Refused:
            if rows.count_owned(tx, person) >= self._most:
                return Refused("too_many", f"One person may own {self._most} microblogs here.")
            waiting = sign_ups.applicant_called(tx, handle.name if handle.domain == self._domains[0] else str(handle))
            if waiting is not None or microblogs.named(tx, handle):
                return Refused("taken", f"The name {handle.name} is taken.")
            profile = unmade(handle, voice, " ".join(title.split()))
            microblog = make_microblog(tx, self._house, self._domains[0], profile, pairs, now, via)
            rows.put(tx, person, microblog, KeeperRole.OWNER, now)
            return microblog

        return await self._write(work)

    async def delete(self, person: PersonId, microblog: MicroblogId, via: str) -> Handle | Refused:
        """Delete a microblog for ever with all its posts: its handle, which is never given again."""

        ended: list[TokenId] = []

        def work(tx: Transaction, now: Millis) -> Handle | Refused:
            row = _allowed(tx, person, microblog, Deed.END)
            if isinstance(row, Refused):
                return row
            found = rows.of(tx, microblog)
            if any(keeper.main == microblog for keeper in found):
                return _OWN_NAME
            apply(tx, Vanished(actor=row.profile.id), Origin(now, via, asked_for=True), self._house)
            ended[:] = [token for keeper in found for token in rows.tokens(tx, keeper.person, microblog)]
            rows.drop_all(tx, microblog)
            return row.profile.handle

        return self._forget(await self._write(work), ended)

    def _forget(self, done: T, ended: list[TokenId]) -> T:
        for token in ended:
            self._programs.forget(token)
        return done

    # -- asking others

    async def invite(self, person: PersonId, microblog: MicroblogId, whom: str, role: KeeperRole) -> Handle | Refused:
        """Ask a person of here, by the handle of their own microblog, to keep it too; they accept or do not."""
        handle = parse_handle(whom)
        domain = normal_host(handle.domain) if handle is not None and handle.domain else self._domains[0]
        if handle is None or domain not in self._domains:
            return Refused("invalid", "Name somebody who signs in here.")
        wanted = Handle(handle.name, domain)

        def work(tx: Transaction, now: Millis) -> Handle | Refused:
            known = microblogs.named(tx, wanted)
            invited = rows.known_by(tx, known.id) if known is not None else None
            asked = self._may_ask(tx, person, microblog, now)
            if isinstance(asked, Refused):
                return asked
            if known is None or invited is None or _blocks(tx, known.id, person, microblog):
                return Refused("not_found", f"{wanted} is not the own microblog of somebody who can be asked.")
            if rows.get(tx, invited, microblog) is not None:
                return Refused("taken", f"{wanted} keeps it already.")
            expires = Millis(now + INVITATION_GOOD_FOR)
            rows.invite(tx, rows.Asked(microblog, role, person, expires, person=invited), now)
            return wanted

        return await self._write(work)

    async def invite_by_link(self, person: PersonId, microblog: MicroblogId, role: KeeperRole) -> str | Refused:
        """The secret of a link by which one person who signs in here keeps it too."""
        secret = new_secret()

        def work(tx: Transaction, now: Millis) -> str | Refused:
            asked = self._may_ask(tx, person, microblog, now)
            if isinstance(asked, Refused):
                return asked
            expires = Millis(now + INVITATION_GOOD_FOR)
            rows.invite(tx, rows.Asked(microblog, role, person, expires, hashed=hashed(secret)), now)
            return secret

        return await self._write(work)

    def _may_ask(self, tx: Transaction, person: PersonId, microblog: MicroblogId, now: Millis) -> Refused | None:
        row = _allowed(tx, person, microblog, Deed.KEEP)
        if isinstance(row, Refused):
            return row
        if len(rows.of(tx, microblog)) + len(rows.invitations(tx, microblog, now)) >= MOST_KEEPERS:
            return Refused("too_many", f"A microblog has at most {MOST_KEEPERS} keepers.")
        return None

    async def take_back(self, person: PersonId, microblog: MicroblogId, number: int) -> Refused | None:
        """Ask somebody no longer."""

        def work(tx: Transaction, now: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.KEEP)
            if isinstance(row, Refused):
                return row
            invitation = rows.invitation(tx, number, now)
            if invitation is None or invitation.microblog != microblog:
                return _SPENT
            rows.drop_invitation(tx, number)
            return None

        return await self._write(work)

    async def answer(self, person: PersonId, number: int, *, accepted: bool) -> MicroblogId | Refused:
        """Accept or decline to keep what one was asked to."""

        def work(tx: Transaction, now: Millis) -> MicroblogId | Refused:
            invitation = rows.invitation(tx, number, now)
            if invitation is None or invitation.person != person:
                return _SPENT
            return _join(tx, person, invitation, now) if accepted else _decline(tx, invitation)

        return await self._write(work)

    async def join(self, person: PersonId, secret: str) -> MicroblogId | Refused:
        """Keep what the link asks to; it works once."""

        def work(tx: Transaction, now: Millis) -> MicroblogId | Refused:
            invitation = rows.invitation_by_link(tx, hashed(secret), now)
            return _join(tx, person, invitation, now) if invitation is not None else _SPENT

        return await self._write(work)

    # -- settling who may do what

    async def set_role(
        self, person: PersonId, microblog: MicroblogId, keeper: PersonId, role: KeeperRole
    ) -> Refused | None:
        """Let a keeper do more or less from now on, in every program too."""

        def work(tx: Transaction, now: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.KEEP)
            refused = row if isinstance(row, Refused) else _may_change(tx, microblog, keeper, role)
            if refused is None:
                rows.put(tx, keeper, microblog, role, now)
            return refused

        refused = await self._write(work)
        self._programs.look_anew(keeper, microblog)
        return refused

    async def hand_over(self, person: PersonId, microblog: MicroblogId, keeper: PersonId) -> Refused | None:
        """Make another keeper its owner, and oneself an editor."""

        def work(tx: Transaction, now: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.KEEP)
            if isinstance(row, Refused):
                return row
            if keeper == person or not _keeps(tx, microblog, keeper):
                return _NO_KEEPER
            if teams.main_of(tx, person) == microblog:
                return _OWN_NAME
            rows.put(tx, keeper, microblog, KeeperRole.OWNER, now)
            rows.put(tx, person, microblog, KeeperRole.EDITOR, now)
            return None

        refused = await self._write(work)
        for each in (person, keeper):
            self._programs.look_anew(each, microblog)
        return refused

    async def remove(self, person: PersonId, microblog: MicroblogId, keeper: PersonId) -> Refused | None:
        """Let somebody keep it no longer, nor any program of theirs; everybody may leave by themselves."""
        ended: list[TokenId] = []

        def work(tx: Transaction, _: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.READ if keeper == person else Deed.KEEP)
            refused = row if isinstance(row, Refused) else _may_change(tx, microblog, keeper, None)
            if refused is None:
                ended[:] = rows.tokens(tx, keeper, microblog)
                rows.drop(tx, keeper, microblog)
            return refused

        return self._forget(await self._write(work), ended)

    async def appoint(self, microblog: MicroblogId, name: str, role: KeeperRole | None) -> Refused | None:
        """Give a person a role (None: no part any more), as whoever runs the node; it stays without no owner."""
        ended: list[TokenId] = []

        def work(tx: Transaction, now: Millis) -> PersonId | Refused:
            somebody = people.by_name(tx, name.lower())
            if somebody is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            known = _keeps(tx, microblog, somebody.id) or role is None
            if known and (refused := _may_change(tx, microblog, somebody.id, role)):
                return refused
            if role is not None:
                rows.put(tx, somebody.id, microblog, role, now)
            else:
                ended[:] = rows.tokens(tx, somebody.id, microblog)
                rows.drop(tx, somebody.id, microblog)
            return somebody.id

        person = self._forget(await self._write(work), ended)
        if isinstance(person, Refused):
            return person
        self._programs.look_anew(person, microblog)
        return None

    # -- names

    async def show_writers(self, person: PersonId, microblog: MicroblogId, *, shows: bool) -> Refused | None:
        """Name who writes from now on, or no longer; what was posted stays as it is."""

        def work(tx: Transaction, _: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.KEEP)
            if isinstance(row, Refused):
                return row
            rows.set_shows_writers(tx, microblog, shows)
            return None

        return await self._write(work)

    async def be_named(self, person: PersonId, microblog: MicroblogId, via: str, *, named: bool) -> Refused | None:
        """Whether one's own name may stand with what one writes there; taken back, it goes from old posts too."""

        def work(tx: Transaction, now: Millis) -> Refused | None:
            row = _allowed(tx, person, microblog, Deed.READ)
            if isinstance(row, Refused):
                return row
            rows.set_named(tx, person, microblog, named)
            if not named:
                bylines.name_no_more(tx, person, row, Origin(now, via, asked_for=True), self._house)
            return None

        return await self._write(work)


def _allowed(tx: Transaction, person: PersonId, microblog: MicroblogId, deed: Deed) -> microblogs.Row | Refused:
    """The microblog, where the person may do that as it; to a stranger there is no such thing."""
    role = rows.role(tx, person, microblog)
    row = microblogs.get(tx, microblog) if role is not None else None
    if row is None:
        return NO_SUCH_MICROBLOG
    return row if may(role, deed) else NOT_OWNERS


def _keeps(tx: Transaction, microblog: MicroblogId, keeper: PersonId) -> bool:
    return any(each.person == keeper for each in rows.of(tx, microblog))


def _may_change(tx: Transaction, microblog: MicroblogId, keeper: PersonId, role: KeeperRole | None) -> Refused | None:
    """Why a keeper cannot have that role, or (None) be a keeper no more."""
    found = rows.of(tx, microblog)
    theirs = next((each for each in found if each.person == keeper), None)
    if theirs is None:
        return _NO_KEEPER
    if role is KeeperRole.OWNER:
        return None
    if theirs.main == microblog:
        return _OWN_NAME
    others = [each for each in found if each.person != keeper and each.role is KeeperRole.OWNER]
    return None if others or theirs.role is not KeeperRole.OWNER else _LAST_OWNER


def _join(tx: Transaction, person: PersonId, invitation: rows.Invitation, now: Millis) -> MicroblogId | Refused:
    if not teams.stands(tx, invitation):
        return _SPENT
    if _keeps(tx, invitation.microblog, person):
        return Refused("taken", "You keep this microblog already.")
    rows.drop_invitation(tx, invitation.id)
    rows.drop_invitations_of(tx, person, invitation.microblog)
    rows.put(tx, person, invitation.microblog, invitation.role, now)
    return invitation.microblog


def _decline(tx: Transaction, invitation: rows.Invitation) -> MicroblogId:
    rows.drop_invitation(tx, invitation.id)
    return invitation.microblog


def _blocks(tx: Transaction, invited: MicroblogId, inviter: PersonId, microblog: MicroblogId) -> bool:
    """Whether somebody wishes to hear nothing from there."""
    return any(relations.blocks(tx, invited, each) for each in teams.known([teams.main_of(tx, inviter), microblog]))
