"""Which form of a page a program asks for by its header `Accept`, where that is none for people or ActivityPub."""

from scattershot.protocols.feeds.wire.atom_out import ATOM
from scattershot.protocols.feeds.wire.json_feed_out import JSON_FEED
from scattershot.protocols.feeds.wire.rss_out import RSS
from scattershot.protocols.feeds.wire.triples_out import FOAF, JSON_LD, TURTLE

FEEDS = {RSS: "rss", ATOM: "atom", JSON_FEED: "json"}
GRAPHS = {TURTLE: "ttl", JSON_LD: "jsonld"}
_OTHERS = ("text/html", "application/xhtml+xml", "application/activity+json", "application/json")


def form_of(accept: str) -> str:
    """The end of the address that has what is asked for; nothing where a page or ActivityPub is asked for before.

    JSON-LD is ours only where the FOAF profile is named: without one it has always been ActivityPub's.
    """
    for part in accept.split(",")[:50]:
        kind, _, parameters = part.partition(";")
        kind = kind.strip().lower()
        if kind == JSON_LD and FOAF not in parameters:
            return ""
        form = FEEDS.get(kind) or GRAPHS.get(kind)
        if form is not None or kind in _OTHERS:
            return form or ""
    return ""
