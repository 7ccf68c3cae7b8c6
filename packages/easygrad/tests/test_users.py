"""What users of NumPy autodiff asked for in vain: each row of the survey works here, or raises the sentence that helps.

The first part are calls that raise elsewhere although NumPy allows them, the second part calls that elsewhere give a
wrong answer without a word. Where a row has a derivative, central differences of the same plain program judge it.
"""

import gc
import math
import pickle
import threading
import weakref
from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

import easygrad.numpy as enp
from easygrad import (
    checkpoint,
    deriv,
    elementwise_grad,
    grad,
    hessian,
    jacobian,
    jvp,
    make_vjp,
    multigrad_dict,
    stop_gradient,
    value_and_grad,
    vjp,
)
from easygrad.extend import defvjp, primitive

from .laws import assert_near, difference

X = np.array([1.3, -0.4, 0.7])
W = np.array([0.5, -1.0, 2.0])
Q = np.array([[1.1, 0.2, -0.3], [0.45, 0.9, 0.15], [-0.25, 0.35, 1.3]])


def check(f, x=X):
    """Assert that the value is the plain one, and that both modes give the derivative that differences give."""
    value, gradient = value_and_grad(f)(x)
    direction = np.cos(np.arange(np.size(x))).reshape(np.shape(x))
    assert_near(value, f(np.array(x)), 4e-15, "value")
    expected = difference(lambda y: f(np.array(y)), (x,), (direction,))
    assert_near(np.sum(gradient * direction), expected, 1e-8, "gradient")
    assert_near(jvp(f, x, direction)[1], expected, 1e-8, "jvp")


# Calls that NumPy allows, and that raise elsewhere


def filled(x):
    a = np.zeros((2, 3), like=x)
    a[0] = x
    a[1, 1:] = x[:2] * x[2]
    a[a == 0.0] = 1.0
    return np.sum(a**2 * np.arange(1.0, 7.0).reshape(2, 3))


def accumulated(x):
    a = np.zeros_like(x)
    for i in range(3):
        a += np.roll(x, i) * x
        a[i] -= x[0] ** 2
    return np.sum(a * W)


@pytest.mark.parametrize("f", [filled, accumulated])
def test_r1_r2_writing_into_a_fresh_array(f):
    check(f)


def test_r1_r2_writing_into_a_plain_array_says_how_to_make_one():
    def element(x):
        a = np.zeros(3)
        a[0] = x[0]
        return a.sum()

    def part(x):
        a = np.zeros(3)
        a[:2] = x[:2]
        return a.sum()

    def in_place(x):
        a = np.zeros(3)
        a += x
        return a.sum()

    with pytest.raises(ValueError, match="setting an array element") as raised:  # NumPy's own, with ours as its cause
        grad(element)(X)
    assert "np.zeros_like(x)" in str(raised.value.__cause__)
    with pytest.raises(TypeError, match=r"make that with np.zeros_like\(x\) or np.zeros\(shape, like=x\)"):
        grad(part)(X)
    with pytest.raises(TypeError, match=r"Write a = a \+ x"):
        grad(in_place)(X)


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, math.sin])
def test_r3_a_traced_value_is_not_silently_a_number(convert):
    with pytest.raises(TypeError, match=r"cut a traced value of shape \(\) off.*stop_gradient"):
        grad(lambda x: x * convert(x))(1.5)
    assert grad(lambda x: x * convert(stop_gradient(x)).real)(1.5) == convert(1.5).real


def test_r4_formatting_shows_the_value():
    seen = []
    grad(lambda x: seen.extend([f"{x:.2f}", f"{x}", str(x), round(x, 1), f"{x:>8.3f}"]) or x)(1.256)
    assert seen == ["1.26", "1.256", "1.256", 1.3, "   1.256"]


