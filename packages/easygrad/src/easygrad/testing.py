"""Checks of derivatives against numerical differences, for rules that you wrote yourself.

``check_grads(f)(*args)`` passes silently, or raises AssertionError and says which order, mode and argument is wrong,
what was found and what was expected. Nothing is random: the directions of the differences are fixed numbers.

The referee is the central difference ``(f(x + h t) - f(x - h t)) / 2h`` in a direction ``t``, for steps that are halved
again and again, extrapolated to ``h = 0`` as a polynomial in ``h**2`` (Ridders, *Advances in Engineering Software* 4,
1982). Each entry of that table has an error that can be estimated from its neighbours; the one with the least error is
taken, and no step size has to be guessed: for smooth functions some six steps give eleven digits. The means
``(f(x + h t) + f(x - h t)) / 2`` go through the same table and must lead back to ``f(x)``, or else the steps jumped
over a kink or a pole. Higher orders are differences of the first derivatives that were checked before, so they are as
good. Where the entries do not agree with each other to the tolerance, the check fails as well, and says so: it could
find no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from easygrad.containers import flatten
from easygrad.core import Box
from easygrad.transforms import make_jvp, make_vjp

__all__ = ["check_grads", "check_jvp", "check_vjp"]

Function = Callable[..., Any]
Array = Any
Arrays = tuple[Any, ...]
MODES = {"fwd": "forward", "rev": "reverse"}
STEPS = 30  # halvings: from 0.1 down to 1e-10
ROUGH = 1e-6  # the rounding of a function in single precision
COLUMNS = 8  # of the table; more do not help
SHOWN = 12  # the most elements of a gradient that a message compares one by one


@dataclass(frozen=True)
class Settings:
    """What a check is called, and how closely it compares."""

    name: str
    rtol: float
    atol: float
    eps: float
    precision: float

    def allowed(self, limit: Extrapolation, point: Point) -> float:
        """Return by how much an element of a derivative may be off; nobody sees less than the rounding of the value."""
        rounding = self.precision * (1000 * largest(limit.value) + 100 * point.scale)
        return self.atol + self.rtol * largest(limit.best) + rounding


@dataclass(frozen=True)
class Point:
    """A function from some arrays to a tuple of arrays, the arrays, their names, and what was differentiated so far.

    ``scale`` is the greatest size of what was differentiated, whose rounding the function has inherited.
    """

    function: Function
    args: Arrays
    names: Sequence[str]
    modes: Sequence[str] = ()
    scale: float = 0.0

    @property
    def order(self) -> str:
        """The order and the modes of the derivative, for messages."""
        return f"order {len(self.modes)}, {' over '.join(MODES[mode] for mode in self.modes)} mode"

    @property
    def positions(self) -> range:
        """The positions of all arguments."""
        return range(len(self.args))


def check_grads(
    f: Function,
    argnum: int | Sequence[int] | None = None,
    modes: Sequence[str] = ("fwd", "rev"),
    order: int = 2,
    rtol: float | None = None,
    atol: float = 0.0,
    eps: float = 0.1,
) -> Function:
    """Return a function of the arguments of ``f`` that checks the derivatives of ``f`` there.

    Every derivative up to ``order`` is compared with numerical differences, in each of the ``modes`` and in all ways to
    nest them, by each argument at ``argnum``, or by all that hold real or complex floats; they may be containers.

    ``rtol`` is relative to the greatest element of a result; it is the square root of the precision of the coarsest
    dtype if it is not given: 1.5e-8 for float64, 3.5e-4 for float32. ``atol`` is added. ``eps`` is the greatest step
    relative to arguments above 1; with a smaller one the function is not called so far from the point.

    Raises AssertionError with the order, mode and argument that fail; what a derivative itself raises is passed on.
    """
    unknown = set(modes) - set(MODES)
    if unknown or not modes or order < 1:
        raise ValueError(
            f"check_grads: modes={modes!r}, order={order}; expected modes out of 'fwd', 'rev' and order >= 1."
        )
    name = getattr(f, "__name__", type(f).__name__)

    def check(*args: Any, **options: Any) -> None:
        point = point_of(f, name, args, options, argnum)
        precision = max(np.finfo(x.dtype).eps for x in (*point.args, *values_of(point)))
        tolerance = np.sqrt(precision) if rtol is None else rtol
        check_order(point, modes, order, Settings(name, float(tolerance), atol, eps, float(precision)))

    return check


def check_jvp(f: Function, **settings: Any) -> Function:
    """Return ``check_grads`` of the first derivative in forward mode."""
    return check_grads(f, **{"modes": ("fwd",), "order": 1, **settings})


def check_vjp(f: Function, **settings: Any) -> Function:
    """Return ``check_grads`` of the first derivative in reverse mode."""
    return check_grads(f, **{"modes": ("rev",), "order": 1, **settings})


# The function, as one of arrays


def point_of(f: Function, name: str, args: Sequence[Any], options: dict[str, Any], argnum: Any) -> Point:
    """Return ``f`` as a function from the arrays in some of its arguments to those in its result."""
    if argnum is None:
        places = [i for i, x in enumerate(args) if any(is_float(leaf) for leaf in flatten(x)[0])]
    else:
        places = [argnum] if isinstance(argnum, int) else list(argnum)
    flat = [flatten(as_float(args[i]) if is_whole(args[i]) else args[i]) for i in places]
    sizes = [len(leaves) for leaves, _ in flat]
    if not sum(sizes):
        raise ValueError(f"check_grads: {name} was given no argument of floats, so there is nothing to check.")

    def function(*leaves: Any) -> Arrays:
        rest, new = iter(leaves), list(args)
        for i, (_, rebuild), size in zip(places, flat, sizes, strict=True):
            new[i] = rebuild([next(rest) for _ in range(size)])
        return tuple(y for y in flatten(f(*new, **options))[0] if is_float(y))

    leaves = tuple(as_float(leaf) for part, _ in flat for leaf in part)
    if not function(*leaves):
        raise ValueError(f"check_grads: {name} returned no floats, so there is nothing to check.")
    names = [
        f"argument {i}" + (f", leaf {k}" if size > 1 else "")
        for i, size in zip(places, sizes, strict=True)
        for k in range(size)
    ]
    return Point(function, leaves, names)


def is_float(x: Any) -> bool:
    """Return whether ``x`` is a number or an array of real or complex floats."""
    return isinstance(x, Box | float | complex) or getattr(getattr(x, "dtype", None), "kind", "") in ("f", "c")


def is_whole(x: Any) -> bool:
    """Return whether ``x`` is a whole number or an array of them."""
    return isinstance(x, int | np.integer) or (isinstance(x, np.ndarray) and x.dtype.kind in "iu")


def as_float(x: Any) -> Array:
    """Return a leaf as derivatives see it: Python's numbers as NumPy's, integers as float64."""
    x = np.asarray(x)[()]
    return x if x.dtype.kind in "fc" else x.astype(np.float64)


def values_of(point: Point) -> Arrays:
    """Return the value of a function at its point."""
    return tuple(map(as_float, point.function(*point.args)))


def forward(point: Point) -> Function:
    """Return the tangents of a function, as a function of its arguments and their tangents."""
    count = len(point.args)
    return lambda *args: make_jvp(point.function, point.positions)(*args[:count])(args[count:])[1]


def reverse(point: Point) -> Function:
    """Return the cotangents of the arguments of a function, as a function of them and the cotangents of its value."""
    count = len(point.args)
    return lambda *args: make_vjp(point.function, point.positions)(*args[:count])[0](args[count:])


# Numerical differences


class Extrapolation:
    """The limits of central differences and of means, each with half the step of the one before."""

    def __init__(self, value: Array) -> None:
        self.value = value
        self.row: list[Array] = []
        self.best: Array = np.nan
        self.error = np.inf
        self.moved = False

    def add(self, ahead: Array, behind: Array, step: float) -> None:
        """Take in the next two values, and keep the derivative with the least error."""
        moved = bool(np.any(ahead != behind))
        if self.moved and not moved and step < ROUGH:
            return  # not flat, but rounded to coarser numbers than the step
        self.moved |= moved
        row = [np.stack([(ahead - behind) / (2 * step), (ahead + behind) / 2])]
        for j, coarser in enumerate(self.row[:COLUMNS], 1):
            finer = (4.0**j * row[-1] - coarser) / (4.0**j - 1)
            jumped = largest(finer[1] - self.value) / step
            error = max(largest(finer[0] - row[-1][0]), largest(finer[0] - coarser[0]), jumped)
            if error < self.error:
                self.best, self.error = finer[0], error
            row.append(finer)
        self.row = row


def difference(point: Point, k: int, t: Array, settings: Settings) -> list[Extrapolation]:
    """Return the derivative of each result by argument ``k`` in the direction ``t``, in double precision."""
    args = [x.astype(np.result_type(x, np.float64)) for x in point.args]
    step = settings.eps * max(1.0, largest(args[k]))

    def moved(h: float) -> Arrays:
        return point.function(*[x + h * t if i == k else x for i, x in enumerate(args)])  # type: ignore[no-any-return]

    limits = [Extrapolation(value) for value in point.function(*args)]
    for _ in range(STEPS):
        with np.errstate(all="ignore"), suppress(ValueError, ArithmeticError):  # a great step may leave the domain
            for limit, ahead, behind in zip(limits, moved(step), moved(-step), strict=True):
                limit.add(ahead, behind, step)
        if all(limit.error <= 0.01 * settings.allowed(limit, point) for limit in limits):
            break
        step /= 2
    return limits


def directions(likes: Sequence[Array], seed: int) -> Arrays:
    """Return for each array one like it, of fixed numbers between 1/2 and 1 in size."""
    return tuple(direction(x, np.random.default_rng([seed, i])) for i, x in enumerate(likes))


def direction(like: Array, numbers: np.random.Generator) -> Array:
    """Return an array like another."""
    parts = numbers.uniform(0.5, 1.0, (2, *like.shape)) * numbers.choice([-1.0, 1.0], (2, *like.shape))
    return (parts[0] + 1j * parts[1] if like.dtype.kind == "c" else parts[0]).astype(like.dtype)


def largest(x: Array) -> float:
    """Return the greatest size of an element; nan if there is one."""
    return float(np.max(np.abs(x), initial=0.0))


# The check


def check_order(point: Point, modes: Sequence[str], order: int, settings: Settings) -> None:
    """Check the first derivative of a function, and in turn those of its derivatives."""
    values = values_of(point)
    tangents = directions(point.args, 2 * len(point.modes))
    cotangents = directions(values, 2 * len(point.modes) + 1)
    expected = [difference(point, k, t, settings) for k, t in enumerate(tangents)]
    for mode in modes:
        here = replace(point, modes=(mode, *point.modes))
        derivative, vectors = (forward, tangents) if mode == "fwd" else (reverse, cotangents)
        try:
            check_value(here, mode, values, settings)
            if mode == "fwd":
                check_forward(here, tangents, expected, settings)
            else:
                check_reverse(here, tangents, cotangents, expected, settings)
        except Exception as error:
            if not isinstance(error, AssertionError):
                error.add_note(f"Raised in check_grads of {settings.name}: {here.order}.")
            raise
        if order > 1:
            kind, owners = ("tangent", point.names) if mode == "fwd" else ("cotangent", results(len(values)))
            names = (*point.names, *[f"the {kind} of {owner}" for owner in owners])
            scale = max(point.scale, *map(largest, values))
            nested = Point(derivative(point), (*point.args, *vectors), names, here.modes, scale)
            check_order(nested, modes, order - 1, settings)


def results(count: int) -> list[str]:
    """Return the names of the results of a function."""
    return ["the result"] if count == 1 else [f"result {k}" for k in range(count)]


def check_value(point: Point, mode: str, values: Arrays, settings: Settings) -> None:
    """Compare what a function gives while it is differentiated with what it gives otherwise."""
    if mode == "fwd":
        traced = make_jvp(point.function, point.positions)(*point.args)(point.args)[0]
    else:
        traced = make_vjp(point.function, point.positions)(*point.args)[1]
    for found, value in zip(traced, values, strict=True):
        where = f"check_grads of {settings.name}: {point.order}: the traced call returned another value"
        near(found, value, settings.precision * (1000 * largest(value) + 100 * point.scale), where)


def check_forward(point: Point, tangents: Arrays, expected: Sequence[Any], settings: Settings) -> None:
    """Compare tangents, by one argument after the other, with differences."""
    values = values_of(point)
    for k, name in enumerate(point.names):
        alone = [t if i == k else np.zeros_like(t) for i, t in enumerate(tangents)]
        found = forward(point)(*point.args, *alone)
        for tangent, limit, value, result in zip(found, expected[k], values, results(len(values)), strict=True):
            where = f"check_grads of {settings.name}: {point.order}, by {name}: the tangent of {result}"
            same_space(tangent, value, where)
            allowed = settings.allowed(limit, point)
            settled(limit.error, allowed, where)
            near(tangent, limit.best, allowed, where)


def check_reverse(
    point: Point, tangents: Arrays, cotangents: Arrays, expected: Sequence[Any], settings: Settings
) -> None:
    """Compare cotangents, paired with a direction for each argument, with differences in that direction."""
    pulled = reverse(point)(*point.args, *cotangents)
    for k, (name, x, t) in enumerate(zip(point.names, point.args, tangents, strict=True)):
        where = f"check_grads of {settings.name}: {point.order}, the cotangent of {name}"
        same_space(pulled[k], x, where)
        limits = list(zip(cotangents, expected[k], strict=True))
        allowed = sum(np.sum(np.abs(g)) * settings.allowed(limit, point) for g, limit in limits)
        settled(sum(np.sum(np.abs(g)) * limit.error for g, limit in limits), allowed, where)
        pairing = sum(inner(g, limit.best) for g, limit in limits)
        if not abs(inner(pulled[k], t) - pairing) <= allowed:
            if x.size <= SHOWN:
                near(pulled[k], gradient(point, k, cotangents, settings), allowed, where)
            near(inner(pulled[k], t), pairing, allowed, f"{where}, paired with a direction")


def inner(a: Array, b: Array) -> float:
    """Return the pairing of a cotangent with a tangent, ``Re(sum(a * b))``."""
    return float(np.sum(np.real(a * b)))


def gradient(point: Point, k: int, cotangents: Arrays, settings: Settings) -> Array:
    """Return what the cotangent of an argument should be, element by element, for a message."""
    x = point.args[k]
    expected = np.zeros(x.shape, np.result_type(x, np.float64))
    for index in np.ndindex(x.shape):
        for unit in (1.0, 1j) if x.dtype.kind == "c" else (1.0,):
            t = np.zeros_like(expected)
            t[index] = unit
            limits = difference(point, k, t, settings)
            change = sum(inner(g, limit.best) for g, limit in zip(cotangents, limits, strict=True))
            expected[index] += change / unit
    return expected


def same_space(found: Array, like: Array, where: str) -> None:
    """Raise unless a derivative has the shape and dtype of what it belongs to."""
    if (found.shape, found.dtype) != (like.shape, like.dtype):
        raise AssertionError(
            f"{where} has shape {found.shape} and dtype {found.dtype}; expected are shape {like.shape} and dtype "
            f"{like.dtype}."
        )


def settled(error: float, allowed: float, where: str) -> None:
    """Raise unless the differences are more precise than what they are to judge."""
    if not error <= allowed:
        raise AssertionError(
            f"{where} cannot be checked: the numerical differences are uncertain by {error:.1e}, and only "
            f"{allowed:.1e} is allowed. Check at a point where the function is smooth, or give rtol or atol."
        )


def near(found: Array, expected: Array, allowed: float, where: str) -> None:
    """Raise unless two arrays agree; nan agrees with nothing."""
    gap = largest(np.asarray(found) - expected)
    if not gap <= allowed:
        shown, wanted = (np.array2string(np.asarray(x), precision=8, threshold=SHOWN) for x in (found, expected))
        raise AssertionError(f"{where}: found {shown}, expected {wanted}; off by {gap:.1e}, allowed is {allowed:.1e}.")
