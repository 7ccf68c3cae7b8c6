"""Polynomials as vectors of coefficients; Autograd has none of these functions but those NumPy writes with operators.

To add a function, write a row for each of its options.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, DISTINCT, NONZERO, REAL, Domain

ONCE: dict[str, Any] = {"orders": (1,)}
AT = numpy.array([-1.0, -0.5, 0.25, 1.0])
FACTORS = numpy.array([1.0, 0.5, 2.0, 0.75])
THREE_REAL_ROOTS = Domain("THREE_REAL_ROOTS", lambda rng, shape: numpy.array([1.0, -0.5, -2.0, 0.4]))


def solved(matrix: Any, rhs: Any) -> Any:
    """Return the solution of linear equations by elimination, without a change of rows."""
    rows = numpy.concatenate([matrix, rhs], axis=1)
    n = len(rows)
    for i in range(n):
        for j in range(n):
            if j != i:
                rows[j] = rows[j] - rows[i] * (rows[j, i] / rows[i, i])
    return rows[:, n:] / numpy.diagonal(rows)[:, None]


def fitted(x: Any, y: Any, deg: int, w: Any = 1.0) -> Any:
    """Return np.polyfit of one row of values by the normal equations."""
    powers = numpy.stack([x ** (deg - k) * w for k in range(deg + 1)], axis=1)
    return solved(powers.T @ powers, powers.T @ (y * w)[:, None])[:, 0]


def covariance(x: Any, y: Any, deg: int) -> Any:
    """Return the covariance that np.polyfit gives."""
    powers = numpy.stack([x ** (deg - k) for k in range(deg + 1)], axis=1)
    rest = y - powers @ fitted(x, y, deg)
    one = x[0] * 0 + 1
    return solved(powers.T @ powers, numpy.eye(deg + 1) * one) * numpy.sum(rest * rest) / (len(x) - deg - 1)


def zeros(p: Any) -> Any:
    """Return np.roots by Newton's method from its own answer."""
    start = [complex(number.raw) for number in p]
    start = start if any(value.imag for value in start) else [value.real for value in start]
    found = numpy.roots(start).astype(object) + p[0] * 0
    for _ in range(8):
        found = found - numpy.polyval(p, found) / numpy.polyval(numpy.polyder(p), found)
    return found


def divided(u: Any, v: Any) -> Any:
    """Return the quotient of np.polydiv and then the remainder."""
    rest, quotient = list(u), []
    for k in range(len(u) - len(v) + 1):
        quotient.append(rest[k] / v[0])
        rest[k : k + len(v)] = [a - quotient[-1] * b for a, b in zip(rest[k:], v, strict=False)]
    return numpy.array([*quotient, *rest[len(quotient) :]], dtype=object)


CASES = [
    Case(
        "polyval",
        lambda np: lambda p, x: np.polyval(p, x),
        [REAL, REAL],
        shapes=[((3,), (2,)), ((4,), ()), ((1,), (2, 2))],
        dtypes=("float64", "float32"),
    ),
    Case("polyval.complex", lambda np: lambda p, x: np.polyval(p, x), [COMPLEX, COMPLEX], shapes=[((2,), (2,))]),
    Case("polyval.list", lambda np: lambda x: np.polyval([1, 0.5, -2], x), [REAL]),
    Case(
        "polyadd",
        lambda np: lambda p, q: np.polyadd(p * p, q),
        [REAL, REAL],
        shapes=[((3,), (2,)), ((2,), (3,)), ((2,), (2,))],
        dtypes=("float64", "float32"),
    ),
    Case("polysub", lambda np: lambda p, q: np.polysub(p * p, q), [REAL, REAL], shapes=[((3,), (2,)), ((2,), (3,))]),
    Case(
        "polymul",
        lambda np: lambda p, q: np.polymul(p, q),
        [NONZERO, NONZERO],
        expect={"easygrad empty": "behaviour differs"},
        shapes=[((3,), (2,)), ((2,), (3,))],
        dtypes=("float64", "float32"),
        reference=lambda np: np.convolve,
    ),
    Case(
        "polydiv",
        lambda np: lambda u, v: np.concatenate(np.polydiv(u, v)),
        [NONZERO, NONZERO],
        shapes=[((4,), (2,)), ((2,), (3,))],
        reference=lambda np: lambda u, v: divided(u, v) if len(u) >= len(v) else np.concatenate([[0], u]),
    ),
    Case("polyder", lambda np: lambda p: np.polyder(p * p), [REAL], shapes=[(4,)]),
    Case("polyder.m", lambda np: lambda p: np.polyder(p * p, 2), [REAL], shapes=[(4,)], **ONCE),
    Case("polyint", lambda np: lambda p: np.polyint(p * p), [REAL]),
    Case(
        "polyint.constants",
        lambda np: lambda p, k: np.polyint(p * p, 2, k),
        [REAL, REAL],
        shapes=[((2,), (2,))],
        **ONCE,
        reference=lambda np: lambda p, k: np.array([p[0] ** 2 / 6, p[1] ** 2 / 2, k[0], k[1]], dtype=object),
    ),
    Case("vander", lambda np: lambda x: np.vander(x), [REAL]),
    Case("vander.increasing", lambda np: lambda x: np.vander(x, 4, increasing=True), [REAL], shapes=[(2,)]),
    Case(
        "poly",
        lambda np: lambda roots: np.poly(roots),
        [REAL],
        expect={"easygrad empty": "behaviour differs"},
        dtypes=("float64", "float32"),
        reference=lambda np: lambda r: np.convolve(np.convolve([1, -r[0]], [1, -r[1]]), [1, -r[2]]),
    ),
    Case(
        "roots",
        lambda np: lambda p: np.roots(p),
        [THREE_REAL_ROOTS],
        shapes=[(4,)],
        dtypes=("float64", "float32"),
        reference=lambda np: zeros,
    ),
    Case("roots.complex", lambda np: lambda p: np.roots(p), [COMPLEX], reference=lambda np: zeros),
    Case(
        "polyfit",
        lambda np: lambda y: np.polyfit(AT, y * y, 2),
        [REAL],
        shapes=[(4,)],
        reference=lambda np: lambda y: fitted(AT + y * 0, y * y, 2),
    ),
    Case(
        "polyfit.x",
        lambda np: lambda x, y: np.polyfit(x, y, 1),
        [DISTINCT, REAL],
        shapes=[((4,), (4,))],
        reference=lambda np: lambda x, y: fitted(x, y, 1),
    ),
    Case(
        "polyfit.w",
        lambda np: lambda y, w: np.polyfit(AT, y, 1, w=w),
        [REAL, NONZERO],
        shapes=[((4,), (4,))],
        **ONCE,
        reference=lambda np: lambda y, w: fitted(AT + y * 0, y, 1, w),
    ),
    Case(
        "polyfit.cov",
        lambda np: lambda x, y: np.polyfit(x, y, 1, cov=True)[1],
        [DISTINCT, REAL],
        shapes=[((4,), (4,))],
        **ONCE,
        reference=lambda np: lambda x, y: covariance(x, y, 1),
    ),
]
