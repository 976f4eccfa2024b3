"""With which other nodes this one deals."""

from typing import Any

import click

from scattershot.performing import node_options, perform

_LARGEST_LIST = 1_500_000
"""Characters of a list of hosts."""


def _on_host(verb: str, told: str) -> click.Command:
    """A verb that takes nothing but a host."""

    @click.command(verb, help=told)
    @click.argument("host")
    @node_options
    def command(host: str, **where: Any) -> None:
        perform(verb, where, {"host": host})

    return command


block_node = _on_host(
    "block-node", "Deal no more with HOST, nor with any host below it; '*' is all that allow-node did not let in."
)
limit_node = _on_host(
    "limit-node", "Show what comes from HOST, and from hosts below it, to those alone who follow its people."
)
allow_node = _on_host("allow-node", "Let HOST and the hosts below it in, also where '*' is blocked.")
unblock_node = _on_host(
    "unblock-node", "Deal with HOST as with any other: forget that it was blocked, limited or let in."
)


@click.command("import-blocks")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@node_options
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
    perform("import-blocks", where, {"text": text, "dry_run": dry_run})


VERBS = (block_node, limit_node, allow_node, unblock_node, import_blocks)
