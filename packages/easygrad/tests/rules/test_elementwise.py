"""Elementwise functions: the laws, broadcasting, and what each kind of number gives back."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from easygrad import deriv, grad, jvp, value_and_grad, vjp
from easygrad.rules import elementwise as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    direction,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
)

POSITIVE = [0.4, 1.3, 2.2]
ANY = [-1.4, 0.3, 2.1]
OTHER = [0.6, 1.1, -0.7]
INSIDE = [-0.6, 0.2, 0.7]
ABOVE_ONE = [1.2, 1.9, 3.1]
MASK = np.array([True, False, True])


def analytic(name, *args):
    return Sample(getattr(family, name), *args, analytic=True)


def real_only(name, *args):
    return Sample(getattr(family, name), *args)


SAMPLES = {
    "add": analytic("add", ANY, OTHER),
    "subtract": analytic("subtract", ANY, OTHER),
    "multiply": analytic("multiply", ANY, OTHER),
    "divide": analytic("divide", ANY, OTHER),
    "opposite": analytic("opposite", ANY, OTHER),
    "power": analytic("power", POSITIVE, OTHER),
    "mod": real_only("mod", [7.3, -3.4, 2.2], [2.0, 1.5, -0.9]),
    "negative": analytic("negative", ANY),
    "positive": analytic("positive", ANY),
    "reciprocal": analytic("reciprocal", ANY),
    "square": analytic("square", ANY),
    "sqrt": analytic("sqrt", POSITIVE),
    "cbrt": real_only("cbrt", [-1.4, 0.4, 2.1]),
    "exp": analytic("exp", ANY),
    "exp2": analytic("exp2", ANY),
    "expm1": analytic("expm1", ANY),
    "log": analytic("log", POSITIVE),
    "log2": analytic("log2", POSITIVE),
    "log10": analytic("log10", POSITIVE),
    "log1p": analytic("log1p", POSITIVE),
    "sigmoid": real_only("sigmoid", ANY),
    "logaddexp": real_only("logaddexp", ANY, OTHER),
    "logaddexp2": real_only("logaddexp2", ANY, OTHER),
    "sin": analytic("sin", ANY),
    "cos": analytic("cos", ANY),
    "tan": analytic("tan", INSIDE),
    "arcsin": analytic("arcsin", INSIDE),
    "arccos": analytic("arccos", INSIDE),
    "arctan": analytic("arctan", ANY),
    "sinh": analytic("sinh", ANY),
    "cosh": analytic("cosh", ANY),
    "tanh": analytic("tanh", ANY),
    "sech2": analytic("sech2", ANY),
    "arcsinh": analytic("arcsinh", ANY),
    "arccosh": analytic("arccosh", ABOVE_ONE),
    "arctanh": analytic("arctanh", INSIDE),
    "hypot": real_only("hypot", ANY, OTHER),
    "arctan2": real_only("arctan2", ANY, OTHER),
    "deg2rad": real_only("deg2rad", ANY),
    "rad2deg": real_only("rad2deg", ANY),
    "radians": real_only("radians", ANY),
    "degrees": real_only("degrees", ANY),
    "sinc": analytic("sinc", ANY),
    "maximum": real_only("maximum", ANY, OTHER),
    "minimum": real_only("minimum", ANY, OTHER),
    "fmax": real_only("fmax", ANY, OTHER),
    "fmin": real_only("fmin", ANY, OTHER),
    "where": Sample(lambda x, y: family.where(MASK, x, y), ANY, OTHER, analytic=True),
    "absolute": analytic("absolute", ANY),
    "fabs": real_only("fabs", ANY),
    "real": analytic("real", ANY),
    "imag": Sample(lambda x: family.imag(x * (1.0 + 2.0j)), ANY, analytic=True),
    "conjugate": analytic("conjugate", ANY),
}
COMPOSITES = {"sign": Sample(lambda x: x * family.sign(x), ANY, analytic=True)}
TWO_ARGUMENTS = {name: sample for name, sample in SAMPLES.items() if len(sample.args) == 2}
ONE_ARGUMENT = {name: sample for name, sample in SAMPLES.items() if len(sample.args) == 1}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


SHAPES = [
    ((), (3,)),
    ((3,), ()),
    ((1,), (3,)),
    ((3,), (1,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 3), ()),
    ((2, 1), (1, 3)),
    ((1, 3), (2, 1)),
    ((2, 1, 3), (4, 1)),
    ((1, 1), (3,)),
    ((0, 3), (3,)),
]


def shaped(shape, x):
    """Return the numbers of a sample, repeated in another shape."""
    return np.resize(x, shape) if shape else x[0]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("name", [name for name in TWO_ARGUMENTS if name != "where"])
def test_broadcasting_is_summed(name, shapes):
    sample = TWO_ARGUMENTS[name]
    spread = Sample(sample.function, *map(shaped, shapes, sample.args), analytic=sample.analytic)
    pushforward_is_the_derivative(spread)
    pullback_is_the_transpose(spread)


@pytest.mark.parametrize("shapes", SHAPES[:-1], ids=str)
@pytest.mark.parametrize("condition", [True, np.array([True, False, True]), np.ones((2, 1), bool)], ids=str)
def test_where_is_summed_over_broadcast_axes(condition, shapes):
    if shapes == ((2, 1, 3), (4, 1)) and np.shape(condition) == (2, 1):
        condition = condition[:, None]
    chosen = Sample(lambda x, y: family.where(condition, x, y), *map(shaped, shapes, (np.array(ANY), np.array(OTHER))))
    pushforward_is_the_derivative(chosen)
    pullback_is_the_transpose(chosen)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
@pytest.mark.parametrize("derivative", [grad, deriv])
def test_scalar_of_each_kind_gives_its_own_kind_back(name, derivative):
    sample = ONE_ARGUMENT[name]
    x = sample.args[0][-1]
    plain = derivative(lambda z: np.real(sample.function(z)))
    expected = jvp(sample.function, x, 1.0)[1]
    for kind in (float, np.float64, np.float32):
        result = plain(kind(x))
        assert type(result) is (np.float32 if kind is np.float32 else np.float64)
        assert_near(result, expected, 1e-5 if kind is np.float32 else 1e-13, str(kind))
    for shape in ((), (1,)):
        result = plain(np.full(shape, x))
        assert np.shape(result) == shape
        assert_near(result, expected, 1e-13, str(shape))


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_gradient_of_a_0d_array_is_a_0d_array(name):
    sample = ONE_ARGUMENT[name]
    assert type(grad(lambda z: np.real(sample.function(z)))(sample.args[0][-1, ...])) is np.ndarray


@pytest.mark.parametrize("name", [name for name in SAMPLES if name in vars(np)])
def test_plain_numpy_records_the_same_call(name):
    sample = SAMPLES[name]
    numpy_function = getattr(np, name)
    if name == "where":
        value, pullback = vjp(lambda x, y: numpy_function(MASK, x, y), *sample.args)
    elif name == "imag":
        value, pullback = vjp(lambda x: numpy_function(x * (1.0 + 2.0j)), *sample.args)
    else:
        value, pullback = vjp(numpy_function, *sample.args)
    expected, expected_pullback = vjp(sample.function, *sample.args)
    g = direction(value, 2)
    assert_near(value, expected, 0.0, "value")
    assert_near(pullback(g), expected_pullback(g), 0.0, "gradient")


# Autograd has no rule for the other ones, or none that takes complex numbers
AS_AUTOGRAD = """
    add subtract multiply divide power negative reciprocal square sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan
    arcsin arccos arctan sinh cosh tanh arcsinh arctanh sinc absolute real conjugate
