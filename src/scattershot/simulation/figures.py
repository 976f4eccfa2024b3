"""What is counted while it runs, and the figures that come of it."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Bound(NamedTuple):
    """What a figure shall be: at least or at most that much."""

    least: float | None
    most: float | None

    def is_kept(self, value: float | None) -> bool:
        """Whether it is; what was not measured is not kept."""
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value < self.most)

    def __str__(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"< {self.most:g}"


BOUNDS = {
    "delivery_ratio": Bound(0.9999, None),
    "delivery_ratio_in_the_end": Bound(1.0, None),
    "payloads_per_post_per_supernode": Bound(None, 1.500001),
    "reelection_p50_s": Bound(None, 5.0),
    "reelection_p99_s": Bound(None, 15.0),
    "orphan_share": Bound(None, 0.005),
    "search_recall": Bound(0.999, None),
    "role_flaps_per_node_hour": Bound(None, 0.02),
    "bytes_per_idle_leaf_hour": Bound(None, 50_000.0),
}


def quantile(values: Iterable[float], share: float) -> float | None:
    """The value below which that share lies; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


class Moment(NamedTuple):
    """How things stood at a moment."""

    at: float
    online: int
    supers: int
    target: int
    orphans: int
    worst_debt: float
    mean_debt: float
    attaches: int


class Figures:
    """All counts of one run."""

    def __init__(self) -> None:
        self.asked = self.in_time = self.in_the_end = 0
        self.latencies: list[float] = []
        self.payloads = self.duplicates = self.posts = 0
        self.supers_told = 0
        """Supernodes there when a post was written, summed over the posts."""
        self.names_told = 0
        self.reelections: list[float] = []
        self.agreements: list[float] = []
        self.failures = self.killed = 0
        self.reattached: list[float] = []
        self.joins: list[float] = []
        self.orphan_seconds = self.deaf_seconds = self.attached_seconds = self.node_seconds = 0.0
        self.found = self.findable = 0
        self.flaps = self.false_deaths = self.promotions = self.demotions = 0
        self.leaf_bytes = self.joining_bytes = 0.0
        self.refusals = self.attaches = self.given_up = 0
        self.repairs = self.repaired = 0
        self.divergence: list[float] = []
        self.moments: list[Moment] = []
        self.loads: list[float] = []
        self.sybils: list[float] = []

    def result(self) -> dict[str, Any]:
        """The figures, by name; None where there was nothing to measure."""
        hours = self.node_seconds / 3_600
        leaf_hours = self.attached_seconds / 3_600
        return {
            "delivery_ratio": _ratio(self.in_time, self.asked),
            "delivery_ratio_in_the_end": _ratio(self.in_the_end, self.asked),
            "latency_p50_s": _round(quantile(self.latencies, 0.5)),
            "latency_p99_s": _round(quantile(self.latencies, 0.99)),
            "payloads_per_post_per_supernode": _round(_ratio(self.payloads, self.supers_told)),
            "names_per_post_per_supernode": _round(_ratio(self.names_told, self.supers_told)),
            "reelection_p50_s": _round(quantile(self.reelections, 0.5)),
            "reelection_p99_s": _round(quantile(self.reelections, 0.99)),
            "agreement_p50_s": _round(quantile(self.agreements, 0.5)),
            "agreement_p99_s": _round(quantile(self.agreements, 0.99)),
            "supernode_failures": self.failures,
            "orphan_share": _round(_ratio(self.orphan_seconds, self.attached_seconds), 6),
            "deaf_share": _round(_ratio(self.deaf_seconds, self.attached_seconds), 6),
            "reattach_p50_s": _round(quantile(self.reattached, 0.5)),
            "reattach_p99_s": _round(quantile(self.reattached, 0.99)),
            "join_p50_s": _round(quantile(self.joins, 0.5)),
            "join_p99_s": _round(quantile(self.joins, 0.99)),
            "search_recall": _ratio(self.found, self.findable),
            "role_flaps_per_node_hour": _round(_ratio(self.flaps, hours), 6),
            "false_deaths": self.false_deaths,
            "promotions": self.promotions,
            "demotions": self.demotions,
            "bytes_per_idle_leaf_hour": _round(_ratio(self.leaf_bytes, leaf_hours), 0),
            "bytes_per_leaf_hour_with_joining": _round(_ratio(self.leaf_bytes + self.joining_bytes, leaf_hours), 0),
            "fill_max_over_mean": _round(quantile(self.loads, 0.5)),
            "view_divergence": _round(_ratio(sum(self.divergence), len(self.divergence)), 6),
            "sybil_share_of_supernodes": _round(max(self.sybils, default=None)),
            "attaches": self.attaches,
            "refusals": self.refusals,
            "handshakes_given_up": self.given_up,
            "repairs": self.repairs,
            "repaired_events": self.repaired,
            "posts": self.posts,
            "deliveries_watched": self.asked,
            "supernodes_p50": quantile((each.supers for each in self.moments), 0.5),
            "worst_debt_s": _round(max((each.worst_debt for each in self.moments), default=None)),
        }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _round(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
