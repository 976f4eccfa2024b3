"""Posts as JSON: the entity Status. A hot room.

What is the same for every viewer is rendered once for each version of a post and kept as bytes; a page joins these with
the authors' bytes and what the viewer did. Its plain twin is `entities.status.Status`, and a test compares the two.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET, json

from scattershot.app.filters import Filters, Sieve
from scattershot.app.items import Face, Item
from scattershot.app.lately import Lately
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, Millis, PostId, moment_of
from scattershot.domain.post import Audience, Mention, Poll, Post, byline
from scattershot.domain.quote import QuoteState
from scattershot.domain.terms import Approval
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson, emojis_of
from scattershot.frontends.mastodon_api.cards_as_json import CardsAsJson
from scattershot.frontends.mastodon_api.entities import status as entities
from scattershot.frontends.mastodon_api.entities.card import PreviewCard
from scattershot.frontends.mastodon_api.entities.quote import Reaction
from scattershot.frontends.mastodon_api.filters_as_json import filter_result
from scattershot.frontends.mastodon_api.media_as_json import Shown, attachments_of
from scattershot.frontends.mastodon_api.terms import CURRENT_USER, approvals, policy_of
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

VISIBILITY = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.MENTIONED: "direct",
    Audience.LOCAL: "private",  # no app knows another word; `local_only` says the rest
}

_NO_REACTIONS = b',"reactions":[],"pleroma":{"emoji_reactions":[]}'
_PLAIN = (
    b',"reblog":null,"quote":null' + _NO_REACTIONS + b',"poll":null,"favourited":false,"reblogged":false,"muted":false,'
    b'"bookmarked":false,"filtered":[]}'
)
"""The end of a post with which its viewer has had nothing to do."""
_TRUTH = (b"false", b"true")
_encode = json.Encoder().encode


_CURRENT_USER = {each: f',"current_user":"{word}"}},"account":'.encode() for each, word in CURRENT_USER.items()}
_AUTOMATIC = _CURRENT_USER[Approval.AT_ONCE]
_QUOTE_STATES = {
    QuoteState.BLOCKED: "blocked_account",
    QuoteState.MUTED: "muted_account",
} | {state: state.value for state in QuoteState if state not in (QuoteState.BLOCKED, QuoteState.MUTED)}


class _Kept(NamedTuple):
    """A post's shell, open at its end within `quote_approval`; good while the item has the same post and writer."""

    post: Post
    writer: Face | None
    body: bytes
    program: bytes
    """What it was written with."""


class StatusesAsJson:
    """Renders items."""

    def __init__(
        self,
        origin: str,
        accounts: AccountsAsJson,
        timelines: Timelines,
        shown: Shown,
        filters: Filters,
        cards: CardsAsJson,
        remembered: int = 5_000,
    ) -> None:
        self._origin, self._accounts, self._timelines, self._shown = origin, accounts, timelines, shown
        self._filters, self._cards = filters, cards
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
            if item.writer is not None:
                faces[item.writer.id] = item.writer
            if item.quote is not None and item.quote.item is not None:
                faces[item.quote.item.author.id] = item.quote.item.author
                if item.quote.item.writer is not None:
                    faces[item.quote.item.writer.id] = item.quote.item.writer
        accounts = self._accounts.bodies(tx, faces.values(), now)
        sieve = self._filters.sieve(tx, viewer, now) if viewer is not None else None
        bodies = []
        for item in items:
            body = self._body(tx, item, accounts, viewer, now, sieve)
            if item.boosted_by is not None:
                body = self._boost(item, accounts[item.boosted_by.id], body, viewer, _filtered(sieve, item))
            bodies.append(body)
        return bodies

    def _body(
        self,
        tx: Transaction,
        item: Item,
        accounts: dict[MicroblogId, bytes],
        viewer: MicroblogId | None,
        now: Millis,
        sieve: Sieve | None,
        *,
        within: bool = False,
    ) -> bytes:
        """The post itself; `within` another that quotes it, what it quotes in turn is told by its id alone."""
        kept = self._shells.get(item.id)
        if kept is None or kept.post is not item.post or kept.writer is not item.writer:
            card, lasts = self._cards.of(tx, item, now)
            kept = _Kept(item.post, item.writer, self._start(tx, item, card), _program(item))
            if lasts:
                self._shells[item.id] = kept
        if item.quote is None:
            quote = b"null"
        elif within:
            quoted = str(item.quote.id) if item.quote.id is not None else None
            quote = _encode({"state": _QUOTE_STATES[item.quote.state], "quoted_status_id": quoted})
        else:
            inner = item.quote.item
            shown = self._body(tx, inner, accounts, viewer, now, sieve, within=True) if inner is not None else b"null"
            quote = b'{"state":"' + _QUOTE_STATES[item.quote.state].encode() + b'","quoted_status":' + shown + b"}"
        # Compared before it is looked up: an enum's hash is made in Python.
        fares = _AUTOMATIC if item.may_quote is Approval.AT_ONCE else _CURRENT_USER[item.may_quote]
        start = kept.body + fares + accounts[item.author.id]
        if kept.program and (item.author.names_programs or item.mine):
            start += kept.program
        if item.writer is not None:
            start += b',"written_by":' + accounts[item.writer.id]
        return start + _ending(item, quote, viewer, now, self._shown, _filtered(sieve, item))

    def _start(self, tx: Transaction, item: Item, card: PreviewCard | None) -> bytes:
        automatic, manual = approvals(item.post, local=item.author.local)
        lists = _encode({"automatic": automatic, "manual": manual})
        return _encode(self._shell(tx, item, card))[:-1] + b',"quote_approval":' + lists[:-1]

    def _shell(self, tx: Transaction, item: Item, card: PreviewCard | None) -> entities.Shell:
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
            uri=post.id.uri,
            url=item.address,
            replies_count=item.replies,
            reblogs_count=item.boosts,
            favourites_count=item.likes,
            quotes_count=item.quotes,
            edited_at=rfc3339(post.edited) if post.edited is not None else None,
            content=content_of(post) + (_byline(item.writer) if item.writer is not None else ""),
            media_attachments=attachments_of(item.id, post, self._shown),
            mentions=self._mentions(tx, post),
            tags=[
                entities.StatusTag(name=tag.lower(), url=f"{self._origin}/tags/{tag.lower()}") for tag in post.tags
            ],
            emojis=emojis_of(post.emojis, self._shown),
            interaction_policy=policy_of(post, local=item.author.local),
            card=card,
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

    def _boost(self, item: Item, booster: bytes, inner: bytes, viewer: MicroblogId | None, filtered: bytes) -> bytes:
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
            uri=f"{item.post.id.uri}#boost-{item.entry}",
            url=item.address,
            replies_count=item.replies,
            reblogs_count=item.boosts,
            favourites_count=item.likes,
            quotes_count=item.quotes,
            edited_at=None,
            content="",
            media_attachments=[],
            mentions=[],
            tags=[],
            emojis=[],
            interaction_policy=policy_of(item.post, local=item.author.local),
        )
        marks = _marks(item, b"", filtered) if viewer is not None else b""
        return b"".join(
            (
                _encode(outer)[:-1],
                b',"quote_approval":{"automatic":[],"manual":[]',
                _CURRENT_USER[Approval.NEVER],
                booster,
                b',"reblog":',
                inner,
                b',"quote":null,"poll":null',
                _NO_REACTIONS,
                marks,
                b"}",
            )
        )


