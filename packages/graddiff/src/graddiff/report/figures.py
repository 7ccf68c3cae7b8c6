"""The drawings of the HTML report, as SVG to stand in the page: order ladders and histograms of errors.

matplotlib draws; the colours are names of the page's style sheet, so that they follow its light and dark scheme, and
nothing depends on the day, the machine or chance: the same numbers give the same bytes.
To add a drawing, write a function that fills an `Axes` and returns `_svg(...)`.
"""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from math import ceil, isfinite, nan
from typing import Any

from markupsafe import Markup, escape
from matplotlib import rc_context, style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

INK, GRID = "#0a0b0c", "#0d0e0f"
SERIES = ("#0e0001", "#0e0002", "#0e0003", "#0e0004", "#0e0005")
MARKERS, DASHES, HATCHES = ("o", "s", "^", "D", "v"), ("-", "--", ":", "-.", "-"), ("", "////", "....", "xxxx", "----")
# matplotlib knows colours only: these stand for the names of the style sheet until the drawing is done
IN_THE_PAGE = {INK: "currentColor", GRID: "var(--line)"} | {c: f"var(--series{i})" for i, c in enumerate(SERIES)}
IN_A_ROW = 3  # names in the legend
SMALLEST = 0.1  # where an error of 0 is drawn on a logarithmic axis

# the settings of the user of this machine are left out
SETTINGS: Sequence[str | dict[str, Any]] = [
    "default",
    {"font.size": 9, "svg.fonttype": "none"},
]

Rungs = Mapping[str, Mapping[int, Sequence[float]]]


@style.context(SETTINGS, after_reset=True)
def ladder(name: str, rungs: Rungs) -> Markup:
    """Draw the largest finite error of each library by order; those that are not finite stand at the upper edge."""
    figure, axes = _axes(2.5, len(rungs))
    finite = [error for line in rungs.values() for own in line.values() for error in own if isfinite(error)]
    top = 30.0 * max(finite, default=1.0) + 30.0
    for i, (library, line) in enumerate(rungs.items()):
        largest = {order: max(filter(isfinite, line[order]), default=nan) for order in sorted(line)}
        heights = [max(error, SMALLEST) for error in largest.values()]
        color, marker, dash = (kinds[i % len(SERIES)] for kinds in (SERIES, MARKERS, DASHES))
        axes.plot(list(largest), heights, color=color, marker=marker, linestyle=dash, markersize=5, label=library)
        beyond = [order for order in largest if not all(map(isfinite, line[order]))]
        axes.plot(beyond, [top] * len(beyond), color=color, marker="x", linestyle="")
        for order in beyond:
            axes.annotate("inf", (order, top), (0, -14), textcoords="offset points", ha="center", color=color)
    axes.set_yscale("log")
    axes.set_ylim(SMALLEST / 2, 2 * top)
    axes.set_xticks(sorted({order for line in rungs.values() for order in line}))
    axes.set_xlabel("order of differentiation")
    axes.set_ylabel("largest error, ULP")
    _plain_powers(axes.yaxis)
    _legend(figure)
    return _svg(figure, f"ladder {name}", f"{name}: the largest error by order of differentiation")


@style.context(SETTINGS, after_reset=True)
def histogram(bins: Sequence[str], counts: Mapping[str, Sequence[int]]) -> Markup:
    """Draw for each library in how many cells the worst element has an error in each bin."""
    figure, axes = _axes(0.8 + len(bins) * (0.1 + 0.13 * len(counts)), len(counts))
    height = 0.8 / max(len(counts), 1)
    for i, (library, own) in enumerate(counts.items()):
        places = [row + i * height for row in range(len(bins))]
        color, hatch = SERIES[i % len(SERIES)], HATCHES[i % len(HATCHES)]
        shown = [count or nan for count in own]
        bars = axes.barh(places, shown, height, label=library, color="none", edgecolor=color, hatch=hatch)
        if not hatch:
            for bar in bars:
                bar.set_facecolor(color)
        axes.bar_label(bars, [str(count) if count else "" for count in own], padding=3, color=INK, fontsize=8)
    axes.set_yticks([row + 0.4 - height / 2 for row in range(len(bins))], bins)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(0.5, 5.0 * max((count for own in counts.values() for count in own), default=1) + 1)
    axes.set_xlabel("cells")
    _plain_powers(axes.xaxis)
    _legend(figure)
    return _svg(figure, "histogram", "cells by the error of their worst element, in ULP")


def _axes(height: float, series: int) -> tuple[Figure, Axes]:
    """Return empty axes, as wide as a small screen, in the colours of the page, with room for labels and a legend."""
    below, above = 0.5, 0.15 + 0.18 * ceil(series / IN_A_ROW)
    figure = Figure(figsize=(4.4, height))
    figure.patch.set_visible(False)
    axes = figure.add_axes((0.16, below / height, 0.82, 1 - (below + above) / height))
    axes.patch.set_visible(False)
    axes.tick_params(which="both", colors=INK)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_color(GRID)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _plain_powers(axis: Axis) -> None:
    """Label a logarithmic axis with plain numbers, and without small ticks, which take long to draw."""
    axis.set_major_formatter(lambda value, _: _short(value))
    axis.set_minor_locator(NullLocator())


def _short(value: float) -> str:
    """Return a power of ten in at most four letters."""
    return f"{value:g}" if value < 1e4 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def _legend(figure: Figure) -> None:
    """Name the series above the drawing, where they hide nothing."""
    figure.legend(loc="upper right", ncols=IN_A_ROW, frameon=False, labelcolor=INK, fontsize=9, borderaxespad=0)


def _svg(figure: Figure, name: str, label: str) -> Markup:
    """Return a drawing as an element of the page; `name` keeps its ids apart from those of other drawings."""
    drawn = StringIO()
    with rc_context({"svg.hashsalt": name}):
        figure.savefig(drawn, format="svg")
    text = drawn.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)  # the day, and the address of matplotlib
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)  # a page of HTML needs no names of namespaces
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", text, flags=re.DOTALL)  # it would rule the whole page
    text = re.sub(r' id="[\w.]+_\d+"', "", text)  # the same in every drawing, and nothing refers to them
    text = re.sub(r"font: ([\d.]+px) [^;]*;", r"font-size: \1;", text)  # the letters are the page's
    for color, replacement in IN_THE_PAGE.items():
        text = text.replace(color, replacement)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))
