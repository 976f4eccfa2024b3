"""Programs that act for people: registering them, handing them codes and tokens, and knowing them by these.

OAuth 2 as apps use it: authorization codes with PKCE (RFC 7636) or a secret, and client credentials (RFC 6749).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from scattershot.app.lately import Lately
from scattershot.app.people import hashed, new_secret
from scattershot.domain.ids import MicroblogId, Millis, PersonId, ProgramId, TokenId
from scattershot.domain.people import KeeperRole
from scattershot.domain.post import MadeWith
from scattershot.domain.reading import Refused
from scattershot.domain.scopes import Scopes, are_within, covered_by, parse_scopes
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import keepers, people, sign_ups
from scattershot.storage.tables import programs as rows

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect address that means: show the person the code, to be typed in by hand."""
CODE_GOOD_FOR = 10 * 60_000
"""Milliseconds in which a code must be exchanged (RFC 6749 section 4.1.2 recommends at most these)."""
REMEMBERED_FOR = 60_000
"""Milliseconds for which a token is taken as known without asking the store; an end made here is known at once."""
BY_HAND = "read write follow push"
"""What a token made at the terminal allows."""
MAX_NAME = 60
MAX_ADDRESS = 2_000
MAX_REDIRECTS = 20
_UNSAFE_SCHEMES = ("javascript", "data", "vbscript", "file", "blob", "about", "mailto")


class Registered(NamedTuple):
    """A program and the secret that only its maker will know."""

    program: rows.Program
    secret: str


class Issued(NamedTuple):
    """A token given out, and what it allows."""

    token: str
    scopes: str
    created: Millis


class Caller(NamedTuple):
    """Who asks with a token: a program for itself, or for a person as one of the microblogs that person keeps, in the
    role in which it keeps it."""

    token: TokenId
    program: ProgramId | None
    person: PersonId | None
    microblog: MicroblogId | None
    scopes: Scopes
    role: KeeperRole | None = None


class Consent(NamedTuple):
    """What a program asks a person for, checked: whoever says yes sends the person back to `redirect`."""

    program: rows.Program
    redirect: str
    scopes: tuple[str, ...]
    challenge: str


class Held(NamedTuple):
    """A token that acts for a person; `program` is empty for one made at the terminal."""

    token: TokenId
    program: str
    website: str
    microblog: MicroblogId
    scopes: str
    created: Millis


class _Known(NamedTuple):
    caller: Caller
    at: Millis


