"""Numbers of many digits under NumPy's ufuncs."""

from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import pytest

from graddiff.numbers import Number, lift, rounded

UNARY = [
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arctanh"),
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "square", "reciprocal"),
    *("floor", "ceil", "trunc", "rint", "fabs", "absolute", "sign", "conjugate", "negative", "positive"),
    *("degrees", "radians", "rad2deg", "deg2rad"),
]
BINARY = ["add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "maximum", "minimum"]
BINARY_METHODS = ["arctan2", "hypot", "fmod"]


@pytest.fixture(params=["mpmath", "flint"])
def context(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return what numbers compute in; FLINT's precision, which is that of the process, is left as it was."""
    context = mpmath.MPContext()
    if request.param == "flint":
        pytest.importorskip("flint", reason="python-flint is an extra")
        from graddiff.flint_context import FlintContext

        context = FlintContext()
    before, context.dps = context.dps, 60
    yield context
    context.dps = before


@pytest.mark.parametrize("name", UNARY)
def test_unary_ufunc_agrees_with_floats(context: Any, name: str) -> None:
    x = np.array([0.3125, 0.71])
    ufunc = getattr(np, name)
    np.testing.assert_allclose(rounded(ufunc(lift(context, x))), ufunc(x), rtol=1e-14)


@pytest.mark.parametrize("name", BINARY + BINARY_METHODS)
def test_binary_ufunc_agrees_with_floats_on_both_sides(context: Any, name: str) -> None:
    x, y = np.array([0.3125, 2.71]), np.array([1.5, 0.4])
    ufunc = getattr(np, name)
    np.testing.assert_allclose(rounded(ufunc(lift(context, x), lift(context, y))), ufunc(x, y), rtol=1e-14)
    if name in BINARY:
        np.testing.assert_allclose(rounded(ufunc(x, lift(context, y))), ufunc(x, y), rtol=1e-14)
        np.testing.assert_allclose(rounded(ufunc(lift(context, x), y)), ufunc(x, y), rtol=1e-14)


@pytest.mark.parametrize("name", sorted({*UNARY, "floor"} - {"floor", "ceil", "trunc", "rint", "sign", "cbrt", "fabs"}))
@pytest.mark.parametrize("x", [0.3125, 0.71 + 0.25j])
def test_flint_and_mpmath_agree_in_fifty_digits(name: str, x: complex) -> None:
    pytest.importorskip("flint", reason="python-flint is an extra")
    from graddiff.flint_context import FlintContext

    if isinstance(x, complex) and name in ("degrees", "radians", "rad2deg", "deg2rad"):
        pytest.skip("of real numbers only")
    mp, ball = mpmath.MPContext(), FlintContext()
    before, mp.dps, ball.dps = ball.dps, 60, 60
    try:
        found, other = (getattr(np, name)(lift(context, np.array([x])))[0] for context in (ball, mp))
        parts = [(found.real.raw, other.real.raw), (found.imag.raw, other.imag.raw)]
        for mine, theirs in parts:
            assert abs(mp.mpf(mine.str(58, radius=False)) - theirs) < 1e-50
    finally:
        ball.dps = before


@pytest.mark.parametrize("value", [2.5, 3.5, -2.5, 2.4, -2.6, 7.0])
def test_halves_are_rounded_to_even_numbers(context: Any, value: float) -> None:
    x = lift(context, value)
    assert rounded(np.rint(np.array([x], dtype=object)))[0] == np.rint(value)
    assert int(x) == int(value)


def test_a_number_keeps_sixty_digits(context: Any) -> None:
    third = lift(context, 1.0) / 3
    assert str(mpmath.MPContext().mpf(0)) == "0.0"
    assert abs((third * 3 - 1).raw) < 1e-59


def test_a_number_does_not_become_a_float(context: Any) -> None:
    with pytest.raises(TypeError, match="would lose them"):
        float(lift(context, 1.0))
    with pytest.raises(TypeError, match="zeros_like"):
        np.zeros(2)[0] = lift(context, 1.0)


def test_a_real_function_off_its_domain_is_nan(context: Any) -> None:
    assert np.isnan(rounded(np.sqrt(lift(context, -1.0))))
    assert np.isnan(rounded(lift(context, -2.0) ** 0.5))
    assert rounded(1 / lift(context, 0.0)) == np.inf


def test_an_integer_and_a_numpy_scalar_are_lifted_exactly(context: Any) -> None:
    assert rounded(lift(context, 3) + np.int64(2) + np.float32(0.5)) == 5.5
    assert isinstance(lift(context, np.float64(0.1)), Number)
    assert lift(context, 0.1).raw == context.mpf(0.1)  # type: ignore[attr-defined]
