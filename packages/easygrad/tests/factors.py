"""What is unique of the factors of matrices, and a NumPy that makes the other choices.

The sign of an eigenvector, of a singular vector and of a row of R is LAPACK's choice, in complex numbers a phase, and
so is the order of eigenvalues that are not those of a Hermitian matrix. The choice differs between processors, and from
one matrix to the next. So a sample whose function returns factors settles them by the functions here: what they return
is a smooth function of the matrix, with all that a derivative rule says of the factors. ``choose_otherwise`` gives the
tests a NumPy that chooses at random in each call, under which a sample that is not settled fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

SMALLEST = 0.05  # a vector that is nearer to having no sign than this may lose it between two steps of a difference


def shares(vectors: Any) -> Any:
    """Return a fixed combination of the elements of each column, which is not 0 for the vectors of any sample."""
    weights = np.cos(2.8 * np.arange(vectors.shape[-2]) + 0.3)[:, None].astype(vectors.real.dtype)
    found = np.sum(weights * vectors, axis=-2, keepdims=True)
    assert np.all(np.abs(found) > SMALLEST), "a vector of this sample is too near to having no sign; take another point"
    return found


def phases(vectors: Any) -> Any:
    """Return the sign of each column, or its phase; a factor that the column keeps is in it."""
    return np.sign(shares(vectors))


def settled_eigh(factors: Any) -> tuple[Any, Any]:
    """Return eigenvalues of a Hermitian matrix, and its eigenvectors with a phase of our choice."""
    values, vectors = factors
    return values, vectors * np.conj(phases(vectors))


def settled_eig(factors: Any) -> tuple[Any, Any]:
    """Return eigenvalues in rising order, and eigenvectors with a sign of our choice: NumPy makes one element real."""
    values, vectors = factors
    order = rising(values)
    vectors = np.take_along_axis(vectors, order[..., None, :], -1)
    return np.take_along_axis(values, order, -1), vectors * np.sign(np.real(shares(vectors)))


def settled_values(values: Any) -> Any:
    """Return eigenvalues, or roots, in rising order."""
    return np.take_along_axis(values, rising(values), -1)


def rising(values: Any) -> Any:
    """Return the order by the real part, then by the imaginary part."""
    return np.argsort(values, axis=-1)


def settled_svd(factors: Any) -> tuple[Any, Any, Any]:
    """Return left vectors, values and right vectors; a pair has a phase of our choice, and so has what fills a basis.

    A basis may be filled by one vector: two or more could be turned, and only their projector is unique.
    """
    u, s, vh = factors
    k, left = s.shape[-1], phases(u)
    right = np.concatenate([left[..., :k], phases(np.conj(np.swapaxes(vh, -1, -2)))[..., k:]], axis=-1)
    return u * np.conj(left), s, np.swapaxes(right, -1, -2) * vh


def settled_qr(factors: Any) -> tuple[Any, Any]:
    """Return an orthonormal basis, and R with a diagonal that is positive; see ``settled_svd`` for a vector more."""
    q, r = factors
    k = min(r.shape[-2:])
    signs = diagonal_signs(r)
    rest = phases(q[..., k:]) if q.shape[-1] > k else signs[..., :0]
    every = np.concatenate([signs, rest], axis=-1)
    return q * every, np.swapaxes(np.conj(every), -1, -2) * r


def settled_r(r: Any) -> Any:
    """Return R with a diagonal that is positive."""
    return np.swapaxes(np.conj(diagonal_signs(r)), -1, -2) * r


def diagonal_signs(r: Any) -> Any:
    """Return the signs of the diagonal of a matrix that has no row beneath its triangle, as one row."""
    return np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]


# A NumPy that makes the other choices


def choose_otherwise(monkeypatch: Any, seed: int = 0) -> None:
    """Have NumPy's and SciPy's factors of plain matrices come with signs, phases and an order at random."""
    random = np.random.default_rng(seed)
    replaced = {"eigh": other_eigh, "eig": other_eig, "svd": other_svd, "qr": other_qr, "eigvals": other_order}
    for name, change in replaced.items():
        monkeypatch.setattr(np.linalg, name, changed(getattr(np.linalg, name), change, random))
    for name, change in {"eigh": other_eigh, "eigh_tridiagonal": other_eigh, "eig": other_eig}.items():
        monkeypatch.setattr(scipy.linalg, name, changed(getattr(scipy.linalg, name), change, random))


def changed(function: Callable[..., Any], change: Callable[..., Any], random: np.random.Generator) -> Any:
    """Return a function with what it returns for plain arrays changed; traced ones come to it as plain ones inside."""

    def other(*args: Any, **options: Any) -> Any:
        results = function(*args, **options)
        parts = results if isinstance(results, tuple) else (results,)
        return change(results, random) if all(type(x) is np.ndarray for x in parts) else results

    return other


def turns(count: int, like: Any, random: np.random.Generator) -> Any:
    """Return a sign for each of the vectors, or a phase, in the dtype of the vectors."""
    if np.iscomplexobj(like):
        return np.exp(2j * np.pi * random.uniform(size=count)).astype(like.dtype)
    return random.choice([-1.0, 1.0], count).astype(like.dtype)


def made_like(results: Any, *parts: Any) -> Any:
    """Return the parts as what the function returns: NumPy's named tuple, or SciPy's plain one."""
    return tuple(parts) if type(results) is tuple else type(results)(*parts)


def other_eigh(results: Any, random: np.random.Generator) -> Any:
    """Return eigenvectors with other phases; values alone are left as they are."""
    if not isinstance(results, tuple):
        return results
    values, vectors = results
    return made_like(results, values, vectors * turns(vectors.shape[-1], vectors, random))


def other_eig(results: Any, random: np.random.Generator) -> Any:
    """Return eigenvalues and eigenvectors in another order, the vectors with other signs."""
    values, vectors = results
    order = random.permutation(values.shape[-1])
    vectors = vectors * turns(vectors.shape[-1], vectors.real, random)
    return made_like(results, values[..., order], vectors[..., order])


def other_order(values: Any, random: np.random.Generator) -> Any:
    """Return eigenvalues in another order."""
    return values[..., random.permutation(values.shape[-1])]


def other_svd(results: Any, random: np.random.Generator) -> Any:
    """Return singular vectors with other phases, the same for both of a pair."""
    if not isinstance(results, tuple):
        return results
    u, s, vh = results
    k, left, right = s.shape[-1], turns(u.shape[-1], u, random), turns(vh.shape[-2], u, random)
    right[:k] = left[:k]
    return made_like(results, u * left, s, np.conj(right)[:, None] * vh)


def other_qr(results: Any, random: np.random.Generator) -> Any:
    """Return another basis of the same columns: a column and the row of R that belongs to it have another phase."""
    if not isinstance(results, tuple):
        return turns(results.shape[-2], results, random)[:, None] * results
    q, r = results
    turn = turns(q.shape[-1], q, random)
    return made_like(results, q * turn, np.conj(turn)[:, None] * r)
