"""Posts written as notes, articles and questions, in the shape Mastodon writes them; no context at the top."""

from urllib.parse import quote as percent

from msgspec.structs import replace

from scattershot.domain.microblog import Emoji
from scattershot.domain.post import Attachment, Form, Poll, Post, byline
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.audiences import write_addressing
from scattershot.protocols.activitypub.translate.names import origin_of, type_of_form
from scattershot.protocols.activitypub.translate.proxies import with_others
from scattershot.protocols.activitypub.translate.terms_out import policy_of
from scattershot.protocols.activitypub.wire.contexts import POST_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, encode
from scattershot.wirekit.dates import duration_text, rfc3339

AS2_MEDIA_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_QUOTE_REL = "https://misskey-hub.net/ns#_misskey_quote"


def note_of(post: Post, *, replies: str | JsonObject | None = None, with_context: bool = False) -> JsonObject:
    """The post as an object; `replies` is its collection or the address of it, `with_context` for one that is served.

    A post for this node alone has no audience on the wire: the caller keeps it back.
    """
    post = _in_words_of_the_wire(post)
    to, cc = write_addressing(post.audience, post.author.value, _hearers(post))
    signed = byline(post.writer) if post.writer else ""
    note: JsonObject = {"@context": POST_CONTEXT} if with_context else {}
    note |= {
        "id": post.id.value,
        "type": type_of_form(post.form),
        "attributedTo": post.author.value,
        "to": to,
        "cc": cc,
        "published": rfc3339(post.published),
        "url": with_others(post.url or post.id.value, post.copy_of, post.also, of_actor=False),
        "sensitive": post.sensitive or (post.form is Form.ARTICLE and bool(post.warning)),
        "content": post.html + signed,
    }
    if post.edited is not None:
        note["updated"] = rfc3339(post.edited)
    by_language = ({post.language: post.html} if post.language else {}) | {
        tag: text for tag, text in post.translations.items() if tag != post.language
    }
    if by_language:
        note["contentMap"] = {tag: text + signed for tag, text in by_language.items()}
    for name, value in (("summary", post.warning), ("name", post.title)):
        if value:
            note[name] = value
    if post.source:
        note["source"] = {"content": post.source, "mediaType": post.source_type or "text/plain"}
    if post.writer:
        note["writer"] = post.writer.id.value
    note |= _relations(post)
    if tags := _tags(post):
        note["tag"] = tags
    if post.attachments:
        note["attachment"] = [_attachment(attachment) for attachment in post.attachments]
    if post.poll:
        note |= _poll(post.poll)
    if replies is not None:
        note["replies"] = replies
    note["interactionPolicy"] = policy_of(post)
    return note


def _in_words_of_the_wire(post: Post) -> Post:
    """The post without what only other wires know by name: whom it answers, quotes or names there."""
    answered = post.reply_to if post.reply_to is not None and post.reply_to.protocol == ACTIVITYPUB else None
    quoted = post.quote if post.quote is not None and post.quote.protocol == ACTIVITYPUB else None
    mentions = tuple(mention for mention in post.mentions if mention.id.protocol == ACTIVITYPUB)
    if (answered, quoted, len(mentions)) == (post.reply_to, post.quote, len(post.mentions)):
        return post
    return replace(post, reply_to=answered, quote=quoted, mentions=mentions)


def note_as_json(post: Post) -> bytes:
    """The post as an object in JSON, to stand within something else."""
    return encode(note_of(post))


def tombstone(post: str, *, form: Form = Form.NOTE, with_context: bool = False) -> JsonObject:
    """What stands where a post was, answered with 410 and sent in a `Delete`."""
    note: JsonObject = {"@context": POST_CONTEXT[0]} if with_context else {}
    return note | {"id": post, "type": "Tombstone", "formerType": type_of_form(form)}


def emoji_tag(emoji: Emoji, speaker: str) -> JsonObject:
    """A custom emoji; GoToSocial wants an id of every one, which we make on the speaker's own origin."""
    return {
        "id": f"{origin_of(speaker)}/emojis/{percent(emoji.shortcode, safe='')}",
        "type": "Emoji",
        "name": f":{emoji.shortcode}:",
        "icon": {"type": "Image", "url": emoji.url},
    }


def _hearers(post: Post) -> list[WireId]:
    return [each for each in (*(mention.id for mention in post.mentions), *post.addressed) if is_ours(each)]


def is_ours(name: WireId | None) -> bool:
    """Whether others who speak ActivityPub know what that is the name of; what only another wire names is not said."""
    return name is not None and name.protocol == ACTIVITYPUB


def _relations(post: Post) -> JsonObject:
    """What it answers and quotes, and by what stamps it may; a quote in all four spellings (FEP-044f, Pleroma,
    Fedibird, Misskey)."""
    found: JsonObject = {}
    if post.reply_to:  # one that only another wire names is said all the same: else it would seem to answer nobody
        found["inReplyTo"] = post.reply_to.uri
        if post.reply_stamp:
            found["replyAuthorization"] = post.reply_stamp.value
    if post.quote and is_ours(post.quote):
        found |= dict.fromkeys(("quote", "quoteUrl", "quoteUri", "_misskey_quote"), post.quote.value)
        if post.quote_stamp:
            found["quoteAuthorization"] = post.quote_stamp.value
    if post.conversation:
        found["conversation"] = post.conversation
        if post.conversation.startswith(("https://", "http://")):
            found["context"] = post.conversation
    return found


def _tags(post: Post) -> list[JsonObject]:
    origin = origin_of(post.id.value)
    tags: list[JsonObject] = [
        {"type": "Mention", "href": mention.id.value, "name": mention.name or mention.id.value}
        for mention in post.mentions
        if is_ours(mention.id)
    ]
    tags += [
        {"type": "Hashtag", "href": f"{origin}/tags/{percent(tag.lower(), safe='')}", "name": f"#{tag}"}
        for tag in post.tags
    ]
    tags += [emoji_tag(emoji, post.id.value) for emoji in post.emojis]
    if post.quote and is_ours(post.quote):
        tags.append({"type": "Link", "mediaType": AS2_MEDIA_TYPE, "rel": _QUOTE_REL, "href": post.quote.value})
    return tags


def _attachment(attachment: Attachment) -> JsonObject:
    found: JsonObject = {"type": "Document", "mediaType": attachment.media_type, "url": attachment.url}
    if attachment.alt:
        found["name"] = attachment.alt
    if attachment.width and attachment.height:
        found |= {"width": attachment.width, "height": attachment.height}
    if attachment.blurhash:
        found["blurhash"] = attachment.blurhash
    if attachment.focus:
        found["focalPoint"] = list(attachment.focus)
    if attachment.duration:
        found["duration"] = duration_text(attachment.duration)
    if attachment.thumbnail:
        found["icon"] = {"type": "Image", "url": attachment.thumbnail}
    return found


def _poll(poll: Poll) -> JsonObject:
    options = [
        {"type": "Note", "name": option.text, "replies": {"type": "Collection", "totalItems": option.votes}}
        for option in poll.options
    ]
    found: JsonObject = {"anyOf" if poll.multiple else "oneOf": options, "votersCount": poll.voters}
    if poll.ends is not None:
        found["endTime"] = rfc3339(poll.ends)
    if poll.closed is not None:
        found["closed"] = rfc3339(poll.closed)
    return found
