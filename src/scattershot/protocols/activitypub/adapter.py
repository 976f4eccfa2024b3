"""ActivityPub as a tongue of the house."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scattershot.domain.change import Change
from scattershot.domain.delivery import Outcome
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.reading import Arrival, Reading, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.protocol import BackPosts, Signer
from scattershot.protocols.activitypub.gateway.conversations import conversation
from scattershot.protocols.activitypub.gateway.fetching import Fetching
from scattershot.protocols.activitypub.gateway.finding import Finding
from scattershot.protocols.activitypub.gateway.names import Names
from scattershot.protocols.activitypub.gateway.sending import Sending
from scattershot.protocols.activitypub.translate.from_change import activity_of, can_be_told
from scattershot.protocols.activitypub.translate.to_changes import read_activity
from scattershot.protocols.activitypub.wire.proofs import attach
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC, JsonObject, encode
from scattershot.wirekit.dates import rfc3339_seconds
from scattershot.wirekit.keys import load_private


class ActivityPub:
    """Speaks ActivityPub; implements `ports.protocol.Tongue`."""

    name = ACTIVITYPUB

    def __init__(
        self, fetcher: Fetcher, clock: Clock, *, domains: tuple[str, ...], user_agent: str, insecure_http: bool = False
    ) -> None:
        names = Names(fetcher, clock, user_agent, domains, insecure_http=insecure_http)
        self.fetching = Fetching(fetcher, clock, names, user_agent)
        self._sending = Sending(fetcher, clock, user_agent)
        self._finding = Finding(self.fetching, names)

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """What the bytes say."""
        return read_activity(arrival.body, arrival.sender, arrival.host, proven=proven, at=arrival.at)

    @staticmethod
    def door(profile: Profile) -> EndpointAddress | None:
        """Its server's shared inbox, else its own."""
        if profile.id.protocol != ACTIVITYPUB:
            return None
        address = profile.doors.get("shared_inbox") or profile.doors.get("inbox")
        return EndpointAddress(ACTIVITYPUB, "inbox", address) if address else None

    def encode(self, change: Change, to: Sequence[WireId], signer: Signer, now: Millis) -> bytes | None:
        """The activity; what is for everybody bears its author's proof, so that whoever is handed it may believe it."""
        activity = activity_of(change, to) if can_be_told(change) else None
        if activity is None:
            return None
        return encode(_with_proof(activity, signer, now) if _is_open(activity) else activity)

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None = None
    ) -> Outcome:
        """Hand the body over."""
        return await self._sending.send(endpoint, body, signer, dialect, followers)

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """The thing of that name from its own node."""
        return await self.fetching.fetch(wire_id, signer)

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """The posts of its conversation, as its nodes list them."""
        return await conversation(self.fetching, post, signer)

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """What a handle or address stands for."""
        return await self._finding.find(text, signer)

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """A page of the author's outbox."""
        return await self.fetching.back_posts(profile, page, signer)


def _is_open(activity: JsonObject) -> bool:
    return PUBLIC in activity.get("to", ()) or PUBLIC in activity.get("cc", ())


def _with_proof(activity: JsonObject, signer: Signer, now: Millis) -> JsonObject:
    key = signer.key("ed25519")
    private = load_private(key.private) if key is not None else None
    if key is None or not isinstance(private, Ed25519PrivateKey):
        return activity
    # Fedify 2.3.6 refuses one proof in ten that is timed to the millisecond: those whose fraction ends in zero.
    return attach(activity, private, key.id, rfc3339_seconds(now))