R5 = {
    "dot": lambda x: x.dot(W),
    "copy": lambda x: (x.copy() * x).sum(),
    "real imag conj": lambda x: ((x + 2j * x).imag * (x * 1j).conj().imag * x.real).sum(),
    "item": lambda x: x.item(1) * x[2:].item(),
    "tolist": lambda x: sum(v**2 for v in x.tolist()),
    "fill": lambda x: (lambda a: a.fill(x[0] * x[1]) or (a * W).sum())(np.empty_like(x)),
    "flat": lambda x: sum(v**3 for v in np.outer(x, W).flat),
    "sort": lambda x: (lambda a: a.sort() or (a * W).sum())(x * x),
    "mT": lambda x: (np.outer(x, W).mT @ x**2).sum(),
    "positive": lambda x: (+x * W).sum(),
    "floor": lambda x: (x // 0.3 * x).sum(),
    "divmod": lambda x: sum((part * W).sum() for part in divmod(x * x, 0.3)),
}


@pytest.mark.parametrize("name", R5)
def test_r5_methods_and_operators_of_an_array(name):
    check(R5[name])


def test_r6_integers_are_numbers():
    assert grad(lambda x: 2 / x)(2) == -0.5
    assert grad(grad(grad(grad(lambda x: 2 / x))))(2) == 1.5
    np.testing.assert_array_equal(grad(lambda x: np.sum(x**2))(np.array([1, 2])), [2.0, 4.0])
    np.testing.assert_array_equal(grad(lambda z: np.dot(z, [0.5, 0.25]))(np.array([3, 4])), [0.5, 0.25])


R7 = {
    "where and out": lambda x: np.log(x, where=x > 0, out=np.zeros_like(x)).sum(),
    "dtype": lambda x: np.multiply(x, W, dtype=np.float64).sum(),
    "casting": lambda x: np.multiply(x, x, casting="no").sum(),
    "reduce": lambda x: np.multiply.reduce(x) + np.logaddexp.reduce(x),
    "outer": lambda x: (np.subtract.outer(x, x**2) * Q).sum(),
    "accumulate": lambda x: (np.multiply.accumulate(x) * W).sum(),
    "reduceat": lambda x: (np.add.reduceat(x * x, [0, 2, 1]) * W).sum(),
}


@pytest.mark.parametrize("name", R7)
def test_r7_options_and_methods_of_ufuncs(name):
    check(R7[name])


def test_r8_einsum_with_a_repeated_subscript():
    check(lambda a: np.einsum("ii,i->", a, W) + np.einsum("ii", a @ a), Q)


R9 = {
    "diagonal": lambda a: (a.diagonal() * W).sum(),
    "trace": lambda a: (np.trace(np.stack([a, a * a]), axis1=2, axis2=1)).prod(),
    "broadcast_to": lambda a: (np.broadcast_to(a, (2, 3, 3)) ** 2).sum(),
    "pad": lambda a: (np.pad(a, 1) ** 2 + np.pad(a, 1, "reflect") ** 3 + np.pad(a, 1, mode="edge")).sum(),
    "sort": lambda a: (np.sort(a, axis=0) * Q).sum() + (np.partition(a, 1, axis=1) * Q.T).sum(),
    "clip": lambda a: (a.clip(min=a[0, 1] * 0.5, max=a[1, 1]) ** 2).sum(),
    "repeat": lambda a: (np.repeat(a, [1, 0, 2], axis=1) ** 2).sum(),
    "roll": lambda a: (np.roll(a, (1, 2), axis=(0, 1)) * Q).sum(),
    "rot90": lambda a: (np.rot90(a, 3, axes=(1, 0)) * Q).sum(),
    "linspace": lambda a: (np.linspace(a[0], a[1], 5, endpoint=False) ** 2).sum() + np.linspace(a[0, 0], 1.0).sum(),
    "gradient": lambda a: (np.gradient(a, 0.5)[1] ** 2).sum(),
    "diff": lambda a: (np.diff(a, prepend=a[:, :1] ** 2) ** 2).sum(),
    "nan_to_num": lambda a: (np.nan_to_num(a, nan=1.0) * Q).sum(),
    "concatenate": lambda a: (np.concatenate([a, a**2], axis=None) ** 2).sum(),
    "atleast": lambda a: sum((part**2).sum() for part in np.atleast_1d(a[0, 0], a[1])),
}


@pytest.mark.parametrize("name", R9)
def test_r9_usual_calls_with_all_their_options(name):
    check(R9[name], Q)


R10 = {
    "svd": lambda a: (np.linalg.svd(a)[1] * W).sum(),
    "slogdet": lambda a: np.linalg.slogdet(a).logabsdet,
    "eigh": lambda a: (np.linalg.eigh(a + a.T).eigenvalues * W).sum(),
    "odd rfft": lambda a: (np.fft.irfft(np.fft.rfft(a[0]) ** 2, n=3) * W).sum(),
    "norms": lambda a: sum(np.linalg.norm(a, order) for order in (1, -1, np.inf, 2, "nuc")),
}


@pytest.mark.parametrize("name", R10)
def test_r10_linear_algebra(name):
    check(R10[name], Q)


def test_r10_det_of_a_singular_matrix():
    singular = np.outer(W, X) + np.outer(X, W)
    adjugate = np.array([np.cross(singular[i - 2], singular[i - 1]) for i in range(3)])
    assert_near(grad(np.linalg.det)(singular), adjugate, 1e-13, "det")


Pair = namedtuple("Pair", ["weights", "bias"])


@dataclass
class Layer:
    """A container of arrays and other things."""

    weights: object
    bias: object
    name: str = "dense"
    width: int = 3


CONTAINERS = [
    Pair(X, 0.5),
    OrderedDict(weights=X, bias=0.5),
    Layer(X, 0.5),
    {"weights": X, "bias": 0.5, "name": "dense", "none": None, "width": 3},
    {"nested": [Layer(X, 0.5), (Pair(W, 1.5), None, 7)]},
]


def total(p):
    if isinstance(p, list | tuple) and not isinstance(p, Pair):
        return sum(total(item) for item in p if item is not None and not isinstance(item, int))
    if isinstance(p, Layer | Pair):
        return (p.weights**2).sum() * p.bias
    return total(p["nested"]) if "nested" in p else (p["weights"] ** 2).sum() * p["bias"]


@pytest.mark.parametrize("container", CONTAINERS, ids=["namedtuple", "OrderedDict", "dataclass", "dict", "nested"])
def test_r11_containers(container):
    gradient = grad(total)(container)
    assert type(gradient) is type(container)
    first = gradient["nested"][0] if "nested" in getattr(container, "keys", dict)() else gradient
    weights = first.weights if hasattr(first, "weights") else first["weights"]
    np.testing.assert_array_equal(weights, 2 * X * 0.5)


def test_r11_a_dict_inside_the_function_is_a_dict():
    assert grad(lambda p: p.copy()["a"] ** 2 + {**p}["a"] + len(p))({"a": 3.0}) == {"a": 7.0}


def test_r12_a_traced_value_by_keyword_is_seen():
    check(lambda x: np.sum(a=x**2) + np.dot(b=x, a=W) + np.clip(a_max=2.0, a=x, a_min=x * x).sum())


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csc_matrix])
def test_r13_sparse_matrices(kind):
    s = kind(np.where(Q > 0.25, Q, 0.0))
    check(lambda x: (s @ x**2 * W).sum() + (x @ s * x).sum() + (s.dot(np.outer(x, x)) * Q).sum())


