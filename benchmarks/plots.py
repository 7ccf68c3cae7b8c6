"""The plots of the page, as inline SVG: text stays text, and colours are variables of the page's style.

Matplotlib gets a placeholder colour for each variable, which the SVG then names instead, so that one picture serves the
light and the dark scheme. A figure is as wide as a narrow screen; the page puts as many side by side as fit. A new plot
is a function that returns `svg(figure, text)`; `page.py` lists it.
"""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from benchmarks.contestants import BY_HAND, FLOOR, LIBRARIES
from benchmarks.laws import NEGLIGIBLE, Law, crossover, overhead
from benchmarks.report import Row

COLOURS = {  # placeholder: variable of the page
    "#010101": "var(--ink)",
    "#020202": "var(--faint)",
    "#030303": "var(--easygrad)",
    "#040404": "var(--autograd)",
    "#050505": "var(--hand)",
    "#060606": "var(--floor)",
    "#070707": "var(--easygrad-2)",
    "#080808": "var(--autograd-2)",
}
INK, FAINT, EASYGRAD, AUTOGRAD, HAND, FLOOR_COLOUR, EASYGRAD_2, AUTOGRAD_2 = COLOURS
OF = {"easygrad": EASYGRAD, "autograd": AUTOGRAD, BY_HAND: HAND, FLOOR: FLOOR_COLOUR}
MARKS = {"easygrad": "o", "autograd": "s", BY_HAND: "^", FLOOR: "|"}
STYLE: Any = {  # of the names that matplotlib knows
    "svg.fonttype": "none",
    "svg.hashsalt": "easygrad",
    "font.size": 11,
    "font.family": "sans-serif",
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "legend.frameon": False,
}
WIDTH, HEIGHT = 4.9, 3.3  # inches; 72 points each
SMALLEST = 0.01  # overhead that is drawn as this: less than that is nothing on logarithmic axes


def new_figure(height: float = HEIGHT) -> tuple[Figure, Axes]:
    """Return an empty figure; used inside `mpl.rc_context(STYLE)`."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def svg(figure: Figure, text: str) -> str:
    """Return a figure as an SVG element that says what it shows."""
    output = io.StringIO()
    figure.savefig(output, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = output.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    for placeholder, variable in COLOURS.items():
        drawn = drawn.replace(placeholder, variable)
    opening, rest = drawn.split(">", 1)
    kept = " ".join(word for word in opening.split('" ') if "viewBox" in word).rstrip('"')
    label = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<svg {kept[kept.index("viewBox") :]}" role="img" aria-label="{label}">{rest}'


def overhead_plot(title: str, rows: Sequence[Row]) -> str:
    """Return what each library adds to the gradient by hand, in units of the floor, against the number of elements."""
    ordered = sorted(rows, key=lambda row: row.elements)
    with mpl.rc_context(STYLE):
        figure, axes = new_figure()
        for library in LIBRARIES:
            values = [max(overhead(row, library), SMALLEST) for row in ordered]
            colour = OF[library]
            axes.loglog([r.elements for r in ordered], values, marker=MARKS[library], color=colour, label=library)
            size = crossover(ordered, library)
            if size is not None and size > ordered[0].elements:
                axes.plot([size], [NEGLIGIBLE], marker="x", markersize=10, color=colour)
                axes.annotate(f"{size:.2g}", (size, NEGLIGIBLE), (4, 6), textcoords="offset points", color=colour)
        axes.axhline(NEGLIGIBLE, color=INK, linewidth=0.8, linestyle="--")
        axes.set(xlabel="elements", ylabel="overhead / floor", title=title)
        axes.grid(visible=True)
        axes.legend()
        return svg(figure, f"{title}: overhead over the gradient by hand against the number of elements")


def stacked_plot(rows: Sequence[Row]) -> str:
    """Return bars of floor, recording and backward for both libraries, in percent of Autograd's whole time."""
    shown = [row for row in rows if all(row.split(library) for library in LIBRARIES)]
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(0.7 + 0.42 * len(shown))
        for place, row in enumerate(shown):
            for library, offset, shades in (
                ("easygrad", -0.19, (EASYGRAD, EASYGRAD_2)),
                ("autograd", 0.19, (AUTOGRAD, AUTOGRAD_2)),
            ):
                recording, back = row.split(library) or (0.0, 0.0)
                left = 0.0
                for seconds, colour in zip((row.seconds[FLOOR], recording, back), (FLOOR_COLOUR, *shades), strict=True):
                    share = 100 * seconds / row.seconds["autograd"]
                    axes.barh(place + offset, share, 0.36, left=left, color=colour)
                    left += share
        axes.set_yticks(range(len(shown)), [row.workload for row in shown], fontsize=9.5)
        axes.set(xlabel="% of Autograd's time")
        axes.invert_yaxis()
        axes.grid(visible=True, axis="x")
        return svg(figure, "floor, recording and backward of each workload, in percent of Autograd's time")


def law_plot(title: str, xlabel: str, places: Sequence[float], rows: Sequence[Row], laws: Mapping[str, Law]) -> str:
    """Return the measured times of a sweep as marks, and the fitted laws as lines."""
    with mpl.rc_context(STYLE):
        figure, axes = new_figure()
        for library in LIBRARIES:
            seconds = [row.seconds[library] * 1e3 for row in rows]
            axes.loglog(places, seconds, linestyle="", marker=MARKS[library], color=OF[library], label=library)
            if library in laws:
                axes.loglog(places, [1e3 * predicted(laws[library], row, library) for row in rows], color=OF[library])
        axes.set(xlabel=xlabel, ylabel="ms", title=title)
        axes.xaxis.set_minor_formatter(NullFormatter())  # on less than a decade it would label every tick
        axes.grid(visible=True)
        axes.legend()
        return svg(figure, f"{title}: milliseconds measured, and by the fitted law")


def predicted(law: Law, row: Row, library: str) -> float:
    """Return the seconds that a law says for a row; nan where nothing was counted."""
    counts = row.counts.get(library)
    return law.fixed + law.node * counts["nodes"] + law.byte * counts["bytes"] if counts else math.nan


def memory_plot(rows: Sequence[Row]) -> str:
    """Return the most memory at a time of each contestant, a line of marks for each workload."""
    shown = [row for row in rows if row.memory]
    with mpl.rc_context(STYLE):
        figure, axes = new_figure(0.9 + 0.24 * len(shown))
        for name in (FLOOR, BY_HAND, *LIBRARIES):
            found = [(row.memory[name] / 1e3, place) for place, row in enumerate(shown) if row.memory.get(name)]
            if found:
                x, y = np.array(found).T
                axes.semilogx(x, y, linestyle="", marker=MARKS[name], color=OF[name], label=name)
        axes.set_yticks(range(len(shown)), [row.workload for row in shown], fontsize=9.5)
        axes.set(xlabel="kB")
        axes.invert_yaxis()
        axes.grid(visible=True)
        figure.legend(loc="outside upper center", ncols=4)
        return svg(figure, "the most memory at a time of each workload, in kB, by contestant")
