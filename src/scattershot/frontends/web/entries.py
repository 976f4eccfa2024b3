"""Entries: posts as HTML. Lists are made of little else, so that each is rendered once and remembered.

What differs between those who look at the same item (their forms' token, where they go back to) is put in at last. An
entry is rendered anew once its item is another, or a moment in it reads otherwise.
"""

import secrets
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import minijinja

from scattershot.app.items import Item
from scattershot.app.lately import Lately
from scattershot.frontends.web import words
from scattershot.ports.clock import Clock

REMEMBERED = 4_000
"""Entries that are kept, of some 3 kB each."""

Render = Callable[[dict[str, Any]], str]


class _Known(NamedTuple):
    item: Item
    moments: tuple[str, ...]
    html: str


class Entries:
    """Renders entries by the template that `render` fills."""

    def __init__(self, clock: Clock, render: Render) -> None:
        self._clock, self._render = clock, render
        self._known: Lately[tuple[object, ...], _Known] = Lately(REMEMBERED)
        # Nobody knows them who writes posts.
        self._token, self._back = (f"{sign}{secrets.token_hex(8)}" for sign in "TB")

    def global_(self) -> Any:
        """The function that templates call: `entry(item)`, for a post whose pictures are to be veiled
        `entry(item, true)`."""

        def entry(state: Any, item: Item, blurred: bool = False) -> Any:
            back = state.lookup("back_to") or state.lookup("here") or "/"
            token = state.lookup("token") or ""
            return minijinja.safe(
                self.html(item, token, back, signed_in=bool(token and state.lookup("signed_in")), blurred=blurred)
            )

        return minijinja.pass_state(entry)

    def html(self, item: Item, token: str, back: str, *, signed_in: bool, blurred: bool = False) -> str:
        """The item as HTML, with forms that bring that token and lead back there."""
        key = (item.entry, item.id, signed_in, blurred, item.mine, item.liked, item.boosted, item.kept)
        moments = _moments(item, self._clock.now())
        known = self._known.get(key)
        if known is None or known.moments != moments or (known.item is not item and known.item != item):
            html = self._render(
                {"item": item, "token": self._token, "back": self._back, "signed_in": signed_in, "blurred": blurred}
            )
            known = self._known[key] = _Known(item, moments, html)
        return known.html.replace(self._token, escape(token)).replace(self._back, escape(back))


def _moments(item: Item, now: int) -> tuple[str, ...]:
    """Everything in an entry that time alone alters."""
    quoted = item.quote.item if item.quote is not None else None
    poll = item.post.poll
    return (
        words.ago(item.post.published, now),
        words.ago(quoted.post.published, now) if quoted is not None else "",
        words.until(poll.ends, now) if poll is not None and poll.ends is not None else "",
        str(poll is not None and poll.ends is not None and poll.ends <= now),
    )
