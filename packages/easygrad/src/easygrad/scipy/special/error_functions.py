"""The error function, the normal distribution function, their inverses and logarithms, Dawson's integral."""

from __future__ import annotations

import math

import numpy as np
import scipy.special as sp

from easygrad.core import Array, Rule, stop_gradient
from easygrad.primitives import elementwise
from easygrad.rules.composition import composite

ROOT_PI = math.sqrt(math.pi)
ROOT_TWO = math.sqrt(2.0)
ROOT_TWO_PI = math.sqrt(2.0 * math.pi)
ERFCX_TERMS = [(-0.5) ** k * math.prod(range(1, 2 * k, 2)) for k in range(22, 0, -1)]

erf = elementwise(sp.erf, lambda g, _ans, x: g * (2.0 / ROOT_PI) * np.exp(-x * x))
erfc = elementwise(sp.erfc, lambda g, _ans, x: g * (-2.0 / ROOT_PI) * np.exp(-x * x))
erfi = elementwise(sp.erfi, lambda g, _ans, x: g * (2.0 / ROOT_PI) * np.exp(x * x))
erfinv = elementwise(sp.erfinv, lambda g, ans, _y: g * (ROOT_PI / 2.0) * np.exp(ans * ans))
erfcinv = elementwise(sp.erfcinv, lambda g, ans, _y: g * (-ROOT_PI / 2.0) * np.exp(ans * ans))
dawsn = elementwise(sp.dawsn, lambda g, ans, x: g * dawsn_slope(ans, x))
wofz = elementwise(sp.wofz, lambda g, ans, z: g * -1j * erfcx_slope(ans, -1j * z))


def far_series(square: Array) -> Array:
    """Return the sum over k > 0 of ``(2k - 1)!! / (-2 square)^k``, for 64 and above (DLMF 7.12.1)."""
    series: Array = 0.0
    for term in ERFCX_TERMS:
        series = (series + term) / square
    return series


def erfcx_slope(ans: Array, x: Array) -> Array:
    """Return the derivative of erfcx; for |x| > 8 on the right, where two numbers nearly cancel, by a series."""
    plain = stop_gradient(x)
    far = (np.abs(plain) > 8.0) & (np.real(plain) >= 0.0)
    y, z = np.where(far, x, 9.0), np.where(far, 0.0, x)
    return np.where(far, (2.0 / ROOT_PI) * far_series(y * y), 2.0 * z * ans - 2.0 / ROOT_PI)


def dawsn_slope(ans: Array, x: Array) -> Array:
    """Return the derivative of dawsn; where two numbers nearly cancel, by the series of erfcx at ``-i x``."""
    plain = stop_gradient(x)
    far = np.real(plain * plain) > 64.0
    y, z = np.where(far, x, 9.0), np.where(far, 0.0, x)
    return np.where(far, -far_series(-y * y), 1.0 - 2.0 * z * ans)


erfcx: Rule = elementwise(sp.erfcx, lambda g, ans, x: g * erfcx_slope(ans, x))

# The normal distribution


def normal_density(x: Array) -> Array:
    """Return the density of the standard normal distribution."""
    return np.exp(-0.5 * x * x) / ROOT_TWO_PI


def hazard(x: Array) -> Array:
    """Return the normal density divided by the distribution function, also far below where both are 0."""
    below = x < 5.0
    y, z = np.where(below, x, 0.0), np.where(below, 5.0, x)
    return np.where(below, math.sqrt(2.0 / math.pi) / erfcx(y / -ROOT_TWO), normal_density(z) / ndtr(z))


def log_ndtr_slope(x: Array) -> Array:
    """Return the derivative of log_ndtr at real numbers, its complex ones are not known here."""
    if x.dtype.kind == "c":
        raise NotImplementedError("scipy.special.log_ndtr: no derivative at complex numbers; pass the real part.")
    return hazard(x)


ndtr = elementwise(sp.ndtr, lambda g, _ans, x: g * normal_density(x))
log_ndtr = elementwise(sp.log_ndtr, lambda g, _ans, x: g * log_ndtr_slope(x))
ndtri = elementwise(sp.ndtri, lambda g, ans, _y: g / normal_density(ans))
ndtri_exp = elementwise(sp.ndtri_exp, lambda g, ans, _y: g / hazard(ans))
owens_t = elementwise(
    sp.owens_t,
    lambda g, _ans, h, a: g * -0.5 * normal_density(h) * erf(a * h / ROOT_TWO),
    lambda g, _ans, h, a: g * np.exp(-0.5 * h * h * (1.0 + a * a)) / (2.0 * math.pi * (1.0 + a * a)),
)


@composite(sp.voigt_profile)
def voigt_profile(x: Array, sigma: Array, gamma: Array) -> Array:
    """Return the real part of wofz (DLMF 7.19.1); sigma must not be 0."""
    width = sigma * ROOT_TWO
    return np.real(wofz((x + 1j * gamma) / width)) / (width * ROOT_PI)


# Fresnel's integrals

fresnel_s = elementwise(
    lambda z: sp.fresnel(z)[0], lambda g, _ans, z: g * np.sin(0.5 * math.pi * z * z), name="fresnel"
)
fresnel_c = elementwise(
    lambda z: sp.fresnel(z)[1], lambda g, _ans, z: g * np.cos(0.5 * math.pi * z * z), name="fresnel"
)


@composite(sp.fresnel)
def fresnel(z: Array) -> tuple[Array, Array]:
    """Return both Fresnel integrals."""
    return fresnel_s(z), fresnel_c(z)
