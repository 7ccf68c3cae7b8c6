"""SciPy's signals and images: convolutions, filters in time, filters of images; references are plain loops."""

from collections.abc import Callable
from typing import Any

import numpy
from comparisons.scipy_special import case_of

from graddiff.domains import POSITIVE, REAL

OWN_SIGNATURE = "Autograd's convolve knows no correlate; mode 'same' is not the one of SciPy"


def full(x: Any, y: Any) -> Any:
    """Return the whole convolution of two vectors."""
    n = x.size + y.size - 1
    return numpy.stack([sum(x[i] * y[k - i] for i in range(x.size) if 0 <= k - i < y.size) for k in range(n)])


def filtered(b: Any, a: Any, x: Any) -> Any:
    """Return the filtered vector, by the recurrence."""
    y: list[Any] = []
    for n in range(x.size):
        inputs = sum(b[k] * x[n - k] for k in range(b.size) if n >= k)
        outputs = sum(a[k] * y[n - k] for k in range(1, a.size) if n >= k)
        y.append((inputs - outputs) / a[0])
    return numpy.stack(y)


def windowed(x: Any, w: Any, place: Callable[[int, int], int]) -> Any:
    """Return the correlation with a window of three, ``place`` saying what stands outside."""
    n = x.size
    return numpy.stack([sum(w[k] * x[place(i + k - 1, n)] for k in range(3)) for i in range(n)])


def mirror(i: int, n: int) -> int:
    """Return the place of the element that stands at ``i`` in SciPy's mode "reflect"."""
    return -1 - i if i < 0 else 2 * n - 1 - i if i >= n else i


def nearest(i: int, n: int) -> int:
    """Return the place of the nearest element."""
    return min(max(i, 0), n - 1)


def smoothed(x: Any, sigma: Any) -> Any:
    """Return the vector under a window of Gauss of three elements."""
    tail = numpy.exp(-1 / (2 * sigma * sigma))
    return windowed(x, numpy.stack([tail / (1 + 2 * tail), 1 / (1 + 2 * tail), tail / (1 + 2 * tail)]), mirror)


PAIR, TWO = [((4,), (3,))], [REAL, REAL]
CASES = [
    case_of("signal", "convolve", lambda m: lambda x, y: m.convolve(x, y), TWO, PAIR, full),
    case_of("signal", "convolve.valid", lambda m: lambda x, y: m.convolve(x, y, mode="valid"), TWO, PAIR,
            lambda x, y: full(x, y)[2:4]),
    case_of("signal", "convolve.same", lambda m: lambda x, y: m.convolve(x, y, mode="same"), TWO, PAIR,
            lambda x, y: full(x, y)[1:5], reason=OWN_SIGNATURE),
    case_of("signal", "fftconvolve", lambda m: lambda x, y: m.fftconvolve(x, y), TWO, PAIR, full),
    case_of("signal", "correlate", lambda m: lambda x, y: m.correlate(x, y), TWO, PAIR,
            lambda x, y: full(x, y[::-1])),
    case_of("signal", "lfilter", lambda m: lambda b, a, x: m.lfilter(b, a, x), [REAL, POSITIVE, REAL],
            [((2,), (3,), (4,))], filtered),
    case_of("ndimage", "correlate1d", lambda m: lambda x, w: m.correlate1d(x, w), TWO, PAIR,
            lambda x, w: windowed(x, w, mirror)),
    case_of("ndimage", "convolve.nearest", lambda m: lambda x, w: m.convolve(x, w, mode="nearest"), TWO, PAIR,
            lambda x, w: windowed(x, w[::-1], nearest)),
    case_of("ndimage", "gaussian_filter", lambda m: lambda x, s: m.gaussian_filter(x, s, radius=1), [REAL, POSITIVE],
            [((4,), ())], smoothed),
]  # fmt: skip
