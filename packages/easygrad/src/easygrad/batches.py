"""Many cotangents, or tangents, at once: what a Jacobian takes.

A ``Batch`` is a trace whose boxes stand for one array in each *row*. What is done with such a box is done with all rows
in one call of NumPy, along a new first axis. ``ROWS`` says how, for each primitive; one that is not listed there is
called for every row, which is slower and gives the same.

The pullbacks of a call are linear, so what they do cannot depend on the numbers in a cotangent. One that looks at them
nevertheless meets a ``HiddenError``, and the rows are then pulled back one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Box, Elementwise, Followed, Options, Primitive, Trace, apply, boxed, cast
from easygrad.rules import contractions, elementwise, indexing, products, reductions, selection, shaping
from easygrad.rules.composition import primitive_of
from easygrad.rules.shaping import stack

FEW = 3  # fewer rows are faster one by one
Rows = dict[int, Array]  # of the arguments that are different in each row, by position


class HiddenError(Exception):
    """Something wants to see the numbers in a cotangent, which are different in each row."""


class Batch(Trace):
    """Carries all rows of its boxes along, as their node; the value is the first row."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def box(self, rows: Array) -> Box:
        """Return a box for an array in each row."""
        return boxed(rows[0], self, rows)

    def rows(self, x: Array) -> Array:
        """Return the arrays of all rows as one; what is not of this batch is the same in each."""
        if type(x) is Box and x.owner is self:
            return x.node
        return np.broadcast_to(x, (self.size, *x.shape))

    def by_rows(self, args: Args, rows: Rows) -> list[Array]:
        """Return the rows of every argument, also of those that are the same in each."""
        return [rows[i] if i in rows else self.rows(x) for i, x in enumerate(args)]

    def opened(self, box: Box) -> Array:
        """Refuse: the numbers in the first row are not those of the others."""
        raise HiddenError

    def record(self, primitive: Primitive, ans: Array, args: Args, options: Options, followed: Followed) -> Box:
        """Return a box around the answers for all rows."""
        rows = dict(followed)
        rule = ROWS.get(primitive)
        if isinstance(primitive, Elementwise):
            found = apply(primitive, level(args, rows, ans.ndim), options)
        else:
            found = rule(self, ans, args, options, rows) if rule else None
        if found is None:
            found = one_by_one(self, primitive, args, options, rows)
        return boxed(ans, self, cast(found, ans.dtype))


def each(function: Callable[[Array], Sequence[Array]], rows: Array) -> list[Array]:
    """Return what a linear function gives for each row: for each of its results, all answers as one array.

    It is not to be written into: two results may be one array, and rows that are all the same one row.
    """
    if len(rows) >= FEW:
        batch = Batch(len(rows))
        with suppress(Exception):  # what fails with a box may work with a plain row; else the user sees the error there
            return [batch.rows(x) for x in function(batch.box(rows))]
    return [stack(answers) for answers in zip(*map(function, rows), strict=True)]


def level(args: Args, rows: Rows, ndim: int) -> list[Array]:
    """Return the arguments ready to be broadcast: rows with ``ndim`` axes behind the first one."""
    return [lengthened(rows[i], ndim) if i in rows else x for i, x in enumerate(args)]


def lengthened(rows: Array, ndim: int) -> Array:
    """Return rows with ``ndim`` axes behind the first one, new ones in front of those that are there."""
    if rows.ndim > ndim:
        return rows
    return np.reshape(rows, (rows.shape[0], *(1,) * (ndim + 1 - rows.ndim), *rows.shape[1:]))


def one_by_one(batch: Batch, primitive: Primitive, args: Args, options: Options, rows: Rows) -> Array:
    """Return what a primitive gives for every row by a call for each."""

    def answer(k: int) -> Array:
        return apply(primitive, [rows[i][k] if i in rows else x for i, x in enumerate(args)], options)

    return stack([answer(k) for k in range(batch.size)])


# Rules: from the batch, the answer for the first row, the arguments, the options and the rows to all answers, or to
# None for what has to be done one by one

Rule = Callable[[Batch, Array, Args, Options, Rows], Array | None]


def further(axes: Any, ndim: int) -> Any:
    """Return axes of an array as those of its rows."""
    if axes is None:
        return tuple(range(1, ndim + 1))
    return tuple(range(ndim)[i] + 1 for i in axes) if np.ndim(axes) else range(ndim)[axes] + 1


def same(name: str) -> Rule:
    """Return the rule of a method or function that does the same with rows as with one array."""
    return lambda batch, ans, args, options, rows: getattr(np, name)(rows[0], *args[1:], **options)


