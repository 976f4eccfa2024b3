"""Looking at what a node knows, and at how it comes to know it."""

import sys
from pathlib import Path
from typing import Any

import click

from scattershot.performing import node_options, perform

_LARGEST_REQUEST = 1_200_000
"""Bytes of a caught request that are read: the largest body taken, and its head."""


@click.command()
@click.argument("what")
@click.option("--full", is_flag=True, help="Cut nothing.")
@node_options
def inspect(what: str, full: bool, **where: Any) -> None:
    """Look for WHAT (a handle, or the address of a profile or post), showing every step; stores nothing.

    WHAT may also be a file (or - for standard input) that holds an HTTP request as it came to an inbox: then it tells
    what the inbox would make of it, and why. `inspect udp` says with whom datagrams are exchanged.
    """
    request = ""
    if what == "-":
        request = sys.stdin.buffer.read(_LARGEST_REQUEST).decode("latin-1")
    elif what != "udp" and Path(what).is_file():
        with Path(what).open("rb") as file:
            request = file.read(_LARGEST_REQUEST).decode("latin-1")
    perform("inspect", where, {"what": what, "full": full, "request": request})


@click.command()
@click.argument("post")
@node_options
def trace(post: str, **where: Any) -> None:
    """Tell the way of POST (its id or address): how it came, who read it, to whom it is still owed."""
    perform("trace", where, {"post": post})


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each.")
@node_options
def nodes(limit: int, as_json: bool, **where: Any) -> None:
    """List the servers known here, those that most waits for first."""
    perform("nodes", where, {"limit": limit, "as_json": as_json})


VERBS = (inspect, trace, nodes)
