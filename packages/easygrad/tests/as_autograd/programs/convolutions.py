"""Autograd's convolve, in all its forms, run by both libraries."""

import json

import autograd.numpy as np
from autograd import grad
from autograd.scipy.signal import convolve

rng = np.random.RandomState(0)


def show(a_shape, b_shape, **options):
    """Print a convolution and its derivatives by both arrays."""

    def f(a, b):
        return np.sum(np.sin(convolve(a, b, **options)))

    a, b = rng.randn(*a_shape), rng.randn(*b_shape)
    values = convolve(a, b, **options), grad(f)(a, b), grad(f, 1)(a, b)
    print(json.dumps([f"{a_shape} {b_shape} {options}", [value.tolist() for value in values]]))


for mode in ("full", "valid", "same"):
    for a_shape, b_shape in [((5,), (3,)), ((3,), (5,)), ((5, 6), (3, 2)), ((4, 4), (4, 4))]:
        show(a_shape, b_shape, mode=mode)
    show((2, 6, 7), (3, 3, 2), axes=([1, 2], [1, 2]), mode=mode)
    show((2, 4, 6, 7), (4, 5, 3, 2), axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode=mode)
    show((6, 2, 4), (4, 5, 3), axes=([0], [2]), dot_axes=([2], [0]), mode=mode)
    show((3, 2, 4), (4, 5, 6), axes=([0], [2]), dot_axes=([2], [0]), mode=mode)
