"""Interpolation: the laws by points, data and places of evaluation, the values of SciPy, and what is refused."""

import numpy as np
import pytest
import scipy.interpolate

from easygrad import grad, jvp
from easygrad.scipy import interpolate

from ..laws import LAWS, Sample, assert_near, dtype_is_kept, law_name


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def both(name):
    """Return the class here and that of SciPy."""
    return getattr(interpolate, name), getattr(scipy.interpolate, name)


X, Y, ROWS = np.array([0.0, 0.7, 1.5, 1.9, 3.0]), numbers(5), numbers(2, 5, seed=4)
ZIGZAG = np.array([0.0, 2.0, -2.0, 3.0, 6.0])
AT = np.array([[0.2, 0.9, 1.6], [2.5, 3.3, -0.4]])
INSIDE = np.array([0.2, 0.9, 1.6, 2.5])
CURVES = {
    "CubicSpline": lambda m: lambda x, y, at: m.CubicSpline(x, y)(at),
    "CubicSpline, natural": lambda m: lambda x, y, at: m.CubicSpline(x, y, bc_type="natural")(at),
    "CubicSpline, clamped": lambda m: lambda x, y, at: m.CubicSpline(x, y, bc_type="clamped", axis=0)(at, 1),
    "CubicSpline, ends": lambda m: lambda x, y, at: m.CubicSpline(x, y, bc_type=((1, 0.3), (2, -0.5)))(at, 2),
    "CubicSpline, mixed": lambda m: lambda x, y, at: m.CubicSpline(x, y, bc_type=((2, 0.3), "not-a-knot"))(at),
    "CubicSpline, periodic": lambda m: (
        lambda x, y, at: m.CubicSpline(x, np.concatenate([y[:-1], y[:1]]), bc_type="periodic")(at)
    ),
    "CubicSpline, integral": lambda m: lambda x, y, at: m.CubicSpline(x, y).integrate(at[0], at[1]),
    "CubicSpline, antiderivative": lambda m: lambda x, y, at: m.CubicSpline(x, y).antiderivative(2)(at),
    "CubicSpline, three": lambda m: lambda x, y, at: m.CubicSpline(x[:3], y[:3])(at),
    "CubicSpline, two": lambda m: lambda x, y, at: m.CubicSpline(x[:2], y[:2])(at),
    "PchipInterpolator": lambda m: lambda x, y, at: m.PchipInterpolator(x, y + ZIGZAG)(at),
    "PchipInterpolator, rising": lambda m: lambda x, y, at: m.PchipInterpolator(x, np.cumsum(y**2))(at),
    "Akima1DInterpolator": lambda m: lambda x, y, at: m.Akima1DInterpolator(x, y)(at[:3]),
    "makima": lambda m: lambda x, y, at: m.Akima1DInterpolator(x, y, method="makima", extrapolate=True)(at),
    "interp1d": lambda m: lambda x, y, at: m.interp1d(x, y)(at[:4]),
    "interp1d, extrapolate": lambda m: lambda x, y, at: m.interp1d(x, y, fill_value="extrapolate")(at),
    "interp1d, fill": lambda m: lambda x, y, at: m.interp1d(x, y, bounds_error=False, fill_value=(1.0, 2.0))(at),
    "interp1d, cubic": lambda m: lambda x, y, at: m.interp1d(x, y, kind="cubic", fill_value="extrapolate")(at),
}
OTHERS = {
    "CubicSpline, axis": (lambda m: lambda x, y, at: m.CubicSpline(x, y, axis=1)(at), X, ROWS, AT),
    "PPoly": (lambda m: lambda c, x, at: m.PPoly(c, x)(at, 1), numbers(3, 4, 2), X, INSIDE),
    "CubicHermiteSpline": (lambda m: lambda x, y, s: m.CubicHermiteSpline(x, y, s)(INSIDE), X, Y, Y[::-1]),
    "interp1d, axis": (lambda m: lambda x, y, at: m.interp1d(x, y)(at), X, ROWS, INSIDE),
    "BSpline": (lambda m: lambda c, at: m.BSpline(np.arange(8.0), c, 3)(at), numbers(4, 2), INSIDE + 2.5),
    "BSpline, slope": (lambda m: lambda c, at: m.BSpline(np.arange(8.0), c, 3)(at, 1), numbers(4), INSIDE + 2.5),
    "make_interp_spline": (lambda m: lambda y, at: m.make_interp_spline(X, y, axis=1)(at), ROWS, INSIDE),
    "make_interp_spline, 5": (
        lambda m: lambda y, at: m.make_interp_spline(np.arange(7.0), y, 5)(at), numbers(7), INSIDE + 2.1,
    ),
    "splev": (lambda m: lambda c, at: m.splev(at, (np.arange(8.0), c, 3)), numbers(4), INSIDE + 2.5),
    "RegularGridInterpolator": (
        lambda m: lambda x, v, at: m.RegularGridInterpolator((x, np.arange(3.0)), v)(at),
        X, numbers(5, 3, 2), np.array([[0.2, 0.4], [1.6, 1.3], [2.9, 0.6]]),
    ),
    "RegularGridInterpolator, out": (
        lambda m: lambda v, at: m.RegularGridInterpolator((X,), v, bounds_error=False, fill_value=None)(at),
        Y, np.array([[0.2], [3.4]]),
    ),
}  # fmt: skip
TABLE = {name: (make, X, Y, np.concatenate([INSIDE, [3.3, -0.4]])) for name, make in CURVES.items()} | OTHERS
SAMPLES = {name: Sample(make(interpolate), *args) for name, (make, *args) in TABLE.items()}


