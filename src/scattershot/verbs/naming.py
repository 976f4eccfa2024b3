"""From what was typed to the microblog or post that is meant; what is known here is not asked for elsewhere."""

from scattershot.app.discover import Found
from scattershot.bootstrap import Node
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import PostId
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.opening import Trouble
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, people, posts, wire_ids
from scattershot.storage.tables.microblogs import Row
from scattershot.wirekit.urls import normal_host, parse_url


async def microblog_here(node: Node, name: str) -> Row:
    """The microblog kept here that goes by the name (`ann`, or `ann@domain` of this node)."""
    handle = parse_handle(name)
    domain = node.settings.domain if handle is None or not handle.domain else normal_host(handle.domain)
    if handle is not None and domain in node.settings.domains:
        wanted = Handle(handle.name.lower(), domain)
        row = await node.drivers.database.read(lambda tx: microblogs.named(tx, wanted))
        if row is not None and not row.gone:
            return row
    known = await node.drivers.database.read(
        lambda tx: [row.profile.name for row in microblogs.here(tx) if people.by_name(tx, row.profile.name)]
    )
    names = f"Here are: {', '.join(known[:20])}." if known else "Nobody is here yet: scattershot person add NAME"
    raise Trouble(f"Nobody here is called {name}. {names}")


def known_post(tx: Transaction, text: str, origin: str) -> posts.Row | None:
    """The post of that id, of that address, or, at a node like this one, of that page."""
    known = wire_ids.find_as(tx, WireId(ACTIVITYPUB, text), wire_ids.Thing.POST)
    if known is not None:
        return posts.get(tx, PostId(known))
    last = text.rstrip("/").rpartition("/")[2]
    if not (last.isascii() and last.isdigit() and len(last) < 19):
        return None
    url = parse_url(text)
    if url is None or url.origin == origin:
        return posts.get(tx, PostId(int(last)))
    theirs = WireId(ACTIVITYPUB, Addresses(url.origin).post(PostId(int(last))))
    known = wire_ids.find_as(tx, theirs, wire_ids.Thing.POST)
    return posts.get(tx, PostId(known)) if known is not None else None


async def found(node: Node, text: str) -> Found:
    """What a handle or an address stands for, looked up elsewhere where it is not known here."""
    text = text.strip()
    url = parse_url(text)
    if url is not None:
        origin = node.settings.origin
        row = await node.drivers.database.read(lambda tx: known_post(tx, text, origin))
        if row is not None and not row.gone:
            return Found(post=row.id)
        if url.origin == origin and url.path.startswith("/@"):
            text = url.path.strip("/")
    answer = await node.discover.find(text)
    if isinstance(answer, Refused):
        raise Trouble(answer.detail or f"{text} was not found: {answer.why.replace('_', ' ')}.")
    return answer
