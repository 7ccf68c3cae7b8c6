"""Sparse matrices with traced entries: where the entries stand is plain, their values are traced.

``coo_array``, ``csr_array``, ``csc_array`` and ``diags_array`` make one where they are given traced values, and SciPy's
own otherwise. It can be added, scaled, transposed and multiplied with vectors and matrices; ``sparse.linalg.spsolve``
solves with it. Entries at the same place add up, as in SciPy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from easygrad.core import Array, Box, Rule, stop_gradient
from easygrad.primitives import general, linear
from easygrad.rules.shaping import asarray


class Pattern:
    """Where the entries of a sparse matrix stand. The transposed pattern shares the factors of the matrix."""

    def __init__(self, rows: Array, columns: Array, shape: tuple[int, int], origin: Pattern | None = None) -> None:
        self.rows, self.columns, self.shape, self.origin = rows, columns, shape, origin
        self.factors: tuple[Any, Any] = (None, None)

    @cached_property
    def transposed(self) -> Pattern:
        """The pattern of the transposed matrix."""
        return self.origin or Pattern(self.columns, self.rows, self.shape[::-1], self)

    def matrix(self, data: Array) -> Any:
        """Return SciPy's matrix with plain entries."""
        return scipy.sparse.csc_array((data, (self.rows, self.columns)), shape=self.shape)

    def solve(self, data: Array, b: Array) -> Array:
        """Return the solution for plain entries; the last factors are kept, for the transposed system too."""
        home = self.origin or self
        if home.factors[0] is not data:
            home.factors = (data, scipy.sparse.linalg.splu(home.matrix(data)))
        dtype = np.result_type(data, b)
        if dtype.kind == "c" and data.dtype.kind != "c":
            parts = [
                home.factors[1].solve(part, "T" if self.origin else "N") for part in (b.real.copy(), b.imag.copy())
            ]
            return parts[0] + 1j * parts[1]
        return home.factors[1].solve(b.astype(data.dtype, order="F"), "T" if self.origin else "N").astype(dtype)


def at_entries(left: Array, right: Array, pattern: Pattern) -> Array:
    """Return the entries of ``left right^T`` that the pattern has."""
    products = left[pattern.rows] * right[pattern.columns]
    return products if products.ndim == 1 else np.sum(products, axis=1)


# A matrix with these entries times one vector or several columns, and the solution of a system with it

product: Rule = linear(
    lambda data, x, *, pattern: pattern.matrix(data) @ x,
    lambda ans, data, x, *, pattern: lambda g: at_entries(g, x, pattern),
    lambda ans, data, x, *, pattern: lambda g: product(data, g, pattern=pattern.transposed),
    name="sparse product",
)


def solution_vjp(ans: Array, data: Array, b: Array, *, pattern: Pattern) -> Rule:
    """Return ``g -> `` the cotangent of the entries."""
    kind = data.dtype.kind

    def vjp(g: Array) -> Array:
        found = -at_entries(solution(data, g, pattern=pattern.transposed), ans, pattern)
        return found if kind == "c" else np.real(found)

    return vjp


def right_side_vjp(ans: Array, data: Array, b: Array, *, pattern: Pattern) -> Rule:
    """Return ``g -> `` the cotangent of the right-hand side."""
    kind = b.dtype.kind

    def vjp(g: Array) -> Array:
        found = solution(data, g, pattern=pattern.transposed)
        return found if kind == "c" else np.real(found)

    return vjp


solution: Rule = general(
    lambda data, b, *, pattern: pattern.solve(data, b),
    (
        lambda ans, data, b, *, pattern: lambda t: -solution(data, product(t, ans, pattern=pattern), pattern=pattern),
        solution_vjp,
    ),
    (lambda ans, data, b, *, pattern: lambda t: solution(data, t, pattern=pattern), right_side_vjp),
    name="spsolve",
)


def refuse_engine(instead: str) -> None:
    """Raise where a traced array, standing left, took the matrix for a constant: its derivative would be lost."""
    if sys._getframe(2).f_globals.get("__name__", "").startswith(("easygrad.core", "easygrad.rules", "easygrad.array")):
        raise TypeError(f"a traced array cannot stand left of a sparse matrix with traced entries. Write {instead}.")


