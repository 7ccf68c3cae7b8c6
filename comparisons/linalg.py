"""Linear algebra: every function of `numpy.linalg`, its options as rows, stacks of matrices, and special matrices.

NumPy cannot do any of it on exact numbers, so each case has a reference made of the plain loops at the top: elimination
for what is linear, and the quadratic formula for two eigenvalues or singular values. The sign of a vector and the order
of the eigenvalues of `eig` are LAPACK's choice, which differs between processors, so a case compares what `signed`,
`positive`, `basis` and `rising` return. To add a function, write its case with a reference that uses them.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, REAL, SPD, WELL_CONDITIONED
from graddiff.numbers import rounded

# References on matrices of exact numbers


def exact_solve(a: Any, b: Any) -> Any:
    """Solve a x = b for a matrix b: by Cramer, or by Gauss and Jordan with the largest pivot of each column."""
    n = a.shape[0]
    if n == 2:
        (p, q), (r, s) = a
        return numpy.stack([s * b[0] - q * b[1], p * b[1] - r * b[0]]) / (p * s - q * r)
    rows = numpy.concatenate([a + 0 * a, b + 0 * b], axis=1)
    for i in range(n):
        pivot = i + int(numpy.argmax(abs(rows[i:, i])))
        rows = rows[[pivot if k == i else i if k == pivot else k for k in range(n)]]
        rows[i] = rows[i] / rows[i, i]
        for k in range(n):
            if k != i:
                rows[k] = rows[k] - rows[k, i] * rows[i]
    return rows[:, n:]


def exact_inv(a: Any) -> Any:
    """Return the inverse."""
    return exact_solve(a, numpy.eye(a.shape[0]) + 0 * a)


def exact_det(a: Any) -> Any:
    """Return the determinant, by its first row."""
    if a.shape[0] == 1:
        return a[0, 0]
    minors = [numpy.delete(a[1:], j, axis=1) for j in range(a.shape[0])]
    return sum((-1) ** j * a[0, j] * exact_det(minor) for j, minor in enumerate(minors))


def exact_cholesky(a: Any) -> Any:
    """Return the lower factor, from the lower triangle."""
    factor = 0 * a
    for i in range(a.shape[0]):
        for j in range(i + 1):
            rest = a[i, j] - numpy.sum(factor[i, :j] * numpy.conjugate(factor[j, :j])) if j else a[i, j]
            factor[i, j] = numpy.sqrt(rest) if i == j else rest / factor[j, j]
    return factor


def shares(vectors: Any) -> Any:
    """Return a fixed combination of the rows, which is far from 0 for all vectors of the cases here."""
    weights = (1.0, -0.9, 0.4)
    return sum(weights[i] * vectors[i] for i in range(len(vectors)))


def exact_signed(vectors: Any) -> Any:
    """Return columns with the signs that make their shares positive."""
    return vectors * numpy.sign(rounded(shares(vectors)).real)


def exact_qr(a: Any) -> Any:
    """Return the reduced factors by Gram and Schmidt, R with a positive diagonal."""
    k = min(a.shape)
    factor = exact_cholesky(a[:, :k].T @ a[:, :k])
    q = exact_solve(factor, a[:, :k].T).T
    r = q.T @ a
    return q, numpy.where(numpy.tri(*r.shape, k=-1) == 1, 0 * r, r)


def exact_eigh(a: Any) -> Any:
    """Return eigenvalues in rising order and eigenvectors of a 2 x 2 matrix that has real ones, the vectors signed."""
    (p, b), (c, q) = a
    middle, radius = (p + q) / 2, numpy.sqrt((p - q) * (p - q) / 4 + b * c)
    w = middle + radius * numpy.array([-1, 1])
    v = numpy.stack([b + 0 * w, w - p])
    return w, exact_signed(v / numpy.sqrt(numpy.sum(v * numpy.conjugate(v), axis=0)))


def exact_svd(a: Any) -> Any:
    """Return the reduced decomposition of a tall matrix, by the eigenvectors of its square, which are signed."""
    squares, v = exact_eigh(a.T @ a)
    s, v = numpy.sqrt(squares[::-1]), v[:, ::-1]
    return a @ v / s, s, v.T


def exact_values(a: Any) -> Any:
    """Return the singular values."""
    return exact_svd(a if a.shape[0] >= a.shape[1] else a.T)[1]


def exact_pinv(a: Any) -> Any:
    """Return the pseudo-inverse of a matrix of full rank."""
    if a.shape[0] < a.shape[1]:
        return exact_pinv(a.T).T
    return exact_solve(a.T @ a, a.T)


def stacked(function: Any, axes: int = 2) -> Any:
    """Return a function of one matrix as one of a stack."""

    def of_stack(a: Any) -> Any:
        return function(a) if a.ndim == axes else numpy.stack([of_stack(x) for x in a])

    return of_stack


def signed(np: Any, vectors: Any) -> Any:
    """Return columns with the signs that make their shares positive."""
    return vectors * np.sign(shares(vectors))


def positive(np: Any, r: Any) -> Any:
    """Return R with a positive diagonal."""
    return np.sign(np.diag(r))[:, None] * r


def basis(np: Any, a: Any) -> Any:
    """Return Q with the signs that make the diagonal of R positive."""
    q, r = np.linalg.qr(a)
    return q * np.sign(np.diag(r))


def rising(np: Any, a: Any) -> Any:
    """Return the eigenvalues of a matrix that has real ones, in rising order, and their vectors, signed."""
    w, v = np.linalg.eig(a)
    order = np.argsort(w)
    return w[order], signed(np, v[:, order])


def projector(q: Any) -> Any:
    """Return the projector on the columns, which does not depend on their signs."""
    return q @ q.T


def symmetric(x: Any) -> Any:
    """Return a symmetric matrix with eigenvalues well apart."""
    return x + numpy.swapaxes(x, -1, -2)


def product(x: Any) -> Any:
    """Return a positive definite matrix."""
    return x @ numpy.swapaxes(x, -1, -2)


def lower(x: Any) -> Any:
    """Return the symmetric matrix that has the lower triangle."""
    return numpy.where(numpy.tri(x.shape[-1]) == 1, x, numpy.swapaxes(x, -1, -2))


def case(name: str, function: Any, reference: Any, domains: Any = (WELL_CONDITIONED,), **options: Any) -> Case:
    """Return a case of linear algebra; 2 x 2 matrices unless it says otherwise."""
    options = {"shapes": [(2, 2)], **options}
    return Case(f"linalg.{name}", function, list(domains), reference=reference, linear_algebra=True, **options)


BOTH = ("float64", "float32")
FIRST = {"orders": (1,)}
EMPTY = {"easygrad empty": "behaviour differs"}  # NumPy gives 0 for the norm of an empty matrix, easygrad raises
SQUARES: dict[str, Any] = {"shapes": [(2, 2), (3, 3), (2, 2, 2)]}

SYSTEMS = [
    case(
        "inv",
        lambda np: lambda a: np.linalg.inv(a),
        lambda np: stacked(exact_inv),
        **SQUARES,
        dtypes=BOTH,
        raises=[(numpy.zeros((2, 2)),), (numpy.ones((2, 3)),)],
    ),
    case("inv.complex", lambda np: lambda a: np.linalg.inv(a), lambda np: exact_inv, [COMPLEX]),
    case(
        "solve",
        lambda np: lambda a, b: np.linalg.solve(a, b),
        lambda np: lambda a, b: exact_solve(a, b),
        [WELL_CONDITIONED, REAL],
        raises=[(numpy.zeros((2, 2)), numpy.ones(2)), (numpy.ones((2, 3)), numpy.ones(3))],
        shapes=[((2, 2), (2, 2)), ((3, 3), (3, 1))],
        dtypes=BOTH,
    ),
    case(
        "solve.vector",
        lambda np: lambda a, b: np.linalg.solve(a, b),
        lambda np: lambda a, b: exact_solve(a, b[:, None])[:, 0],
        [WELL_CONDITIONED, REAL],
        shapes=[((2, 2), (2,))],
    ),
    case(
        "solve.stack_and_vector",
        lambda np: lambda a, b: np.linalg.solve(a, b),
        lambda np: lambda a, b: numpy.stack([exact_solve(x, b[:, None])[:, 0] for x in a]),
        [WELL_CONDITIONED, REAL],
        shapes=[((2, 2, 2), (2,))],
        reason="Autograd does not sum the cotangent over the stack",
    ),
    case(
        "solve.matrix_and_stack",
        lambda np: lambda a, b: np.linalg.solve(a, b),
        lambda np: lambda a, b: numpy.stack([exact_solve(a, x) for x in b]),
        [WELL_CONDITIONED, REAL],
        shapes=[((2, 2), (2, 2, 1))],
        reason="Autograd does not sum the cotangent over the stack",
    ),
    case(
        "solve.complex",
        lambda np: lambda a, b: np.linalg.solve(a, b),
        lambda np: lambda a, b: exact_solve(a, b[:, None])[:, 0],
        [COMPLEX, COMPLEX],
        shapes=[((2, 2), (2,))],
    ),
    case(
        "pinv",
        lambda np: lambda a: np.linalg.pinv(a),
        lambda np: exact_pinv,
        [REAL],
        shapes=[(3, 2), (2, 3)],
        dtypes=BOTH,
    ),
    case("pinv.square", lambda np: lambda a: np.linalg.pinv(a), lambda np: stacked(exact_inv), shapes=[(2, 2, 2)]),
    case(
        "pinv.hermitian",
        lambda np: lambda a: np.linalg.pinv(symmetric(a), hermitian=True),
        lambda np: lambda a: exact_inv(symmetric(a)),
        **FIRST,
    ),
    case(
        "pinv.rank_1",
        lambda np: lambda u, v: np.linalg.pinv(np.outer(u, v), 1e-8),
        lambda np: lambda u, v: numpy.outer(v, u) / (numpy.sum(u * u) * numpy.sum(v * v)),
        [REAL, REAL],
        shapes=[((3,), (2,))],
    ),
    case(
        "lstsq",
        lambda np: lambda a, b: np.linalg.lstsq(a, b, None)[0],
        lambda np: lambda a, b: exact_pinv(a) @ b,
        [REAL, REAL],
        shapes=[((3, 2), (3,)), ((3, 2), (3, 2)), ((2, 3), (2,))],
    ),
    case(
        "lstsq.residuals",
        lambda np: lambda a, b: np.linalg.lstsq(a, b, None)[1],
        lambda np: lambda a, b: numpy.sum((b - a @ (exact_pinv(a) @ b)) ** 2, keepdims=True),
        [REAL, REAL],
        shapes=[((3, 2), (3,))],
        **FIRST,
    ),
    case(
        "tensorinv",
        lambda np: lambda a: np.linalg.tensorinv(a, 1),
        lambda np: lambda a: exact_inv(a.reshape(2, 2)).reshape(2, 1, 2),
        [REAL],
        shapes=[(2, 2, 1)],
        **FIRST,
    ),
    case(
        "tensorsolve",
        lambda np: lambda a, b: np.linalg.tensorsolve(a, b),
        lambda np: lambda a, b: exact_solve(a.reshape(2, 2), b.reshape(2, 1)).reshape(2),
        [REAL, REAL],
        shapes=[((1, 2, 2), (1, 2))],
        **FIRST,
    ),
    case(
        "matrix_power",
        lambda np: lambda a: np.linalg.matrix_power(a, 3),
        lambda np: lambda a: a @ a @ a,
        shapes=[(2, 2), (2, 2, 2)],
    ),
    case(
        "matrix_power.negative",
        lambda np: lambda a: np.linalg.matrix_power(a, -2),
        lambda np: lambda a: exact_inv(a @ a),
    ),
    case(
        "multi_dot",
        lambda np: lambda a, b, c: np.linalg.multi_dot([a, b, c]),
        lambda np: lambda a, b, c: a @ b @ c,
        [REAL, REAL, REAL],
        shapes=[((2, 3), (3, 1), (1, 2)), ((2,), (2, 3), (3,))],
        **FIRST,
    ),
]

DETERMINANTS = [
    case(
        "det",
        lambda np: lambda a: np.linalg.det(a),
        lambda np: stacked(exact_det),
        shapes=[(2, 2), (3, 3), (2, 2, 2)],
        dtypes=BOTH,
        raises=[(numpy.ones((2, 3)),), (numpy.ones(3),)],
    ),
    case("det.complex", lambda np: lambda a: np.linalg.det(a), lambda np: exact_det, [COMPLEX]),
    case(
        "slogdet",
        lambda np: lambda a: np.linalg.slogdet(a).logabsdet,
        lambda np: stacked(lambda a: numpy.log(abs(exact_det(a)))),
        shapes=[(2, 2), (3, 3), (2, 2, 2)],
        dtypes=BOTH,
        reason="Autograd returns a plain tuple without the names",
    ),
    case(
        "slogdet.by_position",
        lambda np: lambda a: np.linalg.slogdet(a)[1],
        lambda np: stacked(lambda a: numpy.log(abs(exact_det(a)))),
        **FIRST,
    ),
    case(
        "slogdet.complex",
        lambda np: lambda a: np.linalg.slogdet(a)[0],
        lambda np: lambda a: exact_det(a) / abs(exact_det(a)),
        [COMPLEX],
    ),
]

SINGULAR = [numpy.zeros((3, 3)), numpy.outer([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]), numpy.arange(9.0).reshape(3, 3)]
IDENTITY = numpy.eye(2)
WEIGHTS = numpy.array([[1.0, 2.0], [4.0, 8.0]])


def recomposed(np: Any) -> Any:
    """Return the function that puts a symmetric matrix together from its eigenvalues and eigenvectors."""

    def function(a: Any) -> Any:
        w, v = np.linalg.eigh(symmetric(a))
        return np.sum(WEIGHTS * ((v * w) @ v.T))

    return function


def recomposed_svd(np: Any) -> Any:
    """Return the function that puts a matrix together from its singular values and vectors."""

    def function(a: Any) -> Any:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return np.sum(WEIGHTS * ((u * s) @ vh))

    return function


def special(name: str, function: Any, reference: Any, at: Any, reason: str, **options: Any) -> Case:
    """Return a convention at special points."""
    options = {"aspects": ("vjp",), **options}
    return Case(
        f"linalg.{name}",
        function,
        kind="convention",
        at=at,
        reference=reference,
        reason=reason,
        linear_algebra=True,
        **options,
    )


SPECIAL = [
    special(
        "det.singular",
        lambda np: lambda a: np.linalg.det(a),
        lambda np: exact_det,
        SINGULAR,
        "the adjugate, to all orders; Autograd divides by 0",
        aspects=("vjp", "jvp", "rev-over-rev"),
    ),
    special("norm.zero", lambda np: lambda x: np.linalg.norm(x), None, [numpy.zeros(3)], "0 at the zero vector"),
    special(
        "norm.zero_squared",
        lambda np: lambda x: np.linalg.norm(x) ** 2,
        lambda np: lambda x: numpy.sum(x * x),
        [numpy.zeros(3)],
        "smooth: 0",
    ),
    special(
        "norm.zero_row",
        lambda np: lambda x: np.linalg.norm(x, axis=1),
        None,
        [numpy.array([[0.0, 0.0], [3.0, 4.0]])],
        "0 for a row of zeros",
    ),
    special(
        "norm.zero_entry",
        lambda np: lambda x: np.linalg.norm(x, 1.5),
        None,
        [numpy.array([4.0, 0.0])],
        "0 at an entry that is 0",
    ),
    special(
        "norm.tie_at_inf",
        lambda np: lambda x: np.linalg.norm(x, np.inf),
        None,
        [numpy.array([3.0, 1.0, -3.0])],
        "a tie is shared",
    ),
    special(
        "svd.equal_values",
        lambda np: lambda a: np.sum(np.linalg.svd(a, compute_uv=False)),
        None,
        [IDENTITY],
        "smooth: the identity",
        aspects=("vjp", "jvp"),
    ),
    special(
        "eigh.equal_values",
        lambda np: lambda a: np.sum(np.linalg.eigh(a)[0] ** 2),
        None,
        [IDENTITY],
        "smooth: twice the matrix",
        aspects=("vjp", "jvp"),
    ),
    special(
        "eigh.recomposed",
        recomposed,
        lambda np: lambda a: numpy.sum(WEIGHTS * symmetric(a)),
        [IDENTITY],
        "smooth: the weights, both halves",
    ),
    special(
        "svd.recomposed",
        recomposed_svd,
        lambda np: lambda a: numpy.sum(WEIGHTS * a),
        [IDENTITY],
        "smooth: the weights",
    ),
    special(
        "eigh.one_triangle",
        lambda np: lambda a: np.linalg.eigh(a)[0],
        None,
        [numpy.array([[2.0, 1.0], [1.0, 5.0]])],
        "NumPy reads the lower triangle: the upper one gets 0",
    ),
    special(
        "cholesky.one_triangle",
        lambda np: lambda a: np.linalg.cholesky(a),
        lambda np: lambda a: exact_cholesky(lower(a)),
        [numpy.array([[2.0, 1.0], [1.0, 5.0]])],
        "NumPy reads the lower triangle: the upper one gets 0; Autograd shares between both",
    ),
]

DECOMPOSITIONS = [
    case(
        "cholesky",
        lambda np: lambda a: np.linalg.cholesky(product(a)),
        lambda np: stacked(lambda a: exact_cholesky(product(a))),
        shapes=[(2, 2), (3, 3), (2, 2, 2)],
        dtypes=BOTH,
    ),
    case(
        "cholesky.upper",
        lambda np: lambda a: np.linalg.cholesky(product(a), upper=True),
        lambda np: lambda a: exact_cholesky(product(a)).T,
    ),
    case(
        "cholesky.complex",
        lambda np: lambda a: np.linalg.cholesky(a @ np.conj(a).T),
        lambda np: lambda a: exact_cholesky(a @ numpy.conjugate(a).T),
        [COMPLEX],
    ),
    case(
        "qr",
        lambda np: lambda a: basis(np, a),
        lambda np: lambda a: exact_qr(a)[0],
        [REAL],
        shapes=[(3, 2)],
    ),
    case(
        "qr.r",
        lambda np: lambda a: positive(np, np.linalg.qr(a, "r")),
        lambda np: lambda a: exact_qr(a)[1],
        [REAL],
        shapes=[(3, 2), (2, 3)],
    ),
    case(
        "qr.complete",
        lambda np: lambda a: projector(np.linalg.qr(a, "complete").Q[:, 2:]),
        lambda np: lambda a: numpy.eye(3) - a @ exact_pinv(a),
        [REAL],
        shapes=[(3, 2)],
        **FIRST,
    ),
    case(
        "eigh.values",
        lambda np: lambda a: np.linalg.eigh(symmetric(a))[0],
        lambda np: stacked(lambda a: exact_eigh(symmetric(a))[0]),
        [SPD],
        shapes=[(2, 2), (2, 2, 2)],
        dtypes=BOTH,
    ),
    case(
        "eigh.vectors",
        lambda np: lambda a: signed(np, np.linalg.eigh(symmetric(a))[1]),
        lambda np: lambda a: exact_eigh(symmetric(a))[1],
        [SPD],
    ),
    case(
        "eigh.names",
        lambda np: lambda a: np.linalg.eigh(symmetric(a)).eigenvalues,
        lambda np: lambda a: exact_eigh(symmetric(a))[0],
        [SPD],
        **FIRST,
        reason="Autograd returns a plain tuple without the names",
    ),
    case(
        "eigh.triangle",
        lambda np: lambda a: np.linalg.eigh(a)[0],
        lambda np: lambda a: exact_eigh(lower(a))[0],
        [SPD],
    ),
    case(
        "eigh.complex",
        lambda np: lambda a: np.linalg.eigh(a + np.conj(a).T)[0],
        lambda np: lambda a: exact_eigh(a + numpy.conjugate(a).T)[0].real,
        [COMPLEX],
        **FIRST,
    ),
    case(
        "eigvalsh",
        lambda np: lambda a: np.linalg.eigvalsh(symmetric(a), "U"),
        lambda np: lambda a: exact_eigh(symmetric(a))[0],
        [SPD],
        **FIRST,
    ),
    case("eig.values", lambda np: lambda a: rising(np, a)[0], lambda np: lambda a: exact_eigh(a)[0], [SPD]),
    case("eig.vectors", lambda np: lambda a: rising(np, a)[1], lambda np: lambda a: exact_eigh(a)[1], [SPD]),
    case(
        "eigvals",
        lambda np: lambda a: np.sort(np.linalg.eigvals(a)),
        lambda np: lambda a: exact_eigh(a)[0],
        [SPD],
        **FIRST,
    ),
    case(
        "svd",
        lambda np: lambda a: signed(np, np.linalg.svd(a, full_matrices=False)[0]),
        lambda np: lambda a: exact_signed(exact_svd(a)[0]),
        [REAL],
        shapes=[(3, 2)],
    ),
    case(
        "svd.right",
        lambda np: lambda a: signed(np, np.linalg.svd(a, full_matrices=False)[2].T).T,
        lambda np: lambda a: exact_svd(a)[2],
        [REAL],
        shapes=[(3, 2)],
        **FIRST,
    ),
    case(
        "svd.full",
        lambda np: lambda a: projector(np.linalg.svd(a)[0][:, 2:]),
        lambda np: lambda a: numpy.eye(3) - a @ exact_pinv(a),
        [REAL],
        shapes=[(3, 2)],
        **FIRST,
    ),
    case(
        "svd.values",
        lambda np: lambda a: np.linalg.svd(a, compute_uv=False),
        lambda np: stacked(exact_values),
        [REAL],
        shapes=[(3, 2), (2, 2, 2)],
        dtypes=BOTH,
    ),
    case(
        "svd.hermitian",
        lambda np: lambda a: np.linalg.svd(symmetric(a), compute_uv=False, hermitian=True),
        lambda np: lambda a: exact_values(symmetric(a)),
        [SPD],
        **FIRST,
    ),
    case(
        "svd.polar",
        lambda np: lambda a: np.linalg.svd(a, full_matrices=False)[0] @ np.linalg.svd(a, full_matrices=False)[2],
        lambda np: lambda a: exact_svd(a)[0] @ exact_svd(a)[2],
        [REAL],
        shapes=[(3, 2)],
        **FIRST,
    ),
    case(
        "svdvals", lambda np: lambda a: np.linalg.svdvals(a), lambda np: exact_values, [REAL], shapes=[(2, 3)], **FIRST
    ),
]


def norm_case(name: str, order: Any, reference: Any, domain: Any = REAL, **options: Any) -> Case:
    """Return a case of a norm with these options of NumPy's."""
    shapes = options.pop("shapes", [(2, 3)])
    orders = options.pop("orders", (1, 2))
    dtypes = options.pop("dtypes", ("float64",))
    expect = options.pop("expect", {})
    return case(
        f"norm.{name}",
        lambda np: lambda x: np.linalg.norm(x, order, **options),
        lambda np: reference,
        [domain],
        shapes=shapes,
        orders=orders,
        dtypes=dtypes,
        expect=expect,
    )


