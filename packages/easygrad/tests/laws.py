"""The laws that every rule must keep, as functions that raise AssertionError where a sample breaks one.

A sample is a function of arrays and a point where it is smooth. The referee of the first derivative is central
differences, extrapolated to step 0; what follows from the first derivative (the transpose, the second order, the
dtypes) is checked to rounding. ``test_laws.py`` plants faults and shows that the laws find them.

To add a primitive, add its sample to the table of its family in ``rules/``; a gate there fails until it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from easygrad import grad, jvp, vjp
from easygrad.batches import Batch, HiddenError

Arrays = tuple[Any, ...]


class Sample:
    """A function and a smooth point; ``analytic`` says that it is to be checked at complex numbers as well."""

    def __init__(self, function: Callable[..., Any], *args: Any, analytic: bool = False) -> None:
        self.function = function
        self.args = tuple(np.asarray(x, np.float64) for x in args)
        self.analytic = analytic

    @property
    def complex_args(self) -> Arrays:
        """The point, moved off the real axis."""
        return tuple(x + 0.3j * np.cos(np.reshape(np.arange(x.size), x.shape)) for x in self.args)

    @property
    def points(self) -> list[Arrays]:
        """The real point, and the complex one where the function is defined there."""
        return [self.args, self.complex_args] if self.analytic else [self.args]


def direction(like: Any, seed: int) -> Any:
    """Return an array like another, of fixed numbers between -1 and 1."""
    numbers = np.random.default_rng(seed)
    x = numbers.uniform(-1, 1, np.shape(like))
    return x + 1j * numbers.uniform(-1, 1, np.shape(like)) if np.iscomplexobj(like) else x


def directions(args: Sequence[Any], seed: int) -> Arrays:
    """Return a direction for each argument."""
    return tuple(direction(x, seed + i) for i, x in enumerate(args))


def difference(function: Callable[..., Any], args: Arrays, tangents: Arrays, step: float = 0.01) -> Any:
    """Return the derivative in a direction by central differences, five steps extrapolated to 0."""

    def central(h: float) -> Any:
        ahead = function(*[x + h * t for x, t in zip(args, tangents, strict=True)])
        behind = function(*[x - h * t for x, t in zip(args, tangents, strict=True)])
        return (flat(ahead) - flat(behind)) / (2 * h)

    column = [central(step / 2**k) for k in range(5)]
    for power in (4, 16, 64, 256):
        column = [(power * fine - rough) / (power - 1) for rough, fine in pairwise(column)]
    return column[0]


def flat(x: Any) -> Any:
    """Return an array or a tuple of arrays as one vector."""
    return np.concatenate([np.ravel(part) for part in x]) if isinstance(x, tuple) else np.ravel(x)


def inner(a: Any, b: Any) -> Any:
    """Return the pairing of a cotangent with a tangent, ``Re(sum(a * b))``."""
    return np.real(np.sum(flat(a) * flat(b)))


def assert_near(actual: Any, expected: Any, tolerance: float, what: str) -> None:
    """Raise unless two results agree relative to the greatest number in them; nan agrees with nothing."""
    actual, expected = flat(actual), flat(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    scale = max(np.max(np.abs(expected), initial=0.0), 1e-3)
    error = np.max(np.abs(actual - expected), initial=0.0)
    assert error <= tolerance * scale, f"{what}: {actual} differs from {expected} by {error}"


def pushforward_is_the_derivative(sample: Sample) -> None:
    """Forward mode gives the derivative that differences give."""
    for args in sample.points:
        tangents = directions(args, 1)
        value, tangent = jvp(sample.function, args, tangents)
        assert_near(value, sample.function(*args), 4e-15, "value")
        assert np.shape(tangent) == np.shape(value), f"tangent of shape {np.shape(tangent)}"
        assert_near(tangent, difference(sample.function, args, tangents), 1e-8, "jvp")


def pullback_is_the_transpose(sample: Sample) -> None:
    """``<g, J t> = <J^T g, t>``, for all arguments together and for each one alone."""
    for args in sample.points:
        tangents = directions(args, 1)
        value, pullback = vjp(sample.function, *args)
        assert_near(value, sample.function(*args), 4e-15, "value")
        g = direction(value, 9)
        pulled = pullback(g)
        for i, t in enumerate(tangents):
            pulled_i = pulled[i] if len(args) > 1 else pulled
            assert np.shape(pulled_i) == np.shape(args[i]), f"gradient {i} of shape {np.shape(pulled_i)}"
            alone = tuple(t if j == i else np.zeros_like(x) for j, x in enumerate(args))
            tangent = jvp(sample.function, args, alone)[1]
            scale = np.sum(np.abs(flat(g)) * np.abs(flat(tangent))) + np.sum(np.abs(flat(pulled_i) * flat(t)))
            gap = abs(inner(g, tangent) - inner(pulled_i, t))
            assert gap <= 1e-13 * (scale + 1e-3), f"transpose of argument {i}: off by {gap}"
        assert_near(pullback(g), pulled, 0.0, "the second call of the pullback")


def quadratic(sample: Sample) -> Callable[..., Any]:
    """Return a real function of the sample whose second derivative involves the first and second of the sample."""
    weights = np.random.default_rng(5).uniform(0.5, 1.5, np.shape(sample.function(*sample.args)))

    def total(*args: Any) -> Any:
        y = sample.function(*args)
        return np.sum(weights * np.real(y * np.conj(y) + y))

    return total


def second_order_agrees(sample: Sample) -> None:
    """Four pairs of modes give one symmetric Hessian-vector product, the one of differences of the gradient."""
    for args in sample.points:
        places = tuple(range(len(args)))
        f, u, v = quadratic(sample), directions(args, 3), directions(args, 6)
        gradient = grad(f, places)
        products = {
            "forward over reverse": jvp(gradient, args, v)[1],
            "reverse over reverse": grad(lambda *x, h=gradient, w=v: pair(h(*x), w), places)(*args),
            "reverse over forward": grad(along(f, v), places)(*args),
        }
        expected = difference(gradient, args, v)
        for modes, product in products.items():
            assert_near(product, expected, 1e-7, modes)
            assert_near(product, products["forward over reverse"], 1e-11, modes)
        uv, vu = jvp(along(f, v), args, u)[1], jvp(along(f, u), args, v)[1]
        scale = np.sum(np.abs(flat(u)) * np.abs(flat(expected))) + 1e-3
        assert abs(uv - vu) <= 1e-11 * scale, f"not symmetric: {uv} and {vu}"
        assert abs(uv - inner(u, products["forward over reverse"])) <= 1e-11 * scale, "forward over forward"


def pair(gradients: Any, tangents: Arrays) -> Any:
    """Return ``Re(sum(g * t))`` over the arguments, with functions that can be differentiated."""
    return sum(np.sum(np.real(g * t)) for g, t in zip(gradients, tangents, strict=True))


def along(f: Callable[..., Any], tangents: Arrays) -> Callable[..., Any]:
    """Return the derivative of ``f`` in a direction, by forward mode."""
    return lambda *args: jvp(f, args, tangents)[1]


def dtype_is_kept(sample: Sample) -> None:
    """Single precision in, single precision out, in both modes, with the numbers of double precision."""
    for args in sample.points:
        single = np.complex64 if np.iscomplexobj(args[0]) else np.float32
        small, tangents = tuple(x.astype(single) for x in args), directions(args, 1)
        value, tangent = jvp(sample.function, small, tuple(t.astype(single) for t in tangents))
        wanted = np.complex64 if np.iscomplexobj(sample.function(*args)) else np.float32
        assert value.dtype == tangent.dtype == wanted, f"value {value.dtype}, tangent {tangent.dtype}"
        assert_near(tangent, jvp(sample.function, args, tangents)[1], 1e-3, "single precision")
        pulled = vjp(sample.function, *small)[1](np.ones_like(value))
        for part in pulled if len(args) > 1 else (pulled,):
            assert part.dtype == single, f"gradient {part.dtype}"


def inputs_are_left_alone(sample: Sample) -> None:
    """Check that no input is changed, and that a gradient is writeable and nobody else's memory."""
    args = tuple(locked(x) for x in sample.args)
    jvp(sample.function, args, args)  # forward mode takes the arrays as they are, vjp copies them
    value, pullback = vjp(sample.function, *args)
    g = locked(direction(value, 9))
    kept = g.copy()
    pulled = pullback(g) if len(args) > 1 else (pullback(g),)
    assert_near(args, sample.args, 0.0, "inputs")
    assert_near(g, kept, 0.0, "cotangent")
    others = [*args, g, value, *pulled]
    for part in pulled:
        assert part.flags.writeable, "a gradient is not writeable"
        assert sum(np.shares_memory(part, x) for x in others) == 1, "a gradient shares memory"


