"""A mixture of Gaussians, fitted by Newton-CG with exact products of Hessian and vector."""

import autograd.numpy as np
import autograd.scipy.stats.norm as norm
from autograd import grad, hessian_vector_product
from autograd.misc.flatten import flatten_func
from autograd.scipy.special import logsumexp
from scipy.optimize import minimize

rng = np.random.RandomState(0)
data = np.concatenate([rng.randn(60, 2) * s + m for s, m in [(0.5, [0, 2]), (0.3, [2, 0]), (0.7, [-2, -1])]])
start = {"weights": np.zeros(3), "means": rng.randn(3, 2), "scales": np.zeros((3, 2))}


def loss(params):
    """Return the negative log-likelihood of the points, with a prior."""
    weights = params["weights"] - logsumexp(params["weights"])
    points = norm.logpdf(data[:, None, :], params["means"], np.exp(params["scales"]))
    likelihood = np.sum(logsumexp(np.sum(points, axis=2) + weights, axis=1))
    return -likelihood + np.sum(params["scales"] ** 2) + np.sum(params["weights"] ** 2)


def run():
    """Return the fitted parameters and the likelihood on the way."""
    flat, _, vector = flatten_func(loss, start)
    scalar = lambda v: flat(v)[0]  # noqa: E731  # as in the tutorials
    values = []
    found = minimize(
        scalar,
        vector,
        jac=grad(scalar),
        hessp=hessian_vector_product(scalar),
        method="Newton-CG",
        options={"maxiter": 12},
        callback=lambda v: values.append(scalar(v)),
    )
    return {"params": found.x, "values": values}
