"""Whole models: each a program of ordinary size and shape, compared at small sizes and timed at large ones.

A module holds one model, written from its formula:

- the program, as a function of its size, in a vector form, and in a loop form over elements where both are usual;
- `CASES`: the program at small sizes, for the comparison;
- `timed()`: the program at the sizes at which it is timed;
- where it is short, the gradient written by hand in plain NumPy: what a derivative costs without a library.

Data that is not differentiated is drawn from a generator that the size seeds. To add a model, write such a module, list
it in `comparisons/workloads.py`, and give it one naive version, straight from its definition, in `comparisons/tests`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graddiff import Case
from graddiff.domains import Domain, generator

Function = Callable[..., Any]


@dataclass(frozen=True)
class Timed:
    """A case at the size at which it is timed, and what is timed of it.

    `order` says how often the function is differentiated, in all its arguments together; 0 is for a function that
    takes its derivatives itself. `by_hand` computes the same in plain NumPy: an array, or a tuple with one for each
    argument. With `keys`, the arguments stand under these names in one dict, over which the gradient is taken.
    `elementwise` is for functions of an array that return one: their derivatives are those of each element.

    The first kind of input is timed, or an array of the first shape if the case names no kind.
    """

    case: Case
    order: int = 1
    by_hand: Function | None = None
    keys: tuple[str, ...] = ()
    elementwise: bool = False

    def derivative(self, library: Any) -> Function:
        """Return what is timed of a library: a function of the arguments of the case, or of the dict of them."""
        function = self.case.build(self.case.function, library.numpy, library)
        if len(self.case.domains) > 1 and self.order:
            return self._of_several(library, function)
        for _ in range(self.order):
            function = library.elementwise_grad(function) if self.elementwise else library.grad(function)
        return function

    def _of_several(self, library: Any, function: Function) -> Function:
        if self.keys:
            return library.grad(lambda named: function(*(named[key] for key in self.keys)))  # type: ignore[no-any-return]  # a Library of graddiff
        return lambda *arguments: library.vjp(function, *arguments)[1](1.0)


def inputs_of(case: Case) -> tuple[Any, ...]:
    """Return the inputs of a case at its own size, one for each argument: always the same."""
    shapes = case.rows(len(case.domains))[0]
    pairs = enumerate(zip(case.domains, shapes, strict=True))
    arrays = tuple(domain.sample(generator(case.id, i), shape) for i, (domain, shape) in pairs)
    return tuple(float(array) for array in arrays) if "float" in case.kinds else arrays


def interval(name: str, low: float, high: float) -> Domain:
    """Return the domain of the numbers between two bounds, drawn evenly."""
    return Domain(name, lambda rng, shape: rng.uniform(low, high, shape))


def normal(*words: object, shape: Sequence[int]) -> Any:
    """Return an array of normal numbers that belongs to these words: data that is not differentiated."""
    return generator(*words).standard_normal(tuple(shape))


def logsumexp(np: Any, x: Any, axis: int | None = None) -> Any:
    """Return the logarithm of the sum of exponentials along an axis, shifted by the largest so that none overflows."""
    largest = np.max(x, axis=axis, keepdims=True)
    total = np.log(np.sum(np.exp(x - largest), axis=axis))
    return total + np.reshape(largest, np.shape(total))


def softmax(x: Any, axis: int) -> Any:
    """Return the derivative of `logsumexp` in plain NumPy: exponentials over their sum."""
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return weights / np.sum(weights, axis=axis, keepdims=True)
