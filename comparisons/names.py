"""NumPy's further names for conversions and for sets of elements: what they return is the elements, moved or copied.

Add a row for a function that has no suite of its own; the referee runs ``reference``, where objects cannot be counted.
"""

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, REAL

FAR = numpy.array([100.0, -100.0])  # no element of DISTINCT


def ordered(np):
    """Return the reference of what gives distinct elements in order."""
    return lambda x: np.sort(x * x)


def ordered_with_far(np):
    """Return the reference of what gives the elements and ``FAR`` in order."""
    return lambda x: np.sort(np.concatenate([x, FAR]))


def bin_edges(np):
    """Return the reference of three bins of the same width."""
    return lambda x: np.min(x) + (np.max(x) - np.min(x)) * numpy.arange(4) / 3


def squared(np):
    """Return the reference of a conversion."""
    return lambda x: x * x


CASES = [
    Case("amax", lambda np: lambda x: np.amax(x * x), [DISTINCT]),
    Case("amin", lambda np: lambda x: np.amin(x * x), [DISTINCT]),
    Case("asanyarray", lambda np: lambda x: np.asanyarray(x * x), [REAL], reference=squared),
    Case("asarray_chkfinite", lambda np: lambda x: np.asarray_chkfinite(x * x), [REAL], reference=squared),
    Case("ascontiguousarray", lambda np: lambda x: np.ascontiguousarray(x * x), [REAL], reference=squared),
    Case("asfortranarray", lambda np: lambda x: np.asfortranarray(x * x), [REAL], reference=squared),
    Case("np.astype", lambda np: lambda x: np.astype(x * x, numpy.float64), [REAL], reference=squared),
    Case("histogram_bin_edges", lambda np: lambda x: np.histogram_bin_edges(x, 3), [DISTINCT], reference=bin_edges),
    Case("setdiff1d", lambda np: lambda x: np.setdiff1d(x * x, FAR), [DISTINCT], reference=ordered),
    Case("setxor1d", lambda np: lambda x: np.setxor1d(x, FAR), [DISTINCT], reference=ordered_with_far),
    Case("union1d", lambda np: lambda x: np.union1d(x, FAR), [DISTINCT], reference=ordered_with_far),
    Case("sort_complex", lambda np: lambda x: np.real(np.sort_complex(x * x)), [DISTINCT], reference=ordered),
    Case("unique_all", lambda np: lambda x: np.unique_all(x * x).values, [DISTINCT], reference=ordered),
    Case("unique_counts", lambda np: lambda x: np.unique_counts(x * x).values, [DISTINCT], reference=ordered),
    Case("unique_inverse", lambda np: lambda x: np.unique_inverse(x * x).values, [DISTINCT], reference=ordered),
    Case("unique_values", lambda np: lambda x: np.unique_values(x * x), [DISTINCT], reference=ordered),
]
