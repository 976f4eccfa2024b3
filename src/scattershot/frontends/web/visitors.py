"""Visitors: who asks, by their cookie, and as which of their microblogs they speak."""

import secrets
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from scattershot.app.keepers import Keepers
from scattershot.app.people import HALF_GOOD_FOR, SESSION_GOOD_FOR, People
from scattershot.app.teams import Kept
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed, Person, Role, may
from scattershot.frontends.web.forms import number, token_of
from scattershot.wirekit.addresses import caller_address


class Visitor(NamedTuple):
    """Whoever asks. `secret` is what its forms' tokens hang on: its session, or a passing cookie of a stranger."""

    person: Person | None = None
    kept: tuple[Kept, ...] = ()
    speaker: Kept | None = None
    secret: str = ""
    asked: int = 0
    """How many microblogs it is asked to keep."""

    @property
    def who(self) -> MicroblogId | None:
        """As whom it sees and speaks."""
        return self.speaker.id if self.speaker is not None else None

    def may(self, deed: Deed) -> bool:
        """Whether it may do that as whom it speaks."""
        return self.speaker is not None and may(self.speaker.role, deed)

    @property
    def runs_node(self) -> bool:
        """Whether it may see what only those may who run the node."""
        return self.person is not None and self.person.role is Role.ADMIN

    @property
    def token(self) -> str:
        """What its forms bring along."""
        return token_of(self.secret) if self.secret else ""


def agent_of(request: Request) -> str:
    """What the visitor's browser calls itself."""
    return request.headers.get("user-agent", "")


class Visitors:
    """Reads and sets cookies. Over https they bear the `__Host-` prefix, so that no other host can set them.

    Cookies know no ports, so their names do: two nodes on one machine keep their sessions apart.
    """

    def __init__(self, people: People, keepers: Keepers, origin: str, trusted_proxies: tuple[str, ...]) -> None:
        self._people, self._keepers, self._trusted = people, keepers, trusted_proxies
        self._secure = origin.startswith("https://")
        prefix = "__Host-" if self._secure else ""
        port = origin.rpartition(":")[2]
        suffix = f"_{port}" if port.isdigit() else ""
        self._session, self._visit, self._speaks = (f"{prefix}{n}{suffix}" for n in ("session", "visit", "speaks"))
        self._half = f"{prefix}half{suffix}"

    async def of(self, request: Request) -> Visitor:
        """Who asks."""
        session = request.cookies.get(self._session, "")
        person = await self._people.in_session(session) if session else None
        if person is None:
            return Visitor(secret=request.cookies.get(self._visit, ""))
        kept, asked = await self._keepers.kept_by(person.id)
        chosen = number(request.cookies.get(self._speaks))
        speaker = next((each for each in kept if each.id == chosen), kept[0] if kept else None)
        return Visitor(person, kept, speaker, session, asked)

    async def is_signed_in(self, visitor: Visitor) -> bool:
        """Whether the visitor's session still stands, and it still keeps whom it speaks as."""
        person = await self._people.in_session(visitor.secret)
        return person is not None and (
            visitor.who is None or await self._keepers.role(person.id, visitor.who) is not None
        )

    def with_secret(self, visitor: Visitor) -> Visitor:
        """The visitor with a secret for its forms, new where it has none; `remember` it with the page."""
        return visitor if visitor.secret else visitor._replace(secret=secrets.token_urlsafe(24))

    def remember(self, response: Response, visitor: Visitor) -> None:
        """Let a stranger's browser keep the secret of its forms until it closes."""
        self._set(response, self._visit, visitor.secret, None)

    def sign_in(self, response: Response, session: str) -> None:
        """Let the browser keep the session."""
        self._set(response, self._session, session, SESSION_GOOD_FOR // 1000)
        self._drop(response, self._visit)
        self._drop(response, self._half)

    def half_in(self, response: Response, ticket: str) -> None:
        """Let the browser keep the ticket of whoever has yet to show a second factor."""
        self._set(response, self._half, ticket, HALF_GOOD_FOR // 1000)

    def ticket(self, request: Request) -> str:
        """The ticket of whoever is half in; empty for anybody else."""
        return request.cookies.get(self._half, "")

    async def sign_out(self, response: Response, visitor: Visitor) -> None:
        """End the session here and there."""
        await self._people.sign_out(visitor.secret)
        for cookie in (self._session, self._speaks):
            self._drop(response, cookie)
        response.headers["Clear-Site-Data"] = '"cache"'

    def speak_as(self, response: Response, microblog: MicroblogId) -> None:
        """Let the browser remember which microblog speaks."""
        self._set(response, self._speaks, str(microblog), SESSION_GOOD_FOR // 1000)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def address(self, request: Request) -> str:
        """Where the visitor is, as far as the proxies we trust can tell."""
        near = request.client.host if request.client is not None else ""
        return caller_address(near, request.headers.get("x-forwarded-for", ""), self._trusted)
