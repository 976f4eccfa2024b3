"""Reacting to posts with an emoji: of Unicode, of the house, or of another node where it stands there already."""

from typing import NamedTuple

from scattershot.app.items import Face, Item
from scattershot.app.publish import Done, Publisher
from scattershot.app.timelines import Timelines
from scattershot.domain.change import Change, Liked, Unliked
from scattershot.domain.emoji import custom, emoji_in, of_node
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import house_emojis, posts, reactions, wire_ids

MOST = 100
"""Those who reacted with one emoji that are named."""

NO_EMOJI = Refused("no_emoji", "That is not one emoji.")
UNKNOWN_EMOJI = Refused("no_emoji", "Nobody has shown that emoji here yet, so there is no picture of it.")


class Reactors(NamedTuple):
    """Who reacted to a post with one emoji; `number` counts also those who are not named."""

    emoji: str
    number: int
    picture: str
    mine: bool
    faces: list[Face]


class Reactions:
    """Reacts, and tells who did."""

    def __init__(self, publisher: Publisher, timelines: Timelines) -> None:
        self._publisher, self._timelines = publisher, timelines

    async def react(self, who: MicroblogId, post: PostId, emoji: str, via: str) -> Done | Refused:
        """React with an emoji: a character, `shortcode`, `shortcode@node`, with or without colons."""
        item = await self._timelines.item(post, who)

        def make(tx: Transaction) -> Change | Refused:
            meant = _meant(tx, post, emoji)
            if isinstance(meant, Refused):
                return meant
            actor, this = _named(tx, who, post)
            if actor is None or this is None or item is None:
                return Refused("not_found", "There is no such post.")
            picture = reactions.picture_of(tx, post, meant) or _own_picture(tx, meant)
            return Liked(actor=actor, post=this, emoji=meant, picture=picture)

        return await self._publisher.change(make, via)

    async def unreact(self, who: MicroblogId, post: PostId, emoji: str, via: str) -> Done | Refused:
        """Take a reaction back."""

        def make(tx: Transaction) -> Change | Refused:
            meant = _meant(tx, post, emoji)
            actor, this = _named(tx, who, post)
            if actor is None or this is None:
                return Refused("not_found", "There is no such post.")
            return meant if isinstance(meant, Refused) else Unliked(actor=actor, post=this, emoji=meant)

        return await self._publisher.change(make, via)

    async def of(self, item: Item, emoji: str = "") -> list[Reactors]:
        """Who reacted to the post, by emoji; of one emoji alone where it is given."""
        wanted = [each for each in item.reactions if not emoji or each.emoji in _spellings(emoji)]

        def work(tx: Transaction) -> list[Reactors]:
            found = []
            for each in wanted:
                ids = reactions.reactors(tx, item.id, each.emoji, MOST)
                faces = self._timelines.faces_in(tx, ids)
                found.append(Reactors(each.emoji, each.number, each.picture, each.mine, faces))
            return found

        return await self._timelines.read(work)


def _named(tx: Transaction, who: MicroblogId, post: PostId) -> tuple[WireId | None, WireId | None]:
    row = posts.get(tx, post)
    this = wire_ids.main(tx, post, wire_ids.Thing.POST) if row is not None and not row.gone else None
    return wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG), this


def _spellings(text: str) -> tuple[str, ...]:
    bare = text.strip().strip(":")
    return (emoji_in(text), of_node(bare, "")) if bare else ()


def _meant(tx: Transaction, post: PostId, text: str) -> str | Refused:
    """The emoji as it is counted on that post. A shortcode alone is the first that stands there by that name."""
    if emoji := emoji_in(text):
        return emoji
    bare = text.strip().strip(":")
    named = custom(of_node(bare, ""))
    if named is None:
        return NO_EMOJI
    for tally in reactions.among(tx, [post]).get(post, ()):
        there = custom(tally.emoji)
        if there is not None and there[0] == named[0] and named[1] in ("", there[1]):
            return tally.emoji
    own = of_node(*named)
    return own if _own_picture(tx, own) else UNKNOWN_EMOJI


def _own_picture(tx: Transaction, emoji: str) -> str:
    """The picture of one of the house's own emojis; nothing where it is none."""
    named = custom(emoji)
    found = house_emojis.called(tx, named[0]) if named is not None and not named[1] else None
    return found.url if found is not None else ""
