"""Following a list of hosts that others keep: what is to be done so that the rules here are in step with it, and what
is left as those who run the node set it by hand."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.node import HostRule, Standing


class Said(NamedTuple):
    """What a list says of a host, as far as it alters what is done."""

    standing: Standing
    rejects_media: bool = False
    rejects_reports: bool = False


class Deed(StrEnum):
    """What becomes of a host: `left` is as it was set by hand, `forgotten` stands no more for the list's sake."""

    SET = "set"
    LIFTED = "lifted"
    LEFT = "left"
    FORGOTTEN = "forgotten"


class Step(NamedTuple):
    """One host, what is to be done about it and why, in words; `rule` is what it then is, where it is set."""

    host: str
    deed: Deed
    why: str
    rule: HostRule | None = None


def said_of(rule: HostRule) -> Said | None:
    """What of a rule a list can say; None of one that lets in."""
    return None if rule.allows else Said(rule.standing, rule.rejects_media, rule.rejects_reports)


def plan(
    listed: Mapping[str, HostRule], brought: Mapping[str, Said], rules: Mapping[str, HostRule]
) -> tuple[Step, ...]:
    """What the list asks for: `brought` is what it put here before, `rules` what holds now of any host in either.

    What was set, altered or lifted by hand stays so; what the list alone put goes with it.
    """
    steps = [_of_listed(rule, brought.get(host), rules.get(host)) for host, rule in sorted(listed.items())]
    steps += [_of_dropped(host, put, rules.get(host)) for host, put in sorted(brought.items()) if host not in listed]
    return tuple(step for step in steps if step is not None)


def _of_listed(rule: HostRule, put: Said | None, now: HostRule | None) -> Step | None:
    host, said = rule.host, said_of(rule)
    if put is None:
        if now is None:
            return Step(host, Deed.SET, "new in the list", rule)
        return None if said_of(now) == said else Step(host, Deed.LEFT, "was set here before, and stays so")
    if now is None:
        return Step(host, Deed.LEFT, "was lifted by hand, and stays so")
    if said_of(now) != put:
        return None if said_of(now) == said else Step(host, Deed.LEFT, "was altered by hand, and stays so")
    if said == put:
        return None
    mended = now._replace(
        standing=rule.standing, rejects_media=rule.rejects_media, rejects_reports=rule.rejects_reports
    )
    return Step(host, Deed.SET, "the list says otherwise now", mended)


def _of_dropped(host: str, put: Said, now: HostRule | None) -> Step:
    if now is not None and said_of(now) == put:
        return Step(host, Deed.LIFTED, "the list says nothing of it any more")
    return Step(host, Deed.FORGOTTEN, "is out of the list; what was done by hand stays")


def is_doubtful(listed: int, brought: int) -> bool:
    """Whether a list lost so much at once that somebody should look before it is followed."""
    return brought >= 10 and listed * 2 < brought
