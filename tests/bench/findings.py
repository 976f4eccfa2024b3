"""What a benchmark found, and how it stands beside what was asked for and what other servers reach.

A ratio always says how many times better we are: below 1 we are worse, whichever way the unit counts.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

COLUMNS = ("aim", "floor", "GoToSocial", "snac", "strfry", "nostr-relay", "LocalRelay")
"""What a figure may stand beside: what issue 2 asks for, and servers measured on two such cores over plain http."""


class Options(Struct, frozen=True):
    """How to run: `quick` only shows that the benchmark still works, its figures mean nothing."""

    quick: bool = False
    folder: Path | None = None
    """Where stores are made and removed again; the system's own folder for such things where it is None."""
    verbose: bool = False


class Figure(Struct, frozen=True):
    """One number. `beside` holds the values under names of `COLUMNS` that it is compared with."""

    name: str
    value: float
    unit: str
    beside: dict[str, float] = {}
    more_is_better: bool = False

    def ratio(self, column: str) -> float | None:
        """How many times better than that column, or None where there is nothing to compare."""
        other = self.beside.get(column)
        if not other or not self.value:
            return None
        return self.value / other if self.more_is_better else other / self.value


class Result(Struct, frozen=True):
    """What one benchmark found; `setting` says in a line what was done, `remarks` what to know when reading it."""

    name: str
    setting: str
    figures: list[Figure]
    counts: dict[str, int] = {}
    """What was counted and checked: posts stored, deliveries seen."""
    remarks: list[str] = []

    def figure(self, name: str) -> Figure:
        """The figure of that name; KeyError where there is none."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)


class WrongCountError(Exception):
    """What was counted is not what was done: the figures would be of something else."""


def check(what: str, counted: int, expected: int) -> None:
    """Refuse to report on work that was not done, or done twice."""
    if counted != expected:
        raise WrongCountError(f"{what}: {counted:,} instead of {expected:,}")


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part (0 to 1) of the values lies; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def table(result: Result) -> str:
    """The result as lines of text."""
    rows = [["", "here", *COLUMNS], *(list(_cells(figure)) for figure in result.figures)]
    kept = [n for n in range(len(rows[0])) if n < 2 or any(row[n] for row in rows[1:])]
    widths = [max(len(row[n]) for row in rows) for n in kept]
    lines = [f"{result.name}: {result.setting}"]
    for row in rows:
        cells = [row[n].ljust(width) if n == 0 else row[n].rjust(width) for n, width in zip(kept, widths, strict=True)]
        lines.append("  " + "   ".join(cells).rstrip())
    if result.counts:
        lines.append("  checked: " + ", ".join(f"{count:,} {what}" for what, count in result.counts.items()))
    lines += [f"  {remark}" for remark in result.remarks]
    return "\n".join(lines)


def _cells(figure: Figure) -> Iterator[str]:
    yield figure.name
    yield f"{_number(figure.value)} {figure.unit}"
    for column in COLUMNS:
        ratio = figure.ratio(column)
        yield "" if ratio is None else f"{_number(figure.beside[column])} (×{ratio:.2f})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
