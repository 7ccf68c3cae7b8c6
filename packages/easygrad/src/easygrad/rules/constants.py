"""Functions that are constant wherever they have a derivative: they answer for the plain values.

Comparisons, predicates, rounding, positions, and arrays made from the shape of another.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

import numpy as np

from easygrad.core import Rule, stop_gradient


def constant(fun: Rule) -> Rule:
    """Return ``fun`` as a function of the plain values: no derivative flows through it."""

    def call(*args: Any, **options: Any) -> Any:
        return fun(*stop_gradient(args), **{name: stop_gradient(value) for name, value in options.items()})

    update_wrapper(call, fun)
    call.constant = fun  # type: ignore[attr-defined]  # functions may have attributes
    return call


equal = constant(np.equal)
not_equal = constant(np.not_equal)
less = constant(np.less)
less_equal = constant(np.less_equal)
greater = constant(np.greater)
greater_equal = constant(np.greater_equal)
logical_and = constant(np.logical_and)
logical_or = constant(np.logical_or)
logical_xor = constant(np.logical_xor)
logical_not = constant(np.logical_not)
isfinite = constant(np.isfinite)
isinf = constant(np.isinf)
isnan = constant(np.isnan)
isclose = constant(np.isclose)
allclose = constant(np.allclose)
array_equal = constant(np.array_equal)
iscomplexobj = constant(np.iscomplexobj)
isrealobj = constant(np.isrealobj)
iscomplex = constant(np.iscomplex)
isreal = constant(np.isreal)
signbit = constant(np.signbit)
all = constant(np.all)
any = constant(np.any)
count_nonzero = constant(np.count_nonzero)
nonzero = constant(np.nonzero)
argmax = constant(np.argmax)
argmin = constant(np.argmin)
argsort = constant(np.argsort)
searchsorted = constant(np.searchsorted)
floor = constant(np.floor)
ceil = constant(np.ceil)
trunc = constant(np.trunc)
rint = constant(np.rint)
round = constant(np.round)
floor_divide = constant(np.floor_divide)
shape = constant(np.shape)
ndim = constant(np.ndim)
size = constant(np.size)
zeros_like = constant(np.zeros_like)
ones_like = constant(np.ones_like)
empty_like = constant(np.empty_like)
result_type = constant(np.result_type)
fix = constant(np.fix)
nextafter = constant(np.nextafter)
spacing = constant(np.spacing)
gcd = constant(np.gcd)
lcm = constant(np.lcm)
bitwise_and = constant(np.bitwise_and)
bitwise_or = constant(np.bitwise_or)
bitwise_xor = constant(np.bitwise_xor)
bitwise_count = constant(np.bitwise_count)
invert = constant(np.invert)
left_shift = constant(np.left_shift)
right_shift = constant(np.right_shift)
einsum_path = constant(np.einsum_path)
tril_indices_from = constant(np.tril_indices_from)
triu_indices_from = constant(np.triu_indices_from)
diag_indices_from = constant(np.diag_indices_from)
argpartition = constant(np.argpartition)
argwhere = constant(np.argwhere)
flatnonzero = constant(np.flatnonzero)
lexsort = constant(np.lexsort)
nanargmax = constant(np.nanargmax)
nanargmin = constant(np.nanargmin)
digitize = constant(np.digitize)
isin = constant(np.isin)
intersect1d = constant(np.intersect1d)
around = constant(np.around)
array_equiv = constant(np.array_equiv)
can_cast = constant(np.can_cast)
common_type = constant(np.common_type)
isneginf = constant(np.isneginf)
isposinf = constant(np.isposinf)
isscalar = constant(np.isscalar)
isfortran = constant(np.isfortran)
iterable = constant(np.iterable)
ix_ = constant(np.ix_)
may_share_memory = constant(np.may_share_memory)
shares_memory = constant(np.shares_memory)
min_scalar_type = constant(np.min_scalar_type)
packbits = constant(np.packbits)
unpackbits = constant(np.unpackbits)
ravel_multi_index = constant(np.ravel_multi_index)
unravel_index = constant(np.unravel_index)
