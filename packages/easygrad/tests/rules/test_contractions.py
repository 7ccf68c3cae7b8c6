"""``einsum``: every notation, in the laws, and the cost of its gradient."""

import numpy as np
import pytest

import easygrad.numpy as enp
from easygrad import grad, vjp
from easygrad.rules import contractions as family

from ..laws import (
    LAWS,
    Sample,
    assert_near,
    direction,
    law_name,
    primitives_of,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)


def numbers(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).uniform(0.5, 1.5, shape) * np.resize([1.0, -1.0, 1.0], shape)


SUBSCRIPTS = {
    "explicit": ("ij,jk->ik", (2, 3), (3, 4)),
    "implicit": ("ij,jk", (2, 3), (3, 4)),
    "implicit order": ("ba", (2, 3)),
    "implicit trace": ("ii", (3, 3)),
    "implicit inner": ("i,i", (3,), (3,)),
    "spaces": (" i j , j k -> k i ", (2, 3), (3, 4)),
    "capitals": ("aB,Bc", (2, 3), (3, 4)),
    "diagonal": ("ii->i", (3, 3)),
    "diagonal of three": ("iii->i", (2, 2, 2)),
    "trace times": ("ii,j->j", (3, 3), (2,)),
    "repeated in one of two": ("iij,j->i", (2, 2, 3), (3,)),
    "repeated twice": ("iijj->ji", (2, 2, 3, 3)),
    "repeated apart": ("iji,k->jk", (2, 3, 2), (2,)),
    "summed alone": ("ij,k->k", (2, 3), (4,)),
    "sum of all": ("ij->", (2, 3)),
    "transposed": ("ijk->kij", (2, 3, 4)),
    "batched": ("bij,bjk->bik", (2, 3, 2), (2, 2, 3)),
    "outer": ("i,j->ij", (2,), (3,)),
    "elementwise": ("ij,ij->ij", (2, 3), (2, 3)),
    "three": ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    "four": ("i,ij,jk,k->", (2,), (2, 3), (3, 4), (4,)),
    "all share": ("i,i,i->i", (3,), (3,), (3,)),
    "one of one": ("i->i", (3,)),
    "number": (",ij->ij", (), (2, 3)),
    "number alone": ("->", ()),
    "broadcast": ("i,i->i", (1,), (3,)),
    "broadcast sum": ("i,i", (3,), (1,)),
    "broadcast matrix": ("ij,jk->ik", (2, 1), (3, 4)),
    "broadcast both": ("ij,ij->ij", (2, 1), (1, 3)),
    "broadcast alone in the answer": ("ij,ij->i", (2, 1), (1, 3)),
    "ellipsis": ("...ij,...jk->...ik", (5, 2, 3), (5, 3, 2)),
    "ellipsis implicit": ("...i,...i", (2, 3), (2, 3)),
    "ellipsis shorter": ("...i,i->...", (2, 4, 3), (3,)),
    "ellipsis broadcast": ("...i,...i->...i", (2, 4, 3), (4, 3)),
    "ellipsis of length 1": ("...i,...i->...", (2, 1, 3), (1, 4, 3)),
    "ellipsis in the middle": ("i...j,j->i...", (2, 4, 3), (3,)),
    "ellipsis at the end": ("ij...->j...i", (2, 3, 2)),
    "ellipsis of nothing": ("...i->...", (3,)),
    "ellipsis in one": ("i...,i->i...", (2, 3), (2,)),
    "ellipsis with a diagonal": ("...ii->...i", (2, 3, 3)),
    "empty": ("ij,jk->ik", (2, 0), (0, 3)),
}
LISTS = {
    "lists": (lambda x, y: np.einsum(x, [0, 1], y, [1, 2], [2, 0]), (2, 3), (3, 4)),
    "lists implicit": (lambda x, y: np.einsum(x, [5, 1], y, [1, 30]), (2, 3), (3, 4)),
    "lists ellipsis": (lambda x, y: np.einsum(x, [Ellipsis, 0], y, [0], [Ellipsis]), (2, 4, 3), (3,)),
    "lists trace": (lambda x: np.einsum(x, [0, 0]), (3, 3)),
    "lists tuple": (lambda x: np.einsum(x, (1, 0), (0, 1)), (2, 3)),
    "lists number": (lambda x: np.einsum(x, [], []), ()),
}
OPTIMIZE = [
    True,
    "greedy",
    "optimal",
    ["einsum_path", (0, 1), (0, 1)],
    ["einsum_path", (1, 2), (0, 1)],
    ["einsum_path", (0, 1, 2)],
]


def sample(subscripts, *shapes, **options):
    return Sample(
        lambda *arrays: np.einsum(subscripts, *arrays, **options), *[numbers(*shape) for shape in shapes], analytic=True
    )


def matrix_product(x, y):
    return family.contraction(x, y, inputs=[[0, 1], [1, 2]], output=[0, 2], optimize=False)