class Programs:
    """Knows programs. `when_ended` calls are told of every token that is good no more."""

    def __init__(self, database: Database, clock: Clock, remembered: int = 10_000) -> None:
        self._database, self._clock = database, clock
        self._known: Lately[bytes, _Known] = Lately(remembered)
        self._names: Lately[ProgramId, MadeWith] = Lately(1_000)
        self._told: list[Callable[[TokenId], None]] = []
        self._seen: list[Callable[[PersonId], None]] = []

    # -- registering

    async def register(
        self, name: str, redirects: Sequence[str], scopes: str, website: str = ""
    ) -> Registered | Refused:
        """A new program. Redirect addresses are compared byte for byte later on."""
        asked = parse_scopes(scopes)
        addresses = list(dict.fromkeys(line.strip() for text in redirects for line in text.split() if line.strip()))
        if not name.strip() or len(name) > MAX_NAME:
            return Refused("invalid", f"client_name: give a name of at most {MAX_NAME} characters")
        if asked is None:
            return Refused("invalid", "scopes: one of these is unknown")
        if not addresses or len(addresses) > MAX_REDIRECTS:
            return Refused("invalid", "redirect_uris: give at least one address")
        if not all(is_redirect(address) for address in addresses):
            return Refused("invalid", "redirect_uris: must be absolute addresses without a fragment")
        if website and not _is_web_address(website):
            return Refused("invalid", "website: must be a web address")
        secret, client_id = new_secret(), new_secret()
        now = self._clock.now()
        program = rows.Program(
            ProgramId(0), client_id, hashed(secret), name.strip(), website, "\n".join(addresses), " ".join(asked), now
        )
        made = await self._database.write(lambda tx: rows.add(tx, program))
        return Registered(program._replace(id=made), secret)

    async def get(self, program: ProgramId) -> rows.Program | None:
        """The program of that id."""
        return await self._database.read(lambda tx: rows.get(tx, program))

    # -- letting a person decide

    async def asks(
        self, client_id: str, redirect: str, scopes: str, *, challenge: str = "", method: str = ""
    ) -> Consent | Refused:
        """What a program asks a person for, where it may; a refusal is for the person and goes to no redirect."""
        program = await self._database.read(lambda tx: rows.by_client_id(tx, client_id))
        if program is None:
            return Refused("invalid_client", "This program is not known here. It must register first.")
        if redirect not in program.redirects.split("\n"):
            return Refused("invalid_redirect", "The address to go back to is none that the program registered.")
        asked = parse_scopes(scopes)
        if asked is None or not are_within(asked, program.scopes.split()):
            return Refused("invalid_scope", "The program asks for more than it registered for.")
        if (challenge or method) and (method != "S256" or not 43 <= len(challenge) <= 128):
            return Refused("invalid_request", "Of PKCE only the method S256 is taken.")
        return Consent(program, redirect, asked, challenge)

    async def grant(self, consent: Consent, person: PersonId, microblog: MicroblogId) -> str | Refused:
        """A code for a program that the person let act as a microblog that the person keeps."""
        code = new_secret()
        expires = Millis(self._clock.now() + CODE_GOOD_FOR)
        grant = rows.Grant(
            consent.program.id,
            person,
            microblog,
            " ".join(consent.scopes),
            consent.redirect,
            consent.challenge,
            expires,
        )

        def work(tx: Transaction) -> str | Refused:
            if keepers.role(tx, person, microblog) is None:
                return Refused("not_allowed", "You do not keep that microblog.")
            rows.add_grant(tx, hashed(code), grant)
            return code

        return await self._database.write(work)

    # -- tokens; refusals bear the error words of RFC 6749 section 5.2

    async def exchange(self, client_id: str, secret: str, code: str, redirect: str, verifier: str) -> Issued | Refused:
        """The token for a code. The program proves itself by its secret, or by the PKCE verifier alone."""
        now = self._clock.now()

        def work(tx: Transaction) -> Issued | Refused:
            program = rows.by_client_id(tx, client_id)
            if program is None or (secret and not hmac.compare_digest(program.secret, hashed(secret))):
                return INVALID_CLIENT
            grant = rows.take_grant(tx, hashed(code))
            if grant is None or grant.program != program.id or grant.redirect != redirect or grant.expires <= now:
                return INVALID_GRANT
            if grant.challenge and _challenge_of(verifier) != grant.challenge:
                return INVALID_GRANT
            if not grant.challenge and not secret:
                return INVALID_CLIENT
            person = people.get(tx, grant.person)
            if person is None or person.disabled:
                return INVALID_GRANT
            return _issue(tx, rows.Token(program.id, grant.person, grant.microblog, grant.scopes, now))

        return await self._database.write(work)

    async def for_itself(self, client_id: str, secret: str, scopes: str) -> Issued | Refused:
        """A token by which a program acts for itself (client credentials)."""
        asked = parse_scopes(scopes)
        now = self._clock.now()

        def work(tx: Transaction) -> Issued | Refused:
            program = rows.by_client_id(tx, client_id)
            if program is None or not hmac.compare_digest(program.secret, hashed(secret)):
                return INVALID_CLIENT
            if asked is None or not are_within(asked, program.scopes.split()):
                return Refused("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
            return _issue(tx, rows.Token(program.id, None, None, " ".join(asked), now))

        return await self._database.write(work)

    async def issue(
        self, person: PersonId, microblog: MicroblogId, scopes: str, program: ProgramId | None = None
    ) -> Issued:
        """A token for a person without a code: one made at the terminal, or with a new account."""
        now = self._clock.now()
        return await self._database.write(lambda tx: _issue(tx, rows.Token(program, person, microblog, scopes, now)))

    async def by_hand(self, name: str, scopes: str = BY_HAND) -> str | Refused:
        """A new token that acts for a person's own microblog, asked for by whoever runs the node."""
        now = self._clock.now()

        def work(tx: Transaction) -> str | Refused:
            person = people.by_name(tx, name.lower())
            if person is None or person.disabled or person.main is None:
                return Refused("not_found", f"Nobody called {name} signs in here.")
            return _issue(tx, rows.Token(None, person.id, person.main, scopes, now)).token

        return await self._database.write(work)

    async def caller(self, token: str) -> Caller | None:
        """Who asks with that token; None where it is good for nothing."""
        key, now = hashed(token), self._clock.now()
        known = self._known.get(key)
        if known is not None and 0 <= now - known.at < REMEMBERED_FOR:
            return known.caller
        caller = await self._database.read(lambda tx: _caller(tx, key))
        if caller is None:
            self._known.pop(key, None)
            return None
        self._known[key] = _Known(caller, now)
        if caller.person is not None:
            for call in self._seen:
                call(caller.person)
        return caller

    async def named(self, program: ProgramId | None) -> MadeWith | None:
        """The program as posts that were written with it show it; a token made by hand is no program's."""
        if program is None:
            return None
        known = self._names.get(program)
        if known is None:
            found = await self._database.read(lambda tx: rows.get(tx, program))
            if found is None:
                return None
            website = found.website if found.website.startswith(("https://", "http://")) else ""
            known = self._names[program] = MadeWith(found.name, website)
        return known

    async def waits(self, token: str) -> bool:
        """Whether the token is that of somebody who signed up by a program and waits for a yes."""
        return await self._database.read(lambda tx: sign_ups.holds_token(tx, hashed(token)))

    async def revoke(self, client_id: str, secret: str, token: str) -> Refused | None:
        """Let a token be good for nothing (RFC 7009); only the program that holds it may, and none is missed."""

        def work(tx: Transaction) -> TokenId | Refused | None:
            program = rows.by_client_id(tx, client_id)
            if program is None or (secret and not hmac.compare_digest(program.secret, hashed(secret))):
                return INVALID_CLIENT
            found = rows.token(tx, hashed(token))
            if found is None or found.id is None:
                return None
            if found.program != program.id:
                return Refused("unauthorized_client", "You are not authorized to revoke this token")
            rows.drop_token(tx, found.id)
            return found.id

        ended = await self._database.write(work)
        if isinstance(ended, Refused):
            return ended
        if ended is not None:
            self.forget(ended)
        return None

    async def end(self, person: PersonId, token: TokenId) -> bool:
        """Let a person end one of the tokens that act for it."""

        def work(tx: Transaction) -> bool:
            mine = any(each.id == token for each in rows.tokens_of(tx, person))
            return mine and rows.drop_token(tx, token)

        ended = await self._database.write(work)
        if ended:
            self.forget(token)
        return ended

    def forget_person(self, person: PersonId) -> None:
        """Nothing that acts for the person is good any more: the store has let it go already."""
        for token in {known.caller.token for known in self._known.values() if known.caller.person == person}:
            self.forget(token)

    def look_anew(self, person: PersonId, microblog: MicroblogId) -> None:
        """The person keeps the microblog otherwise than before: what its programs may do is looked up again."""
        for key, known in list(self._known.items()):
            if known.caller.person == person and known.caller.microblog == microblog:
                del self._known[key]

    async def scopes_of(self, token: TokenId) -> str:
        """What was asked for with the token, in the words in which it was asked for."""
        return await self._database.read(lambda tx: rows.scopes_of(tx, token))

    async def tokens_of(self, person: PersonId) -> list[Held]:
        """The programs that act for the person, the latest first."""

        def work(tx: Transaction) -> list[Held]:
            found = [each for each in rows.tokens_of(tx, person) if each.id is not None]
            made = {each.program: rows.get(tx, each.program) for each in found if each.program is not None}
            return [
                _held(each, made.get(each.program) if each.program is not None else None) for each in reversed(found)
            ]

        return await self._database.read(work)

    async def end_all_of(self, person: PersonId) -> None:
        """End every token that acts for the person."""

        def work(tx: Transaction) -> list[TokenId]:
            ended = [each.id for each in rows.tokens_of(tx, person) if each.id is not None]
            rows.drop_all_of(tx, person)
            return ended

        for token in await self._database.write(work):
            self.forget(token)

    def forget(self, token: TokenId) -> None:
        """A token is good no more: whoever acts by it is told at once."""
        for key in [key for key, known in self._known.items() if known.caller.token == token]:
            del self._known[key]
        for call in self._told:
            call(token)

    def when_seen(self, call: Callable[[PersonId], None]) -> None:
        """Have something told now and then of every person for whom a program asks."""
        self._seen.append(call)

    def when_ended(self, call: Callable[[TokenId], None]) -> None:
        """Have something told of every token that ends here."""
        self._told.append(call)


INVALID_CLIENT = Refused(
    "invalid_client",
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method.",
)
INVALID_GRANT = Refused(
    "invalid_grant",
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client.",
)


def _issue(tx: Transaction, token: rows.Token) -> Issued:
    secret = new_secret()
    rows.add_token(tx, hashed(secret), token)
    return Issued(secret, token.scopes, token.created)


def _caller(tx: Transaction, hashed: bytes) -> Caller | None:
    """Who holds the token; one that acts for a microblog its person keeps no longer is good for nothing."""
    found = rows.token(tx, hashed)
    if found is None or found.id is None:
        return None
    scopes = covered_by(found.scopes.split())
    if found.person is None or found.microblog is None:
        return Caller(found.id, found.program, None, None, scopes)
    role = keepers.role(tx, found.person, found.microblog)
    return Caller(found.id, found.program, found.person, found.microblog, scopes, role) if role is not None else None


def _held(token: rows.Token, program: rows.Program | None) -> Held:
    assert token.id is not None
    assert token.microblog is not None
    name, website = (program.name, program.website) if program is not None else ("", "")
    return Held(token.id, name, website, token.microblog, token.scopes, token.created)


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_redirect(address: str) -> bool:
    """Whether a program may be answered there: any absolute address without a fragment, also of a scheme of its own."""
    if address == OUT_OF_BAND:
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    printable = all("!" <= c <= "~" for c in address)
    return printable and bool(parts.scheme) and parts.scheme not in _UNSAFE_SCHEMES and "#" not in address and (
        len(address) <= MAX_ADDRESS and len(address) > len(parts.scheme) + 1
    )  # fmt: skip


def _is_web_address(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text) <= MAX_ADDRESS and " " not in text
