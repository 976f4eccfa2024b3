"""Documents that were fetched: actors, posts, boosts, stamps, keys, and pages of collections.

The address it came from vouches for a document, and only for one whose id is that address.
"""

from hashlib import sha256
from typing import NamedTuple

from scattershot.domain.change import Deleted, ProfileChanged, Vanished
from scattershot.domain.microblog import VerifyKey
from scattershot.domain.reading import Changes, Needs, Reading, Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.protocol import BackPosts
from scattershot.protocols.activitypub.translate.actors_in import (
    is_actor,
    keys_of,
    multikey_of,
    profile_of,
    rsa_key_of,
)
from scattershot.protocols.activitypub.translate.consent_in import STAMPS, read_stamp
from scattershot.protocols.activitypub.translate.names import VOICES, named
from scattershot.protocols.activitypub.translate.notes_in import authors_of, is_post
from scattershot.protocols.activitypub.translate.refusals import Why, refused, refused_bytes
from scattershot.protocols.activitypub.translate.to_changes import own_change
from scattershot.protocols.activitypub.wire.vocabulary import (
    JsonObject,
    Malformed,
    decode,
    id_of,
    ids_of,
    is_id,
    list_of,
    number_of,
    object_of,
    text_of,
    type_of,
)
from scattershot.wirekit.urls import normal_url, same_origin

MAX_ITEMS = 200
"""So many entries of one page are read; servers send 10 to 50."""


class FoundKey(NamedTuple):
    """A public key that a key id led to, and who owns it: that actor must name it too before it is believed."""

    id: str
    owner: str
    public: str
    algorithm: str


class Items(NamedTuple):
    """Ids of one page of a collection, where to go on, and how many there are in all (0 where it does not say)."""

    ids: tuple[str, ...]
    next: str | None
    total: int


def read_document(body: bytes, url: str, *, author: WireId | None = None, at: int = 0) -> Reading:
    """What the document fetched from `url` (the final one, after redirects) says.

    `Needs` its id where that is another address. A Tombstone seldom says whose it was: `author` is who we know wrote
    it; where nobody is known, the deletion speaks in the name of the thing itself.
    """
    document = decode(body)
    if isinstance(document, Malformed):
        return refused_bytes(document)
    this = id_of(document)
    if not this:
        return refused(Why.NO_ID, url)
    if not _is_at(this, url):
        return Needs((named(this),))
    kind = type_of(document)
    name = f"{this}#{sha256(body).hexdigest()[:32]}"
    if is_actor(document):
        profile = profile_of(document)
        if isinstance(profile, Refused):
            return profile
        return Changes((ProfileChanged(actor=profile.id, profile=profile),), name)
    if kind == "Tombstone":
        return _gone(document, this, name, author)
    if kind in STAMPS:
        return read_stamp(document, this, name)
    if not is_post(document) and kind not in ("Create", "Announce"):
        return refused(Why.NOT_A_DOCUMENT, f"{url} is a {kind}")
    written_by = authors_of(document) if is_post(document) else ids_of(document.get("actor"), 1)
    own = next((name for name in written_by if same_origin(name, this)), "")
    if not own:
        return refused(Why.OTHER_ORIGIN if written_by else Why.NO_AUTHOR, this)
    return own_change(document, own, at=at)


def _gone(document: JsonObject, this: str, name: str, author: WireId | None) -> Reading:
    if text_of(document.get("formerType")) in VOICES:
        return Changes((Vanished(actor=named(this)),), name)
    told = next((found for found in authors_of(document) if same_origin(found, this)), this)
    actor = author if author and same_origin(author.value, this) else named(told)
    return Changes((Deleted(actor=actor, post=named(this)),), name)


