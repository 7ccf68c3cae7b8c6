"""Numbers of 60 and more digits that NumPy can compute with in object arrays.

NumPy's loops for objects call a method named like the ufunc, so the methods below are all it takes. To make
another ufunc work for the referee, add a method of its name. A number never turns into a float by itself:
that would lose its digits without a word.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import mpmath
import numpy as np

from graddiff.arrays import Array

Raw = Any  # an mpf or mpc of some mpmath context; mpmath has no types


def _unary(function: Callable[[Any, Raw], Raw]) -> Callable[["Number"], "Number"]:
    """Make the method for a ufunc of one argument, given as a function of mpmath context and value."""
    return lambda self: self._apply(function)


def _pair(function: Callable[[Raw, Raw], Raw]) -> Callable[["Number", Any], Any]:
    """Make the method for a ufunc of two arguments."""
    return lambda self, other: self._binary(other, function)


class Number:
    """A real or complex number of many digits; `raw` is mpmath's."""

    __slots__ = ("raw",)
    ndim = 0
    size = 1
    shape = ()

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return str(mpmath.nstr(self.raw, 20))

    def __hash__(self) -> int:
        return hash(self.raw)

    def __bool__(self) -> bool:
        return bool(self.raw != 0)

    def __float__(self) -> float:
        raise TypeError(
            "a number of 60 digits was to become a float and would lose them; "
            "build arrays with zeros_like(x) or array([...]) instead of zeros(n)"
        )

    def __complex__(self) -> complex:
        raise TypeError("a number of 60 digits was to become a complex float and would lose its digits")

    def __int__(self) -> int:
        return whole(self.raw)

    # operators

    def _binary(self, other: Any, operation: Callable[[Raw, Raw], Raw], swap: bool = False) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        right = other.raw if isinstance(other, Number) else lift_raw(context_of(self.raw), other)
        maker = other if type(other) is RoughNumber else self
        return maker._computed(operation(right, self.raw) if swap else operation(self.raw, right))

    def _computed(self, raw: Raw) -> "Number":
        """Return the result of a computation."""
        return Number(raw)

    def _exact(self, raw: Raw) -> "Number":
        """Return a result that floating point would not round."""
        return Number(raw)

    def __add__(self, other: Any) -> Any:
        if type(other) is Number:  # the usual case, on the shortest way
            return Number(self.raw + other.raw)
        return self._binary(other, operator.add)

    def __radd__(self, other: Any) -> Any:
        return self._binary(other, operator.add, swap=True)

    def __sub__(self, other: Any) -> Any:
        if type(other) is Number:  # the usual case, on the shortest way
            return Number(self.raw - other.raw)
        return self._binary(other, operator.sub)

    def __rsub__(self, other: Any) -> Any:
        return self._binary(other, operator.sub, swap=True)

    def __mul__(self, other: Any) -> Any:
        if type(other) is Number:  # the usual case, on the shortest way
            return Number(self.raw * other.raw)
        return self._binary(other, operator.mul)

    def __rmul__(self, other: Any) -> Any:
        return self._binary(other, operator.mul, swap=True)

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, _divide)

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(other, _divide, swap=True)

    def __floordiv__(self, other: Any) -> Any:
        return self._binary(other, _floor_quotient)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._binary(other, _floor_quotient, swap=True)

    def __mod__(self, other: Any) -> Any:
        return self._binary(other, _remainder)

    def __rmod__(self, other: Any) -> Any:
        return self._binary(other, _remainder, swap=True)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __pow__(self, other: Any) -> Any:
        return self._binary(other, _power)

    def __rpow__(self, other: Any) -> Any:
        return self._binary(other, _power, swap=True)

    def __neg__(self) -> "Number":
        return self._exact(-self.raw)

    def __pos__(self) -> "Number":
        return self

    def __abs__(self) -> "Number":
        return self._exact(abs(self.raw))

    def __round__(self, digits: int = 0) -> "Number":
        context = context_of(self.raw)
        scale = context.mpf(10) ** digits
        return self._exact(context.nint(self.raw * scale) / scale)

    def __floor__(self) -> "Number":
        return self.floor()

    def __ceil__(self) -> "Number":
        return self.ceil()

    def __trunc__(self) -> "Number":
        return self.floor() if self.raw >= 0 else self.ceil()

    # comparisons

    def _compare(self, other: Any, operation: Callable[[Raw, Raw], bool]) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return bool(operation(self.raw, lift_raw(context_of(self.raw), other)))

    def __eq__(self, other: object) -> Any:
        return self._compare(other, lambda a, b: a == b)

    def __ne__(self, other: object) -> Any:
        return self._compare(other, lambda a, b: a != b)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a >= b)

    # what NumPy calls by the name of the ufunc

    def _apply(self, function: Callable[[Any, Raw], Raw]) -> "Number":
        """Apply a function of (context, value); where a real value has no real result the answer is nan."""
        context = context_of(self.raw)
        try:
            result = function(context, self.raw)
        except (ValueError, ZeroDivisionError):
            return self._exact(context.nan)
        leaves_the_reals = isinstance(self.raw, context.mpf) and isinstance(result, context.mpc)
        return self._computed(context.nan if leaves_the_reals else result)

    sin = _unary(lambda c, x: c.sin(x))
    cos = _unary(lambda c, x: c.cos(x))
    tan = _unary(lambda c, x: c.tan(x))
    arcsin = _unary(lambda c, x: c.asin(x))
    arccos = _unary(lambda c, x: c.acos(x))
    arctan = _unary(lambda c, x: c.atan(x))
    sinh = _unary(lambda c, x: c.sinh(x))
    cosh = _unary(lambda c, x: c.cosh(x))
    tanh = _unary(lambda c, x: c.tanh(x))
    arcsinh = _unary(lambda c, x: c.asinh(x))
    arccosh = _unary(lambda c, x: c.acosh(x))
    arctanh = _unary(lambda c, x: c.atanh(x))
    exp = _unary(lambda c, x: c.exp(x))
    exp2 = _unary(lambda c, x: c.power(2, x))
    expm1 = _unary(lambda c, x: c.exp(x) - 1)
    log = _unary(lambda c, x: c.log(x))
    log2 = _unary(lambda c, x: c.log(x) / c.log(2))
    log10 = _unary(lambda c, x: c.log(x) / c.log(10))
    log1p = _unary(lambda c, x: c.log(1 + x))
    sqrt = _unary(lambda c, x: c.sqrt(x))
    cbrt = _unary(lambda c, x: c.sign(x) * c.cbrt(abs(x)))
    floor = _unary(lambda c, x: c.floor(x))
    ceil = _unary(lambda c, x: c.ceil(x))
    rint = _unary(lambda c, x: c.nint(x))
    fabs = _unary(lambda c, x: abs(x))
    degrees = _unary(lambda c, x: x * 180 / c.pi)
    rad2deg = _unary(lambda c, x: x * 180 / c.pi)
    radians = _unary(lambda c, x: x * c.pi / 180)
    deg2rad = _unary(lambda c, x: x * c.pi / 180)
    conjugate = _unary(lambda c, x: c.conj(x))
    arctan2 = _pair(lambda a, b: context_of(a).atan2(a, b))
    hypot = _pair(lambda a, b: context_of(a).hypot(a, b))
    fmod = _pair(lambda a, b: a - b * whole(_divide(a, b)))

    @property
    def real(self) -> "Number":
        """The real part."""
        return self._exact(self.raw.real)

    @property
    def imag(self) -> "Number":
        """The imaginary part."""
        return self._exact(self.raw.imag)


