"""Jacobians and Hessians, whole, by their diagonal, and times a vector or tensor.

The Jacobian of a container by a container has for each leaf of the result the container of the argument, with arrays
whose shape is that of the result's leaf followed by that of the argument's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from easygrad.batches import each
from easygrad.calls import Argnum, Call, Transform, checked
from easygrad.containers import left_out
from easygrad.core import Array, Box, stop_gradient
from easygrad.results import Function, Recorded, Result, name_of
from easygrad.rules.shaping import astype
from easygrad.transforms import grad, holomorphic, make_jvp, make_vjp, pullback_and_value, pushed

MODES = (None, "forward", "reverse")
AT_ONCE = 1 << 16  # elements of an array that are worked on at a time
SHARES = 6  # and of a smaller answer a sixth: what is worked on takes several arrays of that size
FEWEST = 1 << 10  # but in so small arrays there is nothing to save
TALL = 3  # a column, which runs the whole function, takes as long as two or three rows of what was recorded


def jacobian(f: Function, argnum: Argnum = 0, *, mode: str | None = None, has_aux: bool = False) -> Function:
    """Return a function that gives all derivatives of the elements of ``f`` by those of an argument.

    The shape is that of the value, followed by that of the argument; the dtype is the argument's. With complex numbers:
    of a complex value by a real argument ``dRe/dx + 1j * dIm/dx``; of a real value by a complex argument the rows are
    what ``grad`` gives; of complex by complex the complex derivative, with a ValueError where there is none.

    ``mode`` is "reverse", backward passes for the elements of the value, "forward", runs of ``f`` for the elements of
    the argument, both for many elements at a time, or None: by the shapes. With ``has_aux`` the function returns
    ``(value, aux)``, and the answer is ``(jacobian, aux)``.
    """
    argnum = checked("jacobian", f, argnum)
    if mode not in MODES:
        raise ValueError(f'jacobian: mode is {mode!r}; expected "forward", "reverse" or None.')

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        return jacobian_at(Call("jacobian", f, args, options, argnum), mode, has_aux)

    return Transform(jacobian, f, at, argnum=argnum, mode=mode, has_aux=has_aux)


def jacobian_at(call: Call, mode: str | None = None, has_aux: bool = False) -> Any:
    """Return the Jacobian of a call, in the containers of its result and its arguments."""
    zeros = [zero(leaf) for leaf in call.leaves]
    result: Result = call.push(zeros, has_aux) if mode == "forward" else call.record(has_aux)
    values = result.numbers()
    n, m = sum(leaf.size for leaf in call.leaves), sum(value.size for value in values)
    blocks = None
    if not isinstance(result, Recorded) or (mode is None and m > TALL * n):
        blocks = by_columns(call, values, has_aux)
    if blocks is None and isinstance(result, Recorded):
        blocks = [by_rows(result, i, value) for i, value in enumerate(values)]
    if blocks is None:
        raise ValueError(
            f"{call.transform}: {name_of(call.f)} gave other values when it was called again, as one with random "
            'numbers does. Use mode="reverse", which calls it once.'
        )
    whole = result.rebuild_value([call.rebuild(row, left_out) for row in blocks], left_out)
    return (whole, result.aux) if has_aux else whole


def by_rows(record: Recorded, i: int, value: Array) -> list[Array]:
    """Return the derivatives of result i by each leaf, by backward passes for all elements of the result."""
    others = [None] * (len(record.values) - 1 - i)

    def blocks(factor: complex) -> list[Array]:
        def pull(g: Array) -> list[Array]:
            return record.pull_leaves([*[None] * i, g, *others], keep=True)

        found = at_units(pull, value, factor, record.leaves)
        return [shaped(rows, 0, value, leaf) for rows, leaf in zip_longest(found, record.leaves)]

    if value.dtype.kind != "c":
        return blocks(1)
    pairs = zip(blocks(1), blocks(-1j), record.leaves, strict=True)
    return [complex_block(a, b, leaf, record) for a, b, leaf in pairs]


def complex_block(by_real: Array, by_imaginary: Array, leaf: Array, record: Recorded) -> Array:
    """Return the derivatives of a complex result from the cotangents of its real and its imaginary part."""
    if leaf.dtype.kind == "c":
        return holomorphic(by_real, by_imaginary * 1j, record.transform, record.f)
    return by_real + 1j * by_imaginary


def by_columns(call: Call, values: Sequence[Array], has_aux: bool) -> list[list[Array]] | None:
    """Return the derivatives of each result by each leaf, by runs in forward mode for all elements of the leaves.

    None if a run gives other values than the first one: of a function with random numbers in it.
    """
    runs_are_alike = []

    def columns(i: int, leaf: Array, factor: complex) -> list[Array]:
        def push(t: Array) -> list[Array]:
            run = call.push([t if k == i else zero(x) for k, x in enumerate(call.leaves)], has_aux)
            runs_are_alike.append(same(run.numbers(), values))
            return run.tangents

        found = at_units(push, leaf, factor, values)
        return [shaped(rows, -1, value, leaf) for rows, value in zip_longest(found, values)]

    blocks = []
    for i, leaf in enumerate(call.leaves):
        found = columns(i, leaf, 1)
        if leaf.dtype.kind == "c":
            pairs = zip(found, columns(i, leaf, 1j), values, strict=True)
            found = [by_complex(a, b, value, call) for a, b, value in pairs]
        blocks.append(found)
    return [[of_leaf[k] for of_leaf in blocks] for k in range(len(values))] if all(runs_are_alike) else None


def by_complex(one_way: Array, other_way: Array, value: Array, call: Call) -> Array:
    """Return the derivatives by a complex argument from those along its real and its imaginary axis."""
    if value.dtype.kind == "c":
        return holomorphic(one_way, other_way * -1j, call.transform, call.f)
    return one_way - 1j * other_way


def units(x: Array, around: Sequence[Array], factor: complex = 1) -> Iterator[tuple[int, Array]]:
    """Yield the arrays like ``x`` that are ``factor`` in one element and 0 elsewhere, and the number of the first one.

    Along the first axis come so many at a time that the arrays ``around`` them, of which each makes one, stay small.
    """
    largest = max(1, *[other.size for other in around])
    many = max(1, min(AT_ONCE // largest, max(FEWEST // largest, -(-x.size // SHARES))))
    for start in range(0, x.size, many):
        portion = np.eye(min(many, x.size - start), x.size, start, x.dtype)
        portion *= factor
        yield start, np.reshape(portion, (-1, *x.shape))


def at_units(function: Function, x: Array, factor: complex, around: Sequence[Array]) -> list[Array]:
    """Return what a linear function gives for the units of ``x``: for each of its results all answers as one array."""
    wholes: list[Any] = []
    for start, rows in units(x, [x, *around], factor):
        parts = each(function, rows)
        wholes = wholes or [[] if type(part) is Box else longer(part, x.size) for part in parts]
        for whole, part in zip(wholes, parts, strict=True):
            if type(whole) is list:
                whole.append(part)
            else:
                whole[start : start + len(rows)] = part
    return [np.concatenate(whole) if type(whole) is list else whole for whole in wholes]


def longer(rows: Array, length: int) -> Array:
    """Return a new array for so many rows like these."""
    return np.empty((length, *rows.shape[1:]), rows.dtype)


def zero(value: Array) -> Array:
    """Return the tangent 0 of a value."""
    return np.zeros(value.shape, value.dtype)[()]


def same(values: Sequence[Array], others: Sequence[Array]) -> bool:
    """Return whether a function gave the same numbers as before."""
    pairs = zip(map(stop_gradient, values), map(stop_gradient, others), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def shaped(rows: Array | None, axis: int, value: Array, leaf: Array) -> Array:
    """Return rows (axis 0) or columns (axis -1) as one array, in the dtype of the leaf, complex if the value is."""
    shape = (*value.shape, *leaf.shape)
    dtype = np.result_type(leaf.dtype, np.complex64) if axis and value.dtype.kind == "c" else leaf.dtype
    if rows is None:
        return np.zeros(shape, dtype)
    whole = np.reshape(np.moveaxis(rows, 0, -1) if axis else rows, shape) if shape else rows[0]
    return whole if whole.dtype == dtype else astype(whole, dtype)


def hessian(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the second derivatives of ``f``, which returns one real number.

    Of a container it is the container of containers: of a dict, ``hessian(f)(p)["a"]["b"]``, of the shape of ``a``
    followed by that of ``b``.
    """
    argnum = checked("hessian", f, argnum)

    def first(args: Sequence[Any], options: dict[str, Any]) -> Any:
        return jacobian_at(Call("hessian", f, args, options, argnum))

    slopes = Transform(hessian, f, first)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        return jacobian_at(Call("hessian", slopes, args, options, argnum))

    return Transform(hessian, f, at, argnum=argnum)


