"""Small charts as SVG, drawn on the server: no script, no style of their own, and the figures in words for who listens.

Nothing in here knows what it draws.
"""

from collections.abc import Sequence
from html import escape

WIDTH = 360
_LINE = 22
_LABEL = 140
_FIGURE = 55


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """A bar for each row, below each other, with its name before and its figure behind it."""
    most = max((value for _, value in rows), default=0) or 1
    room = WIDTH - _LABEL - _FIGURE
    drawn = []
    for n, (name, value) in enumerate(rows):
        y, length = n * _LINE, round(room * value / most, 1)
        shown = name if len(name) <= 22 else f"{name[:21]}…"
        drawn.append(
            f'<text x="0" y="{y + 15}">{escape(shown)}</text>'
            f'<rect x="{_LABEL}" y="{y + 4}" width="{max(length, 1)}" height="{_LINE - 8}" rx="3"></rect>'
            f'<text x="{_LABEL + max(length, 1) + 6}" y="{y + 15}">{value:,}</text>'
        )
    told = "; ".join(f"{name} {value:,}" for name, value in rows)
    return _svg(title, told, max(len(rows), 1) * _LINE, "".join(drawn))


def columns(title: str, values: Sequence[int], first: str, last: str) -> str:
    """A column for each value, side by side; `first` and `last` stand below the outermost."""
    most, height = max(values, default=0), 120
    step = WIDTH / max(len(values), 1)
    drawn = [f'<line x1="0" y1="{height}" x2="{WIDTH}" y2="{height}"></line>']
    for n, value in enumerate(values):
        tall = round((height - 20) * value / (most or 1), 1)
        x, wide = round(n * step + 1, 1), round(step - 2, 1)
        drawn.append(f'<rect x="{x}" y="{round(height - tall, 1)}" width="{wide}" height="{tall}" rx="2"></rect>')
    drawn.append(
        f'<text class="scale" x="0" y="12">{most:,}</text><text class="scale" x="0" y="{height + 15}">{escape(first)}'
        f'</text><text class="scale" x="{WIDTH}" y="{height + 15}" text-anchor="end">{escape(last)}</text>'
    )
    told = f"from {first} to {last}: {', '.join(f'{value:,}' for value in values)}"
    return _svg(title, told, height + 20, "".join(drawn))


def _svg(title: str, told: str, height: int, drawn: str) -> str:
    label = escape(f"{title}: {told}")
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">{drawn}</svg>'
