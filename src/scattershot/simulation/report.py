"""The report of a run: its figures beside what was promised, plots, and what was not simulated."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from scattershot.simulation.eclipse import Eclipse
from scattershot.simulation.figures import BOUNDS, Figures
from scattershot.simulation.plots import lines, spread

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } .missed { color: #c92a2a; font-weight: bold; }
svg { width: 100%; font: 11px system-ui, sans-serif; }
"""

HONESTY = """\
The election, the census, the links, the detector, the pulse, the spreading, the repair (with real negentropy), the
door, the choice of supernodes, the leaf, the tenure and the audit are the very code of the node. What stands in for the
rest: no bytes are encoded, no signature is made or checked, and messages take a lognormal time with a median of 50 ms.
A ping between leaf and supernode that would be answered in time is counted, not made; the pulse is asked when it would
have noticed. A comparison of two equal sets is counted, not made; of two that differ it is made in one go and its
results arrive after four ways. Audits are made where a supernode withholds, and counted elsewhere. Candidates and
leaves read the view of a supernode that they are linked with. The posts are a sample where people would write more, and
of each post the copies of sixty leaves are looked for. Handing out posts to leaves costs the processor nothing here.
"""
_ALONE = "Every supernode has a view of its own, and statements spread by the same tree as posts."
_SHARED = """\
In a run of this size all supernodes that can hear each other share one view: a statement is known to all of them after
the time of five hops, an accusation to the witnesses after that of two. So the time that statements take is an
assumption here, and views do not differ but across a rift; what statements cost in messages is not in the figures.
"""


def page(result: Mapping[str, Any], figures: Figures, eclipses: Sequence[Eclipse]) -> str:
    """The report as HTML, in one file."""
    title = f"The mesh, simulated: {result['nodes']:,} nodes, {result['hours']:g} hours, seed {result['seed']}"
    told = [*result["stress"], *(f"without {each}" for each in result["without"])]
    if result["kill_supernodes"]:
        told.insert(0, f"{result['kill_supernodes']:.0%} of the supernodes killed at half-time")
    return "\n".join([
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>',
        f"<h1>{escape(title)}</h1><p>{escape(', '.join(told) or 'Ordinary coming and going.')}</p>",
        _promised(result), *_plots(figures), _eclipses(eclipses), "<h2>All figures</h2>", _rows(result),
        "<h2>What is simulated and what is not</h2>",
        f"<p>{escape(HONESTY)}</p><p>{escape(_ALONE if result['view_of_its_own'] else _SHARED)}</p></html>",
    ])  # fmt: skip


def _promised(result: Mapping[str, Any]) -> str:
    rows = []
    for name, bound in BOUNDS.items():
        kept = bound.is_kept(result[name])
        mark = "kept" if kept else '<span class="missed">missed</span>'
        rows.append(f'<tr><td>{name}<td class="n">{_figure(result[name])}<td>{escape(str(bound))}<td>{mark}')
    return f"<h2>Against the bounds</h2><table><tr><th>figure<th>here<th>bound<th>{''.join(rows)}</table>"


def _plots(figures: Figures) -> list[str]:
    at = [(each.at / 60, each) for each in figures.moments]
    return [
        "<h2>In time</h2>",
        lines("Supernodes", "minutes", [("there", [(x, each.supers) for x, each in at]),
                                        ("wished for", [(x, each.target) for x, each in at])]),
        lines("Nodes without any link", "minutes", [("orphans", [(x, each.orphans) for x, each in at])]),
        lines("Nodes online", "minutes", [("online", [(x, each.online) for x, each in at])]),
        lines("Seconds by which processors are behind", "minutes",
              [("the worst", [(x, each.worst_debt) for x, each in at]),
               ("half", [(x, each.mean_debt) for x, each in at])]),
        lines("Links made", "minutes", [("in all", [(x, each.attaches) for x, each in at])]),
        "<h2>How long it takes</h2>",
        spread("From a supernode's failure until all who are elected serve", "seconds", figures.reelections),
        spread("From losing both links to the next", "seconds", figures.reattached),
        spread("From writing to a leaf", "seconds", figures.latencies),
    ]  # fmt: skip


def _eclipses(eclipses: Sequence[Eclipse]) -> str:
    rows = "".join(
        f'<tr><td class="n">{each.share:.0%}<td class="n">{each.one_of_two:.2%}<td class="n">{each.both:.2%}'
        f'<td class="n">{each.links:.3%}<td class="n">{each.burials:.2%}'
        for each in eclipses
    )
    head = "<tr><th>sybils<th>leaves with one<th>with two<th>supernodes among sybils alone<th>that they could bury"
    plot = lines("Leaves of which both supernodes are sybils", "% sybils",
                 [("part", [(100 * each.share, each.both) for each in eclipses])])  # fmt: skip
    return f"<h2>Eclipse by the share of sybils among the supernodes</h2><table>{head}{rows}</table>{plot}"


def _rows(result: Mapping[str, Any]) -> str:
    rows = (
        f'<tr><td>{escape(name)}<td class="n">{_figure(value)}' for name, value in result.items() if name != "eclipse"
    )
    return f"<table>{''.join(rows)}</table>"


def _figure(value: Any) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return escape(", ".join(value) if isinstance(value, list) else f"{value:,}" if type(value) is int else str(value))
