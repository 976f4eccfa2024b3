"""Filters of people here: kept, changed, and asked which of them a post meets.

A microblog's filters are made ready once and remembered until they change or one expires; another process that alters
them is heard after a few seconds. What a post says, and what it met, is remembered for each version of the post.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from scattershot.app.lately import Lately
from scattershot.domain.filters import (
    Action,
    Context,
    Filter,
    FilteredPost,
    FilterId,
    Keyword,
    Matcher,
    Met,
    folded_post,
)
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.post import Post
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import filters
from scattershot.wirekit.html import plain_text

GOOD_FOR = 5_000
"""Milliseconds for which filters are taken to be as they were read."""
MAX_TITLE, MAX_KEYWORD = 256, 512
"""Characters, as at Mastodon."""
MAX_FILTERS, MAX_KEYWORDS, MAX_POSTS = 200, 1_000, 1_000
"""Filters of one microblog; keywords and posts of one filter."""

NO_SUCH_FILTER = Refused("not_found", "There is no such filter.")
TOO_MANY_KEYWORDS = Refused("invalid", f"A filter can hold {MAX_KEYWORDS:,} keywords at most.")


class Wanted(NamedTuple):
    """How a filter is to be; None stays as it is, or is what is usual."""

    title: str | None = None
    contexts: tuple[Context, ...] | None = None
    action: Action | None = None
    expires: Millis | None = None
    for_ever: bool = False
    """It is not to expire, whatever it was before."""
    keywords: tuple["WantedKeyword", ...] = ()


class WantedKeyword(NamedTuple):
    """How a keyword is to be: a new one, or the one of that id, altered or (`dropped`) gone."""

    id: int | None = None
    text: str | None = None
    whole_word: bool | None = None
    dropped: bool = False


class _Ready(NamedTuple):
    """Filters made ready: good until then, and what posts of which version met them."""

    until: int
    matcher: Matcher | None
    met: Lately[PostId, tuple[Post, tuple[Met, ...]]]


class Sieve:
    """The filters of one viewer, ready to be asked."""

    def __init__(self, ready: _Ready, texts: Lately[PostId, tuple[Post, str]]) -> None:
        self._ready, self._texts = ready, texts

    def met(self, entry: PostId, post_id: PostId, post: Post) -> tuple[Met, ...]:
        """Which of them a post meets; `entry` is the id of the boost that it came by, or its own."""
        assert self._ready.matcher is not None
        known = self._ready.met.get(entry)
        if known is not None and known[0] is post:
            return known[1]
        text = self._texts.get(post_id)
        if text is None or text[0] is not post:
            text = self._texts[post_id] = post, folded_post(post, plain_text(post.html))
        ids = (post_id,) if entry == post_id else (entry, post_id)
        met = self._ready.matcher.met(text[1], ids)
        self._ready.met[entry] = post, met
        return met


class Filters:
    """Keeps filters; `on_change` tells whose were changed."""

    def __init__(self, database: Database, clock: Clock, remembered: int = 5_000) -> None:
        self._database, self._clock = database, clock
        self._ready: Lately[MicroblogId, _Ready] = Lately(remembered)
        self._texts: Lately[PostId, tuple[Post, str]] = Lately(remembered)
        self._changes = 0
        self._listeners: list[Callable[[MicroblogId], None]] = []

    def on_change(self, call: Callable[[MicroblogId], None]) -> None:
        """Have something told whenever the filters of a microblog were changed here."""
        self._listeners.append(call)

    def sieve(self, tx: Transaction, viewer: MicroblogId, now: Millis) -> Sieve | None:
        """The viewer's filters ready to be asked; None for whoever has none."""
        ready = self._ready.get(viewer)
        if ready is None or ready.until <= now:
            ready = self._make_ready(tx, viewer, now)
        return Sieve(ready, self._texts) if ready.matcher is not None else None

    def _make_ready(self, tx: Transaction, viewer: MicroblogId, now: Millis) -> _Ready:
        changes = self._changes
        found = [each for each in filters.of(tx, viewer) if not each.has_expired(now)]
        ends = [each.expires for each in found if each.expires is not None]
        matcher = Matcher(found) if found else None
        ready = _Ready(min([now + GOOD_FOR, *ends]), matcher, Lately(400))
        if changes == self._changes:  # else what was read may be older than a change made meanwhile
            self._ready[viewer] = ready
        return ready

    async def _write(self, owner: MicroblogId, work: Callable[[Transaction], "Filter | Refused"]) -> Filter | Refused:
        done = await self._database.write(work)
        if isinstance(done, Filter):
            self._changes += 1
            self._ready.pop(owner, None)
            for call in self._listeners:
                call(owner)
        return done

    # -- filters

    async def of(self, owner: MicroblogId) -> list[Filter]:
        """All of its filters, oldest first."""
        return await self._database.read(lambda tx: filters.of(tx, owner))

    async def get(self, owner: MicroblogId, filter_id: int) -> Filter | Refused:
        """The filter of that id."""
        found = await self._database.read(lambda tx: filters.get(tx, owner, FilterId(filter_id)))
        return found or NO_SUCH_FILTER

    async def make(self, owner: MicroblogId, wanted: Wanted) -> Filter | Refused:
        """A new filter with its keywords."""
        problem = _problem(wanted._replace(title=wanted.title or "", contexts=wanted.contexts or ()))
        if problem is not None:
            return problem

        def work(tx: Transaction) -> Filter | Refused:
            if filters.count(tx, owner) >= MAX_FILTERS:
                return Refused("invalid", f"One can have {MAX_FILTERS} filters at most.")
            if any(each.id is not None for each in wanted.keywords):
                return NO_SUCH_FILTER
            title, contexts = (wanted.title or "").strip(), wanted.contexts or ()
            made = filters.add(tx, owner, title, contexts, wanted.action or Action.WARN, wanted.expires)
            return self._with_keywords(tx, owner, made, wanted.keywords)

        return await self._write(owner, work)

    async def change(self, owner: MicroblogId, filter_id: int, wanted: Wanted) -> Filter | Refused:
        """Alter what is given."""
        problem = _problem(wanted)
        if problem is not None:
            return problem

        def work(tx: Transaction) -> Filter | Refused:
            found = filters.get(tx, owner, FilterId(filter_id))
            if found is None:
                return NO_SUCH_FILTER
            known = {keyword.id for keyword in found.keywords}
            if any(each.id is not None and each.id not in known for each in wanted.keywords):
                return NO_SUCH_FILTER
            if len(known) + sum(each.id is None for each in wanted.keywords) > MAX_KEYWORDS:
                return TOO_MANY_KEYWORDS
            expires = wanted.expires if wanted.expires is not None else found.expires
            filters.put(
                tx,
                found._replace(
                    title=wanted.title.strip() if wanted.title is not None else found.title,
                    contexts=wanted.contexts or found.contexts,
                    action=wanted.action or found.action,
                    expires=None if wanted.for_ever else expires,
                ),
            )
            return self._with_keywords(tx, owner, found.id, wanted.keywords)

        return await self._write(owner, work)

    def _with_keywords(
        self, tx: Transaction, owner: MicroblogId, filter_id: FilterId, wanted: Sequence[WantedKeyword]
    ) -> Filter:
        """The filter once its keywords are as wanted; those of an id are its own."""
        found = filters.get(tx, owner, filter_id)
        assert found is not None
        known = {int(keyword.id): keyword for keyword in found.keywords}
        for each in wanted:
            old = known.get(each.id) if each.id is not None else None
            if old is None:
                if not each.dropped and each.text is not None:
                    filters.add_keyword(tx, filter_id, each.text.strip(), whole_word=each.whole_word is not False)
            elif each.dropped:
                filters.drop_keyword(tx, old.id)
            else:
                filters.put_keyword(tx, _altered(old, each))
        return filters.get(tx, owner, filter_id) or found

    async def drop(self, owner: MicroblogId, filter_id: int) -> Filter | Refused:
        """Forget a filter; what it was."""

        def work(tx: Transaction) -> Filter | Refused:
            found = filters.get(tx, owner, FilterId(filter_id))
            if found is None:
                return NO_SUCH_FILTER
            filters.drop(tx, found.id)
            return found

        return await self._write(owner, work)

    # -- keywords and posts, each by an id of its own

    async def with_keyword(self, owner: MicroblogId, keyword: int) -> Filter | Refused:
        """The filter that holds the keyword."""
        return await self._database.read(lambda tx: filters.with_keyword(tx, owner, keyword)) or NO_SUCH_FILTER

    async def with_post(self, owner: MicroblogId, filtered: int) -> Filter | Refused:
        """The filter that holds that filtered post."""
        return await self._database.read(lambda tx: filters.with_post(tx, owner, filtered)) or NO_SUCH_FILTER

    async def add_post(self, owner: MicroblogId, filter_id: int, post: PostId) -> FilteredPost | Refused:
        """Let a post meet the filter whatever it says; whoever asks may see the post."""

        def work(tx: Transaction) -> Filter | Refused:
            found = filters.get(tx, owner, FilterId(filter_id))
            if found is None:
                return NO_SUCH_FILTER
            if len(found.posts) >= MAX_POSTS:
                return Refused("invalid", f"A filter can hold {MAX_POSTS:,} posts at most.")
            filters.add_post(tx, found.id, post)
            return filters.get(tx, owner, found.id) or found

        done = await self._write(owner, work)
        return done if isinstance(done, Refused) else next(each for each in done.posts if each.post == post)

    async def drop_post(self, owner: MicroblogId, filtered: int) -> Filter | Refused:
        """Let a post be judged by what it says again."""

        def work(tx: Transaction) -> Filter | Refused:
            found = filters.with_post(tx, owner, filtered)
            if found is None:
                return NO_SUCH_FILTER
            filters.drop_post(tx, filtered)
            return found

        return await self._write(owner, work)


def _altered(old: Keyword, wanted: WantedKeyword) -> Keyword:
    return old._replace(
        text=old.text if wanted.text is None else wanted.text.strip(),
        whole_word=old.whole_word if wanted.whole_word is None else wanted.whole_word,
    )


def _problem(wanted: Wanted) -> Refused | None:
    """Why a filter cannot be like that."""
    problems = []
    if wanted.title is not None and not wanted.title.strip():
        problems.append("Title can't be blank")
    if wanted.title is not None and len(wanted.title) > MAX_TITLE:
        problems.append(f"Title is too long (maximum is {MAX_TITLE} characters)")
    if wanted.contexts is not None and not wanted.contexts:
        problems.append("Context can't be blank")
    kept = [each for each in wanted.keywords if not each.dropped]
    if any(each.text is not None and not each.text.strip() for each in kept):
        problems.append("Keyword can't be blank")
    if any(each.text is not None and len(each.text) > MAX_KEYWORD for each in kept):
        problems.append(f"Keyword is too long (maximum is {MAX_KEYWORD} characters)")
    if len(kept) > MAX_KEYWORDS:
        return TOO_MANY_KEYWORDS
    return Refused("invalid", ", ".join(problems)) if problems else None
