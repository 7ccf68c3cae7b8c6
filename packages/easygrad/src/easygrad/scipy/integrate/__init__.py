"""``scipy.integrate`` with the differentiable functions in place; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import scipy.integrate

from easygrad.scipy.integrate.equations import odeint, solve_ivp
from easygrad.scipy.integrate.integrals import fixed_quad, quad
from easygrad.scipy.integrate.samples import cumulative_trapezoid, romb, simpson, trapezoid

__all__ = ["cumulative_trapezoid", "fixed_quad", "odeint", "quad", "romb", "simpson", "solve_ivp", "trapezoid"]


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.integrate, name)
