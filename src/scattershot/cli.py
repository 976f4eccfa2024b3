"""The command line. Each verb imports what it needs when it runs, so that all of them start at once.

What a verb does is in `verbs`; how it comes to be done is in `performing`.
Exit status: 0 done, 1 it could not be done (a sentence on standard error says why), 2 typed wrongly.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from scattershot import __version__, commands
from scattershot.performing import carried as _carried
from scattershot.performing import node_options as _node_options
from scattershot.performing import perform as _perform
from scattershot.performing import run_async as _run_async
from scattershot.performing import settings_at as _settings

_LARGEST_REQUEST = 1_200_000
"""Bytes of a caught request that are read: the largest body taken, and its head."""

_LARGEST_LIST = 1_500_000
"""Characters of a list of hosts."""


class _Verbs(click.Group):
    """The verbs in the order they are written here, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="scattershot")
def scattershot() -> None:
    """A node of a distributed Twitter that no one owns."""


def main() -> None:
    """Run the command line; what can be expected to go wrong is told in a sentence."""
    scattershot.main(prog_name="scattershot")


# -- a node


@scattershot.command()
@_node_options
@click.option("--listen", metavar="HOST:PORT", help="Where to answer [default: 127.0.0.1:8000].")
@click.option("--origin", metavar="URL", help="Where the world reaches it, such as https://social.example.org.")
def run(data: Path | None, config: Path | None, verbose: bool, listen: str | None, origin: str | None) -> None:
    """Run a node until it is told to stop (Ctrl-C).

    The first start prints a link that makes the owner's account.
    """
    settings = _settings(data, config, listen=listen, origin=origin)
    from scattershot.drivers.logs import set_up_logs
    from scattershot.opening import Trouble

    set_up_logs(settings.log_format, "DEBUG" if verbose else settings.log_level)
    from scattershot.running import run as run_node

    try:
        _run_async(run_node(settings, click.echo))
    except Trouble as problem:
        raise click.ClickException(str(problem)) from problem


# -- people


@scattershot.group()
def person() -> None:
    """Let people in and out: those who sign in here, and those who wish to."""


@person.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="They may run the node.")
@_node_options
def person_add(name: str, admin: bool, **where: Any) -> None:
    """Make a person with a microblog of the same name; prints a one-time link by which they sign in.

    Where the node has several domains, NAME@DOMAIN is a name of another than the first.
    """
    _perform("person add", where, {"name": name, "admin": admin}, new=True)


@person.command("link")
@click.argument("name")
@_node_options
def person_link(name: str, **where: Any) -> None:
    """Print another one-time link by which a person signs in."""
    _perform("person link", where, {"name": name})


@person.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Really do it.")
@_node_options
def person_delete(name: str, yes: bool, **where: Any) -> None:
    """Delete a person for ever, with every microblog and post that nobody else owns; other nodes are told."""
    if not yes:
        raise click.ClickException(f"That deletes {name} and all that {name} wrote for ever. Say --yes if you mean it.")
    _perform("person delete", where, {"name": name})


@person.command("list")
@_node_options
def person_list(**where: Any) -> None:
    """List who signs in here: name, role, and the e-mail address of whoever gave one."""
    _perform("person list", where, {})


@person.command("disable")
@click.argument("name")
@_node_options
def person_disable(name: str, **where: Any) -> None:
    """Let a person in no more: every session, link and program of theirs ends. Their microblogs stay."""
    _perform("person disable", where, {"name": name})


@person.command("enable")
@click.argument("name")
@_node_options
def person_enable(name: str, **where: Any) -> None:
    """Let a person in again."""
    _perform("person enable", where, {"name": name})


@person.command("waiting")
@_node_options
def person_waiting(**where: Any) -> None:
    """List those who signed up and wait for a yes: name, when, e-mail address, reason."""
    _perform("person waiting", where, {})


@person.command("approve")
@click.argument("name")
@_node_options
def person_approve(name: str, **where: Any) -> None:
    """Say yes to somebody who waits."""
    _perform("person approve", where, {"name": name})


