"""Entries with names of their own: what a feed calls its entries is often missing, and sometimes given twice."""

from hashlib import blake2b
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.protocols.feeds.wire.feed import Entry

MOST = 500
"""Entries taken of one document; what comes after so many is old."""
LONGEST_ID = 1_024


class Draft(NamedTuple):
    """An entry, and what its feed calls it, which may be nothing."""

    name: str
    entry: Entry


def settled(drafts: list[Draft], language: str = "") -> tuple[Entry, ...]:
    """The entries, each once: known by its name, or else its page, or else by what it says.

    Two of one name with pages of their own are two things: templates that give all entries the same guid are met
    often. Two of one name and page are one, and the first counts, for feeds put what is new first. What says nothing is
    dropped.
    """
    drafts = [draft for draft in drafts if _says_something(draft.entry)][:MOST]
    pages: dict[str, set[str]] = {}
    for draft in drafts:
        pages.setdefault(draft.name, set()).add(draft.entry.url)
    found: dict[str, Entry] = {}
    for name, entry in drafts:
        shared = len(pages[name]) > 1
        known = entry.url if not name or (shared and entry.url) else name
        known = known or f"urn:content:{_digest(entry)}"
        known = known if len(known) <= LONGEST_ID else f"urn:name:{blake2b(known.encode(), digest_size=16).hexdigest()}"
        found.setdefault(known, replace(entry, id=known, language=entry.language or language))
    return tuple(found.values())


def _says_something(entry: Entry) -> bool:
    return bool(entry.title or entry.html or entry.summary or entry.url or entry.enclosures)


def _digest(entry: Entry) -> str:
    said = "\0".join((entry.title, entry.html, entry.summary, *(each.url for each in entry.enclosures)))
    return blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()
