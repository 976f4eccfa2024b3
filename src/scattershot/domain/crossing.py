"""What of a post cannot cross to which network, in words for whoever writes it. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.post import Audience


class Network(StrEnum):
    """A network that a microblog speaks to."""

    ACTIVITYPUB = "activitypub"
    FEEDS = "feeds"
    NOSTR = "nostr"


USUAL = frozenset({Network.ACTIVITYPUB, Network.FEEDS})
"""What every microblog speaks to."""


class Saying(NamedTuple):
    """What is about to be said, as far as networks differ."""

    audience: Audience = Audience.PUBLIC
    is_edit: bool = False
    is_deletion: bool = False
    has_poll: bool = False
    has_terms: bool = False
    """It says who may answer or quote it."""
    people_on: frozenset[Network] = frozenset()
    """The networks of those elsewhere whom it names."""


def cannot_cross(saying: Saying, networks: Iterable[Network]) -> tuple[str, ...]:
    """One sentence for each thing that is lost on the way to one of the networks; none where all of it arrives."""
    spoken = frozenset(networks)
    found: list[str] = []
    if Network.FEEDS in spoken and saying.audience.is_open and saying.has_poll:
        found.append("Readers of your feed see the poll, but cannot vote in it.")
    if saying.audience is Audience.MENTIONED:
        private = _private(saying, Network.NOSTR in spoken)
        if private:
            return (*found, *private)
    if Network.NOSTR in spoken:
        found += _to_relays(saying)
    return tuple(found)


def _private(saying: Saying, speaks_there: bool) -> list[str]:
    """What is for those alone whom it names goes to each over their own network."""
    if Network.NOSTR not in saying.people_on:
        return []
    if saying.is_edit:
        return ["An edit cannot reach Nostr: whoever has it there reads it as it was."] if speaks_there else []
    if saying.is_deletion:
        return ["What was brought to Nostr stays with whoever has it there."] if speaks_there else []
    if not speaks_there:
        return ["You do not speak on Nostr: whoever you name there will not get this."]
    if Network.ACTIVITYPUB in saying.people_on:
        return [
            "Those on Nostr get this apart from the others: neither sees who else has it there, nor what they answer."
        ]
    return []


def _to_relays(saying: Saying) -> list[str]:
    if saying.audience is Audience.MENTIONED and saying.people_on == {Network.NOSTR}:
        return []
    if not saying.audience.is_open:
        return [] if saying.is_edit or saying.is_deletion else ["Only posts for everyone go to Nostr: not this one."]
    found = []
    if saying.is_edit:
        found.append("An edit cannot reach Nostr: there the post stays as it was.")
    if saying.is_deletion:
        found.append("Nostr is asked to forget the post, but nobody there has to.")
    if saying.has_poll:
        found.append("On Nostr everybody sees who votes for what.")
    if saying.has_terms:
        found.append("On Nostr anybody may answer and quote it.")
    return found
