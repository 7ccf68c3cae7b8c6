"""Operations that users add: both ways to say the derivative, how they are called, and what is refused and how."""

import copy
import gc
import inspect
import math
import pickle
import sys
import threading
import weakref
from functools import partial
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from easygrad import core, deriv, extend, grad, jacobian, jvp, make_vjp, value_and_grad, vjp
from easygrad.extend import (
    Box,
    composite,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    elementwise,
    general,
    isbox,
    jointly_linear,
    linear,
    notrace_primitive,
    primitive,
    stop_gradient,
    unbroadcast,
    unbroadcast_f,
)
from easygrad.testing import check_grads

X = np.array([0.3, 0.7, 1.2])
ROWS = np.array([[0.4, -0.6, 0.9], [1.1, 0.2, -0.8]])


def wave(x, y=1.5, n=2):
    """Return sin(x) times y to the power n, broadcast."""
    return np.sin(x) * y**n


def wave_by_x(ans, x, y=1.5, n=2):
    return lambda g: unbroadcast(x, g * np.cos(x) * y**n)


def wave_by_y(ans, x, y=1.5, n=2):
    return lambda g: unbroadcast(y, g * np.sin(x) * n * y ** (n - 1))


def push_x(g, ans, x, y=1.5, n=2):
    return np.broadcast_to(g * np.cos(x) * y**n, ans.shape)


def push_y(g, ans, x, y=1.5, n=2):
    return np.broadcast_to(g * np.sin(x) * n * y ** (n - 1), ans.shape)


def with_vjp():
    op = primitive(wave)
    defvjp(op, wave_by_x, wave_by_y)
    return op


def with_jvp():
    op = primitive(wave)
    defjvp(op, push_x, push_y)
    return op


def with_both():
    op = with_vjp()
    defjvp(op, push_x, push_y)
    return op


def with_vjp_argnum():
    op = primitive(wave)
    defvjp_argnum(op, lambda i, ans, args, options: [wave_by_x, wave_by_y][i](ans, *args, **options))
    return op


def with_vjp_argnums():
    op = primitive(wave)

    def maker(argnums, ans, args, options):
        pullbacks = [[wave_by_x, wave_by_y][i](ans, *args, **options) for i in argnums]
        return lambda g: (pullback(g) for pullback in pullbacks)

    defvjp_argnums(op, maker)
    return op


def with_jvp_argnum():
    op = primitive(wave)
    defjvp_argnum(op, lambda i, g, ans, args, options: [push_x, push_y][i](g, ans, *args, **options))
    return op


def with_jvp_argnums():
    op = primitive(wave)
    defjvp_argnums(
        op,
        lambda argnums, gs, ans, args, options: sum(
            [push_x, push_y][i](g, ans, *args, **options) for i, g in zip(argnums, gs, strict=True)
        ),
    )
    return op


def with_one_each():
    op = primitive(wave)
    defvjp(op, wave_by_x)
    defjvp(op, push_y, argnums=(1,))
    return op


def as_elementwise():
    return elementwise(
        wave,
        lambda ans, x, y=1.5, n=2: lambda g: g * np.cos(x) * y**n,
        lambda ans, x, y=1.5, n=2: lambda g: g * np.sin(x) * n * y ** (n - 1),
    )


def as_general():
    return general(
        wave,
        (lambda ans, *args, **options: lambda t: push_x(t, ans, *args, **options), wave_by_x),
        (lambda ans, *args, **options: lambda t: push_y(t, ans, *args, **options), wave_by_y),
    )


def as_composite():
    return composite(wave)(lambda x, y=1.5, n=2: np.sin(x) * y**n)


