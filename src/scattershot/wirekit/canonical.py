"""Canonical JSON (JCS, RFC 8785): the one spelling of a value, for hashing.

Most documents are plain enough that a sorted encoding is already canonical; the rest go the slow way.
"""

from typing import Any

import msgspec
import rfc8785

_MAX_SAFE_INT = 2**53 - 1
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> bytes | None:
    """The canonical UTF-8 bytes, or None where there are none: NaN, an integer beyond 2^53-1, a lone surrogate, a type
    that is not JSON's, or nesting too deep to walk."""
    try:
        return _encode_sorted(value) if _is_plain(value) else rfc8785.dumps(value)
    except (ValueError, RecursionError):
        return None


def _is_plain(root: Any) -> bool:
    """Whether sorting is all that is left to do: ASCII keys (UTF-8 and UTF-16 order agree on them), no floats, safe
    integers, and exactly JSON's types. String escapes are the same in both (RFC 8785 section 3.2.2.2)."""
    pending: list[Any] = [root]
    for value in pending:  # grows while it is walked
        kind = type(value)
        if kind is str or value is None or kind is bool:
            continue
        if kind is dict:
            for key in value:
                if type(key) is not str or not key.isascii():
                    return False
            pending.extend(value.values())
        elif kind is list:
            pending.extend(value)
        elif kind is not int or not -_MAX_SAFE_INT <= value <= _MAX_SAFE_INT:
            return False
    return True