class TracedSparse:
    """A sparse matrix whose entries are traced; ``data`` are the values at the places of ``pattern``."""

    __array_ufunc__ = None  # NumPy's operators leave the work to this class
    ndim = 2

    def __init__(self, data: Array, pattern: Pattern) -> None:
        self.data, self.pattern = data, pattern
        self.shape, self.dtype, self.nnz = pattern.shape, data.dtype, data.size

    def __repr__(self) -> str:
        return f"<traced sparse matrix of shape {self.shape} with {self.nnz} entries, {self.dtype}>"

    @property
    def T(self) -> TracedSparse:  # noqa: N802  # SciPy's name
        """The transposed matrix."""
        return TracedSparse(self.data, self.pattern.transposed)

    def transpose(self) -> TracedSparse:
        """Return the transposed matrix."""
        return self.T

    def tocsr(self) -> TracedSparse:
        """Return the matrix: its format is its own."""
        return self

    tocsc = tocoo = tocsr

    def toarray(self) -> Array:
        """Return the dense matrix."""
        refuse_engine("S.toarray() for S")
        dense = np.zeros(self.shape, self.dtype, like=self.data)
        np.add.at(dense, (self.pattern.rows, self.pattern.columns), self.data)
        return dense

    todense = toarray

    def diagonal(self) -> Array:
        """Return the elements on the diagonal."""
        places = np.flatnonzero(self.pattern.rows == self.pattern.columns)
        pattern = Pattern(self.pattern.rows[places], np.zeros_like(places), (min(self.shape), 1))
        return product(self.data[places], np.ones(1, self.dtype), pattern=pattern)

    def sum(self, axis: int | None = None) -> Array:
        """Return the sum of all elements, of the columns (axis 0) or of the rows (axis 1)."""
        if axis is None:
            return np.sum(self.data)
        matrix = self.T if axis in (0, -2) else self
        return matrix @ np.ones(matrix.shape[1], self.dtype)

    def dot(self, other: Any) -> Any:
        """Return the matrix times a vector or the columns of a matrix."""
        return self @ other

    def __matmul__(self, other: Any) -> Array:
        if isinstance(other, TracedSparse) or scipy.sparse.issparse(other):
            raise NotImplementedError(
                "the product of two sparse matrices has no derivative rule; multiply with a vector one after the other."
            )
        other = asarray(other)
        if other.shape[0] != self.shape[1]:
            raise ValueError(f"matmul: the matrix has shape {self.shape}, the other one {other.shape}.")
        return product(self.data, other, pattern=self.pattern)

    def __rmatmul__(self, other: Any) -> Array:
        refuse_engine("(S.T @ x.T).T for x @ S")
        return np.transpose(self.T @ np.transpose(asarray(other)))

    def scaled(self, factor: Any) -> TracedSparse:
        """Return the matrix times a number."""
        if np.ndim(stop_gradient(factor)):
            raise NotImplementedError("a sparse matrix with traced entries can be multiplied elementwise by a number.")
        return TracedSparse(self.data * factor, self.pattern)

    def __mul__(self, factor: Any) -> TracedSparse:
        return self.scaled(factor)

    def __rmul__(self, factor: Any) -> TracedSparse:
        refuse_engine("S * x for x * S")
        return self.scaled(factor)

    def __truediv__(self, divisor: Any) -> TracedSparse:
        return self.scaled(1.0 / divisor)

    def __neg__(self) -> TracedSparse:
        return self.scaled(-1.0)

    def __add__(self, other: Any) -> TracedSparse:
        other = traced(other)
        if other.shape != self.shape:
            raise ValueError(f"add: the matrices have the shapes {self.shape} and {other.shape}.")
        rows = np.concatenate([self.pattern.rows, other.pattern.rows])
        columns = np.concatenate([self.pattern.columns, other.pattern.columns])
        return TracedSparse(np.concatenate([self.data, other.data]), Pattern(rows, columns, self.shape))

    def __radd__(self, other: Any) -> TracedSparse:
        return self.__add__(other)

    def __sub__(self, other: Any) -> TracedSparse:
        return self.__add__(traced(other).scaled(-1.0))

    def __rsub__(self, other: Any) -> TracedSparse:
        return self.scaled(-1.0).__add__(other)