WAYS = [
    with_vjp,
    with_jvp,
    with_both,
    with_vjp_argnum,
    with_vjp_argnums,
    with_jvp_argnum,
    with_jvp_argnums,
    with_one_each,
    as_elementwise,
    as_general,
    as_composite,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def op(request):
    """Return the same function, with the derivative said in each way."""
    return request.param()


@pytest.mark.parametrize(
    ("x", "y"), [(X, 1.2), (0.4, 1.2), (X, ROWS), (ROWS[:, :1], X), (X.astype(np.float32), np.float32(1.2))], ids=str
)
def test_every_way_gives_both_modes_to_the_second_order(op, x, y):
    check_grads(op)(x, y)


def test_every_way_gives_the_third_order_of_complex_numbers(op):
    check_grads(op, order=3)(0.4 + 0.3j, 1.2 - 0.5j)


@pytest.mark.parametrize("mode", [grad, deriv])
def test_traced_values_by_position_and_by_keyword(op, mode):
    for call in [
        lambda f, x: f(x, 1.2),
        lambda f, x: f(x=x, y=1.2),
        lambda f, x: f(y=x, x=0.4),
        lambda f, x: f(0.4, y=x * x, n=3),
        lambda f, x: f(x, n=3, y=x),
        lambda f, x: f(n=3, x=x),
        lambda f, x: f(x, 1.2, 3),
    ]:
        assert np.isclose(mode(partial(call, op))(0.7), mode(partial(call, wave))(0.7), rtol=1e-14)
        nested = mode(mode(partial(call, wave)))(0.7)
        assert np.isclose(mode(mode(partial(call, op)))(0.7), nested, rtol=1e-13)


def test_plain_arguments_get_what_the_function_returns(op):
    assert type(op(0.4, 1.2)) is type(wave(0.4, 1.2))
    assert np.array_equal(op(X, y=2.0, n=3), wave(X, 2.0, 3))


def test_closures_over_outer_variables(op):
    expected = grad(lambda x: x * grad(lambda y: wave(x * y, y))(x))(0.7)
    assert np.isclose(grad(lambda x: x * grad(lambda y: op(x * y, y))(x))(0.7), expected, rtol=1e-14)
    assert np.isclose(deriv(lambda x: x * grad(lambda y: op(x * y, y))(x))(0.7), expected, rtol=1e-14)
    assert np.isclose(grad(lambda x: x * deriv(lambda y: op(x * y, y))(x))(0.7), expected, rtol=1e-14)


def test_pullback_may_be_called_again_and_differentiated(op):
    pullback, _ = make_vjp(op, (0, 1))(X, 1.2)
    first = pullback(X)
    assert all(np.array_equal(a, b) for a, b in zip(first, pullback(X), strict=True))
    by_g = jacobian(lambda g: make_vjp(op)(X, 1.2)[0](g))(X)
    assert np.allclose(by_g, np.diag(np.cos(X) * 1.2**2), rtol=1e-14)


# How a function is a function


@primitive
def cube(x, power=3):
    """Return the cube."""
    return x**power


defvjp(cube, lambda ans, x, power=3: lambda g: g * power * x ** (power - 1))
EXP = primitive(np.exp)
defjvp(EXP, lambda g, ans, x: g * ans)
SQUARE = elementwise(np.square, lambda ans, x: lambda g: 2 * g * x)


class Spring:
    """A class with an operation as a method."""

    def __init__(self, stiffness):
        self.stiffness = stiffness

    @primitive
    def energy(self, x):
        """Return the energy of the spring."""
        return 0.5 * self.stiffness * x**2


defvjp(Spring.energy, None, lambda ans, self, x: lambda g: g * self.stiffness * x)


@pytest.mark.parametrize("operation", [cube, EXP, SQUARE, Spring.energy], ids=str)
def test_module_level_operation_is_pickled_by_its_name(operation, monkeypatch):
    module = ModuleType(__name__)  # pytest does not keep it where pickle looks
    vars(module).update(globals())
    monkeypatch.setitem(sys.modules, __name__, module)
    assert pickle.loads(pickle.dumps(operation)) is operation


def test_local_operation_refuses_to_be_pickled():
    with pytest.raises(pickle.PicklingError, match=r"sin is not a global name of the module .* at the top of a module"):
        pickle.dumps(primitive(np.sin))


def test_copies_of_an_operation_are_itself():
    local = primitive(np.sin)
    assert copy.copy(local) is copy.deepcopy(local) is local


def test_method_of_a_class():
    spring = Spring(3.0)
    assert grad(spring.energy)(2.0) == deriv(spring.energy)(2.0) == 6.0
    assert grad(Spring.energy, 1)(spring, 2.0) == 6.0
    assert spring.energy(2.0) == 6.0


def test_rules_given_to_each_instance():
    class Model:
        def __init__(self, scale):
            self.value = primitive(self.raw)
            self.scale = scale
            defvjp(self.value, lambda ans, x: lambda g: g * self.scale)

        def raw(self, x):
            return float(self.scale * x)

    assert [grad(Model(scale).value)(1.0) for scale in (2.0, 3.0)] == [2.0, 3.0]


def test_partial_functions_before_and_after():
    assert grad(partial(cube, power=2))(3.0) == 6.0
    squared = primitive(partial(pow, exp=2))
    defvjp(squared, lambda ans, x: lambda g: 2 * g * x)
    assert grad(squared)(3.0) == 6.0
    assert squared.__name__ == "pow"


def test_name_text_signature_and_place_are_those_of_the_function():
    assert (cube.__name__, cube.__doc__, cube.__module__) == ("cube", "Return the cube.", __name__)
    assert str(inspect.signature(cube)) == "(x, power=3)"
    assert str(inspect.signature(Spring(1.0).energy)) == "(x)"
    assert inspect.unwrap(cube).__code__.co_filename == __file__
    assert repr(cube) == f"<operation cube of {__name__}>"


def test_options_reach_function_and_rules_as_they_were_given():
    seen = []

    def pick(x, index, *, mode=None, table=()):
        seen.append((index, mode, table))
        return x[index]

    def maker(ans, x, index, *, mode=None, table=()):
        seen.append((index, mode, table))
        return lambda g: np.where(np.arange(len(x)) == index, g, 0.0)

    picked = primitive(pick)
    defvjp(picked, maker)
    table, mode = [1, "two", None], {"a": (1,)}
    assert grad(lambda x: picked(x, 1, mode=mode, table=table))(X).tolist() == [0.0, 1.0, 0.0]
    assert all(m is mode and t is table and i == 1 for i, m, t in seen)
    assert len(seen) == 2


def test_answers_of_pythons_types_become_numpys():
    assert type(value_and_grad(EXP)(1.0)[0]) is np.float64
    for value in (2, 2.0, np.float32(2), np.arange(3), 2 + 1j):
        kinds = []

        def look(ans, x, kinds=kinds):
            kinds.append((type(ans), ans.dtype))
            return lambda g: np.real(np.sum(g)) * 0.0 + 1.0

        constant = primitive(lambda x, value=value: value)
        defvjp(constant, look)
        vjp(constant, 1.0)
        kind, dtype = kinds[0]
        assert issubclass(kind, np.generic | np.ndarray)
        assert dtype == (np.float64 if np.asarray(value).dtype.kind == "i" else np.asarray(value).dtype)


def test_integer_answer_does_not_cut_its_factor_to_integers():
    count = primitive(lambda x: int(np.sum(x > 0)))
    defvjp(count, lambda ans, x: lambda g: g * np.ones_like(x))
    assert grad(lambda x: 0.5 * count(x))(X).tolist() == [0.5, 0.5, 0.5]


def test_answer_that_is_the_argument_itself():
    same = primitive(lambda x: x)
    defvjp(same, lambda ans, x: lambda g: g)
    assert grad(lambda x: np.sum(same(x) * x))(X).tolist() == (2 * X).tolist()
    assert jvp(lambda x: same(x) * x, X, np.ones(3))[1].tolist() == (2 * X).tolist()


def test_none_says_that_nothing_flows():
    scaled = primitive(lambda x, y: x * y)
    defvjp(scaled, None, lambda ans, x, y: lambda g: g * x)
    assert grad(scaled, (0, 1))(2.0, 3.0) == (0.0, 2.0)
    assert jvp(scaled, (2.0, 3.0), (1.0, 1.0))[1] == 2.0
    assert jvp(scaled, (2.0, 3.0), (1.0, 0.0))[1] == 0.0
    pushed = primitive(lambda x, y: x * y)
    defjvp(pushed, None, lambda g, ans, x, y: g * x)
    assert grad(pushed, (0, 1))(2.0, 3.0) == (0.0, 2.0)
    assert deriv(pushed)(2.0, 3.0) == 0.0


def test_each_mode_obeys_its_own_rule():
    fickle = primitive(lambda x: x)
    defvjp(fickle, None)
    defjvp(fickle, lambda g, ans, x: 5 * g)
    assert (grad(fickle)(1.0), deriv(fickle)(1.0)) == (0.0, 5.0)


def test_rules_of_other_arguments_stay_and_a_new_one_replaces_the_old():
    times = primitive(lambda x, y: x * y)
    defvjp(times, lambda ans, x, y: lambda g: g * y)
    defvjp(times, lambda ans, x, y: lambda g: g * x, argnums=(1,))
    assert grad(times, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    defvjp(times, lambda ans, x, y: lambda g: 7 * g)
    assert grad(times, (0, 1))(2.0, 3.0) == (7.0, 2.0)
    defvjp_argnum(times, lambda argnum, ans, args, options: lambda g: g * args[1 - argnum])
    assert grad(times, (0, 1))(2.0, 3.0) == (3.0, 2.0)


def test_linear_in_each_argument():
    product_of = primitive(np.matmul)
    def_linear(product_of)
    assert np.allclose(jvp(product_of, (ROWS, X), (ROWS, X))[1], 2 * ROWS @ X)
    defvjp(product_of, lambda ans, a, x: lambda g: np.outer(g, x), lambda ans, a, x: lambda g: a.T @ g)
    check_grads(product_of)(ROWS, X)
    halves = primitive(np.matmul)
    defvjp(halves, lambda ans, a, x: lambda g: np.outer(g, x), lambda ans, a, x: lambda g: a.T @ g)
    defjvp(halves, "same", "same")
    check_grads(halves)(ROWS, X)


def test_kinds_that_are_linear():
    reverse = linear(lambda x: x[..., ::-1].copy(), lambda ans, x: lambda g: g[..., ::-1], name="reverse")
    check_grads(reverse, order=2)(ROWS)
    join = jointly_linear(
        lambda *parts: np.concatenate(parts),
        lambda ans, *parts: [lambda g, s=s: g[s] for s in slices(parts)],
        name="join",
    )
    check_grads(join)(X, X[:2], ROWS[0])
    assert grad(lambda x: np.sum(join(x, X, x) * np.arange(9)))(X).tolist() == [6.0, 8.0, 10.0]


def slices(parts):
    ends = np.cumsum([len(part) for part in parts])
    return [slice(end - len(part), end) for end, part in zip(ends, parts, strict=True)]


def test_pullback_of_several_arguments_runs_once():
    runs = []

    def maker(argnums, ans, args, options):
        def pullback(g):
            runs.append(argnums)
            return [g * args[1 - i] for i in argnums]

        return pullback

    times = primitive(lambda x, y: x * y)
    defvjp_argnums(times, maker)
    assert grad(times, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert runs == [[0, 1]]
    assert grad(lambda x: times(x, x))(2.0) == 4.0


def test_notrace_primitive_sees_plain_values_and_gives_a_constant():
    kinds = []

    @notrace_primitive
    def steps(x, *, of):
        kinds.append((type(x), type(of[0])))
        return np.floor(x) + of[0]

    assert grad(lambda x: x * steps(x, of=[x]))(1.5) == 2.5
    assert kinds == [(np.float64, np.float64)]
    assert steps.__name__ == "steps"


def test_small_helpers():
    seen = []
    grad(lambda x: seen.append((isbox(x), type(x) is Box, isbox(stop_gradient(x)))) or x)(1.0)
    assert seen == [(True, True, False)]
    assert unbroadcast(X, np.ones((2, 3))).tolist() == [2.0, 2.0, 2.0]
    assert unbroadcast(np.ones((2, 1)), ROWS).tolist() == ROWS.sum(1, keepdims=True).tolist()
    assert unbroadcast(1.0, np.array([1 + 1j, 2.0])) == 3.0
    assert unbroadcast(2, np.array([0.5, 0.25])) == 0.75
    assert unbroadcast_f(X, lambda g: g * 2)(np.ones((2, 3))).tolist() == [4.0, 4.0, 4.0]
    assert grad(lambda g: unbroadcast(1.0, g))(X).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match=r"cotangent has shape \(2,\), to which an argument of shape \(3,\) does not"):
        unbroadcast(X, np.ones(2))


def test_threads_do_not_meet():
    op, found = with_jvp(), []

    def work():
        found.extend([grad(grad(lambda x: op(x, x)))(0.7) for _ in range(50)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert len(set(found)) == 1


# What is refused


def refused(error, f, *args, match, transform=grad):
    with pytest.raises(error, match=match) as caught:
        transform(f)(*args)
    return caught


LINE = r"defvjp\(wave, lambda ans, x, y=1\.5, n=2: lambda g: \.\.\., argnums=\(1,\)\)"


@pytest.mark.parametrize("transform", [grad, deriv])
@pytest.mark.parametrize("call", [lambda f, y: f(0.4, y), lambda f, y: f(0.4, y=y)], ids=["position", "keyword"])
def test_missing_rule_names_function_and_argument_and_shows_the_line(transform, call):
    op = primitive(wave)
    defvjp(op, wave_by_x)
    caught = refused(
        NotImplementedError, partial(call, op), 1.2, match=r"wave: no derivative with respect to argument y\. Write"
    )
    assert caught.match(LINE)
    frames = [Path(str(entry.path)).name for entry in caught.traceback]
    assert frames[-4:] == ["test_extend.py", "operations.py", "core.py", "operations.py"]


def test_line_that_the_message_shows_can_be_pasted():
    op = primitive(wave)
    caught = refused(NotImplementedError, op, 1.0, match="argument x")
    line = next(line.strip() for line in str(caught.value).splitlines() if line.startswith("    defvjp"))
    exec(line.replace("...", "g * np.cos(x) * y**n"), {"defvjp": defvjp, "wave": op, "np": np})
    assert grad(op)(0.5) == np.cos(0.5) * 1.5**2
    sine = primitive(np.sin)
    refused(NotImplementedError, sine, 1.0, match=r"defvjp\(sin, lambda ans, x: lambda g: \.\.\., argnums=\(0,\)\)")


def test_arguments_after_a_star_have_their_number():
    total = primitive(lambda *xs: sum(xs))
    defvjp(total, lambda ans, *xs: lambda g: g)
    refused(
        NotImplementedError, lambda x: total(1.0, x), 1.0, match=r"argument 1\. Write\n\n.*lambda ans, \*xs: .*\(1,\)"
    )


@pytest.mark.parametrize("values", [list, tuple, lambda x: {"a": [x]}], ids=["list", "tuple", "dict"])
def test_traced_values_inside_a_container_are_refused(op, values):
    if isinstance(op, core.Primitive):
        kind = type(values("x")).__name__
        refused(
            TypeError,
            lambda x: op(0.5, values([x] if kind != "dict" else x)),
            1.0,
            match=f"argument y is a {kind} with",
        )
        refused(TypeError, lambda x: op(x, n=[x]), 1.0, match="wave: argument n is a list with traced values inside")


def test_traced_value_in_a_parameter_by_keyword_alone_is_refused():
    scaled = primitive(lambda x, *, scale=1.0: x * scale)
    defvjp(scaled, lambda ans, x, *, scale=1.0: lambda g: g * scale)
    assert grad(lambda x: scaled(x, scale=2.0))(1.0) == 2.0
    refused(
        TypeError, lambda x: scaled(1.0, scale=x), 1.0, match="argument scale is a traced value and can be passed by"
    )


def test_traced_value_from_around_the_function_is_refused_where_it_would_be_lost():
    def energy(x):
        hidden = primitive(lambda y: x * y)
        defvjp(hidden, lambda ans, y: lambda g: g * x)
        return hidden

    assert grad(lambda x: grad(energy(x))(3.0))(2.0) == 1.0  # x is an outer variable: nothing is lost
    refused(
        TypeError, lambda x: energy(x)(x), 2.0, match="traced value that is no argument of it but came in from around"
    )
    refused(TypeError, lambda x: deriv(lambda z: energy(z)(x))(1.0), 2.0, match="came in from around")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((1.0, 2.0), r"returned \(1\.0, 2\.0\) of type tuple\. An operation returns one number or array\. Make an"),
        ([1.0], "type list"),
        ({"a": 1.0}, "type dict"),
        (None, "returned None of type NoneType"),
        ("text", "type str"),
        (True, "returned True of type bool.*notrace_primitive"),
        (np.array([True]), "type ndarray"),
        (np.array([None]), "type ndarray"),
    ],
    ids=repr,
)
def test_answer_that_is_no_array_is_refused(answer, words):
    odd = primitive(lambda x: answer)
    defvjp(odd, lambda ans, x: lambda g: g)
    refused(TypeError, odd, 1.0, match=words)
    assert odd(1.0) is answer


def rule_giving(term):
    op = primitive(lambda x, y: x + y)
    defvjp(op, lambda ans, x, y: lambda g: term(g), lambda ans, x, y: lambda g: g)
    return op


def test_cotangent_of_wrong_shape_is_refused():
    words = (
        r"<lambda>: the vjp of argument x returned shape \(2, 3\), but the argument has shape \(3,\)\..* unbroadcast\(x"
    )
    refused(ValueError, lambda x: np.sum(rule_giving(lambda g: g)(x, ROWS)), X, match=words)
    refused(ValueError, lambda x: np.sum(rule_giving(np.sum)(x, X)), X, match=r"returned shape \(\)")
    refused(ValueError, lambda x: np.sum(rule_giving(lambda g: g[None])(x, X)), X, match=r"shape \(1, 3\)")
    refused(
        ValueError, lambda x: rule_giving(lambda g: g)(x, ROWS), X, match=r"returned shape \(2, 3\)", transform=deriv
    )


def test_cotangent_that_is_no_number_is_refused():
    for term, kind in [(lambda g: None, "NoneType"), (lambda g: g > 0, "bool"), (lambda g: [g], "list")]:
        refused(TypeError, lambda x, t=term: rule_giving(t)(x, 1.0), 1.0, match=f"vjp of argument x returned .*{kind}")


def test_cotangent_is_of_the_kind_of_its_argument():
    op = rule_giving(lambda g: g * (2 + 1j))
    assert grad(lambda x: op(x, 1.0))(1.0) == 2.0
    single = rule_giving(lambda g: g.astype(np.float64))
    assert grad(lambda x: np.sum(single(x, x)))(X.astype(np.float32)).dtype == np.float32
    assert grad(rule_giving(lambda g: 3))(1.0, 1.0) == 3.0


def test_joint_rule_with_a_missing_cotangent_is_refused():
    op = primitive(lambda x, y: x * y)
    defvjp_argnums(op, lambda argnums, ans, args, options: lambda g: [g])
    refused(ValueError, lambda x: op(x, x), 1.0, match="<lambda>: the vjp returned 1 cotangents for 2 arguments")


def test_tangent_in_another_space_than_the_answer_is_refused():
    op = primitive(lambda x, y: x + y)
    defjvp(op, lambda g, ans, x, y: g)
    words = r"the jvp of argument x returned shape \(3,\), but the answer has shape \(2, 3\)\..*np\.broadcast_to"
    refused(ValueError, lambda x: op(x, ROWS), X, match=words, transform=deriv)
    defjvp(op, lambda g, ans, x, y: 1j * g)
    refused(
        TypeError, lambda x: op(x, 1.0), 1.0, match="returned complex numbers, but the answer is real", transform=deriv
    )


def test_scaling_that_is_not_elementwise_is_refused():
    total = elementwise(lambda x: np.sum(x), lambda ans, x: lambda g: g * np.ones_like(x), name="total")
    words = r"total: the jvp of argument x returned shape \(3,\), but the answer has shape \(\)"
    refused(ValueError, lambda x: total(x), X, match=words, transform=lambda f: partial(jvp, f, tangents=X))
    ends = elementwise(lambda x: x[::2], lambda ans, x: lambda g: g, name="ends")
    words = r"ends: the vjp of argument x returned shape \(2,\), but the argument has shape \(3,\)"
    refused(ValueError, lambda x: np.sum(ends(x)), X, match=words)


def test_rule_that_is_not_linear_is_not_transposed():
    offset = primitive(np.sin)
    defvjp(offset, lambda ans, x: lambda g: np.cos(x))
    refused(ValueError, offset, 1.0, match="sin: the vjp is not linear: for g = 0 it gives", transform=deriv)
    defjvp(forgetful := primitive(np.sin), lambda g, ans, x: np.cos(x))
    refused(ValueError, forgetful, 1.0, match="sin: the jvp is not linear: for g = 0 it gives")


def test_infinite_derivative_is_transposed_without_a_warning():
    root = primitive(np.sqrt)
    defvjp(root, lambda ans, x: lambda g: np.divide(g, 2 * ans))
    with np.errstate(divide="ignore"):
        assert deriv(root)(0.0) == np.inf


def test_jvp_that_calls_its_function_has_no_vjp():
    half = primitive(lambda x: x / 2)
    def_linear(half)
    assert deriv(half)(1.0) == 0.5
    refused(NotImplementedError, half, 1.0, match=r"calls <lambda> itself on the tangent.*Write\n\n *defvjp\(<lambda>")
    exponential = primitive(np.exp)
    defjvp(exponential, lambda g, ans, x: g * exponential(x))  # on the argument: no harm
    check_grads(exponential, order=3)(0.5)


def test_rule_without_the_parameters_of_the_function_is_named():
    op = primitive(wave)
    defvjp(op, lambda ans, x: lambda g: g)
    words = r"wave: the vjp of argument x was called with 2 arguments by position and \['n'\] by keyword"
    refused(TypeError, lambda x: op(x, n=3), 1.0, match=words)
    defvjp(op, lambda ans, x: math.sin(None))
    refused(TypeError, op, 1.0, match="must be real number")


def test_definitions_that_make_no_sense_are_refused():
    op = primitive(wave)
    with pytest.raises(TypeError, match=r"defvjp: <ufunc 'sin'> is no operation .* f = primitive\(sin\)"):
        defvjp(np.sin, None)
    with pytest.raises(TypeError, match="defvjp: the rule of argument x of wave is 'same', no function"):
        defvjp(op, "same")
    with pytest.raises(TypeError, match="defjvp: the rule of argument y of wave is 3, no function"):
        defjvp(op, None, 3)
    with pytest.raises(ValueError, match="defvjp: 1 rules for wave, but argnums names 2 arguments"):
        defvjp(op, None, argnums=(0, 1))


# What is kept


class Data:
    """Something that can be watched."""

    def __init__(self):
        self.array = np.ones(1000)


def watched(define):
    """Return an operation whose rules hold data, said in one of the ways, and weak references to all of it."""
    data = Data()

    def scaled(x):
        return x * data.array[0]

    def vjp(ans, x):
        return lambda g: g * data.array[0]

    if define == "elementwise":
        op = elementwise(scaled, vjp)
    elif define == "linear":
        op = linear(scaled, vjp)
    elif define == "general":
        op = general(scaled, (vjp, lambda ans, x: lambda g: op(g)))
    elif define == "both":
        op = primitive(scaled)
        defvjp(op, vjp)
        defjvp(op, lambda g, ans, x: g * data.array[0])
    else:
        op = primitive(scaled)
        rules = {
            "defvjp": vjp,
            "defjvp": lambda g, ans, x: g * data.array[0],
            "defvjp_argnum": lambda argnum, ans, args, options: vjp(ans, *args),
        }
        getattr(extend, define)(op, rules[define])
    return op, [weakref.ref(x) for x in (data, data.array, op, scaled, vjp)]


@pytest.mark.parametrize("transform", [grad, deriv])
@pytest.mark.parametrize("define", ["defvjp", "defjvp", "both", "defvjp_argnum", "elementwise", "general", "linear"])
def test_local_operation_leaves_nothing_behind(define, transform):
    op, alive = watched(define)
    assert transform(op)(2.0) == 1.0
    assert transform(transform(lambda x, op=op: op(x * x)))(2.0) == 2.0
    del op
    gc.collect()
    assert [ref() for ref in alive] == [None] * 5


def test_operation_without_cycles_goes_at_once():
    gc.collect()
    gc.disable()
    try:
        op, alive = watched("both")
        grad(op)(1.0)
        deriv(op)(1.0)
        del op
        assert [ref() for ref in alive] == [None] * 5
    finally:
        gc.enable()


def test_exception_in_a_rule_leaves_nothing_behind():
    op = primitive(wave)
    defjvp(op, lambda g, ans, x, y=1.5, n=2: 1 / 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            grad(op)(1.0)
    assert op.transposing == []
    defjvp(op, push_x)
    assert grad(op)(1.0) == np.cos(1.0) * 1.5**2


# Autograd's own programs

PROGRAMS = {
    "logsumexp": """
@primitive
def logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))

defvjp(logsumexp, lambda ans, x: lambda g: np.full(x.shape, g) * np.exp(x - np.full(x.shape, ans)))
f = lambda x: logsumexp(np.sin(x)) ** 2
""",
    "two arguments": """
@primitive
def f(x, y, scale=2.0):
    return x * np.exp(y) * scale

defvjp(
    f,
    lambda ans, x, y, scale=2.0: lambda g: g * np.exp(y) * scale,
    lambda ans, x, y, scale=2.0: lambda g: g * ans,
)
defjvp(f, "same", lambda g, ans, x, y, scale=2.0: g * ans)
f = (lambda op: lambda x: np.sum(op(x, x * x, scale=3.0) * op(2.0, x)))(f)
""",
    "argnums": """
@primitive
def power(n, x, y):
    return x**n * y

defvjp(power, None, lambda ans, n, x, y: lambda g: g * n * x ** (n - 1) * y, lambda ans, n, x, y: lambda g: g * x**n)
defvjp(power, lambda ans, n, x, y: lambda g: g * n * x ** (n - 1) * y, lambda ans, n, x, y: lambda g: g * x**n,
       argnums=(1, 2))
f = lambda x: np.sum(power(3, x, np.cos(x)))
""",
    "defvjp_argnum": """
@primitive
def total(*args):
    return sum(args[1:], args[0])

defvjp_argnum(total, lambda argnum, ans, args, kwargs: lambda g: g)
defjvp_argnum(total, lambda argnum, g, ans, args, kwargs: g)
f = lambda x: np.sum(total(x, x**2, x**3))
""",
    "defvjp_argnums": """
@primitive
def times(x, y):
    return x * y

def maker(argnums, ans, args, kwargs):
    return lambda g: (g * args[1 - argnum] for argnum in argnums)

defvjp_argnums(times, maker)
defjvp_argnums(times, lambda argnums, gs, ans, args, kwargs: sum(g * args[1 - i] for i, g in zip(argnums, gs)))
f = lambda x: np.sum(times(np.sin(x), x))
""",
    "notrace": """
@notrace_primitive
def sign_of(x):
    return np.sign(x)

@primitive
def halve(x):
    return x / 2

def_linear(halve)
defvjp(halve, lambda ans, x: lambda g: halve(g))
f = lambda x: np.sum(halve(x * sign_of(x)) ** 3)
""",
}


def run_program(library, source):
    """Return the function f of a program, with the names of a library's extend module."""
    names = {name: x for name, x in vars(import_module(f"{library}.extend")).items() if not name.startswith("_")}
    names["np"] = import_module(f"{library}.numpy")
    exec(source, names)
    return names["f"]


PAIRS = [
    *product(PROGRAMS, ["reverse"]),
    *[(name, "forward") for name in PROGRAMS if "def_linear" in PROGRAMS[name] or "defjvp" in PROGRAMS[name]],
]


@pytest.mark.parametrize(("name", "mode"), PAIRS)
def test_same_program_gives_the_derivatives_of_autograd(name, mode):
    autograd = pytest.importorskip("autograd")
    theirs, ours = (run_program(library, PROGRAMS[name]) for library in ("autograd", "easygrad"))
    if mode == "reverse":
        assert np.allclose(grad(ours)(X), autograd.grad(theirs)(X), rtol=1e-14)
        second = autograd.elementwise_grad(autograd.elementwise_grad(theirs))(X)
        assert np.allclose(grad(lambda x: np.sum(grad(ours)(x)))(X), second, rtol=1e-13)
    else:
        value, tangent = autograd.make_jvp(theirs)(X)(ROWS[0])
        assert np.allclose(jvp(ours, X, ROWS[0]), (value, tangent), rtol=1e-14)


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_program_in_both_modes(name):
    check_grads(run_program("easygrad", PROGRAMS[name]))(X)


def test_every_public_name_has_a_text():
    assert sorted(extend.__all__) == extend.__all__
    for name in extend.__all__:
        assert getattr(extend, name).__doc__, name
