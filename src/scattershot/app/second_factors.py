"""Second factors: what somebody shows besides a password. Codes of an authenticator app, passkeys, recovery codes.

Whoever has any of the first two is asked for one of the three each time they sign in, wherever they do.
"""

import secrets
from base64 import b32encode
from typing import NamedTuple

from scattershot.app import passkeys
from scattershot.app.lately import Lately
from scattershot.app.people import SignedIn, hashed, new_session
from scattershot.domain.ids import Millis, PersonId
from scattershot.domain.people import Person
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import people
from scattershot.storage.tables import second_factors as rows
from scattershot.wirekit import one_time_codes
from scattershot.wirekit.token_bucket import Bucket, RateLimits

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 bits of chance: enough that a plain hash is kept of it."""
MOST_PASSKEYS = 20
MAX_NAME = 60
TRIES = 5
"""Wrong codes until the password is asked for again."""
CODES = Bucket(capacity=10, per_second=1 / 120)
"""Codes tried for one person, from wherever: of a million codes three are good at a time."""
CHALLENGE_GOOD_FOR = 10 * 60_000

_OFTEN = Refused("often", "That was tried too often. Please wait some minutes.")
_WRONG = Refused("wrong", "That code is not right, or it was used already.")
_BEGIN_ANEW = Refused("spent", "That took too long, or was tried too often. Please sign in anew.")
_NOT_TRUE = Refused("wrong", "The passkey was not recognised. Please try again.")


class Factors(NamedTuple):
    """What a person has: `codes_since`, recovery codes left, passkeys."""

    codes_since: Millis | None
    recovery_left: int
    passkeys: tuple[rows.Passkey, ...]

    @property
    def is_on(self) -> bool:
        """Whether a password alone does not let them in."""
        return self.codes_since is not None or bool(self.passkeys)


class Waiting(NamedTuple):
    """Who is half in, and what they may show."""

    has_codes: bool
    has_passkeys: bool


class _Challenge(NamedTuple):
    value: bytes
    until: int


class SecondFactors:
    """Gives them, takes them back, and asks for them; challenges are remembered in this process alone."""

    def __init__(self, database: Database, clock: Clock, origin: str, title: str) -> None:
        self._database, self._clock = database, clock
        self._party = passkeys.Party(origin, title)
        self._limits = RateLimits(CODES)
        self._challenges: Lately[bytes, _Challenge] = Lately(5_000)

    async def of(self, person: PersonId) -> Factors:
        """What the person has."""

        def work(tx: Transaction) -> Factors:
            codes = rows.codes(tx, person)
            return Factors(
                codes.since if codes is not None else None,
                rows.count_recovery(tx, person),
                tuple(rows.passkeys(tx, person)),
            )

        return await self._database.read(work)

    # -- codes of an app

    async def begin_codes(self, person: Person) -> None:
        """Make a secret for an app; it counts once a code of it was shown. Where one counts already, that stays."""
        secret = secrets.token_bytes(one_time_codes.SECRET_BYTES)

        def work(tx: Transaction) -> None:
            known = rows.codes(tx, person.id)
            if known is None or known.since is None:
                rows.put_codes(tx, person.id, secret)

        await self._database.write(work)

    async def unproved(self, person: Person) -> tuple[str, str] | None:
        """The secret that is not proved yet, as it is typed, and as an address for a QR code."""
        known = await self._database.read(lambda tx: rows.codes(tx, person.id))
        if known is None or known.since is not None:
            return None
        address = one_time_codes.address(known.secret, person.name, self._party.title)
        return one_time_codes.spelt(known.secret), address

    async def prove_codes(self, person: PersonId, code: str) -> list[str] | Refused:
        """From now on codes are asked for; recovery codes, unless there were some already."""
        now, spare = self._clock.now(), _spare()

        def work(tx: Transaction) -> list[str] | Refused:
            known = rows.codes(tx, person)
            if known is None or known.since is not None:
                return Refused("spent", "There is nothing to prove. Please begin anew.")
            step = one_time_codes.step_of(known.secret, _bare(code), now, known.last_step)
            if step is None:
                return Refused("wrong", "That code is not right. Is your phone's clock?")
            was_on = rows.is_on(tx, person)
            rows.take_step(tx, person, step)
            rows.begin_codes(tx, person, now)
            return [] if was_on else _put(tx, person, spare)

        return await self._database.write(work)

    async def end_codes(self, person: PersonId) -> None:
        """Ask for no codes of an app."""

        def work(tx: Transaction) -> None:
            rows.drop_codes(tx, person)
            _tidy(tx, person)

        await self._database.write(work)

    async def renew_recovery(self, person: PersonId) -> list[str] | Refused:
        """New recovery codes in place of those that are left."""
        spare = _spare()

        def work(tx: Transaction) -> list[str] | Refused:
            if not rows.is_on(tx, person):
                return Refused("invalid", "Nothing but your password is asked for, so there is nothing to recover.")
            return _put(tx, person, spare)

        return await self._database.write(work)

    async def end_all(self, name: str) -> Refused | None:
        """Let somebody in by the password alone again, who has lost what they showed besides."""

        def work(tx: Transaction) -> Refused | None:
            person = people.by_name(tx, name.lower())
            if person is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            if not rows.is_on(tx, person.id):
                return Refused("invalid", f"{person.name} has no second factor.")
            rows.forget(tx, person.id)
            return None

        return await self._database.write(work)

    # -- passkeys

    async def wish_for_passkey(self, person: Person) -> str:
        """What the person's browser is asked so that it makes a passkey, as JSON."""
        known = await self._database.read(lambda tx: rows.passkeys(tx, person.id))
        challenge = self._challenge(_of(person.id))
        return passkeys.wish_for_new(self._party, person.id, person.name, known, challenge)

    async def add_passkey(self, person: PersonId, answer: str, name: str) -> list[str] | Refused:
        """Take the passkey that a browser made; recovery codes, unless there were some already."""
        challenge = self._challenged(_of(person))
        made = passkeys.made(self._party, answer, challenge) if challenge is not None else None
        if made is None:
            return _NOT_TRUE
        now, spare = self._clock.now(), _spare()
        called = " ".join(name.split())[:MAX_NAME] or "Passkey"
        new = rows.Passkey(0, made.credential, made.public_key, made.counter, called, now, None)

        def work(tx: Transaction) -> list[str] | Refused:
            if len(rows.passkeys(tx, person)) >= MOST_PASSKEYS:
                return Refused("invalid", f"You have {MOST_PASSKEYS} passkeys already.")
            was_on = rows.is_on(tx, person)
            if not rows.add_passkey(tx, person, new):
                return Refused("taken", "That device is known already.")
            return [] if was_on else _put(tx, person, spare)

        return await self._database.write(work)

    async def drop_passkey(self, person: PersonId, number: int) -> bool:
        """Forget a passkey; False where there is none of that number."""

        def work(tx: Transaction) -> bool:
            dropped = rows.drop_passkey(tx, person, number)
            _tidy(tx, person)
            return dropped

        return await self._database.write(work)

    # -- signing in

    async def waiting(self, ticket: str) -> Waiting | None:
        """Who is half in by that ticket, or None."""
        now = self._clock.now()

        def work(tx: Transaction) -> Waiting | None:
            half = rows.half(tx, hashed(ticket), now)
            if half is None or half.tries >= TRIES:
                return None
            codes = rows.codes(tx, half.person)
            return Waiting(codes is not None and codes.since is not None, bool(rows.passkeys(tx, half.person)))

        return await self._database.read(work)

    async def finish_with_code(self, ticket: str, code: str) -> SignedIn | Refused:
        """Sign in whoever shows a code of their app, or a recovery code, which is spent."""
        now, own = self._clock.now(), hashed(ticket)
        half = await self._database.read(lambda tx: rows.half(tx, own, now))
        if half is None or half.tries >= TRIES:
            return _BEGIN_ANEW
        if not self._limits.take(str(half.person), now).allowed:
            return _OFTEN
        bare = _bare(code)

        def work(tx: Transaction) -> SignedIn | Refused:
            known = rows.codes(tx, half.person)
            step = None
            if known is not None and known.since is not None:
                step = one_time_codes.step_of(known.secret, bare, now, known.last_step)
            good = rows.take_step(tx, half.person, step) if step is not None else False
            if not good and not rows.spend_recovery(tx, half.person, hashed(bare)):
                rows.count_try(tx, own)
                return _WRONG
            return _enter(tx, own, half, now)

        return await self._database.write(work)

    async def wish(self, ticket: str) -> str | None:
        """What a browser is asked so that it shows a passkey of whoever is half in, as JSON."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[rows.Passkey]:
            half = rows.half(tx, hashed(ticket), now)
            return rows.passkeys(tx, half.person) if half is not None else []

        known = await self._database.read(work)
        return passkeys.wish(self._party, known, self._challenge(hashed(ticket))) if known else None

    async def finish_with_passkey(self, ticket: str, answer: str) -> SignedIn | Refused:
        """Sign in whoever shows a passkey of theirs."""
        now, own = self._clock.now(), hashed(ticket)
        half = await self._database.read(lambda tx: rows.half(tx, own, now))
        if half is None or half.tries >= TRIES:
            return _BEGIN_ANEW
        if not self._limits.take(str(half.person), now).allowed:
            return _OFTEN
        known = await self._database.read(lambda tx: rows.passkeys(tx, half.person))
        challenge = self._challenged(own)
        found = passkeys.shown(self._party, answer, challenge, known) if challenge is not None else None

        def work(tx: Transaction) -> SignedIn | Refused:
            if found is None:
                rows.count_try(tx, own)
                return _NOT_TRUE
            rows.used_passkey(tx, found[0].id, found[1], now)
            return _enter(tx, own, half, now)

        return await self._database.write(work)

    def _challenge(self, of: bytes) -> bytes:
        """A new challenge; the one before it is good no more."""
        value = secrets.token_bytes(32)
        self._challenges[of] = _Challenge(value, self._clock.now() + CHALLENGE_GOOD_FOR)
        return value

    def _challenged(self, of: bytes) -> bytes | None:
        """The challenge that was given, which is good once."""
        given = self._challenges.pop(of, None)
        return given.value if given is not None and given.until > self._clock.now() else None


def _enter(tx: Transaction, own: bytes, half: rows.Half, now: Millis) -> SignedIn | Refused:
    person = people.get(tx, half.person)
    if person is None or person.disabled or not rows.drop_half(tx, own):
        return _BEGIN_ANEW
    return SignedIn(person, new_session(tx, person.id, now, half.agent))


def _of(person: PersonId) -> bytes:
    return f"person {person}".encode()


def _bare(code: str) -> str:
    """A code however it was typed."""
    return "".join(code.lower().split()).replace("-", "")[:100]


def _spare() -> list[str]:
    """New recovery codes, each sixteen letters and digits in groups of four."""
    made = []
    for _ in range(RECOVERY_CODES):
        text = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
        made.append("-".join(text[at : at + 4] for at in range(0, len(text), 4)))
    return made


def _put(tx: Transaction, person: PersonId, spare: list[str]) -> list[str]:
    rows.put_recovery(tx, person, [hashed(_bare(each)) for each in spare])
    return spare


def _tidy(tx: Transaction, person: PersonId) -> None:
    """Whoever has no second factor any more needs no recovery codes."""
    if not rows.is_on(tx, person):
        rows.put_recovery(tx, person, [])
