"""The pages of the manual say what the program does."""

import re
from pathlib import Path

import click
import pytest

from scattershot.cli import scattershot
from scattershot.manual import cli_page, settings_page, settings_values
from scattershot.settings import Settings, read_settings

TYPED = re.compile(r"scattershot ((?:run|person|token|follow|post|home|backup|restore|demo|nodes)[^\n`]*)")
DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_the_page_of_settings_is_up_to_date() -> None:
    assert (DOCS / "settings.md").read_text() == settings_page(), "scattershot settings --markdown > docs/settings.md"


def test_the_page_of_settings_names_each_of_them() -> None:
    named = re.findall(r"^\| `(\w+)` \|", settings_page(), re.MULTILINE)
    assert named == list(Settings.__struct_fields__)


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    assert (DOCS / "cli.md").read_text() == cli_page(scattershot), "scattershot manual > docs/cli.md"


def test_every_verb_has_a_sentence() -> None:
    silent = [name for name, command in scattershot.commands.items() if not command.get_short_help_str()]
    assert silent == []


def test_settings_are_shown_as_they_are_without_a_password() -> None:
    shown = settings_values(read_settings(None, {"SCATTERSHOT_DATABASE": "postgresql://me:secret@db/x"}, {}))
    assert 'database = "postgresql://…@db/x"\n' in shown
    assert 'domains = ["localhost:8000"]\n' in shown
    assert "secret@" not in shown


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")) + sorted(DOCS.rglob("*.service")), ids=lambda p: p.name)
def test_what_the_pages_tell_to_type_exists(page: Path) -> None:
    """Every `scattershot VERB --option` in the documentation."""
    for line in TYPED.findall(page.read_text()):
        words = line.split()
        command: click.Command = scattershot
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
