"""Polls: looking at them and voting; a poll's id is its post's."""

from msgspec import Struct

from scattershot.app.backfill import Backfill
from scattershot.app.publish import Publisher
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Poll
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses import VIA
from scattershot.frontends.mastodon_api.statuses_as_json import poll_entity


class VoteParams(Struct, frozen=True):
    """Places of the answers, from 0."""

    choices: tuple[int, ...] = ()


class Polls:
    """The poll endpoints."""

    def __init__(self, timelines: Reads, publisher: Publisher, backfill: Backfill, shown: Shown) -> None:
        self._timelines, self._publisher, self._backfill, self._shown = timelines, publisher, backfill, shown

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/polls/{id}"
        return [
            Endpoint("GET", one, self._look, "read:statuses", Who.ANYONE, answers=Poll),
            Endpoint("POST", f"{one}/votes", self._vote, "write:statuses", takes=VoteParams, answers=Poll),
        ]

    async def _look(self, call: Call, _: Nothing) -> Reply:
        """The poll as it stands; one from elsewhere is asked about first, but not for strangers."""
        item = await self._timelines.item(call.id(), call.viewer)
        if call.viewer is not None and item is not None and not item.author.local:
            await self._backfill.poll(item.id)
        return await self._show(call)

    async def _show(self, call: Call) -> Reply:
        item = await self._timelines.item(call.id(), call.viewer)
        if item is None or item.post.poll is None:
            return NOT_FOUND
        return Answer(poll_entity(item, item.post.poll, call.viewer, call.now, self._shown))

    async def _vote(self, call: Call, params: VoteParams) -> Reply:
        item = await self._timelines.item(call.id(), call.who)
        poll = item.post.poll if item is not None else None
        if item is None or poll is None:
            return NOT_FOUND
        places = list(dict.fromkeys(params.choices))
        if not places or not all(0 <= place < len(poll.options) for place in places):
            return Problem(422, "Validation failed: The chosen vote option does not exist")
        if item.mine:
            return Problem(422, "Validation failed: You cannot vote in your own polls")
        if item.votes:
            return Problem(422, "Validation failed: You have already voted on this poll")
        if len(places) > 1 and not poll.multiple:
            return Problem(422, "Validation failed: Only one option can be chosen in this poll")
        done = await self._publisher.vote(call.who, item.id, [poll.options[place].text for place in places], VIA)
        return refused(done) if isinstance(done, Refused) else await self._show(call)
