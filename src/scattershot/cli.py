"""The command line. Each verb imports what it needs when it runs, so that all of them start at once.

What is typed is in `commands`, but for how a node is run; what a verb does is in `verbs`; how it comes to be done is in
`performing`.
Exit status: 0 done, 1 it could not be done (a sentence on standard error says why), 2 typed wrongly.
"""

from pathlib import Path
from typing import Any

import click

from scattershot import __version__
from scattershot.commands import hosts, house, keeping, looking, people, posts, simulating
from scattershot.performing import node_options, run_async, settings_at


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


@scattershot.command()
@node_options
@click.option("--listen", metavar="HOST:PORT", help="Where to answer [default: 127.0.0.1:8000].")
@click.option("--origin", metavar="URL", help="Where the world reaches it, such as https://social.example.org.")
def run(data: Path | None, config: Path | None, verbose: bool, listen: str | None, origin: str | None) -> None:
    """Run a node until it is told to stop (Ctrl-C).

    The first start prints a link that makes the owner's account.
    """
    settings = settings_at(data, config, listen=listen, origin=origin)
    from scattershot.drivers.logs import set_up_logs
    from scattershot.opening import Trouble

    set_up_logs(settings.log_format, "DEBUG" if verbose else settings.log_level)
    from scattershot.running import run as run_node

    try:
        run_async(run_node(settings, click.echo))
    except Trouble as problem:
        raise click.ClickException(str(problem)) from problem


for _room in (people, posts, looking, hosts, house, keeping, simulating):
    for _verb in _room.VERBS:
        scattershot.add_command(_verb)


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
@node_options
def settings(markdown: bool, **where: Any) -> None:
    """Print every setting with its value here."""
    from scattershot.manual import settings_page, settings_values

    del where["verbose"]
    click.echo(settings_page() if markdown else settings_values(settings_at(**where)), nl=False)


@scattershot.command(hidden=True)
def manual() -> None:
    """Print docs/cli.md."""
    from scattershot.manual import cli_page

    click.echo(cli_page(scattershot), nl=False)


if __name__ == "__main__":
    main()
