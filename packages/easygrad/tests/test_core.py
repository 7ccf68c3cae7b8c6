"""The engine: nested closures in both modes, boxes that outlive their trace, and the four kinds of primitive."""

import importlib
import pkgutil
import sys
import threading
from itertools import product

import numpy as np
import pytest

import easygrad
import easygrad.numpy as enp
from easygrad import deriv, elementwise_grad, grad, jacobian, jvp, make_vjp, stop_gradient, value_and_grad, vjp
from easygrad.core import Box
from easygrad.primitives import elementwise, general, jointly_linear, linear

from .laws import LAWS, Sample, assert_near, law_name

# Each takes the derivative of a function of one number; the first letter names the mode
MODES = {
    "reverse": grad,
    "forward": deriv,
    "reverse by vjp": lambda f: lambda x: vjp(f, x)[1](1.0),
    "forward by jvp": lambda f: lambda x: jvp(f, x, 1.0)[1],
    "reverse by jacobian": jacobian,
}
FOR_ARRAYS = {
    "reverse": elementwise_grad,
    "forward": deriv,
    "forward by jvp": lambda f: lambda x: jvp(f, x, np.ones(3))[1],
}
POINTS = [0.7, np.float64(-0.4), np.array(0.9)]


# Nested closures


@pytest.mark.parametrize("modes", list(product(MODES, repeat=2)), ids="-".join)
@pytest.mark.parametrize("x", POINTS, ids=repr)
def test_pair_of_modes(modes, x):
    outer, inner = (MODES[mode] for mode in modes)
    # x * d/dy sin(x y) at y = x is x**2 cos(x**2)
    result = outer(lambda x: x * inner(lambda y: np.sin(x * y))(x))(x)
    assert_near(result, 2 * x * np.cos(x**2) - 2 * x**3 * np.sin(x**2), 1e-14, "pair")


@pytest.mark.parametrize("modes", list(product(MODES, repeat=3)), ids="-".join)
def test_triple_of_modes(modes):
    outer, middle, inner = (MODES[mode] for mode in modes)

    def f(x):
        return x * middle(lambda y: y * inner(lambda z: np.sin(x * y * z))(x + y))(x)

    for x in POINTS:
        # d/dz sin(xyz) at z = x + y is xy cos(u) with u = x**2 y + x y**2; f is 2 x**3 cos(2 x**3) - 3 x**6 sin(2 x**3)
        u = 2 * x**3
        assert_near(f(x), u * np.cos(u) - 3 * x**6 * np.sin(u), 1e-13, "value")
        assert_near(outer(f)(x), (6 * x**2 - 18 * x**8) * np.cos(u) - 30 * x**5 * np.sin(u), 1e-12, "triple")


@pytest.mark.parametrize("modes", list(product(FOR_ARRAYS, repeat=3)), ids="-".join)
def test_triple_of_modes_on_arrays(modes):
    outer, middle, inner = (FOR_ARRAYS[mode] for mode in modes)
    x = np.array([0.7, -0.4, 0.9])

    def f(x):
        return x * middle(lambda y: y * inner(lambda z: np.sin(x * y * z))(x + y))(x)

    u = 2 * x**3
    assert_near(outer(f)(x), (6 * x**2 - 18 * x**8) * np.cos(u) - 30 * x**5 * np.sin(u), 1e-12, "triple")


@pytest.mark.parametrize("modes", list(product(["reverse", "forward"], repeat=4)), ids="-".join)
def test_four_levels_that_all_meet_in_one_product(modes):
    a, b, c, d = (MODES[mode] for mode in modes)
    # w x**2 y**3 z**4 by z, y, x, w, each at the value of the one outside
    nested = a(lambda w: b(lambda x: c(lambda y: d(lambda z: w * x**2 * y**3 * z**4)(y))(x))(w))
    # d/dz at z=y: 4 w x**2 y**6; d/dy at y=x: 24 w x**7; d/dx at x=w: 168 w**7; d/dw: 1176 w**6
    assert nested(1.3) == pytest.approx(1176 * 1.3**6, rel=1e-13)


@pytest.mark.parametrize("modes", list(product(MODES, repeat=2)), ids="-".join)
def test_perturbations_are_not_confused(modes):
    outer, inner = (MODES[mode] for mode in modes)
    assert outer(lambda x: x * inner(lambda y: x + y)(2.0))(3.0) == 1.0
    assert outer(lambda x: inner(lambda y: x * y)(x))(3.0) == 1.0
    assert outer(lambda x: inner(lambda y: x * x)(1.0))(3.0) == 0.0
    assert outer(lambda x: x * inner(lambda y: x)(1.0))(3.0) == 0.0
    assert outer(lambda x: inner(lambda y: y * y)(1.0))(3.0) == 0.0


