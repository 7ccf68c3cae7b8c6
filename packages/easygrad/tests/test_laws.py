"""The laws themselves: a planted fault must break one, and no family of rules may be without its table."""

import pkgutil
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from easygrad import core, deriv, grad, rules
from easygrad.primitives import elementwise, general, linear

from .laws import (
    LAWS,
    Sample,
    dtype_is_kept,
    inputs_are_left_alone,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
    writes_show_as_in_numpy,
)

X = np.array([0.4, 1.3, 2.2])
ROW = np.array([[0.4, 1.3, 2.2]])


def test_every_family_of_rules_has_a_table_of_samples():
    modules = {
        found.name: import_module(f"easygrad.rules.{found.name}") for found in pkgutil.iter_modules(rules.__path__)
    }
    families = {name for name, module in modules.items() if primitives_of(module) or name == "constants"}
    tables = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / "rules").glob("test_*.py")}
    assert families <= tables


@pytest.mark.parametrize("law", LAWS, ids=law_name)
def test_right_rule_keeps_all_laws(law):
    law(Sample(elementwise(np.sin, lambda g, _ans, x: g * np.cos(x)), X, analytic=True))


def breaks(law, function, *args, analytic=False):
    with pytest.raises(AssertionError):
        law(Sample(function, *args, analytic=analytic))


def test_wrong_sign_breaks_the_derivative():
    breaks(pushforward_is_the_derivative, elementwise(np.sin, lambda g, _ans, x: -g * np.cos(x)), X)


def test_error_in_the_eighth_digit_breaks_the_derivative():
    wrong = elementwise(np.sin, lambda g, _ans, x: g * np.cos(x) * (1 + 3e-8))
    breaks(pushforward_is_the_derivative, wrong, X)


def test_missing_sum_over_broadcast_axes_breaks_the_transpose():
    def jvp(ans, x, y):
        return lambda t: t + np.zeros_like(ans)

    def vjp(ans, x, y):
        return lambda g: g

    wrong = general(np.add, (jvp, vjp), (jvp, vjp))
    with pytest.raises((AssertionError, ValueError)):
        pullback_is_the_transpose(Sample(wrong, X, ROW + np.zeros((2, 1))))


def test_transpose_of_another_function_breaks_the_transpose():
    wrong = linear(lambda x: x[::-1], lambda ans, x: lambda g: g, name="reverse")
    breaks(pullback_is_the_transpose, wrong, X)


def test_conjugated_rule_breaks_the_derivative_at_complex_numbers():
    wrong = elementwise(np.exp, lambda g, ans, _x: g * np.conj(ans))
    pushforward_is_the_derivative(Sample(wrong, X))
    breaks(pushforward_is_the_derivative, wrong, X, analytic=True)


def test_rule_that_detaches_breaks_the_second_order():
    frozen = elementwise(np.exp, lambda g, ans, _x: g * core.stop_gradient(ans))
    pushforward_is_the_derivative(Sample(frozen, X))
    pullback_is_the_transpose(Sample(frozen, X))
    breaks(second_order_agrees, frozen, X)


def test_double_precision_breaks_the_dtype():
    breaks(dtype_is_kept, elementwise(lambda x: np.exp(x) * np.ones(3), lambda g, ans, _x: g * ans), X)


def test_function_that_writes_into_its_input_is_seen():
    def doubling(x):
        x *= 2.0
        return x

    with pytest.raises(ValueError, match="read-only"):
        inputs_are_left_alone(Sample(linear(doubling, lambda ans, x: lambda g: 2.0 * g), X))


def test_rule_that_writes_into_its_cotangent_is_seen():
    def spoiling(g, ans, _x):
        g *= ans
        return g

    with pytest.raises(ValueError, match="read-only"):
        inputs_are_left_alone(Sample(elementwise(np.exp, spoiling), X))


def test_view_that_does_not_say_so_is_seen():
    forward = linear(lambda x: x[1:], lambda ans, x: lambda g: np.concatenate([np.zeros(1), g]), name="tail")
    writes_show_as_in_numpy(Sample(forward, X))
    breaks(writes_show_as_in_numpy, lambda x: forward(x) + 0.0 if isinstance(x, core.Box) else x[1:], X)


def test_copy_that_shows_a_write_is_seen():
    breaks(writes_show_as_in_numpy, lambda x: x[1:] if isinstance(x, core.Box) else x[1:].copy(), X)


@pytest.mark.parametrize("outer", [grad, deriv])
@pytest.mark.parametrize("inner", [grad, deriv])
def test_one_level_for_all_traces_is_seen(monkeypatch, outer, inner):
    def product(x):
        return x * inner(lambda y: y + x)(2.0)

    assert outer(product)(3.0) == 1.0

    def same_level(self):
        self.level = 1

    monkeypatch.setattr(core.Trace, "__init__", same_level)
    try:
        confused = outer(product)(3.0)
    except RuntimeError:  # the inner trace has ended
        return
    assert confused != 1.0
