"""What things are called on other wires, put beside what is told of them, for those who hear them by several."""

from msgspec.structs import replace

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, signets, wire_ids


def post_told(tx: Transaction, row: posts.Row) -> Post:
    """The post with its other names, answering what it answers by a name that ActivityPub knows; only for one that is
    not gone."""
    post = row.post
    others = _others(tx, row.id, wire_ids.Thing.POST, post.id)
    if others:
        post = replace(post, also=others)
    if post.reply_to is None or post.reply_to.protocol == ACTIVITYPUB or row.reply_to is None:
        return post
    return replace(post, reply_to=on_activitypub(tx, row.reply_to) or post.reply_to)


def on_activitypub(tx: Transaction, post: PostId) -> WireId | None:
    """What ActivityPub calls the post, were it by what stands in for it, or by what it is a copy of."""
    name = wire_ids.of(tx, post, wire_ids.Thing.POST) or wire_ids.of(tx, post, wire_ids.Thing.STAND_IN)
    if name is not None:
        return name
    row = posts.get(tx, post)
    original = row.post.copy_of if row is not None and not row.gone else None
    return original if original is not None and original.protocol == ACTIVITYPUB else None


def author_on_activitypub(tx: Transaction, author: MicroblogId) -> WireId | None:
    """What ActivityPub calls the author, were it by their shadow."""
    return wire_ids.of(tx, author, wire_ids.Thing.MICROBLOG) or wire_ids.of(tx, author, wire_ids.Thing.SHADOW)


def stand_in(tx: Transaction, row: posts.Row) -> Post | None:
    """What stands in for the post on ActivityPub; None where nothing does."""
    name = wire_ids.of(tx, row.id, wire_ids.Thing.STAND_IN)
    author = author_on_activitypub(tx, row.author)
    if name is None or author is None:
        return None
    post = post_told(tx, row)
    return replace(
        post, id=name, author=author, copy_of=post.id, also=(), url=name.value, mentions=(), addressed=(), source="",
        source_type="",
    )  # fmt: skip


def shadow(tx: Transaction, row: microblogs.Row) -> Profile | None:
    """Who stands in for the author of such a post; None where nobody does. It follows nobody, and answers nobody."""
    name = wire_ids.of(tx, row.id, wire_ids.Thing.SHADOW)
    if name is None:
        return None
    return replace(
        row.profile, id=name, copy_of=row.profile.id, also=(), locked=True, discoverable=False, indexable=False,
        also_known_as=(), doors={}, keys=(), bio_source="", url=name.value,
    )  # fmt: skip


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
