"""Following, posting and reading from the command line."""

from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import json

from scattershot.app.discover import Found
from scattershot.app.publish import Draft
from scattershot.app.reading import reader_of
from scattershot.bootstrap import Node
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.visibility import may_see
from scattershot.opening import Trouble
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, people, posts, relations, timelines
from scattershot.verbs.saying import Say, microblog_here, shown, trouble
from scattershot.wirekit.html import plain_text

VIA = "cli"


async def follow(node: Node, say: Say, *, name: str, who: str) -> None:
    """Let a microblog kept here follow another, which is looked up by its handle or address."""
    row = await microblog_here(node, name)
    found = await _found(node, who)
    if found.microblog is None:
        raise Trouble(f"{who} is a post; name somebody to follow.")
    whom = found.microblog
    done = await node.publisher.follow(row.id, whom, VIA)
    if isinstance(done, Refused):
        raise trouble(done)

    def work(tx: Transaction) -> tuple[str, bool]:
        target, wish = microblogs.get(tx, whom), relations.follow(tx, row.id, whom)
        return str(target.profile.handle) if target else who, wish is not None and wish.accepted

    handle, accepted = await node.drivers.database.read(work)
    own = row.profile.handle
    say.out(shown(f"{own} follows {handle}." if accepted else f"{own} asked to follow {handle}."))


async def post(
    node: Node, say: Say, *, name: str, text: str, audience: str, warning: str = "", reply_to: str | None = None
) -> None:
    """Post as a microblog kept here, and print the post's address."""
    row = await microblog_here(node, name)
    parent = None
    if reply_to is not None:
        parent = (await _found(node, reply_to)).post
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


async def _found(node: Node, text: str) -> Found:
    found = await node.discover.find(text)
    if isinstance(found, Refused):
        raise Trouble(found.detail or f"{text} was not found: {found.why.replace('_', ' ')}.")
    return found


# -- home


class Shown(NamedTuple):
    """A line of a home timeline as it is printed; ids are text, for many a reader of JSON has no such large numbers."""

    id: str
    at: str
    author: str
    name: str
    boosted_by: str
    audience: str
    warning: str
    title: str
    text: str
    attachments: tuple[str, ...]
    url: str


async def home(node: Node, say: Say, *, name: str, limit: int, as_json: bool) -> None:
    """Print the newest of a home timeline, the newest first."""
    row = await microblog_here(node, name)
    for line in await node.drivers.database.read(lambda tx: _lines(tx, row.id, limit)):
        say.out(json.encode(line._asdict()).decode() if as_json else _as_text(line))


def _lines(tx: Transaction, owner: MicroblogId, limit: int) -> list[Shown]:
    entries = timelines.page(tx, owner, None, None, limit)
    rows = posts.get_many(tx, [entry.post for entry in entries])
    boosts = {entry.entry: posts.boost(tx, entry.entry) for entry in entries if entry.entry != entry.post}
    boosters = [boost.booster for boost in boosts.values() if boost is not None]
    authors = microblogs.get_many(tx, [*{row.author for row in rows.values()}, *boosters])
    lines = []
    for entry in entries:
        row, boost = rows.get(entry.post), boosts.get(entry.entry)
        if row is None or row.author not in authors or not may_see(row.audience, reader_of(tx, row, owner)):
            continue
        booster = authors.get(boost.booster) if boost is not None else None
        lines.append(_line(entry.entry, row, authors[row.author], booster))
    return lines


def _line(entry: PostId, row: posts.Row, author: microblogs.Row, booster: microblogs.Row | None) -> Shown:
    post = row.post
    return Shown(
        id=str(entry),
        at=datetime.fromtimestamp(post.published / 1000, UTC).isoformat(timespec="milliseconds"),
        author=str(author.profile.handle),
        name=author.profile.title,
        boosted_by=str(booster.profile.handle) if booster else "",
        audience=post.audience,
        warning=post.warning,
        title=post.title,
        text=plain_text(post.html),
        attachments=tuple(attachment.url for attachment in post.attachments),
        url=post.url or post.id.value,
    )


def _as_text(line: Shown) -> str:
    head = f"{line.name} ({line.author})" if line.name != line.author.split("@")[1] else line.author
    marks = [f"{line.at[:16].replace('T', ' ')} UTC"]
    if line.audience not in ("public", "unlisted"):
        marks.append(f"for {line.audience}")
    if line.boosted_by:
        marks.append(f"boosted by {line.boosted_by}")
    says = [f"[{line.warning}]"] if line.warning else []
    says += [text for text in (line.title, line.text, *line.attachments) if text]
    body = "\n".join(f"  {text}" if text else "" for text in "\n".join(says).split("\n"))
    return shown(f"{head} · {' · '.join(marks)}\n{body}\n  {line.url}\n")
