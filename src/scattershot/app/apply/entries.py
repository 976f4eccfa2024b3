"""Entries of feeds: new, altered, known by another name, or a post that came by another wire already.

A feed says the same again and again. An entry is known by its name; where a feed gives its entries new names, by its
page and what it says. A post of another wire is the same thing where the feed and the post are of one origin and the
entry bears the post's name or page: only then can neither be made to stand for the other's words.
"""

from msgspec.structs import replace

from scattershot.app.apply import marks
from scattershot.app.apply import posts as posting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Origin
from scattershot.domain.change import Boosted, Deleted, Edited, Posted
from scattershot.domain.ids import MicroblogId, Millis, PostId, snowflake
from scattershot.domain.post import Audience, Post
from scattershot.domain.source import guid_of
from scattershot.domain.wire_id import ACTIVITYPUB, FEEDS, WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, wire_ids
from scattershot.wirekit.urls import same_origin

AROUND = 1_500
"""Feeds tell the time in seconds: the post of another wire was written so near (milliseconds)."""
_SAME_MOMENT = 10
"""Posts of one author looked at around a moment."""


def page_name(post: Post) -> WireId | None:
    """The name by which an entry's page is known, where it is of the feed's own origin."""
    return WireId(FEEDS, post.url) if post.url and same_origin(post.url, post.author.value) else None


def came(tx: Transaction, change: Posted | Edited, origin: Origin, house: House) -> Applied:
    """An entry as a feed has it now."""
    post = change.post
    known = wire_ids.find(tx, post.id)
    if known is not None and known.kind == wire_ids.Thing.TOMBSTONE and origin.asked_for:
        wire_ids.forget(tx, post.id)  # it was passed over when the feed was new here, and somebody reads it back
        known = None
    if known is not None:
        return _again(tx, change, known, origin, house)
    page = page_name(post)
    twin = _renumbered(tx, post, page) if page is not None else None
    if twin is not None:
        wire_ids.add(tx, post.id, wire_ids.Thing.POST, twin)
        return NOTHING_NEW
    told = _told_elsewhere(tx, post)
    if told is not None:
        return _pass_on(tx, change, told, page, origin, house)
    outcome = posting.posted(tx, Posted(actor=change.actor, post=post), origin, house)
    made = wire_ids.find_as(tx, post.id, wire_ids.Thing.POST)
    if made is not None and page is not None:
        wire_ids.add(tx, page, wire_ids.Thing.POST, made)
    return outcome


def _again(tx: Transaction, change: Posted | Edited, known: wire_ids.Named, origin: Origin, house: House) -> Applied:
    """It is known: what it says now counts where it says something else, whatever it says of when."""
    if known.kind != wire_ids.Thing.POST:
        return Declined("deleted")
    row = posts.get(tx, PostId(known.thing))
    if row is None or row.gone or row.post.author != change.actor:
        return NOTHING_NEW
    old = row.post
    new = replace(change.post, id=old.id, published=old.published, audience=old.audience, edited=old.edited)
    if new == old:
        return NOTHING_NEW
    at = Millis(max(origin.now, (old.edited or old.published) + 1))
    return posting.edited(tx, Edited(actor=change.actor, post=replace(new, edited=at)), origin, house)


def _renumbered(tx: Transaction, post: Post, page: WireId) -> PostId | None:
    """The post that this is under another name: of the same page, and saying the same."""
    found = wire_ids.find_as(tx, page, wire_ids.Thing.POST)
    row = posts.get(tx, PostId(found)) if found is not None else None
    if row is None or row.gone:
        return None
    old = row.post
    same = (old.author, old.title, old.html) == (post.author, post.title, post.html)
    return row.id if same else None


def _told_elsewhere(tx: Transaction, post: Post) -> posts.Row | None:
    """The post of another wire that this entry is."""
    named = [name for name in (guid_of(post.id), post.url) if name and same_origin(name, post.author.value)]
    for name in named:
        found = wire_ids.find_as(tx, WireId(ACTIVITYPUB, name), wire_ids.Thing.POST)
        row = posts.get(tx, PostId(found)) if found is not None else None
        if row is not None and not row.gone and not row.local:
            return row
    author = _same_voice(tx, post)
    if author is None or not named:
        return None
    after = PostId(snowflake(Millis(post.published + AROUND), 0))
    near = posts.by_author(tx, author, [Audience.PUBLIC, Audience.UNLISTED], after, _SAME_MOMENT)
    return next((row for row in near if row.post.url in named), None)


def _same_voice(tx: Transaction, post: Post) -> MicroblogId | None:
    """The microblog of another wire that the feed's page says it is, where both are of one origin and it is known."""
    feed = microblogs.by_wire_id(tx, post.author)
    actor = feed.profile.doors.get("actor", "") if feed is not None else ""
    if not actor or not same_origin(actor, post.author.value):
        return None
    found = wire_ids.find_as(tx, WireId(ACTIVITYPUB, actor), wire_ids.Thing.MICROBLOG)
    return MicroblogId(found) if found is not None else None


def _pass_on(
    tx: Transaction, change: Posted | Edited, told: posts.Row, page: WireId | None, origin: Origin, house: House
) -> Applied:
    """The post is here by another wire: the feed passes it on, and its own name means that post."""
    for name in (change.post.id, page):
        if name is not None:
            wire_ids.add(tx, name, wire_ids.Thing.POST, told.id)
    boosted = Boosted(actor=change.actor, post=told.post.id, at=change.post.published)
    return marks.boosted(tx, boosted, origin, house)


def taken_over(tx: Transaction, post: Post, made: PostId, origin: Origin, house: House) -> None:
    """A post has come by its own wire that a feed of the same origin told before: it takes the entry's place, and the
    feed passes it on."""
    found = wire_ids.find_first(tx, FEEDS, [post.id.value, post.url], wire_ids.Thing.POST)
    row = posts.get(tx, PostId(found)) if found is not None and found != made else None
    if row is None or row.gone:
        return
    entry = row.post
    if entry.id.protocol == FEEDS and same_origin(entry.author.value, post.author.value):
        posting.deleted(tx, Deleted(actor=entry.author, post=entry.id), origin)
        wire_ids.lead_to(tx, row.id, made)
        marks.boosted(tx, Boosted(actor=entry.author, post=post.id, at=row.published), origin, house)
