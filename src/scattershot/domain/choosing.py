"""Which posts a public timeline is to show."""

from typing import NamedTuple

MOST_TAGS = 4
"""So many tags of each sort are looked at, as at Mastodon."""


class Which(NamedTuple):
    """Written here (True) or elsewhere (False) alone, and those with pictures, sound or film alone."""

    here: bool | None = None
    media: bool = False


EVERY, HERE = Which(), Which(here=True)


class Tags(NamedTuple):
    """Tags in lower case: a post has one of `any_of` at least, each of `all_of`, and none of `none_of`."""

    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