SAMPLES = {"contraction": Sample(matrix_product, numbers(2, 3), numbers(3, 2), analytic=True)}
COMPOSITES = {"einsum": sample("ij,jk->ki", (2, 3), (3, 4)), "trace": sample("iij,j->ij", (2, 2, 3), (3,))}


def test_every_primitive_has_a_sample():
    assert primitives_of(family) == set(SAMPLES)


@pytest.mark.parametrize("law", LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES | COMPOSITES)
def test_law(name, law):
    law((SAMPLES | COMPOSITES)[name])


def keeps_the_laws(case):
    pushforward_is_the_derivative(case)
    pullback_is_the_transpose(case)
    second_order_agrees(case)


@pytest.mark.parametrize("name", SUBSCRIPTS)
def test_subscripts(name):
    keeps_the_laws(sample(*SUBSCRIPTS[name]))


@pytest.mark.parametrize("name", LISTS)
def test_lists(name):
    function, *shapes = LISTS[name]
    keeps_the_laws(Sample(function, *[numbers(*shape) for shape in shapes], analytic=True))


@pytest.mark.parametrize("optimize", OPTIMIZE, ids=str)
def test_optimize(optimize):
    case = sample("ij,jk,kl->il", (2, 3), (3, 4), (4, 2), optimize=optimize)
    pullback_is_the_transpose(case)
    pushforward_is_the_derivative(case)


def test_optimize_is_passed_on_to_the_gradient(monkeypatch):
    seen, plain = [], np.einsum
    monkeypatch.setattr(
        np, "einsum", lambda *args, **options: seen.append(options["optimize"]) or plain(*args, **options)
    )
    x, y = numbers(2, 3), numbers(3, 4)
    grad(lambda a: np.sum(enp.einsum("ij,jk,kl", a, y, y.T, optimize="greedy")))(x)
    assert seen == ["greedy", "greedy"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_constant_operands(place):
    constants = [numbers(2, 3), numbers(3, 4).tolist(), numbers(4, 2)]

    def function(x):
        operands = [*constants[:place], x, *constants[place + 1 :]]
        return enp.einsum("ij,jk,kl->li", *operands)

    keeps_the_laws(Sample(function, np.asarray(constants[place])))


def test_one_array_in_several_places():
    keeps_the_laws(Sample(lambda x: np.einsum("ij,jk,ki->", x, x, x), numbers(3, 3), analytic=True))


def test_real_operand_of_complex_ones_has_a_real_gradient():
    x, z = numbers(2, 3), numbers(3, 2) + 1j
    value, pullback = vjp(lambda a: np.einsum("ij,jk", a, z), x)
    g = direction(value, 3)
    assert pullback(g).dtype == np.float64
    assert_near(pullback(g), np.real(g @ z.T), 1e-14, "gradient")


def test_dtype():
    x = numbers(2, 3).astype(np.float32)
    value, pullback = vjp(lambda a: np.einsum("ij->i", a, dtype=np.float64), x)
    assert value.dtype == np.float64
    assert pullback(np.ones(2)).dtype == np.float32
    with pytest.raises(TypeError, match="cast"):
        grad(lambda a: np.sum(np.einsum("ij->i", a, dtype=np.float32)))(numbers(2, 3))


REFUSED = {
    "repeated in the answer": ("ij->ii", (2, 3)),
    "unknown in the answer": ("ij->k", (2, 3)),
    "too few operands": ("ij,jk->ik", (2, 3)),
    "too few labels": ("i->i", (2, 3)),
    "lengths that differ": ("ij,jk->ik", (2, 3), (2, 3)),
    "no letter": ("i1->i", (2, 3)),
    "two dots": ("..i->i", (2, 3)),
    "ellipsis that the answer leaves out": ("...i->i", (2, 3)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_numpy_refuses_is_refused(name):
    subscripts, *shapes = REFUSED[name]
    arrays = [numbers(*shape) for shape in shapes]
    with pytest.raises(ValueError):  # noqa: PT011  # NumPy's words, which change
        np.einsum(subscripts, *arrays)
    with pytest.raises(ValueError):  # noqa: PT011
        grad(lambda x: np.sum(np.einsum(subscripts, x, *arrays[1:])))(arrays[0])


def test_answer_into_an_array_is_refused():
    with pytest.raises(TypeError, match="out"):
        grad(lambda x: np.sum(np.einsum("ij->i", x, out=np.zeros(2))))(numbers(2, 3))


def test_path_is_that_of_the_plain_values():
    seen = []
    grad(lambda x: seen.append(np.einsum_path("ij,jk,kl", x, numbers(3, 4), numbers(4, 2))) or np.sum(x))(numbers(2, 3))
    assert seen == [np.einsum_path("ij,jk,kl", numbers(2, 3), numbers(3, 4), numbers(4, 2))]
