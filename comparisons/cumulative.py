"""Running sums and products, with zeros and without nan.

To add one, write rows for no axis, an axis, a negative one, and its options.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import NONZERO, REAL, Domain

MATRIX: dict[str, Any] = {"shapes": [(2, 3)]}
FIRST: dict[str, Any] = {"shapes": [(2, 3)], "orders": (1,)}
FLOATS: dict[str, Any] = {"shapes": [(2, 3)], "dtypes": ("float64", "float32")}
KNOWN = numpy.array([[True, False, True], [True, True, True]])
ZEROS = numpy.array([[1.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 0.0]])


def products(x: Any) -> Any:
    """Return the running products along the last axis, one factor after the other."""
    columns = [x[..., 0]]
    for i in range(1, x.shape[-1]):
        columns.append(columns[-1] * x[..., i])
    return numpy.stack(columns, axis=-1)


def with_zeros(*places: int) -> Domain:
    """Return numbers like those of NONZERO, with 0 at some places."""

    def sample(rng: numpy.random.Generator, shape: tuple[int, ...]) -> Any:
        values = NONZERO.sample(rng, shape).copy()
        values.flat[list(places)] = 0.0
        return values

    return Domain("WITH_ZEROS", sample)


CASES = [
    Case("cumsum", lambda np: lambda x: np.cumsum(x * x), [REAL], **FLOATS),
    Case("cumsum.axis", lambda np: lambda x: np.cumsum(x * x, axis=0), [REAL], **MATRIX),
    Case("cumsum.axis_negative", lambda np: lambda x: np.cumsum(x, axis=-1) ** 2, [REAL], **MATRIX),
    Case("cumsum.of_number", lambda np: lambda x: np.cumsum(x * x), [REAL], shapes=[()], orders=(1,)),
    Case(
        "cumprod",
        lambda np: lambda x: np.cumprod(x),
        [NONZERO],
        reference=lambda np: lambda x: products(np.reshape(x, 6)),
        reason="no derivative in Autograd (#257)",
        **FLOATS,
    ),
    Case(
        "cumprod.axis",
        lambda np: lambda x: np.cumprod(x, axis=0),
        [NONZERO],
        reference=lambda np: lambda x: products(x.T).T,
        **MATRIX,
    ),
    Case(
        "cumprod.axis_negative",
        lambda np: lambda x: np.cumprod(x, axis=-1),
        [NONZERO],
        reference=lambda np: lambda x: products(x),
        orders=(1, 2, 3),
        **MATRIX,
    ),
    Case(
        "cumprod.with_zeros",
        lambda np: lambda x: np.cumprod(x * ZEROS, axis=1) + np.cumprod(x * x * ZEROS, axis=1),
        [NONZERO],
        shapes=[(2, 4)],
        reference=lambda np: lambda x: products(x * ZEROS) + products(x * x * ZEROS),
        reason="a polynomial, smooth everywhere (#257)",
    ),
    Case(
        "cumprod.at_zeros",
        lambda np: lambda x: x + np.cumprod(x),
        [with_zeros(1, 2)],
        shapes=[(4,)],
        reason="only the second derivative in the two zeros is left after them (#257)",
        reference=lambda np: lambda x: x + products(x),
    ),
    Case(
        "nancumsum",
        lambda np: lambda x: np.nancumsum(np.where(KNOWN, x * x, numpy.nan), axis=1),
        [REAL],
        reference=lambda np: lambda x: np.cumsum(x * x * KNOWN, axis=1),
        **MATRIX,
    ),
    Case(
        "nancumprod",
        lambda np: lambda x: np.nancumprod(np.where(KNOWN, x, numpy.nan), axis=1),
        [NONZERO],
        reference=lambda np: lambda x: products(np.where(KNOWN, x, 0 * x + 1)),
        **MATRIX,
    ),
    Case(
        "cumulative_sum",
        lambda np: lambda x: np.cumulative_sum(x * x, axis=1),
        [REAL],
        reference=lambda np: lambda x: np.cumsum(x * x, axis=1),
        **MATRIX,
    ),
    Case(
        "cumulative_sum.include_initial",
        lambda np: lambda x: np.cumulative_sum(x * x, axis=0, include_initial=True),
        [REAL],
        reference=lambda np: lambda x: np.concatenate([0 * x[:1], np.cumsum(x * x, axis=0)]),
        **FIRST,
    ),
    Case(
        "cumulative_prod",
        lambda np: lambda x: np.cumulative_prod(x),
        [NONZERO],
        reference=lambda np: lambda x: products(x),
    ),
    Case(
        "cumulative_prod.include_initial",
        lambda np: lambda x: np.cumulative_prod(x, axis=-1, include_initial=True),
        [NONZERO],
        reference=lambda np: lambda x: np.concatenate([0 * x[:, :1] + 1, products(x)], axis=1),
        **FIRST,
    ),
]
