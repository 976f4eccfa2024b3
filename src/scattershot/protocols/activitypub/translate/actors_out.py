"""Profiles written as actors."""

from collections.abc import Sequence

from scattershot.domain.microblog import Profile, VerifyKey, Voice
from scattershot.protocols.activitypub.translate.names import door, origin_of, type_of_voice
from scattershot.protocols.activitypub.translate.notes_out import emoji_tag
from scattershot.protocols.activitypub.translate.proxies import with_others
from scattershot.protocols.activitypub.wire.contexts import ACTOR_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject
from scattershot.wirekit.dates import rfc3339

IMPLEMENTS = [
    {"href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421: HTTP Message Signatures"},
    {
        "href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
        "name": "RFC-9421 signatures using the Ed25519 algorithm",
    },
]
"""What other nodes may count on without trying (FEP-844e)."""


def actor_of(profile: Profile, *, keys: Sequence[VerifyKey] | None = None, with_context: bool = True) -> JsonObject:
    """The profile as an actor; doors that it does not name are where `doors_of` puts them."""
    this = profile.id.value
    doors = doors_of(this) | profile.doors
    actor: JsonObject = {"@context": ACTOR_CONTEXT} if with_context else {}
    actor |= {
        "id": this,
        "type": type_of_voice(profile.voice),
        "preferredUsername": profile.name,
        "webfinger": f"{profile.name}@{profile.domain}",
        "name": profile.display_name,
        "summary": profile.bio,
        "url": with_others(profile.url or this, profile.copy_of, profile.also, of_actor=True),
        "inbox": doors["inbox"],
        "outbox": doors["outbox"],
        "followers": doors["followers"],
        "following": doors["following"],
        "featured": doors["featured"],
        "endpoints": {"sharedInbox": doors["shared_inbox"]},
        "manuallyApprovesFollowers": profile.locked,
        "discoverable": profile.discoverable,
        "indexable": profile.indexable,
        "attachment": [{"type": "PropertyValue", "name": line.name, "value": line.value} for line in profile.fields],
        "tag": [emoji_tag(emoji, this) for emoji in profile.emojis],
    }
    actor |= _optional(profile)
    actor |= _keys(this, profile.keys if keys is None else keys)
    if profile.voice is Voice.APPLICATION:
        actor["implements"] = IMPLEMENTS
    else:
        actor["generator"] = {"type": "Application", "implements": IMPLEMENTS}
    return actor


def doors_of(actor: str) -> dict[str, str]:
    """The doors of an actor kept here."""
    names = ("inbox", "outbox", "followers", "following", "featured")
    return {name: door(actor, name) for name in names} | {"shared_inbox": f"{origin_of(actor)}/inbox"}


def _optional(profile: Profile) -> JsonObject:
    found: JsonObject = {}
    if profile.created is not None:
        found["published"] = rfc3339(profile.created)
    if profile.bio_source:
        found["source"] = {"content": profile.bio_source, "mediaType": "text/plain"}
    for name, picture in (("icon", profile.avatar), ("image", profile.header)):
        if picture:
            found[name] = {"type": "Image", "url": picture}
    if profile.also_known_as:
        found["alsoKnownAs"] = list(profile.also_known_as)
    if profile.moved_to:
        found["movedTo"] = profile.moved_to
    if profile.writes_for:
        found["writesFor"] = list(profile.writes_for)
    if profile.memorial:
        found["memorial"] = True
    if profile.attribution_domains:
        found["attributionDomains"] = list(profile.attribution_domains)
    return found


def _keys(this: str, keys: Sequence[VerifyKey]) -> JsonObject:
    """The first RSA key as `publicKey`, which most servers read as a single object, and every Ed25519 key."""
    found: JsonObject = {}
    rsa = next((key for key in keys if key.algorithm == "rsa"), None)
    if rsa:
        found["publicKey"] = {"id": rsa.id, "owner": this, "publicKeyPem": rsa.public}
    multikeys = [
        {"id": key.id, "type": "Multikey", "controller": this, "publicKeyMultibase": key.public}
        for key in keys
        if key.algorithm == "ed25519"
    ]
    if multikeys:
        found["assertionMethod"] = multikeys
    return found
