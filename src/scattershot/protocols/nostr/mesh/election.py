"""Who serves: a pure function of what is known, the same on every node, without rounds and without a leader.

The rule: what failed is replaced at once; what works is left alone, unless that costs more than it is worth.
"""

from collections import Counter
from collections.abc import Iterable
from math import isqrt
from typing import NamedTuple

from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.lots import lot
from scattershot.protocols.nostr.mesh.networks import domain_of
from scattershot.protocols.nostr.mesh.statements import (
    WORK,
    Announcement,
    day_before,
    day_of,
    steps,
)
from scattershot.protocols.nostr.mesh.view import View

FEWEST = 3
FULLNESS = 0.6
"""To which part supernodes are filled when there are enough of them: a third may fall and the rest still hold."""
EPOCH = 30
"""Seconds in which only so much changes."""
DWELL = 900
"""Seconds that a role is kept unless it fails."""
EXCESS = 1.25
"""Supernodes step down only beyond so many times the target."""
STEPS_BETTER = 2
"""A candidate takes the place of one that works only if it is better by more than so many steps."""
MAX_LAG = 250
"""ms by which the loop of a supernode may be late."""
MISSED = 60
"""Seconds for which the leaves of one that fell are still counted."""
YOUNG, YOUNG_WHERE_MANY, MANY = 600, 7_200, 1_000
"""Seconds of uptime below which a node serves only if others do not suffice; and the same where people are many."""
DAY = 86_400
NETWORK_SHARE = 20
"""At most every so manieth supernode may be of one network."""
PER_DOMAIN = 2


class Rank(NamedTuple):
    """The order of preference: the least first."""

    reserve: int
    """0 who is old enough, 1 who is young, 2 who has just stepped down."""
    worse: int
    """The utility, negative; who serves already has a step more."""
    drawn: int


class Contender(NamedTuple):
    """One that could serve."""

    key: str
    rank: Rank
    utility: int
    serves: bool
    settled: bool
    """Whether it has had its role long enough to lose it."""
    network: str
    domain: str
    since: int


class Election(NamedTuple):
    """Who should serve, and why so many. `cut` is the rank up to which candidates announce themselves; None: anyone."""

    supers: frozenset[str]
    target: int
    people: int
    cut: Rank | None


def elect(view: View, now: float, census: Census | None = None) -> Election:
    """The supernodes that there should be now. A census of the same view and moment may be given, to save it."""
    census = census or Census(view, now)
    contenders = sorted(_contenders(census), key=lambda each: each.rank)
    people, target = _measure(census, len(contenders), contenders)
    serving = [each for each in contenders if each.serves]
    spare = [each for each in contenders if not each.serves]
    limits = _Limits(target, contenders)
    epoch = int(now) // EPOCH * EPOCH

    staying = _without_excess(serving, target, limits, _steps_left(census, target, epoch))
    added = _to_fill(staying, spare, target, limits, _growth_left(census, serving, epoch, now))
    chosen = staying + added
    left = _steps_left(census, target, epoch) - (len(serving) - len(staying))
    _displace(chosen, [each for each in spare if each not in added], limits, left)
    if len(chosen) < min(FEWEST, len(contenders)):
        there = {each.key for each in chosen}
        chosen += [each for each in contenders if each.key not in there][: FEWEST - len(chosen)]
    rest = [each for each in spare if each.rank.reserve == 0]
    cut = rest[target - 1].rank if 0 < target <= len(rest) else None
    return Election(frozenset(each.key for each in chosen), target, people, cut)


def fault_of(census: Census, key: str) -> str | None:
    """Why that node cannot serve, in plain words; None where it can."""
    here = census.present.get(key)
    if here is None:
        return "it has not announced itself lately"
    if key in census.gone:
        return "its neighbours have no answer from it"
    if here.role == "leaf":
        return "it does not wish to serve"
    if here.lag >= MAX_LAG and here.role != "super":  # who serves sheds leaves: stepping down would load the others
        return "its machine is too busy"
    if here.slots < 1:
        return "it has no room for leaves"
    work = census.view.admissions.get(key)
    today = day_of(census.now)
    if work is None or work.bits < WORK or work.day not in (today, day_before(today)):
        return "the work of the day is not done"
    others = len(census.overlay) - (key in census.overlay)
    if census.reached_from(here) < min(FEWEST, others):
        return "too few others could reach it"
    return None


def utility(what: Announcement, now: float) -> int:
    """How useful a node would be, in steps: slots, uptime up to a day, uplink, each by doubling."""
    up = max(0.0, min(now - what.up, DAY))
    return steps(what.slots) + steps(1 + up / 600) + steps(what.uplink / 64)


def rank(what: Announcement, now: float, people: int) -> Rank:
    """Where a node stands among those that could serve."""
    retired = what.role == "retired" and now - what.since < DWELL
    young = now - what.up < (YOUNG_WHERE_MANY if people > MANY else YOUNG)
    serves = what.role == "super"
    return Rank(2 if retired else int(young and not serves), -utility(what, now) - serves, lot("rank", what.key))


