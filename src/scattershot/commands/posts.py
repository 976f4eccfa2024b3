"""Reading and writing as somebody here, from a terminal."""

import sys
from typing import Any

import click

from scattershot.performing import node_options, perform


@click.command()
@click.argument("name")
@click.argument("who")
@node_options
def follow(name: str, who: str, **where: Any) -> None:
    """Let NAME, who is at home here, follow WHO: a handle (@bob@example.org) or the address of a profile."""
    perform("follow", where, {"name": name, "who": who})


@click.command()
@click.argument("name")
@click.argument("who")
@node_options
def unfollow(name: str, who: str, **where: Any) -> None:
    """Let NAME follow WHO no longer."""
    perform("unfollow", where, {"name": name, "who": who})


@click.command()
@click.argument("name")
@node_options
def following(name: str, **where: Any) -> None:
    """List whom NAME follows."""
    perform("following", where, {"name": name})


@click.command()
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
@node_options
def post(name: str, text: str, audience: str, warning: str, reply_to: str | None, **where: Any) -> None:
    """Post TEXT as NAME (- reads it from standard input); prints the post's address."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace").strip("\r\n")
    arguments = {"name": name, "text": text, "audience": audience, "warning": warning, "reply_to": reply_to}
    perform("post", where, arguments)


@click.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 800), default=20, show_default=True, help="How many posts.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each post.")
@node_options
def home(name: str, limit: int, as_json: bool, **where: Any) -> None:
    """Print the home timeline of NAME, the newest first."""
    perform("home", where, {"name": name, "limit": limit, "as_json": as_json})


VERBS = (follow, unfollow, following, post, home)
