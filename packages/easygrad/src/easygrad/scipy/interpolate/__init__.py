"""``scipy.interpolate`` with curves that can be differentiated; the other names are SciPy's own.

A curve made here has SciPy's values, for plain data too, and is an object of a class of its own.
"""

from __future__ import annotations

from typing import Any

import scipy.interpolate

from easygrad.scipy.interpolate.curves import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    PPoly,
)
from easygrad.scipy.interpolate.grids import RegularGridInterpolator, interp1d
from easygrad.scipy.interpolate.splines import BSpline, make_interp_spline, splev

__all__ = [
    "Akima1DInterpolator", "BSpline", "CubicHermiteSpline", "CubicSpline", "PPoly", "PchipInterpolator",
    "RegularGridInterpolator", "interp1d", "make_interp_spline", "splev",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.interpolate, name)
