"""The command line. Each verb imports what it needs when it runs, so that all of them start at once.

What a verb does is in `verbs`: it is carried out by the node where one runs on the data folder, else right here.
Exit status: 0 done, 1 it could not be done (a sentence on standard error says why), 2 typed wrongly.
"""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scattershot import __version__

if TYPE_CHECKING:
    from scattershot.settings import Settings

T = TypeVar("T")

PATIENCE = 10.0
"""How many seconds a verb waits where the data folder is busy and nobody answers: a node that starts or stops."""


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


def _node_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every verb on a node takes."""
    for option in (
        click.option("--verbose", is_flag=True, help="Log what happens on standard error."),
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="A settings file to read."),
        click.option(
            "--data", type=click.Path(path_type=Path, file_okay=False), help="The node's data folder [default: data]."
        ),
    ):
        verb = option(verb)
    return verb


def _settings(data: Path | None, config: Path | None, **given: Any) -> "Settings":
    import os

    from msgspec.structs import replace

    from scattershot.settings import BadSettings, read_settings

    try:
        settings = read_settings(config, os.environ, {"data": data, **given})
    except BadSettings as problem:
        raise click.ClickException(str(problem)) from problem
    return replace(settings, data=settings.data.absolute())


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
    """Make the people who sign in here."""


@person.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="They may run the node.")
@_node_options
def person_add(name: str, admin: bool, **where: Any) -> None:
    """Make a person with a microblog of the same name; prints a one-time link by which they sign in."""
    _perform("person add", where, {"name": name, "admin": admin}, new=True)


@person.command("link")
@click.argument("name")
@_node_options
def person_link(name: str, **where: Any) -> None:
    """Print another one-time link by which a person signs in."""
    _perform("person link", where, {"name": name})


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
        text = click.get_text_stream("stdin", encoding="utf-8", errors="replace").read().strip("\n")
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


# -- carrying out


def _perform(verb: str, where: dict[str, Any], arguments: dict[str, Any], *, new: bool = False) -> None:
    """Have the node that runs carry a verb out, or do it here; ends the process with its status."""
    from scattershot.drivers.control import Asked, Line, NoAnswerError, ask

    verbose = where.pop("verbose")
    settings = _settings(**where)
    asked = Asked(verb, arguments)

    def tell(line: Line) -> None:
        if line.out is not None:
            click.echo(line.out)
        if line.note is not None:
            click.echo(line.note, err=True)

    try:
        for _ in range(int(PATIENCE / _PAUSE)):
            lines = ask(settings.data, asked, __version__)
            if lines is not None:
                status = 1
                for line in lines:
                    tell(line)
                    status = line.end if line.end is not None else status
                sys.exit(status)
            lock = _try_to_own(settings, new=new)
            if lock is not None:
                sys.exit(_perform_here(settings, asked, tell, verbose=verbose))
            _pause()
    except NoAnswerError as problem:
        raise click.ClickException(str(problem)) from problem
    raise click.ClickException(
        f"{settings.data} is in use by another scattershot that does not answer. If it is not about to start or stop, "
        "end that process."
    )


_PAUSE = 0.1


def _pause() -> None:
    import time

    time.sleep(_PAUSE)


def _try_to_own(settings: "Settings", *, new: bool) -> int | None:
    """Own the data folder from now on, or None where another process does; `new` makes one where there is none."""
    from scattershot.bootstrap import DataInUseError, own_data
    from scattershot.opening import is_set_up

    if not new and not is_set_up(settings):
        raise click.ClickException(
            f"There is no node in {settings.data} yet. This starts one: scattershot run --data {settings.data}"
        )
    try:
        return own_data(settings.data)
    except DataInUseError:
        return None
    except OSError as problem:
        raise click.ClickException(f"{settings.data} cannot be used: {problem.strerror}.") from problem


def _perform_here(settings: "Settings", asked: Any, tell: Callable[[Any], None], *, verbose: bool) -> int:
    from scattershot.drivers.logs import set_up_logs
    from scattershot.opening import Trouble
    from scattershot.verbs.carrying import carry_out_here

    set_up_logs(settings.log_format, "DEBUG" if verbose else "ERROR")
    try:
        return _run_async(carry_out_here(settings, asked, tell))
    except Trouble as problem:
        raise click.ClickException(str(problem)) from problem


def _run_async(work: Coroutine[Any, Any, T]) -> T:
    import asyncio

    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


if __name__ == "__main__":
    main()
