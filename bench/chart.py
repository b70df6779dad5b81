"""Line charts as SVG, without a plotting library."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 900
_PANEL: Final = 150
_LEFT: Final = 90
_GAP: Final = 40
_COLOURS: Final = ("#1f6feb", "#d1242f", "#1a7f37", "#8250df")


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One line chart: a value for each minute."""

    title: str
    values: Sequence[float]


def chart(title: str, panels: Sequence[Panel]) -> str:
    """Return an SVG document with panels below each other over one time axis."""
    height = 40 + len(panels) * (_PANEL + _GAP)
    body = [f'<text x="{_LEFT}" y="20" font-size="16">{escape(title)}</text>']
    for index, panel in enumerate(panels):
        body += _panel(panel, 50 + index * (_PANEL + _GAP), _COLOURS[index % len(_COLOURS)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(body)}</svg>\n'
    )


def _panel(panel: Panel, top: float, colour: str) -> list[str]:
    highest = max(*panel.values, 1.0)
    across = (_WIDTH - _LEFT - 20) / max(len(panel.values) - 1, 1)
    points = " ".join(
        f"{_LEFT + index * across:.1f},{top + _PANEL * (1 - value / highest):.1f}"
        for index, value in enumerate(panel.values)
    )
    bottom = top + _PANEL
    hours = len(panel.values) / 60
    return [
        f'<text x="{_LEFT}" y="{top - 6}">{escape(panel.title)}</text>',
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_WIDTH - 20}" y2="{bottom}" stroke="#999"/>',
        f'<text x="{_LEFT - 8}" y="{top + 10}" text-anchor="end">{highest:,.0f}</text>',
        f'<text x="{_LEFT - 8}" y="{bottom}" text-anchor="end">0</text>',
        f'<text x="{_WIDTH - 20}" y="{bottom + 14}" text-anchor="end">{hours:.0f} h</text>',
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
    ]
