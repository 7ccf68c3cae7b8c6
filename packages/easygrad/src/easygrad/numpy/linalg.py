"""``numpy.linalg`` with the differentiable functions in place."""

from numpy.linalg import LinAlgError

from easygrad.rules.decompositions import cholesky, eig, eigh, eigvals, eigvalsh, qr, svd, svdvals
from easygrad.rules.linalg import (
    cond,
    cross,
    det,
    diagonal,
    inv,
    lstsq,
    matmul,
    matrix_norm,
    matrix_power,
    matrix_rank,
    matrix_transpose,
    multi_dot,
    norm,
    outer,
    pinv,
    slogdet,
    solve,
    tensordot,
    tensorinv,
    tensorsolve,
    trace,
    vecdot,
    vector_norm,
)
