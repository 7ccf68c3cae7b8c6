"""``einsum`` in every notation, and einsum where it is a product or a sum that has a name.

To add a row, give the subscripts and the shapes of the operands.
"""

from typing import Any

from graddiff import Case
from graddiff.domains import COMPLEX, REAL

REPEATED = "Autograd cannot do a label that stands twice in one operand (#115)"
UNSUMMED = "Autograd does not sum the cotangent over an axis that was broadcast (#376)"

SECOND = ("explicit", "trace", "diagonal_of_one", "ellipsis_shorter", "broadcast_matrix", "three")  # order 2 as well

# name, subscripts, shapes of the operands, why upstream differs
ROWS: list[tuple[str, str, list[tuple[int, ...]], str]] = [
    ("explicit", "ij,jk->ki", [(2, 3), (3, 2)], ""),
    ("implicit", "ij,jk", [(2, 3), (3, 2)], ""),
    ("implicit_order", "ba", [(2, 3)], ""),
    ("sum", "ij->i", [(2, 3)], ""),
    ("sum_alone", "ij,k->k", [(2, 3), (2,)], ""),
    ("outer", "i,j->ij", [(2,), (3,)], ""),
    ("inner", "i,i", [(3,), (3,)], ""),
    ("elementwise", "ij,ij->ij", [(2, 3), (2, 3)], ""),
    ("batch", "bij,bj->bi", [(2, 2, 3), (2, 3)], ""),
    ("three", "i,ij,j->", [(2,), (2, 3), (3,)], ""),
    ("trace", "ii", [(3, 3)], REPEATED),
    ("diagonal", "ii->i", [(3, 3)], REPEATED),
    ("diagonal_of_one", "iij,j->i", [(2, 2, 3), (3,)], REPEATED),
    ("ellipsis", "...i,i...->...", [(2, 3), (3, 2)], ""),
    ("ellipsis_shorter", "...ij,j->...i", [(2, 2, 3), (3,)], ""),
    ("ellipsis_broadcast", "...i,...i->...i", [(2, 3), (1, 3)], UNSUMMED),
    ("ellipsis_implicit", "...i,...i", [(2, 3), (2, 3)], ""),
    ("broadcast", "i,i", [(3,), (1,)], UNSUMMED),
    ("broadcast_matrix", "ij,jk->ik", [(2, 1), (3, 2)], UNSUMMED),
]


def operation(subscripts: str, count: int, np: Any) -> Any:
    """Return the einsum of so many operands, the first one squared so that it has a second derivative."""
    if count == 1:
        return lambda x: np.einsum(subscripts, x * x)
    if count == 2:
        return lambda x, y: np.einsum(subscripts, x * x, y)
    return lambda x, y, z: np.einsum(subscripts, x * x, y, z)


CASES = [
    Case(
        f"einsum.{name}",
        lambda np, subscripts=subscripts, shapes=shapes: operation(subscripts, len(shapes), np),
        [REAL] * len(shapes),
        shapes=[tuple(shapes)] if len(shapes) > 1 else shapes,
        reason=reason,
        dtypes=("float64", "float32") if name == "explicit" else ("float64",),
        orders=(1, 2) if name in SECOND else (1,),
    )
    for name, subscripts, shapes, reason in ROWS
]

OTHERS = [
    Case(
        "einsum.lists",
        lambda np: lambda x, y: np.einsum(x * x, [0, 1], y, [1, 2], [2, 0]),
        [REAL, REAL],
        shapes=[((2, 3), (3, 2))],
    ),
    Case(
        "einsum.lists_implicit",
        lambda np: lambda x, y: np.einsum(x * x, [0, Ellipsis], y, [0]),
        [REAL, REAL],
        shapes=[((2, 3), (2,))],
    ),
    *(
        Case(
            f"einsum.optimize_{name}",
            lambda np, optimize=optimize: lambda x, y, z: np.einsum("ij,jk,kl->li", x * x, y, z, optimize=optimize),
            [REAL, REAL, REAL],
            shapes=[((2, 2), (2, 3), (3, 2))],
            reference=lambda np: lambda x, y, z: np.einsum("ij,jk,kl->li", x * x, y, z),
            orders=(1,),
        )
        for name, optimize in (("true", True), ("optimal", "optimal"), ("path", ["einsum_path", (1, 2), (0, 1)]))
    ),
    Case(
        "einsum.complex",
        lambda np: lambda x, y: np.einsum("ij,jk->ki", x, y),
        [COMPLEX, COMPLEX],
        shapes=[((2, 2), (2, 2))],
    ),
    Case("einsum.with_itself", lambda np: lambda x: np.einsum("ij,kj->ik", x, x), [REAL], shapes=[(2, 3)]),
]
