"""Bayesian regression by a net: a Gaussian over its weights, fitted by gradients through samples."""

import autograd.numpy as np
import autograd.scipy.stats.norm as norm
from autograd import grad
from autograd.misc.optimizers import adam

rng = np.random.RandomState(0)
x = np.concatenate([np.linspace(0, 2, 20), np.linspace(6, 8, 20)])[:, None]
y = np.cos(x) + 0.1 * rng.randn(40, 1)
SIZES = [(1, 8), (8, 1)]
COUNT = sum((m + 1) * n for m, n in SIZES)


def predict(weights, inputs):
    """Return the outputs of several nets, one for each row of weights."""
    out, start = np.tile(inputs[None], (len(weights), 1, 1)), 0
    for m, n in SIZES:
        matrix = np.reshape(weights[:, start : start + m * n], (-1, m, n))
        bias = np.reshape(weights[:, start + m * n : start + (m + 1) * n], (-1, 1, n))
        scores = np.einsum("mnd,mdo->mno", out, matrix) + bias
        out, start = np.exp(-(scores**2)), start + (m + 1) * n
    return scores


def objective(params, i):
    """Return the negative evidence, by samples whose random numbers depend on the step."""
    mean, log_scale = params[:COUNT], params[COUNT:]
    samples = np.random.RandomState(i).randn(10, COUNT) * np.exp(log_scale) + mean
    prior = np.sum(norm.logpdf(samples, 0, 2.0), axis=1)
    fit = np.sum(norm.logpdf(predict(samples, x), y, 0.1), axis=(1, 2))
    entropy = 0.5 * COUNT * (1.0 + np.log(2 * np.pi)) + np.sum(log_scale)
    return -entropy - np.mean(prior + fit)


def run():
    """Return the parameters after some steps, and the objective."""
    start = np.concatenate([0.1 * np.random.RandomState(5).randn(COUNT), -3 * np.ones(COUNT)])
    trained = adam(grad(objective), start, num_iters=40, step_size=0.02)
    return {"params": trained, "objective": [objective(start, 0), objective(trained, 0)]}
