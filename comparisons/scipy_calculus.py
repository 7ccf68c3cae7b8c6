"""SciPy's integrals, curves, roots, minima and sparse systems; the references are exact solutions of small problems."""

from typing import Any

import numpy
from comparisons.linalg import exact_solve
from comparisons.scipy_special import case_of

from graddiff.domains import POSITIVE, PROBABILITY, REAL, SPD, WELL_CONDITIONED

TIMES = numpy.array([0.0, 0.5, 1.0])
POINTS = numpy.array([0.0, 1.0, 2.0, 3.0])
LINE = numpy.array([0.0, 1.0, 2.0])
ROWS, COLUMNS = numpy.array([0, 0, 1, 1]), numpy.array([0, 1, 0, 1])
ONCE: dict[str, Any] = {"aspects": ("value", "vjp", "jvp", "fwd-over-rev", "rev-over-rev")}
SOLVED: dict[str, Any] = {"aspects": ("vjp", "jvp", "fwd-over-rev", "rev-over-rev")}  # a value is SciPy's own


def parabola_spline(y: Any, at: Any) -> Any:
    """Return the not-a-knot spline through four points, which is one polynomial (Lagrange)."""
    total = 0 * at
    for i in range(4):
        term = y[i] + 0 * at
        for j in range(4):
            if j != i:
                term = term * (at - j) / (i - j)
        total = total + term
    return total


def simpson(y: Any) -> Any:
    """Return Simpson's sum of five samples."""
    return (y[0] + 4 * y[1] + 2 * y[2] + 4 * y[3] + y[4]) / 3


def decay(p: Any, y0: Any) -> Any:
    """Return the solution of ``y' = -p y`` at the times."""
    return numpy.stack([y0 * numpy.exp(-p * t) for t in TIMES])[:, None]


def powers(p: Any) -> Any:
    """Return the integral of ``x^2 exp(-p x)`` from 0 to infinity."""
    return 2 / (p * p * p)


def fitted(y: Any) -> Any:
    """Return the line of least squares through samples at 0, 1, 2: its slope and its value at 0."""
    slope = (y[2] - y[0]) / 2
    return numpy.stack([slope, (y[0] + y[1] + y[2]) / 3 - slope])


def largest(a: Any) -> Any:
    """Return the larger eigenvalue of a matrix of two rows."""
    middle, determinant = (a[0, 0] + a[1, 1]) / 2, a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    return numpy.stack([middle + numpy.sqrt(middle * middle - determinant)])


def exp(x: Any) -> Any:
    """Return the exponential, of traced values too, which dispatch."""
    return numpy.exp(x)


def sparse(m: Any, a: Any) -> Any:
    """Return a matrix of two rows as a sparse one."""
    return m.coo_array((a.ravel(), (ROWS, COLUMNS)), shape=(2, 2)).tocsc()


INTEGRALS = [
    case_of("integrate", "simpson", lambda m: lambda y: m.simpson(y), [REAL], [(5,)], simpson),
    case_of("integrate", "trapezoid", lambda m: lambda y, x: m.trapezoid(y, x), [REAL, POSITIVE], [((3,), (3,))],
            lambda y, x: (x[1] - x[0]) * (y[0] + y[1]) / 2 + (x[2] - x[1]) * (y[1] + y[2]) / 2),
    case_of("integrate", "quad", lambda m: lambda p: m.quad(lambda x: x**2 * exp(-p * x), 0, numpy.inf)[0],
            [POSITIVE], [()], powers, **ONCE),
    case_of("integrate", "solve_ivp",
            lambda m: lambda p: m.solve_ivp(
                lambda t, y: -p * y, (0, 1), [1.0], method="DOP853", t_eval=TIMES, rtol=1e-12, atol=1e-12
            ).y.T,
            [POSITIVE], [()], lambda p: decay(p, 1), **SOLVED),
    # Autograd's odeint is not asked about parameters in `args`: its derivative is as good as the solver's tolerance,
    # which is no mistake, and not the rounding error that a cell is held to.
    case_of("integrate", "odeint.closure",
            lambda m: lambda p, y: m.odeint(lambda y, t: -p * y, y, TIMES, rtol=1e-8, atol=1e-8),
            [PROBABILITY, POSITIVE], [((), ())], decay, **SOLVED),
    case_of("interpolate", "CubicSpline", lambda m: lambda y, at: m.CubicSpline(POINTS, y)(at), [REAL, POSITIVE],
            [((4,), (2,))], parabola_spline),
]  # fmt: skip
SOLUTIONS = [
    case_of("optimize", "brentq", lambda m: lambda p: m.brentq(lambda x: x**2 - p, 0, 5, xtol=1e-14), [POSITIVE],
            [()], numpy.sqrt, **ONCE),
    case_of("optimize", "root", lambda m: lambda p: m.root(lambda x: x**3 - p, numpy.ones(2), tol=1e-14).x,
            [POSITIVE], [(2,)], lambda p: numpy.cbrt(p), **ONCE),
    case_of("optimize", "fixed_point", lambda m: lambda p: m.fixed_point(lambda x: (x + p / x) / 2, numpy.ones(2)),
            [POSITIVE], [(2,)], numpy.sqrt, **ONCE),
    case_of("optimize", "minimize",
            lambda m: lambda p: m.minimize(
                lambda x: ((x - p) ** 2).sum() + x[0] * x[1], numpy.ones(2), tol=1e-12
            ).x,
            [POSITIVE], [(2,)], lambda p: numpy.stack([(4 * p[0] - 2 * p[1]) / 3, (4 * p[1] - 2 * p[0]) / 3]),
            **SOLVED),
    case_of("optimize", "curve_fit", lambda m: lambda y: m.curve_fit(lambda x, a, b: a * x + b, LINE, y)[0], [REAL],
            [(3,)], fitted, **SOLVED),
    case_of("sparse", "spsolve", lambda m: lambda a, b: m.linalg.spsolve(sparse(m, a), b), [WELL_CONDITIONED, REAL],
            [((2, 2), (2, 2))], exact_solve, linear_algebra=True),
    case_of("sparse", "eigsh",
            lambda m: lambda a: m.linalg.eigsh(sparse(m, a + a.T), 1, which="LA", return_eigenvectors=False),
            [SPD], [(2, 2)], lambda a: largest(a + a.T), linear_algebra=True),
]  # fmt: skip
