"""How a microblog of here stands to Nostr, as whoever runs the node settles it."""

from scattershot.bootstrap import Node
from scattershot.opening import Trouble
from scattershot.verbs.naming import microblog_here
from scattershot.verbs.saying import Say


async def microblog_nostr(
    node: Node, say: Say, *, name: str, speaks: bool | None = None, secret: bool = False, password: str = ""
) -> None:
    """Print the microblog's name on Nostr, once it is settled whether it speaks there; or its private key."""
    row, signets, database = await microblog_here(node, name), node.nostr.signets, node.drivers.database
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
    said = "speaks Nostr: what it posts in public is read there too." if own.speaks else "does not speak Nostr."
    say.note(f"{row.profile.handle} {said}")
