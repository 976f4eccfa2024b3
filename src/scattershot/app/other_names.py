"""What things are called on other wires, put beside what is told of them, for those who hear them by several."""

from msgspec.structs import replace

from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Post
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, signets, wire_ids


def post_told(tx: Transaction, row: posts.Row) -> Post:
    """The post with its other names; only for one that is not gone."""
    post = row.post
    others = _others(tx, row.id, wire_ids.Thing.POST, post.id)
    return replace(post, also=others) if others else post


def profile_told(tx: Transaction, row: microblogs.Row) -> Profile:
    """The profile with its other names, of those wires on which its keepers let it speak."""
    others = tuple(
        name
        for name in _others(tx, row.id, wire_ids.Thing.MICROBLOG, row.profile.id)
        if not _is_silent(tx, row.id, name.protocol)
    )
    return replace(row.profile, also=others) if others else row.profile


def _others(tx: Transaction, thing: int, kind: wire_ids.Thing, known: WireId) -> tuple[WireId, ...]:
    return tuple(name for name in wire_ids.own_names(tx, thing, kind) if name != known)


def _is_silent(tx: Transaction, microblog: MicroblogId, protocol: str) -> bool:
    signet = signets.of(tx, microblog, protocol)
    return signet is not None and signet.speaks is False
