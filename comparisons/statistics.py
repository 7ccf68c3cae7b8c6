"""Covariance, correlation and histograms; Autograd has none of them.

To add a function, write a row for each of its options. A histogram is linear in its weights.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, POSITIVE, REAL, Domain

ONCE: dict[str, Any] = {"orders": (1,)}
MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
TIMES = numpy.array([1, 3, 2])
SHARES = numpy.array([0.5, 1.5, 0.75])
COUNTED = numpy.array([2, 0, 2])
PLACES = numpy.array([0.1, 0.9, 0.4])
EDGES = numpy.array([0.0, 0.5, 1.0])
INSIDE = numpy.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])  # which of PLACES lie in each bin of EDGES
BETWEEN = Domain("BETWEEN", lambda rng, shape: numpy.array([-0.5, 0.5, 1.5]) + rng.uniform(-0.05, 0.05, shape))


def covariance(x: Any, w: Any, ddof: Any) -> Any:
    """Return np.cov with the weights w of observations."""
    x = x - (numpy.sum(x * w, axis=1) / numpy.sum(w))[:, None]
    return (x * w) @ numpy.conjugate(x).T / (numpy.sum(w) - ddof)


def correlation(x: Any) -> Any:
    """Return np.corrcoef."""
    c = covariance(x, 1 + 0 * x[0], 1)
    scale = numpy.sqrt(numpy.diagonal(c))
    return c / scale / scale[:, None]


COVARIANCES = [
    Case(
        "cov",
        lambda np: lambda m: np.cov(m),
        [REAL],
        **MATRIX,
        reference=lambda np: lambda m: covariance(m, m[0] * 0 + 1, 1),
    ),
    Case(
        "cov.y",
        lambda np: lambda m, y: np.cov(m, y),
        [REAL, REAL],
        shapes=[((3,), (3,)), ((2, 3), (3,))],
        reference=lambda np: lambda m, y: covariance(np.vstack([m, y]), y * 0 + 1, 1),
    ),
    Case(
        "cov.rowvar_bias",
        lambda np: lambda m: np.cov(m, rowvar=False, bias=True),
        [REAL],
        **MATRIX,
        **ONCE,
        reference=lambda np: lambda m: covariance(m.T, m.T[0] * 0 + 1, 0),
    ),
    Case(
        "cov.fweights",
        lambda np: lambda m: np.cov(m, fweights=TIMES),
        [REAL],
        expect={"easygrad empty": "behaviour differs"},
        **MATRIX,
        **ONCE,
        reference=lambda np: lambda m: covariance(m, m[0] * 0 + TIMES, 1),
    ),
    Case(
        "cov.aweights",
        lambda np: lambda m, w: np.cov(m, aweights=w),
        [REAL, POSITIVE],
        shapes=[((2, 3), (3,))],
        reference=lambda np: lambda m, w: covariance(m, w, np.sum(w * w) / np.sum(w)),
    ),
    Case(
        "cov.complex",
        lambda np: lambda m: np.cov(m),
        [COMPLEX],
        **MATRIX,
        **ONCE,
        reference=lambda np: lambda m: covariance(m, np.ones(3), 1),
    ),
    Case(
        "corrcoef",
        lambda np: lambda m: np.corrcoef(m)[0, 1],
        [REAL],
        **MATRIX,
        reference=lambda np: lambda m: correlation(m)[0, 1],
    ),
    Case(
        "corrcoef.y",
        lambda np: lambda m, y: np.corrcoef(m, y, rowvar=False)[0],
        [REAL, REAL],
        shapes=[((3, 2), (3,))],
        aspects=("value", "vjp", "jvp"),
        **ONCE,
        reference=lambda np: lambda m, y: correlation(np.vstack([m.T, y]))[0],
    ),
]

HISTOGRAMS = [
    Case(
        "bincount",
        lambda np: lambda w: np.bincount(COUNTED, w * w, minlength=4),
        [REAL],
        reference=lambda np: lambda w: np.array([w[1] ** 2, 0, w[0] ** 2 + w[2] ** 2, 0], dtype=object),
    ),
    Case(
        "histogram",
        lambda np: lambda w: np.histogram(PLACES, 2, (0.0, 1.0), weights=w * w)[0],
        [REAL],
        dtypes=("float64", "float32"),
        reference=lambda np: lambda w: INSIDE @ (w * w),
        reason="Autograd says 0: it takes a histogram for a constant whatever the weights",
    ),
    Case(
        "histogram.density",
        lambda np: lambda w: np.histogram(PLACES, EDGES, weights=w, density=True)[0],
        [POSITIVE],
        reference=lambda np: lambda w: INSIDE @ w * 2 / np.sum(w),
    ),
    Case(
        "histogram.density_edges",
        lambda np: lambda edges: np.histogram(PLACES, edges, density=True)[0],
        [BETWEEN],
        expect={"easygrad empty": "behaviour differs"},
        reference=lambda np: lambda edges: numpy.array([2, 1]) / np.diff(edges) / 3,
    ),
    Case(
        "histogram.edges",
        lambda np: lambda a: np.histogram(a * a, 2)[1],
        [POSITIVE],
        reference=lambda np: lambda a: np.stack([np.min(a * a), (np.min(a * a) + np.max(a * a)) / 2, np.max(a * a)]),
    ),
    Case(
        "histogram2d",
        lambda np: lambda w: np.histogram2d(PLACES, PLACES[::-1], EDGES, weights=w * w)[0],
        [REAL],
        reference=lambda np: lambda w: (INSIDE * (w * w)) @ INSIDE[:, ::-1].T,
    ),
    Case(
        "histogramdd",
        lambda np: lambda w: np.histogramdd([PLACES, PLACES], [EDGES, EDGES], weights=w, density=True)[0],
        [POSITIVE],
        **ONCE,
        reference=lambda np: lambda w: (INSIDE * w) @ INSIDE.T * 4 / np.sum(w),
    ),
]
