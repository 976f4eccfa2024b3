"""Posts as entries of a feed."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from scattershot.domain.microblog import Profile
from scattershot.domain.post import Attachment, Poll, Post
from scattershot.protocols.feeds.wire.feed import Answered, Author, Enclosure, Entry
from scattershot.wirekit.html import plain_text

_MARKDOWN = "text/markdown"
_KINDS = {"image": "image/*", "video": "video/*", "audio": "audio/*", "gifv": "video/mp4"}


class Shown(NamedTuple):
    """A post with its page, who wrote it, and which of the author's keepers did, where the author names them."""

    post: Post
    page: str
    author: Profile
    writer: Profile | None = None
    quoted: str = ""
    """The page of what it quotes, where that may be shown."""


def entry_of(shown: Shown) -> Entry:
    """The entry; its name is the post's own on the wire, so that whoever hears it in other ways too can tell."""
    post = shown.post
    return Entry(
        id=post.id.value,
        url=shown.page,
        title=post.title,
        html=_html(post, shown.quoted),
        markdown=post.source if post.source_type == _MARKDOWN and not post.warning else "",
        published=post.published,
        updated=post.edited or post.published,
        authors=(author_of(shown.writer or shown.author),),
        tags=post.tags,
        enclosures=tuple(_enclosure(attachment) for attachment in post.attachments if attachment.url),
        answers=Answered(post.reply_to.value, post.reply_to.value) if post.reply_to is not None else None,
        language=post.language,
        sensitive=post.sensitive,
    )


def entries_of(shown: Sequence[Shown]) -> tuple[Entry, ...]:
    """The entries, in the same order."""
    return tuple(map(entry_of, shown))


def author_of(profile: Profile) -> Author:
    """Who wrote it."""
    return Author(profile.title, profile.url or profile.id.value, profile.avatar)


def _html(post: Post, quoted: str) -> str:
    parts = []
    if post.warning:
        parts.append(f"<p><strong>{escape(post.warning)}</strong></p><hr>")
    parts.append(post.html)
    if post.poll is not None:
        parts.append(_poll(post.poll))
    if quoted and quoted not in post.html:
        parts.append(f'<p>RE: <a href="{escape(quoted)}">{escape(quoted)}</a></p>')
    return "".join(parts)


def _poll(poll: Poll) -> str:
    sign = "☐" if poll.multiple else "○"
    return f"<ul>{''.join(f'<li>{sign} {escape(option.text)}</li>' for option in poll.options)}</ul>"


def _enclosure(attachment: Attachment) -> Enclosure:
    return Enclosure(
        url=attachment.url,
        media_type=attachment.media_type or _KINDS.get(attachment.shown_as.value, ""),
        alt=attachment.alt,
        seconds=attachment.duration,
        width=attachment.width,
        height=attachment.height,
        thumbnail=attachment.thumbnail,
    )


def described(profile: Profile) -> str:
    """What a microblog says of itself, as plain text."""
    return plain_text(profile.bio)
