"""Posts as JSON: the entity Status. A hot room.

What is the same for every viewer is rendered once for each version of a post and kept as bytes; a page joins these with
the authors' bytes and what the viewer did. Its plain twin is `entities.status.Status`, and a test compares the two.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET, json

from scattershot.app.items import Face, Item
from scattershot.app.lately import Lately
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, PostId, moment_of
from scattershot.domain.post import Audience, Poll, Post
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson, emojis_of
from scattershot.frontends.mastodon_api.entities import status as entities
from scattershot.frontends.mastodon_api.media_as_json import Shown, attachments_of
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

VISIBILITY = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.MENTIONED: "direct",
    Audience.LOCAL: "private",  # no app knows another word; `local_only` says the rest
}

_PLAIN = (
    b',"reblog":null,"quote":null,"poll":null,"favourited":false,"reblogged":false,"muted":false,"bookmarked":false,'
    b'"filtered":[]}'
)
"""The end of a post with which its viewer has had nothing to do."""
_TRUTH = (b"false", b"true")
_encode = json.Encoder().encode


class _Kept(NamedTuple):
    """A post's shell, without its last brace; good while the item has the same post and author."""

    post: Post
    body: bytes


class StatusesAsJson:
    """Renders items."""

    def __init__(
        self, origin: str, accounts: AccountsAsJson, timelines: Timelines, shown: Shown, remembered: int = 5_000
    ) -> None:
        self._origin, self._accounts, self._timelines, self._shown = origin, accounts, timelines, shown
        self._shells: Lately[PostId, _Kept] = Lately(remembered)

    def page(self, tx: Transaction, items: Sequence[Item], viewer: MicroblogId | None, now: Millis) -> bytes:
        """A list of posts as the viewer sees them."""
        return b"[" + b",".join(self.each(tx, items, viewer, now)) + b"]"

    def one(self, tx: Transaction, item: Item, viewer: MicroblogId | None, now: Millis) -> bytes:
        """One post."""
        return self.each(tx, [item], viewer, now)[0]

    def each(self, tx: Transaction, items: Sequence[Item], viewer: MicroblogId | None, now: Millis) -> list[bytes]:
        """Posts, each for itself."""
        faces: dict[MicroblogId, Face] = {}
        for item in items:
            faces[item.author.id] = item.author
            if item.boosted_by is not None:
                faces[item.boosted_by.id] = item.boosted_by
        accounts = self._accounts.bodies(tx, faces.values(), now)
        bodies = []
        for item in items:
            kept = self._shells.get(item.id)
            if kept is None or kept.post is not item.post:
                kept = self._shells[item.id] = _Kept(item.post, _encode(self._shell(tx, item))[:-1])
            body = kept.body + b',"account":' + accounts[item.author.id] + _ending(item, viewer, now, self._shown)
            if item.boosted_by is not None:
                body = self._boost(item, accounts[item.boosted_by.id], body, viewer)
            bodies.append(body)
        return bodies

    def _shell(self, tx: Transaction, item: Item) -> entities.Shell:
        post = item.post
        return entities.Shell(
            id=str(item.id),
            created_at=rfc3339(post.published),
            in_reply_to_id=str(item.reply_to) if item.reply_to is not None else None,
            in_reply_to_account_id=str(item.answers.id) if item.answers is not None else None,
            sensitive=post.sensitive,
            spoiler_text=post.warning,
            visibility=VISIBILITY[post.audience],
            language=post.language or None,
            uri=post.id.value,
            url=item.address,
            replies_count=item.replies,
            reblogs_count=item.boosts,
            favourites_count=item.likes,
            edited_at=rfc3339(post.edited) if post.edited is not None else None,
            content=content_of(post),
            media_attachments=attachments_of(item.id, post, self._shown),
            mentions=self._mentions(tx, post),
            tags=[
                entities.StatusTag(name=tag.lower(), url=f"{self._origin}/tags/{tag.lower()}") for tag in post.tags
            ],
            emojis=emojis_of(post.emojis, self._shown),
            local_only=post.audience is Audience.LOCAL,
        )  # fmt: skip

    def _mentions(self, tx: Transaction, post: Post) -> list[entities.Mention]:
        """Those of the named who are known here."""
        if not post.mentions:
            return []
        faces = self._timelines.faces_called(tx, [mention.id for mention in post.mentions])
        return [
            entities.Mention(
                id=str(face.id),
                username=face.profile.name,
                url=face.address,
                acct=self._accounts.acct(face.profile),
            )
            for face in faces
        ]

    def _boost(self, item: Item, booster: bytes, inner: bytes, viewer: MicroblogId | None) -> bytes:
        """A boost as a post of its own that says nothing but which one it passes on."""
        outer = entities.Shell(
            id=str(item.entry),
            created_at=rfc3339(moment_of(item.entry)),
            in_reply_to_id=None,
            in_reply_to_account_id=None,
            sensitive=item.post.sensitive,
            spoiler_text="",
            visibility=VISIBILITY[item.post.audience],
            language=item.post.language or None,
            uri=f"{item.post.id.value}#boost-{item.entry}",
            url=item.address,
            replies_count=item.replies,
            reblogs_count=item.boosts,
            favourites_count=item.likes,
            edited_at=None,
            content="",
            media_attachments=[],
            mentions=[],
            tags=[],
            emojis=[],
        )
        marks = _marks(item, b"") if viewer is not None else b""
        return b"".join(
            (
                _encode(outer)[:-1],
                b',"account":',
                booster,
                b',"reblog":',
                inner,
                b',"quote":null,"poll":null',
                marks,
                b"}",
            )
        )


