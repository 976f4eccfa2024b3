"""Those who sign in here and the microblogs they keep: making them, and the secrets by which they come in.

Whatever lets somebody in (links, sessions, tokens) is random, given out once, and kept as a hash.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec.structs import replace

from scattershot.app import readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.domain.change import Vanished
from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.microblog import Handle, Profile, VerifyKey, Voice, name_problem
from scattershot.domain.people import KeeperRole, Person, Role
from scattershot.domain.reading import Refused
from scattershot.domain.record import Kind
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.keys import KeyMaker, KeyPairs
from scattershot.ports.protocol import Signer
from scattershot.storage.tables import facts, log, microblogs
from scattershot.storage.tables import people as rows
from scattershot.wirekit.keys import load_private, multikey_of, public_pem
from scattershot.wirekit.urls import normal_host

LINK_GOOD_FOR = 7 * 86_400_000
"""How long a one-time link may wait to be followed."""
SESSION_GOOD_FOR = 90 * 86_400_000
"""How long somebody stays signed in."""
MIN_PASSWORD = 10
"""The least characters a password has; a long phrase beats odd signs (NIST SP 800-63B)."""

NODE_ACTOR = "node_actor"
"""The fact that says which microblog speaks for the node itself."""


class SignedIn(NamedTuple):
    """A person who came in, and the secret of the new session."""

    person: Person
    session: str


class People:
    """Makes people and microblogs, and lets people in."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, keys: KeyMaker, house: House, domains: tuple[str, ...]
    ) -> None:
        self._database, self._clock, self._bus, self._keys = database, clock, bus, keys
        self._house, self._domains = house, domains
        self._told: list[Callable[[PersonId], None]] = []

    def when_ended(self, call: Callable[[PersonId], None]) -> None:
        """Have something told of whoever signs in here no more."""
        self._told.append(call)

    # -- making

    async def add(
        self, name: str, *, admin: bool = False, password: str = "", via: str = "cli"
    ) -> tuple[PersonId, MicroblogId] | Refused:
        """A new person with a microblog of the same name; the password may come later by a link.

        A name of another domain of this node is given as `name@domain`, and that is what its person signs in by.
        """
        handle = self._new_handle(name)
        if isinstance(handle, Refused):
            return handle
        name = handle.name if handle.domain == self._domains[0] else f"{handle.name}@{handle.domain}"
        if problem := password_problem(password) if password else "":
            return Refused("invalid", problem)
        secret = await hash_password(password) if password else ""
        pairs = await self._keys.make()
        now = self._clock.now()

        def work(tx: Transaction) -> tuple[PersonId, MicroblogId] | Refused:
            if rows.by_name(tx, name) is not None or microblogs.named(tx, handle):
                return Refused("taken", f"The name {name} is taken.")
            person = rows.add(tx, name, Role.ADMIN if admin else Role.PERSON, secret, now)
            microblog = self._make(tx, handle, Voice.PERSON, pairs, now, via)
            microblogs.add_keeper(tx, person, microblog, KeeperRole.OWNER)
            return person, microblog

        made = await self._database.write(work)
        self._bus.nudge(readers.TOPIC)
        return made

    def _new_handle(self, text: str) -> Handle | Refused:
        name, at, domain = text.strip().lower().removeprefix("@").partition("@")
        if problem := name_problem(name):
            return Refused("invalid", problem)
        home = (normal_host(domain) or "") if at else self._domains[0]
        if home not in self._domains:
            return Refused("invalid", f"Names of {domain} do not live here, only those of {', '.join(self._domains)}.")
        return Handle(name, home)

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
            handle = Handle("node", self._domains[0])
            microblog = self._make(tx, handle, Voice.APPLICATION, pairs, self._clock.now(), "start", title)
            facts.put(tx, NODE_ACTOR, str(microblog))
            made = microblogs.signer(tx, microblog)
            assert made is not None
            return made

        return await self._database.write(work)

    def _make(
        self, tx: Transaction, handle: Handle, voice: Voice, pairs: KeyPairs, now: Millis, via: str, title: str = ""
    ) -> MicroblogId:
        microblog = MicroblogId(self._house.ids.make(tx, now))
        addresses = self._house.addresses
        address = addresses.microblog(microblog)
        profile = Profile(
            id=addresses.wire_id(address),
            name=handle.name,
            domain=handle.domain,
            display_name=title,
            url=addresses.page(handle, self._domains[0]),
            voice=voice,
            discoverable=voice is not Voice.APPLICATION,
            created=now,
        )
        rsa, ed25519 = load_private(pairs.rsa), load_private(pairs.ed25519)
        keys = (
            VerifyKey(id=f"{address}#main-key", algorithm="rsa", public=public_pem(rsa)),
            VerifyKey(id=f"{address}#ed25519-key", algorithm="ed25519", public=multikey_of(ed25519)),  # type: ignore[arg-type]
        )
        microblogs.add(tx, microblog, replace(profile, keys=keys), None, now)
        microblogs.claim_name(tx, handle, microblog)
        for key, private in zip(keys, pairs, strict=True):
            microblogs.add_own_key(tx, microblog, key, private)
        log.append(tx, now, Kind.PROFILE_CHANGED, microblog, local=True, via=via)
        return microblog

    # -- leaving

    async def vanish(self, name: str, via: str) -> tuple[Handle, ...] | Refused:
        """Delete a person for ever, with every microblog that nobody else owns: the handles of those.

        Other nodes are told, and the names are never given again.
        """
        now = self._clock.now()

        gone: list[PersonId] = []

        def work(tx: Transaction) -> tuple[Handle, ...] | Refused:
            person = rows.by_name(tx, name.lower())
            if person is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            owned = microblogs.owned_alone(tx, person.id)
            for row in owned:
                apply(tx, Vanished(actor=row.profile.id), Origin(now, via, asked_for=True), self._house)
            rows.remove(tx, person.id)
            gone[:] = [person.id]
            return tuple(row.profile.handle for row in owned)

        vanished = await self._database.write(work)
        for person in gone:
            for call in self._told:
                call(person)
        self._bus.nudge(readers.TOPIC)
        return vanished

    async def owns(self, person: PersonId, microblog: MicroblogId) -> bool:
        """Whether the person may move or delete the microblog, not only write as it."""
        return await self._database.read(lambda tx: microblogs.is_owned_by(tx, person, microblog))

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

    async def follow_link(self, secret: str, password: str = "") -> SignedIn | Refused:
        """Sign a person in by a one-time link, which is spent; a password given is the person's from now on."""
        if problem := password_problem(password) if password else "":
            return Refused("invalid", problem)
        hashed_password = await hash_password(password) if password else ""
        now = self._clock.now()

        def work(tx: Transaction) -> SignedIn | Refused:
            link = rows.link(tx, hashed(secret), now)
            person = rows.get(tx, link.person) if link and link.person else None
            if person is None or person.disabled or not rows.use_link(tx, hashed(secret)):
                return Refused("spent", "This link was used already or is too old. Ask for a new one.")
            if hashed_password:
                rows.set_secret(tx, person.id, hashed_password)
            return SignedIn(person, self._session(tx, person.id, now))

        return await self._database.write(work)

    async def make_owner(self, secret: str, name: str, password: str) -> SignedIn | Refused:
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
        return await self.sign_in(name, password)

    async def sign_in(self, name: str, password: str) -> SignedIn | Refused:
        """Sign a person in by name and password; it takes as long for a name that nobody has."""
        person = await self._database.read(lambda tx: rows.by_name(tx, name.lower()))
        right = await check_password(password, person.secret if person else "")
        if person is None or not right or person.disabled:
            return Refused("wrong", "The name or the password is not right.")
        now = self._clock.now()
        session = await self._database.write(lambda tx: self._session(tx, person.id, now))
        return SignedIn(person, session)

    async def change_password(self, person: PersonId, old: str, new: str) -> SignedIn | Refused:
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
            return SignedIn(row, self._session(tx, person, now))

        return await self._database.write(work)

    async def is_password_of(self, person: PersonId, password: str) -> bool:
        """Whether that is the person's password; of one who has none, whether nothing was given."""
        row = await self._database.read(lambda tx: rows.get(tx, person))
        if row is None:
            return False
        return await check_password(password, row.secret) if row.secret else not password

    def _session(self, tx: Transaction, person: PersonId, now: Millis) -> str:
        secret = new_secret()
        rows.add_session(tx, hashed(secret), person, now, Millis(now + SESSION_GOOD_FOR))
        return secret

    async def in_session(self, session: str) -> Person | None:
        """Who is signed in with that session."""
        now = self._clock.now()
        return await self._database.read(lambda tx: rows.in_session(tx, hashed(session), now))

    async def sign_out(self, session: str) -> None:
        """End a session."""
        await self._database.write(lambda tx: rows.end_session(tx, hashed(session)))

    async def kept_by(self, person: PersonId) -> list[microblogs.Row]:
        """The microblogs a person keeps, oldest first."""
        return await self._database.read(lambda tx: microblogs.kept_by(tx, person))


