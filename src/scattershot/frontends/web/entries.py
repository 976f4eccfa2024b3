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

Render = Callable[..., str]


class _Known(NamedTuple):
    item: Item
    until: int
    html: str


class Own(NamedTuple):
    """What stands on a page for its visitor alone: the token of its forms, where they lead back, and the mark by which
    a form that is sent twice is known."""

    token: str
    back: str
    once: str = ""


class Entries:
    """Renders entries by the template that `render` fills."""

    def __init__(self, clock: Clock, render: Render) -> None:
        self._clock, self._render = clock, render
        self._known: Lately[tuple[object, ...], _Known] = Lately(REMEMBERED)
        # Nobody knows them who writes posts.
        self._token, self._back, self.once = (f"{sign}{secrets.token_hex(8)}" for sign in "TBO")

    @property
    def function(self) -> Any:
        """What templates call: `entry(item)`, or `entry(item, true)` for a post whose pictures are to be veiled. What
        they render is to be `completed`."""

        def entry(state: Any, item: Item, blurred: bool = False) -> Any:
            return minijinja.safe(self.html(item, signed_in=bool(state.lookup("signed_in")), blurred=blurred))

        return minijinja.pass_state(entry)

    def html(self, item: Item, *, signed_in: bool, blurred: bool = False) -> str:
        """The item as HTML, but for what differs between those who look."""
        key = (item.entry, item.id, signed_in, blurred, item.mine, item.liked, item.boosted, item.kept)
        now = self._clock.now()
        known = self._known.get(key)
        if known is None or known.until <= now or (known.item is not item and known.item != item):
            html = self._render(item=item, token=self._token, back=self._back, signed_in=signed_in, blurred=blurred)
            known = self._known[key] = _Known(item, _good_until(item, now), html)
        return known.html

    def completed(self, html: str, own: Own) -> str:
        """A page with entries as its visitor gets it; `once` in it stands for that of its form."""
        html = html.replace(self._token, escape(own.token)).replace(self._back, escape(own.back))
        return html.replace(self.once, escape(own.once)) if own.once else html


def _good_until(item: Item, now: int) -> int:
    """When something in it reads otherwise though nothing was altered."""
    moments = [words.reads_until(item.post.published, now)]
    if item.quote is not None and item.quote.item is not None:
        moments.append(words.reads_until(item.quote.item.post.published, now))
    poll = item.post.poll
    if poll is not None and poll.ends is not None and poll.ends > now:
        moments.append(min(poll.ends, now + words.MINUTE))
    return min(moments)
