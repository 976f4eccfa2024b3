"""How a microblog of here stands to Nostr, as whoever runs the node settles it."""

from scattershot.bootstrap import Node
from scattershot.opening import Trouble
from scattershot.verbs.naming import microblog_here
from scattershot.verbs.saying import Say


async def microblog_nostr(
    node: Node, say: Say, *, name: str, speaks: bool | None = None, secret: bool = False, password: str = "",
    bunker: str = "", own_key: bool = False,
) -> None:  # fmt: skip
    """Print the microblog's name on Nostr, once it is settled whether it speaks there and who signs; or its private
    key."""
    row, signets, database = await microblog_here(node, name), node.nostr.signets, node.drivers.database
    if own_key:
        await node.far_signing.leave(row.id)
    if bunker:
        refused = await node.far_signing.take_on(row.id, bunker)
        if refused is not None:
            raise Trouble(refused.detail)
    if speaks is not None:
        own = await signets.settle(database, row.id, speaks)
    else:
        own = await signets.about(database, row.id)
    if secret:
        carried = await signets.carried(database, row.id, password)
        if carried is None:
            raise Trouble(f"{row.profile.handle} has no key yet: it gets one with its first public post, or by --on.")
        say.out(carried)
        return
    if own.name:
        say.out(own.name)
    far = await node.far_signing.about(row.id)
    if far is not None:
        who = "The browser that holds its key" if far.in_browser else "A signer elsewhere"
        say.note(f"{who} signs for it; {far.waiting} wait to be signed. {far.problem}".rstrip())
    said = "speaks Nostr: what it posts in public is read there too." if own.speaks else "does not speak Nostr."
    say.note(f"{row.profile.handle} {said}")
