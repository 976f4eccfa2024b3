"""Following, posting and reading from the command line."""

from datetime import UTC, datetime

from msgspec import json

from scattershot.app.items import Item
from scattershot.app.publish import Draft
from scattershot.app.timelines import Timelines
from scattershot.bootstrap import Node
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, people, posts, relations
from scattershot.verbs.naming import found, microblog_here
from scattershot.verbs.saying import Say, shown, trouble
from scattershot.wirekit.html import plain_text

VIA = "cli"

ANSWER_PAUSE, ANSWER_LOOKS = 0.05, 40
"""Most nodes answer a wish to follow at once: so many seconds between looks for the answer, and so many looks."""


async def follow(node: Node, say: Say, *, name: str, who: str) -> None:
    """Let a microblog kept here follow another, which is looked up by its handle or address."""
    row = await microblog_here(node, name)
    target = await found(node, who)
    if target.microblog is None:
        raise Trouble(f"{who} is a post; name somebody to follow.")
    whom = target.microblog
    done = await node.publisher.follow(row.id, whom, VIA)
    if isinstance(done, Refused):
        raise trouble(done)

    def work(tx: Transaction) -> tuple[str, bool]:
        followed, wish = microblogs.get(tx, whom), relations.follow(tx, row.id, whom)
        return str(followed.profile.handle) if followed else who, wish is not None and wish.accepted

    handle, accepted = await node.drivers.database.read(work)
    for _ in range(ANSWER_LOOKS if node.runs else 0):
        if accepted:
            break
        await node.drivers.clock.sleep(ANSWER_PAUSE)
        handle, accepted = await node.drivers.database.read(work)
    own = row.profile.handle
    say.out(shown(f"{own} follows {handle}." if accepted else f"{own} asked to follow {handle}."))


async def unfollow(node: Node, say: Say, *, name: str, who: str) -> None:
    """Let a microblog kept here follow another no longer."""
    row = await microblog_here(node, name)
    target = await found(node, who)
    if target.microblog is None:
        raise Trouble(f"{who} is a post; name somebody.")
    done = await node.publisher.unfollow(row.id, target.microblog, VIA)
    if isinstance(done, Refused):
        raise trouble(done)
    say.out(f"{row.profile.handle} does not follow {who}.")


async def following(node: Node, say: Say, *, name: str) -> None:
    """Print whom a microblog kept here follows, one handle in a line; wishes not yet granted are left out."""
    row = await microblog_here(node, name)

    def work(tx: Transaction) -> list[str]:
        followed = relations.following(tx, row.id, MicroblogId(0), 10_000)
        known = microblogs.get_many(tx, followed)
        return sorted(str(known[each].profile.handle) for each in followed if each in known)

    for handle in await node.drivers.database.read(work):
        say.out(shown(handle))


async def post(
    node: Node, say: Say, *, name: str, text: str, audience: str, warning: str = "", reply_to: str | None = None
) -> None:
    """Post as a microblog kept here, and print the post's address."""
    row = await microblog_here(node, name)
    parent = None
    if reply_to is not None:
        parent = (await found(node, reply_to)).post
        if parent is None:
            raise Trouble(f"{reply_to} is not a post.")
    writer = await node.drivers.database.read(lambda tx: people.by_name(tx, row.profile.name))
    keeps = writer is not None and await node.drivers.database.read(
        lambda tx: microblogs.is_kept_by(tx, writer.id, row.id)
    )
    draft = Draft(text, Audience(audience), warning, reply_to=parent)
    done = await node.publisher.post(row.id, draft, writer.id if writer and keeps else None, VIA)
    if isinstance(done, Refused):
        raise trouble(done)
    written = done.post
    assert written is not None
    made = await node.drivers.database.read(lambda tx: posts.get(tx, written))
    say.out(made.post.url if made is not None else "")


# -- home


async def home(node: Node, say: Say, *, name: str, limit: int, as_json: bool) -> None:
    """Print the newest of a home timeline, the newest first."""
    row = await microblog_here(node, name)
    timelines = Timelines(node.drivers.database, node.drivers.clock, node.settings.domain)
    for item in (await timelines.home(row.id, limit=limit)).items:
        say.out(json.encode(_told(item)).decode() if as_json else _as_text(item))


def _told(item: Item) -> dict[str, object]:
    """An item as JSON has it; ids are text, for many a reader of JSON has no such large numbers."""
    post = item.post
    return {
        "id": str(item.entry),
        "at": datetime.fromtimestamp(post.published / 1000, UTC).isoformat(timespec="milliseconds"),
        "author": item.author.handle,
        "name": item.author.profile.title,
        "boosted_by": item.boosted_by.handle if item.boosted_by else None,
        "audience": post.audience,
        "warning": post.warning,
        "title": post.title,
        "text": plain_text(post.html),
        "attachments": [attachment.url for attachment in post.attachments],
        "url": item.address,
    }


def _as_text(item: Item) -> str:
    post, author = item.post, item.author
    at = datetime.fromtimestamp(post.published / 1000, UTC)
    marks = [f"{at:%Y-%m-%d %H:%M} UTC"]
    if not post.audience.is_open:
        marks.append(f"for {post.audience.value}")
    if item.boosted_by is not None:
        marks.append(f"boosted by {item.boosted_by.handle}")
    named = author.profile.title != author.profile.name
    head = f"{author.profile.title} ({author.handle})" if named else author.handle
    says = [f"[{post.warning}]"] if post.warning else []
    pictures = [f"[{each.alt or each.media_type or 'file'}] {each.url}" for each in post.attachments]
    says += filter(None, (post.title, plain_text(post.html), *pictures))
    body = "\n".join(f"  {line}" if line else "" for line in "\n".join(says).split("\n"))
    return shown(f"{head} · {' · '.join(marks)}\n{body}\n  {item.address}\n")
