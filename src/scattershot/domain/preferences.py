"""How a microblog's keepers like to post and read: what a new post is unless they say otherwise."""

from enum import StrEnum

from msgspec import Struct

from scattershot.domain.post import Audience


class Quoting(StrEnum):
    """Who may quote a post without being asked."""

    ANYONE = "anyone"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


class Media(StrEnum):
    """Which pictures are shown at once."""

    UNMARKED = "unmarked"
    """All but those marked as sensitive."""
    ALL = "all"
    NONE = "none"


class Preferences(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Defaults of new posts, and how posts of others are shown; an empty language is whatever the program says."""

    audience: Audience = Audience.PUBLIC
    sensitive: bool = False
    language: str = ""
    quoting: Quoting = Quoting.ANYONE
    media: Media = Media.UNMARKED
    opens_warnings: bool = False
    autoplays: bool = False
    names_programs: bool = True
    """Whether others are told by which program a post was written."""
