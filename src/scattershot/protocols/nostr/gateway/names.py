"""Names on domains (NIP-05), asked of others and answered for microblogs of here; and where names of Nostr lead."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from scattershot.app.signets import Signets
from scattershot.app.spoken import address_of, public_name
from scattershot.domain.microblog import Handle
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.protocols.nostr.wire.entities import Address, Key, Note, read_entity
from scattershot.protocols.nostr.wire.nip05 import MAX_BYTES, PATH, Named, read_names, write_names
from scattershot.wirekit.http_message import Headers
from scattershot.wirekit.http_message import Request as Ask
from scattershot.wirekit.urls import normal_host

PATIENCE = 10.0
_OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


class Names:
    """Asks domains whose keys their names stand for; `domains` are our own, which nobody elsewhere has names on."""

    def __init__(self, fetcher: Fetcher, user_agent: str, domains: tuple[str, ...], *, insecure_http: bool) -> None:
        self._fetcher, self._user_agent, self._domains = fetcher, user_agent, domains
        self._scheme = "http" if insecure_http else "https"

    async def look_up(self, handle: Handle) -> Named | None:
        """What the domain says of the name; redirects are not followed (NIP-05 forbids it)."""
        domain = normal_host(handle.domain)
        if domain is None or "." not in domain.partition(":")[0] or domain in self._domains:
            return None
        headers = Headers([("accept", "application/json"), ("user-agent", self._user_agent)])
        asked = Ask("GET", f"{self._scheme}://{domain}{PATH}?name={quote(handle.name, safe='')}", headers)
        answer = await self._fetcher.send(asked, limit=MAX_BYTES, seconds=PATIENCE)
        if isinstance(answer, Unreachable) or answer.status != 200:
            return None
        return read_names(answer.body, handle.name)


class NamesHere:
    """Answers whose key a name of here stands for (`nostr.json`), and leads from a name of Nostr to its page here."""

    def __init__(
        self, database: Database, signets: Signets, domains: tuple[str, ...], host: str, relay: str, origin: str
    ) -> None:
        self._database, self._signets = database, signets
        self._domains, self._host, self._relay, self._origin = domains, host, relay, origin
        self.when_made: Callable[[], Awaitable[None]] | None = None
        """Is told when a name was asked for whose key had to be made first."""
        self.routes: list[BaseRoute] = [
            Route(PATH, self._answer, methods=["GET", "HEAD"]),
            Route("/nostr/{name}", self._lead, methods=["GET", "HEAD"]),
        ]

    async def _answer(self, request: Request) -> Response:
        """The one name that is asked for; `_` and no name at all stand for nobody. Never a redirect."""
        name = request.query_params.get("name", "").lower()
        if not name or len(name) > 64:
            return JSONResponse({"names": {}}, headers=_OPEN)
        asked = normal_host(request.headers.get("host", "")) or ""
        domain = asked if asked in self._domains else self._domains[0]
        handle = Handle(name, domain)
        key = await public_name(self._database, self._signets, handle, self.when_made)
        names = {name: key} if key is not None else {}
        return Response(write_names(names, self._relay), media_type="application/json", headers=_OPEN)

    async def _lead(self, request: Request) -> Response:
        entity = read_entity(request.path_params["name"])
        match entity:
            case Key(pubkey) | Note(pubkey):
                value = pubkey
            case Address():
                value = entity.coordinates
            case _:
                return JSONResponse({"error": "not found"}, 404)
        found = await self._database.read(lambda tx: address_of(tx, WireId(NOSTR, value), self._domains[0]))
        if found is None:
            return JSONResponse({"error": "not found"}, 404)
        return RedirectResponse(f"{self._origin}{found}", 302)
