"""Colours of the house: whichever is chosen, words on it and in it can be read (WCAG 2.2, 1.4.3)."""

import re
from importlib.resources import files

import pytest

from scattershot.app.livery import COLOURS
from scattershot.frontends.web.words import looked_at

CSS = files("scattershot.frontends.web").joinpath("static/app.css").read_text(encoding="utf-8")


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def _of(colour: str) -> dict[str, str]:
    head = rf'\[data-colour="{colour}"\]' if colour else r"\n:root"
    found = re.search(head + r" \{(.*?)\}", CSS, re.DOTALL)
    assert found is not None, colour
    return _variables(found[1])


def _light(hexed: str) -> float:
    """Relative luminance."""
    long = hexed[1:] if len(hexed) == 7 else "".join(each * 2 for each in hexed[1:])
    parts = [int(long[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((_light(one), _light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_can_be_read_by_day_and_by_night(colour: str) -> None:
    mine, day = _of(colour), _of("")
    night = _variables(CSS[CSS.index(':root[data-theme="dark"]') :].partition("}")[0])
    for ground in (day["sheet"], day["raised"], mine["day-soft"]):
        assert contrast(mine["day"], ground) >= 4.5, ground
    assert contrast(mine["day"], day["accent-ink"]) >= 4.5
    assert contrast(mine["day-soft"], day["ink"]) >= 4.5
    for ground in (night["sheet"], night["raised"], mine["night-soft"]):
        assert contrast(mine["night"], ground) >= 4.5, ground
    assert contrast(mine["night"], night["accent-ink"]) >= 4.5
    assert contrast(mine["night-soft"], night["ink"]) >= 4.5


@pytest.mark.parametrize(
    ("focus", "classes"),
    [
        (None, ""), ((0.0, 0.0), ""), ((-1.0, 1.0), " fx0 fy0"), ((1.0, -1.0), " fx8 fy8"), ((0.5, 0.0), " fx6"),
        ((-9.0, 0.3), " fx0 fy3"),
    ],
)  # fmt: skip
def test_a_cropped_picture_keeps_the_place_to_look_at(focus: tuple[float, float] | None, classes: str) -> None:
    assert looked_at(focus) == classes
    for each in classes.split():
        assert f".{each} {{" in CSS
