"""Curves as they are plotted and fitted: in their variable, and in their parameters.

To add a curve, write a row with one domain for the variable and one for each parameter. Each is
differentiated alone, then all together; the second row of shapes is many points for one set of parameters.
"""

import numpy

from graddiff import Case
from graddiff.domains import POSITIVE, REAL

CASES = [
    Case(
        "curve.ricker",
        lambda np: lambda x, f: (1 - 2 * (np.pi * f * x) ** 2) * np.exp(-((np.pi * f * x) ** 2)),
        [REAL, POSITIVE],
        shapes=[(3,), ((4,), ())],
    ),
    Case(
        "curve.exponential",
        lambda np: lambda x, theta: 1 - np.exp(-x / theta),
        [POSITIVE, POSITIVE],
        shapes=[(3,), ((4,), ())],
    ),
    Case(
        "curve.cauchy",
        lambda np: lambda x, m, d: 0.5 + np.arctan((x - m) / d) / np.pi,
        [REAL, REAL, POSITIVE],
        shapes=[(3,), ((4,), (), ())],
    ),
    Case(
        "curve.beat",
        lambda np: lambda x, k: np.sin(x) * np.cos(x / k),
        [REAL, POSITIVE],
        shapes=[(3,), ((4,), ())],
    ),
    Case(
        "curve.beat_of_4",
        lambda np: lambda x: np.sin(x) * np.cos(x / 4),
        [REAL],
        kinds=("float", "int"),
        orders=(1, 2, 3),
    ),
    Case(
        "curve.ricker_of_1",
        lambda np: lambda x: (1 - 2 * (np.pi * x) ** 2) * np.exp(-((np.pi * x) ** 2)),
        [REAL],
        kinds=("float",),
        orders=(1, 2, 3),
    ),
    Case(
        "curve.least_squares",
        lambda np: lambda a, b: np.sum((a * np.exp(-b * numpy.array([0.0, 0.5, 1.0, 2.0])) - 0.7) ** 2),
        [POSITIVE, POSITIVE],
        shapes=[()],
        kinds=("float",),
    ),
]
