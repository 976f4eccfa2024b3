"""Entities of teams, which are an extension of ours."""

from msgspec import Struct

from scattershot.frontends.mastodon_api.entities.account import Account


class KeptMicroblog(Struct, frozen=True, kw_only=True):
    """A microblog that somebody keeps; `is_own` where it bears their name, `is_current` where the token acts for it."""

    account: Account
    role: str
    """`owner` or `editor`."""
    is_own: bool
    is_current: bool


class Keeper(Struct, frozen=True, kw_only=True):
    """Somebody who keeps a microblog, by their own; `is_named` where they may be named as a writer."""

    account: Account | None
    role: str
    is_named: bool
    is_own: bool
    """Whether the microblog bears their name."""
