"""``einsum``, for any number of operands and in every notation.

It is linear in each operand. The transpose is again an einsum: the cotangent takes the place of the operand, and the
labels of the operand are asked for. Three things need care: a label that stands twice in one operand (its cotangent
lies on a diagonal), a label that stands nowhere else (it was summed), and an axis of length 1 (it was repeated).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from easygrad.core import Args, Array, Followed, JointlyLinear, Linear, Node, Options, Rule, projected
from easygrad.primitives import entry
from easygrad.rules import indexing
from easygrad.rules.composition import composite
from easygrad.rules.shaping import as_type

Labels = Sequence[Any]  # the labels of an operand: numbers, as in NumPy's list notation, and at most one Ellipsis
LETTERS = ascii_uppercase + ascii_lowercase  # a letter's number, so that both notations sort alike


class Multilinear(JointlyLinear):
    """Linear in each of any number of arguments; its one rule is told the place of the argument."""

    tangent = Linear.tangent

    def edges(self, ans: Array, args: Args, options: Options, followed: Followed) -> Sequence[tuple[Node, Rule]]:
        """Return for each followed argument its node and the way back; the rule is told which one it is."""
        rule = self.rules[0]
        return [(node, projected(rule(ans, *args, place=i, **options), args[i])) for i, node in followed]


def contracted(*arrays: Array, inputs: Sequence[Labels], output: Labels | None, optimize: Any) -> Array:
    """Return ``np.einsum`` with the labels of its operands and answer as lists."""
    operands = [item for pair in zip(arrays, inputs, strict=True) for item in pair]
    return np.einsum(*operands, *([] if output is None else [output]), optimize=optimize)


def unfolded(inputs: Sequence[Labels], output: Labels | None, arrays: Args) -> tuple[list[Labels], Labels]:
    """Return the labels with numbers below 0 for the axes of an ellipsis, and those of the answer."""
    hidden = [x.ndim - len(labels) + 1 if Ellipsis in labels else 0 for x, labels in zip(arrays, inputs, strict=True)]

    def plain(labels: Labels, count: int) -> Labels:
        return [i for label in labels for i in (range(-count, 0) if label is Ellipsis else [label])]

    everywhere = [label for labels in inputs for label in labels if label is not Ellipsis]
    if output is None:
        output = [Ellipsis, *sorted(label for label in set(everywhere) if everywhere.count(label) == 1)]
    return [plain(labels, n) for labels, n in zip(inputs, hidden, strict=True)], plain(output, max(hidden))


def numbers_of(terms: Sequence[Labels]) -> list[list[int]]:
    """Return the labels of all terms as small numbers, which NumPy asks for."""
    number: dict[Any, int] = {}
    return [[number.setdefault(label, len(number)) for label in labels] for labels in terms]


def contraction_transpose(ans: Array, *arrays: Array, place: int, inputs: Any, output: Any, optimize: Any) -> Rule:
    """Return ``g -> `` the einsum of ``g`` with the other operands, in the shape of the operand at ``place``."""
    terms, result = unfolded(inputs, output, arrays)
    own, shape, dtype = terms[place], arrays[place].shape, arrays[place].dtype
    before, after = arrays[:place], arrays[place + 1 :]
    terms = [*terms[:place], result, *terms[place + 1 :]]
    shapes = [x.shape for x in (*before, ans, *after)]
    longest = {label: n for n, label in sorted(zip(chain(*shapes), chain(*terms), strict=True))}
    lengths = dict(zip(own, shape, strict=True))
    wanted = [label for label, n in lengths.items() if label in longest and not n == 1 != longest[label]]
    *known, asked = numbers_of([*terms, wanted])
    path = optimize if isinstance(optimize, bool | str) else True  # a path that is given is made for the operands

    def pullback(g: Array) -> Array:
        found = contracted(*before, g, *after, inputs=known, output=asked, optimize=path)
        kept = dict(zip(wanted, found.shape, strict=True))
        found = np.reshape(found, [kept.get(label, 1) for label in lengths])
        found = np.broadcast_to(found, tuple(lengths.values()))
        if len(own) == len(lengths):
            return found
        grid = dict(zip(lengths, np.ix_(*map(np.arange, found.shape)), strict=True))
        diagonal = tuple(grid[label] for label in own)  # axes with the same label have the same index
        return indexing.scatter(found, indices=[diagonal], shape=shape, dtype=np.result_type(found.dtype, dtype))

    return pullback


contraction = entry(Multilinear(contracted, (contraction_transpose,), "einsum"))


def numbered(term: str) -> list[Any]:
    """Return the labels of one operand in a subscripts string."""
    labels = [Ellipsis if letter == "." else LETTERS.find(letter) for letter in term.replace("...", ".")]
    if -1 in labels:
        raise ValueError(f"einsum: the subscripts {term!r} may hold letters and one ellipsis (...).")
    return labels


@composite(np.einsum)
def einsum(*operands: Any, optimize: Any = False, dtype: Any = None, casting: Any = "safe") -> Array:
    """Return the sum of products that the subscripts ask for, given as a string or as lists."""
    output: list[Any] | None = None
    if isinstance(operands[0], str):
        left, arrow, right = operands[0].replace(" ", "").partition("->")
        arrays, inputs = operands[1:], [numbered(term) for term in left.split(",")]
        output = numbered(right) if arrow else None
    else:
        count = len(operands) // 2
        arrays, inputs = operands[: 2 * count : 2], [list(labels) for labels in operands[1 : 2 * count : 2]]
        output = list(operands[-1]) if len(operands) % 2 else None
    if len(arrays) != len(inputs):
        raise ValueError(f"einsum: subscripts for {len(inputs)} operands, but {len(arrays)} operands were given.")
    return contraction(*as_type(arrays, dtype, casting), inputs=inputs, output=output, optimize=optimize)