class Rounding:
    """Relative errors of fixed size and random sign, one for each operation of a program in turn.

    They stand for the rounding of a program in floating point. The same operation gets the same error whenever the
    program is run, so a rough program is as smooth as the exact one, and has exact derivatives.
    """

    def __init__(self, size: float, seed: int) -> None:
        self._size = size
        self._signs = np.random.default_rng(seed).choice([-1, 1], 4096).tolist()
        self._inside = False
        self._depth = 0
        self.place = 0

    def factor(self) -> float:
        """Return what to multiply the next result with; exactly 1 outside of the program."""
        if not self._inside:
            return 1
        self.place += 1
        return 1 + self._size * float(self._signs[self.place % len(self._signs)])

    @contextmanager
    def program(self) -> Iterator[None]:
        """Make operations rough; the outermost program counts them from the beginning."""
        before, self._inside = self._inside, True
        self.place = self.place if self._depth else 0
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self._inside = before

    @contextmanager
    def referee(self) -> Iterator[None]:
        """Make operations exact: they are the referee's own, even where a program calls it."""
        before, self._inside = self._inside, False
        try:
            yield
        finally:
            self._inside = before


class RoughNumber(Number):
    """A number whose every operation is off by a known relative error: its results are rough numbers again."""

    __slots__ = ("rounding",)

    def __init__(self, raw: Raw, rounding: Rounding) -> None:
        super().__init__(raw)
        self.rounding = rounding

    def _computed(self, raw: Raw) -> Number:
        return RoughNumber(raw * self.rounding.factor(), self.rounding)

    def _exact(self, raw: Raw) -> Number:
        return RoughNumber(raw, self.rounding)

    def __add__(self, other: Any) -> Any:
        return self._binary(other, operator.add)

    def __sub__(self, other: Any) -> Any:
        return self._binary(other, operator.sub)

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, operator.mul)