def locked(x: Any) -> Any:
    """Return a copy of an array; writing into it raises."""
    x = np.array(x)
    x.setflags(write=False)
    return x


def writes_show_as_in_numpy(sample: Sample) -> None:
    """After a write into an argument, an earlier result shows it exactly where NumPy's result is a view."""
    for i, x in enumerate(sample.args):
        if not x.size:
            continue

        def after_a_write(*args: Any, place: int = i) -> Any:
            result = sample.function(*args)
            args[place][...] = args[place] + 1.0
            return result

        expected = after_a_write(*map(np.array, sample.args))
        assert_near(
            jvp(after_a_write, sample.args, sample.args)[0], expected, 4e-15, f"after a write into argument {i}"
        )


def rows_go_together(sample: Sample) -> None:
    """Many cotangents or tangents at once, as Jacobians take them, give what each of them gives alone."""
    for args in sample.points:
        places = tuple(range(len(args)))
        value, pullback = vjp(sample.function, *args)
        assert_rows_agree(pullback, (value,), "vjp")
        assert_rows_agree(lambda *t, x=args: jvp(sample.function, x, t)[1], args, "jvp")
        gradient = grad(quadratic(sample), places)
        assert_rows_agree(vjp(gradient, *args)[1], args, "vjp of a gradient", whole=True)


