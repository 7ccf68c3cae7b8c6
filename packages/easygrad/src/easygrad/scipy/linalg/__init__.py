"""``scipy.linalg`` with the differentiable functions in place; the other names are SciPy's own."""

from __future__ import annotations

from typing import Any

import scipy.linalg
from scipy.linalg import LinAlgError

from easygrad.scipy.linalg.factors import (
    cho_factor,
    cholesky,
    det,
    eig,
    eigh,
    eigh_tridiagonal,
    eigvals,
    eigvalsh,
    lu,
    lu_factor,
    norm,
    orth,
    pinv,
    pinvh,
    polar,
    qr,
    svd,
    svdvals,
)
from easygrad.scipy.linalg.functions import (
    coshm,
    cosm,
    expm,
    expm_frechet,
    fractional_matrix_power,
    logm,
    sinhm,
    sinm,
    sqrtm,
    tanhm,
    tanm,
)
from easygrad.scipy.linalg.special_matrices import (
    block_diag,
    circulant,
    companion,
    hankel,
    khatri_rao,
    toeplitz,
)
from easygrad.scipy.linalg.systems import (
    cho_solve,
    inv,
    lstsq,
    lu_solve,
    solve,
    solve_banded,
    solve_continuous_are,
    solve_continuous_lyapunov,
    solve_discrete_are,
    solve_discrete_lyapunov,
    solve_sylvester,
    solve_toeplitz,
    solve_triangular,
    solveh_banded,
)
from easygrad.scipy.namespace import register

register(globals(), __name__)


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.linalg, name)
