"""Derivatives within derivatives: functions that close over the variables of the functions around them.

Most rows are nestings that an engine gets wrong if it mixes up its levels (perturbation confusion). To add
one, write a function `(np, lib)` that returns the function to compare and calls `lib.grad`, `lib.deriv`,
`lib.vjp` and so on inside; list it below. Keep the variable a scalar: each level costs the referee two
evaluations. The referee also calls inner functions more often than a library does: do not count calls.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from graddiff import Case
from graddiff.domains import NONZERO, POSITIVE, REAL

Function = Callable[..., Any]

# One level inside, with the inner function closing over x; `nest` is grad (reverse) or deriv (forward)


def confusion(np: Any, nest: Any) -> Function:
    """Return x -> x * d/dy (x * y), the classic: 2 x and not 1."""
    return lambda x: x * nest(lambda y: x * y)(x)


def confusion_of_sum(np: Any, nest: Any) -> Function:
    """Return x -> x * d/dy (x + y) at 1, the other classic: x, with the derivative 1 and not 2."""
    return lambda x: x * nest(lambda y: x + y)(1.0)


def captured_wave(np: Any, nest: Any) -> Function:
    """Return x -> d/dy (sin(x y) exp(y)) at y = x**2."""
    return lambda x: nest(lambda y: np.sin(x * y) * np.exp(y))(x * x)


def pair(np: Any, outer: Any, inner: Any) -> Function:
    """Return two levels; the inner function closes over both variables around it."""
    return lambda x: outer(lambda y: y * inner(lambda z: np.sin(x * y * z))(x + y))(x * x)


def triple(np: Any, first: Any, second: Any, third: Any) -> Function:
    """Return three levels; the innermost function closes over all variables around it."""

    def outer(x: Any) -> Any:
        def middle(y: Any) -> Any:
            return x * second(lambda z: y * z * third(lambda w: np.exp(x * y * z * w / 9.0))(z))(y)

        return first(middle)(x)

    return outer


MODES = ("grad", "deriv")

CONFUSIONS = [
    Case(
        f"closure.{name}.{mode}",
        lambda np, lib, build=build, mode=mode: build(np, getattr(lib, mode)),
        [REAL],
        shapes=[()],
        kinds=("float",),
    )
    for name, build in (
        ("confusion", confusion),
        ("confusion_of_sum", confusion_of_sum),
        ("captured_wave", captured_wave),
    )
    for mode in MODES
]

PAIRS = [
    Case(
        f"closure.pair.{outer}_{inner}",
        lambda np, lib, outer=outer, inner=inner: pair(np, getattr(lib, outer), getattr(lib, inner)),
        [POSITIVE],
        shapes=[()],
        orders=(1,),
    )
    for outer in MODES
    for inner in MODES
]

TRIPLES = [
    Case(
        f"closure.triple.{first}_{second}_{third}",
        lambda np, lib, modes=(first, second, third): triple(np, *(getattr(lib, mode) for mode in modes)),
        [POSITIVE],
        shapes=[()],
        orders=(1,),
    )
    for first in MODES
    for second in MODES
    for third in MODES
]

# Recursion


def nth_derivative(np: Any, lib: Any) -> Function:
    """Return the third derivative, by a function that differentiates itself as often as it is told."""

    def differentiated(f: Function, times: int) -> Function:
        return f if times == 0 else differentiated(lib.grad(f), times - 1)

    return differentiated(lambda x: np.sin(x * x), 3)


def alternating_derivative(np: Any, lib: Any) -> Function:
    """Return a fourth derivative in alternating modes, each level adding its own factor of x."""

    def level(x: Any, n: int) -> Any:
        if n == 0:
            return np.exp(-x) * x
        mode = lib.grad if n % 2 else lib.deriv
        return x * mode(lambda y: level(y, n - 1))(x)

    return lambda x: level(x, 3)


def tower_of_closures(np: Any, lib: Any) -> Function:
    """Return a recursion in which each level closes over the variables of all levels above."""

    def level(outer: tuple[Any, ...]) -> Any:
        if len(outer) == 3:
            product = 1.0
            for x in outer:
                product = product * x
            return np.sin(product)
        return lib.grad(lambda y: level((*outer, y)))(outer[-1])

    return lambda x: level((x,))


def recursion_on_a_list(np: Any, lib: Any) -> Function:
    """Return Horner's rule by recursion, and the derivative of that inside."""

    def horner(coefficients: list[Any], y: Any) -> Any:
        if not coefficients:
            return 0.0 * y
        return coefficients[0] + y * horner(coefficients[1:], y)

    return lambda x: lib.grad(lambda y: horner([1.0, x, x * x, y], y))(x)


