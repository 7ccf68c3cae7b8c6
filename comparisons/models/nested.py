"""Derivatives inside what is differentiated: a particle in a field of charges, and a saddle by two nested descents.

Particle: two charges at (10, 10 - w) and (10, 0) repel a particle that starts at (0, 8) with the speed (0.75, 0). Its
path is made of Euler steps of 0.1, the force being an inner gradient of the potential, until the next step would cross
the axis; the value is the square of the place where it crosses. That is minimised over w, so one outer gradient holds
several hundred inner ones.

Saddle: the minimum over x of the maximum over y of |x|**2 - |y|**2, both in two dimensions, both by descent.

Both are the nested examples of Siskind and Pearlmutter, as is the rule of descent: the step doubles after ten successes
in a row and halves after a failure, and it ends where the gradient or the step is shorter than TOLERANCE. The whole
optimisations take minutes and belong to the slow tests.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed, interval

from graddiff import Case
from graddiff.domains import POSITIVE, Domain

Vector = Any
STEP = 0.1
FROM, THROWN = (0.0, 8.0), (0.75, 0.0)  # place and speed of the particle at the start
TOLERANCE = 1e-5
START = numpy.ones(2)


def descend(f: Function, slope: Function, x: Any) -> Any:
    """Return the place where f, with this gradient, is least, by descent with an adaptive step."""
    value, direction, rate, successes = f(x), slope(x), 1e-5, 0
    while length(direction) > TOLERANCE:
        if successes == 10:
            rate, successes = 2 * rate, 0
        further = x - rate * direction
        if length(x - further) <= TOLERANCE:
            break
        better = f(further)
        if better < value:
            x, value, direction, successes = further, better, slope(further), successes + 1
        else:
            rate, successes = rate / 2, 0
    return x


def length(x: Any) -> Any:
    """Return the Euclidean length of a vector, of a library's box and of exact numbers too."""
    return (x * x).sum() ** 0.5


def charges(np: Any, w: Any) -> tuple[Vector, Vector]:
    """Return the places of the charges."""
    return np.array([10.0, 10.0 - w]), numpy.array([10.0, 0.0])


def potential(np: Any, w: Any) -> Function:
    """Return the potential of both charges as a function of the place."""
    first, second = charges(np, w)
    return lambda x: 1 / np.sqrt(np.sum((x - first) ** 2)) + 1 / np.sqrt(np.sum((x - second) ** 2))


def potential_slope(np: Any, w: Any) -> Function:
    """Return the gradient of the potential by hand."""
    return lambda x: sum((charge - x) / np.sum((x - charge) ** 2) ** 1.5 for charge in charges(np, w))


def flight(slope: Function, place: Vector, speed: Vector, step: float) -> Any:
    """Return the square of the place where the particle crosses the axis."""
    following = place + step * speed
    while following[1] > 0:
        place, speed = following, speed - step * slope(place)  # both from the old place: the explicit rule
        following = place + step * speed
    return (place[0] - place[1] / speed[1] * speed[0]) ** 2


def crossing(np: Any, lib: Any, step: float = STEP) -> Function:
    """Return the square of the crossing as a function of w, the place and the speed at the start."""
    return lambda w, place, speed: flight(lib.grad(potential(np, w)), place, speed, step)


def crossing_of_w(np: Any, lib: Any) -> Function:
    """Return the square of the crossing as a function of w alone, from the start of the example."""
    return lambda w: crossing(np, lib)(w, numpy.array(FROM), numpy.array(THROWN))


def crossing_by_hand(np: Any) -> Function:
    """Return the same with the inner gradient by hand, which is quicker on exact numbers."""
    return lambda w: flight(potential_slope(np, w), numpy.array(FROM), numpy.array(THROWN), STEP)


def best_w(np: Any, lib: Any) -> Any:
    """Return the w that minimises the square of the crossing, from 0: the whole optimisation."""
    cost = crossing_of_w(np, lib)
    slope = lib.grad(lambda w: cost(w[0]))
    return descend(lambda w: cost(w[0]), slope, numpy.zeros(1))[0]


def height(np: Any) -> Function:
    """Return |x|**2 - |y|**2."""
    return lambda x, y: np.sum(x**2) - np.sum(y**2)


def highest(np: Any, grad: Function) -> Function:
    """Return the place of the maximum over y for a given x, by descent of the negative."""

    def over_y(x: Vector) -> Vector:
        def depth(y: Vector) -> Any:
            return -height(np)(x, y)

        return descend(depth, grad(depth), START)

    return over_y


def ridge(np: Any, grad: Function) -> Function:
    """Return the maximum over y as a function of x: what the outer descent minimises."""
    return lambda x: height(np)(x, highest(np, grad)(x))


def depth_slope(depth: Function) -> Function:
    """Return the gradient over y by hand, which is quicker on exact numbers."""
    return lambda y: 2 * y


def saddle(np: Any, lib: Any) -> Vector:
    """Return the saddle, x then y: the whole optimisation."""
    cost = ridge(np, lib.grad)
    x = descend(cost, lib.grad(cost), START)
    return numpy.concatenate([x, highest(np, lib.grad)(x)])


def fixed(name: str, *values: float) -> Domain:
    """Return the domain of one array."""
    return Domain(name, lambda rng, shape: numpy.array(values).reshape(shape))


PLACE, SPEED = fixed("PLACE", *FROM), fixed("SPEED", *THROWN)
PARTICLE = Case(
    "particle",
    crossing_of_w,
    [fixed("NO_SHIFT", 0.0)],
    shapes=[()],
    aspects=("vjp",),
    orders=(1,),
    reference=crossing_by_hand,
)
LONG_STEPS = Case(
    "particle.long_steps",
    lambda np, lib: crossing(np, lib, step=3.0),
    [interval("SHIFT", 0.1, 0.4), PLACE, SPEED],
    shapes=[((), (2,), (2,))],
    aspects=("value", "vjp", "jvp"),
    orders=(1,),
)
SADDLE = Case(
    "saddle",
    lambda np, lib: ridge(np, lib.grad),
    [POSITIVE],
    shapes=[(2,)],
    aspects=("value", "vjp", "jvp"),
    orders=(1,),
    reference=lambda np: ridge(np, depth_slope),
)


def timed() -> list[Timed]:
    """Return one outer gradient of each."""
    return [Timed(PARTICLE), Timed(SADDLE, by_hand=lambda x: 2 * x)]
