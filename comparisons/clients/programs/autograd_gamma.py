"""Gradients of the incomplete gamma and beta functions by all their arguments."""

import autograd.numpy as np
from autograd import elementwise_grad, grad
from autograd_gamma import betainc, betaincln, gammainc, gammaincc, gammaincinv, gammaincln

a, b, x = np.array([0.5, 1.2, 3.0]), np.array([0.9, 2.0, 4.0]), np.array([0.2, 0.5, 0.8])


def run():
    """Return the derivatives of five functions, and of a likelihood made of them."""
    found = {"gamma": [elementwise_grad(f, i)(a, 3 * x) for f in (gammainc, gammaincc, gammaincln) for i in (0, 1)]}
    found["inverse"] = [elementwise_grad(gammaincinv, i)(a, x) for i in (0, 1)]
    found["beta"] = [elementwise_grad(f, i)(a, b, x) for f in (betainc, betaincln) for i in (0, 1, 2)]
    found["likelihood"] = grad(lambda p: np.sum(gammaincln(p[0], p[1] * x)) - p[1])(np.array([1.5, 2.5]))
    return found
