"""``pad``, in all modes that NumPy fills with numbers made of the array.

Like NumPy's it goes from axis to axis and puts a block before and a block behind. To add a mode, write how to make a
block of a given width, or one layer of it, and list it in ``BLOCKS`` with its option.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, stop_gradient
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray, astype, concatenate


def cut(x: Array, axis: int, index: Any) -> Array:
    """Return ``x`` indexed along one axis."""
    return x[(*(slice(None),) * axis, index)]


def with_length(shape: tuple[int, ...], axis: int, length: int) -> tuple[int, ...]:
    """Return a shape with another length along one axis."""
    return (*shape[:axis], length, *shape[axis + 1 :])


def constant_block(x: Array, axis: int, width: int, behind: bool, value: Array) -> Array:
    """Return one value."""
    return astype(asarray(value), x.dtype)


def edge_block(x: Array, axis: int, width: int, behind: bool, option: Any = None) -> Array:
    """Return the first or the last layer."""
    return cut(x, axis, slice(-1, None) if behind else slice(1))


def ramp_block(x: Array, axis: int, width: int, behind: bool, end: Array) -> Array:
    """Return the way from the edge to the end value, which is reached at the outermost place."""
    share = np.reshape(np.arange(width) / width, with_length((1,) * x.ndim, axis, width)).astype(x.real.dtype)
    end = astype(asarray(end), x.dtype)
    return end + (edge_block(x, axis, width, behind) - end) * (np.flip(share) if behind else share)


def statistic_block(fold: Rule, x: Array, axis: int, width: int, behind: bool, length: int | None) -> Array:
    """Return a statistic of the ``length`` layers at the edge."""
    n = x.shape[axis]
    taken = n if length is None else min(stop_gradient(length), n)
    layers = x if taken == n else cut(x, axis, slice(n - taken, n) if behind else slice(taken))
    return fold(layers, axis=axis, keepdims=True)


def mirror_block(mode: Any, x: Array, axis: int, width: int, behind: bool, kind: str | None) -> Array:
    """Return what stands in a mirror at the edge, or in the next period.

    An odd reflection about the ends a and b goes on along the line through them: behind k mirrors it is
    ``x + k (b - a)`` where k is even, and ``(k+1) b - (k-1) a - x`` where it is odd.
    """
    n = x.shape[axis]
    places = np.pad(np.arange(n), (0, width) if behind else (width, 0), mode)
    block = cut(x, axis, places[n:] if behind else places[:width])
    if kind in (None, "even"):
        return block
    numbers = (np.arange(n, n + width) if behind else np.arange(-width, 0)) // max(n - (mode == "reflect"), 1)
    k = np.reshape(numbers, with_length((1,) * x.ndim, axis, width)).astype(x.real.dtype)
    a, b = edge_block(x, axis, width, False), edge_block(x, axis, width, True)
    return np.where(k % 2 == 0, block + k * (b - a), (k + 1.0) * b - (k - 1.0) * a - block)


BLOCKS: dict[str, tuple[Rule, str | None, Any]] = {
    "constant": (constant_block, "constant_values", 0),
    "edge": (edge_block, None, None),
    "linear_ramp": (ramp_block, "end_values", 0),
    "maximum": (partial(statistic_block, np.max), "stat_length", None),
    "minimum": (partial(statistic_block, np.min), "stat_length", None),
    "mean": (partial(statistic_block, np.mean), "stat_length", None),
    "median": (partial(statistic_block, np.median), "stat_length", None),
    "reflect": (partial(mirror_block, "reflect"), "reflect_type", "even"),
    "symmetric": (partial(mirror_block, "symmetric"), "reflect_type", "even"),
    "wrap": (partial(mirror_block, "wrap"), None, None),
}


def widths_of(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """Return how many layers to put before and behind along each axis."""
    if isinstance(pad_width, dict):
        given = {range(ndim)[axis]: width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(given.get(axis, 0), 2) for axis in range(ndim)]
    widths = np.broadcast_to(np.asarray(pad_width), (ndim, 2))
    if widths.dtype.kind != "i" or np.any(widths < 0):
        raise ValueError(f"pad: pad_width must be made of integers from 0 on, not {pad_width!r}.")
    return [(int(before), int(behind)) for before, behind in widths]


@composite(np.pad)
def pad(array: Array, pad_width: Any, mode: Any = "constant", **options: Any) -> Array:
    """Put layers before and behind along each axis."""
    x = asarray(array)
    if not isinstance(mode, str) or mode not in BLOCKS:
        raise NotImplementedError(f"pad: no derivative in mode {mode!r}. There is one in {', '.join(BLOCKS)}.")
    block, name, default = BLOCKS[mode]
    if unknown := options.keys() - {name}:
        raise TypeError(f"pad: mode {mode!r} does not take the option {min(unknown)}; it takes {name or 'no options'}.")
    option = options.get(str(name), default)
    if name == "reflect_type" and option not in ("even", "odd"):
        raise ValueError(f"pad: reflect_type is {option!r}; expected 'even' or 'odd'.")
    chosen = np.broadcast_to(asarray(option), (x.ndim, 2))  # of None and of text it makes an array as well
    for axis, (before, behind) in enumerate(widths_of(pad_width, x.ndim)):
        if before or behind:
            front, back = block(x, axis, before, False, chosen[axis, 0]), block(x, axis, behind, True, chosen[axis, 1])
            shapes = with_length(x.shape, axis, before), with_length(x.shape, axis, behind)
            x = concatenate([np.broadcast_to(front, shapes[0]), x, np.broadcast_to(back, shapes[1])], axis)
    return np.copy(x) if x is array else x
