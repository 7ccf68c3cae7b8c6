"""Linear filters in time.

``y_n = sum_k b_k x_(n-k) - sum_k a_k y_(n-k)``: the first sum is a convolution, the second the primitive ``recursive``.
That is linear in its input, and its transpose is the same filter backward in time.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import scipy.signal

from easygrad.core import Array, Rule, projected, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray
from easygrad.scipy.linalg.special_matrices import companion


def run(poles: Array, u: Array) -> Array:
    """Return y with ``y_n + sum_k poles_k y_(n-1-k) = u_n`` along the last axis."""
    a = np.concatenate([np.ones(1, poles.dtype), poles])
    return scipy.signal.lfilter(np.ones(1, a.dtype), a, u)


def delayed(y: Array, k: int) -> Array:
    """Return the values of k steps before, 0 before the first."""
    n = y.shape[-1]
    return np.concatenate([np.zeros_like(y[..., :k]), y[..., : max(n - k, 0)]], axis=-1)[..., :n]


def memory(poles: Array, y: Array) -> Array:
    """Return ``sum_k poles_k y_(n-1-k)``."""
    return sum((poles[k] * delayed(y, k + 1) for k in range(poles.size)), start=0.0 * y)


def backward(poles: Array, g: Array) -> Array:
    """Return the transpose of the filter."""
    return recursive(poles, g[..., ::-1])[..., ::-1]


def poles_vjp(ans: Array, poles: Array, u: Array) -> Rule:
    """Return ``g -> `` the cotangent of the coefficients."""
    count = poles.shape[0]

    def vjp(g: Array) -> Array:
        w = backward(poles, g)
        return np.stack([-np.sum(w * delayed(ans, k + 1)) for k in range(count)])

    return projected(vjp, poles)


recursive: Rule = general(
    run,
    (lambda ans, poles, u: lambda t: recursive(poles, -memory(t, ans)), poles_vjp),
    (
        lambda ans, poles, u: lambda t: recursive(poles, t),
        lambda ans, poles, u: projected(lambda g: backward(poles, g), u),
    ),
    name="lfilter",
)


@composite(scipy.signal.lfilter)
def lfilter(b: Array, a: Array, x: Array, axis: int = -1, zi: Array | None = None) -> Any:
    """Return the filtered signal, with ``zi`` also the state after it; the derivative is by ``zi`` too."""
    b, a, x = np.atleast_1d(asarray(b)), np.atleast_1d(asarray(a)), np.moveaxis(asarray(x), axis, -1)
    if b.ndim != 1 or a.ndim != 1:
        raise ValueError(f"lfilter: b and a must have one axis, not {b.ndim} and {a.ndim}.")
    b, a = b / a[0], a[1:] / a[0]
    u = b[0] * x + memory(b[1:], x)
    state = None if zi is None else np.moveaxis(asarray(zi), axis, -1)
    n = x.shape[-1]
    if state is not None:
        early = state[..., :n]
        u = u + np.concatenate([early, np.zeros_like(u[..., early.shape[-1] :])], axis=-1)
    y = recursive(a, u) if a.size else u
    if state is None:
        return np.moveaxis(y, -1, axis)
    return np.moveaxis(y, -1, axis), np.moveaxis(final_state(b[1:], a, x, y, state), -1, axis)


def final_state(b: Array, a: Array, x: Array, y: Array, state: Array) -> Array:
    """Return the state after the last sample, of which element k is what is yet to come in k + 1 steps."""
    order, n = state.shape[-1], x.shape[-1]
    left = np.concatenate([state[..., n:], np.zeros_like(state[..., : min(n, order)])], axis=-1)
    after = []
    for k in range(order):
        total = left[..., k]
        for j in range(min(order - k, n)):
            if k + j < b.size:
                total = total + b[k + j] * x[..., n - 1 - j]
            if k + j < a.size:
                total = total - a[k + j] * y[..., n - 1 - j]
        after.append(total)
    return np.stack(after, axis=-1) if after else state


@composite(scipy.signal.sosfilt)
def sosfilt(sos: Array, x: Array, axis: int = -1, zi: Array | None = None) -> Any:
    """Return the signal filtered by one section of second order after the other, with ``zi`` also the states after."""
    sos, x = asarray(sos), asarray(x)
    if sos.ndim != 2 or sos.shape[1] != 6 or not np.all(stop_gradient(sos)[:, 3] == 1):
        raise ValueError("sosfilt: sos must have shape (n_sections, 6), and sos[:, 3] should be all ones.")
    states = []
    for k in range(sos.shape[0]):
        if zi is None:
            x = lfilter(sos[k, :3], sos[k, 3:], x, axis)
        else:
            x, state = lfilter(sos[k, :3], sos[k, 3:], x, axis, asarray(zi)[k])
            states.append(state)
    return x if zi is None else (x, np.stack(states))


@composite(scipy.signal.lfilter_zi)
def lfilter_zi(b: Array, a: Array) -> Array:
    """Return the state in which a constant input of 1 gives a constant output."""
    b, a = np.atleast_1d(asarray(b)), np.atleast_1d(asarray(a))
    n = max(b.size, a.size)
    b, a = (np.pad(part / a[0], (0, n - part.size)) for part in (b, a))
    return np.linalg.solve(np.eye(n - 1, dtype=a.dtype) - np.transpose(companion(a)), b[1:] - a[1:] * b[0])


PADDINGS: dict[Any, Any] = {
    "odd": ("reflect", {"reflect_type": "odd"}),
    "even": ("reflect", {}),
    "constant": ("edge", {}),
}


@composite(scipy.signal.filtfilt)
def filtfilt(
    b: Array,
    a: Array,
    x: Array,
    axis: int = -1,
    padtype: str | None = "odd",
    padlen: int | None = None,
    method: str = "pad",
    irlen: Any = None,
) -> Array:
    """Return the signal filtered forward and backward; ``method="gust"`` has no derivative."""
    if method != "pad":
        raise NotImplementedError(f"filtfilt: method={method!r} has no derivative; it takes 'pad'.")
    b, a, x = np.atleast_1d(asarray(b)), np.atleast_1d(asarray(a)), np.moveaxis(asarray(x), axis, -1)
    edge = 0 if padtype is None else 3 * max(b.size, a.size) if padlen is None else padlen
    if x.shape[-1] <= edge:
        raise ValueError(f"filtfilt: the length of x, {x.shape[-1]}, must be greater than padlen, which is {edge}.")
    if edge:
        mode, options = PADDINGS[padtype]
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(edge, edge)], mode, **options)
    start = lfilter_zi(b, a) if max(b.size, a.size) > 1 else np.zeros(0, x.dtype)
    for _ in range(2):
        x = lfilter(b, a, x, -1, start * x[..., :1])[0][..., ::-1]
    return np.moveaxis(x[..., edge : x.shape[-1] - edge], -1, axis)


@composite(scipy.signal.detrend)
def detrend(data: Array, axis: int = -1, type: str = "linear", bp: Any = 0, overwrite_data: bool = False) -> Array:
    """Return the data without their mean, or without the straight line of least squares between breaks ``bp``."""
    x = np.moveaxis(asarray(data), axis, -1)
    if type in ("constant", "c"):
        return np.moveaxis(x - np.mean(x, axis=-1, keepdims=True), -1, axis)
    if type not in ("linear", "l"):
        raise ValueError(f"detrend: type={type!r}; it is 'linear' or 'constant'.")
    breaks = np.unique(np.concatenate([[0], np.atleast_1d(bp), [x.shape[-1]]])).astype(int)
    pieces = [without_line(x[..., start:end]) for start, end in pairwise(breaks)]
    return np.moveaxis(np.concatenate(pieces, axis=-1), -1, axis)


def without_line(x: Array) -> Array:
    """Return the data without their straight line."""
    n = x.shape[-1]
    basis = np.linalg.qr(np.stack([np.ones(n), np.arange(n) / n], axis=1)).Q.astype(x.real.dtype)
    return x - (x @ basis) @ basis.T


@composite(scipy.signal.hilbert)
def hilbert(x: Array, N: int | None = None, axis: int = -1) -> Array:  # SciPy's name
    """Return the analytic signal of a real one."""
    x = asarray(x)
    if x.dtype.kind == "c":
        raise ValueError("hilbert: x must be real.")
    n = x.shape[axis] if N is None else N
    weights = np.zeros(n)
    weights[1 : (n + 1) // 2] = 2.0
    weights[[0, n // 2] if n % 2 == 0 else [0]] = 1.0
    shape = [1] * x.ndim
    shape[axis] = n
    spectrum = np.fft.fft(x, n, axis) * np.reshape(weights, shape).astype(x.dtype)
    return np.fft.ifft(spectrum, n, axis)
