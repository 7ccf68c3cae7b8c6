"""``check_grads``: right rules pass, each planted fault is found, and the message says where."""

import re

import numpy as np
import pytest

import easygrad
import easygrad.numpy as enp
from easygrad.extend import defjvp, defvjp, elementwise, general, linear, primitive, stop_gradient, unbroadcast
from easygrad.testing import check_grads, check_jvp, check_vjp

X = np.array([0.3, 0.7, 1.2])
ROWS = np.array([[0.4, -0.6, 0.9], [1.1, 0.2, -0.8]])
SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [0.5, -0.2, 1.8]])

RIGHT = {
    "sin": (np.sin, X),
    "scalar": (np.exp, 0.5),
    "broadcast": (lambda x, y: np.sum(x * np.exp(y), axis=0), X, ROWS),
    "logarithm near 0": (np.log, 1e-6 * X),
    "pole near by": (lambda x: 1 / x, 1e-6 * X),
    "cosine near 0": (np.cos, 1e-6),
    "large arguments": (lambda x: np.sin(1e-8 * x), 1e8 * X),
    "kink near by": (lambda x: np.maximum(x, 0.0), np.array([1e-3, -0.01, 3.0])),
    "power of 0": (lambda x: x**3, 0.0),
    "constant": (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, X),
    "large constant": (lambda x: 1e6 + x**2, X),
    "tiny": (lambda x: 1e-30 * np.sin(x), X),
    "maximum": (np.max, X),
    "solve": (np.linalg.solve, SQUARE, X),
    "cholesky": (lambda a: np.linalg.cholesky(a @ a.T), SQUARE),
    "complex": (lambda z: np.exp(z) * np.conj(z), X + 0.5j * X[::-1]),
    "real of complex": (np.abs, X + 0.5j * X[::-1]),
    "complex of real": (lambda x: np.exp(1j * x), X),
    "single": (lambda x: np.tanh(x) * x, X.astype(np.float32)),
    "complex single": (lambda x: np.tanh(x) * x, (X + 0.3j * X).astype(np.complex64)),
    "single and double": (lambda x, y: x * y, X.astype(np.float32), X),
    "dict": (lambda p, n: {"a": p["w"] * p["b"] ** n, "none": None, "sum": np.sum(p["w"])}, {"w": X, "b": 2.0}, 3),
    "tuple": (lambda pair: (pair[0] * pair[1], [pair[1]]), (X, 0.5)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_pass_to_the_second_order(name):
    f, *args = RIGHT[name]
    check_grads(f)(*args)


@pytest.mark.parametrize("name", ["sin", "scalar", "broadcast", "complex", "solve"])
def test_right_derivatives_pass_to_the_third_order(name):
    f, *args = RIGHT[name]
    check_grads(f, order=3)(*args)


@pytest.mark.parametrize("name", ["sin", "broadcast", "solve", "complex", "cholesky"])
def test_ordinary_functions_have_digits_to_spare(name):
    f, *args = RIGHT[name]
    check_grads(f, rtol=1e-10)(*args)


# Planted faults


def with_rules(vjp, jvp=None, fun=np.sin):
    op = primitive(fun)
    if vjp:
        defvjp(op, vjp)
    if jvp:
        defjvp(op, jvp)
    return op


def right_vjp(ans, x):
    return lambda g: g * np.cos(x)


def right_jvp(g, ans, x):
    return g * np.cos(x)


def broken(f, *args, match, **settings):
    with pytest.raises(AssertionError, match=match) as caught:
        check_grads(f, **settings)(*args)
    return str(caught.value)


def test_wrong_sign():
    wrong = with_rules(lambda ans, x: lambda g: -g * np.cos(x))
    broken(wrong, X, match="check_grads of sin: order 1, forward mode, by argument 0: the tangent of the result: found")
    broken(wrong, X, match="sin: order 1, reverse mode, the cotangent of argument 0: found", modes=("rev",))


@pytest.mark.parametrize("error", [1.0, 1e-3, 1e-6])
@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_wrong_factor(mode, error):
    wrong = with_rules(lambda ans, x: lambda g: (1 + error) * g * np.cos(x))
    broken(wrong, X, match="order 1", modes=(mode,))


def test_message_says_what_was_found_and_expected_and_how_far_apart():
    wrong = with_rules(lambda ans, x: lambda g: 3 * g * np.cos(x))
    text = broken(wrong, 0.0, match="order 1, reverse", modes=("rev",))
    found, expected, gap = map(
        float, re.search(r"found (\S+), expected (\S+); off by (\S+), allowed is", text).groups()
    )
    assert np.isclose(found, 3 * expected)
    assert np.isclose(gap, abs(found - expected), rtol=0.1)


def test_one_wrong_element_of_many():
    x = np.linspace(0.1, 1.0, 1000)
    wrong = with_rules(lambda ans, x: lambda g: g * np.cos(x) * np.where(np.arange(1000) == 500, 0, 1))
    broken(wrong, x, match="paired with a direction: found", modes=("rev",), order=1)


def test_transposed_matrix():
    wrong = linear(lambda x: SQUARE @ x, lambda ans, x: lambda g: SQUARE @ g, name="apply")
    check_jvp(wrong)(X)
    broken(wrong, X, match="apply: order 1, reverse mode, the cotangent of argument 0", order=1)


def test_missing_sum_over_broadcast_axes():
    wrong = primitive(lambda x, y: x + y)
    defvjp(wrong, lambda ans, x, y: lambda g: g, lambda ans, x, y: lambda g: unbroadcast(y, g))
    with pytest.raises(ValueError, match=r"argument x returned shape \(2, 3\)") as caught:
        check_grads(wrong)(X, ROWS)
    assert caught.value.__notes__ == ["Raised in check_grads of <lambda>: order 1, forward mode."]
    summed_wrongly = primitive(lambda x, y: x + y)
    defvjp(summed_wrongly, lambda ans, x, y: lambda g: g[0], lambda ans, x, y: lambda g: g)
    broken(summed_wrongly, X, ROWS, match="the cotangent of argument 0", modes=("rev",))


def test_wrong_rule_of_the_second_argument_only():
    wrong = primitive(lambda x, y: x * y)
    defvjp(wrong, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * y)
    broken(wrong, 2.0, 3.0, match="the cotangent of argument 1: found", modes=("rev",))
    broken(wrong, 2.0, 3.0, match="by argument 1: the tangent of the result: found", modes=("fwd",))
    check_grads(wrong, argnum=0, order=1)(2.0, 3.0)


@pytest.mark.parametrize(
    ("jvp", "vjp", "mode"),
    [(right_jvp, lambda ans, x: lambda g: 2 * g, "reverse"), (lambda g, ans, x: 2 * g, right_vjp, "forward")],
)
def test_jvp_and_vjp_that_disagree(jvp, vjp, mode):
    wrong = with_rules(vjp, jvp)
    broken(wrong, X, match=f"order 1, {mode} mode")
    (check_vjp if mode == "forward" else check_jvp)(wrong)(X)


def test_rule_that_hides_the_argument_from_the_second_order():
    wrong = with_rules(lambda ans, x: lambda g: g * np.cos(stop_gradient(x)))
    check_grads(wrong, order=1)(X)
    broken(wrong, X, match="order 2, forward over forward mode, by argument 0: the tangent of the result: found")
    broken(wrong, X, match="order 2, reverse over reverse mode, the cotangent of argument 0", modes=("rev",))


def test_wrong_second_order_in_one_pair_of_modes_only():
    wrong = with_rules(right_vjp, lambda g, ans, x: g * np.cos(stop_gradient(x)))
    broken(wrong, X, match="order 2, forward over forward mode")
    broken(with_rules(lambda ans, x: lambda g: g * np.cos(stop_gradient(x)), right_jvp), X, match="over reverse mode")
    broken(wrong, X, match="order 3, forward over forward over reverse mode|forward over forward mode", order=3)


def test_rule_that_cannot_be_differentiated_is_passed_on_with_a_note():
    wrong = with_rules(lambda ans, x: lambda g: g * float(np.cos(x)))
    check_grads(wrong, order=1)(0.5)
    with pytest.raises(TypeError, match=r"float\(x\)") as caught:
        check_grads(wrong)(0.5)
    assert caught.value.__notes__[0].startswith("Raised in check_grads of sin: order 2, forward over forward mode.")


def test_rule_that_is_not_linear_in_the_cotangent():
    clipped = with_rules(lambda ans, x: lambda g: np.clip(g, -10.0, 0.6) * np.cos(x), right_jvp)
    broken(clipped, X, match="order 1, reverse mode")
    square = with_rules(lambda ans, x: lambda g: g * np.cos(x) * (1 + 0.0 * g) + 1e-3 * g**2, right_jvp)
    broken(square, X, match="order 1, reverse mode")


def test_rule_in_single_precision():
    x = np.linspace(0.1, 1.0, 50)
    wrong = with_rules(lambda ans, x: lambda g: (g * np.cos(x)).astype(np.float32))
    broken(wrong, x, match="order 1", order=1)


def test_conjugated_rule_at_complex_numbers():
    wrong = elementwise(np.exp, lambda ans, x: lambda g: g * np.conj(ans), name="exp")
    check_grads(wrong)(X)
    broken(wrong, X + 0.5j, match="exp: order 1, forward mode")
    broken(wrong, X + 0.5j, match="exp: order 1, reverse mode", modes=("rev",))


def test_wrong_value_of_the_function_under_a_trace():
    def f(x):
        return np.sin(x) if isinstance(stop_gradient(x), type(x)) else np.sin(x) + 0.5

    broken(f, X, match="order 1, forward mode: the traced call returned")


def test_wrong_rule_in_single_precision_is_found_too():
    wrong = with_rules(lambda ans, x: lambda g: g * np.cos(x) * np.float32(1.01))
    check_grads(with_rules(right_vjp))(X.astype(np.float32))
    broken(wrong, X.astype(np.float32), match="order 1", order=1)


def test_leaf_of_a_container_is_named():
    times = general(
        np.multiply, (lambda ans, x, y: lambda t: t * y, lambda ans, x, y: lambda g: g * y), None, name="times"
    )
    broken(lambda p: times(p["a"], p["b"]), {"a": X, "b": X}, match="by argument 0, leaf 1: the tangent of the result")
    broken(lambda p: (p["a"], times(2.0, p["b"])), {"a": X, "b": X}, match="leaf 1: the tangent of result 1", order=1)


# What cannot be checked


def test_kink_cannot_be_checked():
    broken(np.abs, np.array([1.0, 0.0]), match="cannot be checked: the numerical differences are uncertain by")
    broken(np.abs, 1e-9, match="cannot be checked")
    check_grads(np.abs)(1e-3)


def test_function_that_rounds_cannot_be_checked_so_closely():
    rough = elementwise(lambda x: np.sin(np.asarray(x, np.float32)).astype(np.float64), right_vjp, name="rough")
    broken(rough, X, match="cannot be checked: the numerical differences are uncertain", order=1)
    check_grads(rough, order=1, rtol=1e-4)(X)
    broken(rough, X, match="order 1", order=1, rtol=1e-7)


def test_tolerances_are_those_that_were_given():
    wrong = with_rules(lambda ans, x: lambda g: 1.001 * g * np.cos(x))
    check_grads(wrong, rtol=1e-2)(X)
    check_grads(wrong, atol=1e-2)(X)
    broken(wrong, X, match="allowed is", rtol=1e-4)
    broken(wrong, X, match="allowed is", atol=1e-5)


def test_domain_that_ends_near_by_is_left_and_found_again():
    def root(x):
        if np.any(stop_gradient(x) <= 0):
            raise ValueError("negative")
        return np.sqrt(x)

    check_grads(root)(1e-3 * X)
    with pytest.raises(ValueError, match="negative"):
        check_grads(root)(-X)


def test_greatest_step_is_the_one_that_was_given():
    seen = []

    def f(x):
        seen.append(float(np.max(np.abs(stop_gradient(x) - 0.5))))
        return np.sin(x)

    check_grads(f, order=1, eps=1e-3)(0.5)
    assert max(seen) <= 1e-3


# How it is called


def test_options_and_other_arguments_are_handed_on():
    check_grads(lambda x, kind, n=1: x**n if kind == "power" else None)(X, "power", n=3)
    check_grads(np.sum)(ROWS, axis=0)
    check_grads(lambda n, x: x**n, argnum=1)(3, X)
    check_grads(lambda x, y: x * y, argnum=(1, 0))(X, X)
    check_grads(np.sin, argnum=0)(3)


def test_short_forms_check_the_first_order_of_one_mode():
    wrong = with_rules(lambda ans, x: lambda g: g * np.cos(stop_gradient(x)))
    check_vjp(wrong)(X)
    check_jvp(wrong)(X)
    broken(wrong, X, match="order 2")
    with pytest.raises(AssertionError, match="reverse"):
        check_vjp(with_rules(lambda ans, x: lambda g: 2 * g))(X)
    with pytest.raises(AssertionError, match="allowed is"):
        check_jvp(with_rules(lambda ans, x: lambda g: 2 * g), rtol=1e-3)(X)


def test_modes_that_are_not_asked_for_are_not_run():
    def fail(*args):
        raise RuntimeError

    check_grads(with_rules(right_vjp, fail), modes=("rev",))(X)
    check_grads(with_rules(fail, right_jvp), modes=("fwd",))(X)


def test_calls_that_check_nothing_are_refused():
    with pytest.raises(ValueError, match=r"modes=\['forward'\]"):
        check_grads(np.sin, modes=["forward"])
    with pytest.raises(ValueError, match="order=0"):
        check_grads(np.sin, order=0)
    with pytest.raises(ValueError, match="modes"):
        check_grads(np.sin, modes=())
    with pytest.raises(ValueError, match="<lambda> was given no argument of floats"):
        check_grads(lambda s: s)("text")
    with pytest.raises(ValueError, match="<lambda> returned no floats"):
        check_grads(lambda x: None)(1.0)


def test_nothing_is_random_and_no_input_is_changed():
    x = X.copy()
    x.setflags(write=False)
    wrong = with_rules(lambda ans, x: lambda g: 2 * g)
    assert broken(wrong, x, match="order 1") == broken(wrong, x, match="order 1")
    assert x.tolist() == X.tolist()


def test_functions_of_the_namespace_and_transforms_can_be_checked():
    check_grads(lambda x: enp.array([x[0] * x[1], x[2]]))(X)
    check_grads(easygrad.grad(lambda x: np.sum(np.sin(x) ** 3)))(X)
