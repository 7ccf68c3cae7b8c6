"""A net with a convolution, maxima of patches and a dense layer."""

import autograd.numpy as np
from autograd import grad
from autograd.scipy.signal import convolve
from autograd.scipy.special import logsumexp

rng = np.random.RandomState(0)
images = rng.randn(6, 1, 12, 12)
targets = np.eye(4)[rng.randint(0, 4, 6)]
start = [0.3 * rng.randn(1, 3, 5, 5), 0.1 * rng.randn(1, 3, 1, 1), 0.2 * rng.randn(48, 4)]


def loss(params):
    """Return the cross-entropy."""
    kernels, bias, weights = params
    maps = np.tanh(convolve(images, kernels, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid") + bias)
    pooled = np.max(np.max(np.reshape(maps, (6, 3, 4, 2, 4, 2)), axis=3), axis=4)
    scores = np.dot(np.reshape(pooled, (6, 48)), weights)
    return -np.mean(np.sum(targets * (scores - logsumexp(scores, axis=1, keepdims=True)), axis=1))


def run():
    """Return the parameters after some steps of descent, and the loss."""
    params, losses = start, []
    for _ in range(3):
        losses.append(loss(params))
        params = [p - 0.3 * g for p, g in zip(params, grad(loss)(params), strict=True)]
    return {"params": params, "losses": losses}
