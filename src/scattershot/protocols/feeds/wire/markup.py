"""XML as it is written: elements with what may stand in them, and nothing else."""

import re
from collections.abc import Iterable
from html import escape

MEDIA = "http://search.yahoo.com/mrss/"
SOURCE = "http://source.scripting.com/"
THREAD = "http://purl.org/syndication/thread/1.0"

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def element(name: str, text: str = "", /, **attributes: str | int | None) -> str:
    """An element of text, or empty; attributes of None are left out, and a `_` in a name is a `:`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", ":")}="{_clean(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{_clean(text)}</{name}>" if text else f"<{name}{said}/>"


def optional(name: str, text: str, /, **attributes: str | int | None) -> str:
    """An element, where there is something to say in it."""
    return element(name, text, **attributes) if text else ""


def around(name: str, parts: Iterable[str], /, **attributes: str | int | None) -> str:
    """An element of elements."""
    opening = element(name, "", **attributes)[:-2]
    return f"{opening}>\n{chr(10).join(filter(None, parts))}\n</{name}>"


def document(root: str) -> bytes:
    """The whole document."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'.encode()


def _clean(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