@person.command("reject")
@click.argument("name")
@_node_options
def person_reject(name: str, **where: Any) -> None:
    """Say no to somebody who waits; nothing of them is kept."""
    _perform("person reject", where, {"name": name})


@person.command("invite")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True, help="For how many people.")
@click.option("--days", type=click.IntRange(1, 3_650), help="For how many days [default: for ever].")
@click.option("--admin", is_flag=True, help="They may run the node.")
@click.option("--note", default="", help="A note for yourself.")
@_node_options
def person_invite(uses: int, days: int | None, admin: bool, note: str, **where: Any) -> None:
    """Print a link by which somebody new signs up; the setting `sign_up` must let them."""
    _perform("person invite", where, {"uses": uses, "days": days, "admin": admin, "note": note})


@person.command("invitations")
@_node_options
def person_invitations(**where: Any) -> None:
    """List the invitations that are good, by their numbers."""
    _perform("person invitations", where, {})


@person.command("uninvite")
@click.argument("number", type=int)
@_node_options
def person_uninvite(number: int, **where: Any) -> None:
    """Take the invitation of that NUMBER back."""
    _perform("person uninvite", where, {"number": number})


@scattershot.group()
def microblog() -> None:
    """Settle who keeps which microblog."""


@microblog.command("add")
@click.argument("name")
@click.option("--owner", required=True, metavar="PERSON", help="Who owns it.")
@_node_options
def microblog_add(name: str, owner: str, **where: Any) -> None:
    """Make a further microblog of a person."""
    _perform("microblog add", where, {"name": name, "owner": owner})


@microblog.command("keepers")
@click.argument("name")
@_node_options
def microblog_keepers(name: str, **where: Any) -> None:
    """List who keeps the microblog NAME, and in what role."""
    _perform("microblog keepers", where, {"name": name})


@microblog.command("appoint")
@click.argument("name")
@click.argument("person")
@click.argument("role", type=click.Choice(["owner", "editor", "none"]))
@_node_options
def microblog_appoint(name: str, person: str, role: str, **where: Any) -> None:
    """Let PERSON keep the microblog NAME in that ROLE, or (none) no longer; it is never without an owner."""
    _perform("microblog appoint", where, {"name": name, "person": person, "role": role})


@scattershot.command()
@click.argument("name")
@_node_options
def token(name: str, **where: Any) -> None:
    """Print a new access token for programs, and nothing else."""
    _perform("token", where, {"name": name})


# -- posts


@scattershot.command()
@click.argument("name")
@click.argument("who")
@_node_options
def follow(name: str, who: str, **where: Any) -> None:
    """Let NAME, who is at home here, follow WHO: a handle (@bob@example.org) or the address of a profile."""
    _perform("follow", where, {"name": name, "who": who})


@scattershot.command()
@click.argument("name")
@click.argument("who")
@_node_options
def unfollow(name: str, who: str, **where: Any) -> None:
    """Let NAME follow WHO no longer."""
    _perform("unfollow", where, {"name": name, "who": who})


@scattershot.command()
@click.argument("name")
@_node_options
def following(name: str, **where: Any) -> None:
    """List whom NAME follows."""
    _perform("following", where, {"name": name})


