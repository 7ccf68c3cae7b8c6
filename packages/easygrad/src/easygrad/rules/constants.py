"""Functions that are constant wherever they have a derivative: they answer for the plain values.

Comparisons, predicates, rounding, positions, and arrays made from the shape of another.
"""

from __future__ import annotations

from functools import update_wrapper
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Box, Followed, Options, Primitive, Rule, stop_gradient
from easygrad.primitives import entry
from easygrad.rules.composition import composite


def constant(fun: Any) -> Rule:
    """Return ``fun`` as a function of the plain values: no derivative flows through it."""

    def call(*args: Any, **options: Any) -> Any:
        return fun(*stop_gradient(args), **{name: stop_gradient(value) for name, value in options.items()})

    update_wrapper(call, fun)
    call.constant = fun  # type: ignore[attr-defined]  # functions may have attributes
    return call


# Comparisons

equal, not_equal, less, less_equal = map(constant, (np.equal, np.not_equal, np.less, np.less_equal))
greater, greater_equal, isclose, allclose = map(constant, (np.greater, np.greater_equal, np.isclose, np.allclose))
array_equal, array_equiv = map(constant, (np.array_equal, np.array_equiv))

# Predicates

logical_and, logical_or, logical_xor = map(constant, (np.logical_and, np.logical_or, np.logical_xor))
logical_not, all, any, isin, signbit = map(constant, (np.logical_not, np.all, np.any, np.isin, np.signbit))
isfinite, isinf, isnan, isneginf, isposinf = map(constant, (np.isfinite, np.isinf, np.isnan, np.isneginf, np.isposinf))
isreal, iscomplex, isrealobj, iscomplexobj = map(constant, (np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj))
isscalar, isfortran, iterable, can_cast = map(constant, (np.isscalar, np.isfortran, np.iterable, np.can_cast))
shares_memory, may_share_memory = map(constant, (np.shares_memory, np.may_share_memory))

# Positions and counts

nonzero, flatnonzero, count_nonzero = map(constant, (np.nonzero, np.flatnonzero, np.count_nonzero))
argwhere, argmax, argmin, nanargmax = map(constant, (np.argwhere, np.argmax, np.argmin, np.nanargmax))
nanargmin, argsort, argpartition, lexsort = map(constant, (np.nanargmin, np.argsort, np.argpartition, np.lexsort))
searchsorted, digitize, tril_indices_from = map(constant, (np.searchsorted, np.digitize, np.tril_indices_from))
triu_indices_from, diag_indices_from, ix_ = map(constant, (np.triu_indices_from, np.diag_indices_from, np.ix_))
unravel_index, ravel_multi_index, einsum_path = map(constant, (np.unravel_index, np.ravel_multi_index, np.einsum_path))

# Steps and whole numbers

floor, ceil, trunc, rint, fix, round = map(constant, (np.floor, np.ceil, np.trunc, np.rint, np.fix, np.round))
around, floor_divide, nextafter, spacing = map(constant, (np.around, np.floor_divide, np.nextafter, np.spacing))
gcd, lcm, bitwise_and, bitwise_or = map(constant, (np.gcd, np.lcm, np.bitwise_and, np.bitwise_or))
bitwise_xor, bitwise_count, invert = map(constant, (np.bitwise_xor, np.bitwise_count, np.invert))
left_shift, right_shift, packbits = map(constant, (np.left_shift, np.right_shift, np.packbits))
unpackbits, intersect1d = map(constant, (np.unpackbits, np.intersect1d))

# Shapes and types

shape, ndim, size, result_type = map(constant, (np.shape, np.ndim, np.size, np.result_type))
common_type, min_scalar_type = map(constant, (np.common_type, np.min_scalar_type))

# Arrays made from the shape of a traced one, traced themselves: traced values can be written into them


class Made(Primitive):
    """Makes a constant that belongs to the trace of its first argument."""

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> list[Any]:
        """Return no way back: nothing flows."""
        return []

    def tangent(self, ans: Array, args: Args, options: Options, followed: Followed) -> Array:
        """Return zeros."""
        return np.zeros(ans.shape, ans.dtype)


made = entry(Made(lambda like, value: value, (lambda ans, like, value: None,), name="constant"))


def writable(value: Any, like: Any) -> Any:
    """Return an array that traced values can be written into: of floats, with the trace of ``like``."""
    return made(like, value) if type(like) is Box and value.dtype.kind in "fc" else value


def made_like(fun: Any) -> Rule:
    """Return a function that makes an array like another one: constant, but writable."""
    return composite(fun)(lambda a, *args, **options: writable(fun(stop_gradient(a), *args, **options), a))


zeros_like, ones_like, empty_like = map(made_like, (np.zeros_like, np.ones_like, np.empty_like))
