"""A tongue that says changes as they are, for tests of the house that need no protocol: what it sends is remembered."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from scattershot.domain.change import Change
from scattershot.domain.delivery import Delivered, Outcome
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.reading import Arrival, Changes, Reading, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import BackPosts, Signer


class Said(NamedTuple):
    """What was handed over where, in whose name."""

    address: str
    change: Change
    signer: WireId


class FakeTongue:
    """Sends to nobody: `answer` decides how each attempt goes; `known` is what can be fetched."""

    name = ACTIVITYPUB

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.encoded = 0
        self.about: bytes | None = None
        """The body that `answer` is asked about."""
        self.fetched: list[WireId] = []
        self.answer: Callable[[Endpoint], Outcome] = lambda _: Delivered()
        self.known: dict[WireId, Reading] = {}
        self.pages: list[BackPosts | Refused] = []

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """The change in the bytes."""
        change = msgspec.json.decode(arrival.body, type=Change)
        return Changes((change,), f"{change.id}{proven}")

    def door(self, profile: Profile) -> EndpointAddress | None:
        """The shared inbox."""
        inbox = profile.doors.get("shared_inbox")
        return EndpointAddress(ACTIVITYPUB, "inbox", inbox) if inbox else None

    def encode(self, change: Change, to: Sequence[WireId], signer: Signer, now: Millis) -> bytes | None:
        """The change as JSON."""
        self.encoded += 1
        assert now > 0
        assert signer.keys
        assert isinstance(to, tuple)
        return msgspec.json.encode(change)

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None = None
    ) -> Outcome:
        """Whatever `answer` says; only what is delivered counts as said."""
        assert isinstance(dialect, str)
        assert followers is None or len(followers) > 0
        self.about = body
        outcome = self.answer(endpoint)
        if isinstance(outcome, Delivered):
            change = msgspec.json.decode(body, type=Change)
            self.said.append(Said(endpoint.address, change, signer.microblog))
        return outcome

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """What is `known` of it."""
        assert signer.keys
        self.fetched.append(wire_id)
        return self.known.get(wire_id, Refused("not_found"))

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """The name itself, where it is known."""
        assert signer.keys
        named = WireId(ACTIVITYPUB, text)
        return named if named in self.known else Refused("not_found", f"{text} was not found.")

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """The next of `pages`."""
        assert profile.doors
        assert signer.keys
        assert page is None or page
        return self.pages.pop(0) if self.pages else Refused("unreachable")

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """Everything `known` besides the post itself."""
        assert signer.keys
        return tuple(wire_id for wire_id in self.known if wire_id != post)
