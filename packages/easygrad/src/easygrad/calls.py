"""One call of a function that is differentiated: which arguments, taken apart into leaves, and the call itself.

Every transform makes a ``Call`` and either records it or pushes tangents through it; what comes of that is in
``results.py``. What a transform returns is a ``Transform``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from functools import WRAPPER_ASSIGNMENTS, partial
from operator import index
from types import MethodType, TracebackType
from typing import Any

import numpy as np

from easygrad.containers import aligned, differentiable, flatten, is_array, join, numeric
from easygrad.core import Array, Box, Forward, Reverse, Trace, boxed, recorded
from easygrad.results import Function, Pushed, Recorded, like, name_of, snapshot

Argnum = int | str | Sequence[int | str]


def shortened(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the lines of this package that it begins with."""
    while traceback and traceback.tb_next and traceback.tb_frame.f_globals.get("__name__", "").startswith("easygrad."):
        traceback = traceback.tb_next
    return traceback


class Transform:
    """What a transform makes of a function: called like the function, with its name, text and signature.

    It pickles if the function does: as the transform, the function and the settings. In a class it is a method.
    """

    __slots__ = ("__dict__", "__weakref__", "at", "settings", "transform")

    def __init__(self, transform: Function, f: Function, at: Function, **settings: Any) -> None:
        self.__wrapped__, self.__module__, self.__doc__ = f, getattr(f, "__module__", ""), getattr(f, "__doc__", None)
        self.transform, self.at, self.settings = transform, at, settings

    def __getattr__(self, name: str) -> Any:
        if name in WRAPPER_ASSIGNMENTS:  # copied when asked for: nested closures make many transforms
            return getattr(self.__wrapped__, name)
        raise AttributeError(f"{self!r} has no attribute {name!r}")

    def __call__(self, /, *args: Any, **options: Any) -> Any:
        """Call the function that the transform made; an error shows the user's lines and few of ours."""
        try:
            return self.at(args, options)
        except Exception as error:
            raise error.with_traceback(shortened(error.__traceback__))  # noqa: B904  # it is the same error

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{name_of(self.transform)} of {name_of(self.__wrapped__)}>"

    def __reduce__(self) -> Any:
        found: Any = sys.modules.get(self.__module__)
        for name in getattr(self, "__qualname__", "").split("."):
            found = getattr(found, name, None)
        if found is self:  # made by a decorator, so it stands where its function would
            return self.__qualname__
        return partial(self.transform, **self.settings), (self.__wrapped__,)

    __wrapped__: Function


# Which arguments


