"""Sums of exponentials over axes: logsumexp, softmax, log_softmax."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Box, Rule, cast, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray


def sum_up(a: Array, b: Array, sign: Array, axis: Any) -> Array:
    """Return logsumexp with the axes kept, of the absolute value of the sum if ``sign`` is its sign."""
    signed = np.any(sign != 1)
    ans = sp.logsumexp(a, axis=axis, b=b, keepdims=True, return_sign=signed)
    return ans[0] if signed else ans


def shares(ans: Array, a: Array, b: Array, sign: Array) -> Array:
    """Return the derivative by the weights: each exponential over the sum.

    Where the sum is 0 the shares are 0; infinite exponentials share a sum of infinity equally.
    """
    plain = stop_gradient(ans)
    if np.all(np.isfinite(plain)):
        return np.exp(a - ans) * sign
    infinite = np.isposinf(stop_gradient(a).real) & (stop_gradient(b) != 0)
    counts = np.broadcast_to(np.maximum(np.sum(infinite, axis=axes_of(ans, a), keepdims=True), 1), a.shape)
    ends = np.isinf(plain)
    off = np.where(ends, 0.0, a) - np.where(ends, 0.0, ans)
    return np.where(ends, infinite / counts, np.exp(off) * sign)


def axes_of(ans: Array, a: Array) -> tuple[int, ...]:
    """Return the axes that were summed over."""
    return tuple(i for i in range(a.ndim) if ans.shape[i] == 1)


def pair(slope: Rule, place: int) -> tuple[Rule, Rule]:
    """Return jvp and vjp of an argument, of which ``slope`` is the derivative of the sum by each element."""

    def jvp(ans: Array, a: Array, b: Array, sign: Array, axis: Any = None) -> Rule:
        return lambda t: np.sum(t * slope(ans, a, b, sign), axis=axes_of(ans, a), keepdims=True)

    def vjp(ans: Array, a: Array, b: Array, sign: Array, axis: Any = None) -> Rule:
        dtype = (a, b)[place].dtype
        return lambda g: cast(g * slope(ans, a, b, sign), dtype)

    return jvp, vjp


def weighted(ans: Array, a: Array, b: Array, sign: Array) -> Array:
    """Return the derivative by the exponents; those of a constant weight 0 may be of any size."""
    if type(b) is not Box:
        a = np.where(b == 0, -np.inf, a)
    return b * shares(ans, a, b, sign)


summed = general(sum_up, pair(weighted, 0), pair(shares, 1), None, name="logsumexp")


@composite(sp.logsumexp)
def logsumexp(a: Array, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """Return the logarithm of a sum of exponentials with weights ``b``, and with ``return_sign`` the sign of the sum.

    A term of weight 0 is left out, whatever its exponent. The sign of a real sum is a constant.
    """
    a = asarray(a)
    a, b = np.broadcast_arrays(a, np.ones((), a.dtype) if b is None else asarray(b))
    if a.dtype.kind == "c" or b.dtype.kind == "c" or not return_sign:
        ans = summed(a, b, 1.0, axis=axis)
        parts = [np.real(ans), np.exp(1j * np.imag(ans))] if return_sign else [ans]
    else:
        sign = sp.logsumexp(stop_gradient(a), axis, stop_gradient(b), keepdims=True, return_sign=True)[1]
        parts = [summed(a, b, sign, axis=axis), sign]
    parts = parts if keepdims else [np.squeeze(part, axis=axis) for part in parts]
    return tuple(parts) if return_sign else parts[0]


@composite(sp.softmax)
def softmax(x: Array, axis: Any = None) -> Array:
    """Return the exponentials divided by their sum."""
    x = asarray(x)
    powers = np.exp(x - np.max(stop_gradient(x), axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


@composite(sp.log_softmax)
def log_softmax(x: Array, axis: Any = None) -> Array:
    """Return the logarithm of softmax."""
    x = asarray(x)
    off = x - np.max(stop_gradient(x), axis=axis, keepdims=True)
    return off - np.log(np.sum(np.exp(off), axis=axis, keepdims=True))