def test_r14_pandas():
    series, frame = pd.Series(W), pd.DataFrame(Q)
    f = lambda x: (series * x + x / series - frame[1] * x**2 + 2 * (frame * x).sum(axis=0)).sum()  # noqa: E731
    assert_near(grad(f)(X), W + 1 / W - 2 * Q[:, 1] * X + 2 * Q.sum(0), 1e-15, "tables beside traced arrays")
    np.testing.assert_array_equal(grad(lambda x: np.sum(x**2))(series), 2 * W)
    np.testing.assert_array_equal(grad(lambda x: np.sum(x**2))(frame), 2 * Q)


def test_r15_a_list_where_an_array_is_needed_says_so():
    with pytest.raises(TypeError, match=r"Of a list with traced values make easygrad.numpy.array"):
        grad(lambda x: np.sum(x) ** 2)([1.0, 2.0])
    assert grad(lambda x: np.sum(enp.array(x)) ** 2)([1.0, 2.0]) == [6.0, 6.0]
    assert grad(lambda x: np.sum(np.stack(x)) ** 2)([1.0, 2.0]) == [6.0, 6.0]
    np.testing.assert_array_equal(grad(lambda x: np.dot(x, [1.0, 2.0, 3.0]))(X), [1.0, 2.0, 3.0])


def test_r16_jacobians_of_anything():
    by_x, by_y = jacobian(lambda x, y: x * y, (0, 1))(X, W)
    np.testing.assert_array_equal(by_x, np.diag(W))
    np.testing.assert_array_equal(by_y, np.diag(X))
    np.testing.assert_array_equal(jacobian(lambda p: {"y": p["x"] * 2.0})({"x": X})["y"]["x"], 2 * np.eye(3))
    np.testing.assert_array_equal(hessian(lambda p: (p["x"] ** 2).sum())({"x": X})["x"]["x"], 2 * np.eye(3))
    np.testing.assert_array_equal(jacobian(lambda x: x * 1j)(X), 1j * np.eye(3))
    np.testing.assert_array_equal(jacobian(lambda z: z**2)(X + 1j), np.diag(2 * (X + 1j)))
    assert jacobian(lambda x: x[:0])(X).shape == (0, 3)


