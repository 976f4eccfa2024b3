"""Letting people in: `person add` and `token`."""

from scattershot.bootstrap import Node
from scattershot.domain.reading import Refused
from scattershot.verbs.saying import Say, trouble


async def person_add(node: Node, say: Say, *, name: str, admin: bool) -> None:
    """Make a person with a microblog of the same name, and print a one-time sign-in link."""
    made = await node.people.add(name, admin=admin)
    if isinstance(made, Refused):
        raise trouble(made)
    await sign_in_link(node, say, name=name)


async def person_delete(node: Node, say: Say, *, name: str) -> None:
    """Delete the person for ever, with all that nobody else owns."""
    vanished = await node.people.vanish(name, "cli")
    if isinstance(vanished, Refused):
        raise trouble(vanished)
    names = " and ".join(map(str, vanished)) or "no microblog"
    say.out(f"{name} is deleted, and {names} with every post. Other nodes are being told.")


async def sign_in_link(node: Node, say: Say, *, name: str) -> None:
    """Print a one-time link that signs the person in."""
    secret = await node.people.sign_in_link(name)
    if isinstance(secret, Refused):
        raise trouble(secret)
    say.out(welcome(node, secret))


async def token(node: Node, say: Say, *, name: str) -> None:
    """Print an access token for programs, and nothing else."""
    secret = await node.programs.by_hand(name)
    if isinstance(secret, Refused):
        raise trouble(secret)
    say.out(secret)


def welcome(node: Node, secret: str) -> str:
    """The address of a one-time link."""
    return f"{node.settings.origin}/welcome/{secret}"
