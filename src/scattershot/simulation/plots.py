"""Plots as SVG, drawn without any library: lines over time, and how values are spread."""

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 640, 220, 56, 28, 24
_COLOURS = ("#2f6fdf", "#d9480f", "#2b8a3e", "#862e9c")


def lines(title: str, across: str, series: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """Lines over one axis, each with its name."""
    points = [point for _, each in series for point in each]
    if not points:
        return ""
    most_x = max(x for x, _ in points) or 1.0
    most_y = max(y for _, y in points) or 1.0
    room_x, room_y = _WIDTH - _LEFT - 10, _HEIGHT - _BELOW - _ABOVE
    drawn = [_frame(title, across, most_x, most_y)]
    for n, (name, each) in enumerate(series):
        colour = _COLOURS[n % len(_COLOURS)]
        path = " ".join(
            f"{_LEFT + room_x * x / most_x:.1f},{_HEIGHT - _BELOW - room_y * y / most_y:.1f}" for x, y in _thinned(each)
        )
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        drawn.append(f'<text x="{_LEFT + 10 + 150 * n}" y="{_ABOVE + 12}" fill="{colour}">{escape(name)}</text>')
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(drawn)}</svg>'


def spread(title: str, across: str, values: Sequence[float]) -> str:
    """Which part of the values is at most so much."""
    ordered = sorted(values)
    return lines(
        title, across, [("part at most so much", [(x, (n + 1) / len(ordered)) for n, x in enumerate(ordered)])]
    )


def _thinned(points: Sequence[tuple[float, float]], most: int = 600) -> Sequence[tuple[float, float]]:
    every = max(1, len(points) // most)
    return [point for n, point in enumerate(points) if n % every == 0 or n == len(points) - 1]


def _frame(title: str, across: str, most_x: float, most_y: float) -> str:
    bottom, right = _HEIGHT - _BELOW, _WIDTH - 10
    return (
        f'<text x="{_LEFT}" y="14" font-weight="bold">{escape(title)}</text>'
        f'<path d="M{_LEFT},{_ABOVE} V{bottom} H{right}" fill="none" stroke="#888"/>'
        f'<text x="{_LEFT - 4}" y="{_ABOVE + 8}" text-anchor="end">{most_y:.4g}</text>'
        f'<text x="{_LEFT - 4}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{right}" y="{_HEIGHT - 10}" text-anchor="end">{most_x:.4g} {escape(across)}</text>'
    )
