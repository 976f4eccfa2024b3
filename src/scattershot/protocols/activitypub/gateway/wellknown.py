"""The addresses by which a node is found: WebFinger, host-meta and NodeInfo. They are for everybody, unsigned."""

from starlette.requests import Request
from starlette.responses import Response

import scattershot
from scattershot.app import showing
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.protocols.activitypub.gateway.address import Address
from scattershot.protocols.activitypub.gateway.answers import data, problem
from scattershot.protocols.activitypub.translate.shadows import shadow_actor, whose_shadow
from scattershot.protocols.activitypub.wire.jrd import host_meta_of, webfinger_of
from scattershot.wirekit.urls import normal_host, parse_url

FIGURES_KEPT = 60_000
"""Counting is not free: so many milliseconds the figures are given again."""
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
_OPEN = {"access-control-allow-origin": "*"}
_JRD = "application/jrd+json"


class WellKnown:
    """Answers who lives here and what this node is."""

    def __init__(
        self, database: Database, clock: Clock, address: Address, *, title: str, description: str, speaker: str
    ) -> None:
        self._database, self._clock, self._address = database, clock, address
        self._title, self._description, self._speaker = title, description, speaker
        self._addresses = Addresses(address.origin)
        self._figures: tuple[Millis, showing.Figures] | None = None

    async def webfinger(self, request: Request) -> Response:
        """`/.well-known/webfinger` (RFC 7033): `acct:` names on any domain of ours, and addresses of microblogs."""
        resource = request.query_params.get("resource", "")
        if not resource or len(resource) > 2048:
            return _problem(400, "Ask with ?resource=acct:name@domain.")
        shown = await self._found(resource)
        if shown is None:
            return _problem(404, "Nobody of that name is here.")
        if shown.gone:
            return _problem(410, "It is no more.")
        profile = shown.profile
        if profile.copy_of is not None:
            profile = shadow_actor(profile, self._address.domains[0])
        page = profile.url or self._addresses.page(profile.handle, self._address.domains[0])
        subject = f"acct:{profile.name}@{profile.domain}"
        rels = request.query_params.getlist("rel")
        content = webfinger_of(subject, profile.id.value, page, self._address.origin, rels)
        return data(content, _JRD, {"cache-control": "public, max-age=600"})

    async def _found(self, resource: str) -> showing.Shown | None:
        if "://" not in resource:
            handle = parse_handle(resource)
            domain = normal_host(handle.domain) if handle is not None and handle.domain else None
            ours = self._address.hosts
            return await self._named(handle.name, domain) if handle and domain and domain in ours else None
        url = parse_url(resource)
        if url is None or url.authority not in self._address.hosts:
            return None
        head, _, last = url.path.rpartition("/")
        if head == "/u" and last.isascii() and last.isdecimal() and len(last) < 20:
            return await self._database.read(lambda tx: showing.actor(tx, int(last)))
        if head == "" and last.startswith("@"):
            name, _, domain = last[1:].partition("@")
            return await self._named(name, normal_host(domain) if domain else self._address.domains[0])
        return None

    async def _named(self, name: str, domain: str | None) -> showing.Shown | None:
        """A name at the server's own host is one of the first domain, where the two differ (split domains)."""
        if domain is not None and domain not in self._address.domains:
            domain = self._address.domains[0] if domain == self._address.host else None
        if domain is None:
            return None
        handle = Handle(name.lower(), domain)
        whose = whose_shadow(handle.name) if domain == self._address.domains[0] else None
        if whose is not None:
            return await self._database.read(lambda tx: showing.shadow_of(tx, whose))
        return await self._database.read(lambda tx: showing.named(tx, handle))

    async def host_meta(self, _: Request) -> Response:
        """`/.well-known/host-meta` (RFC 6415)."""
        return Response(host_meta_of(self._address.origin), 200, _OPEN, media_type="application/xrd+xml")

    async def host_meta_json(self, _: Request) -> Response:
        """`/.well-known/host-meta.json`."""
        template = f"{self._address.origin}/.well-known/webfinger?resource={{uri}}"
        return data({"links": [{"rel": "lrdd", "type": _JRD, "template": template}]}, _JRD)

    async def nodeinfo_links(self, _: Request) -> Response:
        """`/.well-known/nodeinfo`."""
        origin = self._address.origin
        links = [{"rel": f"{_SCHEMA}{version}", "href": f"{origin}/nodeinfo/{version}"} for version in ("2.1", "2.0")]
        instance = {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": self._speaker}
        return data({"links": [*links, instance]}, _JRD)

    async def nodeinfo(self, request: Request) -> Response:
        """`/nodeinfo/2.0` and `/nodeinfo/2.1` (FEP-f1d5)."""
        version = request.path_params["version"]
        if version not in ("2.0", "2.1"):
            return _problem(404, "There are versions 2.0 and 2.1.")
        found = await self._counted()
        software = {"name": "scattershot", "version": scattershot.__version__}
        census = found.microblogs
        content = {
            "version": version,
            "software": software,
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": []},
            "openRegistrations": False,
            "usage": {
                "users": {"total": census.total, "activeMonth": census.month, "activeHalfyear": census.half_year},
                "localPosts": found.posts,
            },
            "metadata": {"nodeName": self._title, "nodeDescription": self._description},
        }
        kind = f'application/json; profile="{_SCHEMA}{version}#"'
        return data(content, kind, {"cache-control": "public, max-age=60"})

    async def _counted(self) -> showing.Figures:
        now = self._clock.now()
        if self._figures is None or now - self._figures[0] > FIGURES_KEPT:
            self._figures = (now, await self._database.read(lambda tx: showing.figures(tx, now), slow=True))
        return self._figures[1]


def _problem(status: int, sentence: str) -> Response:
    answer = problem(status, str(status), sentence)
    answer.headers.update(_OPEN)
    return answer
