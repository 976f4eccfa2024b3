"""Conversations of which a microblog is told no more; they are shown as ever."""

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import posts, quiet_threads


class Quiet:
    """Keeps conversations quiet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, who: MicroblogId, post: PostId, *, quiet: bool) -> None:
        """Tell the microblog no more of the conversation that the post is part of, or again."""

        def work(tx: Transaction) -> None:
            row = posts.get(tx, post)
            if row is not None:
                quiet_threads.put(tx, who, row.thread, quiet=quiet)

        await self._database.write(work)
