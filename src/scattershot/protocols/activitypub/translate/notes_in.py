"""Notes, articles, questions and what else is shown as a post: read into a `Post`.

The caller has settled whose it is; nothing here is trusted beyond its own words.
"""

import re
from typing import Any, NamedTuple

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji
from scattershot.domain.post import BYLINE, Attachment, Form, Mention, Option, Poll, Post
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.attachments_in import attachments_of, media_of
from scattershot.protocols.activitypub.translate.audiences import people_besides, read_addressing
from scattershot.protocols.activitypub.translate.names import CONVERTED, FORMS, POST_TYPES, named
from scattershot.protocols.activitypub.translate.proxies import posts_meant
from scattershot.protocols.activitypub.translate.terms_in import terms_of
from scattershot.protocols.activitypub.wire.vocabulary import (
    AS2_TYPES,
    JsonObject,
    id_of,
    ids_of,
    is_id,
    link_of,
    natural_text,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_by_language,
    truth_of,
    type_of,
)
from scattershot.wirekit.dates import parse_rfc3339
from scattershot.wirekit.html import as_html, clean_html, clean_source, clean_text, text_of_either
from scattershot.wirekit.languages import language_tag
from scattershot.wirekit.urls import same_origin

MAX_TAG_OBJECTS = 512
MAX_MENTIONS = 256
MAX_HASHTAGS = 64
MAX_EMOJIS = 128
MAX_OPTIONS = 500
MAX_TAG_CHARS = 128
_FAR_FUTURE = 253_402_300_799_999
_OLDER_QUOTES = ("quoteUrl", "quoteUri", "_misskey_quote")
_QUOTE_REL = "https://misskey-hub.net/ns#_misskey_quote"
_SHORTCODE = re.compile(r":?([\w+.@-]{1,64}):?")
_CONVERSATION = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f<>\"]+")


class Tags(NamedTuple):
    """What stands in `tag`."""

    mentions: tuple[Mention, ...]
    hashtags: tuple[str, ...]
    emojis: tuple[Emoji, ...]
    quote: str


class Words(NamedTuple):
    """The text of a post in the languages it has."""

    html: str
    language: str
    translations: dict[str, str]


def is_post(document: JsonObject) -> bool:
    """Whether it is of a type shown as a post."""
    return type_of(document) in POST_TYPES


def authors_of(document: JsonObject) -> list[str]:
    """To whom it is attributed; people before groups, as PeerTube names both the account and its channel."""
    value = document.get("attributedTo")
    if value is None:
        value = document.get("actor")  # Pleroma's older notes
    if isinstance(value, list):
        value = sorted(value[:16], key=lambda one: isinstance(one, dict) and type_of(one) != "Person")
    return ids_of(value, 16)


def vote_of(note: JsonObject) -> tuple[str, str] | None:
    """The poll and the choice, where the note is a vote: a name, a question replied to, and no words."""
    if type_of(note) != "Note" or note.get("content") or note.get("contentMap") or note.get("attachment"):
        return None
    choice, question = clean_text(text_of(note.get("name"))), id_of(note.get("inReplyTo"))
    return (question, choice) if choice and question else None