def _program(item: Item) -> bytes:
    """By which program it was written: nothing of posts from elsewhere, for nobody knows."""
    if not item.author.local:
        return b""
    made = item.post.made_with
    shown = entities.Application(name=made.name, website=made.website or None) if made is not None else None
    return b',"application":' + _encode(shown)


def _ending(item: Item, quote: bytes, viewer: MicroblogId | None, now: Millis, shown: Shown, filtered: bytes) -> bytes:
    is_plain = item.quote is None and not item.reactions and item.post.poll is None and len(filtered) == 2
    is_marked = item.liked or item.boosted or item.kept or item.quiet or item.mine
    if viewer is not None and is_plain and not is_marked:
        return _PLAIN
    reactions = _reactions(item, shown) if item.reactions else _NO_REACTIONS
    start = b',"reblog":null,"quote":' + quote + reactions + b',"poll":'
    if viewer is None:
        return start + _poll(item, viewer, now, shown) + b"}"
    pinned = b',"pinned":' + _TRUTH[item.pinned] if item.mine and item.post.audience is not Audience.MENTIONED else b""
    return start + _poll(item, viewer, now, shown) + _marks(item, pinned, filtered) + b"}"


def reaction_name(emoji: str) -> str:
    """The emoji as programs know it: a character, or `shortcode` or `shortcode@node` without colons."""
    return emoji.strip(":")


def _reactions(item: Item, shown: Shown) -> bytes:
    """In glitch-soc's place, and in Pleroma's."""
    told = _encode(
        [
            Reaction(
                name=reaction_name(each.emoji),
                count=each.number,
                me=each.mine,
                url=shown(each.picture) or UNSET,
                static_url=shown(each.picture) or UNSET,
            )
            for each in item.reactions
        ]
    )
    return b',"reactions":' + told + b',"pleroma":{"emoji_reactions":' + told + b"}"


def _filtered(sieve: Sieve | None, item: Item) -> bytes:
    met = sieve.met(item.entry, item.id, item.post) if sieve is not None else ()
    return _encode([filter_result(each) for each in met]) if met else b"[]"


def _marks(item: Item, pinned: bytes, filtered: bytes) -> bytes:
    return b"".join(
        (b',"favourited":', _TRUTH[item.liked], b',"reblogged":', _TRUTH[item.boosted],
         b',"muted":', _TRUTH[item.quiet], b',"bookmarked":', _TRUTH[item.kept], b',"filtered":', filtered, pinned)
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
    """The text; an article's title and summary go before it, for apps have no place for them."""
    if not post.title:
        return post.html
    summary = f"<p><em>{_escaped(post.summary)}</em></p>" if post.summary else ""
    return f"<p><strong>{_escaped(post.title)}</strong></p>{summary}{post.html}"


def _byline(writer: Face) -> str:
    """Who of its keepers wrote it, for apps that know one author only."""
    return byline(Mention(writer.profile.id, writer.handle, writer.address))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
