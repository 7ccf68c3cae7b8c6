"""A sparse linear system with 100 000 unknowns, and the gradient by its entries, beside the adjoint equation by hand.

The flow ``-(k u')' = f`` on a line: how far does ``u`` lie from what was measured, as a function of ``k``?
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from easygrad import value_and_grad
from easygrad.scipy import sparse

SIZE = 100_000
H = 1.0 / (SIZE + 1)
SOURCE = np.sin(3.0 * np.pi * np.arange(1, SIZE + 1) * H)
TARGET = 0.02 * np.sin(np.pi * np.arange(1, SIZE + 1) * H)
START = 1.0 + 0.5 * np.cos(np.pi * np.arange(SIZE + 1) * H)  # k between the points


def misfit(k: Any) -> Any:
    """Return the mean square distance of the flow from the target."""
    diagonals = [(k[:-1] + k[1:]) / H**2, -k[1:-1] / H**2, -k[1:-1] / H**2]
    matrix = sparse.diags_array(diagonals, offsets=[0, 1, -1])
    return np.mean((sparse.linalg.spsolve(matrix, SOURCE) - TARGET) ** 2)


def by_hand(k: Any) -> tuple[float, Any]:
    """Return value and gradient: the adjoint is one more solution with the transposed matrix."""
    diagonals = [(k[:-1] + k[1:]) / H**2, -k[1:-1] / H**2, -k[1:-1] / H**2]
    factors = scipy.sparse.linalg.splu(scipy.sparse.diags_array(diagonals, offsets=[0, 1, -1]).tocsc())
    u = factors.solve(SOURCE)
    adjoint = factors.solve(2.0 * (u - TARGET) / SIZE, "T")
    inner = np.concatenate([[0.0], u, [0.0]])
    outer = np.concatenate([[0.0], adjoint, [0.0]])
    return float(np.mean((u - TARGET) ** 2)), -np.diff(inner) * np.diff(outer) / H**2


ours = value_and_grad(misfit)
