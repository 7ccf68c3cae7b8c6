"""Integrals of functions, with their derivatives by the limits and by what the function depends on.

QUADPACK integrates the plain function and says into which intervals it divided the range. In each of them Gauss's rule
integrates the traced function, wherever its parameters come from (arguments, closures, attributes): the derivative is
as smooth there as the function is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate

from easygrad.core import Array, stop_gradient
from easygrad.rules.composition import boxed_within
from easygrad.rules.decompositions import pinned
from easygrad.scipy.implicit import Watched

Function = Callable[..., Any]
NODES, WEIGHTS = (part * 0.5 for part in np.polynomial.legendre.leggauss(21))
NODES = NODES + 0.5  # of the interval from 0 to 1


def fixed_quad(func: Function, a: Any, b: Any, args: Any = (), n: int = 5) -> tuple[Any, None]:
    """Return the integral by Gauss's rule of ``n`` points, and None; ``func`` takes a vector of points."""
    if np.any(np.isinf(stop_gradient(a))) or np.any(np.isinf(stop_gradient(b))):
        raise ValueError("fixed_quad: Gaussian quadrature is only available for finite limits.")
    nodes, weights = np.polynomial.legendre.leggauss(n)
    half = (b - a) * 0.5
    return half * np.sum(weights * func(half * (nodes + 1.0) + a, *args), axis=-1), None


def quad(
    func: Function, a: Any, b: Any, args: Any = (), full_output: int = 0, weight: Any = None, **options: Any
) -> Any:
    """Return SciPy's result for the integral of ``func`` from ``a`` to ``b``, which may be infinite.

    The value has the derivatives by the limits, by ``args`` and by what else stands in ``func``. Raises
    NotImplementedError where derivatives are taken with ``weight`` or ``complex_func``, and RuntimeError where Gauss's
    rule does not confirm the value, as of an integrand with a singularity.
    """
    extra = args if isinstance(args, tuple) else (args,)
    low, high = float(stop_gradient(a)), float(stop_gradient(b))
    watched = Watched(lambda x: func(x, *extra))
    found = scipy.integrate.quad(watched, low, high, full_output=1, weight=weight, **options)
    if low == high:  # then QUADPACK asks for no value
        watched(low)
    traced = watched.traced or boxed_within((a, b))
    if traced:
        if weight is not None or options.get("complex_func"):
            raise NotImplementedError("quad: no derivative with weight or complex_func; write them into the function.")
        found = (traced_integral(lambda x: func(x, *extra), a, b, found), *found[1:])
    if not full_output and len(found) > 3 and not traced:
        return scipy.integrate.quad(watched, low, high, weight=weight, **options)  # warns, as SciPy does
    return found if full_output else found[:2]


def traced_integral(f: Function, a: Any, b: Any, found: Any) -> Array:
    """Return the value that QUADPACK found, with the derivatives of the sum over its intervals."""
    info, low, high = found[2], float(stop_gradient(a)), float(stop_gradient(b))
    starts, ends = info["alist"][: info["last"]], info["blist"][: info["last"]]
    transformed, width = on_unit(f, a, b, low, high)
    if np.isfinite(low) and np.isfinite(high):
        whole = high - low
        starts, ends = ((part - low) / whole if whole else part for part in (starts, ends))
    if not width:
        starts, ends = np.zeros(1), np.ones(1)
    total: Any = 0.0
    for start, end in zip(starts, ends, strict=True):
        points = start + (end - start) * NODES
        total = total + sum((end - start) * w * transformed(u) for u, w in zip(points, WEIGHTS, strict=True))
    gap = abs(stop_gradient(total) - found[0])
    if not gap <= max(1e-7 * abs(found[0]), 10.0 * found[1], 1e-9):
        raise RuntimeError(
            f"quad: Gauss's rule on the intervals of QUADPACK gives {stop_gradient(total)} and not {found[0]}, so the "
            "derivative would not be right either. Substitute a singularity of the integrand away, or split the range."
        )
    return pinned(np.float64(found[0]), total)


def on_unit(f: Function, a: Any, b: Any, low: float, high: float) -> tuple[Function, bool]:
    """Return the integrand over 0 to 1, with QUADPACK's substitution x = a + (1 - u) / u for an infinite range.

    Next to it whether the range has a length.
    """
    if np.isfinite(low) and np.isfinite(high):
        return lambda u: f(a + (b - a) * u) * (b - a), low != high
    if low == high:
        return lambda u: 0.0 * f(1.0), True
    if np.isinf(low) and np.isinf(high):
        sign = 1.0 if low < high else -1.0
        return lambda u: (f((1.0 - u) / u) + f((u - 1.0) / u)) * (sign / u**2), True
    if np.isinf(high):
        sign = 1.0 if high > 0 else -1.0
        return lambda u: f(a + sign * (1.0 - u) / u) * (sign / u**2), True
    sign = 1.0 if low < 0 else -1.0
    return lambda u: f(b - sign * (1.0 - u) / u) * (sign / u**2), True