def root(x: Any, **options: Any) -> Any:
    """Return the root of the sum of squares."""
    return numpy.sqrt(numpy.sum(abs(x) ** 2, **options))


NORMS = [
    norm_case("default", None, root, shapes=[(3,), (2, 2), (2, 1, 2)], dtypes=BOTH),
    norm_case("complex", None, root, COMPLEX),
    norm_case("axis", None, lambda x: root(x, axis=-1), axis=-1),
    norm_case("axis_keepdims", 2, lambda x: root(x, axis=1, keepdims=True), axis=1, keepdims=True),
    norm_case("axes", None, lambda x: root(x, axis=(1, 2)), axis=(-2, -1), shapes=[(2, 2, 2)]),
    norm_case(
        "axes_keepdims",
        "fro",
        lambda x: root(x, axis=(0, 2), keepdims=True),
        axis=(2, 0),
        keepdims=True,
        shapes=[(2, 2, 2)],
    ),
    norm_case("vector_0", 0, lambda x: numpy.sum(x != 0) + 0 * x[0], shapes=[(3,)], orders=()),
    norm_case("vector_1", 1, lambda x: numpy.sum(abs(x)), shapes=[(3,)], **FIRST),
    norm_case("vector_3", 3, lambda x: numpy.sum(abs(x) ** 3) ** (1 / (x[0] * 0 + 3)), shapes=[(3,)]),
    norm_case("vector_p", 1.5, lambda x: numpy.sum(abs(x) ** 1.5, axis=0) ** (2 / (x[0] * 0 + 3)), axis=0),
    norm_case("vector_inf", numpy.inf, lambda x: numpy.max(abs(x)), shapes=[(3,)], **FIRST),
    norm_case("vector_minus_inf", -numpy.inf, lambda x: numpy.min(abs(x), axis=1), axis=1, **FIRST),
    norm_case("matrix_1", 1, lambda x: numpy.max(numpy.sum(abs(x), axis=0)), expect=EMPTY, **FIRST),
    norm_case("matrix_minus_1", -1, lambda x: numpy.min(numpy.sum(abs(x), axis=0)), **FIRST),
    norm_case("matrix_inf", numpy.inf, lambda x: numpy.max(numpy.sum(abs(x), axis=1)), expect=EMPTY, **FIRST),
    norm_case("matrix_minus_inf", -numpy.inf, lambda x: numpy.min(numpy.sum(abs(x), axis=1)), **FIRST),
    norm_case("matrix_2", 2, lambda x: numpy.max(exact_values(x)), expect=EMPTY),
    norm_case("matrix_minus_2", -2, lambda x: numpy.min(exact_values(x)), dtypes=BOTH),
    norm_case("matrix_nuc", "nuc", lambda x: numpy.sum(exact_values(x))),
    norm_case("matrix_fro", "fro", root),
    case(
        "vector_norm",
        lambda np: lambda x: np.linalg.vector_norm(x, ord=3, axis=(0, 2), keepdims=True),
        lambda np: lambda x: numpy.sum(abs(x) ** 3, axis=(0, 2), keepdims=True) ** (1 / (0 * x[:1, :, :1] + 3)),
        [REAL],
        shapes=[(2, 2, 2)],
    ),
    case(
        "matrix_norm",
        lambda np: lambda x: np.linalg.matrix_norm(x, ord="nuc", keepdims=True),
        lambda np: lambda x: numpy.sum(exact_values(x), keepdims=True)[None],
        [REAL],
        shapes=[(2, 3)],
        **FIRST,
    ),
    case(
        "cond",
        lambda np: lambda a: np.linalg.cond(a),
        lambda np: lambda a: exact_values(a)[0] / exact_values(a)[-1],
        [REAL],
        shapes=[(3, 2)],
    ),
    case(
        "cond.1",
        lambda np: lambda a: np.linalg.cond(a, 1),
        lambda np: lambda a: numpy.max(numpy.sum(abs(a), axis=0)) * numpy.max(numpy.sum(abs(exact_inv(a)), axis=0)),
    ),
]


