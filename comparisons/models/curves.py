"""Curves as they are plotted and fitted: in their variable, on the whole line of a plot, and in their parameters.

To add a curve, write a row with one domain for the variable and one for each parameter. Each is differentiated
alone, then all together; the second row of shapes is many points for one set of parameters. `CURVES` are the same
with fixed parameters and with their derivatives by hand, on a line of few points for the comparison and of 500 as they
are plotted and timed; the ladder is the same for orders 1 to 6 of one curve.

The comparison of the ladder begins at -5 and not, as the plot, at -7: its first derivative, 2 exp(-|x|) there, is the
difference of two numbers near 1, so the program itself loses three digits at -7, whoever differentiates it.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed

from graddiff import Case
from graddiff.domains import POSITIVE, REAL, Domain

PLOTTED, COMPARED = 500, 20
LADDER_PLOTTED, LADDER_COMPARED = 200, 10


def line(low: float, high: float) -> Domain:
    """Return the domain whose samples are evenly spaced points in order, as for a plot."""
    return Domain(f"LINE({low:g}, {high:g})", lambda rng, shape: numpy.linspace(low, high, shape[0]))


def ricker(np: Any) -> Function:
    """Return the wavelet of Ricker as a function of time and frequency."""
    return lambda x, f: (1 - 2 * (np.pi * f * x) ** 2) * np.exp(-((np.pi * f * x) ** 2))


def exponential(np: Any) -> Function:
    """Return the cumulative distribution of exponential waiting times with mean theta."""
    return lambda x, theta: 1 - np.exp(-x / theta)


def cauchy(np: Any) -> Function:
    """Return the cumulative distribution of Cauchy with median m and half width d."""
    return lambda x, m, d: 0.5 + np.arctan((x - m) / d) / np.pi


def beat(np: Any) -> Function:
    """Return a wave under another one that is k times as long."""
    return lambda x, k: np.sin(x) * np.cos(x / k)


def tanh_by_exp(np: Any) -> Function:
    """Return tanh of half of x, written with exp."""

    def function(x: Any) -> Any:
        decay = np.exp(-x)
        return (1.0 - decay) / (1.0 + decay)

    return function


def ricker_by_x(x: Any, f: float) -> Any:
    """Return the derivative of the wavelet in time."""
    s = numpy.pi * f * x
    return numpy.pi * f * (4 * s**3 - 6 * s) * numpy.exp(-(s**2))


def exponential_by_x(x: Any, theta: float) -> Any:
    """Return the density of exponential waiting times."""
    return numpy.exp(-x / theta) / theta


def cauchy_by_x(x: Any, m: float, d: float) -> Any:
    """Return the density of Cauchy."""
    return d / (numpy.pi * (d**2 + (x - m) ** 2))


def beat_by_x(x: Any, k: float) -> Any:
    """Return the derivative of the wave."""
    return numpy.cos(x) * numpy.cos(x / k) - numpy.sin(x) * numpy.sin(x / k) / k


def tanh_by_hand(x: Any) -> Any:
    """Return the first derivative of tanh of half of x."""
    return 0.5 / numpy.cosh(x / 2) ** 2


IN_PARAMETERS = [
    Case("curve.ricker", ricker, [REAL, POSITIVE], shapes=[(3,), ((4,), ())]),
    Case("curve.exponential", exponential, [POSITIVE, POSITIVE], shapes=[(3,), ((4,), ())]),
    Case("curve.cauchy", cauchy, [REAL, REAL, POSITIVE], shapes=[(3,), ((4,), (), ())]),
    Case("curve.beat", beat, [REAL, POSITIVE], shapes=[(3,), ((4,), ())]),
    Case(
        "curve.beat_of_4",
        lambda np: lambda x: np.sin(x) * np.cos(x / 4),
        [REAL],
        kinds=("float", "int"),
        orders=(1, 2, 3),
    ),
    Case(
        "curve.ricker_of_1",
        lambda np: lambda x: (1 - 2 * (np.pi * x) ** 2) * np.exp(-((np.pi * x) ** 2)),
        [REAL],
        kinds=("float",),
        orders=(1, 2, 3),
    ),
    Case(
        "curve.least_squares",
        lambda np: lambda a, b: np.sum((a * np.exp(-b * numpy.array([0.0, 0.5, 1.0, 2.0])) - 0.7) ** 2),
        [POSITIVE, POSITIVE],
        shapes=[()],
        kinds=("float",),
    ),
]

CURVES: dict[str, tuple[Function, Function, tuple[float, ...], Domain]] = {
    "ricker": (ricker, ricker_by_x, (0.25,), line(-6, 7)),
    "exponential": (exponential, exponential_by_x, (1.5,), line(0, 10)),
    "cauchy": (cauchy, cauchy_by_x, (0.5, 1.2), line(-7, 7)),
    "beat": (beat, beat_by_x, (4.0,), line(-7, 7)),
}


def plot(name: str, points: int) -> Case:
    """Return a curve with fixed parameters on a line of points."""
    curve, _, parameters, domain = CURVES[name]
    return Case(
        f"curve.{name}_plot_{points}",
        lambda np: lambda x: curve(np)(x, *parameters),
        [domain],
        [(points,)],
        orders=(1,),
    )


def derivative_by_hand(name: str) -> Function:
    """Return the derivative of a plotted curve by hand."""
    _, by_x, parameters, _ = CURVES[name]
    return lambda x: by_x(x, *parameters)


def ladder(points: int, low: float) -> Case:
    """Return the curve that is differentiated up to order 6, on a line of points."""
    return Case(f"curve.tanh_ladder_{points}", tanh_by_exp, [line(low, 7)], [(points,)], orders=range(1, 7))


CASES = [*IN_PARAMETERS, *(plot(name, COMPARED) for name in CURVES), ladder(LADDER_COMPARED, -5)]


def timed() -> list[Timed]:
    """Return the derivatives of the plotted curves, and orders 1 to 6 of the ladder."""
    plots = [Timed(plot(name, PLOTTED), by_hand=derivative_by_hand(name), elementwise=True) for name in CURVES]
    curve = ladder(LADDER_PLOTTED, -7)
    by_hand: dict[int, Function] = {1: tanh_by_hand}
    return plots + [Timed(curve, order, by_hand.get(order), elementwise=True) for order in range(1, 7)]
