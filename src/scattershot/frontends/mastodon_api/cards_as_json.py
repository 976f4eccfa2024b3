"""Previews of pages as JSON: under the posts that link to them, and as pages that are talked about."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from msgspec.structs import asdict

from scattershot.app import previews
from scattershot.app.items import Item
from scattershot.app.search import TagUse
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import Millis
from scattershot.domain.preview import Preview, Sort, may_name_creator
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.entities.card import PreviewCard, PreviewCardAuthor
from scattershot.frontends.mastodon_api.entities.search import TrendingLink
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.frontends.mastodon_api.tags_as_json import history
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.urls import parse_url

_SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms"


class Carded(NamedTuple):
    """The card of a post; it `lasts` until the post has another version unless it shows somebody, who lives on."""

    card: PreviewCard | None
    lasts: bool = True


_NONE = Carded(None)


class CardsAsJson:
    """Renders previews; `shown` says where pictures are seen."""

    def __init__(self, accounts: AccountsAsJson, timelines: Timelines, shown: Shown) -> None:
        self._accounts, self._timelines, self._shown = accounts, timelines, shown

    def of(self, tx: Transaction, item: Item, now: Millis) -> Carded:
        """The card of a post."""
        preview = previews.of_post(tx, item.id) if "<a " in item.post.html else None
        if preview is None:
            return _NONE
        return Carded(self.card(tx, preview, now), lasts=preview.creator is None)

    def card(self, tx: Transaction, preview: Preview, now: Millis) -> PreviewCard:
        """The card of a page."""
        return PreviewCard(
            url=preview.url,
            title=preview.title,
            description=preview.about,
            language=preview.language or None,
            type=preview.sort.value,
            author_name=preview.author,
            author_url=preview.author_url,
            provider_name=preview.provider,
            provider_url=preview.provider_url,
            html=_frame(preview) if preview.sort is Sort.VIDEO else "",
            width=preview.width,
            height=preview.height,
            image=self._shown(preview.image) or None,
            image_description=preview.image_alt,
            embed_url=self._shown(preview.embed) if preview.sort is Sort.PHOTO else "",
            published_at=rfc3339(preview.published) if preview.published is not None else None,
            authors=self._authors(tx, preview, now),
        )

    def _authors(self, tx: Transaction, preview: Preview, now: Millis) -> list[PreviewCardAuthor]:
        url = parse_url(preview.url)
        faces = self._timelines.faces_in(tx, [preview.creator]) if preview.creator is not None else []
        for face in faces:
            if url is not None and may_name_creator(url.host, face.profile.attribution_domains):
                account = self._accounts.one(tx, face, now)
                name = preview.author or account.display_name or account.username
                return [PreviewCardAuthor(name=name, url=preview.author_url or face.address, account=account)]
        if not preview.author and not preview.author_url:
            return []
        return [PreviewCardAuthor(name=preview.author, url=preview.author_url, account=None)]

    def talked_about(self, tx: Transaction, uses: Sequence[TagUse], now: Millis) -> list[TrendingLink]:
        """Pages that are talked about; the address stands for the title of one that said nothing."""
        known = previews.of_pages(tx, [use.tag for use in uses])
        return [
            TrendingLink(**{**asdict(self.card(tx, known[use.tag], now)), "url": use.tag}, history=history(use.days))
            if use.tag in known
            else _bare(use)
            for use in uses
        ]


def _frame(preview: Preview) -> str:
    """A player in a frame that can reach nothing but itself; nobody's markup is passed on."""
    sides = f' width="{preview.width}" height="{preview.height}"' if preview.width and preview.height else ""
    source = escape(preview.embed, quote=True)
    return f'<iframe src="{source}"{sides} frameborder="0" allowfullscreen sandbox="{_SANDBOX}"></iframe>'


def _bare(use: TagUse) -> TrendingLink:
    url = parse_url(use.tag)
    return TrendingLink(
        url=use.tag,
        title=use.tag.partition("://")[2].removesuffix("/"),
        provider_name=url.authority if url is not None else "",
        provider_url=url.origin if url is not None else "",
        history=history(use.days),
    )
