"""Logistic regression: the mean cross entropy of labels 0 and 1, its gradient, and its Hessian times a vector.

The probability of label 1 at a row x is sigmoid(x . w); the loss of a label t is log(1 + exp(z)) - t z with z = x . w.
The program writes log(1 + exp(z)) as max(z, 0) + log1p(exp(-|z|)), so that nothing overflows.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed, interval, normal

from graddiff import Case
from graddiff.domains import generator

WEIGHTS = interval("WEIGHTS", -0.5, 0.5)
SIZES = [(200, 20), (20_000, 100)]


def rows(n: int, d: int) -> Any:
    """Return the data."""
    return normal("logistic regression", n, d, shape=(n, d))


def labels(n: int) -> Any:
    """Return the labels, 0.0 or 1.0."""
    return generator("labels", n).integers(0, 2, n).astype(float)


def loss(np: Any, n: int, d: int) -> Function:
    """Return the loss as a function of the weights."""
    x, t = rows(n, d), labels(n)

    def mean_cross_entropy(w: Any) -> Any:
        z = np.dot(x, w)
        return np.sum(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))) - t * z) / n

    return mean_cross_entropy


def direction(d: int) -> Any:
    """Return the vector that the Hessian is multiplied with."""
    return normal("direction", d, shape=(d,))


def gradient(n: int, d: int) -> Function:
    """Return the gradient by hand: the rows, weighted by how far the probabilities miss the labels."""
    x, t = rows(n, d), labels(n)
    return lambda w: (1 / (1 + numpy.exp(-(x @ w))) - t) @ x / n


def hessian_product(n: int, d: int) -> Function:
    """Return the Hessian times the vector by hand."""
    x, v = rows(n, d), direction(d)

    def product(w: Any) -> Any:
        probability = 1 / (1 + numpy.exp(-(x @ w)))
        return (probability * (1 - probability) * (x @ v)) @ x / n

    return product


def case(n: int, d: int) -> Case:
    """Return the loss at a size."""
    return Case(f"logistic_regression.n{n}_d{d}", lambda np: loss(np, n, d), [WEIGHTS], shapes=[(d,)])


def product_case(n: int, d: int) -> Case:
    """Return the product of Hessian and vector at a size."""
    build = lambda np, lib: lambda w: lib.hvp(loss(np, n, d), w, direction(d))  # noqa: E731  # a case shows its own line
    return Case(f"logistic_regression.hvp_n{n}_d{d}", build, [WEIGHTS], shapes=[(d,)], aspects=("value",))


CASES = [case(8, 4), product_case(8, 4)]


def timed() -> list[Timed]:
    """Return the gradient and the product at each size."""
    gradients = [Timed(case(n, d), by_hand=gradient(n, d)) for n, d in SIZES]
    return gradients + [Timed(product_case(n, d), order=0, by_hand=hessian_product(n, d)) for n, d in SIZES]
