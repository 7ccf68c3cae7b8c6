"""What one rule should have made, by differences of the one primitive: the referee of the first divergence.

The primitive runs under plain NumPy in double precision, at two steps; where these disagree, nothing is said. A number
that looks wrong is then asked of the referee of 60 digits, wherever NumPy can compute the primitive on its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graddiff.arrays import Array, Function
from graddiff.libraries import Library
from graddiff.numbers import to_float
from graddiff.referee import Referee, unit_array
from graddiff.tapes import Call, Flow, close, is_numeric, parts

STEP = 1e-5
SMALLEST = 1e-2
NOISE = 1e-7  # of differences of derivatives, whose weights and directions are about 1
COARSEST = 1e-5  # a tolerance above this asks for gross errors only
MOST_COORDINATES = 64
SAMPLED_COORDINATES = 32


def evaluations(flow: Flow) -> int:
    """Return how often the primitive is evaluated to check one use of its rule."""
    return 4 if flow.place is None else 4 * len(checked(flow.call.args[flow.place])) + 1


def expected(flow: Flow, tolerance: float) -> Any:
    """Return what a rule should have made if it made something else, None if it is right or nothing can be said."""
    if not is_numeric(flow.made):
        return None
    try:
        true, spread = _rough(flow)
        if not _differs(flow, true, spread, tolerance):
            return None
        exact = _exact(flow)
    except Exception:
        return None
    if exact is not None:
        true, spread = exact, 0.0
    elif tolerance < COARSEST and np.shape(flow.made) == np.shape(true):
        return None  # so fine a difference is nothing that double precision can tell
    settled = np.isfinite(true).all() and _differs(flow, true, spread, tolerance)
    return true if settled else None


def _differs(flow: Flow, true: Any, spread: Any, tolerance: float) -> bool:
    """Say whether what a rule made is off by more than rounding; a gross error, by more than the largest number's."""
    if np.shape(flow.made) != np.shape(true):
        return True
    made = np.asarray(flow.made)
    if np.iscomplexobj(made) and not np.iscomplexobj(true):
        made = made.real  # the engine takes the real part where the argument is real
    if flow.place is not None and _is_hermitian(flow.call.args[flow.place]):
        made, true = _hermitian_part(made), _hermitian_part(true)
    size = np.abs(true)
    tolerance = max(tolerance, 1e-2) if made.dtype in (np.float32, np.complex64, np.float16) else tolerance
    floor = tolerance * np.max(size, initial=0.0) if tolerance > COARSEST else 0.0
    return bool(np.any(~(np.abs(made - true) <= tolerance * size + floor + 20 * spread + _rounding(flow))))


def _rounding(flow: Flow) -> float:
    """Return what the terms of a sum may leave where they cancel; a ufunc has no sums."""
    function = getattr(np, flow.call.name, None)
    if isinstance(function, np.ufunc) and function.signature is None:
        return 0.0
    return 1e-14 * largest_of(*(x for given in flow.given for x in parts(given)), *flow.call.args)


def largest_of(*values: Any) -> float:
    """Return the product of the largest numbers of some arrays, each at least 1."""
    return float(np.prod([np.max(np.abs(x), initial=1.0) for x in values if is_numeric(x)]))


def _is_hermitian(x: Any) -> bool:
    """Say whether matrices are symmetric or Hermitian: then a derivative may lie in either triangle."""
    if np.ndim(x) < 2 or np.shape(x)[-1] != np.shape(x)[-2]:
        return False
    return bool(np.allclose(x, np.conj(np.swapaxes(x, -1, -2))))


def _hermitian_part(x: Any) -> Any:
    return (x + np.conj(np.swapaxes(x, -1, -2))) / 2


def _rough(flow: Flow) -> tuple[Any, Any]:
    """Return what a rule should have made in double precision, and by how much two steps disagree."""
    call = flow.call
    double = {i: _double(x) for i, x in enumerate(call.args) if i in call.followed}
    if flow.place is None:
        points = [double[i] for i in call.followed]

        def function(*xs: Any) -> Any:
            return call.evaluate(dict(zip(call.followed, xs, strict=True)))

        return _two_steps(function, points, list(flow.given))
    place, g = flow.place, flow.given[0]

    def paired(x: Any) -> Any:
        pairs = zip(parts(g), parts(call.evaluate(double | {place: x})), strict=True)
        return sum(np.real(np.sum(weight * value)) for weight, value in pairs)

    return _partials(paired, double[place], flow.made)


def _double(x: Any) -> Any:
    array = np.asarray(x)
    return array.astype(complex if array.dtype.kind == "c" else float)[()]


def _partials(function: Function, x: Any, made: Any) -> tuple[Any, Any]:
    """Return the partial derivatives of a real function in the checked coordinates, and in the others what was made.

    In a complex number u + iv the derivative is d/du - i d/dv.
    """
    found, spread = filled(x, made), np.zeros(np.size(x))
    for i in checked(x):
        way = unit_array(np.shape(x), i)
        found[i], spread[i] = _two_steps(function, [x], [way])
        if np.iscomplexobj(x):
            slope, more = _two_steps(function, [x], [1j * way])
            found[i], spread[i] = found[i] - 1j * slope, spread[i] + more
    return found.reshape(np.shape(x)), spread.reshape(np.shape(x))


def checked(x: Any) -> list[int]:
    """Return the flat coordinates that are checked: all, or a random few of many."""
    size = int(np.size(x))
    if size <= MOST_COORDINATES:
        return list(range(size))
    return sorted(np.random.default_rng(size).choice(size, SAMPLED_COORDINATES, replace=False).tolist())