def reshaped(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array | None:
    """Return rows of another shape, with the elements in C order."""
    orders = [x for x in (*args[1:], options.get("order", "C")) if isinstance(x, str)]
    return np.reshape(rows[0], (batch.size, *ans.shape)) if set(orders) == {"C"} else None


def broadcast(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array:
    """Return rows repeated along new and stretched axes."""
    return np.broadcast_to(lengthened(rows[0], ans.ndim), (batch.size, *ans.shape))


def along(function: Callable[..., Array], *names: str) -> Rule:
    """Return the rule of a function whose options of these names, next behind the array, are axes."""

    def rule(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array:
        x, ndim = rows[0], args[0].ndim
        given = dict(zip(names, args[1:], strict=False)) | {k: v for k, v in options.items() if k in names}
        rest = {k: v for k, v in options.items() if k not in names}
        axes = {name: further(given.get(name), ndim) for name in names}
        return function(x, **axes, **rest)

    return rule


def transposed(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array:
    """Return rows with their axes in another order."""
    ndim = args[0].ndim
    axes = args[1] if len(args) > 1 else options.get("axes")
    return np.transpose(rows[0], (0, *further(range(ndim)[::-1] if axes is None else axes, ndim)))


def product(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array | None:
    """Return the products of rows with a matrix or vector that is the same in each: one large product, if possible."""
    x, y = args
    if len(rows) == 2 or max(x.ndim, y.ndim) > 2:
        return None
    if 0 in rows:
        flat = rows[0] if x.ndim == 1 else np.reshape(rows[0], (batch.size * len(x), x.shape[1]))
        return np.reshape(flat @ y, (batch.size, *ans.shape))
    return rows[1] @ x.T if y.ndim == 1 else x @ rows[1]


def indexed(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array | None:
    """Return what stands at an index of each row."""
    index = in_each_row(args[1])
    return None if index is None else rows[0][index]


def in_each_row(index: Any) -> Any:
    """Return an index with the rows in front, None if arrays in it have other items between them."""
    items = index if type(index) is tuple else (index,)
    places = [i for i, item in enumerate(items) if not isinstance(item, slice | type(None) | type(Ellipsis))]
    has_array = any(not isinstance(items[i], int | np.integer) for i in places)
    if has_array and places != list(range(places[0], places[0] + len(places))):
        return None
    return (slice(None), *items)


def scattered(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array | None:
    """Return zeros with the parts of each row added at their indices."""
    indices = [in_each_row(index) for index in options["indices"]]
    if any(index is None for index in indices):
        return None
    parts = batch.by_rows(args, rows)
    return indexing.scatter(*parts, indices=indices, shape=(batch.size, *options["shape"]), dtype=options["dtype"])


def joined(function: Callable[..., Array]) -> Rule:
    """Return the rule of concatenate or stack."""

    def rule(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array:
        parts = batch.by_rows(args, rows)
        return function(parts, further(options.get("axis", 0), ans.ndim))

    return rule


def contracted(batch: Batch, ans: Array, args: Args, options: Options, rows: Rows) -> Array:
    """Return an einsum in which the rows have a label of their own."""
    terms, result = contractions.unfolded(options["inputs"], options["output"], args)
    terms = [["row", *term] if i in rows else term for i, term in enumerate(terms)]
    *inputs, output = contractions.numbers_of([*terms, ["row", *result]])
    arrays = [rows.get(i, x) for i, x in enumerate(args)]
    return contractions.contracted(*arrays, inputs=inputs, output=output, optimize=True)


ROWS: dict[Primitive, Rule] = {
    primitive_of(function): rule
    for function, rule in (
        (shaping.reordered, reshaped),
        (shaping.flattened, reshaped),
        (shaping.squeeze, reshaped),
        (shaping.expand_dims, reshaped),
        (shaping.broadcast_to, broadcast),
        (shaping.transpose, transposed),
        (shaping.moveaxis, along(np.moveaxis, "source", "destination")),
        (shaping.swapaxes, along(np.swapaxes, "axis1", "axis2")),
        (shaping.flip, along(np.flip, "axis")),
        (shaping.matrix_transpose, same("matrix_transpose")),
        (shaping.copy, same("copy")),
        (shaping.cast_to, same("astype")),
        (shaping.join, joined(np.concatenate)),
        (shaping.layer, joined(np.stack)),
        (selection.tril, same("tril")),
        (selection.triu, same("triu")),
        (elementwise.real, same("real")),
        (elementwise.imag, same("imag")),
        (elementwise.conjugate, same("conjugate")),
        (reductions.sum, along(np.sum, "axis")),
        (reductions.mean, along(np.mean, "axis")),
        (products.matmul, product),
        (indexing.getitem, indexed),
        (indexing.scatter, scattered),
        (contractions.contraction, contracted),
    )
}
