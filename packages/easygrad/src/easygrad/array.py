"""What makes a box feel like an array: operators, attributes, methods, and NumPy's two protocols.

To let ``np.f(box)`` work, write the primitive into a file of ``rules``; ``dispatch_table`` finds it there.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from easygrad.core import ARRAYS, Array, Box, Closed, Operators, Reverse, linked, stop_gradient
from easygrad.primitives import apply_beside, apply_binary, apply_unary
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
from easygrad.rules.composition import boxed_within, primitive_of
from easygrad.rules.elementwise import add, divide, mod, multiply, negative, power, subtract
from easygrad.rules.indexing import getitem, part
from easygrad.rules.products import matmul, sparse_left, sparse_right
from easygrad.ufunc_calls import called
from easygrad.writing import Flat, assign, base, remember, update, write_out

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


SHORT = {int, slice}  # the indices of most loops
GETITEM = primitive_of(getitem)
# They take like=x, and reach a box by nothing else: what they make can be written into, like x
CREATORS = {np.arange, np.array, np.asanyarray, np.asarray, np.ascontiguousarray, np.asfortranarray, np.empty, np.eye}
CREATORS |= {np.fromfunction, np.fromiter, np.full, np.identity, np.ones, np.require, np.tri, np.zeros}


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
    for function, value in table.items():
        home = (getattr(function, "__module__", None) or "numpy").replace("numpy.lib.scimath", "numpy.emath")
        value.__module__, value.__qualname__ = f"easygrad.{home}", function.__name__  # where pickle will look for it
        if isinstance(function, np.ufunc):  # its methods hand boxes over by the protocol
            value.reduce, value.accumulate, value.reduceat = function.reduce, function.accumulate, function.reduceat
            value.outer, value.at = function.outer, function.at
    return table


def of_scipy(ufunc: np.ufunc) -> Any:
    """Return the function for a ufunc of ``scipy.special``; these have rules as soon as a traced value meets one."""
    if getattr(sys.modules.get("scipy.special"), ufunc.__name__, None) is ufunc:
        import_module("easygrad.scipy.special")
    return FUNCTIONS.get(ufunc)


def missing(function: Any, args: Any, options: Any) -> NotImplementedError:
    """Return the error of a NumPy function without a rule, with the lines that give it one."""
    name = f"{getattr(function, '__module__', None) or 'numpy'}.{function.__name__}"
    try:
        names = list(inspect.signature(function).bind(*args, **options).arguments)
    except (TypeError, ValueError):
        names = [f"x{i}" for i in range(len(args))]
    given = [*args, *options.values()]
    i = next(i for i, x in enumerate(given) if boxed_within(x))
    return NotImplementedError(
        f"{name} has no derivative with respect to its argument {names[i]} in easygrad yet. Write it with functions "
        f"that have one, pass stop_gradient({names[i]}) where a constant is meant, or give it a rule:\n\n"
        f"    f = easygrad.extend.primitive({name})\n"
        f"    easygrad.extend.defvjp(f, lambda ans, {', '.join(names)}: lambda g: ..., argnums=({i},))\n"
    )


def detached(x: Any, what: str, instead: str = "Use a function of numpy or easygrad.numpy on it.") -> TypeError:
    """Return the error of an attempt to make a plain number of a traced value."""
    return TypeError(
        f"{what} would cut a traced value of shape {x.shape} off from its derivative. {instead} Or pass "
        "stop_gradient(x), where a constant is meant."
    )


def as_object(x: Any) -> Any:
    """Return an array of objects around a box: by it ``scipy.sparse`` knows to leave ``S @ x`` to the box.

    Its matrices ask any operand for an array, and give way only where what comes is an object without a shape.
    """
    array = np.empty((), object)
    array[()] = x
    return array


def multiply_by(x: Any, other: Any) -> Any:
    """Return ``x * other``, which is the matrix product if the other is a sparse matrix of SciPy, not an array."""
    return sparse_right(x, a=other) if is_sparse_matrix(other) else multiply(x, other)


def multiplied(other: Any, x: Any) -> Any:
    """Return ``other * x``, which is the matrix product if the other is a sparse matrix of SciPy, not an array."""
    return sparse_left(x, a=other) if is_sparse_matrix(other) else multiply(other, x)


def is_sparse_matrix(x: Any) -> bool:
    """Return whether ``x`` is one of those sparse matrices whose operator ``*`` is the matrix product."""
    return hasattr(x, "tocsr") and isinstance(x, sys.modules["scipy.sparse"].spmatrix)


# Operators of a box go straight to the engine: an entry point would only ask whether there is one
OPERATORS = [add, subtract, multiply, divide, power, negative]
ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, NEGATIVE = map(primitive_of, OPERATORS)


class ArrayMethods(Operators):
    """The operators, attributes and methods of an ndarray, as primitives."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # not hashable, like an ndarray
    value: Array
    owner: Any
    node: Any

    # NumPy's protocols: plain np.f(box) ends up here

    __pandas_priority__ = 10_000  # pandas leaves the operators of its tables and a box to the box

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        function = FUNCTIONS.get(ufunc) or of_scipy(ufunc)
        if function is None:
            raise missing(ufunc, inputs, options)
        if method == "__call__" and not options:
            return function(*inputs)
        return called(function, ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in CREATORS:  # called with like=x, which NumPy takes away
            made = FUNCTIONS.get(function, function)(*args, **options)
            return made if type(made) is Box else constants.writable(made, self)
        if function not in FUNCTIONS:
            raise missing(function, args, options)
        if options.get("out") is not None:
            out = options.pop("out")
            return write_out(out, FUNCTIONS[function](*args, **options), function.__name__)
        return FUNCTIONS[function](*args, **options)

    @staticmethod
    def joined(x: Any) -> Array:
        return shaping.stacked(x) if type(x) in (list, tuple) and boxed_within(x) else x

    def shows(self, boxes: Any, call: Any) -> None:
        remember(self, boxes, call)

    # What cannot be done to a traced value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if sys._getframe(1).f_globals.get("__name__", "").startswith("scipy.sparse"):
            return as_object(self)
        raise detached(
            self,
            "making a plain array of it, or writing it into one,",
            "Of a list with traced values make easygrad.numpy.array([...]); to write them into an array, make that "
            "with np.zeros_like(x) or np.zeros(shape, like=x) of a traced x.",
        )

    def __float__(self) -> float:
        raise detached(
            self,
            "float(x), which functions of math and compiled code call, and so does plain[i] = x,",
            "Use a function of numpy or easygrad.numpy on it; to write it into an array, make that with "
            "np.zeros_like(x) or np.zeros(shape, like=x) of a traced x.",
        )

    def __int__(self) -> int:
        raise detached(self, "int(x)")

    def __complex__(self) -> complex:
        raise detached(self, "complex(x)")

    def __index__(self) -> int:
        raise detached(self, "using it as an index")

    def __setitem__(self, index: Any, value: Any) -> None:
        assign(self, index, value)

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
        ended = ", of a derivative that has ended" if type(self.owner) is Closed else ""
        return f"Box({self.value!r}{ended})"

    def __str__(self) -> str:
        return str(stop_gradient(self))

    def __contains__(self, item: Any) -> bool:
        return stop_gradient(item) in stop_gradient(self)

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

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def flags(self) -> Any:
        return stop_gradient(self).flags

    @property
    def strides(self) -> tuple[int, ...]:
        return stop_gradient(self).strides  # type: ignore[no-any-return]  # an array's

    @property
    def base(self) -> Any:
        return base(self)

    # Operators

    def __add__(self, other: Any) -> Any:
        return apply_binary(ADD, self, other) if type(other) is Box else apply_beside(ADD, self, other)

    def __radd__(self, other: Any) -> Any:
        return apply_beside(ADD, other, self)

    def __iadd__(self, other: Any) -> Any:
        new = apply_binary(ADD, self, other)
        return new if type(self.value) is np.float64 else update(self, new)

    def __sub__(self, other: Any) -> Any:
        return apply_binary(SUBTRACT, self, other) if type(other) is Box else apply_beside(SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> Any:
        return apply_beside(SUBTRACT, other, self)

    def __isub__(self, other: Any) -> Any:
        return update(self, subtract(self, other))

    def __mul__(self, other: Any) -> Any:
        if type(other) is Box:
            return apply_binary(MULTIPLY, self, other)
        return apply_beside(MULTIPLY, self, other) if type(other) in ARRAYS else multiply_by(self, other)

    def __rmul__(self, other: Any) -> Any:
        return apply_beside(MULTIPLY, other, self) if type(other) in ARRAYS else multiplied(other, self)

    def __imul__(self, other: Any) -> Any:
        return update(self, multiply(self, other))

    def __truediv__(self, other: Any) -> Any:
        return apply_binary(DIVIDE, self, other) if type(other) is Box else apply_beside(DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return apply_beside(DIVIDE, other, self)

    def __itruediv__(self, other: Any) -> Any:
        return update(self, divide(self, other))

    def __pow__(self, other: Any) -> Any:
        return apply_binary(POWER, self, other) if type(other) is Box else apply_beside(POWER, self, other)

    def __rpow__(self, other: Any) -> Any:
        return apply_beside(POWER, other, self)

    def __ipow__(self, other: Any) -> Any:
        return update(self, power(self, other))

    def __mod__(self, other: Any) -> Any:
        return mod(self, other)

    def __rmod__(self, other: Any) -> Any:
        return mod(other, self)

    def __imod__(self, other: Any) -> Any:
        return update(self, mod(self, other))

    def __floordiv__(self, other: Any) -> Any:
        return constants.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return constants.floor_divide(other, self)

    def __ifloordiv__(self, other: Any) -> Any:
        return update(self, constants.floor_divide(self, other))

    def __divmod__(self, other: Any) -> Any:
        return constants.floor_divide(self, other), mod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return constants.floor_divide(other, self), mod(other, self)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other) if not hasattr(other, "tocsr") else sparse_right(self, a=other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self) if not hasattr(other, "tocsr") else sparse_left(self, a=other)

    def __imatmul__(self, other: Any) -> Any:
        return update(self, matmul(self, other))

    def __neg__(self) -> Any:
        return apply_unary(NEGATIVE, self)

    def __pos__(self) -> Any:
        return elementwise.positive(self)

    def __abs__(self) -> Any:
        return elementwise.absolute(self)

    def __getitem__(self, index: Any) -> Any:
        x, short = self.value, set(map(type, index)) <= SHORT if type(index) is tuple else type(index) in SHORT
        if short and type(x) is np.ndarray and type(self.owner) is Reverse:  # loops over x[i] are long
            ans, node = x[index], self.node
            try:
                space = node.space
            except AttributeError:
                node.space = space = (x.shape, x.dtype)
            box = linked(ans, self.owner, node, part, space, index)
            if type(ans) is np.ndarray:
                remember(box, (self,), (GETITEM, (self, index), {}))
            return box
        return getitem(self, stop_gradient(index))

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
        return elementwise.conjugate(self) if self.dtype.kind == "c" else self

    conjugate = conj

    def astype(
        self, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        same = np.dtype(dtype) == self.dtype
        if same and not copy:
            return self
        return shaping.copy(self) if same else shaping.as_type([self], dtype, casting)[0]

    def copy(self, order: Any = "C") -> Any:
        return shaping.copy(self, order=order)

    def view(self) -> Any:
        return self[...]

    def reshape(self, *shape: Any, order: Any = "C") -> Any:
        return shaping.reshape(self, shape[0] if len(shape) == 1 else shape, order)

    def ravel(self, order: Any = "C") -> Any:
        return shaping.ravel(self, order)

    def flatten(self, order: Any = "C") -> Any:
        return shaping.copy(shaping.ravel(self, order))

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

    def round(self, decimals: int = 0) -> Any:
        return constants.round(self, decimals)

    @property
    def flat(self) -> Flat:
        return Flat(self)

    def item(self, *index: Any) -> Any:
        """Return one element, traced."""
        if not index and self.size != 1:
            raise ValueError(f"item: a traced array of shape {self.shape} has more than one element; give an index.")
        return self[index] if len(index) > 1 else self.flat[index[0] if index else 0]

    def tolist(self) -> Any:
        """Return nested lists of traced numbers."""
        return [row.tolist() for row in self] if self.ndim else self

    def fill(self, value: Any) -> None:
        self[...] = value

    def put(self, indices: Any, values: Any, mode: Any = "raise") -> None:
        selection.put(self, indices, values, mode)

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
        update(self, selection.sort(self, axis, **options))

    def partition(self, kth: Any, axis: int = -1, **options: Any) -> None:
        update(self, selection.partition(self, kth, axis, **options))

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
