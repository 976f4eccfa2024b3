"""The doors of ActivityPub, put together: what `server` mounts."""

from typing import NamedTuple

from starlette.routing import Route

from scattershot.app.followers_sync import FollowersSync
from scattershot.app.intake import Intake
from scattershot.app.senders import Senders
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.address import Address
from scattershot.protocols.activitypub.gateway.documents import Documents, Endpoint
from scattershot.protocols.activitypub.gateway.fetching import Fetching
from scattershot.protocols.activitypub.gateway.followers_sync import SyncMinder
from scattershot.protocols.activitypub.gateway.inbox import Inbox
from scattershot.protocols.activitypub.gateway.keyring import Keyring
from scattershot.protocols.activitypub.gateway.overhearing import Overhearing
from scattershot.protocols.activitypub.gateway.visitors import Visitors
from scattershot.protocols.activitypub.gateway.wellknown import WellKnown


class Presented(NamedTuple):
    """How the node presents itself at its doors, from the settings."""

    origin: str
    domains: tuple[str, ...]
    title: str = ""
    description: str = ""
    authorized_fetch: bool = False


class Doors:
    """`routes` are ActivityPub's alone; `documents` share their path with a page, and are chosen by `Accept`
    (see `server`)."""

    def __init__(
        self,
        presented: Presented,
        *,
        database: Database,
        clock: Clock,
        intake: Intake,
        senders: Senders,
        fetching: Fetching,
        speaker: Signer,
        followers_sync: FollowersSync | None = None,
    ) -> None:
        address = Address(presented.origin, presented.domains)
        keyring = Keyring(senders, fetching, speaker, clock)
        visitors = Visitors(address, clock, senders, keyring, intake.heard_from, signed_only=presented.authorized_fetch)
        found = Documents(database, address, visitors, speaker)
        known = WellKnown(
            database,
            clock,
            address,
            title=presented.title,
            description=presented.description,
            speaker=speaker.microblog.value,
        )
        self.sync_minder = SyncMinder(followers_sync, fetching, speaker, clock) if followers_sync is not None else None
        listed = self.sync_minder.listed if self.sync_minder is not None else None
        self.overhearing = Overhearing(presented.origin, clock, senders, keyring, intake)
        self.inbox = Inbox(address, clock, senders, keyring, intake, listed)
        self.documents: dict[str, Endpoint] = {
            "/u/{id:int}": found.actor,
            "/@{name}": found.named_actor,
            "/p/{id:int}": found.post,
            "/@{name}/{id:int}": found.post,
        }
        self.routes: list[Route] = [
            Route("/inbox", self.inbox, methods=["POST"]),
            Route("/u/{id:int}/inbox", self.inbox, methods=["POST"]),
            Route("/u/{id:int}/outbox", found.outbox),
            Route("/u/{id:int}/followers", found.followers),
            Route("/u/{id:int}/following", found.following),
            Route("/u/{id:int}/followers_synchronization", found.followers_synchronization),
            Route("/u/{id:int}/featured", found.featured),
            Route("/p/{id:int}/create", found.create),
            Route("/p/{id:int}/replies", found.replies),
            Route("/p/{id:int}/context", found.context),
            Route("/b/{id:int}", found.boost),
            Route("/q/{id:int}", found.quote_stamp),
            Route("/r/{id:int}", found.reply_stamp),
            Route("/emojis/{shortcode}", found.emoji),
            Route("/.well-known/webfinger", known.webfinger),
            Route("/.well-known/host-meta", known.host_meta),
            Route("/.well-known/host-meta.json", known.host_meta_json),
            Route("/.well-known/nodeinfo", known.nodeinfo_links),
            Route("/nodeinfo/{version}", known.nodeinfo),
        ]

    async def stop(self) -> None:
        """End what goes on behind the doors."""
        if self.sync_minder is not None:
            await self.sync_minder.stop()
