"""Changes of here as events: notes, articles, reposts, reactions, deletions, profiles and lists of contacts.

What is public alone, and what the other side has a word for: an edit has none but of an article (NIP-23), so that it is
not said, and never by taking the old one back.
"""

from typing import NamedTuple

from msgspec import json

from scattershot.domain.change import (
    Boosted,
    Change,
    Deleted,
    Edited,
    Liked,
    Posted,
    ProfileChanged,
    Unboosted,
    Unliked,
    Vanished,
    Voted,
)
from scattershot.domain.emoji import shortcode_in
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Form
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.slips import Known, Surroundings
from scattershot.protocols.nostr.translate.notes_out import article_of, is_place, note_of, tag_of
from scattershot.protocols.nostr.translate.polls import response_of
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Tags, Unsigned
from scattershot.wirekit.html import plain_text

_read = json.Decoder(Event).decode


class Home(NamedTuple):
    """Where this node is met: its relay's address, and its origin on the web."""

    relay: str
    origin: str


def event_of(change: Change, around: Surroundings, pubkey: str, at: int, home: Home) -> Unsigned | None:
    """The event that tells of the change; None where there is no word for it."""
    match change:
        case Posted(post=post) if post.form is Form.ARTICLE:
            return article_of(post, around, pubkey, at, home.relay)
        case Edited(post=post) if post.form is Form.ARTICLE:
            return article_of(post, around, pubkey, _after(around, at), home.relay)
        case Posted(post=post):
            return note_of(post, around, pubkey, at, home.relay)
        case Deleted(post=post):
            return _gone(around.about.name, around, pubkey, at, post) if around.about is not None else None
        case Unboosted(post=post) | Unliked(post=post):
            return _gone(around.undone, around, pubkey, at, post, repost=isinstance(change, Unboosted))
        case Boosted() if around.about is not None:
            return _repost(change, around.about, pubkey, at, home.relay)
        case Liked() if around.about is not None:
            return _reaction(change, around.about, pubkey, at, home.relay)
        case Voted() if around.about is not None:
            return response_of(around.choices, around.about, pubkey, at + len(around.choices) - 1)
        case ProfileChanged(profile=profile):
            return profile_of(profile, pubkey, _after(around, at))
        case Vanished():
            return Unsigned(pubkey, at, kinds.VANISH, [["relay", "ALL_RELAYS"]], "")
        case _:
            return None


def _after(around: Surroundings, at: int) -> int:
    """What takes another's place must be newer, were it only by a second."""
    return at if around.last is None else max(at, around.last + 1)


def profile_of(profile: Profile, pubkey: str, at: int) -> Unsigned:
    """The profile (kind 0, NIP-24), with the name that our `nostr.json` confirms (NIP-05)."""
    told: dict[str, object] = {
        "name": profile.name,
        "display_name": profile.title,
        "about": profile.bio_source or plain_text(profile.bio),
        "nip05": f"{profile.name}@{profile.domain}",
    }
    more = {"picture": profile.avatar, "banner": profile.header, "website": profile.url}
    told |= {name: value for name, value in more.items() if value}
    if profile.voice.value in ("service", "application"):
        told["bot"] = True
    tags: Tags = [["emoji", emoji.shortcode, emoji.url] for emoji in profile.emojis]
    return Unsigned(pubkey, at, kinds.PROFILE, [*tags, *_proxy(profile.id)], json.encode(told).decode())


def contacts_of(around: Surroundings, pubkey: str, at: int) -> Unsigned:
    """Whom somebody follows (NIP-02), as far as they are known on Nostr."""
    return Unsigned(pubkey, _after(around, at), kinds.CONTACTS, [["p", name] for name in around.follows], "")


def relays_of(pubkey: str, at: int, home: Home) -> Unsigned:
    """Where the microblog writes and reads (NIP-65): at our own relay, and nowhere else."""
    return Unsigned(pubkey, at, kinds.RELAYS, [["r", home.relay]], "")


def _proxy(id_: WireId) -> Tags:
    """By which bridges know that it is on ActivityPub already (NIP-48)."""
    return [["proxy", id_.value, ACTIVITYPUB]] if id_.protocol == ACTIVITYPUB else []


def _gone(
    name: str, around: Surroundings, pubkey: str, at: int, post: WireId, *, repost: bool | None = None
) -> Unsigned | None:
    """A deletion (NIP-09); `post` is what it was about."""
    del post
    if not name:
        return None
    if is_place(name):
        kind = name.partition(":")[0]
        return Unsigned(pubkey, at, kinds.DELETION, [["a", name], ["k", kind]], "")
    about = _read(around.about.body).kind if around.about is not None and around.about.body else kinds.NOTE
    by_kind = {None: about, True: kinds.REPOST if about == kinds.NOTE else kinds.GENERIC_REPOST, False: kinds.REACTION}
    return Unsigned(pubkey, at, kinds.DELETION, [["e", name], ["k", str(by_kind[repost])]], "")


def _repost(change: Boosted, about: Known, pubkey: str, at: int, relay: str) -> Unsigned:
    """Kind 6 for notes, 16 for all else (NIP-18); what is protected is named alone, not carried along."""
    event = _read(about.body) if about.body else None
    is_note = event.kind == kinds.NOTE if event is not None else not is_place(about.name)
    kind = kinds.REPOST if is_note else kinds.GENERIC_REPOST
    tags: Tags = [tag_of("e", about, relay), ["p", about.author]]
    if not is_note:
        tags.append(["k", str(event.kind) if event is not None else about.name.partition(":")[0]])
    carried = about.body.decode() if event is not None and ["-"] not in event.tags else ""
    return Unsigned(pubkey, at, kind, tags + (_proxy(change.id) if change.id else []), carried)


def _reaction(change: Liked, about: Known, pubkey: str, at: int, relay: str) -> Unsigned:
    """Kind 7 (NIP-25): `+`, an emoji, or a picture of a node's own (NIP-30)."""
    event = _read(about.body) if about.body else None
    kind = event.kind if event is not None else kinds.NOTE
    tags: Tags = [tag_of("e", about, relay), ["p", about.author], ["k", str(kind)]]
    shortcode = shortcode_in(change.emoji)
    content = change.emoji or "+"
    if shortcode:
        content = f":{shortcode}:" if change.picture else "+"
        if change.picture:
            tags.append(["emoji", shortcode, change.picture])
    return Unsigned(pubkey, at, kinds.REACTION, tags, content)
