"""SciPy's integrals, curves, roots, minima and sparse systems; the references are exact solutions of small problems."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from comparisons.linalg import exact_solve
from comparisons.scipy_special import scipy_of

from graddiff import Case
from graddiff.domains import POSITIVE, REAL, WELL_CONDITIONED, Domain

TIMES = numpy.array([0.0, 0.5, 1.0])
POINTS = numpy.array([0.0, 1.0, 2.0, 3.0])
ROWS, COLUMNS = numpy.array([0, 0, 1, 1]), numpy.array([0, 1, 0, 1])
ONCE: dict[str, Any] = {"aspects": ("value", "vjp", "jvp", "fwd-over-rev", "rev-over-rev")}
# The value is SciPy's, as the solver stopped. odeint is not here: its steps are not fine enough for the bound of
# rounding errors by which a cell is judged; tests/scipy/test_integrate.py has it, to the tolerance of the solver.
SOLVED: dict[str, Any] = {"aspects": ("vjp", "jvp", "fwd-over-rev", "rev-over-rev")}


def case(
    module: str,
    name: str,
    function: Callable[..., Any],
    domains: Sequence[Domain],
    shapes: Sequence[Any],
    reference: Any,
    **options: Any,
) -> Case:
    """Return the case of a function ``lambda module: lambda *args: ...``."""
    return Case(
        f"scipy.{module}.{name}",
        lambda np: function(scipy_of(np, module)),
        domains,
        shapes=shapes,
        reference=lambda np: reference,
        behaviours=(),
        **options,
    )


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


CASES = [
    case("integrate", "simpson", lambda m: lambda y: m.simpson(y), [REAL], [(5,)], simpson),
    case("integrate", "trapezoid", lambda m: lambda y, x: m.trapezoid(y, x), [REAL, POSITIVE], [((3,), (3,))],
         lambda y, x: (x[1] - x[0]) * (y[0] + y[1]) / 2 + (x[2] - x[1]) * (y[1] + y[2]) / 2),
    case("integrate", "quad", lambda m: lambda p: m.quad(lambda x: x**2 * exp(-p * x), 0, numpy.inf)[0], [POSITIVE],
         [()], powers, **ONCE),
    case("integrate", "solve_ivp", lambda m: lambda p: m.solve_ivp(lambda t, y: -p * y, (0, 1), [1.0], method="DOP853",
         t_eval=TIMES, rtol=1e-12, atol=1e-12).y.T, [POSITIVE], [()], lambda p: decay(p, 1), **SOLVED),
    case("interpolate", "CubicSpline", lambda m: lambda y, at: m.CubicSpline(POINTS, y)(at), [REAL, POSITIVE],
         [((4,), (2,))], parabola_spline),
    case("optimize", "brentq", lambda m: lambda p: m.brentq(lambda x: x**2 - p, 0, 5, xtol=1e-14), [POSITIVE], [()],
         numpy.sqrt, **ONCE),
    case("optimize", "root", lambda m: lambda p: m.root(lambda x: x**3 - p, numpy.ones(2), tol=1e-14).x, [POSITIVE],
         [(2,)], lambda p: numpy.cbrt(p), **ONCE),
    case("optimize", "minimize", lambda m: lambda p: m.minimize(lambda x: ((x - p) ** 2).sum() + x[0] * x[1],
         numpy.ones(2), tol=1e-12).x, [POSITIVE], [(2,)],
         lambda p: numpy.stack([(4 * p[0] - 2 * p[1]) / 3, (4 * p[1] - 2 * p[0]) / 3]), **SOLVED),
    case("sparse", "spsolve", lambda m: lambda a, b: m.linalg.spsolve(
         m.coo_array((a.ravel(), (ROWS, COLUMNS)), shape=(2, 2)).tocsc(), b), [WELL_CONDITIONED, REAL],
         [((2, 2), (2, 2))], exact_solve, linear_algebra=True),
]  # fmt: skip


def exp(x: Any) -> Any:
    """Return the exponential, of traced values too, which dispatch."""
    return numpy.exp(x)
