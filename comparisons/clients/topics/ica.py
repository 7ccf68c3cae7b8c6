"""Independent components: the matrix that unmixes sources, by its likelihood with a determinant."""

import autograd.numpy as np
import autograd.scipy.stats.t as t
from autograd import value_and_grad
from scipy.optimize import minimize

rng = np.random.RandomState(0)
mixed = np.dot(rng.standard_t(3, size=(200, 3)), rng.randn(3, 3))


def loss(flat):
    """Return the negative log-likelihood of the unmixed signals under a distribution with heavy tails."""
    matrix = np.reshape(flat, (3, 3))
    _, log_determinant = np.linalg.slogdet(matrix)
    return -np.mean(np.sum(t.logpdf(np.dot(mixed, matrix), 3.0), axis=1)) - log_determinant


def run():
    """Return the matrix and its likelihood."""
    found = minimize(value_and_grad(loss), np.eye(3).ravel(), jac=True, method="BFGS", options={"gtol": 1e-8})
    return {"matrix": found.x, "loss": found.fun}
