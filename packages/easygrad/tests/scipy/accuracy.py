"""The worst errors of the special functions' derivatives against mpmath, over the range that is stated for each.

``python packages/easygrad/tests/scipy/accuracy.py`` prints the table; ``test_special_accuracy.py`` holds the bounds. An
error is relative to ``|f'| + |x f''|``: near a zero of the derivative the rounding of x itself is as large.

To add a function, write a row: a range for each argument (logarithmic where both ends are positive), the function of
an mpmath context, the bound.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from easygrad import deriv, grad
from easygrad.scipy import special

DIGITS = 60
STEP = 10.0**-18


@dataclass(frozen=True)
class Row:
    """A function with constant first arguments, the ranges of the others, its truth, and the bounds of the errors."""

    name: str
    ranges: Sequence[tuple[float, float]]
    truth: Callable[..., Any]
    bound: float
    fixed: Sequence[float] = ()
    second_bound: float = 1e-11

    def points(self, number: int) -> Any:
        """Return points of the ranges."""
        share = np.random.default_rng(7).uniform(size=(number, len(self.ranges)))
        columns = [
            low * (high / low) ** u if low > 0 else low + (high - low) * u
            for (low, high), u in zip(self.ranges, share.T, strict=True)
        ]
        return np.stack(columns, axis=1)


def truth_of(row: Row, point: Any, place: int) -> tuple[Any, Any]:
    """Return the first and second derivative by one argument, from differences of numbers of 60 digits."""
    context = mpmath.MPContext()
    context.dps = DIGITS
    args = [context.mpf(float(x)) for x in point]
    h = abs(args[place]) * context.mpf(STEP)

    def at(steps: int) -> Any:
        moved = [x + steps * h if i == place else x for i, x in enumerate(args)]
        return context.re(row.truth(context, *map(context.mpf, row.fixed), *moved))

    ahead, here, behind = at(1), at(0), at(-1)
    return (ahead - behind) / (2 * h), (ahead - 2 * here + behind) / h**2


def errors(row: Row, point: Any, place: int) -> tuple[float, float]:
    """Return the relative errors of the first derivative, in the worse of the two modes, and of the second."""
    function = getattr(special, row.name)

    def of_one(x: Any) -> Any:
        return function(*row.fixed, *point[:place], x, *point[place + 1 :])

    x, (first, second) = float(point[place]), truth_of(row, point, place)
    if abs(first) < 1e-280:
        return 0.0, 0.0
    scale = abs(first) + abs(x * second)
    worst = max(abs(mode(of_one)(x) - first) for mode in (grad, deriv)) / scale
    curvature = abs(grad(grad(of_one))(x) - second) / (abs(second) + abs(first / x))
    return float(worst), float(curvature)


def worst_errors(row: Row, number: int) -> list[tuple[float, float]]:
    """Return the worst errors by each argument."""
    found = []
    for place in range(len(row.ranges)):
        pairs = [errors(row, point, place) for point in row.points(number)]
        found.append((max(first for first, _ in pairs), max(second for _, second in pairs)))
    return found


def lower_gamma(c: Any, a: Any, x: Any) -> Any:
    """Return the lower regularised incomplete gamma function, less 1 where it is near 1."""
    return c.gammainc(a, 0, x, regularized=True) if x < a else -c.gammainc(a, x, c.inf, regularized=True)


def lower_beta(c: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the regularised incomplete beta function, less 1 where it is near 1."""
    low = x * (a + b) < a
    return c.betainc(a, b, 0, x, regularized=True) if low else -c.betainc(a, b, x, 1, regularized=True)


