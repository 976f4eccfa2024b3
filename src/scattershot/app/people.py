"""Those who sign in here and the microblogs they keep: making them, and the secrets by which they come in.

Whatever lets somebody in (links, sessions, tokens) is random, given out once, and kept as a hash.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from scattershot.app import notifying, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.making import bare_name, make_microblog, new_handle, unmade
from scattershot.app.passwords import check_password, hash_password, password_problem
from scattershot.domain.change import Vanished
from scattershot.domain.ids import MicroblogId, Millis, PersonId, ProgramId
from scattershot.domain.microblog import Handle, Voice, name_problem
from scattershot.domain.people import KeeperRole, Person, Role, email_problem
from scattershot.domain.reading import Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.keys import KeyMaker
from scattershot.ports.protocol import Signer
from scattershot.storage.tables import facts, keepers, microblogs, programs, second_factors, sign_ups
from scattershot.storage.tables import people as rows

LINK_GOOD_FOR = 7 * 86_400_000
"""How long a one-time link may wait to be followed."""
SESSION_GOOD_FOR = 90 * 86_400_000
"""How long somebody stays signed in."""
HALF_GOOD_FOR = 10 * 60_000
"""How long somebody whose password was right may look for their second factor."""

MAX_AGENT = 200
"""Characters that are kept of what a browser calls itself."""

NODE_ACTOR = "node_actor"
"""The fact that says which microblog speaks for the node itself."""


class SignedIn(NamedTuple):
    """A person who came in, and the secret of the new session."""

    person: Person
    session: str


class Half(NamedTuple):
    """Somebody has proved half of who they are, and shows a second factor next; the ticket says that they did."""

    ticket: str


class Session(Struct, frozen=True):
    """A browser in which somebody is signed in; `name` stands for it in a list and lets nobody in."""

    name: str
    created: Millis
    agent: str
    is_current: bool


class Held(NamedTuple):
    """A token that a program was given for somebody who does not sign in here yet: its hash and what it allows."""

    token: bytes
    program: ProgramId | None
    scopes: str


class Newcomer(NamedTuple):
    """Somebody who is to sign in here; `secret` is the hash of their password, `applicant` under what they waited."""

    name: str
    secret: str = ""
    role: Role = Role.PERSON
    email: str = ""
    applicant: int | None = None
    held: Held | None = None
    signed_up: bool = False
    """They came by themselves, and nobody who runs the node made them: those are told."""


Proviso: TypeAlias = Callable[[Transaction], Refused | None]


class People:
    """Makes people and microblogs, and lets people in."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, keys: KeyMaker, house: House, domains: tuple[str, ...]
    ) -> None:
        self._database, self._clock, self._bus, self._keys = database, clock, bus, keys
        self._house, self._domains = house, domains
        self._told: list[Callable[[PersonId], None]] = []
        self._seen: list[Callable[[PersonId], None]] = []

    def when_ended(self, call: Callable[[PersonId], None]) -> None:
        """Have something told of whoever signs in here no more."""
        self._told.append(call)

    def when_seen(self, call: Callable[[PersonId], None]) -> None:
        """Have something told whenever somebody looks in with a session of theirs."""
        self._seen.append(call)

    # -- making

    async def add(
        self, name: str, *, admin: bool = False, password: str = "", via: str = "cli"
    ) -> tuple[PersonId, MicroblogId] | Refused:
        """A new person with a microblog of the same name; the password may come later by a link.

        A name of another domain of this node is given as `name@domain`, and that is what its person signs in by.
        """
        if problem := password_problem(password) if password else "":
            return Refused("invalid", problem)
        secret = await hash_password(password) if password else ""
        return await self.settle(Newcomer(name, secret, Role.ADMIN if admin else Role.PERSON), via)

    async def settle(
        self, newcomer: Newcomer, via: str, proviso: Proviso | None = None
    ) -> tuple[PersonId, MicroblogId] | Refused:
        """Make that person and their microblog; what `proviso` refuses in the same transaction is not done."""
        handle = new_handle(newcomer.name, self._domains)
        if isinstance(handle, Refused):
            return handle
        name = bare_name(handle, self._domains)
        pairs = await self._keys.make()
        now = self._clock.now()

        def work(tx: Transaction) -> tuple[PersonId, MicroblogId] | Refused:
            waiting = sign_ups.applicant_called(tx, name)
            is_another = waiting is not None and waiting.id != newcomer.applicant
            if is_another or rows.by_name(tx, name) is not None or microblogs.named(tx, handle):
                return Refused("taken", f"The name {name} is taken.")
            refused = proviso(tx) if proviso is not None else None
            if refused is not None:
                return refused
            microblog = make_microblog(tx, self._house, self._domains[0], unmade(handle), pairs, now, via)
            person = rows.add(tx, name, newcomer.role, newcomer.secret, now, main=microblog, email=newcomer.email)
            keepers.put(tx, person, microblog, KeeperRole.OWNER, now)
            if (held := newcomer.held) is not None:
                token = programs.Token(held.program, person, microblog, held.scopes, now)
                programs.add_token(tx, held.token, token)
            if newcomer.signed_up:
                notifying.note_sign_up(tx, microblog, via, now)
            return person, microblog

        made = await self._database.write(work)
        self._bus.nudge(readers.TOPIC)
        return made

    async def node_speaker(self, title: str) -> Signer:
        """The microblog that speaks for the node itself (FEP-d556), made at the first start."""
        speaker = await self._database.read(node_speaker)
        if speaker is not None:
            return speaker
        pairs = await self._keys.make()

        def work(tx: Transaction) -> Signer:
            known = node_speaker(tx)
            if known is not None:
                return known
            profile = unmade(Handle("node", self._domains[0]), Voice.APPLICATION, title)
            microblog = make_microblog(tx, self._house, self._domains[0], profile, pairs, self._clock.now(), "start")
            facts.put(tx, NODE_ACTOR, str(microblog))
            made = microblogs.signer(tx, microblog)
            assert made is not None
            return made

        return await self._database.write(work)

    # -- leaving

    async def vanish(self, name: str, via: str) -> tuple[Handle, ...] | Refused:
        """Delete a person for ever, with their own microblog and every other that nobody else keeps: the handles.

        Other nodes are told, and the names are never given again. What others keep too must be handed over first.
        """
        now = self._clock.now()

        gone: list[PersonId] = []

        def work(tx: Transaction) -> tuple[Handle, ...] | Refused:
            person = rows.by_name(tx, name.lower())
            if person is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            owned = microblogs.owned_alone(tx, person.id)
            for row in owned:
                if row.id != person.main and len(keepers.of(tx, row.id)) > 1:
                    return Refused("owned", f"Others keep {row.profile.handle} too: make one of them its owner first.")
            for row in owned:
                apply(tx, Vanished(actor=row.profile.id), Origin(now, via, asked_for=True), self._house)
                keepers.drop_all(tx, row.id)
            sign_ups.drop_invitations_of(tx, person.id)
            rows.remove(tx, person.id)
            gone[:] = [person.id]
            return tuple(row.profile.handle for row in owned)

        vanished = await self._database.write(work)
        for person in gone:
            self._tell(person)
        self._bus.nudge(readers.TOPIC)
        return vanished

    async def disable(self, name: str) -> Person | Refused:
        """Let a person in no more, by nothing that let them in until now. Their microblogs stay as they are."""
        return await self._set_disabled(name, disabled=True)

    async def enable(self, name: str) -> Person | Refused:
        """Let a person in again, by their password or a new link."""
        return await self._set_disabled(name, disabled=False)

    async def _set_disabled(self, name: str, *, disabled: bool) -> Person | Refused:
        def work(tx: Transaction) -> Person | Refused:
            person = rows.by_name(tx, name.lower())
            if person is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            rows.set_disabled(tx, person.id, disabled)
            if disabled:
                sign_ups.drop_invitations_of(tx, person.id)
            return person._replace(disabled=disabled)

        person = await self._database.write(work)
        if disabled and isinstance(person, Person):
            self._tell(person.id)
        return person

    def _tell(self, gone: PersonId) -> None:
        for call in self._told:
            call(gone)

    async def everybody(self) -> list[Person]:
        """Those who sign in here, the oldest first."""
        return await self._database.read(rows.everybody)

    async def email(self, person: PersonId) -> str:
        """Where those who run the node may reach the person, if they said so."""
        return await self._database.read(lambda tx: rows.email(tx, person))

    async def set_email(self, person: PersonId, email: str) -> Refused | None:
        """Let a person be reached elsewhere, or (empty) nowhere."""
        if problem := email_problem(email) if email else "":
            return Refused("invalid", problem)
        return await self._database.write(lambda tx: rows.set_email(tx, person, email))

    # -- letting in

    async def sign_in_link(self, name: str) -> str | Refused:
        """A one-time link's secret for a person."""
        secret = new_secret()
        now = self._clock.now()

        def work(tx: Transaction) -> str | Refused:
            person = rows.by_name(tx, name.lower())
            if person is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            rows.add_link(tx, hashed(secret), person.id, Millis(now + LINK_GOOD_FOR))
            return secret

        return await self._database.write(work)

    async def owner_link(self) -> str | None:
        """A one-time link's secret that makes the owner's account; None once somebody signs in here."""
        secret = new_secret()
        now = self._clock.now()

        def work(tx: Transaction) -> str | None:
            if rows.count(tx):
                return None
            rows.drop_owner_links(tx)
            rows.add_link(tx, hashed(secret), None, Millis(now + LINK_GOOD_FOR))
            return secret

        return await self._database.write(work)

    async def link(self, secret: str) -> rows.Link | None:
        """What a one-time link is for, where it is still good."""
        now = self._clock.now()
        return await self._database.read(lambda tx: rows.link(tx, hashed(secret), now))

    async def follow_link(self, secret: str, password: str = "", agent: str = "") -> SignedIn | Half | Refused:
        """Sign a person in by a one-time link, which is spent; a password given is the person's from now on."""
        if problem := password_problem(password) if password else "":
            return Refused("invalid", problem)
        hashed_password = await hash_password(password) if password else ""
        now = self._clock.now()

        def work(tx: Transaction) -> SignedIn | Half | Refused:
            link = rows.link(tx, hashed(secret), now)
            person = rows.get(tx, link.person) if link and link.person else None
            if person is None or person.disabled or not rows.use_link(tx, hashed(secret)):
                return Refused("spent", "This link was used already or is too old. Ask for a new one.")
            if hashed_password:
                rows.set_secret(tx, person.id, hashed_password)
            return _enter(tx, person, now, agent)

        return await self._database.write(work)

    async def make_owner(self, secret: str, name: str, password: str, agent: str = "") -> SignedIn | Half | Refused:
        """Spend the first start's link on the owner's account."""
        if problem := name_problem(name.lower()) or password_problem(password):
            return Refused("invalid", problem)
        link = await self.link(secret)
        if link is None or link.person is not None:
            return Refused("spent", "This link was used already or is too old. Start the node again for a new one.")
        if not await self._database.write(lambda tx: rows.use_link(tx, hashed(secret))):
            return Refused("spent", "This link was used already.")
        made = await self.add(name, admin=True, password=password, via="web")
        if isinstance(made, Refused):
            return made
        return await self.sign_in(name, password, agent)

    async def sign_in(self, name: str, password: str, agent: str = "") -> SignedIn | Half | Refused:
        """Sign a person in by name and password; it takes as long for a name that nobody has.

        `agent` is what their browser calls itself, for the list of sessions.
        """
        name = name.lower()
        person = await self._database.read(lambda tx: rows.by_name(tx, name))
        waiting = None if person else await self._database.read(lambda tx: sign_ups.applicant_called(tx, name))
        known = person or waiting
        right = await check_password(password, known.secret if known else "")
        if waiting is not None and right:
            return Refused("waiting", "You have signed up; those who run this node have not said yes yet.")
        if person is None or not right or person.disabled:
            return Refused("wrong", "The name or the password is not right.")
        now, entering = self._clock.now(), person
        return await self._database.write(lambda tx: _enter(tx, entering, now, agent))

    async def change_password(self, person: PersonId, old: str, new: str, agent: str = "") -> SignedIn | Refused:
        """Replace a password (`old` is empty where there was none); every session ends, and a new one begins."""
        if problem := password_problem(new):
            return Refused("invalid", problem)
        if not await self.is_password_of(person, old):
            return Refused("wrong", "The old password is not right.")
        secret = await hash_password(new)
        now = self._clock.now()

        def work(tx: Transaction) -> SignedIn | Refused:
            row = rows.get(tx, person)
            if row is None or row.disabled:
                return Refused("not_found", "You do not sign in here any more.")
            rows.set_secret(tx, person, secret)
            return SignedIn(row, new_session(tx, person, now, agent))

        return await self._database.write(work)

    async def is_password_of(self, person: PersonId, password: str) -> bool:
        """Whether that is the person's password; of one who has none, whether nothing was given."""
        row = await self._database.read(lambda tx: rows.get(tx, person))
        if row is None:
            return False
        return await check_password(password, row.secret) if row.secret else not password

    # -- sessions

    async def begin_session(self, person: PersonId, agent: str) -> str:
        """A new session's secret, for somebody who has proved to be that person."""
        now = self._clock.now()
        return await self._database.write(lambda tx: new_session(tx, person, now, agent))

    async def sessions(self, person: PersonId, current: str = "") -> list[Session]:
        """Where the person is signed in, the latest first."""
        now, own = self._clock.now(), hashed(current)
        found = await self._database.read(lambda tx: rows.sessions(tx, person, now))
        return [Session(_name_of(each.hash), each.created, each.agent, each.hash == own) for each in found]

    async def end_session(self, person: PersonId, name: str) -> bool:
        """End one of the person's sessions by its name in the list; False where there is none."""

        def work(tx: Transaction) -> bool:
            known = [each.hash for each in rows.sessions(tx, person, Millis(0)) if _name_of(each.hash) == name]
            for each in known:
                rows.end_session(tx, each)
            return bool(known)

        return await self._database.write(work)

    async def end_other_sessions(self, person: PersonId, current: str) -> None:
        """End all sessions of the person but that one."""
        await self._database.write(lambda tx: rows.end_other_sessions(tx, person, hashed(current)))

    async def in_session(self, session: str) -> Person | None:
        """Who is signed in with that session."""
        now = self._clock.now()
        person = await self._database.read(lambda tx: rows.in_session(tx, hashed(session), now))
        if person is not None:
            for call in self._seen:
                call(person.id)
        return person

    async def sign_out(self, session: str) -> None:
        """End a session."""
        await self._database.write(lambda tx: rows.end_session(tx, hashed(session)))


