"""Every model computes what its name says: its value against one naive version, straight from the definition.

The naive versions use Python numbers, loops and textbook formulas only, and share no code with the models. Agreement
of libraries cannot show a wrong model, for all of them get the same one.
"""

import math
from collections.abc import Callable
from itertools import pairwise, permutations, product
from pathlib import Path
from typing import Any

import comparisons.models
import numpy as np
import pytest
from comparisons import workloads
from comparisons.models import (
    arrays_of_parts,
    bundle_adjustment,
    curves,
    determinant,
    gmm,
    inputs_of,
    k_means,
    least_squares,
    log_sum_exp,
    logistic_regression,
    lstm,
    mlp,
    nested,
    ode,
    rosenbrock,
    two_layers,
)

from graddiff import Case
from graddiff.libraries import find_library

Naive = Callable[..., Any]


def naive_gmm(n: int, d: int, k: int) -> Naive:
    """Take the density of a mixture of normals with covariances, times the density of Wishart for each precision."""
    x = gmm.points(n, d)

    def precision(q: Any, below: Any) -> Any:
        factor, entries = np.diag([math.exp(entry) for entry in q]), iter(below)
        for column in range(d):
            for row in range(column + 1, d):
                factor[row, column] = next(entries)
        return factor.T @ factor

    def normal(point: Any, mean: Any, covariance: Any) -> float:
        distance = (point - mean) @ np.linalg.inv(covariance) @ (point - mean)
        return math.exp(-distance / 2) / math.sqrt((2 * math.pi) ** d * np.linalg.det(covariance))

    def wishart(matrix: Any) -> Any:
        degrees, scale = d + gmm.EXTRA + 1, np.eye(d) / gmm.GAMMA**2
        shape = np.linalg.det(matrix) ** ((degrees - d - 1) / 2)
        decay = math.exp(-np.trace(np.linalg.inv(scale) @ matrix) / 2)
        gammas = math.prod(math.gamma((degrees - j) / 2) for j in range(d)) * math.pi ** (d * (d - 1) / 4)
        return shape * decay / (2 ** (degrees * d / 2) * np.linalg.det(scale) ** (degrees / 2) * gammas)

    def log_posterior(alpha: Any, mu: Any, q: Any, below: Any) -> Any:
        weights = [math.exp(a) / sum(math.exp(b) for b in alpha) for a in alpha]
        matrices = [precision(q[j], below[j]) for j in range(k)]
        parts = [(weights[j], mu[j], np.linalg.inv(matrices[j])) for j in range(k)]
        points = [math.log(sum(w * normal(point, mean, covariance) for w, mean, covariance in parts)) for point in x]
        return math.fsum(points) + math.fsum(math.log(wishart(matrix)) for matrix in matrices)

    return log_posterior


def naive_ba(n: int) -> Naive:
    """Rotate by the exponential series of the matrix of the cross product: no axis, no angle, no branch."""

    def turned(r: Any, x: Any) -> Any:
        cross = np.array([[0, -r[2], r[1]], [r[2], 0, -r[0]], [-r[1], r[0], 0]])
        return sum((np.linalg.matrix_power(cross, m) / math.factorial(m) for m in range(1, 30)), np.eye(3)) @ x

    def error(camera: Any, point: Any, weight: float, seen: Any) -> list[float]:
        x, y, z = turned(camera[:3], point - camera[3:6])
        s = (x / z) ** 2 + (y / z) ** 2
        stretch = camera[6] * (1 + camera[9] * s + camera[10] * s**2)
        return [weight * (x / z * stretch + camera[7] - seen[0]), weight * (y / z * stretch + camera[8] - seen[1])]

    def errors(cameras: Any, points: Any, weights: Any) -> Any:
        return [error(*entry) for entry in zip(cameras, points, weights, bundle_adjustment.observed(n), strict=True)]

    return errors


