"""Polls that people here make: what one may ask, and for how long."""

from scattershot.domain.ids import Millis
from scattershot.domain.post import Poll

MAX_OPTIONS = 10
MAX_OPTION_LENGTH = 100
SHORTEST = 5 * 60_000
LONGEST = 31 * 86_400_000
"""Milliseconds for which a poll may be open."""


def poll_problem(poll: Poll, now: Millis) -> str:
    """Why the poll cannot be asked, in words for people; nothing where it can."""
    texts = [option.text.strip() for option in poll.options]
    if len(texts) < 2:
        return "A poll has at least two answers."
    if len(texts) > MAX_OPTIONS:
        return f"A poll has at most {MAX_OPTIONS} answers."
    if not all(texts):
        return "An answer of a poll cannot be empty."
    if any(len(text) > MAX_OPTION_LENGTH for text in texts):
        return f"An answer of a poll has at most {MAX_OPTION_LENGTH} characters."
    if len(set(texts)) < len(texts):
        return "Two answers of the poll are the same."
    if poll.ends is not None and not SHORTEST <= poll.ends - now <= LONGEST:
        return "A poll is open for five minutes at least and a month at most."
    return ""


def edited_poll(old: Poll | None, new: Poll | None) -> Poll | None:
    """A question with other answers is another question; what is not said of it stays."""
    if old is None or new is None:
        return old
    is_same = [option.text for option in old.options] == [option.text for option in new.options]
    return old if is_same and old.multiple == new.multiple else new
