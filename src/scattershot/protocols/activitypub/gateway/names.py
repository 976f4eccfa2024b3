"""Names asked of WebFinger: from `name@domain` to an actor, and whether a domain says the same of its actor.

A name is believed only where both sides agree: the domain names the actor, and the actor the name.
"""

from urllib.parse import quote

from scattershot.app.lately import Lately
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Handle, Profile, parse_handle
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable, followed
from scattershot.protocols.activitypub.wire.jrd import MAX_JRD, Jrd, read_host_meta, read_jrd
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.urls import host_of, normal_host

REMEMBERED = 3_600_000
"""A name that was confirmed is not asked about again for so many milliseconds."""
_MAX_REDIRECTS = 3
_PATIENCE = 10.0


class Names:
    """Asks domains what their names stand for; `domains` are our own, which nobody elsewhere can have names on."""

    def __init__(
        self, fetcher: Fetcher, clock: Clock, user_agent: str, domains: tuple[str, ...], *, insecure_http: bool
    ) -> None:
        self._fetcher, self._clock, self._user_agent, self._domains = fetcher, clock, user_agent, domains
        self._schemes = ("http", "https") if insecure_http else ("https",)
        self._confirmed: Lately[str, tuple[Handle, Handle, Millis]] = Lately(5_000)

    async def look_up(self, handle: Handle) -> Jrd | Refused:
        """What the handle's domain says of it; the domain must be normalised."""
        resource = f"acct:{handle.name}@{handle.domain}"
        path = f"/.well-known/webfinger?resource={quote(resource, safe='')}"
        answer: Response | Unreachable = Unreachable("scheme", "not asked")
        for scheme in self._schemes:
            answer = await self._get(f"{scheme}://{handle.domain}{path}", "application/jrd+json, application/json")
            if isinstance(answer, Response):
                if answer.status in (400, 404, 410):
                    answer = await self._by_host_meta(f"{scheme}://{handle.domain}", resource) or answer
                break
        if isinstance(answer, Unreachable):
            return Refused("unreachable", f"{handle.domain} cannot be reached: {answer.said}.")
        if answer.status != 200:
            busy = answer.status == 429 or answer.status >= 500
            return Refused("busy" if busy else "not_found", f"{handle.domain} knows nobody called {handle.name}.")
        jrd = read_jrd(answer.body)
        return jrd if jrd is not None else Refused("not_found", f"{handle.domain} gave no answer that can be read.")

    async def _by_host_meta(self, origin: str, resource: str) -> Response | None:
        """Where a domain has its WebFinger elsewhere, its host-meta says so (RFC 6415)."""
        meta = await self._get(f"{origin}/.well-known/host-meta", "application/xrd+xml, application/xml")
        if isinstance(meta, Unreachable) or meta.status != 200:
            return None
        address = read_host_meta(meta.body, resource)
        if address is None:
            return None
        answer = await self._get(address, "application/jrd+json, application/json")
        return answer if isinstance(answer, Response) else None

    async def confirmed(self, profile: Profile) -> Handle:
        """The handle that the actor's domain confirms; where none does, the actor's name at its own host."""
        actor, claimed, now = profile.id.value, profile.handle, self._clock.now()
        known = self._confirmed.get(actor)
        if known is not None and known[0] == claimed and known[2] > now - REMEMBERED:
            return known[1]
        handle = await self._ask(actor, claimed)
        if handle is None:
            return Handle(claimed.name, host_of(actor) or claimed.domain)
        self._confirmed[actor] = (claimed, handle, now)
        return handle

    async def _ask(self, actor: str, claimed: Handle) -> Handle | None:
        """First the domain that the actor claims, then the one that this names as the true one (split domains)."""
        if claimed.domain in self._domains:
            return None
        found = await self.look_up(claimed)
        if isinstance(found, Refused) or found.actor != actor:
            host = host_of(actor) or ""
            if claimed.domain == host:
                return None
            claimed = Handle(claimed.name, host)
            found = await self.look_up(claimed)
            if isinstance(found, Refused) or found.actor != actor:
                return None
        true = _normal(found.subject) or claimed
        if true == claimed or true.domain in self._domains:
            return claimed
        again = await self.look_up(true)
        return true if isinstance(again, Jrd) and again.actor == actor else claimed

    async def _get(self, url: str, accept: str) -> Response | Unreachable:
        request = Request("GET", url, Headers([("user-agent", self._user_agent), ("accept", accept)]))
        return await followed(
            self._fetcher, request, _MAX_REDIRECTS, limit=MAX_JRD, seconds=_PATIENCE,
            too_many=Unreachable("protocol", "too many redirects"),
        )  # fmt: skip


def _normal(subject: str) -> Handle | None:
    """The subject of an answer as a handle, where it is one."""
    handle = parse_handle(subject) if subject.startswith("acct:") else None
    domain = normal_host(handle.domain) if handle is not None and handle.domain else None
    return Handle(handle.name, domain) if handle is not None and domain is not None else None
