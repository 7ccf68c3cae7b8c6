"""What makes a box feel like an array: operators, attributes, methods, and NumPy's two protocols.

To let ``np.f(box)`` work, write the primitive into a file of ``rules``; ``dispatch_table`` finds it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from easygrad.core import Array, Box, Operators, stop_gradient
from easygrad.rules import (
    averages,
    constants,
    contractions,
    cumulative,
    decompositions,
    elementwise,
    fft,
    joining,
    linalg,
    numerics,
    padding,
    polynomials,
    products,
    reductions,
    scimath,
    selection,
    shaping,
    statistics,
    ufuncs,
)
from easygrad.rules.elementwise import add, divide, mod, multiply, negative, power, subtract
from easygrad.rules.indexing import getitem
from easygrad.rules.products import matmul

FAMILIES = (
    averages,
    constants,
    contractions,
    cumulative,
    decompositions,
    elementwise,
    fft,
    joining,
    linalg,
    numerics,
    padding,
    polynomials,
    products,
    reductions,
    scimath,
    selection,
    shaping,
    statistics,
    ufuncs,
)


def dispatch_table() -> dict[Any, Any]:
    """Return for each NumPy function the one that also takes boxes."""
    table: dict[Any, Any] = {}
    for family in FAMILIES:
        for value in vars(family).values():
            if hasattr(value, "primitive"):
                table[value.primitive.fun] = value
            elif hasattr(value, "composite"):
                table[value.composite] = value
            elif hasattr(value, "constant"):
                table[value.constant] = value
    return table


def method_of(ufunc: np.ufunc, method: str) -> Any:
    """Return what ``ufunc`` or a method of it is for boxes, None if there is nothing."""
    if method == "__call__":
        return FUNCTIONS.get(ufunc)
    if method == "outer" and ufunc in FUNCTIONS:
        return lambda x, y: FUNCTIONS[ufunc](shaping.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)
    methods = {"reduce": reductions.REDUCTIONS, "accumulate": cumulative.ACCUMULATIONS}.get(method, {})
    return (lambda x, axis=0, **options: methods[ufunc](x, axis, **options)) if ufunc in methods else None


def missing(name: str) -> NotImplementedError:
    """Return the error of a NumPy function without a rule."""
    return NotImplementedError(
        f"numpy.{name} has no derivative in easygrad yet. Write it with functions that have one, pass "
        "stop_gradient(x) where a constant is meant, or add a rule (README, 'Add an operation')."
    )


def detached(x: Any, what: str) -> TypeError:
    """Return the error of an attempt to make a plain number of a traced value."""
    return TypeError(
        f"{what} would cut a traced value of shape {x.shape} off from its derivative. Use a function of numpy or "
        "easygrad.numpy on it, or stop_gradient(x) where a constant is meant."
    )


def updated(x: Any, new: Any) -> Any:
    """Give the box ``x`` the value ``new``, as an operator like ``+=`` does to an array; a scalar is replaced.

    Every name of the box sees the new value. A view of another array cannot be updated: NumPy would write into
    that array too.
    """
    plain = stop_gradient(x)
    if not isinstance(plain, np.ndarray):
        return new
    if new.shape != x.shape or not np.can_cast(new.dtype, x.dtype, "same_kind"):
        raise TypeError(
            f"an in-place operator cannot put a value of shape {new.shape} and dtype {new.dtype} into a traced "
            f"array of shape {x.shape} and dtype {x.dtype}. Write a = a + b, which makes a new array."
        )
    if plain.base is not None or hasattr(x, "viewed"):
        raise TypeError(
            "an in-place operator on a traced array that shares its memory with another one (a slice, a reshape, a "
            "transpose) would have to change both. Write a = a + b, which makes a new array."
        )
    new = shaping.astype(new, x.dtype)
    x.value, x.owner, x.node = new.value, new.owner, new.node
    return x


class ArrayMethods(Operators):
    """The operators, attributes and methods of an ndarray, as primitives."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # not hashable, like an ndarray
    value: Array

    # NumPy's protocols: plain np.f(box) ends up here

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        function = method_of(ufunc, method)
        if function is None:
            raise missing(ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}")
        if "out" in options:
            raise TypeError(
                f"numpy.{ufunc.__name__} cannot write a traced value into a plain array, be it by out= or by an "
                "operator like a += x. Write a = a + x, which makes a new array."
            )
        return function(*inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function not in FUNCTIONS:
            raise missing(f"{function.__module__}.{function.__name__}".removeprefix("numpy."))
        return FUNCTIONS[function](*args, **options)

    # What cannot be done to a traced value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise detached(self, "making a plain array of it, or writing it into one,")

    def __float__(self) -> float:
        raise detached(self, "float(x)")

    def __int__(self) -> int:
        raise detached(self, "int(x)")

    def __complex__(self) -> complex:
        raise detached(self, "complex(x)")

    def __index__(self) -> int:
        raise detached(self, "using it as an index")

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            "a traced array cannot be written into yet. Build it with np.where, np.concatenate or "
            "easygrad.numpy.array([...]) instead."
        )

    def __copy__(self) -> Any:
        return shaping.copy(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return shaping.copy(self)

    # What its plain value answers

    def __bool__(self) -> bool:
        return bool(stop_gradient(self))

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return f"Box({self.value!r})"

    def __format__(self, spec: str) -> str:
        return format(stop_gradient(self), spec)

    def __round__(self, digits: int | None = None) -> Any:
        return round(stop_gradient(self), digits)

    def __floor__(self) -> Any:
        return constants.floor(self)

    def __ceil__(self) -> Any:
        return constants.ceil(self)

    def __eq__(self, other: Any) -> Any:
        return stop_gradient(self) == stop_gradient(other)

    def __ne__(self, other: Any) -> Any:
        return stop_gradient(self) != stop_gradient(other)

    def __lt__(self, other: Any) -> Any:
        return stop_gradient(self) < stop_gradient(other)

    def __le__(self, other: Any) -> Any:
        return stop_gradient(self) <= stop_gradient(other)

    def __gt__(self, other: Any) -> Any:
        return stop_gradient(self) > stop_gradient(other)

    def __ge__(self, other: Any) -> Any:
        return stop_gradient(self) >= stop_gradient(other)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape  # type: ignore[no-any-return]  # an array's

    @property
    def ndim(self) -> int:
        return self.value.ndim  # type: ignore[no-any-return]  # an array's

    @property
    def size(self) -> int:
        return self.value.size  # type: ignore[no-any-return]  # an array's

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype  # type: ignore[no-any-return]  # an array's

    # Operators

    def __add__(self, other: Any) -> Any:
        return add(self, other)

    def __radd__(self, other: Any) -> Any:
        return add(other, self)

    def __iadd__(self, other: Any) -> Any:
        return updated(self, add(self, other))

    def __sub__(self, other: Any) -> Any:
        return subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return subtract(other, self)

    def __isub__(self, other: Any) -> Any:
        return updated(self, subtract(self, other))

    def __mul__(self, other: Any) -> Any:
        return multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return multiply(other, self)

    def __imul__(self, other: Any) -> Any:
        return updated(self, multiply(self, other))

    def __truediv__(self, other: Any) -> Any:
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return divide(other, self)

    def __itruediv__(self, other: Any) -> Any:
        return updated(self, divide(self, other))

    def __pow__(self, other: Any) -> Any:
        return power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return power(other, self)

    def __ipow__(self, other: Any) -> Any:
        return updated(self, power(self, other))

    def __mod__(self, other: Any) -> Any:
        return mod(self, other)

    def __rmod__(self, other: Any) -> Any:
        return mod(other, self)

    def __imod__(self, other: Any) -> Any:
        return updated(self, mod(self, other))

    def __floordiv__(self, other: Any) -> Any:
        return constants.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return constants.floor_divide(other, self)

    def __ifloordiv__(self, other: Any) -> Any:
        return updated(self, elementwise.where(False, self, constants.floor_divide(self, other)))

    def __divmod__(self, other: Any) -> Any:
        return constants.floor_divide(self, other), mod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return constants.floor_divide(other, self), mod(other, self)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self)

    def __imatmul__(self, other: Any) -> Any:
        return updated(self, matmul(self, other))

    def __neg__(self) -> Any:
        return negative(self)

    def __pos__(self) -> Any:
        return elementwise.positive(self)

    def __abs__(self) -> Any:
        return elementwise.absolute(self)

    def __getitem__(self, index: Any) -> Any:
        return getitem(self, index if type(index) is int else stop_gradient(index))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    # Methods and attributes, with NumPy's parameters

    @property
    def T(self) -> Any:  # noqa: N802  # NumPy's name
        return shaping.transpose(self)

    @property
    def mT(self) -> Any:  # noqa: N802  # NumPy's name
        return shaping.matrix_transpose(self)

    @property
    def real(self) -> Any:
        return elementwise.real(self)

    @property
    def imag(self) -> Any:
        return elementwise.imag(self)

    def conj(self) -> Any:
        return elementwise.conjugate(self)

    conjugate = conj

    def astype(
        self, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        return shaping.as_type([self], dtype, casting)[0]

    def copy(self) -> Any:
        return shaping.copy(self)

    def reshape(self, *shape: Any, order: Any = "C") -> Any:
        return shaping.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def ravel(self, order: Any = "C") -> Any:
        return shaping.ravel(self, order)

    def flatten(self, order: Any = "C") -> Any:
        return shaping.ravel(self, order)

    def transpose(self, *axes: Any) -> Any:
        return shaping.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        return shaping.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        return shaping.squeeze(self, axis)

    def repeat(self, repeats: Any, axis: Any = None) -> Any:
        return joining.repeat(self, repeats, axis)

    def dot(self, other: Any) -> Any:
        return products.dot(self, other)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        return products.trace(self, offset, axis1, axis2)

    def sum(self, axis: Any = None, **options: Any) -> Any:
        return reductions.sum(self, axis, **options)

    def mean(self, axis: Any = None, **options: Any) -> Any:
        return reductions.mean(self, axis, **options)

    def prod(self, axis: Any = None, **options: Any) -> Any:
        return reductions.prod(self, axis, **options)

    def max(self, axis: Any = None, **options: Any) -> Any:
        return reductions.max(self, axis, **options)

    def min(self, axis: Any = None, **options: Any) -> Any:
        return reductions.min(self, axis, **options)

    def var(self, axis: Any = None, **options: Any) -> Any:
        return reductions.var(self, axis, **options)

    def std(self, axis: Any = None, **options: Any) -> Any:
        return reductions.std(self, axis, **options)

    def argmax(self, axis: Any = None) -> Any:
        return constants.argmax(self, axis)

    def argmin(self, axis: Any = None) -> Any:
        return constants.argmin(self, axis)

    def argsort(self, axis: Any = -1) -> Any:
        return constants.argsort(self, axis)

    def argpartition(self, kth: Any, axis: Any = -1) -> Any:
        return constants.argpartition(self, kth, axis)

    def searchsorted(self, v: Any, side: Any = "left", sorter: Any = None) -> Any:
        return constants.searchsorted(self, v, side, sorter)

    def nonzero(self) -> Any:
        return constants.nonzero(self)

    def take(self, indices: Any, axis: Any = None, **options: Any) -> Any:
        return selection.take(self, indices, axis, **options)

    def compress(self, condition: Any, axis: Any = None) -> Any:
        return selection.compress(condition, self, axis)

    def choose(self, choices: Any, **options: Any) -> Any:
        return selection.choose(self, choices, **options)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        return selection.diagonal(self, offset, axis1, axis2)

    def clip(self, min: Any = None, max: Any = None) -> Any:  # noqa: A002  # NumPy's names
        return selection.clip(self, min, max)

    def sort(self, axis: int = -1, **options: Any) -> None:
        updated(self, selection.sort(self, axis, **options))

    def partition(self, kth: Any, axis: int = -1, **options: Any) -> None:
        updated(self, selection.partition(self, kth, axis, **options))

    def cumsum(self, axis: Any = None, **options: Any) -> Any:
        return cumulative.cumsum(self, axis, **options)

    def cumprod(self, axis: Any = None, **options: Any) -> Any:
        return cumulative.cumprod(self, axis, **options)

    def all(self, axis: Any = None) -> Any:
        return constants.all(self, axis)

    def any(self, axis: Any = None) -> Any:
        return constants.any(self, axis)


# The one knot: a box needs operators, operators are primitives, and primitives need the box. The engine leaves an
# empty base class for them, and here it gets its content.
Box.__bases__ = (ArrayMethods,)
FUNCTIONS = dispatch_table()
