"""A network with one hidden layer: tanh, then the mean cross entropy of a log-softmax over classes.

The weights live in a dict, as users keep them. A case has arrays as arguments, so its function builds the dict;
`loss` takes it as it is.
"""

from collections.abc import Mapping
from typing import Any

import numpy
from comparisons.models import Function, Timed, interval, logsumexp, normal

from graddiff import Case
from graddiff.domains import generator

KEYS = ("w0", "b0", "w1", "b1")
WEIGHTS = interval("WEIGHTS", -0.3, 0.3)


def images(batch: int, width: int) -> Any:
    """Return the data."""
    return normal("mlp", batch, width, shape=(batch, width))


def one_hot(batch: int, classes: int) -> Any:
    """Return the labels, as rows of the unit matrix."""
    return numpy.eye(classes)[generator("labels", batch).integers(0, classes, batch)]


def loss(np: Any, batch: int, widths: tuple[int, int, int]) -> Function:
    """Return the loss as a function of a dict of weights."""
    x, labels = images(batch, widths[0]), one_hot(batch, widths[2])

    def mean_cross_entropy(weights: Mapping[str, Any]) -> Any:
        hidden = np.tanh(np.dot(x, weights["w0"]) + weights["b0"])
        scores = np.dot(hidden, weights["w1"]) + weights["b1"]
        return (np.sum(logsumexp(np, scores, axis=1)) - np.sum(scores * labels)) / batch

    return mean_cross_entropy


def loss_of_arrays(np: Any, batch: int, widths: tuple[int, int, int]) -> Function:
    """Return the loss as a function of the single arrays."""
    of_dict = loss(np, batch, widths)
    return lambda w0, b0, w1, b1: of_dict({"w0": w0, "b0": b0, "w1": w1, "b1": b1})


def gradient(batch: int, widths: tuple[int, int, int]) -> Function:
    """Return the gradient by hand: backpropagation through the two layers."""
    np, x, labels = numpy, images(batch, widths[0]), one_hot(batch, widths[2])

    def backpropagation(w0: Any, b0: Any, w1: Any, b1: Any) -> tuple[Any, ...]:
        hidden = np.tanh(x @ w0 + b0)
        scores = hidden @ w1 + b1
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        by_scores = (weights / weights.sum(axis=1, keepdims=True) - labels) / batch
        by_sums = (by_scores @ w1.T) * (1 - hidden**2)
        return x.T @ by_sums, by_sums.sum(axis=0), hidden.T @ by_scores, by_scores.sum(axis=0)

    return backpropagation


def case(batch: int, widths: tuple[int, int, int]) -> Case:
    """Return the model at a size: inputs, hidden units, classes."""
    inputs, hidden, classes = widths
    return Case(
        f"mlp.b{batch}_{inputs}_{hidden}_{classes}",
        lambda np: loss_of_arrays(np, batch, widths),
        [WEIGHTS] * 4,
        shapes=[((inputs, hidden), (hidden,), (hidden, classes), (classes,))],
    )


CASES = [case(3, (3, 2, 3))]
SIZES = [(256, (784, 100, 10))]


def timed() -> list[Timed]:
    """Return the gradient over the dict of weights at each size."""
    return [Timed(case(n, widths), by_hand=gradient(n, widths), keys=KEYS) for n, widths in SIZES]
