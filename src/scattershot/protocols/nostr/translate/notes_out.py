"""Posts of here as notes (kind 1) and articles (kind 30023), with the tags by which clients place and show them."""

import re
from collections.abc import Mapping

from scattershot.domain.post import Attachment, Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.slips import Known, Surroundings
from scattershot.protocols.nostr.translate.polls import poll_tags
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.entities import Address, Key, Note, write_link
from scattershot.protocols.nostr.wire.event import Event, Tags, Unsigned, is_name
from scattershot.wirekit.html import plain_text

_PLACE = re.compile(r"(\d{1,5}):([0-9a-f]{64}):(.*)", re.DOTALL)


def is_place(name: str) -> bool:
    """Whether the name is coordinates, not the id of one event."""
    return _PLACE.fullmatch(name) is not None


def tag_of(letter: str, known: Known, relay: str, *more: str) -> list[str]:
    """A tag that names the post: by its id, or, where its newest version counts, by its coordinates."""
    return ["a" if letter == "e" and is_place(known.name) else letter, known.name, relay, *more]


def note_of(post: Post, around: Surroundings, pubkey: str, at: int, relay: str) -> Unsigned:
    """The post as a note, or as a poll."""
    lines = [_text(post, around.people)]
    if post.title:
        lines.insert(0, post.title)
    lines += [attachment.url for attachment in post.attachments]
    if around.quote is not None:
        lines.append(_link_to(around.quote))
    content = "\n\n".join(line for line in lines if line)
    tags = _tags(post, around, pubkey, relay)
    if post.poll is not None:
        return Unsigned(pubkey, at, kinds.POLL, poll_tags(post.poll, relay) + tags, content)
    return Unsigned(pubkey, at, kinds.NOTE, tags, content)


def article_of(post: Post, around: Surroundings, pubkey: str, at: int, relay: str) -> Unsigned:
    """The post as an article (NIP-23); its name there is that of its page's last part, so that an edit finds it."""
    own: Tags = [
        ["d", post.id.value.rpartition("/")[2]],
        ["title", post.title],
        ["published_at", str(post.published // 1000)],
    ]
    return Unsigned(pubkey, at, kinds.ARTICLE, own + _tags(post, around, pubkey, relay), _text(post, around.people))


def name_of(event: Event) -> str:
    """What the post is called by the event: its coordinates where the newest version counts, else its id."""
    if event.kind == kinds.ARTICLE:
        return Address(event.first("d") or "", event.pubkey, event.kind).coordinates
    return event.id


def _text(post: Post, people: Mapping[WireId, str]) -> str:
    """What was typed, else what the HTML says; whoever is named and on Nostr is named as one does there (NIP-27)."""
    text = post.source or plain_text(post.html)
    for mention in post.mentions:
        key = people.get(mention.id)
        if key is None or not mention.name:
            continue
        short = mention.name.rpartition("@")[0]
        for spelling in (mention.name, short):
            if spelling:
                text = re.sub(rf"(?<![\w@/]){re.escape(spelling)}(?![\w@])", write_link(Key(key)), text, flags=re.I)
    return text


def _link_to(known: Known) -> str:
    place = _PLACE.fullmatch(known.name)
    if place is not None:
        return write_link(Address(place[3], place[2], int(place[1])))
    return write_link(Note(known.name, author=known.author))


def _tags(post: Post, around: Surroundings, pubkey: str, relay: str) -> Tags:
    tags: Tags = _thread(around, relay)
    people = [known.author for known in (around.parent, around.root) if known is not None]
    named = dict.fromkeys([*people, *around.people.values()])
    tags += [["p", key] for key in named if key != pubkey]
    if around.quote is not None:
        tags += [["q", around.quote.name, relay, around.quote.author]]
        if around.quote.author != pubkey and around.quote.author not in named:
            tags.append(["p", around.quote.author])
    tags += [["t", tag.lower()] for tag in post.tags]
    if post.warning or post.sensitive:
        tags.append(["content-warning", post.warning])
    if post.language:
        tags += [["L", "ISO-639-1"], ["l", post.language.partition("-")[0], "ISO-639-1"]]
    tags += [["emoji", emoji.shortcode, emoji.url] for emoji in post.emojis]
    tags += [_imeta(attachment) for attachment in post.attachments]
    if post.id.protocol == ACTIVITYPUB:
        tags.append(["proxy", post.id.value, ACTIVITYPUB])
    return tags


def _thread(around: Surroundings, relay: str) -> Tags:
    """Where it stands in a conversation (NIP-10): an answer to the first post has one mark, any other two."""
    if around.parent is None:
        return []
    root = around.root if around.root is not None else around.parent
    tags: Tags = [tag_of("e", root, relay, "root", root.author)]
    if root.name != around.parent.name:
        tags.append(tag_of("e", around.parent, relay, "reply", around.parent.author))
    return [tag if is_name(tag[1]) else tag[:3] for tag in tags]


def _imeta(attachment: Attachment) -> list[str]:
    """What is said of a picture whose address stands in the text (NIP-92)."""
    told = {
        "url": attachment.url,
        "m": attachment.media_type,
        "dim": f"{attachment.width}x{attachment.height}" if attachment.width and attachment.height else "",
        "blurhash": attachment.blurhash,
        "alt": " ".join(attachment.alt.split()),
        "thumb": attachment.thumbnail,
    }
    return ["imeta", *(f"{name} {value}" for name, value in told.items() if value)]
