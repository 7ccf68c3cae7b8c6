"""The adapters, and how a library is found."""

import sys
from typing import Any

import numpy as np
import pytest

from graddiff.libraries import ADAPTERS, UnknownLibraryError, find_library

NAMES = sorted(ADAPTERS)


def test_an_unknown_library_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownLibraryError, match=r"'autograt': known are autograd, easygrad; did you mean 'autograd'"):
        find_library("autograt")


def test_a_library_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "graddiff.libraries.autograd", raising=False)
    monkeypatch.setitem(sys.modules, "autograd", None)
    with pytest.raises(UnknownLibraryError, match="'autograd' is not installed"):
        find_library("autograd")


@pytest.mark.parametrize("name", NAMES)
def test_every_transform_of_an_adapter(name: str) -> None:
    library = find_library(name)
    x, v = np.array([0.5, -1.5]), np.array([1.0, 2.0])

    def cube(x: Any) -> Any:
        return library.numpy.sum(x**3)

    assert (library.name, bool(library.version)) == (name, True)
    np.testing.assert_allclose(library.grad(cube)(x), 3 * x**2)
    np.testing.assert_allclose(library.grad(lambda a, b: library.numpy.sum(a * b), 1)(x, v), x)
    np.testing.assert_allclose(library.value_and_grad(cube)(x)[1], 3 * x**2)
    np.testing.assert_allclose(library.elementwise_grad(library.numpy.sin)(x), np.cos(x))
    np.testing.assert_allclose(library.deriv(library.numpy.sin)(0.5), np.cos(0.5))
    np.testing.assert_allclose(library.jacobian(lambda x: x**2)(x), np.diag(2 * x))
    np.testing.assert_allclose(library.hessian(cube)(x), np.diag(6 * x))
    np.testing.assert_allclose(library.hvp(cube, x, v), 6 * x * v)


@pytest.mark.parametrize("name", NAMES)
def test_vjp_and_jvp_of_one_and_of_two_arguments(name: str) -> None:
    library = find_library(name)
    x, y, g = np.array([0.5, -1.5]), np.array([3.0, 4.0]), np.array([1.0, 2.0])
    value, pullback = library.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(value, x * x)
    np.testing.assert_allclose(pullback(g), 2 * x * g)
    by_x, by_y = library.vjp(lambda x, y: x * y, x, y)[1](g)
    np.testing.assert_allclose([by_x, by_y], [y * g, x * g])
    np.testing.assert_allclose(library.jvp(lambda x: x * x, (x,), (g,))[1], 2 * x * g)
    np.testing.assert_allclose(library.jvp(lambda x, y: x * y, (x, y), (g, x))[1], y * g + x * x)


def test_autograd_has_no_stop_gradient() -> None:
    with pytest.raises(NotImplementedError, match="no stop_gradient"):
        find_library("autograd").stop_gradient(1.0)
