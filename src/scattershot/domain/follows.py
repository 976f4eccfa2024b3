"""How one wishes to hear whom one follows: with boosts or without, told of each post or not, in which languages."""

import re
from collections.abc import Sequence
from typing import NamedTuple

MAX_LANGUAGES = 100
"""More languages than that nobody chooses among."""


class Wish(NamedTuple):
    """How a follow is to be heard from now on; None stays as it was, and at first is what is usual."""

    boosts: bool | None = None
    """Whether what they pass on comes too."""
    notify: bool | None = None
    """Whether each new post is told of."""
    languages: str | None = None
    """In which languages posts come, as `spelt_languages` has them."""


AS_BEFORE = Wish()

_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def spelt_languages(codes: Sequence[str]) -> str | None:
    """Language codes as a follow keeps them, apart by spaces and between two; None where one of them is no code."""
    lowered = [code.strip().lower().replace("_", "-") for code in codes]
    if len(lowered) > MAX_LANGUAGES or not all(map(_CODE.fullmatch, lowered)):
        return None
    return f" {' '.join(dict.fromkeys(lowered))} " if lowered else ""


def ways_to_name(language: str) -> tuple[str, str]:
    """What a follow may keep for a post in that language to come: `pt-BR` does where `pt-br` or `pt` is wanted."""
    code = language.lower().replace("_", "-")
    return f" {code} ", f" {code.partition('-')[0]} "


def wants(languages: str, language: str) -> bool:
    """Whether a post in that language comes; one that does not say its language always does."""
    return not languages or not language or any(name in languages for name in ways_to_name(language))
