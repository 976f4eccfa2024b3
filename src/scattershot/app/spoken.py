"""What is known here of those who are met on a wire of slips, for its doors."""

from collections.abc import Awaitable, Callable

from scattershot.app.signets import Signets
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, posts, wire_ids


async def public_name(
    database: Database, signets: Signets, handle: Handle, when_made: Callable[[], Awaitable[None]] | None = None
) -> str | None:
    """The key of the microblog of that name, made where it has none yet (and `when_made` told of that); None where it
    does not speak there."""

    def look(tx: Transaction) -> tuple[MicroblogId, str | None] | None:
        row = microblogs.named(tx, handle)
        return (row.id, signets.public(tx, row.id)) if row is not None and signets.speaks(tx, row) else None

    found = await database.read(look)
    if found is None or found[1] is not None:
        return found[1] if found is not None else None

    def make(tx: Transaction) -> str | None:
        signets.make(tx, found[0])
        return signets.public(tx, found[0])

    public = await database.write(make)
    if when_made is not None:
        await when_made()
    return public


def address_of(tx: Transaction, wire_id: WireId, own_domain: str) -> str | None:
    """The path of the page here of a thing that has that name on a wire; its author's where it is a post."""
    named = wire_ids.find(tx, wire_id)
    if named is None:
        return None
    if named.kind == wire_ids.Thing.MICROBLOG:
        row = microblogs.get(tx, MicroblogId(named.thing))
        return Addresses("").page(row.profile.handle, own_domain) if row is not None and not row.gone else None
    post = posts.get(tx, PostId(named.thing)) if named.kind == wire_ids.Thing.POST else None
    author = microblogs.get(tx, post.author) if post is not None and not post.gone else None
    if post is None or author is None:
        return None
    return Addresses("").post_page(author.profile.handle, own_domain, post.id)


def secret_of(tx: Transaction, signets: Signets, wire_id: WireId) -> bytes | None:
    """The private key of whoever is kept here under that name; None of anybody else."""
    microblog = wire_ids.find_as(tx, wire_id, wire_ids.Thing.MICROBLOG)
    row = microblogs.get(tx, MicroblogId(microblog)) if microblog is not None else None
    signet = signets.speaking(tx, row).signet if row is not None and row.local else None
    return signet.secret if signet is not None else None
