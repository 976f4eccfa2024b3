"""Our own feeds as one plain value: put together from what the house shows to anybody."""

from typing import NamedTuple
from urllib.parse import urlsplit

from scattershot.app.items import Face, Item
from scattershot.app.syndication import Leaf, Syndication
from scattershot.domain.ids import PostId
from scattershot.domain.syndicated import About, Subject
from scattershot.protocols.feeds.gateway.addresses import CLOUD, HUB, Asked, subject_of, written
from scattershot.protocols.feeds.translate.feeds_out import Shown, author_of, described, entries_of
from scattershot.protocols.feeds.wire.atom_out import first_words
from scattershot.protocols.feeds.wire.feed import Cloud, Feed
from scattershot.wirekit.html import clean_text

CUT = ("rss", "atom")
"""The formats of which what is new may be sent alone."""
_LONGEST_DESCRIPTION = 1_000


class Presented(NamedTuple):
    """How the node presents itself in its feeds, from the settings."""

    origin: str
    title: str
    generator: str
    hubs: tuple[str, ...] = ()
    """Hubs of others that are told of news as well."""

    @property
    def hub(self) -> str:
        """The address of our hub."""
        return f"{self.origin}{HUB}"


class OwnFeeds:
    """Makes the documents."""

    def __init__(self, syndication: Syndication, presented: Presented) -> None:
        self.syndication, self.presented = syndication, presented
        origin = urlsplit(presented.origin)
        port = origin.port or (443 if origin.scheme == "https" else 80)
        self._cloud = Cloud(origin.hostname or "", port, CLOUD)

    async def page(self, asked: Asked, before: int | None) -> Feed | None:
        """A page of the feed, or None where there is none that anybody may read."""
        subject = await subject_of(asked, self.syndication)
        leaf = await self.syndication.leaf(subject, before) if subject is not None else None
        return self._feed(asked, leaf, is_first=before is None) if leaf is not None else None

    async def news(self, asked: Asked, subject: Subject, post: PostId) -> bytes | None:
        """The document as subscribers get it: with that post alone where the format may be cut (WebSub section 7: RSS
        and Atom); None where the feed does not show it."""
        leaf = await self.syndication.news(subject, post)
        if leaf is None:
            return None
        whole = await self.syndication.leaf(subject) if asked.format not in CUT else None
        return self.written(self._feed(asked, whole or leaf._replace(following=None), is_first=True), asked)

    def written(self, feed: Feed, asked: Asked) -> bytes:
        """The feed in the format that was asked for."""
        return written(feed, asked.format, self.presented.generator)

    def _feed(self, asked: Asked, leaf: Leaf, *, is_first: bool) -> Feed:
        origin = self.presented.origin
        face, entries = leaf.face, entries_of([self.shown(item) for item in leaf.items])
        topic = f"{origin}{asked.topic}"
        is_part = bool(asked.post or asked.list_id)
        return Feed(
            format=asked.format,
            title=self._title(asked, leaf),
            home=f"{origin}{asked.path}",
            address=topic,
            description=clean_text(described(face.profile), _LONGEST_DESCRIPTION) if face and not is_part else "",
            icon=face.profile.avatar if face is not None else "",
            id=topic
            if asked.tag or is_part or face is None
            else f"{face.profile.id.value}{'#all' if asked.replies else ''}",
            updated=max((entry.updated or 0 for entry in entries), default=None),
            authors=(author_of(face.profile),) if face is not None else (),
            hubs=(self.presented.hub, *(self.presented.hubs if self._is_told(asked, face) else ())),
            cloud=self._cloud,
            first="" if is_first else topic,
            older=f"{origin}{asked.page(leaf.following)}" if leaf.following is not None else "",
            entries=entries,
        )

    @staticmethod
    def _is_told(asked: Asked, face: Face | None) -> bool:
        """Whether hubs of others hear of its news."""
        return face is not None and not asked.post and not asked.list_id and face.profile.indexable

    def _title(self, asked: Asked, leaf: Leaf) -> str:
        if leaf.face is None:
            return f"#{asked.tag} · {self.presented.title}"
        who = leaf.face.profile.title
        if leaf.subject.about is About.LIST:
            return f"{leaf.title}, a list of {who}"
        if leaf.subject.about is About.THREAD:
            first = entries_of([self.shown(item) for item in leaf.items[-1:]])
            return f"{who}: {first[0].title or first_words(first[0])}" if first else who
        return f"{who}, with replies" if asked.replies else who

    def shown(self, item: Item) -> Shown:
        """The post with what an entry needs beside it."""
        quoted = item.quote.item if item.quote is not None else None
        return Shown(
            item.post,
            item.address if not item.author.local else f"{self.presented.origin}{item.page}",
            item.author.profile,
            item.writer.profile if item.writer is not None else None,
            quoted.address if quoted is not None else "",
        )