def filled(x: Any, made: Any) -> Array:
    """Return a flat array like x, with what was made where there is something for each element."""
    dtype = complex if np.iscomplexobj(x) else float
    if np.shape(made) == np.shape(x):
        return np.ravel(np.real(made) if dtype is float else made).astype(dtype)
    return np.zeros(np.size(x), dtype)


def _two_steps(function: Function, points: Sequence[Any], ways: Sequence[Any]) -> tuple[Any, Any]:
    """Return a central difference, and by how much it changes with twice the step."""
    fine, coarse = (_central(function, points, ways, h) for h in (STEP, 2 * STEP))
    noise = np.abs(function(*points)) * np.finfo(float).eps / STEP
    return fine, np.abs(fine - coarse) + noise


def _central(function: Function, points: Sequence[Any], ways: Sequence[Any], h: float) -> Any:
    sizes = [np.max(np.abs(x), initial=SMALLEST) for x in points]
    h = h * min(1.0, *sizes)
    ahead, behind = ([x + sign * h * np.asarray(t) for x, t in zip(points, ways, strict=True)] for sign in (1, -1))
    return (function(*ahead) - function(*behind)) / (2 * h)


def directional(function: Function, points: Sequence[Any], ways: Sequence[Any]) -> float | None:
    """Return the derivative of a real function along some ways, None where two steps disagree."""
    slope, spread = _two_steps(function, points, ways)
    return None if not spread <= 1e-4 * max(abs(slope), 1e-3) else float(slope)


def _exact(flow: Flow) -> Array | None:
    """Return what a rule should have made by the referee; None where NumPy cannot compute that on its numbers."""
    call, referee = flow.call, Referee()

    def function(*xs: Any) -> Any:
        return call.evaluate(dict(zip(call.followed, xs, strict=True)))

    points = [call.args[i] for i in call.followed]
    try:
        value = _floats(referee.value(function, *points))
        if not close(value, np.asarray(call.value), 1e-6):
            return None
        if flow.place is None:
            return _floats(referee.differences(function, points, flow.given, 1))
        chosen = call.followed.index(flow.place)
        x, places = points[chosen], checked(points[chosen])
        lifted = [referee.exact(point) for point in points]
        found = filled(x, flow.made)
        found[places] = _floats(referee.partials(function, lifted, chosen, flow.given[0], places))
        return found.reshape(np.shape(x))
    except Exception:
        return None


def _floats(values: Any) -> Array:
    array = np.asarray(values, dtype=object)
    return np.array([to_float(entry) for entry in array.ravel()]).reshape(array.shape)


# derivatives of one primitive, by the library itself


@dataclass(frozen=True)
class WrongDerivative:
    """The lowest order in which a primitive by itself has a wrong derivative, and the argument of the rule."""

    order: int
    place: int
    made: Any
    true: Any


def wrong_derivative(library: Library, call: Call, modes: str) -> WrongDerivative | None:
    """Return where the derivatives of one primitive by the library first differ from differences of the order below."""
    found = [entry for place in call.followed if (entry := _wrong_in(library, call, modes, place))]
    return min(found, key=lambda entry: entry.order, default=None)


def _wrong_in(library: Library, call: Call, modes: str, place: int) -> WrongDerivative | None:
    """Differentiate one primitive by one argument, and that by all of them, again and again."""
    points = [_double(call.args[i]) for i in call.followed]
    function: Function = weighted(library, call)
    for order, mode in enumerate(modes, 1):
        ways = [way_from(x, order, i) * (order > 1 or call.followed[i] == place) for i, x in enumerate(points)]
        below, function = function, along(library, function, ways, mode)
        if order == 1:
            continue  # that is the rule itself
        try:
            made, true = float(function(*points)), directional(below, points, ways)
        except Exception:
            return None
        if true is not None and not abs(made - true) <= 1e-3 * max(abs(made), abs(true)) + NOISE:
            return WrongDerivative(order, place, made, true)
    return None


def drawn(value: Any, *seed: int) -> Any:
    """Return fixed random numbers like a value."""
    rng = np.random.default_rng([len(seed), *seed])
    sample = rng.uniform(0.5, 1.5, np.shape(value)) * rng.choice([-1.0, 1.0], np.shape(value))
    return sample + 1j * rng.uniform(0.5, 1.5, np.shape(value)) if np.iscomplexobj(value) else sample


def way_from(point: Any, *seed: int) -> Any:
    """Return a direction from a point: from a symmetric matrix, to another symmetric one."""
    way = drawn(point, *seed)
    return _hermitian_part(way) if _is_hermitian(point) else way


def weighted(library: Library, call: Call) -> Function:
    """Return a primitive as a function of its followed arguments alone, its answer weighted into one real number."""
    weight = drawn(call.value, 7)

    def function(*xs: Any) -> Any:
        args = list(call.args)
        for place, x in zip(call.followed, xs, strict=True):
            args[place] = x
        total = library.numpy.sum(call.function(*args, **call.options) * weight)
        return library.numpy.real(total) if np.iscomplexobj(weight) else total

    return function


def along(library: Library, function: Function, ways: Sequence[Any], mode: str) -> Function:
    """Return the derivative along some ways, by reverse or by forward mode, as a function of the arguments."""

    def forward(*xs: Any) -> Any:
        return library.jvp(function, xs, [np.asarray(way)[()] for way in ways])[1]

    def reverse(*xs: Any) -> Any:
        found = library.vjp(function, *xs)[1](1.0)
        gradients = (found,) if len(xs) == 1 else tuple(found[i] for i in range(len(xs)))
        total = sum(library.numpy.sum(g * way) for g, way in zip(gradients, ways, strict=True))
        return library.numpy.real(total) if any(map(np.iscomplexobj, ways)) else total

    return forward if mode == "f" else reverse
