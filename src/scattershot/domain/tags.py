"""Hashtags by name, as they are looked up."""

import re

MAX_TAG = 100
"""Characters of a hashtag that anybody may follow or look up."""

_TAG = re.compile(r"[^\W_][\w·]*|\w*[^\W\d_]\w*")


def tag_named(text: str) -> str | None:
    """The hashtag in lower case, with or without its sign; None where it is none."""
    name = text.strip().removeprefix("#").lower()
    return name if len(name) <= MAX_TAG and _TAG.fullmatch(name) and not name.isdigit() else None
