"""Pictures, sounds and films in the form of a post: taken in, shown while one writes, and described."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from scattershot.app.drafts import Planned
from scattershot.app.media import Kept, Media
from scattershot.domain.ids import MicroblogId
from scattershot.domain.media import State
from scattershot.domain.reading import Refused
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.giving import Given, GivenFile, received
from scattershot.frontends.web.typed import Shown, Typed, focus_text, suffix
from scattershot.frontends.web.visitors import Visitor
from scattershot.wirekit.token_bucket import Bucket, RateLimits

UPLOADS = Bucket(capacity=60, per_second=1 / 30)
"""How many files one microblog may give in a short while."""
_OFTEN = "Those were many files in a short while. Please wait a few minutes."


class Pictures:
    """Takes files in for whoever writes."""

    def __init__(self, desk: Desk, media: Media, most: int) -> None:
        self._desk, self._media, self._most = desk, media, most
        self._uploads = RateLimits(UPLOADS)

    def most_bytes(self, visitor: Visitor) -> int:
        """Of a form that brings files along; somebody who is not signed in has only words to save."""
        sizes = self._media.sizes
        return 4 * sizes.picture + sizes.other if visitor.person is not None else sizes.picture

    async def taken(self, author: MicroblogId, held: Typed, given: Given) -> tuple[Typed, dict[str, str]]:
        """What was typed with the files that came along, and what is the matter with those that could not be taken."""
        problems: dict[str, str] = {}
        pieces = []
        for place, piece in enumerate(held.pieces):
            found = list(piece.media)
            for file in (each for each in given.files if each.field == f"file{suffix(place)}"):
                kept = await self._take(author, len(found), file)
                if isinstance(kept, Refused):
                    problems[f"media{suffix(place)}"] = kept.detail
                    break
                found.append(Shown(kept.id))
            pieces.append(piece._replace(media=tuple(found)))
        return held._replace(media=pieces[0].media, further=tuple(pieces[1:])), problems

    async def _take(self, author: MicroblogId, there: int, file: GivenFile) -> Kept | Refused:
        if there >= self._most:
            return Refused("invalid", f"A post shows at most {self._most} files.")
        if not self._uploads.take(str(author), self._desk.clock.now()).allowed:
            return Refused("often", _OFTEN)
        kept = await self._media.take(author, await received(self._media, file.upload))
        if isinstance(kept, Kept) and kept.state is State.WAITING:
            kept = await self._media.finish(kept.id)
        if isinstance(kept, Kept) and kept.state is State.FAILED:
            return Refused("invalid", "One of the files could not be read.")
        return kept

    async def one(self, request: Request, visitor: Visitor, author: MicroblogId, given: Given) -> Response:
        """A file that a script sends by itself, as the piece of the form that shows it."""
        place = given.form.number("place") or 0
        kept: Kept | Refused = Refused("invalid", "Choose a file.")
        if given.files:
            kept = await self._take(author, 0, given.files[0])
        if isinstance(kept, Refused):
            return Response(kept.detail, 429 if kept.why == "often" else 422, media_type="text/plain")
        each = {**_as_shown(kept), **composer.said("", "")}
        return self._desk.fragment(request, visitor, "given.html", each=each, suffix=suffix(place))

    async def shown(self, author: MicroblogId, held: Typed) -> dict[int, dict[str, Any]]:
        """The author's own uploads among those in the form, as templates show them."""
        found: dict[int, dict[str, Any]] = {}
        for piece in held.pieces:
            for each in piece.media:
                kept = await self._media.of(author, each.id)
                if kept is not None and kept.state not in (State.FAILED, State.DROPPED):
                    found[each.id] = _as_shown(kept)
        return found

    async def describe(self, author: MicroblogId, plan: Planned) -> Refused | None:
        """Say of the uploads what was typed, before a post shows them; what one shows already says it."""
        for draft in (plan.draft, *plan.further):
            for said in draft.described:
                kept = await self._media.of(author, said.media)
                if kept is None or kept.is_shown:
                    continue
                done = await self._media.describe(author, said.media, alt=said.alt, focus=said.focus)
                if isinstance(done, Refused):
                    return done
        return None


def _as_shown(kept: Kept) -> dict[str, Any]:
    picture = kept.attachment
    return {
        "id": kept.id,
        "url": picture.thumbnail or picture.url,
        "kind": picture.shown_as.value,
        "alt": picture.alt,
        "focus": focus_text(picture.focus),
    }
