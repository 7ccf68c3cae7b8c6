"""The drawings of the HTML report, as SVG to stand in the page: order ladders and histograms of errors.

They are written by hand: two kinds of drawing need no library, and a page that is there at once is read more often.
Colours are names of the page's style sheet, so that they follow its light and dark scheme; each series has a dash, a
mark and a hatch of its own as well, for those who see no colours. The same numbers give the same bytes.
To add a drawing, make a `Plot`, put its parts together from `_line`, `_text` and `_mark`, and return `_svg(...)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import Markup, escape

WIDTH = 400  # of a drawing in its own units, which are pixels where the screen is that wide
LEFT, RIGHT, BELOW = 62, 14, 40  # beside and below the axes, for labels
LINE = 18  # from one line of text to the next
IN_A_ROW = 3  # names in the legend
SMALLEST = 0.1  # where an error of 0 is drawn on a logarithmic axis
MOST_TICKS = 7

SERIES = 5
DASHES = ("none", "7 3", "2 3", "7 3 2 3", "12 3")
MARKS = (  # about the point 0, 0
    '<circle r="3.6"/>',
    '<path d="M-3.4-3.4h6.8v6.8h-6.8z"/>',
    '<path d="M0-4.4l4.2 7.6h-8.4z"/>',
    '<path d="M0-4.8l4 4.8-4 4.8-4-4.8z"/>',
    '<path d="M0 4.4l4.2-7.6h-8.4z"/>',
)
CROSS = '<path d="M-4-4l8 8m0-8l-8 8" fill="none" stroke-width="1.8"/>'
HATCHES = ("", "M0 6L6 0", "M0 3h6", "M0 0L6 6", "M3 0v6")  # in a square of 6; the first series is filled

Rungs = Mapping[str, Mapping[int, Sequence[float]]]


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis: from `low` at the place `start` to `high` at `end`, in the units of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        share = log10(value / self.low) / log10(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the powers of ten on the axis, or every second of them, or every third, if they are many."""
        first, last = ceil(log10(self.low)), floor(log10(self.high))
        step = ceil((last - first + 1) / MOST_TICKS)
        return [float(f"1e{power}") for power in range(first, last + 1, step)]


def ladder(name: str, rungs: Rungs) -> Markup:
    """Draw the largest finite error of each library by order; those that are not finite stand at the upper edge."""
    top, height = _height_of_legend(rungs), 250
    finite = [error for line in rungs.values() for own in line.values() for error in own if isfinite(error)]
    upwards = Scale(SMALLEST / 2, 60.0 * max(finite, default=1.0) + 60.0, height - BELOW, top)
    orders = sorted({order for line in rungs.values() for order in line})
    across = {order: LEFT + (i + 0.5) * (WIDTH - LEFT - RIGHT) / len(orders) for i, order in enumerate(orders)}
    parts = [*_legend(rungs, _key_of_line), *_levels(upwards, "largest error, ULP")]
    parts += [_text(x, height - BELOW + LINE, str(order)) for order, x in across.items()]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, height - 4, "order of differentiation"))
    for i, line in enumerate(rungs.values()):
        parts.append(_series(i, line, across, upwards))
    return _svg(height, parts, f"{name}: the largest error by order of differentiation")


def histogram(bins: Sequence[str], counts: Mapping[str, Sequence[int]]) -> Markup:
    """Draw for each library in how many cells the worst element has an error in each bin."""
    top, bar = _height_of_legend(counts), 14
    row = bar * len(counts) + 8
    bottom = top + row * len(bins)
    across = Scale(0.5, 8.0 * max((count for own in counts.values() for count in own), default=1) + 1, LEFT, WIDTH)
    parts = [_hatches(len(counts)), *_legend(counts, _key_of_bar)]
    for tick in across.ticks():
        x = across.at(tick)
        parts += [_line(x, top, x, bottom), _text(x, bottom + LINE, _short(tick))]
    parts.append(_text((LEFT + WIDTH) / 2, bottom + 2 * LINE, "cells"))
    for place, bin_name in enumerate(bins):
        y = top + row * place
        parts.append(_text(LEFT - 6, y + row / 2 + 4, bin_name, "end"))
        shown = [(i, own[place]) for i, own in enumerate(counts.values()) if own[place]]
        parts += [_bar(i, count, across.at(count), y + 4 + bar * i, bar) for i, count in shown]
    return _svg(bottom + BELOW, parts, "cells by the error of their worst element, in ULP")


