"""How cost grows: T = a + b nodes + c bytes, fitted to the rows of a sweep, and the size where overhead vanishes.

Nodes and bytes are counted, times are measured, so the law says what a node and what a byte costs. No coefficient is
negative, and errors count relative to T, so that short rows weigh as much as long ones. Where two columns say the same
(a chain of floats allocates no arrays; every row of one function has as many nodes) the law has fewer terms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.contestants import BY_HAND, FLOOR
from benchmarks.report import Row

NEGLIGIBLE = 0.10  # of the floor
WORTH, EXACT = 0.9, 1e-6  # a further term must reduce the error at least to this, and by more than rounding


@dataclass(frozen=True)
class Law:
    """T = fixed + node * nodes + byte * bytes in seconds, and the largest relative error of a row."""

    fixed: float
    node: float
    byte: float
    error: float


def fit(seconds: Sequence[float], nodes: Sequence[float], sizes: Sequence[float]) -> Law:
    """Return the law with the fewest terms that another term would not improve; `sizes` are bytes.

    Raises ValueError for fewer than two rows.
    """
    if len(seconds) < 2:
        raise ValueError(f"fit: {len(seconds)} rows have no law; give at least 2")
    times = np.array(seconds)
    columns = np.stack([np.ones(len(times)), np.array(nodes, float), np.array(sizes, float)], axis=1) / times[:, None]
    best, error = np.zeros(3), np.inf
    for terms in range(1, min(3, len(times) - 1) + 1):
        for chosen in combinations(range(3), terms):
            found = np.zeros(3)
            part = columns[:, chosen]
            scale = np.linalg.norm(part, axis=0)
            if not scale.all() or np.linalg.cond(part / scale) > 1e6:
                continue
            found[list(chosen)] = np.linalg.lstsq(part / scale, np.ones(len(times)), rcond=None)[0] / scale
            missed = float(np.linalg.norm(columns @ found - 1))
            if found.min() >= 0 and missed < WORTH * error - EXACT:
                best, error = found, missed
    fixed, node, byte = map(float, best)
    return Law(fixed, node, byte, float(np.max(np.abs(columns @ best - 1))))


def law_of(rows: Sequence[Row], library: str) -> Law | None:
    """Return the law of a library over the rows that have counters, or None where these are too few."""
    counted = [row for row in rows if library in row.counts]
    if len(counted) < 2:
        return None
    counts = [row.counts[library] for row in counted]
    seconds = [row.seconds[library] for row in counted]
    return fit(seconds, [one["nodes"] for one in counts], [one["bytes"] for one in counts])


def overhead(row: Row, library: str) -> float:
    """Return what a library adds to the gradient by hand, in units of the floor; less than 0 where it is quicker."""
    return (row.seconds[library] - row.seconds[BY_HAND]) / row.seconds[FLOOR]


def crossover(rows: Sequence[Row], library: str) -> float | None:
    """Return the number of elements from which on the overhead stays below 10 % of the floor, or None.

    Between two measured sizes it is read off a straight line on logarithmic axes.
    """
    ordered = sorted(rows, key=lambda row: row.elements)
    above = [i for i, row in enumerate(ordered) if overhead(row, library) >= NEGLIGIBLE]
    if not above:
        return float(ordered[0].elements)
    if above[-1] == len(ordered) - 1:
        return None
    before, after = ordered[above[-1]], ordered[above[-1] + 1]
    high, low = np.log(overhead(before, library)), np.log(max(overhead(after, library), 1e-3))
    share = (high - np.log(NEGLIGIBLE)) / (high - low)
    return float(before.elements * (after.elements / before.elements) ** share)
