"""In which languages one hears whom one follows."""

import re
from collections.abc import Sequence

MAX_LANGUAGES = 100
"""More languages than that nobody chooses among."""

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
