"""Those who sign in here, their microblogs and their programs."""

from typing import Any

import click

from scattershot.performing import node_options, perform


@click.group()
def person() -> None:
    """Let people in and out: those who sign in here, and those who wish to."""


@person.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="They may run the node.")
@node_options
def person_add(name: str, admin: bool, **where: Any) -> None:
    """Make a person with a microblog of the same name; prints a one-time link by which they sign in.

    Where the node has several domains, NAME@DOMAIN is a name of another than the first.
    """
    perform("person add", where, {"name": name, "admin": admin}, new=True)


@person.command("link")
@click.argument("name")
@node_options
def person_link(name: str, **where: Any) -> None:
    """Print another one-time link by which a person signs in."""
    perform("person link", where, {"name": name})


@person.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Really do it.")
@node_options
def person_delete(name: str, yes: bool, **where: Any) -> None:
    """Delete a person for ever, with every microblog and post that nobody else owns; other nodes are told."""
    if not yes:
        raise click.ClickException(f"That deletes {name} and all that {name} wrote for ever. Say --yes if you mean it.")
    perform("person delete", where, {"name": name})


@person.command("list")
@node_options
def person_list(**where: Any) -> None:
    """List who signs in here: name, role, and the e-mail address of whoever gave one."""
    perform("person list", where, {})


@person.command("disable")
@click.argument("name")
@node_options
def person_disable(name: str, **where: Any) -> None:
    """Let a person in no more: every session, link and program of theirs ends. Their microblogs stay."""
    perform("person disable", where, {"name": name})


@person.command("enable")
@click.argument("name")
@node_options
def person_enable(name: str, **where: Any) -> None:
    """Let a person in again."""
    perform("person enable", where, {"name": name})


@person.command("one-factor")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Really do it.")
@node_options
def person_one_factor(name: str, yes: bool, **where: Any) -> None:
    """Let a person in by the password alone, who has lost what they showed besides.

    Be sure that it is they who ask: whoever has the password comes in then.
    """
    if not yes:
        raise click.ClickException(f"The password of {name} alone lets in then. Say --yes if you are sure who asks.")
    perform("person one-factor", where, {"name": name})


@person.command("waiting")
@node_options
def person_waiting(**where: Any) -> None:
    """List those who signed up and wait for a yes: name, when, e-mail address, reason."""
    perform("person waiting", where, {})


@person.command("approve")
@click.argument("name")
@node_options
def person_approve(name: str, **where: Any) -> None:
    """Say yes to somebody who waits."""
    perform("person approve", where, {"name": name})


@person.command("reject")
@click.argument("name")
@node_options
def person_reject(name: str, **where: Any) -> None:
    """Say no to somebody who waits; nothing of them is kept."""
    perform("person reject", where, {"name": name})


@person.command("invite")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True, help="For how many people.")
@click.option("--days", type=click.IntRange(1, 3_650), help="For how many days [default: for ever].")
@click.option("--admin", is_flag=True, help="They may run the node.")
@click.option("--note", default="", help="A note for yourself.")
@node_options
def person_invite(uses: int, days: int | None, admin: bool, note: str, **where: Any) -> None:
    """Print a link by which somebody new signs up; the setting `sign_up` must let them."""
    perform("person invite", where, {"uses": uses, "days": days, "admin": admin, "note": note})


@person.command("invitations")
@node_options
def person_invitations(**where: Any) -> None:
    """List the invitations that are good, by their numbers."""
    perform("person invitations", where, {})


@person.command("uninvite")
@click.argument("number", type=int)
@node_options
def person_uninvite(number: int, **where: Any) -> None:
    """Take the invitation of that NUMBER back."""
    perform("person uninvite", where, {"number": number})


@click.group()
def microblog() -> None:
    """Settle who keeps which microblog."""


@microblog.command("add")
@click.argument("name")
@click.option("--owner", required=True, metavar="PERSON", help="Who owns it.")
@node_options
def microblog_add(name: str, owner: str, **where: Any) -> None:
    """Make a further microblog of a person."""
    perform("microblog add", where, {"name": name, "owner": owner})


@microblog.command("keepers")
@click.argument("name")
@node_options
def microblog_keepers(name: str, **where: Any) -> None:
    """List who keeps the microblog NAME, and in what role."""
    perform("microblog keepers", where, {"name": name})


@microblog.command("appoint")
@click.argument("name")
@click.argument("person")
@click.argument("role", type=click.Choice(["owner", "editor", "none"]))
@node_options
def microblog_appoint(name: str, person: str, role: str, **where: Any) -> None:
    """Let PERSON keep the microblog NAME in that ROLE, or (none) no longer; it is never without an owner."""
    perform("microblog appoint", where, {"name": name, "person": person, "role": role})


@microblog.command("nostr")
@click.argument("name")
@click.option("--on/--off", "speaks", default=None, help="Let it speak Nostr, or say nothing more there.")
@click.option("--secret", is_flag=True, help="Print its private key instead. Whoever has that can speak for it.")
@click.option("--lock", is_flag=True, help="Ask for a password and lock the key by it (NIP-49).")
@click.option("--bunker", default="", metavar="LINK", help="Have a signer elsewhere (NIP-46) sign with your own key.")
@click.option("--own-key", is_flag=True, help="Speak by a key made here again, and no more by a signer's.")
@node_options
def microblog_nostr(
    name: str, speaks: bool | None, secret: bool, lock: bool, bunker: str, own_key: bool, **where: Any
) -> None:
    """Print by what key the microblog NAME is known on Nostr, and settle whether it speaks there."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True) if lock else ""
    what = {"name": name, "speaks": speaks, "secret": secret or lock, "password": password}
    what |= {"bunker": bunker, "own_key": own_key}
    perform("microblog nostr", where, what)


@click.command()
@click.argument("name")
@node_options
def token(name: str, **where: Any) -> None:
    """Print a new access token for programs, and nothing else."""
    perform("token", where, {"name": name})


VERBS = (person, microblog, token)
