"""Posts in a row: several drafts, each of which answers the one before, posted one after another."""

from collections.abc import Sequence
from typing import NamedTuple

from scattershot.app.publish import Done, Draft, Publisher
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.reading import Refused


class Row(NamedTuple):
    """How far it came: what was posted, and what remains where one could not be, with why not."""

    posted: tuple[PostId, ...]
    rest: tuple[Draft, ...] = ()
    refused: Refused | None = None


async def post_in_a_row(
    publisher: Publisher, author: MicroblogId, drafts: Sequence[Draft], writer: PersonId | None, via: str, once: str
) -> Row:
    """Post them; each has its place in `once`, so that what is tried again goes on where it stopped."""
    posted: list[PostId] = []
    for place, draft in enumerate(drafts):
        following = draft._replace(reply_to=posted[-1]) if posted else draft
        done = await publisher.post(author, following, writer, via, f"{once} {place}" if place else once)
        if isinstance(done, Refused):
            return Row(tuple(posted), (following, *drafts[place + 1 :]), done)
        assert isinstance(done, Done)
        assert done.post is not None
        posted.append(done.post)
    return Row(tuple(posted))
