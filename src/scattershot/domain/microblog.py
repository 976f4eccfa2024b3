"""Microblogs: the public voices, local or remote, that are followed. A feed or an actor is a microblog too."""

import re
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from scattershot.domain.ids import Millis
from scattershot.domain.wire_id import WireId

MAX_NAME = 64
_NAME = re.compile(r"[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?", re.ASCII | re.IGNORECASE)
MAX_LOCAL_NAME = 30
_LOCAL_NAME = re.compile(rf"[a-z0-9_]{{1,{MAX_LOCAL_NAME}}}", re.ASCII)

RESERVED_NAMES = frozenset(
    {"admin", "administrator", "root", "support", "help", "abuse", "postmaster", "webmaster", "moderator", "instance",
     "actor", "node", "system", "relay", "api", "me", "you", "everyone", "here", "all", "settings", "login", "logout"}
)  # fmt: skip


class Handle(NamedTuple):
    """A microblog's name for people, `name@domain`; the domain may carry a port on test networks."""

    name: str
    domain: str

    def __str__(self) -> str:
        return f"@{self.name}@{self.domain}"


def parse_handle(text: str) -> Handle | None:
    """A handle in any of the spellings people type (`@a@b.c`, `a@b.c`, `acct:a@b.c`); the domain is not yet normalised.

    A name alone gives a handle with an empty domain: somebody here.
    """
    bare = text.strip().removeprefix("acct:").removeprefix("@")
    name, at, domain = bare.partition("@")
    if not (0 < len(name) <= MAX_NAME and _NAME.fullmatch(name)):
        return None
    if (at and not domain) or "@" in domain or "/" in domain or any(c.isspace() for c in domain):
        return None
    return Handle(name, domain)


def name_problem(name: str) -> str | None:
    """Why a new microblog here may not be called so, in words for people, or None."""
    if not _LOCAL_NAME.fullmatch(name):
        return "A name is 1 to 30 letters a–z, digits or underscores."
    if name in RESERVED_NAMES:
        return "That name is kept free, so that nobody mistakes a person for the node."
    return None


class Voice(StrEnum):
    """What sort of voice it is."""

    PERSON = "person"
    GROUP = "group"
    ORGANIZATION = "organization"
    SERVICE = "service"
    APPLICATION = "application"


class Field(Struct, frozen=True, array_like=True):
    """A line of a profile; the value is clean HTML.

    `verified` is when the page to which it leads was last seen to lead back (rel=me): found out here, told by nobody.
    """

    name: str
    value: str
    verified: Millis | None = None


class Emoji(Struct, frozen=True, array_like=True):
    """A custom emoji: `:shortcode:` in text stands for the picture at `url`."""

    shortcode: str
    url: str


class VerifyKey(Struct, frozen=True):
    """A public key that speaks for a microblog: PEM for `rsa`, multibase for `ed25519` (FEP-521a)."""

    id: str
    algorithm: str
    public: str


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything public about a microblog, as its own node says it (and whether its links were verified, as we say).

    `doors` are the addresses where its protocol meets it, under the protocol's own words (inbox, outbox …).
    Names and texts are plain text but `bio` and field values, which are clean HTML.
    """

    id: WireId
    name: str
    domain: str
    display_name: str = ""
    bio: str = ""
    url: str = ""
    voice: Voice = Voice.PERSON
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    hides_graph: bool = False
    avatar: str = ""
    header: str = ""
    fields: tuple[Field, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str = ""
    created: Millis | None = None
    doors: dict[str, str] = {}
    keys: tuple[VerifyKey, ...] = ()
    bio_source: str = ""
    """What the keeper typed, where that is known."""
    memorial: bool = False
    writes_for: tuple[str, ...] = ()
    """The microblogs that may name this one as the writer of their posts."""
    attribution_domains: tuple[str, ...] = ()
    """Domains whose pages may name the microblog as their author."""
    copy_of: WireId | None = None
    """Whose shadow it says that it is: a bridge's, or its owner's own on another wire."""
    also: tuple[WireId, ...] = ()
    """Other names that it says are its own on other wires; believed where the other says the same."""

    def claims(self, name: WireId) -> bool:
        """Whether it says that it is the same as what has that name."""
        return name == self.copy_of or name in self.also

    @property
    def handle(self) -> Handle:
        """`name@domain`."""
        return Handle(self.name, self.domain)

    @property
    def title(self) -> str:
        """The display name, or the bare name where there is none."""
        return self.display_name or self.name


def with_checks_of(new: Profile, old: Profile) -> Profile:
    """The new profile with what is known of the old one's links, where a line still reads the same."""
    known = {field.value: field.verified for field in old.fields} if new.url == old.url and new.id == old.id else {}
    fields = tuple(Field(field.name, field.value, known.get(field.value)) for field in new.fields)
    return replace(new, fields=fields) if fields != new.fields else new
