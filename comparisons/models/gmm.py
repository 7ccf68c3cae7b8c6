"""Gaussian mixture model: the logarithm of the posterior density, up to the prior of the means and weights.

There are n points x in d dimensions and k components. Component j has the weight exp(alpha_j) over the sum of all, the
mean mu_j, and the precision Q'Q, where Q is lower triangular, has exp(q_j) on its diagonal, and the vector l_j
(`below`), column by column, below it. So the logarithm of det Q is the sum of q. The precisions have a Wishart prior of
scale 1 / GAMMA**2 and d + EXTRA + 1 degrees of freedom; with it, large Q cost -GAMMA**2 |Q|**2 / 2, and each q gains
EXTRA.
"""

from math import lgamma, log, pi
from typing import Any

import numpy
from comparisons.models import Function, Timed, interval, logsumexp, normal, softmax

from graddiff import Case
from graddiff.domains import REAL

GAMMA = 1.3
EXTRA = 2
DOMAINS = [REAL, REAL, interval("LOG_SCALE", -0.5, 0.5), interval("BELOW_DIAGONAL", -0.7, 0.7)]


def points(n: int, d: int) -> Any:
    """Return the data."""
    return normal("gmm", n, d, shape=(n, d))


def constant(n: int, d: int, k: int) -> float:
    """Return what does not depend on the parameters: the factors of the normal and of the Wishart density."""
    degrees = d + EXTRA + 1
    log_gamma = d * (d - 1) / 4 * log(pi) + sum(lgamma((degrees - j) / 2) for j in range(d))
    wishart = degrees * d * (log(GAMMA) - 0.5 * log(2)) - log_gamma
    return k * wishart - 0.5 * n * d * log(2 * pi)


def places(d: int) -> Any:
    """Return a matrix with the place in l of each entry below the diagonal: it is filled column by column."""
    columns, rows = numpy.triu_indices(d, 1)
    matrix = numpy.zeros((d, d), dtype=int)
    matrix[rows, columns] = numpy.arange(len(rows))
    return matrix


def factors(np: Any, q: Any, below: Any) -> Any:
    """Return the matrices Q of all components, of shape (k, d, d)."""
    d = q.shape[1]
    strictly_lower = numpy.tri(d, k=-1)
    return np.exp(q)[:, :, None] * numpy.eye(d) + below[:, places(d)] * strictly_lower


def vector_form(np: Any, n: int, d: int, k: int) -> Function:
    """Return the model with all points and components in one array."""
    x, fixed = points(n, d), constant(n, d, k)

    def log_posterior(alpha: Any, mu: Any, q: Any, below: Any) -> Any:
        factor, sum_q = factors(np, q, below), np.sum(q, axis=1)
        scaled = np.matmul(factor, x.T - mu[:, :, None])
        terms = (alpha + sum_q)[:, None] - 0.5 * np.sum(scaled**2, axis=1)
        likelihood = np.sum(logsumexp(np, terms, axis=0)) - n * logsumexp(np, alpha)
        return likelihood - 0.5 * GAMMA**2 * np.sum(factor**2) + EXTRA * np.sum(sum_q) + fixed

    return log_posterior


def loop_form(np: Any, n: int, d: int, k: int) -> Function:
    """Return the model with Python loops over points and components, as one writes it down first."""
    x, fixed = points(n, d), constant(n, d, k)

    def log_posterior(alpha: Any, mu: Any, q: Any, below: Any) -> Any:
        factor = factors(np, q, below)
        total = fixed - n * logsumexp(np, alpha)
        for point in x:
            terms = []
            for j in range(k):
                scaled = np.dot(factor[j], point - mu[j])
                terms.append(alpha[j] + np.sum(q[j]) - 0.5 * np.sum(scaled**2))
            total = total + logsumexp(np, np.array(terms))
        for j in range(k):
            total = total - 0.5 * GAMMA**2 * np.sum(factor[j] ** 2) + EXTRA * np.sum(q[j])
        return total

    return log_posterior


def gradient(x: Any, alpha: Any, mu: Any, q: Any, below: Any) -> tuple[Any, ...]:
    """Return the gradient by hand: each point counts for a component by its responsibility."""
    np, d = numpy, q.shape[1]
    factor, centred = factors(np, q, below), x.T - mu[:, :, None]
    scaled = np.matmul(factor, centred)
    responsible = softmax((alpha + np.sum(q, axis=1))[:, None] - 0.5 * np.sum(scaled**2, axis=1), axis=0)
    shares, pulled = np.sum(responsible, axis=1), responsible[:, None, :] * scaled
    by_mu = np.matmul(np.swapaxes(factor, 1, 2), np.sum(pulled, axis=2)[:, :, None])[:, :, 0]
    by_factor = -np.matmul(pulled, np.swapaxes(centred, 1, 2)) - GAMMA**2 * factor
    by_q = shares[:, None] + EXTRA + np.exp(q) * np.diagonal(by_factor, axis1=1, axis2=2)
    columns, rows = np.triu_indices(d, 1)
    return shares - len(x) * softmax(alpha, axis=0), by_mu, by_q, by_factor[:, rows, columns]


FORMS = {"vector": vector_form, "loop": loop_form}


def case(form: str, n: int, d: int, k: int) -> Case:
    """Return the model at a size."""
    return Case(
        f"gmm.{form}_n{n}_d{d}_k{k}",
        lambda np: FORMS[form](np, n, d, k),
        DOMAINS,
        shapes=[((k,), (k, d), (k, d), (k, d * (d - 1) // 2))],
    )


CASES = [case("vector", 4, 3, 2), case("loop", 3, 2, 2)]
SIZES = [(2, 5), (2, 25), (10, 5), (10, 25), (10, 100), (20, 25), (20, 50), (32, 50), (64, 25), (64, 100)]  # d and k


def timed() -> list[Timed]:
    """Return the model at n = 1000; the loop form for the two smallest sizes, for it is slow."""
    rows = [("vector", d, k) for d, k in SIZES] + [("loop", d, k) for d, k in SIZES[:2]]
    return [Timed(case(form, 1000, d, k), by_hand=by_hand(1000, d)) for form, d, k in rows]


def by_hand(n: int, d: int) -> Function:
    """Return the gradient by hand for the data of a size."""
    return lambda alpha, mu, q, below: gradient(points(n, d), alpha, mu, q, below)