@pytest.mark.parametrize("law", [law for law in LAWS if law is not dtype_is_kept], ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
def test_gradients_have_the_dtype_of_the_arguments(name):
    args = tuple(x.astype(np.float32) for x in SAMPLES[name].args)
    places = tuple(range(len(args)))
    slopes = grad(lambda *x: np.sum(SAMPLES[name].function(*x)), places)(*args)
    assert all(slope.dtype == np.float32 for slope in slopes)


@pytest.mark.parametrize("name", TABLE)
def test_values_are_those_of_scipy(name):
    make, *args = TABLE[name]
    expected = make(scipy.interpolate)(*args)
    assert_near(make(interpolate)(*args), expected, 1e-12, name)
    assert_near(jvp(make(interpolate), tuple(args), tuple(args))[0], expected, 1e-12, name)


def test_outside_of_the_range_there_is_what_scipy_has():
    x = np.array([-1.0, 1.0])
    assert np.isnan(interpolate.CubicSpline(X, Y, extrapolate=False)(x)[0])
    assert np.isnan(interpolate.Akima1DInterpolator(X, Y)(x)[0])
    with pytest.raises(ValueError, match="outside of the interpolation range"):
        interpolate.interp1d(X, Y, bounds_error=True)(x)
    with pytest.raises(ValueError, match="out of bounds"):
        interpolate.RegularGridInterpolator((X,), Y)(x[:, None])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: interpolate.BSpline(x, Y, 3), "knots t"),
        (lambda x: interpolate.make_interp_spline(x, Y), "respect to x"),
        (lambda x: interpolate.interp1d(x, Y, kind="nearest"), "kind='nearest'"),
        (lambda x: interpolate.RegularGridInterpolator((x,), Y, method="cubic"), "method='cubic'"),
    ],
)
def test_what_has_no_derivative_says_so(call, message):
    with pytest.raises(NotImplementedError, match=message):
        grad(lambda x: call(x) and 0.0)(X)


def test_points_that_do_not_increase_are_refused():
    with pytest.raises(ValueError, match="strictly increasing"):
        interpolate.CubicSpline(X[::-1], Y)
