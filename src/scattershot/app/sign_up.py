"""Signing up: open to everybody, by invitation, or when those who run the node say yes; as the node is set up.

Nothing here sends mail: an e-mail address is kept, where somebody gives one, so that those who run the node can reach
them, and is used for nothing else. Nobody is asked for a date of birth.
"""

import asyncio
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from scattershot.app.making import bare_name, new_handle
from scattershot.app.passwords import hash_password, password_problem
from scattershot.app.people import Held, Newcomer, People, Proviso, hashed, new_secret
from scattershot.app.publish import Publisher
from scattershot.domain.ids import MicroblogId, Millis, ProgramId
from scattershot.domain.microblog import RESERVED_NAMES
from scattershot.domain.people import Person, Role, email_problem
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.settings import Settings
from scattershot.storage.tables import microblogs, people, sign_ups
from scattershot.wirekit.token_bucket import Bucket, RateLimits

VIA = "sign-up"

BY_ADDRESS = Bucket(capacity=5, per_second=1 / 600)
"""How many may sign up from one address: a class behind one router needs an afternoon."""
AT_ONCE = 2
"""Passwords hashed side by side: each takes 64 MiB for a moment."""
MOST_WAITING = 1_000
"""Those who wait for a yes; more than anybody can look at, and no reason to fill the disk."""
MAX_REASON = 2_000
MAX_NOTE = 200
LISTED = 200
"""Rows of a list for those who run the node."""
MOST_INVITATIONS = 20
"""Invitations of one person (who is no admin) that are good at a time."""
MOST_BY_ONE = 25
"""How many may come by one invitation of somebody who is no admin."""
DAYS_BY_ONE = 30
"""How long such an invitation is good."""

_DAY = 86_400_000

Field: TypeAlias = Literal["name", "email", "password", "agreement", "reason", "invitation"]
Why: TypeAlias = Literal["taken", "reserved", "blank", "invalid", "too_long", "too_short", "not_agreed"]


class Fault(NamedTuple):
    """What is the matter with one field, in words for people."""

    field: Field
    why: Why
    words: str


class Wish(NamedTuple):
    """What somebody filled in who wishes to sign up."""

    name: str
    password: str
    email: str = ""
    reason: str = ""
    invitation: str = ""
    agreed: bool = False


class Entered(NamedTuple):
    """They sign in here from now on."""

    person: Person
    microblog: MicroblogId


class Waits(NamedTuple):
    """They wait for a yes, under that number; `token` is for the program by which they came, good from the yes on."""

    number: int
    token: str = ""


class By(NamedTuple):
    """The program by which somebody signs up, and what it may do for them."""

    program: ProgramId
    scopes: str


class Faults(NamedTuple):
    """They must fill it in otherwise."""

    faults: tuple[Fault, ...]


class Invited(Struct, frozen=True):
    """An invitation that is good; `maker` is the handle of whoever made it, empty for the node itself."""

    number: int
    maker: str
    role: Role
    follow: bool
    note: str
    expires: Millis | None
    most: int | None
    used: int


class Applicant(Struct, frozen=True):
    """Somebody who waits for a yes."""

    number: int
    name: str
    email: str
    reason: str
    at: Millis


class Offer(NamedTuple):
    """An invitation to be made: for how many (None: any number) and for how many days (None: for ever)."""

    most: int | None = 1
    days: int | None = 7
    role: Role = Role.PERSON
    follow: bool = False
    note: str = ""