def new_session(tx: Transaction, person: PersonId, now: Millis, agent: str) -> str:
    """The secret of a new session."""
    secret = new_secret()
    expires = Millis(now + SESSION_GOOD_FOR)
    rows.add_session(tx, hashed(secret), person, now, expires, " ".join(agent.split())[:MAX_AGENT])
    return secret


def _enter(tx: Transaction, person: Person, now: Millis, agent: str) -> SignedIn | Half:
    """Let somebody in who came by a password or link; half, where they have a second factor."""
    if not second_factors.is_on(tx, person.id):
        return SignedIn(person, new_session(tx, person.id, now, agent))
    ticket = new_secret()
    second_factors.add_half(tx, hashed(ticket), person.id, Millis(now + HALF_GOOD_FOR), agent[:MAX_AGENT])
    return Half(ticket)


def node_speaker(tx: Transaction) -> Signer | None:
    """The microblog that speaks for the node itself, once it was made."""
    microblog = node_microblog(tx)
    return microblogs.signer(tx, microblog) if microblog is not None else None


def node_microblog(tx: Transaction) -> MicroblogId | None:
    """The same by its number."""
    number = facts.get(tx, NODE_ACTOR)
    return MicroblogId(int(number)) if number is not None else None


def new_secret() -> str:
    """Something nobody guesses: 256 bits of chance, in 43 characters fit for an address."""
    return secrets.token_urlsafe(32)


def _name_of(session: bytes) -> str:
    return session.hex()[:32]


def hashed(secret: str) -> bytes:
    """What is kept of a random secret: with 256 bits of chance in it, a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()
