"""Linked data as a plain value: statements about things, and the words they are made in (FOAF, SIOC, Dublin Core)."""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "sioc": "http://rdfs.org/sioc/ns#",
    "sioct": "http://rdfs.org/sioc/types#",
}
TYPE = "rdf:type"
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class Iri(NamedTuple):
    """A thing by its address; a `blank` one has a label of this document alone."""

    name: str
    blank: bool = False


class Word(NamedTuple):
    """A thing by a word of a vocabulary, `foaf:Person`."""

    name: str


class Text(NamedTuple):
    """A text, in a language where that is known, or of a type, `xsd:dateTime`."""

    text: str
    language: str = ""
    type: str = ""


Value: TypeAlias = Iri | Word | Text


class Graph:
    """Statements, by what they are about, in the order in which they were made."""

    def __init__(self) -> None:
        self._about: dict[Iri, list[tuple[str, Value]]] = {}
        self._blanks = 0

    def blank(self) -> Iri:
        """A thing that has no address."""
        self._blanks += 1
        return Iri(f"b{self._blanks}", blank=True)

    def say(self, about: Iri, word: str, *values: Value | None) -> None:
        """Each of the values of that property, but for what is none: an empty text, an address that cannot be one."""
        if not _is_value(about):
            return
        said = self._about.setdefault(about, [])
        said += [(word, value) for value in values if value is not None and _is_value(value)]

    def __iter__(self) -> Iterator[tuple[Iri, list[tuple[str, Value]]]]:
        """Each thing with what is said of it, once each."""
        return iter((about, list(dict.fromkeys(said))) for about, said in self._about.items() if said)


def language(tag: str) -> str:
    """The tag where it is one."""
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _is_value(value: Value) -> bool:
    match value:
        case Iri(name, blank):
            return blank or _IRI.fullmatch(name) is not None
        case Text(text):
            return bool(text)
        case Word():
            return True
