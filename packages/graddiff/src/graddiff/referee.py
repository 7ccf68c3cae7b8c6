"""The truth, without any automatic differentiation.

The user's own function runs through plain NumPy on object arrays of numbers with 60 digits
(`numbers.Number`); a derivative is a central difference with h = 1e-20. The referee has the interface of a
library, so a case that nests derivatives itself runs through it unchanged: each level of nesting works with
20 digits more. The same step serves all levels, because the central difference of a central difference is
off by a smooth multiple of h**2 only; what nesting costs is digits.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from math import comb, log10
from typing import Any

import mpmath
import numpy as np

from graddiff.arrays import Array, Function, Shape
from graddiff.numbers import Number, Rounding, context_of, lift, roughened

STEP_DIGITS = 20


class AbstainError(ArithmeticError):
    """The referee has no answer; the text says why."""


class Referee:
    """Central differences of step 10**-step_digits, behind the interface of a library.

    A referee works in an mpmath context of its own, or in one that it is given. Numbers of two contexts must not meet,
    for each context has its own precision; that of FLINT is one for the process.
    """

    name = "referee"
    version = mpmath.__version__
    numpy = np

    def __init__(
        self,
        step_digits: int = STEP_DIGITS,
        context: Any = None,
        rounding: Rounding | None = None,
        level_digits: int = STEP_DIGITS,
    ) -> None:
        self._context = context or mpmath.MPContext()
        self._number = getattr(self._context, "number", Number)
        self._context.dps = 2 * level_digits
        self._step_digits = step_digits
        self._level_digits = level_digits
        self._rounding = rounding

    @classmethod
    def fastest(cls) -> "Referee":
        """Return a referee that computes with FLINT where python-flint is installed, else with mpmath."""
        try:
            from graddiff.flint_context import FlintContext
        except ImportError:
            return cls()
        return cls(context=FlintContext())

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of what this referee computes with."""
        return (mpmath.__version__, str(getattr(self._context, "version", mpmath.libmp.BACKEND)))

    def coarser(self) -> "Referee":
        """Return a referee whose steps are ten times as large."""
        return Referee(self._step_digits - 1, self._context)

    @contextmanager
    def finer(self, digits: int) -> Iterator["Referee"]:
        """Give a referee whose steps are 10**-digits, and whose numbers have the digits for them, for a while."""
        before = self._context.dps
        try:
            yield Referee(digits, self._context, level_digits=digits)
        finally:
            self._context.dps = before

    def rough(self, rounding: Rounding) -> "Referee":
        """Return a referee that differentiates the program with these rounding errors, itself without any.

        It computes with mpmath: numbers of FLINT cannot be rough.
        """
        context = self._context if isinstance(self._context, mpmath.MPContext) else None
        return Referee(self._step_digits, context, rounding)

    # the interface of a library

    def grad(self, f: Function, argnum: int = 0) -> Function:
        """Return the function that gives the gradient of the scalar f in one argument."""

        def gradient(*args: Any) -> Any:
            return self.vjp(lambda x: f(*args[:argnum], x, *args[argnum + 1 :]), args[argnum])[1](1)

        return gradient

    def elementwise_grad(self, f: Function) -> Function:
        """Return the function that gives the gradient of the sum of f in its first argument."""

        def gradient(x: Any, *args: Any) -> Any:
            value = self.value(f, x, *args)
            return self._cotangent(lambda y: f(y, *args), (x,), 0, np.ones(np.shape(value)))

        return gradient

    def value_and_grad(self, f: Function) -> Function:
        """Return the function that gives the value and the gradient in the first argument."""
        return lambda *args: (self.value(f, *args), self.grad(f)(*args))

    def deriv(self, f: Function) -> Function:
        """Return the derivative of a function of one scalar."""
        return lambda x: self.jvp(f, (x,), (1,))[1]

    def jacobian(self, f: Function) -> Function:
        """Return the function that gives the array of all partial derivatives, of shape out + in."""

        def matrix(x: Any) -> Any:
            shape = np.shape(x)
            units = [unit_array(shape, i) for i in range(int(np.prod(shape, dtype=int)))]
            columns = [self.jvp(f, (x,), (unit,))[1] for unit in units]
            return np.stack(columns, axis=-1).reshape(np.shape(columns[0]) + shape)

        return matrix

    def hessian(self, f: Function) -> Function:
        """Return the function that gives the array of all second derivatives."""
        return self.jacobian(self.grad(f))

    def vjp(self, f: Function, *args: Any) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value and the pullback: the cotangent of the only argument, or a tuple of all."""

        def pullback(g: Any) -> Any:
            cotangents = tuple(self._cotangent(f, args, i, g) for i in range(len(args)))
            return cotangents[0] if len(args) == 1 else cotangents

        return self.value(f, *args), pullback

    def jvp(self, f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
        """Return the value and the derivative along the tangents."""
        return self.value(f, *args), self.differences(f, args, tangents, order=1)

    def hvp(self, f: Function, x: Any, v: Any) -> Any:
        """Return the derivative of the gradient of the scalar f along v."""
        return self.jvp(self.grad(f), (x,), (v,))[1]

    def stop_gradient(self, x: Any) -> Any:
        """Refuse: a difference sees through whatever hides a derivative."""
        raise AbstainError("hidden: a difference cannot see stop_gradient; give the case a reference= without it")

    # what the library interface is made of

    def exact(self, value: Any) -> Any:
        """Return a scalar or an array as exact numbers."""
        return lift(self._context, value)

    def value(self, f: Function, *args: Any) -> Any:
        """Return f on exact numbers, or on rough ones."""
        points = [lift(self._context, arg) for arg in args]
        if self._rounding is None:
            return lift(self._context, f(*points))
        with self._rounding.program():
            return lift(self._context, f(*(roughened(point, self._rounding) for point in points)))

    def differences(self, f: Function, args: Sequence[Any], tangents: Sequence[Any], order: int) -> Any:
        """Return the derivative of this order along the tangents, by a stencil of order + 1 points."""
        rounding = self._rounding
        with self._more_digits(order), rounding.referee() if rounding else nullcontext():
            points = [lift(self._context, arg) for arg in args]
            ways = [lift(self._context, tangent) for tangent in tangents]
            step = self._context.mpf(10) ** (magnitude_of(points, ways) - self._step_digits)
            total: Any = 0
            place = rounding.place if rounding else 0
            for k in range(order + 1):
                if rounding:
                    rounding.place = place  # the same program at all points
                way = self._number(step * (order - 2 * k) / 2 if order > 1 else step * (1 - 2 * k))
                moved = [x + way * t for x, t in zip(points, ways, strict=True)]
                total = total + (-1) ** k * comb(order, k) * self.value(f, *moved)
            return total / self._number((step if order > 1 else 2 * step) ** order)

    def _cotangent(self, f: Function, args: Sequence[Any], argnum: int, g: Any) -> Any:
        """Return the gradient of the real part of sum(g * f) in one argument, of its shape."""
        shape = np.shape(args[argnum])
        partials = self.partials(f, args, argnum, g, range(int(np.prod(shape, dtype=int)))).reshape(shape)
        return partials if isinstance(args[argnum], np.ndarray) else partials[()]

    def partials(
        self, f: Function, args: Sequence[Any], argnum: int, g: Any, coordinates: Sequence[int] | Array
    ) -> Array:
        """Return the gradient of the real part of sum(g * f) in some coordinates of one argument.

        For a complex argument u + iv it is d/du - i d/dv, the convention of Autograd.
        """
        x = args[argnum]

        def weighted(y: Any) -> Any:
            return real_part(np.sum(lift(self._context, g) * f(*args[:argnum], y, *args[argnum + 1 :])))

        def partial(way: Any) -> Any:
            return self.differences(weighted, (x,), (way,), order=1)

        result = np.empty(len(coordinates), dtype=object)
        for place, coordinate in enumerate(coordinates):
            unit = unit_array(np.shape(x), coordinate)
            result[place] = partial(unit)
            if is_complex(x):
                result[place] = result[place] - 1j * partial(1j * unit)
        return result

    @contextmanager
    def _more_digits(self, levels: int) -> Iterator[None]:
        before = self._context.dps
        self._context.dps = before + levels * self._level_digits
        try:
            yield
        finally:
            self._context.dps = before


def magnitude_of(points: Sequence[Any], ways: Sequence[Any]) -> int:
    """Return the power of ten of the largest number that moves; 0 below 1e5.

    A step must not vanish beside a large number. It must not jump either where nested differences move the
    point, so usual numbers share one step, and the powers change half way between two of them.
    """
    moving = [0.0]
    for point, way in zip(points, ways, strict=True):
        for x, t in np.broadcast(np.asarray(point, dtype=object), np.asarray(way, dtype=object)):
            if t != 0:
                moving.append(float(abs(x.raw)) if isinstance(x, Number) else float(abs(x)))
    largest = max(moving)
    return round(log10(largest)) if largest >= 1e5 else 0


def unit_array(shape: Shape, coordinate: int) -> Array:
    """Return zeros with a one at this place of the flat array."""
    unit = np.zeros(shape)
    unit.flat[coordinate] = 1
    return unit


def is_complex(x: Any) -> bool:
    """Say whether an array, a scalar or an array of Numbers is complex."""
    array = np.asarray(x)
    if array.dtype != object:
        return array.dtype.kind == "c"
    return any(isinstance(n.raw, context_of(n.raw).mpc) for n in array.ravel() if isinstance(n, Number))


def real_part(x: Any) -> Any:
    """Return the real part of a scalar Number or of a plain number."""
    return x.real if isinstance(x, Number) else np.real(x)