def roughened(value: Any, rounding: Rounding) -> Any:
    """Return a Number, or an array of them, as rough numbers."""
    if isinstance(value, np.ndarray):
        result = np.empty(value.shape, dtype=object)
        for index, number in np.ndenumerate(value):
            result[index] = RoughNumber(number.raw, rounding)
        return result
    return RoughNumber(value.raw, rounding)


def context_of(raw: Raw) -> Any:
    """Return the context that a raw number computes in: its own of mpmath, or FLINT's."""
    return getattr(raw, "context", None) or _flint_context()


@cache
def _flint_context() -> Any:
    from graddiff.flint_context import FlintContext

    return FlintContext()


def whole(raw: Raw) -> int:
    """Return a raw number without its fraction."""
    return int(raw) if hasattr(raw, "context") else int(context_of(raw).whole(raw))


def _divide(a: Raw, b: Raw) -> Raw:
    """Divide as NumPy does: by zero gives an infinity or nan, no error."""
    if b != 0:
        return a / b
    context = context_of(a)
    return context.inf * context.sign(a) if isinstance(a, context.mpf) and a != 0 else context.nan


def _floor_quotient(a: Raw, b: Raw) -> Raw:
    return context_of(a).floor(_divide(a, b))


def _remainder(a: Raw, b: Raw) -> Raw:
    return a - b * _floor_quotient(a, b)


def _power(a: Raw, b: Raw) -> Raw:
    """Raise as NumPy does: a real base stays real or becomes nan; 0 to a negative power is an infinity."""
    context = context_of(a)
    if a == 0 and isinstance(b, context.mpf) and b < 0:
        return context.inf
    result = a**b
    leaves_the_reals = all(isinstance(x, context.mpf) for x in (a, b)) and isinstance(result, context.mpc)
    return context.nan if leaves_the_reals else result


def lift_raw(context: Any, value: Any) -> Raw:
    """Return a Python or NumPy number, or a Number, as a number of this mpmath context, exactly."""
    if type(value) is float:
        return context.mpf(value)
    if isinstance(value, Number):
        return value.raw
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int):
        return context.mpf(int(value))
    return context.mpc(value) if isinstance(value, complex) else context.mpf(value)


def lift(context: Any, value: Any) -> Any:
    """Return a value as Numbers: a scalar as a Number, an array as an object array of its shape."""
    if isinstance(value, Number):
        return value
    if isinstance(value, np.ndarray | list | tuple):
        return lift_array(context, value)
    return getattr(context, "number", Number)(lift_raw(context, value))


def lift_array(context: Any, value: Any) -> Array:
    """Return an array, a nested list or a scalar as an object array of Numbers."""
    source = np.asarray(value)
    if source.dtype == object and all(isinstance(element, Number) for element in source.flat):
        return source
    result = np.empty(source.shape, dtype=object)
    kind = getattr(context, "number", Number)
    for index in np.ndindex(source.shape):
        result[index] = kind(lift_raw(context, source[index]))
    return result


def to_float(number: Any) -> float | complex:
    """Round a Number, or a plain number, to a Python float or complex."""
    raw = number.raw if isinstance(number, Number) else number
    return complex(raw) if isinstance(raw, complex) or _is_complex(raw) else float(raw)


def to_pairs(numbers: Iterable[Any]) -> tuple[Array, Array]:
    """Return exact numbers as sums of two floats or complex numbers: the nearest one, and what it leaves."""
    exact = list(numbers)
    high = [to_float(number) for number in exact]
    low = [to_float(number - near) for number, near in zip(exact, high, strict=True)]
    return np.array(high), np.array(low)


def _is_complex(raw: Raw) -> bool:
    return hasattr(raw, "_mpc_") or hasattr(raw, "csgn")  # mpmath's, FLINT's


def rounded(value: Any) -> Any:
    """Return a value with its Numbers rounded to float64 or complex128; all other values as they are."""
    if isinstance(value, Number):
        return np.array(to_float(value))[()]
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([to_float(number) for number in value.ravel()]).reshape(value.shape)
    return value