def parameters(f: Function) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function, none where Python does not know them."""
    try:
        return dict(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        return {}


def places(f: Function) -> list[str]:
    """Return the names of the parameters that can be given by position."""
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, parameter in parameters(f).items() if parameter.kind in by_position]


def checked(transform: str, f: Function, argnum: Any) -> Any:
    """Return an argnum as the position of an argument, as the name of a keyword, or as a tuple of these."""
    if type(argnum) is int:
        return argnum
    if isinstance(argnum, list | tuple | range):
        return tuple(checked(transform, f, i) for i in argnum)
    if isinstance(argnum, str):
        return place_of(transform, f, argnum)
    try:
        return index(argnum)
    except TypeError:
        raise TypeError(
            f"{transform}: argnum is {argnum!r}; expected the position or the name of an argument, or a tuple of them."
        ) from None


def place_of(transform: str, f: Function, name: str) -> int | str:
    """Return the position of the parameter with a name; the name if it goes by keyword alone."""
    known, named = parameters(f), places(f)
    if name in named:
        return named.index(name)
    if name in known or not known or [*known.values()][-1].kind is inspect.Parameter.VAR_KEYWORD:
        return name
    raise TypeError(f"{transform}: argnum {name!r}: {name_of(f)} has no such argument; it has {', '.join(known)}.")


def found(transform: str, f: Function, args: Sequence[Any], options: dict[str, Any], argnum: int | str) -> int | str:
    """Return where the argument stands in this call: its position, or its keyword; one left out has its default."""
    if isinstance(argnum, int) and -len(args) <= argnum < len(args):
        return argnum % len(args)
    named = places(f)
    name = named[argnum] if isinstance(argnum, int) and 0 <= argnum < len(named) else argnum
    if name in options:
        return name
    default = parameters(f)[name].default if name in parameters(f) else inspect.Parameter.empty
    if isinstance(name, str) and default is not inspect.Parameter.empty:
        options[name] = default
        return name
    given = "argument" if len(args) == 1 else "arguments"
    raise TypeError(
        f"{transform}: argnum {name!r}: {name_of(f)} was called with {len(args)} positional {given}"
        f"{' and with ' * bool(options)}{', '.join(options)}. Pass the argument that is to be differentiated."
    )


def described(f: Function, key: int | str) -> str:
    """Return the words for an argument: its position and its name as far as Python knows them."""
    named = places(f)
    if isinstance(key, str):
        place = f"{named.index(key)} ({key!r})" if key in named else repr(key)
    else:
        place = f"{key} ({named[key]!r})" if key < len(named) else str(key)
    return f"argument {place} of {name_of(f)}"


def lifted(x: Any, transform: str, f: Function, key: int | str) -> Array:
    """Return a leaf as something to differentiate: integers as float64, real and complex numbers as they are."""
    kind = type(x)
    if kind is float or kind is int:
        return np.float64(x)
    if kind is np.float64 or kind is Box or (kind is np.ndarray and x.dtype.kind in "fc"):
        return x
    if kind is complex:
        return np.complex128(x)
    value = np.asarray(x) if is_array(x) and not isinstance(x, np.ndarray | np.generic) else x
    if isinstance(value, float):  # a subclass of Python's
        value = np.float64(value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fciu":
        return value if value.dtype.kind in "fc" else value.astype(np.float64)
    raise TypeError(
        f"{transform}: {described(f, key)} is {x!r:.80} of type {kind.__name__}, which has no derivative. Expected a "
        "number, an array of numbers, or a dict, list, tuple or dataclass of them. A class of your own can be made a "
        "container by register_container."
    )


class Call:
    """The call of a function for a transform: its arguments, and the leaves of those to differentiate."""

    def __init__(self, transform: str, f: Function, args: Sequence[Any], options: dict[str, Any], argnum: Any) -> None:
        self.transform, self.f, self.args, self.options = transform, f, list(args), dict(options)
        self.several = isinstance(argnum, tuple)
        self.keys = [found(transform, f, args, self.options, i) for i in (argnum if self.several else (argnum,))]
        self.flat = [self.taken_apart(key) for key in self.keys]
        if not self.several:
            ((self.leaves, self.rebuild),) = self.flat
            return
        if len(set(self.keys)) < len(self.keys):
            raise TypeError(f"{transform}: argnum {argnum!r} names an argument of {name_of(f)} twice.")
        self.leaves, self.rebuild = join(self.flat, tuple)

    def argument(self, key: Any) -> Any:
        """Return an argument by its position or keyword."""
        return self.args[key] if isinstance(key, int) else self.options[key]

    def taken_apart(self, key: int | str) -> tuple[list[Array], Function]:
        """Return the leaves of an argument, ready to be differentiated, and the function that rebuilds it."""
        x = self.argument(key)
        leaves, rebuild = flatten(x, whole=True)
        if not leaves and flatten(x, numeric)[0]:
            raise TypeError(
                f"{self.transform}: {described(self.f, key)} is {x!r:.80}, a container of whole numbers alone. They "
                "are handed through as they are; write those to differentiate as floats, like 2.0."
            )
        return [lifted(leaf, self.transform, self.f, key) for leaf in leaves], rebuild

    def run(self, boxes: list[Box], trace: Trace) -> Any:
        """Call the function with boxes in place of the leaves, and close the trace."""
        args, options = list(self.args), dict(self.options)
        replaced = self.rebuild(boxes)
        for key, x in zip(self.keys, replaced if self.several else (replaced,), strict=True):
            if isinstance(key, int):
                args[key] = x
            else:
                options[key] = x
        try:
            return self.f(*args, **options)
        finally:
            trace.close()

    def held(self) -> Call:
        """Return this call, with leaves of its own: what is kept must not change when the user's arrays do."""
        self.leaves = [snapshot(x) for x in self.leaves]
        return self

    def record(self, has_aux: bool = False, trace: Reverse | None = None) -> Recorded:
        """Call the function and record it."""
        trace = trace or Reverse()
        boxes = [recorded(x, trace, ()) for x in self.leaves]
        starts = [box.node for box in boxes]
        result = self.run(boxes, trace)
        return Recorded(self.f, self.transform, self.leaves, self.rebuild, trace, starts, result, has_aux)

    def tangents(self, v: Any) -> list[Array]:
        """Return the leaves of ``v`` as tangents of the arguments."""
        parts = v if self.several else (v,)
        if not isinstance(parts, list | tuple) or len(parts) != len(self.keys):
            raise TypeError(
                f"{self.transform}: the tangent given for {len(self.keys)} arguments of {name_of(self.f)} has not the "
                f"leaves of what it belongs to: it is {v!r:.80}."
            )
        tangents = []
        for key, (leaves, _), part in zip(self.keys, self.flat, parts, strict=True):
            what = f"{self.transform}: the tangent given for {described(self.f, key)}"
            found = aligned(self.argument(key), part, differentiable, what)
            tangents += [like(x, t, what) for x, t in zip(leaves, found, strict=True)]
        return tangents

    def push(self, tangents: Sequence[Array], has_aux: bool = False) -> Pushed:
        """Call the function in forward mode, with a tangent for each leaf."""
        trace = Forward()
        result = self.run([boxed(x, trace, t) for x, t in zip(self.leaves, tangents, strict=True)], trace)
        return Pushed(self.f, self.transform, trace, result, has_aux)