def read_key(body: bytes, url: str) -> FoundKey | None:
    """The key of that id (`url`, its fragment included) in a key document, or in an actor or a stub of one.

    GoToSocial serves a stub actor at the key's own path, which is not the actor's id.
    """
    document = decode(body)
    if isinstance(document, Malformed) or not same_origin(id_of(document), url):
        return None
    this = id_of(document)
    alone = rsa_key_of(document) or multikey_of(document)
    if alone:
        owner = id_of(document.get("owner")) or id_of(document.get("controller"))
        return _found(alone, owner) if _is_at(this, url) and same_origin(owner, url) else None
    keys = list(keys_of(document))
    exact = next((key for key in keys if key.id == url), None)
    near = next((key for key in keys if _is_at(key.id, url)), None) if len(keys) == 1 or "#" not in url else None
    chosen = exact or near
    return _found(chosen, this) if chosen else None


def _found(key: VerifyKey, owner: str) -> FoundKey:
    return FoundKey(key.id, owner, key.public, key.algorithm)


def _is_at(this: str, url: str) -> bool:
    """Whether a fetch of `url` led to `this`; a fragment is never sent, so it does not count."""
    asked = normal_url(url, fragment=False)
    return asked is not None and asked == normal_url(this, fragment=False)


def read_page(body: bytes, url: str, author: WireId, *, at: int = 0) -> BackPosts:
    """A page of the author's outbox (or the outbox itself, whose first page it then names or holds).

    Entries of anybody else are refused, and entries that are ids alone are `Needs`.
    """
    document = decode(body)
    if isinstance(document, Malformed):
        return BackPosts((refused_bytes(document),), None)
    if not same_origin(url, author.value):
        return BackPosts((refused(Why.OTHER_ORIGIN, url),), None)
    entries, following = _entries(document)
    readings = tuple(_entry(entry, author.value, at) for entry in entries)
    goes_on = following and same_origin(following, url) and following != url
    return BackPosts(readings, following if goes_on else None)


def _entry(entry: object, author: str, at: int) -> Reading:
    this = id_of(entry)
    if not this:
        return refused(Why.NO_ID)
    if not same_origin(this, author):
        return refused(Why.OTHER_ORIGIN, this)
    if not isinstance(entry, dict):
        return Needs((named(this),))
    return own_change(entry, author, at=at)


def collection_items(body: bytes) -> Items:
    """The ids on a page of a collection, such as followers, replies or featured; nothing where it is no collection."""
    document = decode(body)
    if isinstance(document, Malformed):
        return Items((), None, 0)
    entries, following = _entries(document)
    ids = dict.fromkeys(found for found in map(id_of, entries) if found)
    return Items(tuple(ids), following or None, number_of(document.get("totalItems")))


def _entries(document: JsonObject) -> tuple[list[object], str]:
    """What is on the page and the address of the next one; a collection may hold its first page or only name it."""
    if not type_of(document).endswith(("Collection", "CollectionPage")):
        return [], ""
    first = document.get("first")
    items = _items(document)
    if not items and first is not None:
        page = object_of(first)
        items = _items(page)
        return (items, id_of(page.get("next"))) if items else ([], id_of(first) or id_of(page.get("next")))
    return items, id_of(document.get("next"))


def _items(page: JsonObject) -> list[object]:
    found = page.get("orderedItems")
    return list_of(page.get("items") if found is None else found, MAX_ITEMS)


class Surroundings(NamedTuple):
    """What a post says of its conversation: replies on its own page, and collections that list more."""

    replies: tuple[str, ...]
    collections: tuple[str, ...]


def surroundings_of(body: bytes) -> Surroundings:
    """Where the conversation of a post is listed: its `context` (FEP-7888) first, then its `replies`."""
    document = decode(body)
    if isinstance(document, Malformed):
        return Surroundings((), ())
    replies = document.get("replies")
    entries, following = _entries(object_of(replies))
    ids = tuple(dict.fromkeys(found for found in map(id_of, entries) if is_id(found)))
    lists = [id_of(document.get("context")), following or id_of(replies)]
    return Surroundings(ids, tuple(dict.fromkeys(found for found in lists if is_id(found))))
