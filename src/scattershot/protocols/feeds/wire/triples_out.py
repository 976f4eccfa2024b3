"""Linked data written as Turtle and as JSON-LD."""

import re

from msgspec import json

from scattershot.protocols.feeds.wire.triples import PREFIXES, TYPE, Graph, Iri, Text, Value, Word

TURTLE, JSON_LD = "text/turtle", "application/ld+json"
FOAF = PREFIXES["foaf"]
"""The profile by which JSON-LD of this sort is asked for: without one it is taken for ActivityPub's."""

_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_turtle(graph: Graph) -> bytes:
    """The document in Turtle (W3C Recommendation of 2014)."""
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in PREFIXES.items()]
    for about, said in graph:
        lines += ["", _in_turtle(about)]
        lines += [f"  {'a' if word == TYPE else word} {_in_turtle(value)} ;" for word, value in said]
        lines[-1] = f"{lines[-1][:-1]}."
    return "\n".join([*lines, ""]).encode()


def _in_turtle(value: Value) -> str:
    match value:
        case Iri(name, blank):
            return f"_:{name}" if blank else f"<{name}>"
        case Word(name):
            return name
        case Text(text, language, kind):
            quoted = f'"{_ESCAPED.sub(_escape, text)}"'
            return f"{quoted}^^{kind}" if kind else f"{quoted}@{language}" if language else quoted


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}"


def write_json_ld(graph: Graph) -> bytes:
    """The document in JSON-LD 1.1, with its own context: nothing is to be fetched to read it."""
    things = []
    for about, said in graph:
        thing: dict[str, object] = {"@id": _name(about)}
        for word, value in said:
            if word == TYPE and isinstance(value, Word):
                kinds = thing.setdefault("@type", [])
                assert isinstance(kinds, list)
                kinds.append(value.name)
                continue
            values = thing.setdefault(word, [])
            assert isinstance(values, list)
            values.append(_in_json(value))
        things.append(thing)
    return json.encode({"@context": PREFIXES, "@graph": things})


def _in_json(value: Value) -> dict[str, str]:
    match value:
        case Iri():
            return {"@id": _name(value)}
        case Word(name):
            return {"@id": name}
        case Text(text, language, kind):
            return {"@value": text} | ({"@type": kind} if kind else {"@language": language} if language else {})


def _name(iri: Iri) -> str:
    return f"_:{iri.name}" if iri.blank else iri.name
