"""The pages of the manual that are written by the program itself: `docs/settings.md` and `docs/cli.md`."""

from typing import Any, get_args, get_origin, get_type_hints

import click
import msgspec
from msgspec import Meta

from scattershot.settings import Settings

_SETTINGS_HEAD = """\
# Settings

Each can stand in `scattershot.toml`, in the working folder or in the data folder (`--config FILE` reads that file
instead), or in the environment as `SCATTERSHOT_` and its name in capitals, a list with commas between its parts.
Options of the command line win over the environment, and the environment over the file. Verbs other than `run` need
the same settings while the node does not run: what they must know belongs into the file. `scattershot settings` prints
what holds.

This page is written by `scattershot settings --markdown`.
"""

_CLI_HEAD = """\
# The command line

Every verb on a node takes its data folder as `--data` behind it, a settings file as `--config`, and `--verbose`; it
works whether or not the node runs, through the node when it does. It exits with 0 when it is done, 1 when it could not
be done, which a sentence on standard error explains, and 2 when it was typed wrongly. Standard output holds what was
asked for and nothing else.

This page is written by `scattershot manual`.
"""

_COMMON = {"data", "config", "verbose"}


def settings_page() -> str:
    """docs/settings.md."""
    rows = [f"| `{name}` | {default} | {description} |" for name, default, description in _settings()]
    return "\n".join([_SETTINGS_HEAD, "| setting | default | what it is |", "|---|---|---|", *rows, ""])


def settings_values(settings: Settings) -> str:
    """Every setting as it is here, as TOML; a password in an address is left out."""
    lines = []
    for name, _, description in _settings():
        value = getattr(settings, name)
        if name == "database" and "@" in value:
            value = f"{value.partition('://')[0]}://…@{value.rpartition('@')[2]}"
        shown = msgspec.json.encode(list(value) if isinstance(value, tuple) else value, enc_hook=str).decode()
        lines.append(f"# {description}\n{name} = {shown}\n")
    return "\n".join(lines)


def _settings() -> list[tuple[str, str, str]]:
    """Name, default and description of each setting, as they stand in `Settings`."""
    found = []
    hints = get_type_hints(Settings, include_extras=True)
    defaults = {field.name: field.default for field in msgspec.structs.fields(Settings)}
    for name, hint in hints.items():
        described = [meta.description for meta in get_args(hint)[1:] if isinstance(meta, Meta) and meta.description]
        if get_origin(hint) is not None and described:
            found.append((name, _spelt(defaults[name]), described[0]))
    return found


def _spelt(default: Any) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, tuple):
        return ", ".join(f"`{part}`" for part in default) or "none"
    return f"`{default}`" if str(default) else "none"


def cli_page(group: click.Group) -> str:
    """docs/cli.md."""
    parts = [_CLI_HEAD]
    for name, command in _commands(group, ""):
        context = click.Context(command, info_name=f"scattershot {name}", max_content_width=100, terminal_width=100)
        usage = command.collect_usage_pieces(context)
        parts.append(f"## {name}\n\n`scattershot {name} {' '.join(usage)}`\n\n{_prose(command)}\n")
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        told = [option.get_help_record(context) for option in options if option.name not in _COMMON]
        rows = [f"- `{record[0]}`: {record[1]}" for record in told if record is not None]
        if rows:
            parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _commands(group: click.Group, above: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, f"{above}{name} ")
        elif not command.hidden:
            found.append((f"{above}{name}", command))
    return found


def _prose(command: click.Command) -> str:
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
