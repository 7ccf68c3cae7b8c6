"""The types that the modules share, and small functions on arrays that several of them need."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]
Function = Callable[..., Any]


def perturbed(value: Array, amount: Array) -> Array:
    """Return `value` with each element increased by the share `amount` of itself."""
    return np.asarray(value + value * amount)


def is_finite(value: Any) -> bool:
    """Say whether `value` is made of finite numbers only."""
    array = np.asarray(value)
    return bool(array.dtype.kind in "biufc" and np.all(np.isfinite(array)))


def short(value: Any) -> str:
    """Return `value` on one line, with at most six elements and twelve digits."""
    array = np.asarray(value)
    if array.ndim == 0:
        return number(array[()])
    shown = ", ".join(number(element) for element in array.ravel()[:6])
    more = ", ..." if array.size > 6 else ""
    return f"{array.shape} [{shown}{more}]"


def number(value: Any) -> str:
    """Return one number with twelve digits; what is no number, as its repr."""
    if isinstance(value, complex | np.complexfloating):
        return f"{value:.12g}"
    if isinstance(value, float | np.floating):
        return f"{float(value):.12g}"
    return str(value)
