"""The tongues a node speaks with other nodes, as its settings want them."""

from collections.abc import Mapping

from scattershot.app.apply.origin import House
from scattershot.app.hinting import Hinting
from scattershot.app.hints import Hints
from scattershot.app.slips import Slips
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.drivers.http_client import HttpClient
from scattershot.machines import Drivers, user_agent
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.protocol import Tongue
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.gateway.overhearing import Overhearing, bears_proof
from scattershot.protocols.feeds.gateway.tongue import FeedTongue
from scattershot.protocols.nostr import adapter as nostr
from scattershot.protocols.nostr.gateway.tongue import NostrTongue
from scattershot.protocols.notify.adapter import Notify
from scattershot.settings import Settings

PROTOCOLS = (ActivityPub, NostrTongue, FeedTongue)


class Tongues:
    """Every tongue of one node, and what they speak through."""

    def __init__(self, settings: Settings, drivers: Drivers, sealing_signets: bytes) -> None:
        database, clock, bus, fetcher, *_ = drivers
        self.activitypub = activitypub(settings, fetcher, clock)
        self.slips = Slips(database, clock, bus)
        self.nostr = nostr.nostr(settings, self.slips, fetcher, user_agent(settings), sealing_signets)
        self.any_web = fetcher.for_any_web() if isinstance(fetcher, HttpClient) else fetcher
        self.newspaper = feed_tongue(settings, self.any_web, clock)

    @property
    def by_name(self) -> Mapping[str, Tongue]:
        """The tongues by their names; what a person types is tried in each, in this order."""
        return {tongue.name: tongue for tongue in (self.activitypub, self.nostr.tongue, self.newspaper)}


def door(profile: Profile) -> EndpointAddress | None:
    """The endpoint at which a microblog hears from us, by whatever tongue it speaks."""
    return next(filter(None, (tongue.door(profile) for tongue in PROTOCOLS)), None)


def activitypub(settings: Settings, fetcher: Fetcher, clock: Clock) -> ActivityPub:
    """The tongue as this node speaks it, by that way out."""
    return ActivityPub(
        fetcher,
        clock,
        domains=(settings.host, *settings.domains),
        user_agent=user_agent(settings),
        insecure_http=settings.insecure_http,
    )


def hints_told(
    settings: Settings, drivers: Drivers, secret: bytes, planning: Hinting, house: House, tongue: ActivityPub,
    overhearing: Overhearing,
) -> Notify | None:  # fmt: skip
    """Telling others by datagram, and hearing them; None where none are listened for."""
    database, clock, bus, fetcher, *_ = drivers
    if drivers.datagrams is None:
        return None
    hints = Hints(database, clock, bus, house, tongue, bears_proof)
    return Notify(
        settings, secret, hints, planning, drivers.datagrams, clock, bus, fetcher, overhearing, user_agent(settings)
    )


def feed_tongue(settings: Settings, fetcher: Fetcher, clock: Clock) -> FeedTongue:
    """Feeds as this node reads them; the fetcher may go to plain http."""
    own = (settings.host, *settings.domains)
    return FeedTongue(fetcher, clock, origin=settings.origin, domains=own, user_agent=user_agent(settings))
