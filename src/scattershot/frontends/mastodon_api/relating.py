"""What one does with others: following, blocking, muting, noting, recommending; and answering those who ask."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from scattershot.app.publish import Done, Publisher
from scattershot.app.ties import Ties
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.follows import Wish, spelt_languages
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint
from scattershot.frontends.mastodon_api.entities.people import Relationship
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.people_as_json import relationship
from scattershot.frontends.mastodon_api.statuses import VIA

FOLLOWS = Allowance("follows", 400, 86_400)
"""How many may be followed in a day, as at Mastodon: nobody reads more."""
LONGEST_MUTE = 10 * 365 * 86_400
"""Seconds; a longer one is one for ever."""
_FORBIDDEN = ("unrelated", "blocked", "blocked_node", "shunned", "gone")


class FollowParams(Struct, frozen=True):
    """How somebody is followed; what is not said stays as it is."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None


class MuteParams(Struct, frozen=True):
    """How somebody is muted: for so many seconds (0: for ever), and whether what they do is told."""

    notifications: bool = True
    duration: int = 0


class NoteParams(Struct, frozen=True):
    """What one notes of somebody."""

    comment: str = ""


Deed = Callable[[MicroblogId, MicroblogId], Awaitable[Done | Refused | None]]


class Relating:
    """The endpoints that alter how two microblogs stand to each other; each answers how they stand now."""

    def __init__(self, timelines: Reads, publisher: Publisher, ties: Ties) -> None:
        self._timelines, self._publisher, self._ties = timelines, publisher, ties

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one, asked = "/api/v1/accounts/{id}", "/api/v1/follow_requests/{id}"
        follows, blocks, mutes, accounts = (f"write:{each}" for each in ("follows", "blocks", "mutes", "accounts"))
        plain: list[tuple[str, str, Deed]] = [
            (f"{one}/unfollow", follows, self._unfollow),
            (f"{one}/remove_from_followers", follows, self._part_with),
            (f"{one}/block", blocks, self._block),
            (f"{one}/unblock", blocks, self._unblock),
            (f"{one}/unmute", mutes, self._unmute),
            (f"{one}/pin", accounts, self._ties.endorse),
            (f"{one}/endorse", accounts, self._ties.endorse),
            (f"{one}/unpin", accounts, self._ties.unendorse),
            (f"{one}/unendorse", accounts, self._ties.unendorse),
            (f"{asked}/authorize", follows, self._answer(accepted=True)),
            (f"{asked}/reject", follows, self._answer(accepted=False)),
        ]
        return [
            Endpoint("POST", f"{one}/follow", self._follow, follows, takes=FollowParams, answers=Relationship,
                     allowance=FOLLOWS),
            Endpoint("POST", f"{one}/mute", self._mute, mutes, takes=MuteParams, answers=Relationship),
            Endpoint("POST", f"{one}/note", self._note, accounts, takes=NoteParams, answers=Relationship),
            *(Endpoint("POST", path, self._deed(deed), scope, answers=Relationship) for path, scope, deed in plain),
        ]  # fmt: skip

    def _deed(self, deed: Deed) -> Callable[[Call, Nothing], Awaitable[Reply]]:
        """An endpoint that does something to somebody."""

        async def handle(call: Call, _: Nothing) -> Reply:
            return await self._done(call, deed)

        return handle

    async def _done(self, call: Call, deed: Deed) -> Reply:
        face = await self._timelines.face(call.id())
        if face is None:
            return NOT_FOUND
        done = await deed(call.who, face.id)
        if isinstance(done, Refused):
            return Problem(403, "This action is not allowed", done.detail) if done.why in _FORBIDDEN else refused(done)
        found = await self._ties.between(call.who, [face.id])
        return Answer(relationship(face.id, found[face.id]))

    # -- following

    async def _follow(self, call: Call, params: FollowParams) -> Reply:
        languages = spelt_languages(params.languages) if params.languages is not None else None
        if params.languages is not None and languages is None:
            return Problem(422, "Validation failed: Languages contains invalid languages")
        wish = Wish(params.reblogs, params.notify, languages)

        async def deed(who: MicroblogId, whom: MicroblogId) -> Done | Refused:
            return await self._publisher.follow(who, whom, VIA, wish)

        return await self._done(call, deed)

    async def _unfollow(self, who: MicroblogId, whom: MicroblogId) -> Done | Refused:
        return await self._publisher.unfollow(who, whom, VIA)

    async def _part_with(self, who: MicroblogId, whom: MicroblogId) -> Done | Refused:
        """One who does not follow need not be sent away."""
        done = await self._publisher.answer(who, whom, VIA, accepted=False)
        return Done(None) if isinstance(done, Refused) and done.why == "no_such_follow" else done

    def _answer(self, *, accepted: bool) -> Deed:
        """An answer to somebody who waits for one; whoever does not is not there."""

        async def deed(who: MicroblogId, whom: MicroblogId) -> Done | Refused:
            found = await self._ties.between(who, [whom])
            if not found[whom].asked_by:
                return Refused("not_found")
            return await self._publisher.answer(who, whom, VIA, accepted=accepted)

        return deed

    # -- keeping away

    async def _block(self, who: MicroblogId, whom: MicroblogId) -> Done | Refused:
        return await self._publisher.block(who, whom, VIA)

    async def _unblock(self, who: MicroblogId, whom: MicroblogId) -> Done | Refused:
        return await self._publisher.unblock(who, whom, VIA)

    async def _mute(self, call: Call, params: MuteParams) -> Reply:
        seconds = params.duration if 0 < params.duration <= LONGEST_MUTE else 0
        expires = Millis(call.now + seconds * 1_000) if seconds else None

        async def deed(who: MicroblogId, whom: MicroblogId) -> Refused | None:
            if who == whom:
                return Refused("invalid", "That is yourself.")
            await self._publisher.mute(who, whom, expires, notifications=params.notifications)
            return None

        return await self._done(call, deed)

    async def _unmute(self, who: MicroblogId, whom: MicroblogId) -> None:
        await self._publisher.unmute(who, whom)

    # -- thinking of them

    async def _note(self, call: Call, params: NoteParams) -> Reply:
        async def deed(who: MicroblogId, whom: MicroblogId) -> Refused | None:
            return await self._ties.remark(who, whom, params.comment)

        return await self._done(call, deed)
