"""The adapters, and how a library is found."""

import sys
from typing import Any

import numpy as np
import pytest

from graddiff.libraries import ADAPTERS, UnknownLibraryError, find_library

NAMES = sorted(ADAPTERS)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*")  # its own, on first use
INTEGERS_REFUSED = ("jax", "mygrad", "torch")


def test_an_unknown_library_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownLibraryError, match=r"'autograt': known are .*; did you mean 'autograd'"):
        find_library("autograt")


def test_a_library_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "graddiff.libraries.autograd", raising=False)
    monkeypatch.setitem(sys.modules, "autograd", None)
    with pytest.raises(UnknownLibraryError, match="'autograd' is not installed"):
        find_library("autograd")


def installed(name: str) -> Any:
    """Return a library; skip where it is not installed: each has a nox session that installs it."""
    try:
        return find_library(name)
    except UnknownLibraryError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", NAMES)
def test_every_transform_of_an_adapter(name: str) -> None:
    library = installed(name)
    x, v = np.array([0.5, -1.5]), np.array([1.0, 2.0])

    def cube(x: Any) -> Any:
        return library.numpy.sum(x**3)

    assert (library.name, bool(library.version)) == (name, True)
    np.testing.assert_allclose(library.grad(cube)(x), 3 * x**2)
    np.testing.assert_allclose(library.grad(lambda a, b: library.numpy.sum(a * b), 1)(x, v), x)
    np.testing.assert_allclose(library.value_and_grad(cube)(x)[1], 3 * x**2)
    np.testing.assert_allclose(library.elementwise_grad(library.numpy.sin)(x), np.cos(x))
    np.testing.assert_allclose(library.jacobian(lambda x: x**2)(x), np.diag(2 * x))
    if name == "mygrad":
        return  # has no forward mode and no second order
    np.testing.assert_allclose(library.deriv(library.numpy.sin)(0.5), np.cos(0.5))
    np.testing.assert_allclose(library.hessian(cube)(x), np.diag(6 * x))
    np.testing.assert_allclose(library.hvp(cube, x, v), 6 * x * v)


@pytest.mark.parametrize("name", NAMES)
def test_vjp_and_jvp_of_one_and_of_two_arguments(name: str) -> None:
    library = installed(name)
    x, y, g = np.array([0.5, -1.5]), np.array([3.0, 4.0]), np.array([1.0, 2.0])
    value, pullback = library.vjp(lambda x: x * x, x)
    np.testing.assert_allclose(value, x * x)
    np.testing.assert_allclose(pullback(g), 2 * x * g)
    by_x, by_y = library.vjp(lambda x, y: x * y, x, y)[1](g)
    np.testing.assert_allclose([by_x, by_y], [y * g, x * g])
    if name == "mygrad":
        return
    np.testing.assert_allclose(library.jvp(lambda x: x * x, (x,), (g,))[1], 2 * x * g)
    np.testing.assert_allclose(library.jvp(lambda x, y: x * y, (x, y), (g, x))[1], y * g + x * x)


def test_autograd_has_no_stop_gradient() -> None:
    with pytest.raises(NotImplementedError, match="no stop_gradient"):
        find_library("autograd").stop_gradient(1.0)


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_numpy_s_own_of_the_dtype_of_the_input(name: str) -> None:
    library = installed(name)
    for x in (0.5, np.array(0.5), np.array([0.5]), np.array([0.5], np.float32), np.arange(1.0, 6.0)[::-2]):
        value, pullback = library.vjp(library.numpy.sin, x)
        gradient = pullback(np.ones_like(x))
        assert all(isinstance(answer, float | np.ndarray | np.generic) for answer in (value, gradient))
        assert np.asarray(gradient).dtype == np.asarray(x).dtype
        np.testing.assert_allclose(gradient, np.cos(x), rtol=1e-6)


@pytest.mark.parametrize("name", INTEGERS_REFUSED)
def test_what_a_library_refuses_is_unsupported(name: str) -> None:
    library = installed(name)
    for ask in (lambda: library.vjp(library.numpy.sin, np.array([1, 2])), lambda: library.vjp(np.unwrap, np.ones(3))):
        with pytest.raises(NotImplementedError):
            ask()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mygrad"])
def test_complex_derivatives_have_one_convention(name: str) -> None:
    library = installed(name)
    z, g = np.array([1 + 2j, 0.5 - 1j]), np.array([1 - 1j, 2 + 0.5j])
    np.testing.assert_allclose(library.vjp(library.numpy.sin, z)[1](g), np.cos(z) * g)
    np.testing.assert_allclose(library.vjp(library.numpy.abs, z)[1](np.ones(2)), np.conj(z) / np.abs(z))


@pytest.mark.parametrize("name", NAMES)
def test_nested_derivatives_or_a_refusal(name: str) -> None:
    library = installed(name)
    nested = library.grad(lambda x: x * library.grad(lambda y: x * y**2)(x))
    if name == "mygrad":
        with pytest.raises(NotImplementedError, match="mygrad differentiates once only"):
            nested(3.0)
    else:
        np.testing.assert_allclose(nested(3.0), 54.0)
