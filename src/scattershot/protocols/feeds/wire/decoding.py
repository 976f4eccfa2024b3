"""Bytes of a feed or page as text, whatever they say of their encoding.

What is said is often wrong: servers add `charset=iso-8859-1` to everything, templates keep the declaration of another
age. Text of any length that reads as UTF-8 and is not ASCII was meant as UTF-8, so that is tried before anything
that is said; only encodings whose every byte is ASCII (ISO-2022-JP) must be believed first.
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_LOOKED_AT = 2_048
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\ufffe\uffff\ud800-\udfff]")
_AS_WINDOWS = frozenset({"iso8859-1", "ascii", "latin-1"})


def decode(body: bytes, content_type: str = "") -> str:
    """The text, never failing: what fits no encoding becomes U+FFFD, and what no XML may hold is dropped."""
    return _NOT_XML.sub("", _decoded(body, content_type).replace("\r\n", "\n"))


def _decoded(body: bytes, content_type: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if body[:2] in (b"<\x00", b"\x00<"):  # UTF-16 without a mark
        return body.decode("utf-16-le" if body[0] else "utf-16-be", "replace")
    said = [name for name in (_known(text) for text in _said(body, content_type)) if name]
    for name in said:
        if name.startswith(("iso2022", "hz")):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _by_what_is_said(body, said)


def _by_what_is_said(body: bytes, said: list[str]) -> str:
    others = [name for name in said if name != "utf-8" and not name.startswith(("utf-16", "utf-32"))]
    for name in others:
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    if "utf-8" in said and body.decode("utf-8", "replace").count("\ufffd") * 200 < len(body):
        return body.decode("utf-8", "replace")  # a few bytes of it were cut or mixed in
    return body.decode(others[0] if others else "cp1252", "replace")


def _said(body: bytes, content_type: str) -> list[str]:
    head = body[:_LOOKED_AT]
    found = [_CHARSET.search(content_type[:200])]
    names = [match[1] for match in found if match is not None]
    names += [match[1].decode("ascii") for match in (_DECLARED.search(head), _META.search(head)) if match is not None]
    return names


def _known(name: str) -> str:
    """The codec's own name; nothing for one that is unknown or makes no text. Latin-1 is read as browsers read it."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name in ("idna", "punycode", "utf-7", "unicode_escape"):
        return ""
    return "cp1252" if found.name in _AS_WINDOWS else found.name
