"""Asking a post's node what else belongs to its conversation."""

from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.fetching import Fetching
from scattershot.protocols.activitypub.translate.documents_in import collection_items, surroundings_of

MAX_PAGES = 5
"""Pages read of all the lists together; each holds some dozens of posts."""


async def conversation(fetching: Fetching, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
    """The posts of the conversation as its nodes list them, without the posts themselves."""
    document = await fetching.activity(post.value, signer)
    if isinstance(document, Refused):
        return document
    around = surroundings_of(document.body)
    found = dict.fromkeys(around.replies)
    pages, waiting = 0, list(around.collections)
    while waiting and pages < MAX_PAGES:
        page = await fetching.activity(waiting.pop(0), signer)
        pages += 1
        if isinstance(page, Refused):
            continue
        items = collection_items(page.body)
        found |= dict.fromkeys(items.ids)
        if items.next is not None:
            waiting.insert(0, items.next)
    return tuple(WireId(ACTIVITYPUB, this) for this in found if this != post.value)
