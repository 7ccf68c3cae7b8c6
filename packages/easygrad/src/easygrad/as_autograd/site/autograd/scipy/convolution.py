"""Autograd's ``convolve``, which SciPy's is a special case of: along some axes, with products over others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Axes = Sequence[Sequence[int]]
Shape = tuple[int, ...]


def convolve(A: Any, B: Any, axes: Axes | None = None, dot_axes: Axes = ((), ()), mode: str = "full") -> Any:  # noqa: N803
    """Return the convolution of two arrays along pairs of axes, summed over the pairs ``dot_axes``.

    ``axes`` are those of ``A`` and those of ``B``, all if it is None. The result has the other axes of ``A``, those of
    ``B``, and then the convolved ones; ``mode`` is "full", "valid" or "same" (as ``A``), along each of them. Raises
    ValueError for "valid" if neither array is the longer one along all axes.
    """
    if mode not in ("valid", "full", "same"):
        raise AssertionError(f"convolve: mode is {mode!r}; expected 'valid', 'full' or 'same'.")
    along = [list(range(np.ndim(A))), list(range(np.ndim(B)))] if axes is None else [list(part) for part in axes]
    (a, rest_a, lengths_a), (b, rest_b, lengths_b) = (
        ordered(x, conv, list(dot)) for x, conv, dot in zip((A, B), along, dot_axes, strict=True)
    )
    starts, shape = extent(lengths_a, lengths_b, mode)
    if np.prod(lengths_a) < np.prod(lengths_b):
        found = np.swapaxes(summed(b, a, lengths_b, lengths_a, starts, shape), 0, 1)
    else:
        found = summed(a, b, lengths_a, lengths_b, starts, shape)
    return np.reshape(found, (*rest_a, *rest_b, *shape))


def ordered(x: Any, conv: list[int], dot: list[int]) -> tuple[Any, Shape, Shape]:
    """Return an array as one of three axes, the others, ``dot`` and ``conv``, and the lengths of the first and last."""
    conv, dot = [i % np.ndim(x) for i in conv], [i % np.ndim(x) for i in dot]
    rest = [i for i in range(np.ndim(x)) if i not in conv and i not in dot]
    shape = np.shape(x)
    others, lengths = tuple(shape[i] for i in rest), tuple(shape[i] for i in conv)
    moved = np.transpose(x, (*rest, *dot, *conv))
    count = int(np.prod([shape[i] for i in dot]))
    return np.reshape(moved, (int(np.prod(others)), count, int(np.prod(lengths)))), others, lengths


def extent(lengths_a: Shape, lengths_b: Shape, mode: str) -> tuple[Shape, Shape]:
    """Return where in the full convolution the result starts, and its lengths."""
    pairs = list(zip(lengths_a, lengths_b, strict=True))
    if mode == "full":
        return (0,) * len(pairs), tuple(m + n - 1 for m, n in pairs)
    if mode == "same":
        return tuple((n - 1) // 2 for _, n in pairs), lengths_a
    if not (all(m >= n for m, n in pairs) or all(m <= n for m, n in pairs)):
        raise ValueError(f"convolve: mode 'valid' of lengths {lengths_a} and {lengths_b}: neither is the longer one.")
    return tuple(min(pair) - 1 for pair in pairs), tuple(abs(m - n) + 1 for m, n in pairs)


def summed(x: Any, kernel: Any, lengths: Shape, of_kernel: Shape, starts: Shape, shape: Shape) -> Any:
    """Return the sum over the kernel's elements of the shifted ``x``: of the axes (others, others of kernel, conv)."""
    around = [(0, 0), (0, 0), *((n - 1, n + s) for n, s in zip(of_kernel, starts, strict=True))]
    padded = np.pad(np.reshape(x, (*np.shape(x)[:2], *lengths)), around)
    places = [
        np.arange(s, s + size) + (n - 1) - np.arange(n)[:, None]
        for s, size, n in zip(starts, shape, of_kernel, strict=True)
    ]
    windows = padded
    for i in range(len(places)):  # each axis becomes two: the kernel's, in front, and that of the result
        windows = np.moveaxis(np.take(windows, places[i], axis=2 + 2 * i), 2 + 2 * i, 2 + i)
    windows = np.reshape(windows, (*np.shape(x)[:2], int(np.prod(of_kernel)), int(np.prod(shape))))
    return np.transpose(np.tensordot(windows, kernel, axes=([1, 2], [1, 2])), (0, 2, 1))
