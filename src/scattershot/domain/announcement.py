"""Announcements: what those who run a node say to all who sign in there, for as long as it holds."""

from msgspec import Struct

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji
from scattershot.domain.post import Mention

MAX_TEXT = 5_000
MOST_KINDS = 8
"""Different emoji beneath one announcement, as Mastodon has it."""
_DAY = 86_400_000


class Announcement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said; `text` is Markdown as it was typed, `html` is clean."""

    text: str
    html: str
    mentions: tuple[Mention, ...] = ()
    tags: tuple[str, ...] = ()
    emojis: tuple[Emoji, ...] = ()


class Span(Struct, frozen=True):
    """When what is announced takes place, if it does; of whole days only the day counts."""

    starts: Millis | None = None
    ends: Millis | None = None
    all_day: bool = False

    def is_over(self, now: Millis) -> bool:
        """Whether it need not be said any more. The last of whole days is over when it is (UTC)."""
        if self.ends is None:
            return False
        return now >= (self.ends // _DAY * _DAY + _DAY if self.all_day else self.ends)

    def problem(self) -> str:
        """Why there is no such time, in words for people; empty where there is."""
        if (self.starts is None) != (self.ends is None):
            return "Say both when it starts and when it ends, or neither."
        if self.starts is None or self.ends is None:
            return "Whole days need a start and an end." if self.all_day else ""
        return "It would end before it starts." if self.ends < self.starts else ""
