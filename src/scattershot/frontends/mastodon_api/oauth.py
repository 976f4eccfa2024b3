"""OAuth 2: registering programs, giving out their tokens and taking them back. People say yes on a page of the web.

RFC 6749 with PKCE (RFC 7636), revocation (RFC 7009) and server metadata (RFC 8414), as Mastodon speaks them.
"""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from msgspec import Struct

from scattershot.app.programs import OUT_OF_BAND, Issued, Programs
from scattershot.app.timelines import Timelines
from scattershot.domain.reading import Refused
from scattershot.domain.scopes import ALL
from scattershot.frontends.mastodon_api.accounts_as_json import MISSING_AVATAR
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint, Who
from scattershot.frontends.mastodon_api.entities.oauth import Application, CredentialApplication, Token
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.settings import Settings

REGISTRATIONS = Allowance("apps", 25, 600, by_address=True)
"""Programs registered from one address: web apps register anew for each visitor of theirs."""
EXCHANGES = Allowance("tokens", 60, 300, by_address=True)

_NO_STORE = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_UNSUPPORTED = Problem(
    400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server."
)


class AppParams(Struct, frozen=True):
    """A program that registers; `redirect_uris` is a list, or a text with one address in each line."""

    client_name: str = ""
    redirect_uris: tuple[str, ...] = ()
    scopes: str = "read"
    website: str = ""


class TokenParams(Struct, frozen=True):
    """What is exchanged for a token."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    scope: str = "read"


class RevokeParams(Struct, frozen=True):
    """The token that is to end."""

    client_id: str = ""
    client_secret: str = ""
    token: str = ""


class OAuth:
    """Programs and tokens. The password grant is not there: Mastodon has none either, and it teaches people to type
    their password into programs."""

    def __init__(self, settings: Settings, programs: Programs, timelines: Timelines, vapid_key: str) -> None:
        self._settings, self._programs, self._timelines = settings, programs, timelines
        self._vapid_key = vapid_key

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        anyone, program = Who.ANYONE, Who.PROGRAM
        return [
            Endpoint("POST", "/api/v1/apps", self._register, who=anyone, takes=AppParams,
                     answers=CredentialApplication, allowance=REGISTRATIONS),
            Endpoint("GET", "/api/v1/apps/verify_credentials", self._app, who=program, answers=Application),
            Endpoint("POST", "/oauth/token", self._token, who=anyone, takes=TokenParams, answers=Token,
                     allowance=EXCHANGES),
            Endpoint("POST", "/oauth/revoke", self._revoke, who=anyone, takes=RevokeParams, answers=dict),
            Endpoint("GET", "/oauth/userinfo", self._userinfo, scope="profile", answers=dict[str, Any]),
            Endpoint("POST", "/oauth/userinfo", self._userinfo, scope="profile", answers=dict[str, Any]),
            Endpoint("GET", "/.well-known/oauth-authorization-server", self._metadata, who=anyone,
                     answers=dict[str, Any]),
        ]  # fmt: skip

    async def _register(self, _: Call, params: AppParams) -> Reply:
        made = await self._programs.register(params.client_name, params.redirect_uris, params.scopes, params.website)
        if isinstance(made, Refused):
            return Problem(422, f"Validation failed: {made.detail}")
        program = made.program
        redirects = program.redirects.split("\n")
        return Answer(
            CredentialApplication(
                id=str(program.id),
                name=program.name,
                website=program.website or None,
                scopes=program.scopes.split(),
                redirect_uri=program.redirects,
                redirect_uris=redirects,
                vapid_key=self._vapid_key,
                client_id=program.client_id,
                client_secret=made.secret,
            )
        )

    async def _app(self, call: Call, _: Nothing) -> Reply:
        assert call.caller is not None
        program = await self._programs.get(call.caller.program) if call.caller.program is not None else None
        if program is None:  # a token made at the terminal belongs to no program
            return Answer(
                Application(id="0", name=self._settings.title, website=None, scopes=sorted(call.caller.scopes),
                            redirect_uri=OUT_OF_BAND, redirect_uris=[OUT_OF_BAND], vapid_key=self._vapid_key)
            )  # fmt: skip
        return Answer(
            Application(
                id=str(program.id),
                name=program.name,
                website=program.website or None,
                scopes=program.scopes.split(),
                redirect_uri=program.redirects,
                redirect_uris=program.redirects.split("\n"),
                vapid_key=self._vapid_key,
            )
        )

    async def _token(self, call: Call, params: TokenParams) -> Reply:
        client_id, secret = _client(call, params.client_id, params.client_secret)
        match params.grant_type:
            case "authorization_code":
                issued = await self._programs.exchange(
                    client_id, secret, params.code, params.redirect_uri, params.code_verifier
                )
            case "client_credentials":
                issued = await self._programs.for_itself(client_id, secret, params.scope)
            case _:
                return _UNSUPPORTED
        return _issued(issued)

    async def _revoke(self, call: Call, params: RevokeParams) -> Reply:
        client_id, secret = _client(call, params.client_id, params.client_secret)
        why = await self._programs.revoke(client_id, secret, params.token)
        return Problem(403, why.why, why.detail) if why is not None else Answer({}, headers=_NO_STORE)

    async def _userinfo(self, call: Call, _: Nothing) -> Reply:
        """OpenID Connect's claims, of the microblog that the token acts for."""
        face = await self._timelines.face(call.who)
        if face is None:
            return NOT_FOUND
        return Answer(
            {
                "iss": f"{self._settings.origin}/",
                "sub": face.profile.id.value,
                "name": face.profile.title,
                "preferred_username": face.profile.name,
                "profile": face.address,
                "picture": face.profile.avatar or self._settings.origin + MISSING_AVATAR,
            }
        )

    async def _metadata(self, _: Call, __: Nothing) -> Reply:
        origin = self._settings.origin
        return Answer(
            {
                "issuer": f"{origin}/",
                "service_documentation": "https://docs.joinmastodon.org/",
                "authorization_endpoint": f"{origin}/oauth/authorize",
                "token_endpoint": f"{origin}/oauth/token",
                "app_registration_endpoint": f"{origin}/api/v1/apps",
                "revocation_endpoint": f"{origin}/oauth/revoke",
                "userinfo_endpoint": f"{origin}/oauth/userinfo",
                "scopes_supported": list(ALL),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
                "code_challenge_methods_supported": ["S256"],
            }
        )


def _issued(issued: Issued | Refused) -> Reply:
    if isinstance(issued, Refused):
        return Problem(401 if issued.why == "invalid_client" else 400, issued.why, issued.detail)
    token = Token(access_token=issued.token, scope=issued.scopes, created_at=issued.created // 1000)
    return Answer(token, headers=_NO_STORE)


def _client(call: Call, client_id: str, secret: str) -> tuple[str, str]:
    """How the program calls itself: in the `Authorization` header (Basic), else in the body."""
    scheme, _, text = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return client_id, secret
    try:
        name, _, word = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return client_id, secret
    return unquote_plus(name), unquote_plus(word)