def joins_the_bench(mine: Announcement, election: Election, now: float) -> bool:
    """Whether a node that would serve need announce itself: as many as serve already wait, and the rest keep silent."""
    return election.cut is None or mine.role == "super" or rank(mine, now, election.people) <= election.cut


def _contenders(census: Census) -> Iterable[Contender]:
    links = sum(min(each.load, each.slots) for each in census.present.values())
    people = links // 2 + len(census.present)
    for key, here in census.alive.items():
        if fault_of(census, key) is None:
            domain = domain_of(here.addresses[0]) if here.addresses else key
            yield Contender(
                key, rank(here, census.now, people), utility(here, census.now), here.role == "super",
                census.now - here.since >= DWELL, census.network(key), domain, here.since,
            )  # fmt: skip


def _measure(census: Census, eligible: int, contenders: list[Contender]) -> tuple[int, int]:
    """How many people there are, and how many should serve: three, the root of all, and as many as have room."""
    counted = [each for key, each in census.present.items()
               if key not in census.gone or census.gone[key].at > census.now - MISSED]  # fmt: skip
    links = sum(min(each.load, each.slots) for each in counted)
    people = links // 2 + len(census.present)
    serving = [census.present[each.key].slots for each in contenders if each.serves]
    slots = sorted(serving or [census.present[each.key].slots for each in contenders])
    median = slots[len(slots) // 2] if slots else 1
    room = -(-links * 10 // int(FULLNESS * 10 * median))
    return people, min(eligible, max(FEWEST, isqrt(max(people - 1, 0)) + 1, room))


class _Limits:
    """How many may be of one network and one domain."""

    def __init__(self, target: int, contenders: list[Contender]) -> None:
        self._per_network = max(1, target // NETWORK_SHARE)
        self._free = all(each.network == "local" for each in contenders)

    def within(self, ordered: Iterable[Contender], held: Iterable[Contender] = ()) -> tuple[list[Contender], ...]:
        """Those that may be, beside those held; and those that are too many."""
        networks = Counter(each.network for each in held)
        domains = Counter(each.domain for each in held)
        fit, over = [], []
        for each in ordered:
            full = networks[each.network] >= self._per_network or domains[each.domain] >= PER_DOMAIN
            if full and not self._free:
                over.append(each)
                continue
            networks[each.network] += 1
            domains[each.domain] += 1
            fit.append(each)
        return fit, over


def step_limit(target: int) -> int:
    """How many that work may lose their role in an epoch."""
    return max(1, target // 10)


def _steps_left(census: Census, target: int, epoch: int) -> int:
    taken = sum(1 for each in census.alive.values() if each.role == "retired" and each.since >= epoch)
    return max(0, step_limit(target) - taken)


def _growth_left(census: Census, serving: list[Contender], epoch: int, now: float) -> int:
    """Half as many again in an epoch, beside whoever stands in for those that fell; all where nobody served before."""
    before = sum(1 for each in serving if each.since < epoch)
    left = sum(1 for each in census.alive.values() if each.role == "retired" and each.since >= epoch)
    if not before + left:
        return len(census.present)
    lost = sum(1 for each in census.gone.values() if each.at > now - MISSED)
    return max(FEWEST, -(-(before + left) // 2)) + lost + left - (len(serving) - before)


def _without_excess(serving: list[Contender], target: int, limits: _Limits, most: int) -> list[Contender]:
    """Those that stay: beyond the excess the worst go, and those of a network or domain that holds too many."""
    _, over = limits.within(serving)
    excess = len(serving) - int(EXCESS * target + 0.999)
    leaving = [each for each in reversed(over) if each.settled][:most]
    for each in reversed(serving):
        if len(leaving) >= min(excess, most):
            break
        if each.settled and each not in leaving:
            leaving.append(each)
    gone = {each.key for each in leaving}
    return [each for each in serving if each.key not in gone]


def _to_fill(
    staying: list[Contender], spare: list[Contender], target: int, limits: _Limits, growth: int
) -> list[Contender]:
    fit, _ = limits.within(spare, held=staying)
    return fit[: max(0, min(target - len(staying), growth))]


def _displace(chosen: list[Contender], spare: list[Contender], limits: _Limits, most: int) -> None:
    """Let much better candidates have the places of the worst that serve."""
    for better in [each for each in spare if each.rank.reserve == 0][: max(0, most)]:
        worst = max((each for each in chosen if each.serves and each.settled), key=lambda each: each.rank, default=None)
        if worst is None or better.utility <= worst.utility + STEPS_BETTER:
            return
        others = [each for each in chosen if each is not worst]
        if limits.within([better], held=others)[0]:
            chosen[:] = [*others, better]


def cold_wait(view: View, now: float, mine: Announcement) -> float:
    """Seconds that a node waits before it serves where it sees nobody who does: the best first, then they see it."""
    people = len(view.announcements)
    before = sum(1 for each in view.announcements.values()
                 if each.expires > now and rank(each, now, people) < rank(mine, now, people))  # fmt: skip
    return 2.0 * before + 2.0 * lot("cold", mine.key) / 2**64
