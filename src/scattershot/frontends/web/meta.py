"""What a page says of itself to programs: Open Graph, robots, and where the same is told in other forms."""

from collections.abc import Sequence

from msgspec import Struct, structs

from scattershot.app.items import Face, Item
from scattershot.app.livery import Look
from scattershot.domain.lists import List
from scattershot.domain.post import Audience
from scattershot.frontends.web.words import Proxied, gist
from scattershot.settings import Settings
from scattershot.wirekit.html import plain_text

_SHOWN = 200
"""Characters of a post or profile in a preview."""


class Alternate(Struct, frozen=True):
    """The same page in another form (`rel=alternate`)."""

    media_type: str
    href: str
    title: str = ""


_FEEDS = (
    ("rss", "application/rss+xml", "RSS"),
    ("atom", "application/atom+xml", "Atom"),
    ("json", "application/feed+json", "JSON Feed"),
)


def feeds_at(path: str) -> tuple[Alternate, ...]:
    """The feeds of what stands at that path."""
    return tuple(Alternate(media_type, f"{path}.{ending}", title) for ending, media_type, title in _FEEDS)


def graphs_at(path: str) -> tuple[Alternate, ...]:
    """Who speaks there and whom it follows, as linked data."""
    return (
        Alternate("text/turtle", f"{path}.ttl", "FOAF"),
        Alternate("application/ld+json", f"{path}.jsonld", "FOAF"),
    )


class Meta(Struct, frozen=True):
    """Of a page that is shown to anybody; `path` is empty where it is nobody's business elsewhere."""

    title: str = ""
    about: str = ""
    kind: str = "website"
    path: str = ""
    image: str = ""
    image_alt: str = ""
    noindex: bool = False
    alternates: tuple[Alternate, ...] = ()


NOTHING = Meta()


def with_lists(meta: Meta, page: str, open_lists: Sequence[List]) -> Meta:
    """The same with the feeds of those lists of a microblog that anybody may read."""
    more = [
        Alternate(each.media_type, each.href, row.title)
        for row in open_lists
        for each in feeds_at(f"{page}/lists/{row.id}")
    ]
    return structs.replace(meta, alternates=(*meta.alternates, *more))


def of_microblog(face: Face, proxied: Proxied) -> Meta:
    """Of a microblog's page."""
    profile = face.profile
    return Meta(
        title=f"{profile.title} ({face.handle})",
        about=_plain(profile.bio)[:_SHOWN],
        kind="profile",
        path=face.page if face.local else "",
        image=proxied(profile.avatar),
        noindex=not profile.indexable,
        alternates=(
            (Alternate("application/activity+json", face.address), *feeds_at(face.page), *graphs_at(face.page))
            if face.local
            else ()
        ),
    )


def of_post(item: Item, proxied: Proxied) -> Meta:
    """Of a post's page; a post with a warning shows that alone."""
    author, post = item.author, item.post
    pictures = [each for each in post.attachments if each.shown_as == "image"]
    picture = pictures[0] if pictures and not post.sensitive and not post.warning else None
    image = proxied(picture.thumbnail or picture.url) if picture is not None else ""
    alternates: tuple[Alternate, ...] = (
        (Alternate("application/activity+json", f"/p/{item.id}"),) if author.local else ()
    )
    if author.local and post.audience.is_open:
        alternates += feeds_at(item.page)
    return Meta(
        title=post.title or f"{author.profile.title} ({author.handle})",
        about=gist(post, _SHOWN),
        kind="article",
        path=item.page if author.local and post.audience.is_open else "",
        image=image or proxied(author.profile.avatar),
        image_alt=picture.alt if picture is not None and image else "",
        noindex=not author.profile.indexable or post.audience is not Audience.PUBLIC,
        alternates=alternates,
    )


def of_the_node(settings: Settings, look: Look, path: str) -> Meta:
    """Of a page that is about the node itself."""
    image = look.picture.removeprefix(settings.origin)
    return Meta(
        title=settings.title, about=settings.description, path=path, image=image, image_alt=look.alt if image else ""
    )


def _plain(html: str) -> str:
    return " ".join(plain_text(html).split())
