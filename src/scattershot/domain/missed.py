"""What mattered while somebody was away: which of the posts that came to their home, in which order, and why.

1. What names them or answers them comes first, all of it.
2. Then what others whom they follow did something with: 3 for each who passed it on, 2 for each who answered, 1 for
   each who liked it; and half of log2(1 + likes and boosts of anybody), so that a crowd of strangers weighs as much as
   a few friends.
3. Whoever says little is heard: the only post of somebody in all that time is worth 1.
4. Whoever says much does not drown the others: all that is divided by the square root of how many posts the author
   has among them, and no author stands here more than three times.
5. What nothing speaks for is left out. Of equals the newer comes first.

Every post has its reasons in words. Nothing else is looked at: not what they like, nor how long they look.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import log2, sqrt
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId

MOST_OF_ONE = 3
"""Posts of one author that are told of, but for those that name whoever was away."""
BOOST, ANSWER, LIKE, ALONE = 3.0, 2.0, 1.0, 1.0
"""What a booster, an answerer and a liker who is followed are worth, and being an author's only post."""
CROWD = 0.5
"""Of the logarithm of all likes and boosts."""


class Came(NamedTuple):
    """A post that came home, and who of those followed did something with it (its author aside)."""

    entry: PostId
    post: PostId
    author: MicroblogId
    names: bool = False
    """It names whoever was away."""
    answers: bool = False
    """It answers a post of theirs."""
    boosters: tuple[MicroblogId, ...] = ()
    answerers: tuple[MicroblogId, ...] = ()
    likers: tuple[MicroblogId, ...] = ()
    marks: int = 0
    """Likes and boosts of anybody."""


class Why(StrEnum):
    """A reason."""

    ANSWERS = "answers"
    NAMES = "names"
    BOOSTED = "boosted"
    ANSWERED = "answered"
    LIKED = "liked"
    CROWD = "crowd"
    ALONE = "alone"


class Reason(NamedTuple):
    """Why a post is told of: who did it, or how many marks it has."""

    why: Why
    who: tuple[MicroblogId, ...] = ()
    number: int = 0


class Told(NamedTuple):
    """A post that mattered, how much, and why."""

    came: Came
    weight: float
    reasons: tuple[Reason, ...]


def what_mattered(came: Sequence[Came]) -> list[Told]:
    """Those that mattered, in their order; the rules are at the head of this page."""
    posts_of = Counter(each.author for each in came)
    told = [_weighed(each, posts_of[each.author]) for each in came]
    told.sort(key=lambda each: (not _is_for_them(each.came), -each.weight, -each.came.entry))
    kept: list[Told] = []
    stands: Counter[MicroblogId] = Counter()
    for each in told:
        author = each.came.author
        if _is_for_them(each.came):
            kept.append(each)
        elif each.reasons and stands[author] < MOST_OF_ONE:
            stands[author] += 1
            kept.append(each)
    return kept


def _is_for_them(came: Came) -> bool:
    return came.names or came.answers


def _weighed(came: Came, posts_of_author: int) -> Told:
    weight = BOOST * len(came.boosters) + ANSWER * len(came.answerers) + LIKE * len(came.likers)
    weight += CROWD * log2(1 + came.marks) + (ALONE if posts_of_author == 1 else 0.0)
    reasons = [
        Reason(why, who)
        for why, who in ((Why.BOOSTED, came.boosters), (Why.ANSWERED, came.answerers), (Why.LIKED, came.likers))
        if who
    ]
    if came.answers or came.names:
        reasons.insert(0, Reason(Why.ANSWERS if came.answers else Why.NAMES))
    if came.marks > len(came.boosters) + len(came.likers):
        reasons.append(Reason(Why.CROWD, number=came.marks))
    if posts_of_author == 1:
        reasons.append(Reason(Why.ALONE))
    return Told(came, weight / sqrt(posts_of_author), tuple(reasons))


_DEEDS = {Why.BOOSTED: "passed it on", Why.ANSWERED: "answered it", Why.LIKED: "liked it"}


def in_words(reason: Reason, names: Mapping[MicroblogId, str]) -> str:
    """The reason as a sentence for people; those without a name are counted among the others."""
    match reason.why:
        case Why.ANSWERS:
            return "It answers you."
        case Why.NAMES:
            return "It names you."
        case Why.CROWD:
            return f"It has {reason.number} likes and boosts." if reason.number > 1 else "Somebody liked or boosted it."
        case Why.ALONE:
            return "It is the only post of its author in this time."
        case Why.BOOSTED | Why.ANSWERED | Why.LIKED:
            return f"{_people(reason.who, names)} {_DEEDS[reason.why]}."


def _people(who: Sequence[MicroblogId], names: Mapping[MicroblogId, str]) -> str:
    named = [names[each] for each in who if each in names][:2]
    others = len(who) - len(named)
    if not named:
        return "Somebody you follow" if others == 1 else f"{others} people you follow"
    if others == 0:
        return " and ".join(named)
    return f"{', '.join(named)} and {others} other{'s' if others > 1 else ''} you follow"
