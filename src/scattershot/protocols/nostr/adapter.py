"""What the house sees of Nostr: the relay, the tongue, and how microblogs of here speak it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from starlette.routing import BaseRoute

from scattershot.app.apply.origin import House
from scattershot.app.browser_signing import BrowserSigning
from scattershot.app.far_signing import FarSigning
from scattershot.app.moderating import Moderating
from scattershot.app.relay_rule import RelayRule
from scattershot.app.signets import Signets
from scattershot.app.slips import Slips
from scattershot.domain.wire_id import NOSTR
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.sockets import Dialler
from scattershot.protocols.nostr.gateway.browser_signing import BrowserSigning as BrowserSigner
from scattershot.protocols.nostr.gateway.elsewhere import Elsewhere
from scattershot.protocols.nostr.gateway.far_signing import FarSigning as FarSigner
from scattershot.protocols.nostr.gateway.information import Information
from scattershot.protocols.nostr.gateway.letters import GiftWraps
from scattershot.protocols.nostr.gateway.management import Management
from scattershot.protocols.nostr.gateway.names import Names, NamesHere
from scattershot.protocols.nostr.gateway.relay import Relay
from scattershot.protocols.nostr.gateway.tongue import NostrTongue
from scattershot.protocols.nostr.gateway.uttering import Utterer
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.translate.from_change import Home
from scattershot.protocols.nostr.translate.to_changes import Where
from scattershot.protocols.nostr.wire.event import public_key
from scattershot.settings import Settings


class Nostr(NamedTuple):
    """The tongue, and whoever speaks it for microblogs of here."""

    tongue: NostrTongue
    utterer: Utterer
    signets: Signets
    sealer: GiftWraps


def relay_address(settings: Settings) -> str:
    """Where the node's own relay is met."""
    scheme, _, host = settings.origin.partition("://")
    return f"{'ws' if scheme == 'http' else 'wss'}://{host}/"


def a_relay(settings: Settings, slips: Slips, clock: Clock, secret: bytes) -> Relay:
    """The relay at the node's own address."""
    limits = Limits(calls=settings.relay_calls)
    told = Information(
        relay_address(settings), settings.title, settings.description, settings.contact, public_key(secret), limits
    )
    return Relay(slips, clock, limits, told, settings.relay_connections)


def rule_over(relay: Relay, settings: Settings, house: House, moderating: Moderating, machines: "Machines") -> None:
    """Let those who run the node rule over the relay by its own protocol."""
    rule = RelayRule(machines.database, machines.clock, machines.bus, house, moderating, NOSTR)
    rule.when_altered = relay.forget_seen
    relay.be_managed(Management(rule, machines.clock, relay_address(settings), settings.origin))


def nostr(settings: Settings, slips: Slips, fetcher: Fetcher, user_agent: str, sealing: bytes) -> Nostr:
    """Nostr as this node speaks it; `sealing` opens the keys of its microblogs."""
    relay, origin = relay_address(settings), settings.origin
    names = Names(fetcher, user_agent, (settings.host, *settings.domains), insecure_http=settings.insecure_http)
    utterer = Utterer(Home(relay, origin))
    signets = Signets(utterer, sealing, on=settings.nostr, unasked=not settings.authorized_fetch)
    tongue = NostrTongue(slips, names, Where(relay, origin, plain=settings.insecure_http))
    return Nostr(tongue, utterer, signets, GiftWraps(Home(relay, origin)))


class Machines(Protocol):
    """What a node runs on, as far as others' relays need it."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def fetcher(self) -> Fetcher: ...
    @property
    def dialler(self) -> Dialler: ...


def elsewhere(
    settings: Settings, spoken: Nostr, slips: Slips, house: House, secret: bytes, machines: Machines
) -> Elsewhere:
    """Others' relays; the tongue looks there too from now on."""
    made = Elsewhere(
        settings, machines.database, machines.clock, machines.bus, machines.fetcher, machines.dialler, slips,
        spoken.signets, house, relay_address(settings), secret,
    )  # fmt: skip
    spoken.tongue.seek_elsewhere(made.seeking, made.listening.covers)
    return made


def far_signing(elsewhere: Elsewhere, spoken: Nostr, slips: Slips, relay: Relay, machines: Machines) -> FarSigning:
    """Whoever has signed elsewhere what waits for it."""
    signer = FarSigner(elsewhere.pool, machines.clock)
    made = FarSigning(machines.database, machines.clock, machines.bus, spoken.signets, slips, signer)
    made.tell = relay.tell
    return made


def browser_signing(settings: Settings, far: FarSigning, spoken: Nostr, machines: Machines) -> BrowserSigning:
    """Whoever takes what browsers sign that hold a key."""
    page = f"{settings.origin}/settings/networks"
    return BrowserSigning(
        machines.database, machines.clock, machines.bus, spoken.signets, far, BrowserSigner(), page
    )  # fmt: skip


def routes(
    settings: Settings, database: Database, signets: Signets, when_made: Callable[[], Awaitable[None]]
) -> list[BaseRoute]:
    """The addresses of names; `when_made` is told whenever one was asked for whose key had to be made first."""
    here = NamesHere(database, signets, settings.domains, settings.host, relay_address(settings), settings.origin)
    here.when_made = when_made
    return here.routes
