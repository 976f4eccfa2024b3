"""Letting people in: who signs in here, who waits, and the links and codes by which they come."""

from scattershot.app.sign_up import Offer
from scattershot.bootstrap import Node
from scattershot.domain.people import Role
from scattershot.domain.reading import Refused
from scattershot.verbs.saying import Say, shown, trouble
from scattershot.wirekit.dates import rfc3339


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


async def person_list(node: Node, say: Say) -> None:
    """Print everybody who signs in here, one in a line: name, role, e-mail address."""
    for person in await node.people.everybody():
        marks = [person.role.value, *(["disabled"] if person.disabled else []), await node.people.email(person.id)]
        say.out(shown("\t".join([person.name, *(mark for mark in marks if mark)])))


async def person_disable(node: Node, say: Say, *, name: str) -> None:
    """Let the person in no more, until `person enable`."""
    person = await node.people.disable(name)
    if isinstance(person, Refused):
        raise trouble(person)
    say.out(f"{person.name} is let in no more: every session, link and program of theirs has ended.")


async def person_enable(node: Node, say: Say, *, name: str) -> None:
    """Let the person in again."""
    person = await node.people.enable(name)
    if isinstance(person, Refused):
        raise trouble(person)
    say.out(f"{person.name} may sign in again.")


async def person_one_factor(node: Node, say: Say, *, name: str) -> None:
    """Let the person in by the password alone again."""
    refused = await node.second_factors.end_all(name)
    if refused is not None:
        raise trouble(refused)
    say.out(f"{name} signs in by password alone: their codes, recovery codes and passkeys are forgotten.")


# -- those who are new


async def person_waiting(node: Node, say: Say) -> None:
    """Print those who wait for a yes, one in a line: name, when, e-mail address, reason."""
    for each in await node.sign_up.waiting():
        told = [each.name, rfc3339(each.at), each.email, " ".join(each.reason.split())]
        say.out(shown("\t".join(part for part in told if part)))


async def person_approve(node: Node, say: Say, *, name: str) -> None:
    """Say yes to somebody who waits."""
    number = await node.sign_up.number_of(name)
    entered = await node.sign_up.approve(number) if number is not None else None
    if entered is None or isinstance(entered, Refused):
        raise trouble(entered or Refused("not_found", f"Nobody called {name} waits."))
    say.out(f"{entered.person.name} signs in here from now on.")


async def person_reject(node: Node, say: Say, *, name: str) -> None:
    """Say no to somebody who waits."""
    number = await node.sign_up.number_of(name)
    refused = await node.sign_up.reject(number) if number is not None else Refused("not_found", "")
    if refused is not None:
        raise trouble(Refused("not_found", f"Nobody called {name} waits."))
    say.out(f"Nothing is kept of {name}, and the name is free again.")


async def person_invite(node: Node, say: Say, *, uses: int | None, days: int | None, admin: bool, note: str) -> None:
    """Make an invitation and print its link."""
    offer = Offer(uses, days, Role.ADMIN if admin else Role.PERSON, note=note)
    code = await node.sign_up.invite(None, offer)
    if isinstance(code, Refused):
        raise trouble(code)
    say.out(f"{node.settings.origin}/invite/{code}")


async def person_invitations(node: Node, say: Say) -> None:
    """Print the invitations that are good, one in a line, by their numbers."""
    for each in await node.sign_up.invitations(None):
        used = f"used {each.used}" + (f" of {each.most}" if each.most is not None else "")
        until = f"until {rfc3339(each.expires)}" if each.expires is not None else "for ever"
        say.out(shown("\t".join([str(each.number), each.role.value, used, until, each.maker, each.note]).rstrip()))


async def person_uninvite(node: Node, say: Say, *, number: int) -> None:
    """Let nobody come by that invitation any more."""
    refused = await node.sign_up.take_back(None, number)
    if refused is not None:
        raise trouble(refused)
    say.out(f"Invitation {number} is taken back.")


async def token(node: Node, say: Say, *, name: str) -> None:
    """Print an access token for programs, and nothing else."""
    secret = await node.programs.by_hand(name)
    if isinstance(secret, Refused):
        raise trouble(secret)
    say.out(secret)


def welcome(node: Node, secret: str) -> str:
    """The address of a one-time link."""
    return f"{node.settings.origin}/welcome/{secret}"
