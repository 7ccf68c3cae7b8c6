"""The helpers for forward rules that programs import."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..absent import getter as _getter
from ..core import def_linear, defjvp, defjvp_argnum, vspace
from ..util import func
from . import numpy_wrapper as anp
from .numpy_boxes import ArrayBox
from .numpy_vjps import balanced_eq, match_complex, replace_zero

__all__ = [
    "ArrayBox",
    "anp",
    "balanced_eq",
    "broadcast",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "func",
    "match_complex",
    "replace_zero",
    "vspace",
]


def broadcast(x: Any, target: Any) -> Any:
    """Return a tangent broadcast to the shape of a target, and complex if that is."""
    x = np.broadcast_to(x, np.shape(target))
    return x + 0j if np.iscomplexobj(target) and not np.iscomplexobj(x) else x


__getattr__ = _getter("autograd.numpy.numpy_jvps")
