"""Integrals whose integrand falls off from its start: to these come derivatives by parameters of the gamma family.

The integrand is written with functions that have derivatives, so the integral has them too, to any order. Its end and
its nodes are constants.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from easygrad.core import Array, Rule, stop_gradient

NEGLIGIBLE = -42.0  # exp(-42) is 6e-19
PANELS = (0.0, 0.125, 1.0)
LONGEST, SHORTEST = 14.0, -40.0  # powers of 2 between which an integral ends
STEPS = 160
NODES, WEIGHTS = (np.asarray(x) for x in np.polynomial.legendre.leggauss(40))
PLACES = np.concatenate([a + (b - a) * (NODES + 1.0) / 2.0 for a, b in pairwise(PANELS)])
SHARES = np.concatenate([(b - a) * WEIGHTS / 2.0 for a, b in pairwise(PANELS)])


def reach(exponent: Rule, shape: tuple[int, ...]) -> Array:
    """Return where a falling exponent has become negligible, within a factor of 1.3, by bisection of the logarithm."""
    low, high = np.full(shape, SHORTEST), np.full(shape, LONGEST)
    for _ in range(8):
        middle = (low + high) / 2.0
        done = stop_gradient(exponent(2.0**middle)) < NEGLIGIBLE
        low, high = np.where(done, low, middle), np.where(done, middle, high)
    return 2.0**high


def integral(exponent: Rule, weight: Rule, shape: tuple[int, ...], apart: Array = None) -> Array:
    """Return the integral of ``weight(u) exp(exponent(u))`` over ``u > 0``, by Gauss-Legendre rules on two panels.

    The functions take an array of shape ``(*shape, nodes)``; ``exponent`` is 0 at 0 and falls in the end. ``apart`` is
    the distance from 0 to a singularity on the negative axis, if there is one: then ``u = apart (exp(w) - 1)``.
    """
    end = reach(exponent, (*shape, 1))
    if apart is None:
        u, widths = end * PLACES, end * SHARES
    else:
        w, d = np.log1p(end / apart[..., None]), apart[..., None]
        u, widths = d * np.expm1(w * PLACES), d * w * SHARES * np.exp(w * PLACES)
    return np.sum(widths * (weight(u) * np.exp(exponent(u))), axis=-1)


def even_integral(exponent: Rule, weight: Rule, shape: tuple[int, ...]) -> Array:
    """Return the integral as ``integral`` does, of an integrand that is even, 0 at 0, or negligible there.

    For these, and a peak anywhere, the trapezoidal rule converges faster than any power of its step (Trefethen and
    Weideman 2014, SIAM Rev. 56, 385).
    """
    step = reach(exponent, (*shape, 1)) / STEPS
    u = step * np.arange(1.0, STEPS + 1.0)
    return np.sum(step * (weight(u) * np.exp(exponent(u))), axis=-1)
