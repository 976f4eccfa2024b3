"""Profiles, notes, comments and articles of Nostr as the house has them; strangers' text leaves here clean."""

import re
from typing import Any

import msgspec

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji, Field, Handle, Profile, Voice
from scattershot.domain.post import Attachment, Audience, Form, Mention, Post
from scattershot.domain.text import Composed, compose
from scattershot.domain.wire_id import ACTIVITYPUB, NOSTR, WireId
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.wire.entities import MENTION, Address, Key, Note, read_entity, write_entity
from scattershot.protocols.nostr.wire.event import Event, is_name, is_on_the_curve
from scattershot.protocols.nostr.wire.readings import place, thread
from scattershot.wirekit.addresses import is_loopback
from scattershot.wirekit.html import clean_html, clean_source, clean_text
from scattershot.wirekit.urls import host_of, normal_url, parse_url

NO_DOMAIN = "nostr"
"""The domain of those who have no name that a domain confirms; nobody else can have it, since it has no dot."""
MAX_TEXT = 100_000
MOST_TAGS, MOST_MENTIONS, MOST_ATTACHMENTS, MOST_EMOJIS, MOST_MENTIONED = 50, 100, 16, 50, 100

_MEDIA = re.compile(
    r"https?://[^\s<>\"']+\.(jpe?g|png|gif|webp|avif|mp4|webm|mov|mp3|ogg)(?:\?[^\s<>\"']*)?(?=\s|\Z)", re.IGNORECASE
)
_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
}  # fmt: skip
_DIMENSIONS = re.compile(r"(\d{1,5})x(\d{1,5})")
_SHORTCODE = re.compile(r"[\w+-]{1,64}", re.ASCII)


def handle_of(pubkey: str) -> Handle:
    """The handle of somebody whom no domain confirms: the key itself, as people write it."""
    return Handle(write_entity(Key(pubkey)), NO_DOMAIN)


def page_of(origin: str, name: str) -> str:
    """Where this node leads whoever follows a name of Nostr."""
    return f"{origin}/nostr/{name}"


def nobody(pubkey: str, origin: str) -> Profile:
    """Somebody of whom nothing is known but the key."""
    handle = handle_of(pubkey)
    return Profile(
        id=WireId(NOSTR, pubkey), name=handle.name, domain=handle.domain, url=page_of(origin, handle.name),
        display_name=f"{handle.name[:12]}…", discoverable=True, indexable=True,
    )  # fmt: skip


def copied(event: Event) -> WireId | None:
    """What of ActivityPub the event says it is a copy of (NIP-48)."""
    for tag in event.tags:
        if len(tag) > 2 and tag[0] == "proxy" and tag[2] == ACTIVITYPUB:
            host = host_of(tag[1])
            return WireId(ACTIVITYPUB, tag[1]) if host is not None and not is_loopback(host) else None
    return None


def claimed_name(event: Event) -> Handle | None:
    """The name that the profile claims by NIP-05; it is worth nothing until its domain says the same."""
    claimed = _told(event).get("nip05")
    if not isinstance(claimed, str) or len(claimed) > 320:
        return None
    name, at, domain = claimed.strip().lower().partition("@")
    return Handle(name if at else "_", domain if at else name) if (domain or name) else None


def profile_in(event: Event, origin: str) -> Profile:
    """The profile by an event of kind 0, as yet without a name that a domain confirms."""
    told = _told(event)
    bare = nobody(event.pubkey, origin)
    shown = clean_text(_text(told, "display_name") or _text(told, "displayName") or _text(told, "name"), 100)
    fields = [
        Field(label, _linked(value)) for label, value in (("Website", _text(told, "website")),) if normal_url(value)
    ] + [Field("Lightning", clean_html(_text(told, "lud16")))] * bool(_text(told, "lud16"))
    about = clean_source(_text(told, "about"), 5_000)
    return msgspec.structs.replace(
        bare,
        display_name=shown or bare.display_name,
        bio=_composed(about, origin).html,
        voice=Voice.SERVICE if told.get("bot") is True else Voice.PERSON,
        avatar=normal_url(_text(told, "picture")) or "",
        header=normal_url(_text(told, "banner")) or "",
        fields=tuple(fields),
        emojis=_emojis(event),
        copy_of=copied(event),
    )


def _told(event: Event) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(event.content)
    except msgspec.DecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value.strip()[:10_000] if isinstance(value, str) else ""


def _linked(address: str) -> str:
    return compose(address, {}, str).html.removeprefix("<p>").removesuffix("</p>")


def note_in(event: Event, origin: str) -> Post:
    """A note (kind 1) or a comment (kind 1111)."""
    attachments, text = _attachments(event)
    composed = _composed(clean_source(text, MAX_TEXT), origin)
    return _post(event, composed, composed.html, attachments, event.id, event.created_at, origin)


def article_in(event: Event, origin: str) -> Post:
    """An article (kind 30023): its text is Markdown, its name its coordinates, and it may come again, edited."""
    from scattershot.domain.markdown import compose_markdown  # its parser takes 20 ms to load, and articles are rare

    text, known = _with_names(clean_source(event.content, MAX_TEXT), origin)
    composed = compose_markdown(text, known, lambda tag: f"{origin}/tags/{tag}")
    published = event.first("published_at") or ""
    first = int(published) if published.isascii() and published.isdigit() and len(published) < 12 else event.created_at
    attachments: tuple[Attachment, ...] = ()
    if image := normal_url(event.first("image") or ""):
        attachments = (Attachment(image, "image/jpeg"),)
    post = _post(
        event, composed, clean_html(composed.html), attachments, place(event) or event.id, min(first, event.created_at),
        origin,
    )  # fmt: skip
    return msgspec.structs.replace(
        post,
        form=Form.ARTICLE,
        title=clean_text(event.first("title") or "", 200),
        edited=Millis(event.created_at * 1000) if event.created_at > first else None,
    )


