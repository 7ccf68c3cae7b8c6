"""A recurrent net that predicts the next letter, over a loop of 25 steps."""

from itertools import pairwise

import autograd.numpy as np
from autograd import value_and_grad
from autograd.misc.optimizers import rmsprop
from autograd.scipy.special import logsumexp

text = "the quick brown fox jumps over the lazy dog and runs away from it again "
letters = sorted(set(text))
codes = np.eye(len(letters))[[letters.index(c) for c in text]]
sequences = np.stack([codes[i : i + 26] for i in range(0, 40, 5)], axis=1)
rng = np.random.RandomState(0)
start = {
    "hidden": 0.1 * rng.randn(12, 12),
    "input": 0.1 * rng.randn(len(letters), 12),
    "output": 0.1 * rng.randn(12, len(letters)),
    "first": 0.1 * rng.randn(12),
}


def loss(params, i=0):
    """Return the mean negative log-likelihood of the letters."""
    state, total = np.tile(params["first"], (sequences.shape[1], 1)), 0.0
    for now, following in pairwise(sequences):
        state = np.tanh(np.dot(state, params["hidden"]) + np.dot(now, params["input"]))
        scores = np.dot(state, params["output"])
        total = total - np.sum(following * (scores - logsumexp(scores, axis=1, keepdims=True)))
    return total / (sequences.shape[0] - 1) / sequences.shape[1]


def run():
    """Return the loss, its gradient and the parameters after some steps."""
    value, gradient = value_and_grad(loss)(start)
    trained = rmsprop(lambda p, i: value_and_grad(loss)(p)[1], start, num_iters=15, step_size=0.01)
    return {"loss": value, "gradient": list(gradient.values()), "trained": [trained[key] for key in sorted(trained)]}