@pytest.mark.parametrize("mode", MODES)
def test_recursion_of_derivatives(mode):
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    def derivative(f, n):
        return f if n == 0 else derivative(MODES[mode](f), n - 1)

    assert derivative(lambda x: power(x, 6), 6)(1.7) == pytest.approx(720.0, rel=1e-12)
    assert derivative(lambda x: power(x, 3), 5)(1.7) == 0.0


@pytest.mark.parametrize("mode", [grad, deriv])
def test_inner_pullback_may_be_called_after_the_inner_trace(mode):
    def f(x):
        value, pullback = vjp(lambda y: x * np.sin(y), 0.5)
        return value + pullback(x)  # x sin(0.5) + x**2 cos(0.5)

    assert mode(f)(3.0) == pytest.approx(np.sin(0.5) + 6 * np.cos(0.5), rel=1e-15)


def test_closure_over_a_container_of_outer_variables():
    def f(p):
        inner = grad(lambda y: sum(a * y**i for i, a in enumerate(p["a"])))
        return inner(p["x"]) * p["x"]

    gradient = grad(f)({"a": [1.0, 2.0, 3.0], "x": 0.5})
    assert gradient == {"a": [0.0, 0.5, 0.5], "x": 8.0}


def test_thirty_two_threads_at_once():
    def f(x):
        return x * deriv(lambda y: y * grad(lambda z: np.sin(x * y * z))(x + y))(x)

    points = np.linspace(0.1, 0.9, 32)
    expected = [grad(f)(x) for x in points]
    found, start = [None] * len(points), threading.Barrier(len(points))

    def work(i):
        start.wait()
        found[i] = [grad(f)(points[i]) for _ in range(20)]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(points))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert found == [[value] * 20 for value in expected]


@pytest.mark.parametrize("mode", MODES)
def test_derivatives_after_an_exception_are_right(mode):
    def fails(x):
        MODES[mode](lambda y: x / 0 if y > 0 else [][0])(-1.0)

    for _ in range(3):
        with pytest.raises(IndexError):
            MODES[mode](fails)(1.0)
    assert MODES[mode](lambda x: x * grad(lambda y: x + y)(2.0))(3.0) == 1.0


def test_exception_inside_is_caught_by_the_function_itself():
    def f(x):
        try:
            grad(lambda y: y * x * [][0])(1.0)
        except IndexError:
            return x * grad(lambda y: x * y * y)(2.0)

    assert grad(f)(3.0) == 4 * 2 * 3.0


def state_of(module):
    """Return the attributes of a module: which objects they are, and how long where they have a length."""
    sized = (dict, list, set)
    return {name: (id(x), len(x) if isinstance(x, sized) else 0) for name, x in vars(module).items()}


def test_nothing_global_changes():
    modules = [easygrad.core] + [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(easygrad.__path__, "easygrad.")
    ]
    before = [state_of(module) for module in modules]
    grad(lambda x: np.sum(np.sin(x) * deriv(lambda y: np.sum(x * y))(2.0)))(np.ones(3))
    with pytest.raises(TypeError):
        grad(lambda x: None)(1.0)
    assert [state_of(module) for module in modules] == before


# A box that outlived its trace


def leaked(mode):
    """Return a box of an ended trace."""
    kept = []

    def f(x):
        kept.append(2.0 * x)
        return np.sum(x)

    mode(f)(np.array([1.0, 2.0]))
    return kept[0]


USES = {
    "box + 1": lambda b: b + 1.0,
    "1 - box": lambda b: 1.0 - b,
    "array * box": lambda b: np.ones(2) * b,
    "box * box": lambda b: b * b,
    "box @ box": lambda b: b @ b,
    "numpy function": np.sin,
    "easygrad function": enp.exp,
    "abs": abs,
    "reduction": np.sum,
    "index": lambda b: b[0],
    "iteration": list,
    "concatenate": lambda b: np.concatenate([b, b]),
    "array": lambda b: enp.array([b, b]),
    "reshape": lambda b: b.reshape(1, 2),
    "where": lambda b: np.where([True, False], b, 0.0),
    "other trace": grad(lambda x: np.sum(x * leaked(grad))),
}