def hessian_diagonal(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the second derivative of ``f`` by each element alone, in the form of the argument.

    ``f`` returns one real number. The Hessian is never stored; its rows are computed some at a time.
    """
    argnum = checked("hessian_diagonal", f, argnum)
    gradient = grad(f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        call = Call("hessian_diagonal", gradient, args, options, argnum).record()
        values = call.numbers()
        diagonals = [diagonal(call, i, value) for i, value in enumerate(values)]
        return call.rebuild(diagonals, left_out)

    return Transform(hessian_diagonal, f, at, argnum=argnum)


def diagonal(call: Recorded, i: int, value: Array) -> Array:
    """Return the derivative of each element of result i by the same element of leaf i."""

    def pull(g: Array) -> list[Array]:
        cotangents = [g if j == i else None for j in range(len(call.values))]
        return [np.reshape(call.pull_leaves(cotangents, keep=True)[i], (-1,))]

    parts = [np.copy(np.diagonal(each(pull, rows)[0], start)) for start, rows in units(value, call.leaves)]
    entries = np.concatenate([x[: value.size] for x in parts]) if parts else np.zeros(0, value.dtype)
    return np.reshape(entries, value.shape)[()]


def hessian_vector_product(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function of the arguments and a vector that gives the Hessian of ``f`` times the vector.

    The vector, or tensor, is like the argument: of its shape, or of its form if that is a container.
    """
    argnum = checked("hessian_vector_product", f, argnum)
    gradient = grad(f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        if not args:
            raise TypeError("hessian_vector_product: the vector is missing; it comes last among the arguments.")
        return pushed("hessian_vector_product", gradient, args[:-1], options, argnum, args[-1])[1]

    return Transform(hessian_vector_product, f, at, argnum=argnum)


hessian_tensor_product = hessian_vector_product


def make_hvp(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function that gives the Hessian-vector product and the gradient of ``f``, like ``make_vjp(grad(f))``."""
    argnum = checked("make_hvp", f, argnum)
    gradient = grad(f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> tuple[Function, Any]:
        return pullback_and_value("make_hvp", gradient, args, options, argnum)

    return Transform(make_hvp, f, at, argnum=argnum)


def tensor_jacobian_product(f: Function, argnum: Argnum = 0) -> Function:
    """Return a function of the arguments and a tensor that gives the Jacobian of ``f``, contracted with the tensor.

    The tensor has the leading axes of the value, and all of them are summed over: of a value of shape ``(2, 3)`` and an
    argument of shape ``(4,)``, a tensor of shape ``(2,)`` gives shape ``(3, 4)`` and one of shape ``(2, 3)`` gives
    ``(4,)``.
    """
    argnum = checked("tensor_jacobian_product", f, argnum)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Any:
        if not args:
            raise TypeError("tensor_jacobian_product: the tensor is missing; it comes last among the arguments.")
        tensor = args[-1]

        def contracted(inner: Sequence[Any], given: dict[str, Any]) -> Any:
            return np.tensordot(tensor, f(*inner, **given), np.ndim(tensor))

        product = Transform(tensor_jacobian_product, f, contracted)  # with the name and the arguments of f
        return jacobian_at(Call("tensor_jacobian_product", product, args[:-1], options, argnum))

    return Transform(tensor_jacobian_product, f, at, argnum=argnum)


vector_jacobian_product = tensor_jacobian_product


def half_squared_norm(x: Array) -> Array:
    """Return half the sum of squares."""
    return 0.5 * np.sum(np.square(x))


def make_ggnvp(f: Function, g: Function = half_squared_norm, f_argnum: Argnum = 0) -> Function:
    """Return a function of the arguments of ``f`` that gives the products of a vector with the Gauss-Newton matrix.

    That is ``J^T H J``, with J the Jacobian of ``f`` and H the Hessian of ``g`` at the value of ``f``; ``g`` takes that
    value and returns one real number. Its default makes ``H`` the identity.
    """
    f_argnum = checked("make_ggnvp", f, f_argnum)
    vjp_of_f, jvp_of_f, hvp_of_g = make_vjp(f, f_argnum), make_jvp(f, f_argnum), make_hvp(g)

    def at(args: Sequence[Any], options: dict[str, Any]) -> Function:
        pullback, value = vjp_of_f(*args, **options)
        pushforward, curvature = jvp_of_f(*args, **options), hvp_of_g(value)[0]
        return lambda v: pullback(curvature(pushforward(v)[1]))

    return Transform(make_ggnvp, f, at, g=g, f_argnum=f_argnum)