def _post(
    event: Event, composed: Composed, html: str, attachments: tuple[Attachment, ...], name: str, at: int, origin: str
) -> Post:
    parent, quote = thread(event).parent, event.first("q")
    warning = event.first("content-warning")
    people = {mention.id: mention for mention in composed.mentions}
    for key in event.values("p")[:MOST_MENTIONED]:
        if is_name(key) and key != event.pubkey and is_on_the_curve(key):
            people.setdefault(WireId(NOSTR, key), _mention(key, origin))
    link = write_entity(Note(event.id)) if not is_place(name) else _address(name)
    tags = [tag.strip().lstrip("#") for tag in event.values("t")]
    written = dict.fromkeys([*composed.tags, *(tag for tag in tags if 0 < len(tag) <= 100 and " " not in tag)])
    return Post(
        id=WireId(NOSTR, name),
        author=WireId(NOSTR, event.pubkey),
        published=Millis(at * 1000),
        audience=Audience.PUBLIC,
        html=html,
        url=page_of(origin, link),
        warning=clean_text(warning or ""),
        sensitive=event.has("content-warning"),
        language=_language(event),
        reply_to=WireId(NOSTR, parent) if parent and (is_name(parent) or is_place(parent)) else None,
        quote=WireId(NOSTR, quote) if quote and (is_name(quote) or is_place(quote)) else None,
        quote_unasked=quote is not None,
        mentions=tuple(people.values()),
        tags=tuple(_once(written))[:MOST_TAGS],
        attachments=attachments,
        emojis=_emojis(event),
        copy_of=copied(event),
    )


def _once(tags: "dict[str, None]") -> list[str]:
    return list({tag.lower(): tag for tag in reversed(tags)}.values())[::-1]


def _address(name: str) -> str:
    kind, pubkey, identifier = name.split(":", 2)
    try:
        return write_entity(Address(identifier, pubkey, int(kind)))
    except ValueError:  # longer than such a name can be
        return write_entity(Key(pubkey))


def _mention(pubkey: str, origin: str) -> Mention:
    handle = handle_of(pubkey)
    return Mention(WireId(NOSTR, pubkey), str(handle), page_of(origin, handle.name))


def _language(event: Event) -> str:
    for tag in event.tags:
        if len(tag) > 2 and tag[0] == "l" and tag[2] == "ISO-639-1" and re.fullmatch("[a-z]{2}", tag[1]):
            return tag[1]
    return ""


def _composed(text: str, origin: str) -> Composed:
    text, known = _with_names(text, origin)
    return compose(text, known, lambda tag: f"{origin}/tags/{tag}")


def _with_names(text: str, origin: str) -> tuple[str, dict[Handle, Mention]]:
    """`nostr:` names (NIP-27) as handles and links that are found in texts."""
    known: dict[Handle, Mention] = {}

    def spelt(match: re.Match[str]) -> str:
        entity = read_entity(match[1])
        if isinstance(entity, Key) and len(known) < MOST_MENTIONS and is_on_the_curve(entity.pubkey):
            mention = _mention(entity.pubkey, origin)
            known[handle_of(entity.pubkey)] = mention
            return mention.name
        return page_of(origin, match[1]) if entity is not None else match[0]

    return MENTION.sub(spelt, text), known


def _attachments(event: Event) -> tuple[tuple[Attachment, ...], str]:
    """What the text shows by an address of its own, described by `imeta` where it is; and the text without that."""
    found: dict[str, Attachment] = {}
    text = event.content
    for tag in event.tags:
        if tag and tag[0] == "imeta" and (each := _described(tag)) is not None and each.url in text:
            found[each.url] = each
    for match in _MEDIA.finditer(text):
        if parse_url(match[0]) is not None:
            found.setdefault(match[0], Attachment(match[0], _TYPES[match[1].lower()]))
    chosen = tuple(found.values())[:MOST_ATTACHMENTS]
    for each in chosen:
        text = text.replace(each.url, "")
    return chosen, re.sub(r"\n{3,}", "\n\n", text).strip()


def _described(tag: list[str]) -> Attachment | None:
    told = dict(part.partition(" ")[::2] for part in reversed(tag[1:]))
    address = told.get("url", "")
    if parse_url(address) is None:
        return None
    size = _DIMENSIONS.fullmatch(told.get("dim", ""))
    kind = _TYPES.get(address.partition("?")[0].rpartition(".")[2].lower(), "")
    return Attachment(
        address,
        media_type=clean_text(told.get("m", ""), 100) or kind,
        alt=clean_source(told.get("alt", ""), 5_000),
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        blurhash=told.get("blurhash", "")[:200],
        thumbnail=normal_url(told.get("thumb", "")) or "",
    )


def _emojis(event: Event) -> tuple[Emoji, ...]:
    found = {}
    for tag in event.tags:
        if len(tag) > 2 and tag[0] == "emoji" and _SHORTCODE.fullmatch(tag[1]) and (url := normal_url(tag[2])):
            found[tag[1]] = Emoji(tag[1], url)
    return tuple(found.values())[:MOST_EMOJIS]
