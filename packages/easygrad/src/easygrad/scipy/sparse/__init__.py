"""``scipy.sparse`` with matrices whose entries are traced; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import scipy.sparse

from easygrad.scipy.sparse import linalg
from easygrad.scipy.sparse.arrays import TracedSparse, coo_array, csc_array, csr_array, diags_array

coo_matrix, csr_matrix, csc_matrix = coo_array, csr_array, csc_array

__all__ = [
    "TracedSparse", "coo_array", "coo_matrix", "csc_array", "csc_matrix", "csr_array", "csr_matrix", "diags_array",
    "linalg",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.sparse, name)
