"""Publishing: what people here do becomes changes, applied like any other."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from scattershot.app import attaching, counters, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, Declined, House, Lacks, NothingNew, Origin
from scattershot.app.attaching import Described
from scattershot.app.bylines import writer_for
from scattershot.app.complaining import complaint
from scattershot.app.discover import Discover
from scattershot.app.homes import hear_so
from scattershot.app.permission import standing, to_answer, to_quote, with_link
from scattershot.app.reading import reader_of
from scattershot.app.refusals import MOVED, NO_SUCH_MICROBLOG, NO_SUCH_POST, not_allowed, refusal, to_be_altered
from scattershot.app.wording import PLAIN, SOURCE_TYPES, Wording, emojis_in, with_emojis
from scattershot.domain.change import (
    Blocked,
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    Unblocked,
    Unboosted,
    Unfollowed,
    Unliked,
    Unpinned,
    Voted,
)
from scattershot.domain.follows import AS_BEFORE, Wish
from scattershot.domain.ids import MediaId, MicroblogId, Millis, PersonId, PostId, moment_of
from scattershot.domain.microblog import Emoji, Handle, Profile
from scattershot.domain.people import Deed
from scattershot.domain.polls import edited_poll, poll_problem
from scattershot.domain.post import Attachment, Audience, Form, MadeWith, Mention, Poll, Post
from scattershot.domain.reading import Refused
from scattershot.domain.record import Recorded
from scattershot.domain.report import Category
from scattershot.domain.terms import Terms, altered
from scattershot.domain.visibility import may_see
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, posts, relations, sent, timelines, uploads, wire_ids


class Draft(NamedTuple):
    """What a person wrote, not yet posted."""

    text: str
    audience: Audience = Audience.PUBLIC
    warning: str = ""
    sensitive: bool = False
    language: str = ""
    title: str = ""
    reply_to: PostId | None = None
    quote: PostId | None = None
    terms: Terms = Terms()
    attachments: tuple[Attachment, ...] = ()
    poll: Poll | None = None
    source_type: str = PLAIN
    media: tuple[MediaId, ...] = ()
    """Uploads of the author's to be shown, after `attachments`."""
    described: tuple[Described, ...] = ()
    """What is to be said of uploads from now on, before they are shown."""
    made_with: MadeWith | None = None


class Done(NamedTuple):
    """It is so now, and on disk; `recorded` is None where it was so before."""

    recorded: Recorded | None
    post: PostId | None = None


MakeChange: TypeAlias = Callable[[WireId, WireId], Change]
Work: TypeAlias = Callable[[Transaction], "Done | Refused"]


def _done(applied: Applied, post: PostId | None = None) -> Done | Refused:
    match applied:
        case Recorded():
            return Done(applied, post if post is not None else applied.post)
        case NothingNew():
            return Done(None, post)
        case Lacks():
            return Refused("not_found", "That is not known here.")
        case Declined(why):
            return refusal(why)


def _is_covered(tx: Transaction, author: MicroblogId) -> bool:
    """Whether all that it posts is shown as sensitive."""
    row = microblogs.get(tx, author)
    return row is not None and row.sensitive


def _emojis(tx: Transaction, draft: Draft) -> tuple[Emoji, ...]:
    options = [option.text for option in draft.poll.options] if draft.poll is not None else []
    return emojis_in(tx, draft.title, draft.warning, draft.text, *options)


def _vote(actor: WireId, post: WireId, choice: str) -> Change:
    return Voted(actor=actor, post=post, choice=choice)