@pytest.mark.parametrize("mode", [grad, deriv])
@pytest.mark.parametrize("use", USES)
def test_using_a_box_that_outlived_its_trace_raises(use, mode):
    with pytest.raises(RuntimeError, match=r"outlived.*stop_gradient"):
        USES[use](leaked(mode))


@pytest.mark.parametrize("outer", [grad, deriv, value_and_grad, elementwise_grad])
@pytest.mark.parametrize("mode", [grad, deriv])
def test_using_it_in_another_trace_raises(mode, outer):
    box = leaked(mode)
    for use in (lambda x: np.sum(x * box), lambda x: np.sum(box), lambda x: np.sum(np.stack([x, box[0]]))):
        with pytest.raises(RuntimeError, match=r"outlived.*stop_gradient"):
            outer(use)(1.0)


@pytest.mark.parametrize("outer", [grad, deriv, value_and_grad, elementwise_grad, jacobian, make_vjp])
@pytest.mark.parametrize("mode", [grad, deriv])
def test_returning_it_from_another_function_raises(mode, outer):
    kept = []
    mode(lambda x: kept.append(x) or x)(1.0)
    with pytest.raises(RuntimeError, match=r"traced value.*ended.*stop_gradient"):
        outer(lambda x: kept[0])(1.0)


@pytest.mark.parametrize("mode", [grad, deriv])
def test_box_of_an_inner_trace_raises_in_the_outer_one(mode):
    def f(x):
        kept = []
        mode(lambda y: kept.append(x * y) or x * y)(2.0)
        return kept[0] * x

    with pytest.raises(RuntimeError, match="outlived"):
        grad(f)(3.0)
    with pytest.raises(RuntimeError, match="outlived"):
        deriv(f)(3.0)


class Holder:
    """Something with an attribute."""


@pytest.mark.parametrize("mode", [grad, deriv])
def test_attribute_that_kept_a_box(mode):
    holder = Holder()

    def f(x):
        holder.x = x
        return x * x

    mode(f)(3.0)
    with pytest.raises(RuntimeError, match="attribute"):
        holder.x * 2.0


@pytest.mark.parametrize("mode", [grad, deriv])
def test_closure_that_kept_a_box(mode):
    later = []
    mode(lambda x: later.append(lambda: x + 1.0) or x * x)(3.0)
    with pytest.raises(RuntimeError, match="closure"):
        later[0]()


@pytest.mark.parametrize("mode", [grad, deriv])
def test_generator_that_kept_a_box(mode):
    generators = []

    def f(x):
        generators.append(x * i for i in range(3))
        return x + next(generators[0])

    assert mode(f)(3.0) == 1.0
    with pytest.raises(RuntimeError, match="outlived"):
        next(generators[0])


@pytest.mark.parametrize("mode", [grad, deriv])
def test_box_kept_by_an_exception(mode):
    def f(x):
        raise ValueError(x)

    with pytest.raises(ValueError, match=r"3\.0") as caught:
        mode(f)(3.0)
    with pytest.raises(RuntimeError, match="outlived"):
        caught.value.args[0] + 1.0


def test_pullback_that_kept_an_outer_box_raises_after_the_outer_trace():
    kept = []

    def f(x):
        kept.append(vjp(lambda y: x * y, 2.0)[1])
        return x * kept[0](1.0)

    assert grad(f)(3.0) == 6.0
    with pytest.raises(RuntimeError, match="outlived"):
        kept[0](1.0) + 1.0


@pytest.mark.parametrize("mode", [grad, deriv])
def test_plain_value_of_a_box_that_outlived_its_trace_can_be_had(mode):
    box = leaked(mode)
    assert stop_gradient(box).tolist() == [2.0, 4.0]
    assert "Box" in repr(box)


# The kinds of primitive

X = np.array([0.4, 1.3, 2.2])
Y = np.array([0.6, -0.7, 1.1])


def smooth_max_jvp(ans, x):
    return lambda t: np.sum(t * np.exp(x - ans))


def smooth_max_vjp(ans, x):
    return lambda g: g * np.exp(x - ans)


def fused(x, y, z):
    return x * y + z


