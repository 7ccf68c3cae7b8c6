"""Three methods of gradient descent, for parameters in any containers.

Each is called as ``optimize(grad, x0, callback=None, num_iters=..., ...)`` and returns the parameters after
``num_iters`` steps. ``grad(x, i)`` returns the gradient at step ``i``, in the containers of ``x``, and
``callback(x, i, g)`` is called before each step. A whole run can be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from easygrad.core import Array
from easygrad.misc.flatten import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any] | None


def unflatten_optimizer(optimize: Callable[..., Array]) -> Callable[..., Any]:
    """Return an optimizer of vectors as one of parameters in containers."""

    @wraps(optimize)
    def optimize_containers(grad: Gradient, x0: Any, callback: Callback = None, *args: Any, **options: Any) -> Any:
        start, unflatten = flatten(x0)

        def flat_grad(x: Array, i: int) -> Array:
            return flatten(grad(unflatten(x), i))[0]

        def flat_callback(x: Array, i: int, g: Array) -> None:
            if callback:
                callback(unflatten(x), i, unflatten(g))

        return unflatten(optimize(flat_grad, start, flat_callback, *args, **options))

    return optimize_containers


@unflatten_optimizer
def sgd(
    grad: Gradient,
    x: Array,
    callback: Callback = None,
    num_iters: int = 200,
    step_size: float = 0.1,
    mass: float = 0.9,
) -> Array:
    """Return the parameters after descent with momentum: the velocity keeps the fraction ``mass`` of itself."""
    velocity = np.zeros_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        velocity = mass * velocity - (1.0 - mass) * g
        x = x + step_size * velocity
    return x


@unflatten_optimizer
def rmsprop(
    grad: Gradient,
    x: Array,
    callback: Callback = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Array:
    """Return the parameters after descent with steps divided by the root of a running mean of squared gradients.

    Tieleman and Hinton, lecture 6.5 of *Neural Networks for Machine Learning*, 2012; the mean starts at 1.
    """
    mean_square = np.ones_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        mean_square = mean_square * gamma + g**2 * (1 - gamma)
        x = x - step_size * g / (np.sqrt(mean_square) + eps)
    return x


@unflatten_optimizer
def adam(
    grad: Gradient,
    x: Array,
    callback: Callback = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Array:
    """Return the parameters after descent by running means of the gradient and of its square.

    Kingma and Ba, *Adam: a method for stochastic optimization*, 2015, algorithm 1.
    """
    mean, mean_square = np.zeros_like(x), np.zeros_like(x)
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        mean = (1 - b1) * g + b1 * mean
        mean_square = (1 - b2) * (g**2) + b2 * mean_square
        unbiased = mean / (1 - b1 ** (i + 1))
        unbiased_square = mean_square / (1 - b2 ** (i + 1))
        x = x - step_size * unbiased / (np.sqrt(unbiased_square) + eps)
    return x
