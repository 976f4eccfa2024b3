"""Who keeps what, as whoever runs the node settles it: for a microblog whose owner does not come any more."""

from scattershot.bootstrap import Node
from scattershot.domain.people import KeeperRole, Person
from scattershot.opening import Trouble
from scattershot.ports.database import Transaction
from scattershot.storage.tables import keepers, people
from scattershot.verbs.naming import microblog_here
from scattershot.verbs.saying import Say, shown, trouble


async def microblog_keepers(node: Node, say: Say, *, name: str) -> None:
    """Print who keeps the microblog, one in a line: the name by which they sign in, and their role."""
    row = await microblog_here(node, name)

    def work(tx: Transaction) -> list[tuple[Person | None, KeeperRole]]:
        return [(people.get(tx, each.person), each.role) for each in keepers.of(tx, row.id)]

    for person, role in await node.drivers.database.read(work):
        say.out(shown(f"{person.name if person is not None else '?'}\t{role}"))


async def microblog_appoint(node: Node, say: Say, *, name: str, person: str, role: str) -> None:
    """Give a person a role in keeping the microblog, or `none`."""
    row = await microblog_here(node, name)
    wanted = KeeperRole(role) if role != "none" else None
    refused = await node.keepers.appoint(row.id, person, wanted)
    if refused is not None:
        raise trouble(refused)
    say.out(f"{person} keeps {row.profile.handle} as its {role}." if wanted else f"{person} keeps it no longer.")


async def microblog_add(node: Node, say: Say, *, name: str, owner: str) -> None:
    """Make a further microblog of a person."""
    somebody = await node.drivers.database.read(lambda tx: people.by_name(tx, owner.lower()))
    if somebody is None:
        raise Trouble(f"Nobody called {owner} signs in here.")
    made = await node.keepers.make(somebody.id, name, "cli")
    if not isinstance(made, int):
        raise trouble(made)
    row = await microblog_here(node, name)
    say.out(str(row.profile.handle))
