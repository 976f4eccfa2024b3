"""Actors read into a `Profile`: their names, texts, doors and keys.

Doors and keys count only on the actor's own origin: an inbox elsewhere would let anybody aim our deliveries.
"""

import re
from collections.abc import Iterator

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Field, Handle, Profile, VerifyKey, Voice, parse_handle
from scattershot.domain.reading import Refused
from scattershot.protocols.activitypub.translate.names import VOICES, named
from scattershot.protocols.activitypub.translate.notes_in import moment_of, tags_of
from scattershot.protocols.activitypub.translate.proxies import people_meant
from scattershot.protocols.activitypub.translate.refusals import Why, refused
from scattershot.protocols.activitypub.wire.vocabulary import (
    JsonObject,
    id_of,
    ids_of,
    link_of,
    natural_text,
    object_of,
    objects_of,
    strings_of,
    text_of,
    truth_of,
    type_of,
)
from scattershot.wirekit.html import clean_html, clean_source, clean_text
from scattershot.wirekit.urls import host_of, normal_host, same_origin

MAX_FIELDS = 50
MAX_FIELD_CHARS = 2047
MAX_ALIASES = 256
MAX_DOMAINS = 256
MAX_KEYS = 16
MAX_WRITES_FOR = 256
_MAX_KEY_CHARS = 8_192
_DOORS = {"inbox": "inbox", "outbox": "outbox", "followers": "followers", "following": "following",
          "featured": "featured"}  # fmt: skip
_PEM = re.compile(r"-----BEGIN (?:RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END (?:RSA )?PUBLIC KEY-----\s*")
_MULTIBASE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{20,8000}")
_ED25519 = "z6Mk"
"""How the multibase spelling of every Ed25519 key begins: base58 of the multicodec 0xed01."""


def is_actor(document: JsonObject) -> bool:
    """Whether it is of a type that has an inbox."""
    return type_of(document) in VOICES


def profile_of(actor: JsonObject) -> Profile | Refused:
    """The profile; an actor without a name people can type or without an inbox of its own is refused."""
    this = id_of(actor)
    host = host_of(this)
    if not this or not host:
        return refused(Why.NO_ID)
    handle = _handle(actor, host)
    if handle is None:
        return refused(Why.BAD_PROFILE, f"{this} has no usable preferredUsername")
    doors = _doors(actor, this)
    if "inbox" not in doors:
        return refused(Why.BAD_PROFILE, f"{this} has no inbox of its own")
    others = people_meant(actor, this)
    return Profile(
        id=named(this),
        name=handle.name,
        domain=handle.domain,
        display_name=clean_text(natural_text(actor, "name")),
        bio=clean_html(natural_text(actor, "summary")),
        url=_page(actor, this),
        voice=VOICES.get(type_of(actor), Voice.PERSON),
        locked=truth_of(actor.get("manuallyApprovesFollowers")),
        discoverable=truth_of(actor.get("discoverable")),
        indexable=truth_of(actor.get("indexable")),
        avatar=link_of(actor.get("icon"), "image/"),
        header=link_of(actor.get("image"), "image/"),
        fields=_fields(actor),
        emojis=tags_of(actor.get("tag")).emojis,
        also_known_as=_aliases(actor),
        moved_to=id_of(actor.get("movedTo")),
        created=Millis(created) if (created := moment_of(actor.get("published"), 0)) else None,
        doors=doors,
        keys=tuple(keys_of(actor)),
        bio_source=clean_source(text_of(object_of(actor.get("source")).get("content"))),
        memorial=truth_of(actor.get("memorial")),
        writes_for=tuple(ids_of(actor.get("writesFor"), MAX_WRITES_FOR)),
        attribution_domains=_domains(actor),
        copy_of=others.canonical,
        also=others.alternates,
    )


def keys_of(actor: JsonObject) -> Iterator[VerifyKey]:
    """The keys that the actor names as its own, RSA by `publicKey` and Ed25519 by `assertionMethod` (FEP-521a).

    A key id may be a path of its own, without a fragment, as GoToSocial's.
    """
    this = id_of(actor)
    for key in objects_of(actor.get("publicKey"), MAX_KEYS):
        found = rsa_key_of(key)
        if found and id_of(key.get("owner")) in (this, "") and same_origin(found.id, this):
            yield found
    for key in objects_of(actor.get("assertionMethod"), MAX_KEYS):
        found = multikey_of(key)
        if found and id_of(key.get("controller")) == this and same_origin(found.id, this):
            yield found


def rsa_key_of(key: JsonObject) -> VerifyKey | None:
    """The key of a `publicKey` object, whoever owns it."""
    name, pem = id_of(key), text_of(key.get("publicKeyPem"))
    return VerifyKey(name, "rsa", pem) if name and len(pem) <= _MAX_KEY_CHARS and _PEM.fullmatch(pem) else None


def multikey_of(key: JsonObject) -> VerifyKey | None:
    """The key of a Multikey object, whoever controls it; only Ed25519."""
    name, public = id_of(key), text_of(key.get("publicKeyMultibase"))
    if type_of(key) != "Multikey" or not name or not public.startswith(_ED25519) or not _MULTIBASE.fullmatch(public):
        return None
    return VerifyKey(name, "ed25519", public)


def _handle(actor: JsonObject, host: str) -> Handle | None:
    """By FEP-2c59 where it says so itself, else its name on its own host; the gateway asks WebFinger afterwards."""
    told = parse_handle(text_of(actor.get("webfinger"))[:512])
    if told and told.domain and (domain := normal_host(told.domain)):
        return Handle(told.name, domain)
    name = clean_text(text_of(actor.get("preferredUsername")))
    bare = parse_handle(name) if "@" not in name and ":" not in name else None
    return Handle(bare.name, host) if bare else None


def _doors(actor: JsonObject, this: str) -> dict[str, str]:
    found = {word: id_of(actor.get(name)) for word, name in _DOORS.items()}
    found["shared_inbox"] = id_of(object_of(actor.get("endpoints")).get("sharedInbox"))
    return {word: address for word, address in found.items() if address and same_origin(address, this)}


def _page(actor: JsonObject, this: str) -> str:
    page = link_of(actor.get("url"))
    return "" if page == this else page


def _fields(actor: JsonObject) -> tuple[Field, ...]:
    lines = (
        Field(clean_text(text_of(line.get("name"))), clean_html(text_of(line.get("value"))[:MAX_FIELD_CHARS]))
        for line in objects_of(actor.get("attachment"), MAX_FIELDS)
        if type_of(line) == "PropertyValue"
    )
    return tuple(line for line in lines if line.name or line.value)


def _aliases(actor: JsonObject) -> tuple[str, ...]:
    """Also names of other kinds than http, such as `did:` or `acct:`: they are only ever compared."""
    names = (clean_text(name, 2048) for name in strings_of(actor.get("alsoKnownAs"), MAX_ALIASES))
    return tuple(dict.fromkeys(name for name in names if name))


def _domains(actor: JsonObject) -> tuple[str, ...]:
    named = (normal_host(name) for name in strings_of(actor.get("attributionDomains"), MAX_DOMAINS))
    return tuple(dict.fromkeys(name for name in named if name))
