"""The likelihood of a Gaussian process, fitted by ``minimize(jac=True)``, beside its derivatives by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from easygrad import value_and_grad
from easygrad.scipy import linalg

SIZE = 200
X = np.linspace(0.0, 5.0, SIZE)
Y = np.sin(2.0 * X) + 0.1 * np.random.default_rng(1).normal(size=SIZE)
SQUARES = (X[:, None] - X) ** 2
START = np.array([0.0, 0.0, -1.0])  # logarithms of amplitude, length and noise


def negative_log_likelihood(p: Any) -> Any:
    """Return the negative logarithm of the likelihood of the data, but for a constant."""
    amplitude, length, noise = np.exp(p[0]), np.exp(p[1]), np.exp(p[2])
    covariance = amplitude**2 * np.exp(-0.5 * SQUARES / length**2) + noise**2 * np.eye(SIZE)
    factor = linalg.cholesky(covariance, lower=True)
    half = linalg.solve_triangular(factor, Y, lower=True)
    return 0.5 * half @ half + np.sum(np.log(np.diagonal(factor)))


def by_hand(p: Any) -> tuple[float, Any]:
    """Return value and gradient, by ``tr((K^-1 - a a^T) dK) / 2`` with ``a = K^-1 y``."""
    amplitude, length, noise = np.exp(p)
    kernel = amplitude**2 * np.exp(-0.5 * SQUARES / length**2)
    factor = scipy.linalg.cho_factor(kernel + noise**2 * np.eye(SIZE), lower=True)
    a = scipy.linalg.cho_solve(factor, Y)
    weights = scipy.linalg.cho_solve(factor, np.eye(SIZE)) - np.outer(a, a)
    slope = [
        np.sum(weights * kernel),
        0.5 * np.sum(weights * kernel * SQUARES) / length**2,
        np.trace(weights) * noise**2,
    ]
    return float(0.5 * Y @ a + np.sum(np.log(np.diagonal(factor[0])))), np.array(slope)


ours = value_and_grad(negative_log_likelihood)
