"""Wording: what people type becomes HTML, with those it names looked up and the house's own emojis found in it."""

from functools import partial

from msgspec.structs import replace

from scattershot.app.discover import Discover, Found
from scattershot.domain.addresses import Addresses
from scattershot.domain.emoji import shortcodes_in
from scattershot.domain.microblog import Emoji, Handle, Profile
from scattershot.domain.post import Mention
from scattershot.domain.text import Composed, compose, handles_in
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import house_emojis, microblogs
from scattershot.wirekit.html import clean_html

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
SOURCE_TYPES = (PLAIN, MARKDOWN)
"""How a text may be typed."""


class Wording:
    """Puts typed texts into HTML; names not known yet are looked up before, outside of any transaction."""

    def __init__(self, database: Database, discover: Discover, addresses: Addresses) -> None:
        self._database, self._discover, self._addresses = database, discover, addresses

    async def known(self, text: str) -> dict[Handle, Mention]:
        """Those whom a text names, as far as they can be found."""
        known = {}
        for handle in handles_in(text):
            found = await self._discover.find(str(handle) if handle.domain else handle.name)
            if isinstance(found, Found) and found.microblog is not None:
                row = await self._database.read(partial(microblogs.get, microblog=found.microblog))
                if row is not None:
                    name = f"@{row.profile.name}@{row.profile.domain}"
                    known[handle] = Mention(row.profile.id, name, row.profile.url or row.profile.id.value)
        return known

    def html(self, text: str, source_type: str, known: dict[Handle, Mention]) -> Composed:
        """The text as clean HTML, with whom and what it names."""

        def page(tag: str) -> str:
            return f"{self._addresses.origin}/tags/{tag}"

        if source_type != MARKDOWN:
            return compose(text, known, page)
        from scattershot.domain import markdown  # its parser takes 20 ms to load, of which a start knows nothing

        composed = markdown.compose_markdown(text, known, page)
        return composed._replace(html=clean_html(composed.html))


def emojis_in(tx: Transaction, *texts: str) -> tuple[Emoji, ...]:
    """The house's own emojis that texts show, with their pictures as of now."""
    wanted = shortcodes_in(*texts)
    known = house_emojis.pictures(tx, wanted) if wanted else {}
    return tuple(known[name] for name in wanted if name in known)


def with_emojis(tx: Transaction, profile: Profile) -> Profile:
    """A profile of here with those of the house's own emojis that it shows."""
    lines = [text for field in profile.fields for text in (field.name, field.value)]
    found = emojis_in(tx, profile.display_name, profile.bio_source or profile.bio, *lines)
    return replace(profile, emojis=found) if found != profile.emojis else profile
