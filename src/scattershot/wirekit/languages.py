"""Language tags (RFC 5646), as far as their outline goes."""

import re

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


def language_tag(value: object) -> str:
    """A language tag in the spelling it came; empty where it is none or `und`."""
    return value if isinstance(value, str) and value != "und" and _TAG.fullmatch(value) else ""
