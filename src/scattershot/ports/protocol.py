"""What the house asks of a tongue spoken with other nodes, so that one can be added without touching another."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from scattershot.domain.change import Boosted, Change
from scattershot.domain.delivery import Outcome, Unwanted
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.post import Post
from scattershot.domain.reading import Arrival, Reading, Refused
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import WireId


class SigningKey(NamedTuple):
    """A private key of a microblog kept here: `id` is its public name, `private` PEM."""

    id: str
    algorithm: str
    private: str


class Signer(NamedTuple):
    """Who speaks: a microblog kept here with its keys."""

    microblog: WireId
    keys: tuple[SigningKey, ...]

    def key(self, algorithm: str) -> SigningKey | None:
        """Its key of that algorithm."""
        return next((key for key in self.keys if key.algorithm == algorithm), None)


class BackPosts(NamedTuple):
    """A page of what an author wrote, newest first: each entry a reading, and where to go on, or None at the end."""

    readings: tuple[Reading, ...]
    next: str | None


class Tongue(Protocol):
    """One protocol: pure reading, planning and encoding, and the few things that cross the network."""

    name: str

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """What the bytes say. Pure: what is missing is a value. `proven`: the author's own proof in it was checked."""
        ...

    def door(self, profile: Profile) -> EndpointAddress | None:
        """The endpoint by which the microblog hears from us, the same for all of its server where there is such a one;
        None for a microblog of another tongue. Pure."""
        ...

    def encode(self, change: Change, to: Sequence[WireId], signer: Signer, now: Millis) -> bytes | None:
        """The body for a local change, the same for every endpoint; None where this tongue has no word for it. Pure.

        `to` are the microblogs concerned: the author of a boosted or liked post, the target of a follow.
        """
        ...

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None = None
    ) -> Outcome:
        """Hand the body over, signed at the last moment in the dialect the node is known to take.

        `followers` are the signer's followers at that node where the body is for followers alone, so that both sides
        can compare (FEP-8fcf).
        """
        ...

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """The thing of that name from its own node: a `ProfileChanged`, `Posted` or `Boosted` of its true author."""
        ...

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """What a handle or address that a person typed stands for."""
        ...

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """A page of the author's posts and boosts, newest first; `page` is the last answer's `next`."""
        ...

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """The names of posts that belong to the post's conversation, as its own node and the thread's list them."""
        ...


class Silent:
    """The half of a tongue in which nothing is ever sent: whoever wishes to hear comes and asks."""

    @staticmethod
    def door(profile: Profile) -> EndpointAddress | None:
        """There are none."""
        del profile
        return None

    def encode(self, change: Change, to: Sequence[WireId], signer: Signer, now: Millis) -> bytes | None:
        """No change has a body."""
        del change, to, signer, now
        return None

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None = None
    ) -> Outcome:
        """Nobody wishes it."""
        del endpoint, body, signer, dialect, followers
        return Unwanted("no_door", gone=True)


class Herald(Protocol):
    """Tells endpoints that hear no change, but that there is news: what they are told is made when it is sent."""

    name: str

    async def tell(self, endpoint: Endpoint, recorded: Recorded) -> Outcome:
        """Let the endpoint know what the change means to it."""
        ...


class Scribe(Protocol):
    """Puts what somebody takes along into documents, piece by piece. Pure."""

    def actor(self, profile: Profile, outbox: str, likes: str, bookmarks: str) -> bytes:
        """The profile; the others are names of files."""
        ...

    def posted(self, post: Post) -> bytes:
        """A post of theirs in their outbox."""
        ...

    def boosted(self, change: Boosted, author: WireId | None) -> bytes:
        """What they passed on, in their outbox."""
        ...

    def name(self, uri: str) -> bytes:
        """A thing of others in a collection."""
        ...

    def opening(self, this: str) -> bytes:
        """How the collection of that name begins; its items follow, apart by commas."""
        ...

    def closing(self, total: int) -> bytes:
        """How a collection of so many items ends."""
        ...


class Overhears(Protocol):
    """Takes what came by no wire of its own: it is believed for its author's proof alone."""

    async def overhear(self, body: bytes, host: str) -> str:
        """What became of words said to be of somebody at the host: `new`, `known`, `kept`, `busy`, `unrelated` or why
        they were not taken."""
        ...
