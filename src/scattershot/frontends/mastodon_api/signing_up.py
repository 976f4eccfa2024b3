"""Signing up by a program, as far as the node is set up for it; and the confirmation of addresses nobody writes to."""

from typing import Any

from msgspec import Struct

from scattershot.app.programs import Issued, Programs
from scattershot.app.sign_up import By, Entered, Fault, Faults, SignUp, Waits, Wish
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import Answer, Call, Problem, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint, Who
from scattershot.frontends.mastodon_api.entities.oauth import Token
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.settings import Settings
from scattershot.wirekit.addresses import caller_address

ATTEMPTS = Allowance("sign-ups", 30, 1_800, by_address=True)
"""Tries of one address; how many of them may come to something is for the house to say."""

_NAMES = {"name": "username", "invitation": "invite_code"}
_CODES = {
    "taken": "ERR_TAKEN",
    "reserved": "ERR_RESERVED",
    "blank": "ERR_BLANK",
    "invalid": "ERR_INVALID",
    "too_long": "ERR_TOO_LONG",
    "too_short": "ERR_TOO_SHORT",
    "not_agreed": "ERR_ACCEPTED",
}
_FOR_PROGRAMS = Problem(403, "This method requires an client credentials authentication")
_CONFIRMED = Problem(403, "This method is only available while the e-mail is awaiting confirmation")


class SignUpParams(Struct, frozen=True):
    """What somebody filled in. Some programs also send `locale` and `date_of_birth`, which nobody here asks for."""

    username: str = ""
    password: str = ""
    email: str = ""
    agreement: bool = False
    reason: str = ""
    invite_code: str = ""


class SigningUp:
    """The endpoints of signing up."""

    def __init__(self, settings: Settings, sign_up: SignUp, programs: Programs) -> None:
        self._settings, self._sign_up, self._programs = settings, sign_up, programs

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("POST", "/api/v1/accounts", self._create, "write:accounts", Who.PROGRAM, SignUpParams, Token,
                     ATTEMPTS),
            Endpoint("POST", "/api/v1/emails/confirmations", self._confirm, "write:accounts", deed=Deed.READ,
                     answers=dict),
            Endpoint("GET", "/api/v1/emails/check_confirmation", self._is_confirmed, "read:accounts", answers=bool),
        ]  # fmt: skip

    async def _create(self, call: Call, params: SignUpParams) -> Reply:
        caller = call.caller
        if caller is None or caller.person is not None or caller.program is None:
            return _FOR_PROGRAMS
        scopes = await self._programs.scopes_of(caller.token)
        wish = Wish(params.username, params.password, params.email, params.reason, params.invite_code, params.agreement)
        done = await self._sign_up.sign_up(wish, self._address(call), By(caller.program, scopes))
        match done:
            case Entered():
                return _token(await self._programs.issue(done.person.id, done.microblog, scopes, caller.program))
            case Waits():
                return _token(Issued(done.token, scopes, call.now))
            case Faults():
                return _validation(done.faults)
            case Refused("closed", detail):
                return Problem(403, detail)
            case Refused():
                return refused(done)

    def _address(self, call: Call) -> str:
        near = call.request.client.host if call.request.client is not None else ""
        return caller_address(near, call.request.headers.get("x-forwarded-for", ""), self._settings.trusted_proxies)

    async def _confirm(self, _: Call, __: Nothing) -> Reply:
        """No mail is sent, so none waits to be confirmed."""
        return _CONFIRMED

    async def _is_confirmed(self, _: Call, __: Nothing) -> Reply:
        """Whoever may call at all has nothing to confirm."""
        return Answer(b"true")


def _token(issued: Issued) -> Answer:
    entity = Token(access_token=issued.token, scope=issued.scopes, created_at=issued.created // 1000)
    return Answer(entity, headers=((b"cache-control", b"no-store"),))


def _validation(faults: tuple[Fault, ...]) -> Problem:
    """Mastodon's shape: all that is the matter, by field, with a code for programs and words for people."""
    details: dict[str, list[dict[str, Any]]] = {}
    for fault in faults:
        told = {"error": _CODES[fault.why], "description": fault.words}
        details.setdefault(_NAMES.get(fault.field, fault.field), []).append(told)
    return Problem(422, "Validation failed: " + " ".join(fault.words for fault in faults), details=details)