def node_speaker(tx: Transaction) -> Signer | None:
    """The microblog that speaks for the node itself, once it was made."""
    microblog = facts.get(tx, NODE_ACTOR)
    return microblogs.signer(tx, MicroblogId(int(microblog))) if microblog is not None else None


def new_secret() -> str:
    """Something nobody guesses: 256 bits of chance, in 43 characters fit for an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """What is kept of a random secret: with 256 bits of chance in it, a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def password_problem(password: str) -> str:
    """Why a password will not do, in words for people, or nothing."""
    if len(password) < MIN_PASSWORD:
        return f"A password has at least {MIN_PASSWORD} characters; a few words in a row are good."
    return "A password has at most 1,000 characters." if len(password) > 1_000 else ""


async def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt, as a PHC string (RFC 9106, its second recommended setting)."""

    def work() -> str:
        return _argon2(secrets.token_bytes(16)).derive_phc_encoded(password.encode())

    return await asyncio.to_thread(work)


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024)


async def check_password(password: str, phc: str) -> bool:
    """Whether the password is the one hashed; False, and as slow, where there is no hash."""

    def work() -> bool:
        if not phc:
            _argon2(b"nobody has this!").derive(password.encode())
            return False
        try:
            Argon2id.verify_phc_encoded(password.encode(), phc)
        except InvalidKey:
            return False
        return True

    return await asyncio.to_thread(work)
