"""The `Collection-Synchronization` header (FEP-8fcf): whether two nodes agree on who follows whom."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from scattershot.protocols.activitypub.wire.vocabulary import is_id

FIELD = "collection-synchronization"
MAX_CHARS = 4096
_PARAMETER = re.compile(r'\s*([A-Za-z]+)="([^"]*)"\s*(?:,|$)')
_DIGEST = re.compile(r"[0-9a-f]{64}")


class SyncHeader(NamedTuple):
    """The sender's followers' collection, where to read the receiver's part of it, and that part's digest."""

    collection: str
    url: str
    digest: str


def digest_of(followers: Iterable[str]) -> str:
    """The XOR of the SHA-256 of each follower's id, in hexadecimal; all zeros where there are none."""
    total = 0
    for follower in followers:
        total ^= int.from_bytes(sha256(follower.encode("utf-8", "surrogatepass")).digest(), "big")
    return f"{total:064x}"


def read_sync(value: str) -> SyncHeader | None:
    """None where a part is missing or is not what it should be."""
    if len(value) > MAX_CHARS:
        return None
    found = dict(_PARAMETER.findall(value))
    collection, url, digest = found.get("collectionId", ""), found.get("url", ""), found.get("digest", "").lower()
    is_whole = is_id(collection) and is_id(url) and _DIGEST.fullmatch(digest)
    return SyncHeader(collection, url, digest) if is_whole else None


def write_sync(header: SyncHeader) -> str:
    """The header's value."""
    return f'collectionId="{header.collection}", url="{header.url}", digest="{header.digest}"'
