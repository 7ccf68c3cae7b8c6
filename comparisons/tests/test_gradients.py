"""Gradients written by hand, against both libraries: at small sizes always, at those that are timed with `--slow`."""

from typing import Any

import numpy as np
import pytest
from comparisons import workloads
from comparisons.models import (
    Timed,
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
    mlp,
    nested,
    ode,
    rosenbrock,
    softmax,
    two_layers,
)

from graddiff.libraries import find_library

LIBRARIES = ("easygrad", "autograd")
WIDTHS = (5, 4, 3)

SMALL = [
    *(Timed(gmm.case(form, 5, 3, 4), by_hand=gmm.by_hand(5, 3)) for form in gmm.FORMS),
    Timed(mlp.case(4, WIDTHS), by_hand=mlp.gradient(4, WIDTHS), keys=mlp.KEYS),
    Timed(mlp.case(4, WIDTHS), by_hand=mlp.gradient(4, WIDTHS)),
    Timed(logistic_regression.case(9, 4), by_hand=logistic_regression.gradient(9, 4)),
    Timed(logistic_regression.product_case(9, 4), 0, logistic_regression.hessian_product(9, 4)),
    *(Timed(k_means.case(form, 30, 4, 3), by_hand=k_means.gradient(30, 3)) for form in k_means.FORMS),
    *(Timed(k_means.newton_case(form, 30, 4, 3), 0, k_means.direction_by_hand(30, 3)) for form in k_means.FORMS),
    Timed(log_sum_exp.case(300), by_hand=lambda x: softmax(x, axis=0)),
    *(Timed(least_squares.case(form, 9, 5), by_hand=least_squares.gradient(9, 5)) for form in least_squares.FORMS),
    *(Timed(ode.case(4, steps), by_hand=ode.gradient_of_4) for steps in (1, 10)),
    *(Timed(determinant.case(size), by_hand=determinant.gradient) for size in (3, 4)),
    Timed(rosenbrock.case(6), by_hand=rosenbrock.gradient),
    Timed(rosenbrock.hessian_case(6), 0, rosenbrock.hessian),
    Timed(rosenbrock.product_case(6), 0, rosenbrock.hessian_product),
    Timed(nested.SADDLE, by_hand=lambda x: 2 * x),
    *(Timed(curves.plot(n, 500), 1, curves.derivative_by_hand(n), elementwise=True) for n in curves.CURVES),
    Timed(two_layers.jacobian_case(4), 0, two_layers.jacobian(4)),
    Timed(two_layers.hessian_case(4), 0, two_layers.hessian(4)),
    *arrays_of_parts.timed(),
    *workloads.MODELS["2/x ladder"],
    Timed(workloads.scalar_chain(40), by_hand=workloads.chain_by_hand(40)),
    Timed(workloads.elementwise(7), by_hand=workloads.elementwise_by_hand),
    Timed(workloads.indexing_loop(7), by_hand=workloads.squares_by_hand),
    Timed(workloads.SCALAR_TANH, by_hand=curves.tanh_by_hand),
]
ALL_TIMED = [timed for model in workloads.MODELS.values() for timed in model]


def name_of(timed: Timed) -> str:
    return f"{timed.case.id}-order{timed.order}{'-dict' * bool(timed.keys)}"


def derivatives(timed: Timed, library: str) -> list[Any]:
    """Ask a library; return one array for each argument."""
    inputs = inputs_of(timed.case)
    given = (dict(zip(timed.keys, inputs, strict=True)),) if timed.keys else inputs
    found = timed.derivative(find_library(library))(*given)
    if timed.keys:
        return [found[key] for key in timed.keys]
    return list(found) if isinstance(found, tuple) else [found]


def by_hand(timed: Timed) -> list[Any]:
    assert timed.by_hand is not None
    found = timed.by_hand(*inputs_of(timed.case))
    return list(found) if isinstance(found, tuple) else [found]


def assert_same(found: list[Any], expected: list[Any], rtol: float, atol: float = 0.0) -> None:
    """Compare each array; `atol` is in units of its largest element."""
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=rtol, atol=atol * np.max(np.abs(other)))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("timed", SMALL, ids=name_of)
def test_gradient_by_hand(timed: Timed, library: str) -> None:
    assert_same(derivatives(timed, library), by_hand(timed), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("library", LIBRARIES)
def test_softmax_is_right_where_it_is_tiny(library: str) -> None:
    timed = Timed(log_sum_exp.case(2_500), by_hand=lambda x: softmax(x, axis=0))
    (found,) = derivatives(timed, library)
    assert np.min(found) < 1e-80
    assert_same([found], by_hand(timed), rtol=1e-12)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("order", range(1, 7))
def test_ladder_of_tanh_on_the_points_of_the_plot(order: int, library: str) -> None:
    curve = curves.ladder(200, -7)
    (x,) = inputs_of(curve)
    (found,) = derivatives(Timed(curve, order, elementwise=True), library)
    # by the polynomial in tanh: its derivative is (1 - tanh**2) / 2 times that of the polynomial
    polynomial = np.polynomial.Polynomial([0, 1])
    for _ in range(order):
        polynomial = polynomial.deriv() * np.polynomial.Polynomial([0.5, 0, -0.5])
    expected = polynomial(np.tanh(x / 2))
    right = x > 0  # on the left the program takes differences of numbers near 1, in each order again
    assert_same([found[right]], [expected[right]], rtol=0, atol=1e-12)
    assert_same([found], [expected], rtol=0, atol=1e-15 * 10.0**order)


def test_blocks_hold_the_whole_jacobian() -> None:
    """Each observation looks at its own row only, so the rest of the dense matrix is 0."""
    library = find_library("easygrad")
    cameras, points, weights = inputs_of(bundle_adjustment.blocks_case(3))
    found = bundle_adjustment.blocks(np, library, 3)(cameras, points, weights)
    rows = np.concatenate([cameras, points, weights[:, None]], axis=1)
    errors = bundle_adjustment.vector_form(library.numpy, 3)
    dense = library.jacobian(lambda r: errors(r[:, :11], r[:, 11:14], r[:, 14]))(rows)
    for i in range(3):
        for j in range(3):
            np.testing.assert_allclose(dense[i, :, j], found[i] if i == j else 0, rtol=1e-12, atol=1e-15)


def test_every_gradient_by_hand_is_tested() -> None:
    def program(timed: Timed) -> tuple[str, int]:
        return timed.case.function.__code__.co_filename, timed.case.function.__code__.co_firstlineno

    assert {program(timed) for timed in ALL_TIMED if timed.by_hand} <= {program(timed) for timed in SMALL}


def test_names_of_what_is_timed_are_unique() -> None:
    names = [name_of(timed) for timed in ALL_TIMED]
    assert len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.parametrize("timed", ALL_TIMED, ids=name_of)
def test_libraries_agree_at_every_size(timed: Timed) -> None:
    mine = derivatives(timed, "easygrad")
    assert_same(mine, derivatives(timed, "autograd"), rtol=1e-9, atol=1e-10)  # Autograd's ladder: 1e-11 at order 6
    if timed.by_hand:
        assert_same(mine, by_hand(timed), rtol=1e-9, atol=1e-12)