def assert_rows_agree(linear: Callable[..., Any], like: Arrays, what: str, whole: bool = False) -> None:
    """Raise unless a linear function of arrays gives for the boxes of a batch what it gives for each row."""
    rows = [np.stack([direction(x, seed) for seed in range(5)]) for x in like]
    batch = Batch(5)
    boxes = [batch.box(part) for part in rows]
    try:
        together = linear(tuple(boxes)) if whole else linear(*boxes)
    except HiddenError:  # the rule looks at numbers; a Jacobian takes the rows one by one then
        return
    together = together if isinstance(together, tuple) else (together,)
    for k in range(5):
        row = tuple(part[k] for part in rows)
        alone = linear(row) if whole else linear(*row)
        found = tuple(batch.rows(x)[k] for x in together)
        assert_near(found if isinstance(alone, tuple) else found[0], alone, 1e-11, f"row {k} of the {what}")


LAWS = [
    pushforward_is_the_derivative,
    pullback_is_the_transpose,
    second_order_agrees,
    dtype_is_kept,
    inputs_are_left_alone,
    writes_show_as_in_numpy,
    rows_go_together,
]


def law_name(law: Callable[..., Any]) -> str:
    """Return the name of a law, as the id of a test."""
    return law.__name__


def primitives_of(module: Any) -> set[str]:
    """Return the names of the primitives in a module of rules."""
    return {name for name, value in vars(module).items() if hasattr(value, "primitive")}
