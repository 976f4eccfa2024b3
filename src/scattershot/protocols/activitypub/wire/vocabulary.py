"""ActivityStreams as it is really sent: decoding with caps, and tolerant looks into its many shapes.

Every property may be one value or a list of them, a string or an object, and anything may be missing or of the wrong
type. Nothing here raises: what is not understood is empty. The document is read as plain JSON, never as JSON-LD.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import msgspec

from scattershot.wirekit.urls import parse_url

JsonObject: TypeAlias = dict[str, Any]

MAX_BODY = 1024 * 1024
"""What Mastodon takes; read no more of a body than this."""
MAX_DEPTH = 32
MAX_ID_CHARS = 2048
MAX_LIST = 1000
"""No list of ids is read further; a post for more people than that names a collection."""
MAX_TEXT = 256 * 1024
_MAX_NUMBER = 2**53

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public"})
AS2_TYPES = frozenset({"application/activity+json", "application/ld+json"})
_LD_TRICKS = ("@graph", "@included", "@reverse")
"""Words that make a JSON-LD processor see other statements than a reader of plain JSON (CVE-2022-24307 and its kin)."""

_ENCODER = msgspec.json.Encoder()


class Malformed(NamedTuple):
    """These bytes are no ActivityStreams document: `why` is `too_large`, `too_deep`, `not_json` or `ld_trick`."""

    why: str
    detail: str = ""


def decode(body: bytes) -> JsonObject | Malformed:
    """The JSON object in the bytes; size and depth are capped."""
    if len(body) > MAX_BODY:
        return Malformed("too_large", f"{len(body)} bytes")
    try:
        found = msgspec.json.decode(body)
    except RecursionError:
        return Malformed("too_deep")
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        return Malformed("not_json", str(problem))
    if not isinstance(found, dict):
        return Malformed("not_json", "not an object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _is_deeper(found, MAX_DEPTH):
        return Malformed("too_deep")
    if any(word in found for word in _LD_TRICKS):
        return Malformed("ld_trick")
    return found


def encode(document: JsonObject) -> bytes:
    """Compact JSON, members in the order given."""
    return _ENCODER.encode(document)


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def is_id(value: object) -> bool:
    """Whether it can be the id of something: an http(s) URL that is not too long."""
    return isinstance(value, str) and len(value) <= MAX_ID_CHARS and parse_url(value) is not None


def id_of(value: object) -> str:
    """The id meant by a string, an object, a Link or the first of a list that has one; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if is_id(value) else ""
    if isinstance(value, dict):
        own = value.get("id")
        if own is None and value.get("type") in ("Link", "Mention"):
            own = value.get("href")
        return own if isinstance(own, str) and is_id(own) else ""
    if isinstance(value, list):
        return next((found for found in map(id_of, value[:8]) if found), "")
    return ""


def ids_of(value: object, most: int = MAX_LIST) -> list[str]:
    """All ids meant by one value or a list, in order, each once."""
    if isinstance(value, list):
        return [found for found in dict.fromkeys(id_of(item) for item in value[:most] if item is not None) if found]
    found = id_of(value)
    return [found] if found else []


def strings_of(value: object, most: int = MAX_LIST) -> list[str]:
    """The strings and ids among one value or a list, `as:Public` and the like included."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item if isinstance(item, str) else id_of(item) for item in value[:most] if item is not None]
    found = id_of(value)
    return [found] if found else []


def list_of(value: object, most: int) -> list[Any]:
    """One value or a list, as a list cut to length."""
    if value is None:
        return []
    return value[:most] if isinstance(value, list) else [value]


def objects_of(value: object, most: int) -> Iterator[JsonObject]:
    """The objects among one value or a list."""
    return (item for item in list_of(value, most) if isinstance(item, dict))


def object_of(value: object) -> JsonObject:
    """The object, or the first of a list; an empty one where there is none."""
    return next(objects_of(value, 8), {})


def type_of(value: object) -> str:
    """The first type of an object; empty where it says none."""
    if not isinstance(value, dict):
        return ""
    found = value.get("type")
    if isinstance(found, list):
        found = next((item for item in found if isinstance(item, str)), "")
    return found if isinstance(found, str) else ""


def text_of(value: object) -> str:
    """The first string, cut to a length nothing sensible reaches."""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return next((item[:MAX_TEXT] for item in value[:8] if isinstance(item, str)), "")
    return ""


def texts_by_language(value: object, most: int = 16) -> dict[str, str]:
    """A natural-language map, such as `contentMap`."""
    if not isinstance(value, dict):
        return {}
    pairs = list(value.items())[:most]
    return {language: text[:MAX_TEXT] for language, text in pairs if isinstance(text, str) and text}


def natural_text(document: JsonObject, name: str) -> str:
    """A text given plainly or only as a map of languages (`name` and `nameMap`)."""
    return text_of(document.get(name)) or next(iter(texts_by_language(document.get(name + "Map")).values()), "")


def links_of(value: object, most: int = 32) -> Iterator[tuple[str, str]]:
    """The http(s) addresses with their media types among strings, Links and objects with `url` or `href`."""
    for item in list_of(value, most):
        if isinstance(item, str):
            address, kind = item, ""
        elif isinstance(item, dict):
            inner = item.get("href") or item.get("url")
            address = inner if isinstance(inner, str) else next((found for found, _ in links_of(inner, 1)), "")
            kind = text_of(item.get("mediaType"))
        else:
            continue
        if is_id(address):
            yield address, kind


def link_of(value: object, kind: str = "text/html") -> str:
    """The address of that media type, else the first; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if is_id(value) else ""
    first = ""
    for address, found in links_of(value):
        if found.startswith(kind):
            return address
        first = first or address
    return first


def number_of(value: object) -> int:
    """A number from zero up; numbers sent as strings count, everything else is zero."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(min(max(value, 0), _MAX_NUMBER))


def truth_of(value: object) -> bool:
    """Whether it says yes."""
    return value is True or value == "true"
