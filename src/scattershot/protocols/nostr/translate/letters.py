"""Private posts as chats (kind 14, NIP-17) and back. A chat has no signature: its seal proves whose it is."""

import re
from collections.abc import Mapping, Sequence

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from scattershot.domain.change import Posted
from scattershot.domain.post import Audience, Post
from scattershot.domain.reading import Changes, Ignored, Reading, Refused
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.protocols.nostr.translate.notes_in import note_in
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.entities import Key, write_link
from scattershot.protocols.nostr.wire.event import Event, Tags, Unsigned, is_name
from scattershot.wirekit.html import plain_text

FILE_MESSAGE = 15
"""A picture or file, encrypted, by its address."""
MOST_READERS = 100
_A_FILE = "An encrypted file, which this node cannot open:"


def chat_of(post: Post, to: Sequence[str], parent: str | None, pubkey: str, names: Mapping[WireId, str]) -> Unsigned:
    """The post as a chat with all of those."""
    text = post.source or plain_text(post.html)
    for mention in post.mentions:
        if mention.id not in names or not mention.name:
            continue
        for spelling in (mention.name, mention.name.rpartition("@")[0]):
            if spelling:
                link = write_link(Key(names[mention.id]))
                text = re.sub(rf"(?<![\w@/]){re.escape(spelling)}(?![\w@])", link, text, flags=re.I)
    lines = [post.title, text, *(attachment.url for attachment in post.attachments)]
    tags: Tags = [["p", each] for each in to]
    if parent is not None:
        tags.append(["e", parent])
    if post.warning:
        tags.append(["content-warning", post.warning])
    tags += [["emoji", emoji.shortcode, emoji.url] for emoji in post.emojis]
    content = "\n\n".join(line for line in lines if line)
    return Unsigned(pubkey, post.published // 1000, kinds.CHAT, tags, content)


class _Letter(Struct):
    """A chat that was opened, as it waits to be read; no event looks like that."""

    reader: str
    rumour: tuple[str, int, int, Tags, str]


_decode = json.Decoder(_Letter).decode


def as_body(rumour: Unsigned, reader: str) -> bytes:
    """What was opened for a reader, as bytes that `read_letter` reads."""
    told = (rumour.pubkey, rumour.created_at, rumour.kind, rumour.tags, rumour.content)
    return json.encode(_Letter(reader, told))


def read_letter(body: bytes, origin: str) -> Reading | None:
    """What such bytes say; None where they are none."""
    try:
        letter = _decode(body)
    except (DecodeError, RecursionError):
        return None
    rumour = Unsigned(*letter.rumour)
    if rumour.kind not in (kinds.CHAT, FILE_MESSAGE):
        return Ignored("no_meaning")
    if not is_name(rumour.pubkey) or rumour.created_at < 0:
        return Refused("not_a_letter")
    words = rumour.content if rumour.kind == kinds.CHAT else f"{_A_FILE} {rumour.content}"
    event = Event(rumour.id, rumour.pubkey, rumour.created_at, kinds.NOTE, _told(rumour.tags), words, "")
    post = note_in(event, origin)
    addressed = tuple(
        dict.fromkeys(WireId(NOSTR, each) for each in [letter.reader, *_readers(rumour.tags)] if each != rumour.pubkey)
    )
    answered = next((tag[1] for tag in rumour.tags if len(tag) > 1 and tag[0] == "e" and is_name(tag[1])), None)
    post = replace(
        post, audience=Audience.MENTIONED, addressed=addressed, quote=None, quote_unasked=False,
        reply_to=WireId(NOSTR, answered) if answered is not None else None,
    )  # fmt: skip
    actor = WireId(NOSTR, rumour.pubkey)
    return Changes((Posted(actor=actor, id=WireId(NOSTR, rumour.id), post=post),), rumour.id)


def parties_of(rumour: Unsigned, reader: str) -> tuple[str, ...]:
    """All who have it."""
    return tuple(dict.fromkeys([rumour.pubkey, reader, *_readers(rumour.tags)]))


def _readers(tags: Tags) -> list[str]:
    named = [tag[1] for tag in tags if len(tag) > 1 and tag[0] == "p" and is_name(tag[1])]
    return named[:MOST_READERS]


def _told(tags: Tags) -> Tags:
    """Those that say something of the words; in a note others would mean something else."""
    return [tag for tag in tags if tag and tag[0] in ("p", "emoji", "content-warning", "imeta")]