def alias(name: str, *arguments: Any, **options: Any) -> Case:
    """Return a case of a function that another family has under its own name: the first order is enough."""
    return case(name, *arguments, **{**FIRST, **options})


ALIASES = [
    alias("outer", lambda np: lambda x, y: np.linalg.outer(x, y), lambda np: numpy.outer, [REAL, REAL], shapes=[(2,)]),
    alias(
        "cross",
        lambda np: lambda x, y: np.linalg.cross(x, y),
        lambda np: lambda x, y: x[[1, 2, 0]] * y[[2, 0, 1]] - x[[2, 0, 1]] * y[[1, 2, 0]],
        [REAL, REAL],
        shapes=[(3,)],
    ),
    alias(
        "trace",
        lambda np: lambda x: np.linalg.trace(x),
        lambda np: lambda x: x[0, 0] + x[1, 1] + 0 * x[0, 1],
        [REAL],
    ),
    alias(
        "diagonal", lambda np: lambda x: np.linalg.diagonal(x), lambda np: lambda x: x[[0, 1], [0, 1]], [REAL], **FIRST
    ),
    alias("matmul", lambda np: lambda x, y: np.linalg.matmul(x, y), lambda np: lambda x, y: x @ y, [REAL, REAL]),
    alias(
        "matrix_transpose",
        lambda np: lambda x: np.linalg.matrix_transpose(x),
        lambda np: lambda x: x.T,
        [REAL],
    ),
    alias(
        "vecdot",
        lambda np: lambda x, y: np.linalg.vecdot(x, y),
        lambda np: lambda x, y: numpy.sum(x * y, axis=-1),
        [REAL, REAL],
    ),
    alias(
        "tensordot",
        lambda np: lambda x, y: np.linalg.tensordot(x, y, axes=1),
        lambda np: lambda x, y: x @ y,
        [REAL, REAL],
    ),
]