class SignUp:
    """The door for those who are new; `mode` is the setting `sign_up`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        people: People,
        publisher: Publisher,
        settings: Settings,
    ) -> None:
        self._database, self._clock, self._people, self._publisher = database, clock, people, publisher
        self._domains, self._people_may_invite = settings.domains, settings.people_may_invite
        self.mode, self.message = settings.sign_up, settings.sign_up_message
        self._limits = RateLimits(BY_ADDRESS)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    @property
    def is_open(self) -> bool:
        """Whether anybody at all may come in by themselves, even if they are kept waiting or need an invitation."""
        return self.mode != "closed"

    @property
    def asks_why(self) -> bool:
        """Whether somebody decides about each, and is helped by a reason."""
        return self.mode == "approval"

    # -- coming

    async def sign_up(self, wish: Wish, address: str, by: By | None = None) -> Entered | Waits | Faults | Refused:
        """Let somebody in, or wait; `address` is where they are, for the sake of limits."""
        if self.mode == "closed":
            return Refused("closed", "Nobody can sign up here by themselves.")
        wish = self._normal(wish)
        invitation = await self.invited(wish.invitation) if wish.invitation else None
        faults = [*self._faults(wish, invitation), *await self._taken(wish.name)]
        if faults:
            return Faults(tuple(faults))
        if not self._limits.take(address, self._clock.now()).allowed:
            return Refused("often", "That was tried too often. Please wait a while.")
        async with self._at_once:
            secret = await hash_password(wish.password)
        if self.mode == "approval" and invitation is None:
            return await self._wait(wish, secret, by)
        role = invitation.role if invitation is not None else Role.PERSON
        return await self._enter(Newcomer(wish.name, secret, role, wish.email), wish.invitation)

    def _normal(self, wish: Wish) -> Wish:
        name = wish.name.strip().removeprefix("@").lower()
        handle = new_handle(name, self._domains)
        name = name if isinstance(handle, Refused) else bare_name(handle, self._domains)
        return wish._replace(name=name, email=wish.email.strip(), invitation=wish.invitation.strip())

    def _faults(self, wish: Wish, invitation: Invited | None) -> list[Fault]:
        found: list[Fault] = []
        if not wish.name:
            found.append(Fault("name", "blank", "Choose a name."))
        elif isinstance(refused := new_handle(wish.name, self._domains), Refused):
            is_reserved = wish.name.partition("@")[0] in RESERVED_NAMES
            found.append(Fault("name", "reserved" if is_reserved else "invalid", refused.detail))
        if not wish.password:
            found.append(Fault("password", "blank", "Choose a password."))
        elif problem := password_problem(wish.password):
            found.append(Fault("password", "too_long" if len(wish.password) > 100 else "too_short", problem))
        if wish.email and (problem := email_problem(wish.email)):
            found.append(Fault("email", "invalid", problem))
        if not wish.agreed:
            found.append(Fault("agreement", "not_agreed", "Say that you agree to the rules of this node."))
        if wish.invitation and invitation is None:
            found.append(Fault("invitation", "invalid", "This invitation is too old, or was used already."))
        if self.mode == "invitation" and not wish.invitation:
            found.append(Fault("invitation", "blank", "Here one signs up by invitation only."))
        if self.asks_why and invitation is None and not wish.reason.strip():
            found.append(Fault("reason", "blank", "Say in a few words why you would like to come here."))
        if len(wish.reason) > MAX_REASON:
            found.append(Fault("reason", "too_long", f"A reason has at most {MAX_REASON:,} characters."))
        return found

    async def _taken(self, name: str) -> list[Fault]:
        handle = new_handle(name, self._domains)
        if isinstance(handle, Refused):
            return []
        bare = bare_name(handle, self._domains)

        def work(tx: Transaction) -> bool:
            known = people.by_name(tx, bare) or microblogs.named(tx, handle) or sign_ups.applicant_called(tx, bare)
            return known is not None

        return [Fault("name", "taken", f"The name {bare} is taken.")] if await self._database.read(work) else []

    async def _wait(self, wish: Wish, secret: str, by: By | None) -> Waits | Faults | Refused:
        token = new_secret() if by is not None else ""
        new = sign_ups.Applicant(
            0, wish.name, secret, wish.email, wish.reason.strip(), self._clock.now(),
            *((hashed(token), by.program, by.scopes) if by is not None else ()),
        )  # fmt: skip

        def work(tx: Transaction) -> Waits | Faults | Refused:
            if sign_ups.count_applicants(tx) >= MOST_WAITING:
                return Refused("full", "So many wait already that nobody more can sign up now. Please come back later.")
            number = sign_ups.apply(tx, new)
            if number is None:
                return Faults((Fault("name", "taken", f"The name {wish.name} is taken."),))
            return Waits(number, token)

        return await self._database.write(work)

    async def _enter(self, newcomer: Newcomer, code: str) -> Entered | Faults | Refused:
        now = self._clock.now()
        maker: MicroblogId | None = None

        def spend(tx: Transaction) -> Refused | None:
            nonlocal maker
            invitation = sign_ups.invitation(tx, hashed(code), now)
            if invitation is None or not sign_ups.use_invitation(tx, hashed(code), now):
                return Refused("spent", "This invitation is too old, or was used already.")
            somebody = people.get(tx, invitation.maker) if invitation.follow and invitation.maker is not None else None
            maker = somebody.main if somebody is not None else None
            return None

        entered = await self._settled(newcomer, spend if code else None)
        if isinstance(entered, Entered) and maker is not None:
            await self._publisher.follow(entered.microblog, maker, VIA)
        return entered

    async def _settled(self, newcomer: Newcomer, proviso: Proviso | None = None) -> Entered | Faults | Refused:
        made = await self._people.settle(newcomer._replace(signed_up=True), VIA, proviso)
        if isinstance(made, Refused):
            return Faults((Fault("name", "taken", made.detail),)) if made.why == "taken" else made
        person = await self._database.read(lambda tx: people.get(tx, made[0]))
        assert person is not None
        return Entered(person, made[1])

    # -- those who wait

    async def waiting(self, limit: int = LISTED) -> list[Applicant]:
        """Those who wait for a yes, the longest first."""
        return [_applicant(each) for each in await self._database.read(lambda tx: sign_ups.applicants(tx, limit))]

    async def applicant(self, number: int) -> Applicant | None:
        """Who waits under that number."""
        found = await self._database.read(lambda tx: sign_ups.applicant(tx, number))
        return _applicant(found) if found is not None else None

    async def count_waiting(self) -> int:
        """How many wait."""
        return await self._database.read(sign_ups.count_applicants)

    async def number_of(self, name: str) -> int | None:
        """Under what number somebody of that name waits."""
        wanted = name.strip().removeprefix("@").lower()
        found = await self._database.read(lambda tx: sign_ups.applicant_called(tx, wanted))
        return found.id if found is not None else None

    async def approve(self, number: int) -> Entered | Refused:
        """Say yes to somebody who waits."""
        applicant = await self._database.read(lambda tx: sign_ups.applicant(tx, number))
        if applicant is None:
            return _NOBODY

        def proviso(tx: Transaction) -> Refused | None:
            return None if sign_ups.drop_applicant(tx, number) else _NOBODY

        token = applicant.token
        held = Held(bytes(token), applicant.program, applicant.scopes) if token is not None else None
        newcomer = Newcomer(applicant.name, applicant.secret, email=applicant.email, applicant=number, held=held)
        entered = await self._settled(newcomer, proviso)
        return Refused("taken", entered.faults[0].words) if isinstance(entered, Faults) else entered

    async def reject(self, number: int) -> Refused | None:
        """Say no to somebody who waits: nothing of them is kept, and the name is free again."""
        gone = await self._database.write(lambda tx: sign_ups.drop_applicant(tx, number))
        return None if gone else _NOBODY

    # -- invitations

    def may_invite(self, person: Person) -> bool:
        """Whether the person may give out invitations."""
        return self.mode != "closed" and (person.role is Role.ADMIN or self._people_may_invite)

    async def invite(self, maker: Person | None, offer: Offer) -> str | Refused:
        """The code of a new invitation; no maker is whoever has the command line."""
        if refused := self._may_offer(maker, offer):
            return refused
        now, code = self._clock.now(), new_secret()[:22]
        expires = Millis(now + offer.days * _DAY) if offer.days is not None else None
        person = maker.id if maker is not None else None
        new = sign_ups.New(
            hashed(code), person, offer.role, offer.follow and maker is not None, offer.note.strip(), now, expires,
            offer.most,
        )  # fmt: skip

        def work(tx: Transaction) -> str | Refused:
            own = (
                0 if maker is None or maker.role is Role.ADMIN else len(sign_ups.invitations(tx, now, maker.id, LISTED))
            )
            if own >= MOST_INVITATIONS:
                return Refused("too_many", f"At most {MOST_INVITATIONS} invitations at a time. Take one back first.")
            sign_ups.add_invitation(tx, new)
            return code

        return await self._database.write(work)

    def _may_offer(self, maker: Person | None, offer: Offer) -> Refused | None:
        if self.mode == "closed":
            return Refused("closed", "Nobody can sign up here. Set `sign_up` to `invitation` first.")
        if maker is not None and not self.may_invite(maker):
            return Refused("not_allowed", "Only those who run this node give out invitations.")
        is_admin = maker is None or maker.role is Role.ADMIN
        if not is_admin and offer.role is not Role.PERSON:
            return Refused("not_allowed", "Only those who run this node invite others to run it.")
        if not is_admin and not (offer.most and offer.most <= MOST_BY_ONE and offer.days and offer.days <= DAYS_BY_ONE):
            return Refused("invalid", f"An invitation is for at most {MOST_BY_ONE} people and {DAYS_BY_ONE} days.")
        if (offer.most is not None and not 1 <= offer.most <= 10_000) or (
            offer.days is not None and not 1 <= offer.days <= 3_650
        ):
            return Refused("invalid", "That is no number of people or days.")
        return Refused("invalid", f"A note has at most {MAX_NOTE} characters.") if len(offer.note) > MAX_NOTE else None

    async def invited(self, code: str) -> Invited | None:
        """The invitation of that code, where it is good."""
        now = self._clock.now()

        def work(tx: Transaction) -> Invited | None:
            found = sign_ups.invitation(tx, hashed(code.strip()), now)
            return _invited(tx, found) if found is not None else None

        return await self._database.read(work)

    async def invitations(self, maker: Person | None) -> list[Invited]:
        """Invitations that are good: those of a person, or (for admins and None) everybody's."""
        now = self._clock.now()
        whose = maker.id if maker is not None and maker.role is not Role.ADMIN else None
        return await self._database.read(
            lambda tx: [_invited(tx, each) for each in sign_ups.invitations(tx, now, whose, LISTED)]
        )

    async def take_back(self, maker: Person | None, number: int) -> Refused | None:
        """Let nobody come by that invitation any more."""
        whose = maker.id if maker is not None and maker.role is not Role.ADMIN else None
        gone = await self._database.write(lambda tx: sign_ups.drop_invitation(tx, number, whose))
        return None if gone else Refused("not_found", "There is no such invitation.")


_NOBODY = Refused("not_found", "Nobody waits under that name any more.")


def _applicant(found: sign_ups.Applicant) -> Applicant:
    return Applicant(found.id, found.name, found.email, found.reason, found.at)


def _invited(tx: Transaction, found: sign_ups.Invitation) -> Invited:
    person = people.get(tx, found.maker) if found.maker is not None else None
    name = f"@{person.name}" if person is not None else ""
    return Invited(found.id, name, found.role, found.follow, found.note, found.expires, found.most, found.used)
