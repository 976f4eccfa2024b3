"""`trace`: the way of one post through the house, from how it came to whom it is still owed."""

from datetime import UTC, datetime

from scattershot.app.audience import endpoints_for
from scattershot.bootstrap import Node
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Handle
from scattershot.domain.record import Recorded
from scattershot.opening import Trouble
from scattershot.ports.database import Transaction
from scattershot.storage.tables import arrivals, deliveries, log, microblogs, timelines
from scattershot.storage.tables import nodes as node_rows
from scattershot.storage.tables.posts import Row
from scattershot.verbs.naming import known_post
from scattershot.verbs.saying import Say, shown
from scattershot.wirekit.html import plain_text

READERS = ("fanout", "dispatch")


async def trace(node: Node, say: Say, *, post: str) -> None:
    """Print how a post (its id, or any address of it) came to be, what was done with it, and what is still to go."""
    now = node.drivers.clock.now()
    origin = node.settings.origin
    for line in await node.drivers.database.read(lambda tx: _lines(tx, post.strip(), origin, now)):
        say.out(shown(line))


def _lines(tx: Transaction, text: str, origin: str, now: Millis) -> list[str]:
    row = known_post(tx, text, origin)
    if row is None:
        raise Trouble(f"No post here is known as {text}.")
    lines = [f"Post {row.id} by {_handle(tx, row.author)}, for {row.audience.value}, version {row.version}"]
    if row.gone:
        lines.append("  taken back: only its place is left")
    else:
        post = row.post
        said = " ".join(plain_text(post.html).split())
        lines += [f"  {said[:100]}{'…' if len(said) > 100 else ''}", f"  {post.id.value}"]
    lines += [f"  written {_moment(row.published)}", f"  {row.likes} likes, {row.boosts} boosts, {row.replies} replies"]
    for recorded in log.about_post(tx, row.id):
        lines += _of_change(tx, recorded, row, now)
    lines.append(_on_timelines(tx, row))
    return lines


def _of_change(tx: Transaction, recorded: Recorded, row: Row, now: Millis) -> list[str]:
    came = f"done here by {recorded.via}" if recorded.local else f"came by {recorded.via}"
    lines = [
        "",
        f"{_moment(recorded.at)}  {recorded.kind.value} by {_handle(tx, recorded.actor)}, change {recorded.seq}: "
        f"{came}{_after(recorded.at, row.published)}",
    ]
    if recorded.wire_id:
        kept = ", kept with its author's proof" if arrivals.signed_copy(tx, recorded.wire_id) is not None else ""
        lines.append(f"  called {recorded.wire_id}{kept}")
    for reader in READERS:
        at = log.cursor(tx, reader)
        behind = recorded.seq - at
        step = log.step_past(tx, reader, recorded.seq)
        when = f" {_moment(step)}{_after(step, recorded.at, 'it was recorded')}" if step is not None else ""
        lines.append(f"  {reader}: {f'dealt with{when}' if behind <= 0 else f'not yet; it is {behind} changes behind'}")
    return lines + _to_others(tx, recorded, now)


def _to_others(tx: Transaction, recorded: Recorded, now: Millis) -> list[str]:
    owed = {delivery.endpoint: delivery for delivery in deliveries.of_seqs(tx, [recorded.seq])}
    times = deliveries.struck_off(tx, recorded.seq)
    hearing = {owing.endpoint for owing in endpoints_for(tx, recorded)}
    lines = []
    for endpoint_id in sorted(hearing | owed.keys() | times.keys()):
        endpoint = node_rows.endpoint(tx, endpoint_id)
        node = node_rows.get(tx, endpoint.node) if endpoint is not None else None
        if endpoint is None or node is None:
            continue
        if endpoint_id in owed:
            state = f"waits, tried {owed[endpoint_id].attempts} times"
        elif endpoint.lapsed_from is not None and endpoint.lapsed_from <= recorded.seq:
            state = "waits in the log until the node answers again"
        elif log.cursor(tx, "dispatch") < recorded.seq:
            state = "not yet planned"
        elif endpoint_id in times:
            at = times[endpoint_id]
            state = f"done {_moment(at)}{_after(at, recorded.at, 'it was recorded')}"
        else:
            state = "done"
        health = node.health
        if health.failures:
            state += f"; the node failed {health.failures} times in a row"
        if health.retry_at > now:
            state += f", next try {_moment(health.retry_at)}"
        lines.append(f"  to {endpoint.address}: {state}")
    return lines or ["  to nobody elsewhere"]


def _on_timelines(tx: Transaction, row: Row) -> str:
    here = {kept.id: kept.profile.name for kept in microblogs.here(tx)}
    names = sorted(here[owner] for owner in timelines.owners_of(tx, row.id, list(here)))
    if not names:
        return "\nOn no home timeline here."
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"\nOn the home timelines of {', '.join(names[:20])}{more}."


def _handle(tx: Transaction, microblog: MicroblogId) -> Handle | str:
    row = microblogs.get(tx, microblog)
    return row.profile.handle if row is not None else "somebody unknown"


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S}.{at % 1000:03d} UTC"


def _after(at: Millis, before: Millis, what: str = "it was written") -> str:
    gap = at - before
    return f" {gap:,} ms after {what}" if 0 < gap < 86_400_000 else ""
