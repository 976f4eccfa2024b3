"""WebFinger's answers (RFC 7033) and host-meta (RFC 6415), read and written."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from scattershot.protocols.activitypub.wire.vocabulary import AS2_TYPES, is_id

MAX_JRD = 64 * 1024
"""A real one is under 2 KB."""
MAX_LINKS = 100
_LRDD = re.compile(r"<Link\b(?=[^>]{0,4096}?\brel=[\"']lrdd[\"'])[^>]{0,4096}?\btemplate=[\"']([^\"'<>]{1,2048})[\"']")
AS2_LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"


class Jrd(NamedTuple):
    """What an answer says: the name it is about, and the ActivityPub actor that it stands for (empty: none)."""

    subject: str
    actor: str


def read_jrd(body: bytes) -> Jrd | None:
    """None where it is no JRD; links of any other kind are passed over."""
    if len(body) > MAX_JRD:
        return None
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    subject, links = found.get("subject"), found.get("links")
    actor = next(filter(None, map(_actor_of, links[:MAX_LINKS])), "") if isinstance(links, list) else ""
    return Jrd(subject if isinstance(subject, str) and len(subject) < 512 else "", actor)


def _actor_of(link: Any) -> str:
    if not isinstance(link, dict) or link.get("rel") != "self" or not isinstance(link.get("type"), str):
        return ""
    kind, _, profile = link["type"].partition(";")
    is_ours = kind.strip() in AS2_TYPES and (kind.strip() != "application/ld+json" or "activitystreams" in profile)
    return link["href"] if is_ours and is_id(link.get("href")) else ""


def read_host_meta(body: bytes, resource: str) -> str | None:
    """The address to ask about the resource, from the `lrdd` template of a host-meta in XML.

    Its one line is found by a pattern, so that no XML of a stranger is ever parsed.
    """
    found = _LRDD.search(body[:MAX_JRD].decode("utf-8", "replace"))
    if found is None or "{uri}" not in found[1]:
        return None
    address = found[1].replace("&amp;", "&").replace("{uri}", quote(resource, safe=""))
    return address if is_id(address) else None


def webfinger_of(subject: str, actor: str, page: str, origin: str, rels: Sequence[str] = ()) -> dict[str, Any]:
    """The answer about somebody kept here; `rels` leaves only links of those relations (RFC 7033 section 4.3)."""
    links = [
        {"rel": "self", "type": "application/activity+json", "href": actor},
        {"rel": "self", "type": AS2_LD, "href": actor},
        {"rel": PROFILE_PAGE, "type": "text/html", "href": page},
        {"rel": SUBSCRIBE, "template": f"{origin}/authorize_interaction?uri={{uri}}"},
    ]
    chosen = [link for link in links if not rels or link["rel"] in rels]
    return {"subject": subject, "aliases": [page, actor], "links": chosen}


def host_meta_of(origin: str) -> str:
    """The XRD that leads to our WebFinger."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{origin}/.well-known/webfinger?resource={{uri}}"/>\n</XRD>\n'
    )