WIDE, LINE = (1e-3, 1e3), (-6.0, 6.0)
ROWS = [
    Row("gamma", [(-5.0, 30.0)], lambda c, x: c.gamma(x), 1e-12),
    Row("gammaln", [(1e-3, 1e6)], lambda c, x: c.loggamma(x), 1e-13),
    Row("rgamma", [(-5.0, 30.0)], lambda c, x: c.rgamma(x), 1e-12),
    Row("digamma", [(1e-3, 1e6)], lambda c, x: c.digamma(x), 1e-13),
    Row("digamma", [(-5.0, 0.0)], lambda c, x: c.digamma(x), 1e-12),
    Row("polygamma", [(1e-3, 1e3)], lambda c, n, x: c.polygamma(int(n), x), 1e-13, [2.0]),
    Row("zeta", [(1e-3, 1e3)], lambda c, x, q: c.zeta(x, q), 1e-13, [2.5]),
    Row("gammainc", [WIDE, WIDE], lower_gamma, 1e-11),
    Row("gammaincc", [WIDE, WIDE], lambda c, a, x: -lower_gamma(c, a, x), 1e-11),
    Row("beta", [(1e-2, 1e2)] * 2, lambda c, a, b: c.beta(a, b), 1e-12),
    Row("betaln", [(1e-2, 1e4)] * 2, lambda c, a, b: c.log(c.beta(a, b)), 1e-9),
    Row("betainc", [WIDE, WIDE, (1e-6, 1 - 1e-6)], lower_beta, 1e-9, second_bound=1e-7),
    Row("betaincc", [WIDE, WIDE, (1e-6, 1 - 1e-6)], lambda c, *xs: -lower_beta(c, *xs), 1e-9, second_bound=1e-7),
    Row("erf", [LINE], lambda c, x: c.erf(x), 1e-13),
    Row("erfc", [LINE], lambda c, x: c.erfc(x), 1e-13),
    Row("erfcx", [(-5.0, 1e3)], lambda c, x: c.exp(x * x) * c.erfc(x), 1e-12),
    Row("erfinv", [(-0.999, 0.999)], lambda c, x: c.erfinv(x), 1e-13),
    Row("dawsn", [LINE], lambda c, x: c.exp(-x * x) * c.sqrt(c.pi) / 2 * c.erfi(x), 1e-12),
    Row("ndtr", [(-30.0, 8.0)], lambda c, x: c.erfc(-x / c.sqrt(2)) / 2, 1e-12),
    Row("log_ndtr", [(-1e3, 8.0)], lambda c, x: c.log(c.erfc(-x / c.sqrt(2)) / 2), 1e-12),
    Row("ndtri", [(1e-6, 0.999)], lambda c, x: c.sqrt(2) * c.erfinv(2 * x - 1), 1e-12),
    Row(
        "owens_t",
        [(-4.0, 4.0), (0.1, 4.0)],
        lambda c, h, a: c.quad(lambda t: c.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (2 * c.pi),
        1e-12,
    ),
    Row("expit", [(-30.0, 30.0)], lambda c, x: 1 / (1 + c.exp(-x)), 1e-13),
    Row("log_expit", [(-30.0, 30.0)], lambda c, x: -c.log(1 + c.exp(-x)), 1e-13),
    Row("exprel", [(-30.0, 30.0)], lambda c, x: (c.exp(x) - 1) / x, 1e-12),
    Row("boxcox", [(1e-2, 1e2), (-3.0, 3.0)], lambda c, x, k: (x**k - 1) / k, 1e-12),
    Row("j0", [(0.1, 50.0)], lambda c, x: c.besselj(0, x), 1e-13),
    Row("j1", [(0.1, 50.0)], lambda c, x: c.besselj(1, x), 1e-13),
    Row("y0", [(0.1, 50.0)], lambda c, x: c.bessely(0, x), 1e-12),
    Row("iv", [(0.1, 50.0)], lambda c, v, x: c.besseli(v, x), 1e-13, [0.7]),
    Row("i0e", [(0.1, 50.0)], lambda c, x: c.exp(-x) * c.besseli(0, x), 1e-12),
    Row("i1e", [(0.1, 50.0)], lambda c, x: c.exp(-x) * c.besseli(1, x), 1e-12),
    Row("kv", [(0.01, 30.0), (0.01, 100.0)], lambda c, v, x: c.besselk(v, x), 1e-11, second_bound=1e-9),
    Row("kve", [(0.01, 30.0), (0.01, 100.0)], lambda c, v, x: c.exp(x) * c.besselk(v, x), 1e-11, second_bound=1e-9),
    Row("struve", [(0.1, 20.0)], lambda c, v, x: c.struveh(v, x), 1e-12, [0.7]),
    Row("expi", [(0.01, 50.0)], lambda c, x: c.ei(x), 1e-13),
    Row("exp1", [(0.01, 50.0)], lambda c, x: c.e1(x), 1e-13),
    Row("expn", [(0.01, 50.0)], lambda c, n, x: c.expint(n, x), 1e-12, [2.0]),
    Row("spence", [(0.01, 1.9)], lambda c, x: c.polylog(2, 1 - x), 1e-12),
    Row("ellipk", [(0.01, 0.99)], lambda c, m: c.ellipk(m), 1e-12),
    Row("ellipe", [(0.01, 0.99)], lambda c, m: c.ellipe(m), 1e-12),
    Row("hyp2f1", [(-0.9, 0.9)], lambda c, *xs: c.hyp2f1(*xs), 1e-11, [0.4, 1.3, 2.2]),
    Row("hyp1f1", [(-20.0, 20.0)], lambda c, *xs: c.hyp1f1(*xs), 1e-11, [0.4, 1.3]),
    Row(
        "stdtr",
        [(0.3, 1e3), LINE],
        lambda c, df, t: (1 if t > 0 else -1) * -lower_beta(c, df / 2, c.mpf(1) / 2, df / (df + t * t)) / 2,
        1e-10,
    ),
]


def main() -> None:
    """Print the table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print(f"{number} points for each argument; worst relative errors of the first and second derivative\n")
    print(f"{'function':14}{'argument':>9}  {'range':24}{'first':>10}{'second':>10}")
    for row in ROWS:
        for place, (first, second) in enumerate(worst_errors(row, number)):
            low, high = row.ranges[place]
            span, at = f"{low:g} to {high:g}", len(row.fixed) + place
            print(
                f"{row.name:14}{at:>9}  {span:24}{first:10.1e}{second:10.1e}  {row.bound:.0e} {row.second_bound:.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
