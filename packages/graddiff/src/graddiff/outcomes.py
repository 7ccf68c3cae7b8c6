"""What one library did with one cell: plain records, without a judgement."""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graddiff.arrays import Array

ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # of an object in memory: another one in each run


@dataclass(frozen=True)
class Part:
    """One array or scalar of an answer: the gradient in one argument, or a tangent, or a value."""

    value: Array
    dtype: str
    shape: tuple[int, ...]
    kind: str


@dataclass(frozen=True)
class Outcome:
    """The answer of one library to one cell, or its error."""

    library: str
    parts: tuple[Part, ...] = ()
    error: str = ""
    message: str = ""
    error_types: tuple[str, ...] = ()
    unsupported: bool = False
    inputs_changed: bool = False
    repeatable: bool = True


def kind_of(value: Any) -> str:
    """Return the kind of scalar or array that a value is: "float", "np.float64", "0-d", "array" and so on."""
    if isinstance(value, np.ndarray):
        return "array" if value.ndim else "0-d"
    return f"np.{type(value).__name__}" if isinstance(value, np.generic) else type(value).__name__


def record(library: str, compute: Callable[..., Sequence[Any]], inputs: Sequence[Any]) -> Outcome:
    """Run `compute(*inputs)` twice and record what came back, what was raised and what was changed."""
    return confirmed(answered(library, compute, inputs), compute, inputs)


def answered(library: str, compute: Callable[..., Sequence[Any]], inputs: Sequence[Any]) -> Outcome:
    """Run `compute(*inputs)` once and record it; whether a second call gives the same is not known yet."""
    before = [_bytes(value) for value in inputs]
    try:
        parts = _parts(compute, inputs)
    except Exception as error:  # whatever a library raises is its answer
        return _failure(library, error)
    return Outcome(library, parts, inputs_changed=before != [_bytes(value) for value in inputs])


def confirmed(outcome: Outcome, compute: Callable[..., Sequence[Any]], inputs: Sequence[Any]) -> Outcome:
    """Return the outcome after a second call: the same object if that gave the same bits and changed nothing."""
    if outcome.error:
        return outcome
    before = [_bytes(value) for value in inputs]
    try:
        again = _parts(compute, inputs)
    except Exception as error:  # as above
        return _failure(outcome.library, error)
    changed = outcome.inputs_changed or before != [_bytes(value) for value in inputs]
    same = [_bytes(part.value) for part in outcome.parts] == [_bytes(part.value) for part in again]
    return (
        outcome
        if same and changed == outcome.inputs_changed
        else replace(outcome, inputs_changed=changed, repeatable=same)
    )


def _parts(compute: Callable[..., Sequence[Any]], inputs: Sequence[Any]) -> tuple[Part, ...]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return tuple(_part(value) for value in compute(*inputs))


def _part(value: Any) -> Part:
    array = np.asarray(value)
    if array.dtype == object:
        raise TypeError(f"the answer is no array of numbers but {type(value).__name__}")
    return Part(array.copy(), str(array.dtype), array.shape, kind_of(value))


def _failure(library: str, error: Exception) -> Outcome:
    """Record an error; a missing rule or a name missing in the namespace means "unsupported"."""
    lines = ADDRESS.sub("", str(error)).strip().splitlines()
    message = lines[0][:160] if lines else ""
    missing_name = isinstance(error, AttributeError) and message.startswith("module ")
    unsupported = isinstance(error, NotImplementedError) or missing_name
    return Outcome(
        library,
        error=type(error).__name__,
        message=message,
        error_types=tuple(base.__name__ for base in type(error).__mro__),
        unsupported=unsupported,
    )


def public_type(error: Exception) -> str:
    """Return the name of the nearest type of an error that Python or NumPy documents."""
    types = type(error).__mro__
    return next(t.__name__ for t in types if t.__module__ in ("builtins", "numpy.exceptions", "numpy.linalg"))


def _bytes(value: Any) -> bytes:
    return np.asarray(value).tobytes()