def test_r17_gradient_by_the_name_of_an_argument():
    def f(a, b):
        return a**2 * b

    assert grad(f, "b")(3.0, 2.0) == 9.0
    assert grad(f)(a=3.0, b=2.0) == 12.0
    assert grad(f, ("b", "a"))(3.0, b=2.0) == (9.0, 12.0)


def test_r18_gradient_with_respect_to_all_arguments():
    assert multigrad_dict(lambda a, b=2.0: a**2 * b)(3.0) == {"a": 12.0, "b": 9.0}


@pytest.mark.parametrize("f", [np.sin, math.sqrt], ids=["numpy", "math"])
def test_r19_pickle(f):
    assert type(pickle.loads(pickle.dumps(grad(f)))) is type(grad(f))


def test_r19_pickled_gradient_and_namespace():
    assert pickle.loads(pickle.dumps(grad(np.sin)))(0.5) == math.cos(0.5)
    assert pickle.loads(pickle.dumps(value_and_grad(enp.sin)))(0.5) == (math.sin(0.5), math.cos(0.5))
    for function in (enp.sin, enp.where, enp.linalg.solve, enp.fft.rfft, enp.concatenate, enp.zeros_like):
        assert pickle.loads(pickle.dumps(function)) is function


# Calls that give a wrong answer elsewhere without a word


@pytest.mark.parametrize(
    "f", [lambda x: x * np.sum(x), np.cumsum, lambda x: x[::-1] * x, lambda x: np.sort(x), lambda x: Q @ x]
)
def test_s11_elementwise_grad_of_what_is_not_elementwise(f):
    with pytest.raises(TypeError, match=r"elementwise_grad: .* jacobian"):
        elementwise_grad(f)(X)


def test_s11_elementwise_grad_of_what_is_elementwise():
    np.testing.assert_array_equal(elementwise_grad(elementwise_grad(lambda x: x**3))(X), 6 * X)
    np.testing.assert_array_equal(elementwise_grad(lambda x: np.where(x > 0, x, 0.0))(X), [1.0, 0.0, 1.0])


def test_s12_changing_the_input_after_the_call():
    x = np.array([1.0, 2.0])
    pullback, _ = make_vjp(lambda x: np.sum(x**2))(x)
    _, other = vjp(lambda x: np.sum(x**2), x)
    x[:] = 0.0
    np.testing.assert_array_equal(pullback(1.0), [2.0, 4.0])
    np.testing.assert_array_equal(other(1.0), [2.0, 4.0])


@pytest.mark.parametrize("transform", [grad, deriv])
def test_s13_a_traced_value_that_outlived_its_derivative(transform):
    kept = []
    transform(lambda x: kept.append(x) or x * 2.0)(1.0)
    assert "ended" in repr(kept[0])
    with pytest.raises(RuntimeError, match="outlived its derivative"):
        transform(lambda x: x * kept[0])(1.0)


def test_s14_plain_functions_of_numpy_see_a_traced_second_argument():
    check(lambda x: np.tensordot(Q, x, 1) @ W)


def test_s15_threads():
    answers = []

    def work():
        answers.extend(grad(lambda x: x * grad(lambda y: x * y * y)(x))(2.0) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {24.0}
    assert len(answers) == 200


def test_s16_an_exception_leaves_no_level_behind():
    def fails(x):
        raise OverflowError

    for _ in range(3):
        with pytest.raises(OverflowError):
            grad(fails)(1.0)
    assert grad(lambda x: grad(lambda y: x * y)(3.0))(2.0) == 1.0


def test_s17_local_functions_are_forgotten():
    def made():
        data = np.ones(1000)

        @primitive
        def local(x):
            return np.sum(x * data)

        defvjp(local, lambda ans, x: lambda g: g * data)
        assert grad(local)(np.ones(1000))[0] == 1.0
        wrapped = checkpoint(lambda x: np.sum(x * data))
        assert grad(wrapped)(np.ones(1000))[0] == 1.0
        return weakref.ref(local), weakref.ref(data), weakref.ref(wrapped)

    links = made()
    gc.collect()
    assert [link() for link in links] == [None] * 3