@scattershot.command()
@click.argument("name")
@click.argument("text")
@click.option(
    "--audience",
    type=click.Choice(["public", "unlisted", "followers", "mentioned", "local"]),
    default="public",
    show_default=True,
    help="Who may read it.",
)
@click.option("--warning", default="", help="What to be warned of before reading.")
@click.option("--reply-to", metavar="URL", help="The post that this answers.")
@_node_options
def post(name: str, text: str, audience: str, warning: str, reply_to: str | None, **where: Any) -> None:
    """Post TEXT as NAME (- reads it from standard input); prints the post's address."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace").strip("\r\n")
    arguments = {"name": name, "text": text, "audience": audience, "warning": warning, "reply_to": reply_to}
    _perform("post", where, arguments)


@scattershot.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 800), default=20, show_default=True, help="How many posts.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each post.")
@_node_options
def home(name: str, limit: int, as_json: bool, **where: Any) -> None:
    """Print the home timeline of NAME, the newest first."""
    _perform("home", where, {"name": name, "limit": limit, "as_json": as_json})


# -- looking


@scattershot.command()
@click.argument("what")
@click.option("--full", is_flag=True, help="Cut nothing.")
@_node_options
def inspect(what: str, full: bool, **where: Any) -> None:
    """Look for WHAT (a handle, or the address of a profile or post), showing every step; stores nothing.

    WHAT may also be a file (or - for standard input) that holds an HTTP request as it came to an inbox: then it tells
    what the inbox would make of it, and why.
    """
    request = ""
    if what == "-":
        request = sys.stdin.buffer.read(_LARGEST_REQUEST).decode("latin-1")
    elif Path(what).is_file():
        with Path(what).open("rb") as file:
            request = file.read(_LARGEST_REQUEST).decode("latin-1")
    _perform("inspect", where, {"what": what, "full": full, "request": request})


@scattershot.command()
@click.argument("post")
@_node_options
def trace(post: str, **where: Any) -> None:
    """Tell the way of POST (its id or address): how it came, who read it, to whom it is still owed."""
    _perform("trace", where, {"post": post})


@scattershot.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
@_node_options
def nodes(limit: int, as_json: bool, **where: Any) -> None:
    """List the servers known here, those that most waits for first."""
    _perform("nodes", where, {"limit": limit, "as_json": as_json})


def _on_host(verb: str, told: str) -> None:
    """A verb that takes nothing but a host."""

    @scattershot.command(verb, help=told)
    @click.argument("host")
    @_node_options
    def _(host: str, **where: Any) -> None:
        _perform(verb, where, {"host": host})


_on_host("block-node", "Deal no more with HOST, nor with any host below it; '*' is all that allow-node did not let in.")
_on_host("limit-node", "Show what comes from HOST, and from hosts below it, to those alone who follow its people.")
_on_host("allow-node", "Let HOST and the hosts below it in, also where '*' is blocked.")
_on_host("unblock-node", "Deal with HOST as with any other: forget that it was blocked, limited or let in.")


@scattershot.command("import-blocks")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@_node_options
def import_blocks(file: Any, dry_run: bool, **where: Any) -> None:
    """Block and limit the hosts of FILE, a list in Mastodon's CSV format (- reads standard input).

    Tells of each line what became of it. Nothing that was said of a host here before is made milder.
    """
    try:
        text = file.read(_LARGEST_LIST + 1)
    except UnicodeDecodeError as problem:
        raise click.ClickException(f"{file.name} is no text in UTF-8.") from problem
    if len(text) > _LARGEST_LIST:
        raise click.ClickException(f"{file.name} is too long for a list.")
    _perform("import-blocks", where, {"text": text, "dry_run": dry_run})


@scattershot.group()
def rule() -> None:
    """Make and list the rules of the house, which apps show to whoever signs up."""


@rule.command("add")
@click.argument("text")
@click.option("--hint", default="", help="More about it.")
@_node_options
def rule_add(text: str, hint: str, **where: Any) -> None:
    """Add a rule after the others; prints its number."""
    _perform("rule add", where, {"text": text, "hint": hint})


@rule.command("list")
@_node_options
def rule_list(**where: Any) -> None:
    """Print the rules with their numbers."""
    _perform("rule list", where, {})


@rule.command("remove")
@click.argument("number", type=click.IntRange(1, (1 << 62) - 1))
@_node_options
def rule_remove(number: int, **where: Any) -> None:
    """Let rule NUMBER hold no more."""
    _perform("rule remove", where, {"number": number})


scattershot.add_command(commands.announce)
scattershot.add_command(commands.emoji)


# -- keeping


@scattershot.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@_node_options
def backup(file: Path, force: bool, **where: Any) -> None:
    """Copy the whole node into FILE, consistent also while it runs. Keep it as you keep a key: it holds keys."""
    if file.exists() and not force:
        raise click.ClickException(f"{file} exists already; --force replaces it.")
    told: list[str] = []
    status = _carried("copy database", where, {"mark": f"copy-{os.getpid()}"}, told.append)
    if status:
        sys.exit(status)
    _pack(file.absolute(), told[0])
    click.echo(f"{file}: {file.stat().st_size:,} bytes", err=True)


def _pack(file: Path, told: str) -> None:
    import json

    from scattershot.drivers.archive import MEDIA, SETTINGS, Sources, media_named_in, pack

    answer = json.loads(told)
    copy = Path(answer["copy"])
    try:
        sources = Sources(copy, copy.parent / SETTINGS, copy.parent / MEDIA, _run_async(media_named_in(copy)))
        pack(file, sources, __version__, answer["made"], answer["origin"])
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        for rest in ("", "-wal", "-shm"):
            copy.with_name(f"{copy.name}{rest}").unlink(missing_ok=True)


@scattershot.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace the node that is in the folder.")
@_node_options
def restore(file: Path, force: bool, **where: Any) -> None:
    """Put a backup into the data folder, which must be empty. Never let two nodes run from one backup."""
    from scattershot.bootstrap import DataInUseError, own_data
    from scattershot.drivers.archive import ArchiveError, unpack

    del where["verbose"]
    folder = _settings(**where).data
    if not force and folder.is_dir() and any(each.name != "lock" for each in folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty; --force replaces the node in it.")
    try:
        own_data(folder)
        manifest = _run_async(unpack(file, folder))
    except DataInUseError as problem:
        raise click.ClickException(f"{folder} is in use: stop the node first.") from problem
    except ArchiveError as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}.") from problem
    click.echo(f"{folder} holds {manifest.origin} as of {manifest.made}, kept by version {manifest.version}.", err=True)


# -- taking along


@scattershot.command("export")
@click.argument("name")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where to.")
@_node_options
def export(name: str, folder: Path, **where: Any) -> None:
    """Write what is NAME's into a folder: Mastodon's CSV files, and archive.zip with every post and picture."""
    import json
    import shutil

    told: list[str] = []
    status = _carried("export", where, {"name": name}, told.append)
    if status:
        sys.exit(status)
    made = {folder / file: Path(path) for file, path in json.loads(told[0]).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if there := next((target for target in made if target.exists()), None):
            raise click.ClickException(f"{there} exists already; name another folder.")
        for target, path in made.items():
            shutil.move(path, target)
            click.echo(f"{target}: {target.stat().st_size:,} bytes", err=True)
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}.") from problem
    finally:
        for path in made.values():
            path.unlink(missing_ok=True)


@scattershot.command("import")
@click.argument("name")
@click.argument("kind", type=click.Choice(["following", "blocks", "mutes", "domains", "bookmarks", "lists"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--overwrite", is_flag=True, help="End whatever is here and not in FILE.")
@_node_options
def import_(name: str, kind: str, file: Path, overwrite: bool, **where: Any) -> None:
    """Take over a CSV file that NAME brings from Mastodon or its kin; what fails is told on standard error."""
    import shutil

    folder = _settings(where["data"], where["config"]).data
    mark = f"import-{os.getpid()}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(file, folder / mark)
        _perform("import", where, {"name": name, "kind": kind, "mark": mark, "overwrite": overwrite})
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be read: {problem.strerror}.") from problem
    finally:
        (folder / mark).unlink(missing_ok=True)


# -- trying and reading


@scattershot.command()
@click.option("--quick", is_flag=True, help="Stop as soon as a post of each was seen at all others.")
def demo(quick: bool) -> None:
    """Run three nodes on this machine whose people follow each other, until Ctrl-C; leaves nothing behind."""
    from scattershot.demo import DemoError, show

    try:
        show(click.echo, quick=quick)
    except DemoError as problem:
        raise click.ClickException(str(problem)) from problem


@scattershot.command()
@click.option("--markdown", is_flag=True, help="The table of docs/settings.md.")
@_node_options
def settings(markdown: bool, **where: Any) -> None:
    """Print every setting with its value here."""
    from scattershot.manual import settings_page, settings_values

    del where["verbose"]
    click.echo(settings_page() if markdown else settings_values(_settings(**where)), nl=False)


@scattershot.command(hidden=True)
def manual() -> None:
    """Print docs/cli.md."""
    from scattershot.manual import cli_page

    click.echo(cli_page(scattershot), nl=False)


if __name__ == "__main__":
    main()
