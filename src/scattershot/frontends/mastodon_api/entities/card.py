"""The entity PreviewCard: what a page that a post links to says of itself."""

from msgspec import Struct

from scattershot.frontends.mastodon_api.entities.account import Account


class PreviewCardAuthor(Struct, frozen=True, kw_only=True):
    """Who wrote the page; `account` where the page names one that allows it to."""

    name: str
    url: str
    account: Account | None


class PreviewCard(Struct, frozen=True, kw_only=True):
    """What is shown of a page; `width` and `height` are the picture's, or the player's in `html`."""

    url: str
    title: str
    description: str = ""
    language: str | None = None
    type: str = "link"
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    provider_url: str = ""
    html: str = ""
    width: int = 0
    height: int = 0
    image: str | None = None
    image_description: str = ""
    embed_url: str = ""
    blurhash: str | None = None
    published_at: str | None = None
    authors: list[PreviewCardAuthor] = []