def traced(x: Any) -> TracedSparse:
    """Return a sparse matrix of SciPy in the form that has derivatives."""
    if isinstance(x, TracedSparse):
        return x
    if not scipy.sparse.issparse(x):
        raise TypeError(f"expected a sparse matrix, not {type(x).__name__}; a dense one is made with toarray().")
    coo = x.tocoo()
    return TracedSparse(coo.data, Pattern(coo.coords[0], coo.coords[1], coo.shape))


# Constructors


def from_places(data: Array, places: Any, shape: Any) -> TracedSparse:
    """Return the matrix with these entries."""
    rows, columns = (np.asarray(part) for part in places)
    if shape is None:
        shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    return TracedSparse(data, Pattern(rows, columns, tuple(shape)))


def coo_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """Return the matrix with the entries ``(data, (rows, columns))``."""
    if isinstance(arg1, tuple) and type(arg1[0]) is Box:
        return from_places(arg1[0], arg1[1], shape)
    return scipy.sparse.coo_array(arg1, shape, dtype, copy)


def compressed(arg1: Any, shape: Any, by_rows: bool) -> TracedSparse | None:
    """Return the matrix with traced entries ``(data, (rows, columns))`` or ``(data, indices, indptr)``, or None."""
    if not isinstance(arg1, tuple) or type(arg1[0]) is not Box:
        return None
    if len(arg1) == 2:
        return from_places(arg1[0], arg1[1], shape)
    data, indices, pointers = arg1[0], np.asarray(arg1[1]), np.asarray(arg1[2])
    lines = np.repeat(np.arange(pointers.size - 1), np.diff(pointers))
    if shape is None:
        shape = (pointers.size - 1, int(indices.max()) + 1)
        shape = shape if by_rows else shape[::-1]
    return from_places(data, (lines, indices) if by_rows else (indices, lines), shape)


def csr_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """Return the matrix with the entries ``(data, (rows, columns))`` or ``(data, indices, indptr)``, by rows."""
    found = compressed(arg1, shape, by_rows=True)
    return scipy.sparse.csr_array(arg1, shape, dtype, copy) if found is None else found


def csc_array(arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False) -> Any:
    """Return the matrix with the entries ``(data, (rows, columns))`` or ``(data, indices, indptr)``, by columns."""
    found = compressed(arg1, shape, by_rows=False)
    return scipy.sparse.csc_array(arg1, shape, dtype, copy) if found is None else found


def diags_array(diagonals: Any, /, *, offsets: Any = 0, shape: Any = None, **options: Any) -> Any:
    """Return the matrix with these diagonals; the one of offset k begins in row 0 or column 0, as in SciPy."""
    offsets = np.atleast_1d(offsets)
    lines: list[Array] = list(diagonals)
    if np.ndim(stop_gradient(lines[0])) == 0 and offsets.size == 1:  # the one diagonal, without a list around
        lines = [asarray(diagonals)]
    if not any(type(line) is Box for line in lines):
        return scipy.sparse.diags_array(diagonals, offsets=offsets, shape=shape, **options)
    lines = [np.atleast_1d(asarray(line)) for line in lines]
    n = lines[0].size + abs(int(offsets[0]))
    shape = (n, n) if shape is None else tuple(shape)
    parts = [placed(line, int(k), shape) for line, k in zip(lines, offsets, strict=True)]
    data, rows, columns = (np.concatenate(part) for part in zip(*parts, strict=True))
    return from_places(data, (rows, columns), shape)


def placed(line: Array, offset: int, shape: Sequence[int]) -> tuple[Array, Array, Array]:
    """Return the entries of a diagonal, their rows and their columns."""
    length = min(shape[0] + min(offset, 0), shape[1] - max(offset, 0))
    if line.size not in (1, length):
        raise ValueError(f"diags_array: the diagonal of offset {offset} has {line.size} elements instead of {length}.")
    start = np.arange(length)
    return np.broadcast_to(line, (length,)), start - min(offset, 0), start + max(offset, 0)