# Loops and containers


def list_of_closures(np: Any, lib: Any) -> Function:
    """Return a sum over functions that were made in a loop, each with its own power of x captured."""

    def function(x: Any) -> Any:
        waves = [lambda y, k=k: np.sin(x**k * y) for k in (1, 2, 3)]
        return sum(lib.grad(wave)(x / (i + 1)) for i, wave in enumerate(waves))

    return function


def dict_of_closures(np: Any, lib: Any) -> Function:
    """Return a mix of derivatives that are kept by name, in both modes."""

    def function(x: Any) -> Any:
        slopes = {"sin": lib.grad(lambda y: np.sin(x * y)), "power": lib.deriv(lambda y: y**3 / x)}
        return slopes["sin"](x) * slopes["power"](2.0 * x)

    return function


def late_binding(np: Any, lib: Any) -> Function:
    """Return a derivative of closures that all see the last value of the loop, as Python has it."""

    def function(x: Any) -> Any:
        scale, lines = x, []
        for _ in range(3):
            scale = scale * x
            lines.append(lambda y: scale * y * y)  # noqa: B023  # late binding is what this is about
        return sum(lib.grad(line)(1.0 + i) for i, line in enumerate(lines))

    return function


def closures_that_call_closures(np: Any, lib: Any) -> Function:
    """Return derivatives of functions that are composed in a loop, each calling the one before."""

    def function(x: Any) -> Any:
        composed: Function = lambda y: x * y  # noqa: E731  # a closure like those of the loop
        for _ in range(3):
            composed = lambda y, before=composed: np.tanh(before(y) + x)  # noqa: E731  # as above
        return lib.grad(composed)(x)

    return function


def shared_state(np: Any, lib: Any) -> Function:
    """Return a function whose inner function keeps a value of the outer level in a list."""

    def function(x: Any) -> Any:
        seen: list[Any] = []

        def inner(y: Any) -> Any:
            seen.append(x * x)
            return y * y * seen[-1]

        return lib.grad(inner)(x) + seen[0] * x

    return function


# Control flow


def branch_on_a_slope(np: Any, lib: Any) -> Function:
    """Return a function whose branch is chosen by an inner derivative."""

    def function(x: Any) -> Any:
        slope = lib.grad(lambda y: y**3 - x * y)(x)
        return slope * x if slope > 0 else slope * x**2

    return function


def newton(np: Any, lib: Any) -> Function:
    """Return the root of y**2 = x by Newton's method, as long as the step is large: a while loop."""

    def function(x: Any) -> Any:
        def residual(y: Any) -> Any:
            return y * y - x

        y, steps = 1.0 + 0.0 * x, 0
        while abs(residual(y)) > 1e-3 and steps < 6:
            y = y - residual(y) / lib.grad(residual)(y)
            steps += 1
        return y

    return function


# Models


def euler_step(np: Any, lib: Any) -> Function:
    """Return the place of a particle after two Euler steps; the force is a gradient of sin(k q)."""

    def function(k: Any) -> Any:
        place, speed = 0.5, 0.1
        for _ in range(2):
            force = -lib.grad(lambda q: np.sin(k * q))(place)
            place, speed = place + 0.2 * speed, speed + 0.2 * force
        return place + speed

    return function


def learning_rate(np: Any, lib: Any) -> Function:
    """Return the loss after one step of gradient descent, as a function of the learning rate."""

    def loss(w: Any) -> Any:
        return np.sum(np.tanh(w) ** 2)

    return lambda rate: loss(np.array([0.5, -1.0]) - rate * lib.grad(loss)(np.array([0.5, -1.0])))


def physics_residual(np: Any, lib: Any) -> Function:
    """Return the residual u'' + u of the trial solution sin(w t) as a function of the frequency w."""

    def function(w: Any) -> Any:
        def trial(t: Any) -> Any:
            return np.sin(w * t)

        return lib.grad(lib.grad(trial))(0.7) + trial(0.7)

    return function


# Products with derivatives, and matrices of them


def pullback_inside(np: Any, lib: Any) -> Function:
    """Return what a pullback makes of a cotangent that depends on x, in two arguments that do too."""

    def function(x: Any) -> Any:
        y, pullback = lib.vjp(lambda a, b: np.sin(a * b) * x, x, x * x)
        first, second = pullback(x)
        return y * first + second

    return function