class Publisher:
    """Does what people here ask for; every answer is `Done` or `Refused` in words for people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        house: House,
        discover: Discover,
        domains: tuple[str, ...],
        max_length: int = 5_000,
        max_attachments: int = 4,
    ) -> None:
        self._database, self._clock, self._bus, self._house = database, clock, bus, house
        self._discover, self._domains, self._max_length = discover, domains, max_length
        self.wording = Wording(database, discover, house.addresses)
        self._chosen = partial(attaching.chosen, addresses=house.addresses, most=max_attachments)

    # -- posts

    async def post(
        self, author: MicroblogId, draft: Draft, writer: PersonId | None, via: str, once: str = ""
    ) -> Done | Refused:
        """Post a draft as the microblog, by one of its keepers (None: the node). Names not known yet are looked up.

        `once` is a word of the sender's for this post: within a day it makes one post, however often it comes.
        """
        if problem := self._problem(draft):
            return Refused("invalid", problem)
        known = await self.wording.known(draft.text)

        def work(tx: Transaction) -> Done | Refused:
            if writer is not None and (refused := not_allowed(tx, writer, author, Deed.WRITE)):
                return refused
            before = sent.post(tx, author, once) if once else None
            if before is not None:
                return Done(None, before)
            attaching.reserve(tx, author, draft.media)
            made = self._compose(tx, author, draft, known)
            if isinstance(made, Refused):
                return made
            post_id, post = made
            origin = Origin(self._clock.now(), via, asked_for=True, post_id=post_id, writer=writer)
            post = replace(post, writer=writer_for(tx, writer, author, origin, self._house)) if writer else post
            done = _done(apply(tx, Posted(actor=post.author, post=post), origin, self._house), post_id)
            if isinstance(done, Done):
                attaching.attach(tx, draft.media, post_id)
                if once:
                    sent.add(tx, author, once, post_id, origin.now)
                timelines.put_own(tx, post_id, author)  # who writes reads it at once; fan-out will find it there
            return done

        return await self._write(work)

    async def edit(
        self, author: MicroblogId, post_id: PostId, draft: Draft, via: str, by: PersonId | None = None
    ) -> Done | Refused:
        """Let a post of the microblog read otherwise, by one of its keepers (None: the node); its audience stays."""
        if problem := self._problem(draft):
            return Refused("invalid", problem)
        known = await self.wording.known(draft.text)

        def work(tx: Transaction) -> Done | Refused:
            row = to_be_altered(tx, author, post_id, by)
            if isinstance(row, Refused):
                return row
            composed = self.wording.html(draft.text, draft.source_type, known)
            attaching.reserve(tx, author, draft.media)
            refused = attaching.describe_all(tx, author, draft.described)
            attachments = refused or self._chosen(tx, author, draft.media, post_id, before=draft.attachments)
            if isinstance(attachments, Refused):
                return attachments
            attaching.attach(tx, draft.media, post_id)
            old = row.post
            new = replace(
                old,
                html=with_link(composed.html, standing(tx, row.quote)),
                source=draft.text,
                source_type=draft.source_type,
                title=draft.title,
                warning=draft.warning,
                sensitive=draft.sensitive or bool(draft.warning) or _is_covered(tx, author),
                language=draft.language or old.language,
                mentions=composed.mentions,
                tags=composed.tags,
                emojis=_emojis(tx, draft),
                attachments=attachments,
                poll=edited_poll(old.poll, draft.poll),
                terms=altered(old.terms, draft.terms),
                edited=self._clock.now(),
            )
            if new.poll is not old.poll:
                posts.drop_votes(tx, post_id)
            return self._apply(tx, Edited(actor=old.author, post=new), via)

        return await self._write(work)

    async def delete(
        self, author: MicroblogId, post_id: PostId, via: str, by: PersonId | None = None, *, keep_media: bool = False
    ) -> Done | Refused:
        """Take a post of the microblog back, by one of its keepers (None: the node); with `keep_media`, what it showed
        may be shown by another within a day."""

        def work(tx: Transaction) -> Done | Refused:
            row = to_be_altered(tx, author, post_id, by)
            if isinstance(row, Refused):
                return row
            post = row.post
            if not keep_media:
                uploads.drop_of(tx, post_id)
            return self._apply(tx, Deleted(actor=post.author, post=post.id), via)

        return await self._write(work)

    # -- marks on posts

    async def boost(
        self, who: MicroblogId, post: PostId, via: str, audience: Audience = Audience.PUBLIC
    ) -> Done | Refused:
        """Pass a post on."""
        at = self._clock.now()
        return await self._on_post(who, post, via, lambda a, p: Boosted(actor=a, post=p, at=at, audience=audience))

    async def unboost(self, who: MicroblogId, post: PostId, via: str) -> Done | Refused:
        """No longer pass a post on."""
        return await self._on_post(who, post, via, lambda a, p: Unboosted(actor=a, post=p))

    async def like(self, who: MicroblogId, post: PostId, via: str, emoji: str = "") -> Done | Refused:
        """Approve of a post."""
        return await self._on_post(who, post, via, lambda a, p: Liked(actor=a, post=p, emoji=emoji))

    async def unlike(self, who: MicroblogId, post: PostId, via: str, emoji: str = "") -> Done | Refused:
        """Take a like back."""
        return await self._on_post(who, post, via, lambda a, p: Unliked(actor=a, post=p, emoji=emoji))

    async def vote(self, who: MicroblogId, post: PostId, choices: Sequence[str], via: str) -> Done | Refused:
        """Choose answers of a poll."""
        done: Done | Refused = Refused("invalid", "Choose an answer.")
        for choice in choices:
            done = await self._on_post(who, post, via, partial(_vote, choice=choice))
            if isinstance(done, Refused):
                return done
        return done

    async def pin(self, who: MicroblogId, post: PostId, via: str) -> Done | Refused:
        """Show one's own post first."""
        return await self._on_post(who, post, via, lambda a, p: Pinned(actor=a, post=p))

    async def unpin(self, who: MicroblogId, post: PostId, via: str) -> Done | Refused:
        """No longer show the post first."""
        return await self._on_post(who, post, via, lambda a, p: Unpinned(actor=a, post=p))

    # -- between microblogs

    async def follow(self, who: MicroblogId, whom: MicroblogId, via: str, wish: Wish = AS_BEFORE) -> Done | Refused:
        """Wish to hear somebody; or, where one does, otherwise than before."""

        def work(tx: Transaction) -> Done | Refused:
            done = self._between(tx, who, whom, via, lambda a, t: Followed(actor=a, target=t))
            if isinstance(done, Done):
                hear_so(tx, who, whom, wish)
            return done

        return await self._write(work)

    async def unfollow(self, who: MicroblogId, whom: MicroblogId, via: str) -> Done | Refused:
        """No longer wish to hear somebody."""
        return await self._on_microblog(who, whom, via, lambda a, t: Unfollowed(actor=a, target=t))

    async def answer(self, who: MicroblogId, follower: MicroblogId, via: str, *, accepted: bool) -> Done | Refused:
        """Say yes or no to whoever wishes to hear the microblog; a no later on ends it."""
        return await self._on_microblog(
            who, follower, via, lambda a, t: FollowAnswered(actor=a, follower=t, accepted=accepted)
        )

    async def block(self, who: MicroblogId, whom: MicroblogId, via: str) -> Done | Refused:
        """Deal with somebody no more."""
        return await self._on_microblog(who, whom, via, lambda a, t: Blocked(actor=a, target=t))

    async def unblock(self, who: MicroblogId, whom: MicroblogId, via: str) -> Done | Refused:
        """Deal with somebody again."""
        return await self._on_microblog(who, whom, via, lambda a, t: Unblocked(actor=a, target=t))

    async def mute(
        self, who: MicroblogId, whom: MicroblogId, expires: Millis | None, *, notifications: bool = True
    ) -> None:
        """Show somebody no more, nor (`notifications`) tell what they did; they are not told."""
        now = self._clock.now()
        work = partial(relations.put_mute, muter=who, muted=whom, expires=expires, now=now, notifications=notifications)
        await self._database.write(work)

    async def unmute(self, who: MicroblogId, whom: MicroblogId) -> None:
        """Show somebody again."""
        await self._database.write(lambda tx: relations.drop_mute(tx, who, whom))

    async def change_profile(self, profile: Profile, via: str) -> Done | Refused:
        """Let a microblog kept here present itself otherwise."""

        def work(tx: Transaction) -> Done | Refused:
            return self._apply(tx, ProfileChanged(actor=profile.id, profile=with_emojis(tx, profile)), via)

        return await self._write(work)

    async def move(self, who: MicroblogId, target: MicroblogId, via: str) -> Done | Refused:
        """Let a microblog live on as another, which must name it among its aliases; its followers are led there.

        It stays, reads and can be altered, but posts, boosts, likes, votes and follows no more until it comes back.
        """
        row = await self._database.read(lambda tx: microblogs.get(tx, target))
        if row is None or row.gone or target == who:
            return Refused("invalid", "Name the microblog that you move to.")
        why = "" if row.local else await self._discover.fetch(row.profile.id)
        if why:
            return Refused("unreachable", f"{row.profile.handle} cannot be looked at now: {why.replace('_', ' ')}.")
        return await self._on_microblog(who, target, via, lambda a, t: Moved(actor=a, target=t))

    async def come_back(self, who: MicroblogId, via: str) -> Done | Refused:
        """Take a move back; followers who were led away are not brought back."""

        def work(tx: Transaction) -> Done | Refused:
            row = microblogs.get(tx, who)
            if row is None or row.gone or not row.local:
                return NO_SUCH_MICROBLOG
            return self._apply(tx, ProfileChanged(actor=row.profile.id, profile=replace(row.profile, moved_to="")), via)

        return await self._write(work)

    async def report(
        self,
        who: MicroblogId,
        target: MicroblogId,
        about: Sequence[PostId],
        comment: str,
        via: str,
        *,
        forward: bool,
        category: Category = Category.OTHER,
        rules: tuple[int, ...] = (),
    ) -> Done | Refused:
        """Complain of a microblog and posts of it to those who run this node, and (`forward`) to those who run theirs:
        they hear it from the node itself, not whose complaint it is."""

        def work(tx: Transaction) -> Done | Refused:
            made = complaint(tx, who, target, about, comment, forward=forward, category=category, rules=rules)
            return made if isinstance(made, Refused) else self._apply(tx, made, via)

        return await self._write(work)

    async def problem(self, author: MicroblogId, draft: Draft) -> Refused | None:
        """Why the draft could not be posted now; for one that is to be posted later."""
        if why := self._problem(draft):
            return Refused("invalid", why)
        made = await self._database.read(lambda tx: self._compose(tx, author, draft, {}))
        return made if isinstance(made, Refused) else None

    # -- within

    def _problem(self, draft: Draft) -> str:
        if not (draft.text.strip() or draft.attachments or draft.media or draft.poll or draft.quote is not None):
            return "There is nothing to post yet."
        if len(draft.text) + len(draft.warning) > self._max_length:
            return f"A post has at most {self._max_length:,} characters."
        if draft.source_type not in SOURCE_TYPES:
            return f"A text is one of {', '.join(SOURCE_TYPES)}."
        return poll_problem(draft.poll, self._clock.now()) if draft.poll is not None else ""

    def _compose(
        self, tx: Transaction, author: MicroblogId, draft: Draft, known: dict[Handle, Mention]
    ) -> tuple[PostId, Post] | Refused:
        row = microblogs.get(tx, author)
        if row is None or row.gone or not row.local:
            return Refused("not_allowed", "That microblog is not kept here.")
        if row.moved_to is not None:
            return MOVED
        parent = posts.get(tx, draft.reply_to) if draft.reply_to is not None else None
        if draft.reply_to is not None and (problem := to_answer(tx, parent, author)):
            return problem
        if parent is not None and parent.audience is Audience.LOCAL:
            draft = draft._replace(audience=Audience.LOCAL)
        published = self._next_moment(tx, author)
        post_id = self._house.ids.make(tx, published)
        attachments = self._chosen(tx, author, draft.media, post_id, before=draft.attachments)
        if isinstance(attachments, Refused):
            return attachments
        composed = self.wording.html(draft.text, draft.source_type, known)
        quoted = standing(tx, draft.quote)
        addresses = self._house.addresses
        post = Post(
            id=addresses.wire_id(addresses.post(post_id)),
            author=row.profile.id,
            published=published,
            audience=draft.audience,
            html=with_link(composed.html, quoted),
            form=Form.QUESTION if draft.poll else Form.ARTICLE if draft.title else Form.NOTE,
            url=addresses.post_page(row.profile.handle, self._domains[0], post_id),
            title=draft.title,
            warning=draft.warning,
            sensitive=draft.sensitive or bool(draft.warning) or row.sensitive,
            language=draft.language,
            source=draft.text,
            source_type=draft.source_type,
            reply_to=parent.post.id if parent else None,
            quote=quoted.post.id if quoted is not None else None,
            terms=draft.terms,
            conversation=parent.post.conversation if parent else f"{addresses.post(post_id)}/context",
            mentions=composed.mentions,
            tags=composed.tags,
            emojis=_emojis(tx, draft),
            attachments=attachments,
            poll=draft.poll,
            made_with=draft.made_with,
        )
        if draft.quote is not None and (problem := to_quote(tx, quoted, author, post)):
            return problem
        return post_id, post

    async def change(self, make: Callable[[Transaction], Change | Refused], via: str) -> Done | Refused:
        """Make a change so that follows from what the store says in the same moment."""

        def work(tx: Transaction) -> Done | Refused:
            made = make(tx)
            return made if isinstance(made, Refused) else self._apply(tx, made, via)

        return await self._write(work)

    def _next_moment(self, tx: Transaction, author: MicroblogId) -> Millis:
        """Now, but later than the author's last post: so its posts have one order everywhere, to the millisecond."""
        last = posts.by_author(tx, author, [a.value for a in Audience], posts.END, 1)
        return Millis(max(self._clock.now(), moment_of(last[0].id) + 1 if last else 0))

    async def _on_post(self, who: MicroblogId, post: PostId, via: str, make: MakeChange) -> Done | Refused:
        def work(tx: Transaction) -> Done | Refused:
            actor = wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG)
            row = posts.get(tx, post)
            if actor is None or row is None or row.gone or not may_see(row.audience, reader_of(tx, row, who)):
                return NO_SUCH_POST
            return self._apply(tx, make(actor, row.post.id), via)

        return await self._write(work)

    async def _on_microblog(self, who: MicroblogId, whom: MicroblogId, via: str, make: MakeChange) -> Done | Refused:
        return await self._write(lambda tx: self._between(tx, who, whom, via, make))

    def _between(
        self, tx: Transaction, who: MicroblogId, whom: MicroblogId, via: str, make: MakeChange
    ) -> Done | Refused:
        actor = wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG)
        target = wire_ids.main(tx, whom, wire_ids.Thing.MICROBLOG)
        if actor is None or target is None:
            return NO_SUCH_MICROBLOG
        return self._apply(tx, make(actor, target), via)

    def _apply(self, tx: Transaction, change: Change, via: str) -> Done | Refused:
        if isinstance(change, Boosted | Liked | Voted | Followed):
            row = microblogs.by_wire_id(tx, change.actor)
            if row is not None and row.moved_to is not None:
                return MOVED
        return _done(apply(tx, change, Origin(self._clock.now(), via, asked_for=True), self._house))

    async def _write(self, work: Work) -> Done | Refused:
        done = await self._database.write(work)
        if isinstance(done, Done) and done.recorded is not None:
            counters.changed(done.recorded.kind, "yes").inc()
            self._bus.nudge(readers.TOPIC)
        return done