def naive_lstm(layers: int, length: int, bits: int) -> Naive:
    """Follow every bit by itself: the gates are diagonal."""
    rows, start = lstm.text(length, bits), lstm.start(layers, bits)

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    def prediction(now: Any, state: Any, bit: int, main: Any, extra: Any) -> Any:
        x = now[bit] * extra[0, bit]
        for i in range(layers):
            weight, bias = main[i, 0, :, bit], main[i, 1, :, bit]
            h, cell = state[i][0][bit], state[i][1][bit]
            change = math.tanh(h * weight[3] + bias[3])
            cell = cell * sigmoid(x * weight[0] + bias[0]) + sigmoid(h * weight[1] + bias[1]) * change
            x = sigmoid(x * weight[2] + bias[2]) * math.tanh(cell)
            state[i][0][bit], state[i][1][bit] = x, cell
        return x * extra[1, bit] + extra[2, bit]

    def loss(main: Any, extra: Any) -> Any:
        state, terms = [[list(row) for row in layer] for layer in start], []
        for t in range(length - 1):
            y = [prediction(rows[t], state, bit, main, extra) for bit in range(bits)]
            norm = math.log(2 + sum(math.exp(entry) for entry in y))
            terms += [-rows[t + 1][bit] * (y[bit] - norm) for bit in range(bits)]
        return sum(terms) / len(terms)

    return loss


def naive_mlp(batch: int, widths: tuple[int, int, int]) -> Naive:
    """Take the probability of the right class, image by image and unit by unit."""
    x, labels = mlp.images(batch, widths[0]), mlp.one_hot(batch, widths[2])

    def loss(w0: Any, b0: Any, w1: Any, b1: Any) -> Any:
        logs = []
        for image, label in zip(x, labels, strict=True):
            sums = [sum(image[i] * w0[i, j] for i in range(widths[0])) + b0[j] for j in range(widths[1])]
            hidden = [math.tanh(entry) for entry in sums]
            scores = [sum(hidden[j] * w1[j, c] for j in range(widths[1])) + b1[c] for c in range(widths[2])]
            right = scores[list(label).index(1.0)]
            logs.append(math.log(math.exp(right) / sum(math.exp(score) for score in scores)))
        return -sum(logs) / batch

    return loss


def naive_logistic(n: int, d: int) -> Naive:
    """Return minus the mean logarithm of the probability of what happened."""
    x, t = logistic_regression.rows(n, d), logistic_regression.labels(n)

    def loss(w: Any) -> Any:
        ones = [1 / (1 + math.exp(-sum(a * b for a, b in zip(row, w, strict=True)))) for row in x]
        return -sum(math.log(p if label else 1 - p) for p, label in zip(ones, t, strict=True)) / n

    return loss


def naive_k_means(n: int, d: int) -> Naive:
    """Take the least of the squared distances, point by point."""
    x = k_means.points(n, d)
    return lambda centroids: sum(min(math.dist(point, centroid) ** 2 for centroid in centroids) for point in x)


def naive_centroids(n: int, d: int) -> Naive:
    """Return the way from the mean of its points to each centroid: where Newton's method leads from."""
    x = k_means.points(n, d)

    def direction(centroids: Any) -> Any:
        owner = [min(range(len(centroids)), key=lambda j: math.dist(point, centroids[j])) for point in x]
        means = [np.mean([p for p, j in zip(x, owner, strict=True) if j == i], axis=0) for i in range(len(centroids))]
        return centroids - means

    return direction


def naive_ode(n: int, steps: int) -> Naive:
    """Take Runge and Kutta's four slopes, component by component."""
    h = ode.TIME / steps

    def last(x: Any) -> Any:
        def rate(y: list[float]) -> list[float]:
            return [x[i] * (y[i - 1] if i else 1.0) for i in range(n)]

        def moved(y: list[float], by: float, slope: list[float]) -> list[float]:
            return [a + by * b for a, b in zip(y, slope, strict=True)]

        y = [0.0] * n
        for _ in range(steps):
            first = rate(y)
            second = rate(moved(y, h / 2, first))
            third = rate(moved(y, h / 2, second))
            fourth = rate(moved(y, h, third))
            slopes = zip(first, second, third, fourth, strict=True)
            y = moved(y, h, [(a + 2 * b + 2 * c + d) / 6 for a, b, c, d in slopes])
        return y[-1]

    return last


def naive_least_squares(n: int, m: int) -> Naive:
    """Add powers and signs, term by term."""

    def cost(x: Any) -> Any:
        points = [-1 + 2 * i / (n - 1) for i in range(n)]
        values = [sum(x[j] * t**j for j in range(m)) for t in points]
        return sum(((t > 0) - (t < 0) - value) ** 2 for t, value in zip(points, values, strict=True)) / 2

    return cost