"""


@pytest.mark.parametrize("name", AS_AUTOGRAD.split())
def test_complex_pullback_is_autograds(name):
    sample = SAMPLES[name]
    places = tuple(range(len(sample.args)))
    value, pullback = vjp(sample.function, *sample.complex_args)
    upstream, _ = autograd.make_vjp(getattr(anp, name), places)(*sample.complex_args)
    g = direction(value, 2)
    theirs = upstream(g)
    assert_near(pullback(g), tuple(theirs) if len(places) > 1 else theirs[0], 1e-13, name)


@pytest.mark.parametrize("name", ["multiply", "divide", "power", "add", "subtract"])
def test_gradient_of_a_real_factor_of_a_complex_number_is_real(name):
    x, z = SAMPLES[name].args[0], SAMPLES[name].complex_args[1]
    function = SAMPLES[name].function
    gradients = grad(lambda a, b: np.sum(np.real(function(a, b)) + np.imag(function(a, b))), (0, 1))(x, z)
    assert gradients[0].dtype == np.float64
    assert gradients[1].dtype == np.complex128
    mixed = Sample(lambda a: function(a, z), x)
    pushforward_is_the_derivative(mixed)
    pullback_is_the_transpose(mixed)


@pytest.mark.parametrize("name", TWO_ARGUMENTS)
@pytest.mark.parametrize("place", [0, 1])
def test_list_constant_is_an_array_constant(name, place):
    sample = TWO_ARGUMENTS[name]
    constant, x = sample.args[1 - place], sample.args[place]

    def gradient(other):
        args = (lambda z: (z, other)) if place == 0 else (lambda z: (other, z))
        return grad(lambda z: np.sum(sample.function(*args(z))))(x)

    for other in (constant.tolist(), tuple(constant.tolist())):
        assert_near(gradient(other), gradient(constant), 0.0, name)


@pytest.mark.parametrize("name", TWO_ARGUMENTS)
@pytest.mark.parametrize("kind", [int, np.int64, np.float32, float, np.asarray])
@pytest.mark.parametrize("place", [0, 1])
def test_scalar_constant_of_each_kind(name, kind, place):
    function = TWO_ARGUMENTS[name].function
    x = 1.0 + np.abs(TWO_ARGUMENTS[name].args[place])
    constant = kind(2)
    one = Sample((lambda z: function(z, constant)) if place == 0 else (lambda z: function(constant, z)), x)
    pushforward_is_the_derivative(one)
    pullback_is_the_transpose(one)


def test_same_box_twice_gets_both_parts():
    assert grad(lambda x: x * x)(3.0) == 6.0
    assert grad(lambda x: x**x)(2.0) == pytest.approx(4 * (1 + np.log(2)), rel=1e-14)
    assert grad(lambda x: x - x)(3.0) == 0.0


@pytest.mark.parametrize("order", range(1, 7))
@pytest.mark.parametrize("mode", [grad, deriv])
def test_tanh_to_order_six(order, mode):
    derivative = np.tanh
    for _ in range(order):
        derivative = mode(derivative)
    t = np.polynomial.Polynomial([0, 1])
    polynomial = t
    for _ in range(order):
        polynomial = polynomial.deriv() * (1 - t**2)
    assert_near(derivative(0.4), polynomial(np.tanh(0.4)), 1e-11, "tanh")


def two_over(z):
    return 2 / z


@pytest.mark.parametrize("order", range(1, 9))
@pytest.mark.parametrize("x", [2.0, 2, np.float64(2), np.array(2), np.array([2]), np.array([2.0, 4.0, 5.0])], ids=repr)
def test_two_over_x_to_order_eight(order, x):
    derivative = two_over
    for _ in range(order):
        derivative = grad(lambda z, f=derivative: np.sum(f(z)))
    expected = 2.0 * (-1.0) ** order * np.prod(np.arange(1.0, order + 1)) / np.asarray(x, float) ** (order + 1)
    assert_near(derivative(x), expected, 1e-13, "2 / x")
    assert np.shape(derivative(x)) == np.shape(x)


@pytest.mark.parametrize("x", [-1000.0, -30.0, 30.0, 1000.0])
@pytest.mark.parametrize(
    "function", [np.tanh, lambda x: np.logaddexp(x, 0.0), family.sigmoid], ids=["tanh", "logaddexp", "s"]
)
def test_saturated_function_has_finite_derivatives(function, x):
    assert np.isfinite([grad(function)(x), grad(grad(function))(x), deriv(deriv(function))(x)]).all()


def test_tanh_keeps_its_tail():
    assert grad(np.tanh)(20.0) == pytest.approx(4 * np.exp(-40.0), rel=1e-13)


def test_sinc_joins_its_series_smoothly():
    x = np.array([0.4999999, 0.5000001])
    slopes = value_and_grad(lambda z: np.sum(np.sinc(z)))(x)[1]
    exact = (np.cos(np.pi * x) - np.sinc(x)) / x
    assert_near(slopes, exact, 1e-14, "sinc")
