"""Descent along natural gradients: products with the Fisher matrix, solved by conjugate gradients."""

import autograd.numpy as np
from autograd import grad, make_ggnvp, make_jvp, make_vjp

rng = np.random.RandomState(0)
x, y = rng.randn(60, 4), (rng.rand(60) < 0.4).astype(float)


def scores(w):
    """Return the scores of a small net."""
    hidden = np.tanh(np.dot(x, np.reshape(w[:20], (4, 5))))
    return np.dot(hidden, w[20:])


def loss(w):
    """Return the logistic loss."""
    return np.mean(np.logaddexp(0.0, scores(w)) - y * scores(w))


def solved(product, b, turns=15):
    """Return the solution of a linear system of which the product with a vector is known."""
    z, r = np.zeros_like(b), b
    p = r
    for _ in range(turns):
        q = product(p)
        step = np.dot(r, r) / np.dot(p, q)
        z, new = z + step * p, r - step * q
        p, r = new + np.dot(new, new) / np.dot(r, r) * p, new
    return z


def run():
    """Return the weights and the loss on the way, and a product by Gauss and Newton."""
    w, losses = 0.5 * np.random.RandomState(1).randn(25), []
    for _ in range(4):
        losses.append(loss(w))
        rate = 1 / (1 + np.exp(-scores(w)))
        forward, (backward, _) = make_jvp(scores)(w), make_vjp(scores)(w)
        # B023: each function is called before the loop goes on
        fisher = lambda v: backward(rate * (1 - rate) / 60 * forward(v)[1]) + 1e-3 * v  # noqa: B023, E731
        w = w - 0.5 * solved(fisher, grad(loss)(w), 8)
    return {"weights": w, "losses": losses, "product": make_ggnvp(scores)(w)(np.ones(25))}
