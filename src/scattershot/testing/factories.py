"""People and posts made up for tests, with sensible parts where none are given."""

from itertools import count
from typing import Any

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Mention, Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId

_numbers = count(1)

NOON = Millis(1_767_225_600_000)
"""The moment at which `FakeClock` begins."""


def wire(address: str) -> WireId:
    """A name on the ActivityPub wire."""
    return WireId(ACTIVITYPUB, address)


def a_profile(handle: str = "", **parts: Any) -> Profile:
    """A microblog elsewhere, by its handle `name@host`."""
    name, _, host = (handle or f"someone{next(_numbers)}@far.example").partition("@")
    actor = f"https://{host}/users/{name}"
    doors = {
        "inbox": f"{actor}/inbox",
        "shared_inbox": f"https://{host}/inbox",
        "outbox": f"{actor}/outbox",
        "followers": f"{actor}/followers",
    }
    return Profile(id=wire(actor), name=name, domain=host, **{"doors": doors, **parts})


def a_post(by: WireId, text: str = "Hello", **parts: Any) -> Post:
    """A post by somebody; `to` are the wire ids it names."""
    number = next(_numbers)
    mentions = tuple(Mention(named) for named in parts.pop("to", ()))
    made = {
        "id": wire(f"{by.value}/posts/{number}"),
        "published": Millis(NOON + number),
        "audience": Audience.PUBLIC,
        "html": f"<p>{text}</p>",
        "mentions": mentions,
    }
    return Post(author=by, **{**made, **parts})