def post_of(note: JsonObject, author: str, activity: JsonObject, at: int) -> Post:
    """The post; `at` is when we heard of it, which nothing can have been written after. It must have an id."""
    kind, this = type_of(note), id_of(note)
    poll = _poll(note, at) if kind == "Question" else None
    tags = tags_of(note.get("tag"))
    addressing = read_addressing(author, note, activity)
    words = _converted_words(note, this) if kind in CONVERTED else _words(_without_byline(note))
    published = moment_of(note.get("published") or activity.get("published"), at)
    edited = moment_of(note.get("updated"), 0)
    form = FORMS.get(kind, Form.NOTE)
    sensitive = truth_of(note.get("sensitive"))
    source, source_type = _source(note)
    reply_to = id_of(note.get("inReplyTo"))
    writer = id_of(note.get("writer"))
    quote = _quote(note, this, tags)
    others = posts_meant(note, this)
    return Post(
        id=named(this),
        author=named(author),
        published=Millis(min(published, at) if at else published),
        audience=addressing.audience,
        html=words.html,
        form=Form.NOTE if form is Form.QUESTION and poll is None else form,
        url=_page(note.get("url"), this),
        title=clean_text(natural_text(note, "name")),
        warning=_warning(note, kind, sensitive),
        sensitive=sensitive,
        language=words.language,
        translations=words.translations,
        source=source,
        source_type=source_type,
        reply_to=named(reply_to) if reply_to else None,
        **quote,
        reply_stamp=_named(note.get("replyAuthorization")) if reply_to else None,
        terms=terms_of(note, author),
        conversation=_conversation(note),
        mentions=tags.mentions,
        addressed=people_besides(addressing.people, (mention.id.value for mention in tags.mentions)),
        tags=tags.hashtags,
        attachments=_attachments(note, kind),
        emojis=tags.emojis,
        poll=poll,
        edited=Millis(edited) if edited and edited != published else None,
        writer=Mention(named(writer)) if writer and writer != author else None,
        copy_of=others.canonical,
        also=others.alternates,
    )


def _quote(note: JsonObject, this: str, tags: Tags) -> dict[str, Any]:
    """What it quotes, by which spelling, and the stamp that it shows for that."""
    quote = id_of(note.get("quote"))
    older = next((found for found in (id_of(note.get(name)) for name in _OLDER_QUOTES) if found), tags.quote)
    if (quote or older) in ("", this):
        return {}
    stamp = _named(note.get("quoteAuthorization"))
    return {"quote": named(quote or older), "quote_unasked": not quote, "quote_stamp": stamp}


def _named(value: object) -> WireId | None:
    found = id_of(value)
    return named(found) if found else None


def moment_of(value: object, otherwise: int) -> int:
    """The moment, or `otherwise` where it says none or one outside the years a page can show."""
    found = parse_rfc3339(value) if isinstance(value, str) else None
    return found if found is not None and 0 <= found <= _FAR_FUTURE else otherwise


def tags_of(value: object) -> Tags:
    """Mentions, hashtags without their sign, emojis, and a quoted post by FEP-e232; each once, all capped."""
    mentions: dict[str, Mention] = {}
    hashtags: dict[str, str] = {}
    emojis: dict[str, Emoji] = {}
    quote = ""
    for tag in objects_of(value, MAX_TAG_OBJECTS):
        match type_of(tag):
            case "Mention":
                target = id_of(tag.get("href"))
                if target and len(mentions) < MAX_MENTIONS:
                    mentions.setdefault(target, Mention(named(target), clean_text(text_of(tag.get("name")))))
            case "Hashtag":
                name = clean_text(text_of(tag.get("name")), MAX_TAG_CHARS).lstrip("#")
                if name and " " not in name and len(hashtags) < MAX_HASHTAGS:
                    hashtags.setdefault(name.casefold(), name)
            case "Emoji":
                emoji = _emoji(tag)
                if emoji and len(emojis) < MAX_EMOJIS:
                    emojis.setdefault(emoji.shortcode, emoji)
            case "Link":
                quote = quote or _linked_quote(tag)
            case _:
                continue
    return Tags(tuple(mentions.values()), tuple(hashtags.values()), tuple(emojis.values()), quote)


def _emoji(tag: JsonObject) -> Emoji | None:
    shortcode = _SHORTCODE.fullmatch(text_of(tag.get("name")))
    picture = link_of(tag.get("icon"), "image/")
    return Emoji(shortcode[1], picture) if shortcode and picture else None


def _linked_quote(tag: JsonObject) -> str:
    kind = text_of(tag.get("mediaType")).partition(";")[0].strip()
    rel = tag.get("rel")
    is_quote = _QUOTE_REL in rel if isinstance(rel, list) else rel == _QUOTE_REL
    return id_of(tag.get("href")) if is_quote and kind in AS2_TYPES else ""