def naive_determinant(a: Any) -> Any:
    """Return the sum of Leibniz: a product for each permutation, with the sign of its inversions."""
    size = len(a)

    def sign(order: tuple[int, ...]) -> Any:
        return (-1) ** sum(order[i] > order[j] for i in range(size) for j in range(i + 1, size))

    return sum(sign(order) * math.prod(a[i, order[i]] for i in range(size)) for order in permutations(range(size)))


def naive_rosenbrock(x: Any) -> Any:
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1))


def naive_particle(w: float, place: Any = nested.FROM, speed: Any = nested.THROWN, step: float = 0.1) -> float:
    """Take Coulomb's force, component by component."""
    (x, y), (u, v) = place, speed
    while y + step * v > 0:
        force_x, force_y = 0.0, 0.0
        for charge_x, charge_y in ((10.0, 10.0 - w), (10.0, 0.0)):
            distance = math.hypot(x - charge_x, y - charge_y)
            force_x += (x - charge_x) / distance**3
            force_y += (y - charge_y) / distance**3
        x, y, u, v = x + step * u, y + step * v, u + step * force_x, v + step * force_y
    return float((x - y / v * u) ** 2)


def naive_chain(x: float) -> float:
    return float(1.0001**10 * x + 0.1 * sum(1.0001**i for i in range(10)))


def naive_closures(x: float) -> float:
    """Return both derivatives by hand: of sin(x y z) over z at x + y, then of y times that over y at x**2."""
    y = x * x
    angle, slope = x * y * (x + y), x * (x + 2 * y)
    return 2 * x * y * math.cos(angle) - x * y * y * math.sin(angle) * slope


def elements(function: Callable[..., float], *parameters: float) -> Naive:
    """Return a function of one number, applied to one after the other."""
    return lambda x: [function(entry, *parameters) for entry in np.ravel(x)]


def ricker(x: float, f: float) -> float:
    return (1 - 2 * (math.pi * f * x) ** 2) * math.exp(-((math.pi * f * x) ** 2))


PLOTS: dict[str, Callable[..., float]] = {
    "ricker": ricker,
    "exponential": lambda x, theta: -math.expm1(-x / theta),
    "cauchy": lambda x, m, d: 0.5 + math.atan((x - m) / d) / math.pi,
    "beat": lambda x, k: (math.sin(x + x / k) + math.sin(x - x / k)) / 2,
}


def two_tanh(x: Any) -> tuple[Any, Any, Any]:
    """Return the weights, the numbers between the layers, and those that come out."""
    w, places = two_layers.weights(len(x)), range(len(x))
    inner = [math.tanh(math.fsum(w[j][k] * x[k] for k in places)) for j in places]
    return w, inner, [math.tanh(math.fsum(w[i][j] * inner[j] for j in places)) for i in places]


def naive_jacobian(x: Any) -> Any:
    """Take the chain rule, element by element."""
    (w, inner, outer), places = two_tanh(x), range(len(x))
    return [
        [(1 - outer[i] ** 2) * math.fsum(w[i][j] * (1 - inner[j] ** 2) * w[j][k] for j in places) for k in places]
        for i in places
    ]


def naive_hessian(x: Any) -> Any:
    """Take the chain rule twice, element by element: a is what goes into the outer tanh."""
    (w, inner, outer), places = two_tanh(x), range(len(x))

    def first(i: int, k: int) -> float:
        return math.fsum(w[i][j] * (1 - inner[j] ** 2) * w[j][k] for j in places)

    def second(i: int, k: int, n: int) -> float:
        return math.fsum(-2 * w[i][j] * inner[j] * (1 - inner[j] ** 2) * w[j][k] * w[j][n] for j in places)

    def entry(i: int, k: int, n: int) -> float:
        slope = 1 - outer[i] ** 2
        curvature = 2 * slope**2 - 4 * outer[i] ** 2 * slope
        return curvature * first(i, k) * first(i, n) + 2 * outer[i] * slope * second(i, k, n)

    return [[math.fsum(entry(i, k, n) for i in places) for n in places] for k in places]


def matrix_power_sum(exponent: int) -> Naive:
    """Sum the products of the entries along every path of so many steps through the rows and columns."""

    def total(x: Any) -> float:
        paths = product(range(len(x)), repeat=exponent + 1)
        return math.fsum(math.prod(x[i][j] for i, j in pairwise(path)) for path in paths)

    return total


