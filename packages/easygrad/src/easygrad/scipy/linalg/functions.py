"""Functions of matrices: exponential, logarithm, root, sines.

The derivative of an analytic function f of a matrix A along T is a block of f itself, at a matrix of twice the size ::

    f([[A, T], [0, A]]) = [[f(A), Df(A) T], [0, f(A)]]

(Najfeld and Havel 1995, Adv. Appl. Math. 16, 321; Higham, Functions of Matrices, 2008, section 3.2). So one rule serves
all of them, to any order. Its transpose is the derivative at A^T.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from easygrad.core import Array, Rule, cast, stop_gradient
from easygrad.primitives import general
from easygrad.rules.composition import composite
from easygrad.rules.decompositions import pinned, turned
from easygrad.rules.shaping import asarray
from easygrad.scipy.linalg.systems import sylvester


def upper_block(function: Rule, a: Array, t: Array) -> Array:
    """Return the derivative of ``function`` at ``a`` along ``t``; of the size of ``a``, ``t`` costs no digits."""
    n = a.shape[-1]
    sizes: list[Array] = [np.max(np.abs(stop_gradient(x)), initial=0.0) or np.float64(1.0) for x in (a, t)]
    scale = (sizes[0] / sizes[1]).astype(sizes[0].dtype)
    a = np.broadcast_to(a, t.shape)
    above, below = np.concatenate([a, t * scale], axis=-1), np.concatenate([np.zeros_like(a), a], axis=-1)
    return function(np.concatenate([above, below], axis=-2))[..., :n, n:] / scale


def analytic(fun: Callable[..., Any], accurate: Callable[..., Any] | None = None) -> Rule:
    """Return an analytic function of square matrices with its derivative."""

    def vjp(ans: Array, a: Array) -> Rule:
        dtype = a.dtype
        return lambda g: cast(upper_block(function, turned(a), g), dtype)

    rules = (lambda ans, a: lambda t: upper_block(function, a, t), vjp)
    function = general(accurate or (lambda a: fun(a)), rules, name=fun.__name__)
    return composite(fun)(lambda A, disp=True, blocksize=64: function(asarray(A)))  # SciPy's name


def log_in_double(a: Array) -> Array:
    """Return the logarithm, computed in double precision: SciPy's answer for a single one is a double too."""
    return scipy.linalg.logm(a.astype(np.result_type(a, np.float64)))


expm = analytic(scipy.linalg.expm)
logm = analytic(scipy.linalg.logm, log_in_double)
sinm, cosm, tanm = map(analytic, (scipy.linalg.sinm, scipy.linalg.cosm, scipy.linalg.tanm))
sinhm, coshm, tanhm = map(analytic, (scipy.linalg.sinhm, scipy.linalg.coshm, scipy.linalg.tanhm))


def root_vjp(ans: Array, a: Array) -> Rule:
    """Return ``g -> `` the cotangent of the matrix, by the transposed equation of Sylvester."""
    dtype = a.dtype
    return lambda g: cast(sylvester(turned(ans), turned(ans), g), dtype)


square_root = general(
    lambda a: scipy.linalg.sqrtm(a), (lambda ans, a: lambda t: sylvester(ans, ans, t), root_vjp), name="sqrtm"
)


@composite(scipy.linalg.sqrtm)
def sqrtm(A: Array, disp: Any = True, blocksize: Any = 64) -> Array:  # SciPy's name
    """Return the principal square root."""
    return square_root(asarray(A))


@composite(scipy.linalg.fractional_matrix_power)
def fractional_matrix_power(A: Array, t: Array) -> Array:  # SciPy's name
    """Return the principal power; the derivative is by the matrix and by the exponent."""
    if type(t) is int:
        return np.linalg.matrix_power(A, t)
    return expm(t * logm(A))


@composite(scipy.linalg.expm_frechet)
def expm_frechet(
    A: Array,  # SciPy's name
    E: Array,
    method: Any = None,
    compute_expm: bool = True,
    check_finite: bool = True,
) -> Any:
    """Return the exponential and its derivative along ``E``, or that alone."""
    a, e = asarray(A), asarray(E)
    plain = scipy.linalg.expm_frechet(*stop_gradient((a, e)), method, compute_expm=False)
    along = pinned(plain, upper_block(expm, a, e))
    return (expm(a), along) if compute_expm else along
