"""What the house says to everybody: its rules, its announcements, and the emojis it offers."""

import os
from pathlib import Path
from typing import Any

import click

from scattershot.performing import node_options, perform, settings_at

_NUMBER = click.IntRange(1, (1 << 62) - 1)


@click.group()
def rule() -> None:
    """Make and list the rules of the house, which apps show to whoever signs up."""


@rule.command("add")
@click.argument("text")
@click.option("--hint", default="", help="More about it.")
@node_options
def rule_add(text: str, hint: str, **where: Any) -> None:
    """Add a rule after the others; prints its number."""
    perform("rule add", where, {"text": text, "hint": hint})


@rule.command("list")
@node_options
def rule_list(**where: Any) -> None:
    """Print the rules with their numbers."""
    perform("rule list", where, {})


@rule.command("remove")
@click.argument("number", type=_NUMBER)
@node_options
def rule_remove(number: int, **where: Any) -> None:
    """Let rule NUMBER hold no more."""
    perform("rule remove", where, {"number": number})


@click.group()
def announce() -> None:
    """Say something to everybody who signs in here; apps show it above their timelines."""


@announce.command("add")
@click.argument("text")
@click.option("--starts", default="", metavar="TIME", help="When it begins: 2026-11-21 or 2026-11-21T18:00Z.")
@click.option("--ends", default="", metavar="TIME", help="When it ends; from then on it is not shown.")
@click.option("--all-day", is_flag=True, help="The days count, not the hours.")
@click.option("--draft", is_flag=True, help="Do not show it yet.")
@node_options
def announce_add(text: str, starts: str, ends: str, all_day: bool, draft: bool, **where: Any) -> None:
    """Announce TEXT, which is Markdown; prints its number."""
    arguments = {"text": text, "starts": starts, "ends": ends, "all_day": all_day, "draft": draft}
    perform("announce add", where, arguments)


@announce.command("list")
@node_options
def announce_list(**where: Any) -> None:
    """Print the announcements with their numbers."""
    perform("announce list", where, {})


@announce.command("edit")
@click.argument("number", type=_NUMBER)
@click.option("--text", default="", help="What it says from now on.")
@click.option("--starts", default="", metavar="TIME", help="When it begins.")
@click.option("--ends", default="", metavar="TIME", help="When it ends.")
@click.option("--all-day/--by-the-hour", default=None, help="Whether the days count, or the hours.")
@node_options
def announce_edit(number: int, text: str, starts: str, ends: str, all_day: bool | None, **where: Any) -> None:
    """Let announcement NUMBER read otherwise; what is not given stays."""
    arguments = {"number": number, "text": text, "starts": starts, "ends": ends, "all_day": all_day}
    perform("announce edit", where, arguments)


@announce.command("publish")
@click.argument("number", type=_NUMBER)
@node_options
def announce_publish(number: int, **where: Any) -> None:
    """Show announcement NUMBER."""
    perform("announce publish", where, {"number": number})


@announce.command("hide")
@click.argument("number", type=_NUMBER)
@node_options
def announce_hide(number: int, **where: Any) -> None:
    """Show announcement NUMBER no more, and keep it as a draft."""
    perform("announce hide", where, {"number": number})


@announce.command("remove")
@click.argument("number", type=_NUMBER)
@node_options
def announce_remove(number: int, **where: Any) -> None:
    """Forget announcement NUMBER for ever."""
    perform("announce remove", where, {"number": number})


@click.group()
def emoji() -> None:
    """Give emojis of your own to all who write here: pictures that stand for `:name:` in posts and names."""


@emoji.command("add")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--category", default="", help="Under what it stands where one chooses.")
@click.option("--hidden", is_flag=True, help="It can be typed, but is not offered.")
@node_options
def emoji_add(name: str, file: Path, category: str, hidden: bool, **where: Any) -> None:
    """Let :NAME: stand for the picture in FILE: PNG, GIF or WebP of at most 256 KB."""
    import shutil

    folder = settings_at(where["data"], where["config"]).data
    mark = f"emoji-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(file, folder / mark)
        perform("emoji add", where, {"name": name, "mark": mark, "category": category, "offered": not hidden})
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be read: {problem.strerror}.") from problem
    finally:
        (folder / mark).unlink(missing_ok=True)


@emoji.command("list")
@node_options
def emoji_list(**where: Any) -> None:
    """List the emojis of the house."""
    perform("emoji list", where, {})


@emoji.command("edit")
@click.argument("name")
@click.option("--category", default=None, help="Under what it stands where one chooses.")
@click.option("--offered/--hidden", default=None, help="Whether it is offered, or can only be typed.")
@node_options
def emoji_edit(name: str, category: str | None, offered: bool | None, **where: Any) -> None:
    """Let the emoji NAME stand elsewhere, or be offered or not; what is not given stays."""
    perform("emoji edit", where, {"name": name, "category": category, "offered": offered})


@emoji.command("remove")
@click.argument("name")
@click.option("--erase", is_flag=True, help="Its picture goes too; what was written with it shows its name instead.")
@node_options
def emoji_remove(name: str, erase: bool, **where: Any) -> None:
    """Let NAME be an emoji no more; what was written with it still shows it."""
    perform("emoji remove", where, {"name": name, "erase": erase})


VERBS = (rule, announce, emoji)
