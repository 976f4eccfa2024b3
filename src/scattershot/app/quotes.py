"""What people here do about quotes and answers: say yes or no, take a yes back, alter the terms of a post."""

from typing import NamedTuple

from msgspec.structs import replace

from scattershot.app.items import Item
from scattershot.app.publish import Done, Publisher
from scattershot.app.refusals import to_be_altered
from scattershot.app.timelines import Timelines
from scattershot.domain.change import Change, Edited, QuoteAnswered, QuoteRevoked
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.quote import QuoteState
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Rule, Terms, altered
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import posts, wire_ids
from scattershot.storage.tables import quotes as rows

NO_SUCH_QUOTE = Refused("not_found", "There is no such quote.")


class Waiting(NamedTuple):
    """A quote that its quoted author has not answered: the quoting post, which of the author's it quotes, and since
    when."""

    item: Item
    quoted: PostId


class Quotes:
    """Quotes of the posts of somebody here, and the terms of its posts."""

    def __init__(self, publisher: Publisher, timelines: Timelines) -> None:
        self._publisher, self._timelines = publisher, timelines

    async def answer(self, who: MicroblogId, quoting: PostId, via: str, *, accepted: bool) -> Done | Refused:
        """Say yes or no to a post that quotes one of the microblog's own; a no after a yes takes it back."""

        def make(tx: Transaction) -> Change | Refused:
            quote, row = rows.get(tx, quoting), posts.get(tx, quoting)
            actor = wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG)
            if quote is None or row is None or row.gone or actor is None or quote.quoted_author != who:
                return NO_SUCH_QUOTE
            return QuoteAnswered(actor=actor, accepted=accepted, quoting=row.post.id)

        return await self._publisher.change(make, via)

    async def revoke(self, who: MicroblogId, quoted: PostId, quoting: PostId, via: str) -> Done | Refused:
        """Take back the consent to a quote of the microblog's own post; for good."""

        def make(tx: Transaction) -> Change | Refused:
            quote = rows.get(tx, quoting)
            actor = wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG)
            if quote is None or actor is None or quote.quoted != quoted or quote.quoted_author != who:
                return NO_SUCH_QUOTE
            if quote.state is QuoteState.ACCEPTED and quote.stamp:
                return QuoteRevoked(actor=actor, stamp=WireId(ACTIVITYPUB, quote.stamp))
            return QuoteAnswered(actor=actor, accepted=False, quoting=wire_ids.of(tx, quoting, wire_ids.Thing.POST))

        return await self._publisher.change(make, via)

    async def set_terms(
        self,
        who: MicroblogId,
        post: PostId,
        via: str,
        by: PersonId | None = None,
        *,
        quotes: Rule | None = None,
        replies: Rule | None = None,
    ) -> Done | Refused:
        """Alter who may quote a post of the microblog, who may answer it, or both, by one of its keepers (None: the
        node); what was said before stays."""

        def make(tx: Transaction) -> Change | Refused:
            row = to_be_altered(tx, who, post, by)
            if isinstance(row, Refused):
                return row
            old = row.post
            return Edited(actor=old.author, post=replace(old, terms=altered(old.terms, Terms(quotes, replies))))

        return await self._publisher.change(make, via)

    # -- lists

    async def of(self, post: PostId, viewer: MicroblogId | None, before: int | None, limit: int) -> list[Item] | None:
        """Posts that quote it with its author's consent, newest first; None where the viewer may not see the post."""
        if await self._timelines.item(post, viewer) is None:
            return None

        def work(tx: Transaction) -> list[Item]:
            found = rows.of(tx, post, PostId(before) if before is not None else posts.END, limit)
            return self._timelines.items_in(tx, found, viewer)

        return await self._timelines.read(work)

    async def waiting(self, who: MicroblogId, before: int | None, limit: int) -> list[Waiting]:
        """Quotes of the microblog's posts that wait for its answer, newest first."""

        def work(tx: Transaction) -> list[Waiting]:
            found = rows.waiting(tx, who, PostId(before) if before is not None else posts.END, limit)
            items = {item.id: item for item in self._timelines.items_in(tx, [quote.post for quote in found], who)}
            return [
                Waiting(items[quote.post], quote.quoted)
                for quote in found
                if quote.post in items and quote.quoted is not None
            ]

        return await self._timelines.read(work)