def _ending(item: Item, viewer: MicroblogId | None, now: Millis, shown: Shown) -> bytes:
    if viewer is None:
        return b',"reblog":null,"quote":null,"poll":' + _poll(item, viewer, now, shown) + b"}"
    if not (item.liked or item.boosted or item.mine) and item.post.poll is None:
        return _PLAIN
    pinned = b',"pinned":' + _TRUTH[item.pinned] if item.mine and item.post.audience is not Audience.MENTIONED else b""
    return b',"reblog":null,"quote":null,"poll":' + _poll(item, viewer, now, shown) + _marks(item, pinned) + b"}"


def _marks(item: Item, pinned: bytes) -> bytes:
    return b"".join(
        (b',"favourited":', _TRUTH[item.liked], b',"reblogged":', _TRUTH[item.boosted],
         b',"muted":false,"bookmarked":false,"filtered":[]', pinned)
    )  # fmt: skip


def _poll(item: Item, viewer: MicroblogId | None, now: Millis, shown: Shown) -> bytes:
    poll = item.post.poll
    return b"null" if poll is None else _encode(poll_entity(item, poll, viewer, now, shown))


def poll_entity(item: Item, poll: Poll, viewer: MicroblogId | None, now: Millis, shown: Shown) -> entities.Poll:
    """The poll of a post as the viewer sees it; its id is the post's."""
    over = poll.closed is not None or (poll.ends is not None and poll.ends <= now)
    ends = poll.ends if poll.ends is not None else poll.closed
    hidden = poll.hides_totals and not over
    votes = sum(option.votes for option in poll.options)
    return entities.Poll(
        id=str(item.id),
        expires_at=rfc3339(ends) if ends is not None else None,
        expired=over,
        multiple=poll.multiple,
        votes_count=0 if hidden else votes,
        voters_count=poll.voters or (None if poll.multiple else votes),
        options=[
            entities.PollOption(title=option.text, votes_count=None if hidden else option.votes)
            for option in poll.options
        ],
        emojis=emojis_of(item.post.emojis, shown),
        voted=UNSET if viewer is None else item.mine or bool(item.votes),
        own_votes=UNSET if viewer is None else list(item.votes),
    )


def content_of(post: Post) -> str:
    """The text; an article's title goes before it, for apps have no place for one."""
    if not post.title:
        return post.html
    return f"<p><strong>{_escaped(post.title)}</strong></p>{post.html}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