def _series(i: int, line: Mapping[int, Sequence[float]], across: Mapping[int, float], upwards: Scale) -> str:
    """Return one library of a ladder: a line with marks, and crosses where an error is not finite."""
    colour = f"var(--series{i % SERIES})"
    points, crosses = [], []
    for order in sorted(line):
        finite = [error for error in line[order] if isfinite(error)]
        if finite:
            points.append((across[order], upwards.at(max(*finite, SMALLEST))))
        if len(finite) < len(line[order]):
            crosses.append((across[order], upwards.end + 8))
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawn = f'<polyline points="{way}" fill="none" stroke-width="1.8" stroke-dasharray="{DASHES[i % SERIES]}"/>'
    marks = [_mark(MARKS[i % SERIES], x, y) for x, y in points] + [_mark(CROSS, x, y) for x, y in crosses]
    names = [_text(x + 8, y + 4, "inf", "start") for x, y in crosses]
    return f'<g stroke="{colour}" fill="{colour}">{drawn}{"".join(marks)}</g>{"".join(names)}'


def _levels(upwards: Scale, label: str) -> list[str]:
    """Return the lines of a vertical axis with their numbers, and what it shows."""
    parts = [_text(4, upwards.end - 6, label, "start")]
    for tick in upwards.ticks():
        y = upwards.at(tick)
        parts += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 6, y + 4, _short(tick), "end")]
    return parts


def _bar(i: int, count: int, end: float, y: float, height: float) -> str:
    shape = f'x="{LEFT}" y="{y:.1f}" width="{end - LEFT:.1f}" height="{height - 2}"'
    return f"<rect {shape} {_colours_of_bar(i)}/>{_text(end + 4, y + height - 4, str(count), 'start')}"


def _colours_of_bar(i: int) -> str:
    colour = f"var(--series{i % SERIES})"
    fill = f"url(#hatch{i % SERIES})" if HATCHES[i % SERIES] else colour
    return f'fill="{fill}" stroke="{colour}"'


def _hatches(count: int) -> str:
    """Return the patterns by which bars are told apart without colours."""
    patterns = [
        f'<pattern id="hatch{i}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="{way}" stroke="var(--series{i})" fill="none"/></pattern>'
        for i, way in enumerate(HATCHES[:count])
        if way
    ]
    return f"<defs>{''.join(patterns)}</defs>"


def _legend(names: Iterable[str], key: Callable[[int], str]) -> list[str]:
    """Name the series above the drawing, where they hide nothing, each beside its key."""
    parts = []
    for i, name in enumerate(names):
        x, y = LEFT + (i % IN_A_ROW) * (WIDTH - LEFT) / IN_A_ROW, LINE * (i // IN_A_ROW) + 12
        parts += [_mark(key(i), x, y - 4), _text(x + 32, y, name, "start")]
    return parts


def _key_of_line(i: int) -> str:
    colour = f"var(--series{i % SERIES})"
    line = f'<path d="M0 0h26" fill="none" stroke-width="1.8" stroke-dasharray="{DASHES[i % SERIES]}"/>'
    return f'<g stroke="{colour}" fill="{colour}">{line}{_mark(MARKS[i % SERIES], 13, 0)}</g>'


def _key_of_bar(i: int) -> str:
    return f'<path d="M0-5h26v10h-26z" {_colours_of_bar(i)}/>'


def _height_of_legend(names: Mapping[str, object]) -> float:
    return LINE * ceil(len(names) / IN_A_ROW) + 24


def _short(value: float) -> str:
    """Return a power of ten in at most four letters."""
    return f"{value:g}" if value < 1e4 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="var(--line)"/>'


def _text(x: float, y: float, content: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def _mark(mark: str, x: float, y: float) -> str:
    return f'<g transform="translate({x:.1f} {y:.1f})">{mark}</g>'


def _svg(height: float, parts: Iterable[str], label: str) -> Markup:
    """Return a drawing as an element of the page."""
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" font-size="13" fill="currentColor"'
    return Markup(f'<svg role="img" aria-label="{escape(label)}" {size}>{"".join(parts)}</svg>')
