"""A net with two hidden layers in a list of tuples, trained by adam on mini-batches."""

import autograd.numpy as np
from autograd import grad
from autograd.misc.flatten import flatten
from autograd.misc.optimizers import adam
from autograd.scipy.special import logsumexp

rng = np.random.RandomState(0)
inputs = rng.randn(200, 8)
labels = (inputs[:, 0] * inputs[:, 1] > 0).astype(int) + (inputs[:, 2] > 0.5)
targets = np.eye(3)[labels]
start = [(0.1 * rng.randn(m, n), 0.1 * rng.randn(n)) for m, n in [(8, 16), (16, 16), (16, 3)]]


def log_probabilities(params, x):
    """Return the logarithms of the probabilities of the classes."""
    for weights, bias in params:
        scores = np.dot(x, weights) + bias
        x = np.tanh(scores)
    return scores - logsumexp(scores, axis=1, keepdims=True)


def loss(params, i):
    """Return the cross-entropy of a batch, with decay of the weights."""
    batch = slice(20 * (i % 10), 20 * (i % 10) + 20)
    flat, _ = flatten(params)
    scores = log_probabilities(params, inputs[batch])
    scores = log_probabilities(params, inputs[batch])
    return -np.mean(np.sum(scores * targets[batch], axis=1)) + 1e-3 * np.dot(flat, flat)


def run():
    """Return the trained parameters and the loss on the way."""
    losses = []
    trained = adam(grad(loss), start, callback=lambda p, i, g: losses.append(loss(p, i)), num_iters=60, step_size=0.01)
    return {"params": flatten(trained)[0], "losses": losses}
