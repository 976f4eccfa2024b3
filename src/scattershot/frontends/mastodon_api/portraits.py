"""Portraits: the avatar and header of one's own microblog, cut for whoever alters a profile."""

from typing import NamedTuple

from scattershot.app.media import Media
from scattershot.app.receiving import Receiving
from scattershot.domain.ids import MicroblogId
from scattershot.domain.media import Use
from scattershot.domain.reading import Refused


class Portrait(NamedTuple):
    """Addresses of new pictures; None leaves what there is."""

    avatar: str | None = None
    header: str | None = None


async def cut(media: Media, who: MicroblogId, avatar: Receiving | None, header: Receiving | None) -> Portrait | Refused:
    """Cut what was received to shape. What no profile shows within a day is dropped, and what one showed before goes
    when it shows another, so whoever asks only says these addresses in the profile."""
    cuts: dict[Use, str] = {}
    for use, given in ((Use.AVATAR, avatar), (Use.HEADER, header)):
        if given is not None:
            kept = await media.portrait(who, use, given)
            if isinstance(kept, Refused):
                return kept
            cuts[use] = kept.attachment.url
    return Portrait(cuts.get(Use.AVATAR), cuts.get(Use.HEADER))
