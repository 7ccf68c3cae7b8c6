"""The regression of a Gaussian process, whose scales are fitted by SciPy with gradients."""

import autograd.numpy as np
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import hessian, value_and_grad
from scipy.optimize import minimize

rng = np.random.RandomState(0)
x = np.sort(8 * rng.rand(40))[:, None]
y = np.sin(x[:, 0]) + 0.1 * rng.randn(40)


def kernel(params, a, b):
    """Return the covariance of a radial basis function."""
    a, b = a / np.exp(params[1]), b / np.exp(params[1])
    return np.exp(params[0]) * np.exp(-0.5 * np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=2))


def loss(params):
    """Return the negative log-likelihood of the data."""
    covariance = kernel(params, x, x) + np.exp(params[2]) * np.eye(len(y))
    return -mvn.logpdf(y, params[3] * np.ones(len(y)), covariance)


def run():
    """Return the fitted parameters, the curvature there, and a prediction."""
    found = minimize(value_and_grad(loss), np.array([0.0, 0.0, -2.0, 0.0]), jac=True, method="CG", tol=1e-8)
    places = np.linspace(0, 8, 11)[:, None]
    covariance = kernel(found.x, x, x) + np.exp(found.x[2]) * np.eye(len(y))
    mean = found.x[3] + np.dot(kernel(found.x, places, x), np.linalg.solve(covariance, y - found.x[3]))
    return {"params": found.x, "hessian": hessian(loss)(found.x), "mean": mean}
