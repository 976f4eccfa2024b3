"""Media: files are given, described, looked at again and taken back."""

from msgspec import Struct
from msgspec.structs import replace

from scattershot.app.media import Kept, Media
from scattershot.app.receiving import Receiving
from scattershot.domain.media import State, parse_focus
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint
from scattershot.frontends.mastodon_api.entities.status import MediaAttachment
from scattershot.frontends.mastodon_api.media_as_json import upload_entity
from scattershot.frontends.mastodon_api.params import BadParameter, Nothing

UPLOADS = Allowance("uploads", 30, 1_800)
_FAILED = Problem(422, "Validation failed: File is invalid, or of a kind that cannot be read")
_ROOM_FOR_FIELDS = 1_000_000


class NewMedia(Struct, frozen=True):
    """A file to be kept."""

    file: Receiving
    thumbnail: Receiving | None = None
    description: str = ""
    focus: str = ""


class MediaChanges(Struct, frozen=True):
    """What is to be said of a file."""

    thumbnail: Receiving | None = None
    description: str | None = None
    focus: str = ""


class MediaEndpoints:
    """The media endpoints."""

    def __init__(self, media: Media) -> None:
        self._media = media

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        write, one, answers = "write:media", "/api/v1/media/{id}", MediaAttachment
        largest = largest_body(self._media)
        return [
            Endpoint("POST", "/api/v2/media", self._create, write, takes=NewMedia, answers=answers, allowance=UPLOADS,
                     largest=largest, media=True),
            Endpoint("POST", "/api/v1/media", self._create_at_once, write, takes=NewMedia, answers=answers,
                     allowance=UPLOADS, largest=largest, media=True),
            Endpoint("GET", one, self._show, write, answers=answers),
            Endpoint("PUT", one, self._change, write, takes=MediaChanges, answers=answers, largest=largest, media=True),
            Endpoint("DELETE", one, self._delete, write, answers=dict),
        ]  # fmt: skip

    async def _create(self, call: Call, params: NewMedia) -> Reply:
        kept = await self._taken(call, params)
        return refused(kept) if isinstance(kept, Refused) else _answer(kept, 202)

    async def _create_at_once(self, call: Call, params: NewMedia) -> Reply:
        """The older way, which answers when all is done."""
        kept = await self._taken(call, params)
        if isinstance(kept, Kept) and kept.state is State.WAITING:
            kept = await self._media.finish(kept.id)
        return refused(kept) if isinstance(kept, Refused) else _answer(kept, 202)

    async def _taken(self, call: Call, params: NewMedia) -> Kept | Refused:
        return await self._media.take(
            call.who, params.file, alt=params.description, focus=focus_of(params.focus), cover=params.thumbnail
        )

    async def _show(self, call: Call, _: Nothing) -> Reply:
        kept = await self._media.of(call.who, call.id())
        return NOT_FOUND if kept is None else _answer(kept, 206)

    async def _change(self, call: Call, params: MediaChanges) -> Reply:
        kept = await self._media.describe(
            call.who, call.id(), alt=params.description, focus=focus_of(params.focus), cover=params.thumbnail
        )
        return refused(kept) if isinstance(kept, Refused) else _answer(kept, 200)

    async def _delete(self, call: Call, _: Nothing) -> Reply:
        problem = await self._media.drop(call.who, call.id())
        return Answer({}) if problem is None else refused(problem)


def largest_body(media: Media) -> int:
    """Bytes of a body with a film and its preview."""
    return media.sizes.other + media.sizes.picture + _ROOM_FOR_FIELDS


def focus_of(text: str) -> tuple[float, float] | None:
    """Where to look, or None where nothing is said; BadParameter where it is no such place."""
    if not text.strip():
        return None
    focus = parse_focus(text)
    if focus is None:
        raise BadParameter("focus", "must be two numbers with a comma between them")
    return focus


def _answer(kept: Kept, unfinished: int) -> Reply:
    """The upload; `unfinished` is the status of one that nobody has looked into yet."""
    if kept.state is State.FAILED:
        return _FAILED
    if kept.state is State.READY:
        return Answer(upload_entity(kept.attachment))
    return Answer(upload_entity(replace(kept.attachment, url="")), unfinished)
