"""Portraits: the avatar and header of one's own microblog, taken away here, and cut for whoever alters a profile."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.app.media import Media
from scattershot.app.publish import Publisher
from scattershot.app.receiving import Receiving
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId
from scattershot.domain.media import Use
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Call, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.account import CredentialAccount
from scattershot.frontends.mastodon_api.params import Nothing

VIA = "api"

Show = Callable[[Call, Nothing], Awaitable[Reply]]
"""Answers with one's own microblog, as `verify_credentials` does."""


class Portrait(NamedTuple):
    """Addresses of new pictures; None leaves what there is."""

    avatar: str | None = None
    header: str | None = None

    def on(self, profile: Profile) -> Profile:
        """The profile with these pictures."""
        return replace(
            profile,
            avatar=profile.avatar if self.avatar is None else self.avatar,
            header=profile.header if self.header is None else self.header,
        )


async def cut(media: Media, who: MicroblogId, avatar: Receiving | None, header: Receiving | None) -> Portrait | Refused:
    """Cut what was received to shape. What no profile shows within a day is dropped, and what one showed before goes
    when it shows another, so whoever asks only says `Portrait.on` in `Publisher.change_profile`."""
    cuts: dict[Use, str] = {}
    for use, given in ((Use.AVATAR, avatar), (Use.HEADER, header)):
        if given is not None:
            kept = await media.portrait(who, use, given)
            if isinstance(kept, Refused):
                return kept
            cuts[use] = kept.attachment.url
    return Portrait(cuts.get(Use.AVATAR), cuts.get(Use.HEADER))


class Portraits:
    """The portrait endpoints."""

    def __init__(self, timelines: Reads, publisher: Publisher, show: Show) -> None:
        self._timelines, self._publisher, self._show = timelines, publisher, show

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("DELETE", f"/api/v1/profile/{name}", self._without(portrait), "write:accounts",
                     answers=CredentialAccount)
            for name, portrait in (("avatar", Portrait(avatar="")), ("header", Portrait(header="")))
        ]  # fmt: skip

    def _without(self, portrait: Portrait) -> Show:
        async def handle(call: Call, nothing: Nothing) -> Reply:
            face = await self._timelines.face(call.who)
            if face is None:
                return NOT_FOUND
            done = await self._publisher.change_profile(portrait.on(face.profile), VIA)
            return refused(done) if isinstance(done, Refused) else await self._show(call, nothing)

        return handle