CUSTOM = {
    "elementwise of one": Sample(elementwise(np.exp, lambda g, ans, _x: g * ans), X),
    "elementwise of two": Sample(
        elementwise(lambda x, y: x * y, lambda g, _ans, _x, y: g * y, lambda g, _ans, x, _y: g * x), X, Y
    ),
    "elementwise of three": Sample(
        elementwise(
            fused,
            lambda g, _ans, _x, y, _z: g * y,
            lambda g, _ans, x, _y, _z: g * x,
            lambda g, _ans, _x, _y, _z: g,
        ),
        X,
        Y[:1],
        np.stack([X, Y]),
    ),
    "linear": Sample(linear(lambda x: x[::-1], lambda ans, x: lambda g: g[::-1], name="reverse"), X),
    "bilinear": Sample(
        linear(np.inner, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x, name="inner"), X, Y
    ),
    "jointly linear": Sample(
        jointly_linear(lambda *xs: sum(xs[1:], xs[0]), lambda ans, *xs: [lambda g: g for _ in xs], name="total"),
        X,
        Y,
        X,
    ),
    "general": Sample(
        general(lambda x: np.log(np.sum(np.exp(x))), (smooth_max_jvp, smooth_max_vjp), name="smooth_max"), X
    ),
}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("kind", CUSTOM)
def test_primitive_of_each_kind_keeps_the_laws(kind, law):
    law(CUSTOM[kind])


@pytest.mark.parametrize("mode", [grad, deriv])
def test_nothing_flows_through_an_argument_without_rule(mode):
    scaled = elementwise(lambda x, n: x * n, lambda g, _ans, _x, n: g * n, None, name="scaled")
    assert mode(lambda x: scaled(x, 3.0))(2.0) == 3.0
    assert mode(lambda x: scaled(x, x))(2.0) == 2.0
    assert mode(lambda x: x + scaled(3.0, x))(2.0) == 1.0


@pytest.mark.parametrize("mode", [grad, deriv])
def test_missing_rule_raises_where_the_call_is_recorded(mode):
    def scaled(x, n):
        return x * n

    primitive = linear(scaled, lambda ans, x, n: lambda g: g * n)
    reached = []

    def f(x):
        y = primitive(2.0, x)
        reached.append(y)
        return y

    with pytest.raises(NotImplementedError, match=r"scaled: .*argument n.*stop_gradient"):
        mode(f)(3.0)
    assert reached == []


@pytest.mark.parametrize("mode", [grad, deriv])
def test_option_that_the_rule_does_not_take_is_refused(mode):
    def shifted(x, by=0.0, secret=0.0):
        return x + by + secret

    primitive = linear(shifted, lambda ans, x, by=0.0: lambda g: g)
    assert primitive(1.0, secret=2.0) == 3.0
    assert grad(lambda x: primitive(x, 2.0))(1.0) == grad(lambda x: primitive(x, by=2.0))(1.0) == 1.0
    for call in (lambda x: primitive(x, secret=1.0), lambda x: primitive(x, 0.0, 1.0), lambda x: primitive(x, by=x)):
        with pytest.raises((TypeError, NotImplementedError), match=r"shifted.*(secret|by)"):
            mode(call)(1.0)


def test_primitive_has_the_name_and_text_of_its_function():
    assert enp.sin.__name__ == "sin"
    assert enp.sum.__doc__ == np.sum.__doc__
    assert enp.sin.primitive.name == "sin"


def test_primitive_on_plain_numbers_is_the_function():
    assert type(enp.sin(1.0)) is np.float64
    assert enp.add(1, 2) == 3
    assert enp.add(1, 2, dtype=np.float32).dtype == np.float32
    assert enp.sum(X, initial=2.0) == np.sum(X) + 2.0


def test_box_has_a_value_a_trace_and_a_node():
    seen = []
    grad(lambda x: seen.append(x) or x * x)(3.0)
    assert type(seen[0]) is Box
    assert (seen[0].value, seen[0].owner is None, seen[0].node is None) == (3.0, False, False)


@pytest.mark.parametrize("kind", [list, tuple])
def test_stop_gradient_reaches_into_containers(kind):
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    assert deriv(lambda x: x * stop_gradient(kind([x, x]))[1])(3.0) == 3.0
    assert grad(lambda x: grad(lambda y: x * y * stop_gradient([x * y])[0])(2.0))(3.0) == 6.0


@pytest.mark.parametrize("container", [lambda x: {"a": x}, lambda x: [{"a": x}]], ids=["dict", "list of dict"])
def test_stop_gradient_reaches_into_dicts_or_refuses(container):
    def f(x):
        stopped = stop_gradient(container(x))
        return x * (stopped[0] if isinstance(stopped, list) else stopped)["a"]

    try:
        gradient = grad(f)(3.0)
    except TypeError:
        return
    assert gradient == 3.0


def test_stop_gradient_leaves_plain_values_alone():
    for x in (1.0, X, "text", None):
        assert stop_gradient(x) is x
