"""K-means: the sum over points of the squared distance to the nearest of k centroids, and a step of Newton's method.

Away from ties each point belongs to one centroid, so the Hessian is diagonal: its product with ones is its diagonal,
and the Newton direction is the gradient over that. It leads each centroid to the mean of its points.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed, normal

from graddiff import Case
from graddiff.domains import Domain

SIZES = [(1_000, 10, 8), (1_000, 100, 16), (10_000, 10, 8), (10_000, 10, 16), (10_000, 100, 8), (10_000, 100, 16)]


def points(n: int, d: int) -> Any:
    """Return the data."""
    return normal("k-means", n, d, shape=(n, d))


def near_points(n: int, d: int) -> Domain:
    """Return the domain of centroids that lie next to a point each: none is without points."""
    return Domain("NEAR_POINTS", lambda rng, shape: points(n, d)[: shape[0]] + rng.uniform(-0.02, 0.02, shape))


def vector_form(np: Any, n: int, d: int) -> Function:
    """Return the cost with squares multiplied out: the distances are one product of matrices."""
    x = points(n, d)
    squares = numpy.sum(x**2)

    def cost(centroids: Any) -> Any:
        distances = np.sum(centroids**2, axis=1) - 2 * np.dot(x, centroids.T)  # less |x|**2
        return np.sum(np.min(distances, axis=1)) + squares

    return cost


def loop_form(np: Any, n: int, d: int) -> Function:
    """Return the cost point by point."""
    x = points(n, d)

    def cost(centroids: Any) -> Any:
        total = 0.0
        for point in x:
            total = total + np.min(np.sum((centroids - point) ** 2, axis=1))
        return total

    return cost


FORMS = {"vector": vector_form, "loop": loop_form}


def newton_direction(np: Any, lib: Any, form: str, n: int, d: int) -> Function:
    """Return the gradient over the diagonal of the Hessian; a centroid without points has none."""
    cost = FORMS[form](np, n, d)
    return lambda centroids: lib.grad(cost)(centroids) / lib.hvp(cost, centroids, numpy.ones(centroids.shape))


def gradient(n: int, d: int) -> Function:
    """Return the gradient by hand: each centroid counts for the points of which it is the nearest."""
    return lambda centroids: 2 * difference_and_count(points(n, d), centroids)[0]


def direction_by_hand(n: int, d: int) -> Function:
    """Return the Newton direction by hand: the centroid less the mean of its points."""
    x = points(n, d)

    def direction(centroids: Any) -> Any:
        difference, count = difference_and_count(x, centroids)
        return difference / count[:, None]

    return direction


def difference_and_count(x: Any, centroids: Any) -> tuple[Any, Any]:
    """Return for each centroid the sum of its differences to its points, and their number."""
    nearest = numpy.argmin(numpy.sum(centroids**2, axis=1) - 2 * x @ centroids.T, axis=1)
    member = (nearest[:, None] == numpy.arange(len(centroids))).astype(float)
    count = member.sum(axis=0)
    return count[:, None] * centroids - member.T @ x, count


def case(form: str, n: int, k: int, d: int) -> Case:
    """Return the cost of n points in d dimensions with k centroids."""
    return Case(
        f"k_means.{form}_n{n}_k{k}_d{d}", lambda np: FORMS[form](np, n, d), [near_points(n, d)], shapes=[(k, d)]
    )


def newton_case(form: str, n: int, k: int, d: int) -> Case:
    """Return the Newton direction at a size."""
    return Case(
        f"k_means.newton_{form}_n{n}_k{k}_d{d}",
        lambda np, lib: newton_direction(np, lib, form, n, d),
        [near_points(n, d)],
        shapes=[(k, d)],
        aspects=("value",),
    )


CASES = [case("vector", 8, 2, 2), case("loop", 8, 2, 2), newton_case("vector", 8, 2, 2), newton_case("loop", 8, 2, 2)]


def timed() -> list[Timed]:
    """Return the Newton direction at each size; the loop form at the smallest."""
    rows = [("vector", size) for size in SIZES] + [("loop", SIZES[0])]
    return [Timed(newton_case(form, n, k, d), 0, direction_by_hand(n, d)) for form, (n, k, d) in rows]