def tangent_inside(np: Any, lib: Any) -> Function:
    """Return a tangent along a direction that depends on x."""

    def function(x: Any) -> Any:
        y, tangent = lib.jvp(lambda a, b: a**2 * np.cos(b * x), (x, 2.0 * x), (x * x, 1.0))
        return y + x * tangent

    return function


def value_and_gradient(np: Any, lib: Any) -> Function:
    """Return a product of a value and a gradient from one call."""

    def function(x: Any) -> Any:
        value, slope = lib.value_and_grad(lambda y: np.exp(x * y))(x)
        return value * slope

    return function


def hvp_inside(np: Any, lib: Any) -> Function:
    """Return a product with a Hessian that depends on x, along a vector that depends on x."""
    return lambda x: np.sum(lib.hvp(lambda y: np.sum(x * y**3), x, x * x))


def jacobian_inside(np: Any, lib: Any) -> Function:
    """Return a function of a Jacobian matrix whose function closes over x."""
    return lambda x: np.sum(lib.jacobian(lambda y: np.sin(y) * x[0])(x) * x)


def hessian_inside(np: Any, lib: Any) -> Function:
    """Return the trace of a Hessian."""

    def function(x: Any) -> Any:
        matrix = lib.hessian(lambda y: np.sum(y**3) * x[1])(x)
        return matrix[0, 0] + matrix[1, 1]

    return function


def elementwise_inside(np: Any, lib: Any) -> Function:
    """Return an elementwise derivative of a function that closes over the array."""
    return lambda x: x * lib.elementwise_grad(lambda y: np.tanh(x * y))(x)


def second_argument(np: Any, lib: Any) -> Function:
    """Return the gradient in the second argument of two that both depend on x."""
    return lambda x: lib.grad(lambda a, b: a * np.sin(a * b), 1)(x, x * x)


# Other ways to lose a level


def constant_inside(np: Any, lib: Any) -> Function:
    """Return a derivative of a function that does not look at its own variable: 0, and x stays x."""
    return lambda x: x * x + lib.grad(lambda y: x * x + 0.0 * y)(x)


def after_an_exception(np: Any, lib: Any) -> Function:
    """Return a derivative that is taken after another one was left by an exception."""

    def refuse(y: Any) -> Any:
        raise ValueError(f"no value at {type(y).__name__}")

    def function(x: Any) -> Any:
        with suppress(ValueError):
            lib.grad(refuse)(x)
        return x * lib.grad(lambda y: x * y * y)(x)

    return function


def unused_inner_derivative(np: Any, lib: Any) -> Function:
    """Return a function that takes a derivative and throws it away."""

    def function(x: Any) -> Any:
        lib.grad(lambda y: x * y)(x)
        return x**3

    return function


def interleaved(np: Any, lib: Any) -> Function:
    """Return two pullbacks that are made one after the other and used in the other order."""

    def function(x: Any) -> Any:
        _, first = lib.vjp(lambda y: np.sin(x * y), x)
        _, second = lib.vjp(lambda y: np.exp(y / x), x)
        return second(first(1.0)) + first(second(1.0))

    return function


SCALAR_NESTINGS = {
    "nth_derivative": nth_derivative,
    "alternating_derivative": alternating_derivative,
    "tower": tower_of_closures,
    "recursion_on_a_list": recursion_on_a_list,
    "list": list_of_closures,
    "dict": dict_of_closures,
    "late_binding": late_binding,
    "composed": closures_that_call_closures,
    "shared_state": shared_state,
    "branch_on_a_slope": branch_on_a_slope,
    "newton": newton,
    "euler_step": euler_step,
    "learning_rate": learning_rate,
    "physics_residual": physics_residual,
    "pullback": pullback_inside,
    "tangent": tangent_inside,
    "value_and_grad": value_and_gradient,
    "second_argument": second_argument,
    "constant": constant_inside,
    "after_an_exception": after_an_exception,
    "unused": unused_inner_derivative,
    "interleaved": interleaved,
}
ARRAY_NESTINGS = {
    "hvp": hvp_inside,
    "jacobian": jacobian_inside,
    "hessian": hessian_inside,
    "elementwise_grad": elementwise_inside,
}

CASES = [
    Case(f"closure.{name}", build, [POSITIVE], shapes=[()], kinds=("float",), orders=(1,))
    for name, build in SCALAR_NESTINGS.items()
] + [Case(f"closure.{name}", build, [NONZERO], shapes=[(2,)], orders=(1,)) for name, build in ARRAY_NESTINGS.items()]
