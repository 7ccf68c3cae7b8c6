"""Distributions of vectors: the normal, Dirichlet and multinomial distributions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.stats

from easygrad.core import Array, Box, stop_gradient
from easygrad.rules.shaping import asarray
from easygrad.scipy.special.entropies import xlogy
from easygrad.scipy.special.gammas import gammaln
from easygrad.scipy.stats.families import Frozen, has_traced


class Vectors:
    """A distribution of SciPy with more than one variable; other names than those below are SciPy's own."""

    def __init__(self, family: Any) -> None:
        self.family = family

    def __getattr__(self, name: str) -> Any:
        """Return what SciPy's distribution has under a name."""
        if name.startswith("__") or "family" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.family, name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return the distribution with fixed parameters."""
        return Frozen(self, args, options) if has_traced(args, options) else self.family(*args, **options)


class Normal(Vectors):
    """The multivariate normal distribution."""

    def logpdf(
        self, x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False, **options: Any
    ) -> Array:
        """Return the logarithm of the density at ``x``, of shape (..., d).

        The covariance, of shape (d, d) or (d,) or (), counts as symmetric: its gradient is symmetric too. A traced one
        must be positive definite, else ValueError; a constant one may be singular with ``allow_singular``.
        """
        if not has_traced((x, mean, cov), options):
            return self.family.logpdf(x, mean, cov, allow_singular, **options)
        x, mean, cov = prepared(x, mean, cov)
        if cov.ndim == 0 or cov.shape[0] == 1:
            x = x if x.ndim and x.shape[-1] == 1 else x[..., None]
        off = x - mean
        if allow_singular and type(cov) is not Box:
            return singular_logpdf(off, cov)
        sign, size = np.linalg.slogdet(stop_gradient(cov))
        if sign <= 0 or not np.isfinite(size):
            raise ValueError(
                "multivariate_normal.logpdf: the argument cov is not positive definite; with traced values it must be."
            )
        solved = np.linalg.solve(cov, off.reshape(-1, off.shape[-1]).T).T.reshape(off.shape)
        log_det = np.linalg.slogdet(cov)[1]
        return -0.5 * (np.sum(off * solved, axis=-1) + log_det + off.shape[-1] * math.log(2.0 * math.pi))

    def pdf(self, x: Array, mean: Array = None, cov: Array = 1, allow_singular: bool = False, **options: Any) -> Array:
        """Return the density at ``x``, as ``logpdf`` does."""
        if not has_traced((x, mean, cov), options):
            return self.family.pdf(x, mean, cov, allow_singular, **options)
        return np.exp(self.logpdf(x, mean, cov, allow_singular, **options))

    def entropy(self, mean: Array = None, cov: Array = 1) -> Array:
        """Return the differential entropy."""
        if not has_traced((mean, cov), {}):
            return self.family.entropy(mean, cov)
        cov = prepared(0.0, mean, cov)[2]
        return 0.5 * (np.linalg.slogdet(cov)[1] + len(cov) * (1.0 + math.log(2.0 * math.pi)))


def singular_logpdf(off: Array, cov: Array) -> Array:
    """Return the logarithm of the normal density on the range of a constant covariance; minus infinity beside it."""
    values, vectors = np.linalg.eigh(cov)
    kept = values > 1e6 * np.finfo(values.dtype).eps * np.max(np.abs(values))
    whitened = np.matmul(off, vectors[:, kept] / np.sqrt(values[kept]))
    log_det = np.sum(np.log(values[kept]))
    value = -0.5 * (np.sum(whitened * whitened, axis=-1) + log_det + np.sum(kept) * math.log(2.0 * math.pi))
    beside = np.linalg.norm(np.matmul(stop_gradient(off), vectors[:, ~kept]), axis=-1)
    return np.where(beside < 1e3 * (values[-1] * 1e6 * np.finfo(values.dtype).eps), value, -np.inf)


def prepared(x: Array, mean: Array, cov: Array) -> tuple[Array, Array, Array]:
    """Return point, mean and covariance as arrays of floats, the covariance as a matrix."""
    x, cov = asarray(x), asarray(cov)
    size = 1 if mean is None else np.size(stop_gradient(mean))
    size = cov.shape[0] if cov.ndim else size
    mean = np.zeros(size) if mean is None else asarray(mean)
    if cov.ndim < 2:
        cov = np.eye(size) * cov
    return x, np.reshape(mean, (size,)), cov


class Dirichlet(Vectors):
    """The Dirichlet distribution."""

    def logpdf(self, x: Array, alpha: Array) -> Array:
        """Return the logarithm of the density at ``x``, of shape (K, ...) or (K - 1, ...), for ``alpha`` of shape (K,).

        Of K rows each counts as a variable by itself, so the gradient does not stay on the simplex.
        """
        if not has_traced((x, alpha), {}):
            return self.family.logpdf(x, alpha)
        self.family.logpdf(stop_gradient(x), stop_gradient(alpha))  # SciPy's checks of the arguments
        x, alpha = asarray(x), asarray(alpha)
        if x.shape[0] < len(alpha):
            x = np.concatenate([x, 1.0 - np.sum(x, axis=0, keepdims=True)])
        weights = (alpha - 1.0).reshape((-1,) + (1,) * (x.ndim - 1))
        return np.sum(xlogy(weights, x), axis=0) + gammaln(np.sum(alpha)) - np.sum(gammaln(alpha))

    def pdf(self, x: Array, alpha: Array) -> Array:
        """Return the density at ``x``, as ``logpdf`` does."""
        return np.exp(self.logpdf(x, alpha)) if has_traced((x, alpha), {}) else self.family.pdf(x, alpha)


class Multinomial(Vectors):
    """The multinomial distribution."""

    def logpmf(self, x: Array, n: Array, p: Array) -> Array:
        """Return the logarithm of the probability of the counts ``x``, of shape (..., K), for ``p`` of shape (K,).

        As in SciPy the last probability is what the others leave.
        """
        if not has_traced((x, n, p), {}):
            return self.family.logpmf(x, n, p)
        x, n, p = asarray(x), asarray(n), asarray(p)
        p = np.concatenate([p[..., :-1], 1.0 - np.sum(p[..., :-1], axis=-1, keepdims=True)], axis=-1)
        value = gammaln(n + 1.0) + np.sum(xlogy(x, p) - gammaln(x + 1.0), axis=-1)
        return np.where(np.sum(stop_gradient(x), axis=-1) == stop_gradient(n), value, -np.inf)

    def pmf(self, x: Array, n: Array, p: Array) -> Array:
        """Return the probability of the counts ``x``, as ``logpmf`` does."""
        return np.exp(self.logpmf(x, n, p)) if has_traced((x, n, p), {}) else self.family.pmf(x, n, p)


multivariate_normal = Normal(scipy.stats.multivariate_normal)
dirichlet = Dirichlet(scipy.stats.dirichlet)
multinomial = Multinomial(scipy.stats.multinomial)
