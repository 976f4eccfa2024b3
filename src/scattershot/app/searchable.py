"""What of a post can be searched, and by whom: its words and its traits. `docs/search.md` says it for people.

A trait is a word that no text holds: `open` (strangers may find it), `by7` (its author), `for7` (it is in the library
of 7), what it has and is, `langen`, and one for each hashtag.
"""

import hashlib
import re

from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.search_query import By, Language, Phrase, Query, Tagged, Trait, Where
from scattershot.domain.trending import shared_page
from scattershot.domain.words import MAX_WORDS, fold, words_of
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, search, search_names
from scattershot.storage.tables.search import Document, Wanted
from scattershot.storage.tables.trends import Seen
from scattershot.wirekit.html import links_in, plain_text

OPEN = "open"
MAX_LINKS = 10
"""Links of one post that are noted."""
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_PARTS = re.compile(r"[._-]+")


def by(author: MicroblogId) -> str:
    """The trait of what somebody wrote."""
    return f"by{author}"


def in_library_of(viewer: MicroblogId) -> str:
    """The trait of what is in somebody's library."""
    return f"for{viewer}"


def tagged(tag: str) -> str:
    """The trait of what has the hashtag, whatever signs that holds."""
    return "tag" + hashlib.blake2s(tag.lower().encode(), digest_size=6).hexdigest()


def language(code: str) -> str:
    """The trait of what is written in the language, whatever its region; empty for what is no language."""
    primary = _LANGUAGE.match(code.lower())
    return f"lang{primary[0]}" if primary is not None else ""


# -- of a post


def document(tx: Transaction, row: posts.Row) -> Document | None:
    """What is to be indexed of the post, or None where nobody may find it."""
    library = search.library_of(tx, row.id, row.author)
    is_open = row.audience is Audience.PUBLIC and is_indexable(tx, row.author)
    if not (library or is_open):
        return None
    post = row.post
    traits = [OPEN] if is_open else []
    traits += [by(row.author), *map(in_library_of, library), *traits_of(post)]
    return Document(" ".join(words_in(post)), " ".join(traits))


def words_in(post: Post) -> list[str]:
    """All that the post says in words: its title, warning and text, its pictures' descriptions, its answers."""
    said = [post.title, post.summary, post.warning, plain_text(post.html)]
    said += [attachment.alt for attachment in post.attachments]
    said += [option.text for option in post.poll.options] if post.poll is not None else ()
    said += map(plain_text, post.translations.values())
    return [word for text in said if text for word in words_of(text)][:MAX_WORDS]


def traits_of(post: Post) -> list[str]:
    """What the post has and is."""
    traits = {attachment.media_type.partition("/")[0] for attachment in post.attachments} & {"image", "video", "audio"}
    has = {
        "media": bool(post.attachments),
        "poll": post.poll is not None,
        "link": bool(pages_in(post)),
        "embed": post.quote is not None,
        "reply": post.reply_to is not None,
        "sensitive": post.sensitive or bool(post.warning),
    }
    traits |= {name for name, is_so in has.items() if is_so}
    spoken = {language(code) for code in (post.language, *post.translations)} - {""}
    return [*sorted(traits), *sorted(spoken), *sorted({tagged(tag) for tag in post.tags})]


def pages_in(post: Post) -> list[str]:
    """The pages that the post links to, in one spelling each; those of people it names are none."""
    named = {mention.url for mention in post.mentions} | {mention.id.value for mention in post.mentions}
    found = (shared_page(link) for link in links_in(post.html)[: 4 * MAX_LINKS] if link not in named)
    return [page for page in dict.fromkeys(found) if page][:MAX_LINKS]


def used_by(post: Post) -> Seen:
    """The hashtags and pages that the post uses."""
    return Seen([(fold(tag), tag.lower()) for tag in post.tags], pages_in(post))


# -- of a microblog


def is_indexable(tx: Transaction, author: MicroblogId) -> bool:
    """Whether strangers may find what the author wrote for everybody (FEP-5feb), as far as search knows."""
    known = search_names.known(tx, author)
    if known is None:
        row = microblogs.get(tx, author)
        return row is not None and not row.gone and row.profile.indexable
    return known.indexable


def names_of(profile: Profile) -> list[str]:
    """The words by which a microblog is found: its handle, its name with and without its joints, its display name."""
    name = fold(profile.name)
    words = [f"{name}@{profile.domain}", name, *_PARTS.split(name), *words_of(profile.display_name)]
    return list(dict.fromkeys(word[:100] for word in words if word))


# -- of a query


def wanted(query: Query, viewer: MicroblogId, authors: dict[By, MicroblogId | None]) -> Wanted | None:
    """What the index is to be asked, or None where nothing can be found: an author who is wanted is not known here."""
    where = {
        Where.ALL: frozenset({OPEN, in_library_of(viewer)}),
        Where.PUBLIC: frozenset({OPEN}),
        Where.LIBRARY: frozenset({in_library_of(viewer)}),
    }[query.where]
    phrases: list[tuple[str, ...]] = []
    no_phrases: list[tuple[str, ...]] = []
    traits, no_traits = [where], set[str]()
    writers: set[str] | None = None
    spoken: set[str] = set()
    for what, is_wanted in query.terms:
        match what:
            case Phrase(words):
                (phrases if is_wanted else no_phrases).append(words)
            case By() if is_wanted:
                writers = (writers or set()) | _traits_of_author(authors.get(what))
            case Language(code) if is_wanted:
                spoken.add(language(code))
            case By():
                no_traits |= _traits_of_author(authors.get(what))
            case Language(code):
                no_traits.add(language(code))
            case Trait(name) | Tagged(name):
                trait = name if isinstance(what, Trait) else tagged(name)
                if is_wanted:
                    traits.append(frozenset({trait}))
                else:
                    no_traits.add(trait)
    if writers is not None and not writers:
        return None
    traits += [frozenset(one_of) for one_of in (writers, spoken) if one_of]
    return Wanted(tuple(phrases), tuple(no_phrases), tuple(traits), frozenset(no_traits))


def _traits_of_author(author: MicroblogId | None) -> set[str]:
    return {by(author)} if author is not None else set()