def squares(x: Any) -> float:
    """Return the sum of squares."""
    return math.fsum(entry**2 for entry in np.ravel(x))


PARTS: dict[str, Naive] = {
    "concat": lambda x: squares(x) + squares(x),
    "block": lambda x: squares(x) + squares(2 * x) + squares(3 * x) + squares(x),
    "multi_dot": matrix_power_sum(3),
    "einsum": matrix_power_sum(4),
    "boxes": lambda x: math.fsum((a * b) ** 2 for a in x for b in x),
}
NAIVE: list[tuple[Case, Naive]] = [
    *((gmm.case(form, 3, 3, 2), naive_gmm(3, 3, 2)) for form in gmm.FORMS),
    *((bundle_adjustment.case(form, 3), naive_ba(3)) for form in bundle_adjustment.FORMS),
    *((bundle_adjustment.angle_0_case(form), naive_ba(1)) for form in bundle_adjustment.FORMS),
    (lstm.case(2, 4, bits=3), naive_lstm(2, 4, 3)),
    (mlp.case(3, (4, 3, 2)), naive_mlp(3, (4, 3, 2))),
    (logistic_regression.case(6, 3), naive_logistic(6, 3)),
    *((k_means.case(form, 9, 3, 2), naive_k_means(9, 2)) for form in k_means.FORMS),
    *((k_means.newton_case(form, 9, 3, 2), naive_centroids(9, 2)) for form in k_means.FORMS),
    (log_sum_exp.case(6), lambda x: math.log(math.fsum(math.exp(entry) for entry in x))),
    *((least_squares.case(form, 7, 4), naive_least_squares(7, 4)) for form in least_squares.FORMS),
    *((ode.case(n, 3), naive_ode(n, 3)) for n in (4, 7)),
    (ode.case(4, 5), lambda x: math.prod(x) * ode.TIME**4 / math.factorial(4)),
    *((determinant.case(size), naive_determinant) for size in (3, 4)),
    (rosenbrock.case(4), naive_rosenbrock),
    (two_layers.jacobian_case(4), naive_jacobian),
    (two_layers.hessian_case(4), naive_hessian),
    *((case, PARTS[case.id.split(".")[1].rsplit("_", 1)[0]]) for case in arrays_of_parts.CASES),
    (nested.PARTICLE, naive_particle),
    (nested.LONG_STEPS, lambda w, place, speed: naive_particle(w, place, speed, step=3.0)),
    (nested.SADDLE, lambda x: x[0] ** 2 + x[1] ** 2 - 2 * 8.246324826140356e-06**2),
    *((curves.plot(name, 9), elements(PLOTS[name], *curves.CURVES[name][2])) for name in curves.CURVES),
    (curves.ladder(9, -7), elements(lambda x: math.tanh(x / 2))),
    (workloads.scalar_chain(20), naive_chain),
    (workloads.elementwise(4), lambda x: sum(math.sin(t) * math.exp(-t * t) + 2 / t for t in x)),
    (workloads.indexing_loop(5), lambda x: math.sumprod(x, x) if hasattr(math, "sumprod") else float(x @ x)),
    (workloads.reciprocal((3,)), elements(lambda x: 2 / x)),
    (workloads.SCALAR_TANH, lambda x: math.tanh(x / 2)),
    (workloads.NESTED_CLOSURES, naive_closures),
]


@pytest.mark.parametrize(("case", "naive"), NAIVE, ids=[case.id for case, _ in NAIVE])
def test_value_is_that_of_the_definition(case: Case, naive: Naive) -> None:
    library = find_library("easygrad")
    value = case.build(case.function, np, library)(*inputs_of(case))
    np.testing.assert_allclose(value, np.reshape(naive(*inputs_of(case)), np.shape(value)), rtol=1e-12, atol=0)


def test_every_model_has_a_naive_version() -> None:
    folder = Path(comparisons.models.__file__).parent
    tested = {Path(case.function.__code__.co_filename).stem for case, _ in NAIVE}
    assert {path.stem for path in folder.glob("[a-z]*.py")} <= tested


def test_two_forms_of_a_model_are_different_programs() -> None:
    for model in (gmm, bundle_adjustment, k_means, least_squares):
        assert set(model.FORMS) == {"vector", "loop"}
        assert model.FORMS["vector"] is not model.FORMS["loop"]