def _words(note: JsonObject) -> Words:
    raw = text_of(note.get("content"))
    by_language = {tag: text for tag, text in texts_by_language(note.get("contentMap")).items() if language_tag(tag)}
    if not raw and by_language:
        raw = next(iter(by_language.values()))
    language = next((tag for tag, text in by_language.items() if text == raw), language_tag(note.get("language")))
    by_language.pop(language, None)
    kind = text_of(note.get("mediaType"))
    translations = {tag: _html(text, kind) for tag, text in by_language.items()}
    return Words(_html(raw, kind), language, translations)


def _without_byline(note: JsonObject) -> JsonObject:
    """The note without the paragraph that tells others who its `writer` is: what we know, we show in our own way."""
    if not id_of(note.get("writer")):
        return note
    texts = {tag: _before_byline(text) for tag, text in texts_by_language(note.get("contentMap")).items()}
    return note | {"content": _before_byline(text_of(note.get("content"))), "contentMap": texts}


def _before_byline(html: str) -> str:
    text, found, rest = html.rpartition(f'<p class="{BYLINE}">')
    return text if found and rest.endswith("</p>") and rest.count("<p") == 0 else html


def _html(text: str, kind: str) -> str:
    if kind in ("text/markdown", "text/plain"):  # PeerTube's descriptions, Lemmy's bodies
        return as_html(clean_source(text))
    return clean_html(text)


def _converted_words(note: JsonObject, this: str) -> Words:
    """Its words, else its summary, and a link to where it is shown as what it is."""
    words = _words(note)
    body = words.html or clean_html(natural_text(note, "summary"))
    links = [_page(note.get("url"), this) or this] if type_of(note) != "ChatMessage" else []
    links += [found for found in (link_of(item) for item in objects_of(note.get("attachment"), 4)
                                  if type_of(item) == "Link") if found]  # fmt: skip
    extra = "".join(f'<p><a href="{link}">{link}</a></p>' for link in map(_escaped, dict.fromkeys(links)))
    return words._replace(html=body + clean_html(extra))


def _escaped(link: str) -> str:
    return link.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _page(value: object, this: str) -> str:
    page = link_of(value)
    return "" if page == this else page


def _warning(note: JsonObject, kind: str, sensitive: bool) -> str:
    """An article's summary says what it is about and warns only where it is marked sensitive; videos' likewise."""
    if kind in FORMS and (kind != "Article" or sensitive):
        return clean_text(text_of_either(natural_text(note, "summary")))
    return ""


def _source(note: JsonObject) -> tuple[str, str]:
    source = object_of(note.get("source"))
    if content := text_of(source.get("content")):
        return clean_source(content), clean_text(text_of(source.get("mediaType")), 64)
    content = text_of(note.get("_misskey_content"))
    return (clean_source(content), "text/x.misskeymarkdown") if content else ("", "")


def _conversation(note: JsonObject) -> str:
    context = id_of(note.get("context"))
    if context:
        return context
    told = text_of(note.get("conversation")) or text_of(note.get("context"))
    return told if len(told) <= 2048 and _CONVERSATION.fullmatch(told) else ""


def _attachments(note: JsonObject, kind: str) -> tuple[Attachment, ...]:
    own = media_of(note, kind) if kind in ("Image", "Audio", "Video") else ()
    return (*own, *attachments_of(note.get("attachment")))


def _poll(note: JsonObject, at: int) -> Poll | None:
    multiple = bool(note.get("anyOf"))
    options = tuple(
        Option(text, number_of(object_of(option.get("replies")).get("totalItems")))
        for option in objects_of(note.get("anyOf") or note.get("oneOf"), MAX_OPTIONS)
        if (text := clean_text(text_of(option.get("name"))))
    )
    if not options:
        return None
    ends = moment_of(note.get("endTime"), 0)
    closed = (ends or at) if truth_of(note.get("closed")) else moment_of(note.get("closed"), 0)
    return Poll(
        options,
        multiple,
        Millis(ends) if ends else None,
        Millis(closed) if closed else None,
        number_of(note.get("votersCount")),
    )


def is_of(document: JsonObject, author: str) -> bool:
    """Whether the author could have written it: same origin (FEP-fe34), and attributed to nobody else."""
    this, authors = id_of(document), authors_of(document)
    return is_id(this) and same_origin(this, author) and (not authors or author in authors)
