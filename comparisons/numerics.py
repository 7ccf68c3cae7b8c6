"""Numerics: interpolation, integrals, differences, convolution, grids, and functions of angles.

To add a function, write a row for each of its options. Autograd has diff, gradient, linspace, angle and nan_to_num
with few of theirs, and none of the others. Where NumPy cannot compute with the referee's numbers, ``reference`` says
what it computes.
"""

from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, DISTINCT, POSITIVE, REAL, Domain

ONCE: dict[str, Any] = {"orders": (1,)}
KNOTS = numpy.array([-2.0, -0.5, 0.25, 1.5])
HEIGHTS = numpy.array([1.0, -2.0, 0.5, 3.0])
RING = numpy.array([0.3, 2.9, -2.8, -0.4])
KERNEL = numpy.array([0.5, -1.0, 2.0])
STEPS = numpy.array([0.0, 0.5, 0.75, 2.0])

INCREASING = Domain("INCREASING", lambda rng, shape: numpy.sort(DISTINCT.sample(rng, shape), axis=-1))
JUMPING = Domain("JUMPING", lambda rng, shape: RING[: shape[0]] + 0.1 * rng.uniform(size=shape))


# What NumPy computes, for the referee's numbers


def polygon(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """Return np.interp by a loop over its numbers."""

    def at(point: Any) -> Any:
        if point < xp[0]:
            return fp[0] if left is None else left
        if point >= xp[-1]:
            return fp[-1] if right is None else right
        i = max(k for k in range(len(xp)) if xp[k] <= point)
        return fp[i] + (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i]) * (point - xp[i])

    return numpy.array([at(point) for point in x], dtype=object)


def slopes(f: Any, x: Any, axis: int = -1, edge_order: int = 1) -> Any:
    """Return np.gradient: the slope of the parabola through three neighbours, in Lagrange's form."""
    f = numpy.moveaxis(f, axis, -1)

    def parabola(i: int, j: int, k: int, at: int) -> Any:
        total: Any = 0
        for a, b, c in ((i, j, k), (j, i, k), (k, i, j)):
            total = total + f[..., a] * (2 * x[at] - x[b] - x[c]) / ((x[a] - x[b]) * (x[a] - x[c]))
        return total

    n = f.shape[-1]
    found = [parabola(i - 1, i, i + 1, i) for i in range(1, n - 1)]
    if edge_order == 1:
        ends = [(f[..., i + 1] - f[..., i]) / (x[i + 1] - x[i]) for i in (0, n - 2)]
    else:
        ends = [parabola(0, 1, 2, 0), parabola(n - 3, n - 2, n - 1, n - 1)]
    return numpy.moveaxis(numpy.stack([ends[0], *found, ends[1]], axis=-1), -1, axis)


def even_slopes(f: Any, h: Any = 1, axis: int = -1, edge_order: int = 1) -> Any:
    """Return np.gradient with one step."""
    return slopes(f, [h * i for i in range(f.shape[axis])], axis, edge_order)


def blend(start: Any, stop: Any, num: int, endpoint: bool = True) -> Any:
    """Return np.linspace."""
    steps = num - 1 if endpoint else num
    return numpy.stack([start + (stop - start) * i / steps for i in range(num)])


def bessel(x: Any) -> Any:
    """Return np.i0 by its series."""
    total = term = x * 0 + 1
    for k in range(1, 50):
        term = term * (x * x) / (4 * k * k)
        total = total + term
    return total


INTERPOLATION = [
    Case(
        "interp",
        lambda np: lambda x: np.interp(x * x - 1, KNOTS, HEIGHTS) * x,
        [REAL],
        dtypes=("float64",),
        reference=lambda np: lambda x: polygon(x * x - 1, KNOTS, HEIGHTS) * x,
    ),
    Case(
        "interp.points",
        lambda np: lambda x, xp, fp: np.interp(x, xp, fp),
        [REAL, INCREASING, REAL],
        shapes=[((3,), (4,), (4,))],
        behaviours=("strided",),  # of no points NumPy makes nothing from 2.5 on
        reference=lambda np: polygon,
    ),
    Case(
        "interp.left_and_right",
        lambda np: lambda x, fp: np.interp(x * x - 2, KNOTS, fp, left=-1.5, right=2.5) * x,
        [REAL, REAL],
        shapes=[((4,), (4,))],
        **ONCE,
        reference=lambda np: lambda x, fp: polygon(x * x - 2, KNOTS, fp, -1.5, 2.5) * x,
    ),
    Case(
        "interp.period",
        lambda np: lambda x, fp: np.interp(x, [0.0, 0.5, 1.5, 2.5], fp, period=3.0) * x,
        [REAL, REAL],
        shapes=[((4,), (4,))],
        reference=lambda np: lambda x, fp: polygon(x % 3, [0.0, 0.5, 1.5, 2.5, 3.0], [*fp, fp[0]]) * x,
    ),
    Case(
        "interp.at_knots",
        lambda np: lambda x: np.interp(x, [0.0, 1.0, 2.0], [0.0, 3.0, 1.0]),
        kind="convention",
        at=[numpy.array([0.0, 1.0, 2.0])],
        reason="a kink: the slope on the right, at the last knot that on the left",
    ),
]

INTEGRALS = [
    Case(
        "trapezoid",
        lambda np: lambda y: np.trapezoid(y * y),
        [REAL],
        shapes=[(4,), (2, 3)],
        dtypes=("float64", "float32"),
    ),
    Case(
        "trapezoid.x",
        lambda np: lambda y, x: np.trapezoid(y * y, x, axis=0),
        [REAL, REAL],
        shapes=[((3, 2), (3,)), ((3, 2), (3, 2))],
    ),
    Case("trapezoid.dx", lambda np: lambda y, dx: np.trapezoid(y, dx=dx), [REAL, REAL], shapes=[((2, 3), ())]),
]

DIFFERENCES = [
    Case(
        "diff",
        lambda np: lambda x: np.diff(x * x),
        [REAL],
        shapes=[(4,), (2, 3)],
        dtypes=("float64", "float32"),
    ),
    Case("diff.n_axis", lambda np: lambda x: np.diff(x * x, 2, axis=0), [REAL], shapes=[(4, 2)], **ONCE),
    Case(
        "diff.prepend",
        lambda np: lambda x, a: np.diff(x * x, prepend=a * a),
        [REAL, REAL],
        shapes=[((3,), ())],
        reason="Autograd does not see what is put in front, and says 0 for it (#336)",
    ),
    Case(
        "diff.append",
        lambda np: lambda x, a: np.diff(x * x, axis=0, append=a),
        [REAL, REAL],
        shapes=[((2, 2), (1, 2))],
        reason="Autograd does not see what is put behind, and says 0 for it (#336)",
        **ONCE,
    ),
    Case(
        "ediff1d",
        lambda np: lambda x: np.ediff1d(x * x),
        [REAL],
        shapes=[(2, 2)],
        dtypes=("float64", "float32"),
    ),
    Case(
        "ediff1d.ends",
        lambda np: lambda x, a: np.ediff1d(x * x, to_begin=a * a, to_end=a),
        [REAL, REAL],
        shapes=[((3,), (2,))],
        reference=lambda np: lambda x, a: np.concatenate([a * a, np.diff(x * x), a]),
    ),
    Case(
        "gradient",
        lambda np: lambda f: np.gradient(f * f),
        [REAL],
        shapes=[(4,)],
        dtypes=("float64", "float32"),
        reference=lambda np: lambda f: even_slopes(f * f),
    ),
    Case(
        "gradient.short",
        lambda np: lambda f: np.gradient(f * f),
        [REAL],
        shapes=[(2,)],
        **ONCE,
        reference=lambda np: lambda f: even_slopes(f * f),
        reason="fewer than four samples",
    ),
    Case(
        "gradient.step",
        lambda np: lambda f, h: np.gradient(f, h),
        [REAL, POSITIVE],
        shapes=[((4,), ())],
        reference=lambda np: even_slopes,
        reason="Autograd takes no step of the grid",
    ),
    Case(
        "gradient.coordinates",
        lambda np: lambda f, x: np.gradient(f, x),
        [REAL, INCREASING],
        shapes=[((4,), (4,))],
        reference=lambda np: slopes,
    ),
    Case(
        "gradient.even_coordinates",
        lambda np: lambda x: np.gradient(HEIGHTS, x),
        [Domain("EVEN", lambda rng, shape: numpy.arange(float(shape[0])))],
        shapes=[(4,)],
        **ONCE,
        reference=lambda np: lambda x: slopes(HEIGHTS, x),
    ),
    Case(
        "gradient.edge_order",
        lambda np: lambda f: np.gradient(f * f, 0.5, axis=1, edge_order=2),
        [REAL],
        shapes=[(2, 4)],
        **ONCE,
        reference=lambda np: lambda f: even_slopes(f * f, 0.5, 1, 2),
    ),
    Case(
        "gradient.edge_order_coordinates",
        lambda np: lambda f, x: np.gradient(f, x, axis=0, edge_order=2),
        [REAL, INCREASING],
        shapes=[((4, 2), (4,))],
        **ONCE,
        reference=lambda np: lambda f, x: slopes(f, x, 0, 2),
    ),
    Case(
        "gradient.all_axes",
        lambda np: lambda f: sum(np.gradient(f * f, 0.5, STEPS[:3])),
        [REAL],
        shapes=[(2, 3)],
        **ONCE,
        reference=lambda np: lambda f: even_slopes(f * f, 0.5, 0) + slopes(f * f, STEPS[:3], 1),
    ),
    Case(
        "unwrap",
        lambda np: lambda p: np.unwrap(p) ** 2,
        [JUMPING],
        shapes=[(4,)],
        reference=lambda np: lambda p: (p + 2 * numpy.pi * numpy.array([0, 0, 1, 1])) ** 2,
    ),
    Case(
        "unwrap.period",
        lambda np: lambda p: np.unwrap(p * p, period=5.0) * p,
        [Domain("SQUARES", lambda rng, shape: numpy.array([0.5, 1.9, 2.3, 1.4])[: shape[0]])],
        shapes=[(4,)],
        reference=lambda np: lambda p: (p * p + 5 * numpy.array([0, -1, -1, -0])) * p,
    ),
]

CONVOLUTIONS = [
    Case(
        f"{name}.{mode}",
        lambda np, name=name, mode=mode: lambda a, v: getattr(np, name)(a, v, mode),
        [REAL, REAL],
        shapes=[((4,), (2,)), ((2,), (4,)), ((3,), (3,))],
        dtypes=("float64", "float32") if mode == "full" else ("float64",),
        orders=(1, 2) if mode == "full" else (1,),
    )
    for name in ("convolve", "correlate")
    for mode in ("full", "same", "valid")
] + [
    Case("convolve.itself", lambda np: lambda a: np.convolve(a, a), [REAL]),
    Case("convolve.kernel", lambda np: lambda a: np.convolve(KERNEL, a * a, "same"), [REAL], **ONCE),
    Case("correlate.default", lambda np: lambda a: np.correlate(a * a, KERNEL), [REAL], shapes=[(4,)], **ONCE),
    Case("convolve.complex", lambda np: lambda a, v: np.convolve(a, v), [COMPLEX, COMPLEX], shapes=[((2,), (2,))]),
    Case(
        "correlate.complex",
        lambda np: lambda a, v: np.correlate(a, v, "full"),
        [COMPLEX, COMPLEX],
        shapes=[((2,), (2,))],
        reference=lambda np: lambda a, v: np.convolve(a, np.conjugate(v)[::-1]),
    ),
]

GRIDS = [
    Case(
        "linspace",
        lambda np: lambda a, b: np.linspace(a * a, a * b, 4),
        [REAL, REAL],
        shapes=[(), (2,)],
        dtypes=("float64", "float32"),
        reference=lambda np: lambda a, b: blend(a * a, a * b, 4),
    ),
    Case(
        "linspace.endpoint",
        lambda np: lambda a, b: np.linspace(a, b * b, 3, endpoint=False, axis=-1),
        [REAL, REAL],
        shapes=[((2,), ())],
        **ONCE,
        reference=lambda np: lambda a, b: np.moveaxis(blend(a, b * b, 3, False), 0, -1),
        reason="Autograd takes no `endpoint`",
    ),
    Case(
        "linspace.default",
        lambda np: lambda b: np.linspace(0.5, b * b),
        [REAL],
        shapes=[()],
        **ONCE,
        reference=lambda np: lambda b: blend(0.5, b * b, 50),
        reason="Autograd wants the number of points",
    ),
    Case(
        "linspace.step",
        lambda np: lambda a, b: np.linspace(a * b, b, 4, retstep=True)[1],
        [REAL, REAL],
        shapes=[()],
        reference=lambda np: lambda a, b: (b - a * b) / 3,
    ),
    Case(
        "logspace",
        lambda np: lambda a, b: np.logspace(a, b, 3),
        [REAL, REAL],
        shapes=[()],
        dtypes=("float64", "float32"),
        reference=lambda np: lambda a, b: 10 ** blend(a, b, 3),
    ),
    Case(
        "logspace.base",
        lambda np: lambda a, base: np.logspace(a, 0.5, 3, base=base),
        [REAL, POSITIVE],
        shapes=[()],
        **ONCE,
        reference=lambda np: lambda a, base: base ** blend(a, 0.5, 3),
    ),
    Case(
        "geomspace",
        lambda np: lambda a, b: np.geomspace(a, b, 4),
        [POSITIVE, POSITIVE],
        shapes=[(), (2,)],
        reference=lambda np: lambda a, b: np.exp(blend(np.log(a), np.log(b), 4)),
    ),
]

ANGLES = [
    Case(
        "i0",
        lambda np: lambda x: np.i0(x),
        [REAL],
        dtypes=("float64", "float32"),
        orders=(1, 2, 3),
        reference=lambda np: bessel,
    ),
    Case(
        "angle",
        lambda np: lambda x, y: np.angle(x + 1j * y),
        [REAL, REAL],
        reference=lambda np: lambda x, y: np.arctan2(y, x),
    ),
    Case(
        "angle.degrees",
        lambda np: lambda x, y: np.angle(x + 1j * y, deg=True),
        [REAL, REAL],
        **ONCE,
        reference=lambda np: lambda x, y: np.degrees(np.arctan2(y, x)),
    ),
    Case(
        "angle.complex",
        lambda np: lambda z: np.angle(z),
        [COMPLEX],
        reference=lambda np: numpy.frompyfunc(lambda z: numpy.arctan2(z.imag, z.real), 1, 1),
    ),
    Case(
        "nan_to_num",
        lambda np: lambda x: np.nan_to_num(x * x),
        [REAL],
        dtypes=("float64", "float32"),
        reference=lambda np: lambda x: x * x,
    ),
    Case(
        "nan_to_num.nan",
        lambda np: lambda x: np.nan_to_num(x, nan=1.0, posinf=2.0),
        kind="convention",
        at=[numpy.array([numpy.nan, 0.5, numpy.inf])],
        reason="what stands for nan is constant; Autograd has no options",
    ),
    Case(
        "real_if_close",
        lambda np: lambda x: np.real_if_close(x * x + 0j) * x,
        [REAL],
        reference=lambda np: lambda x: x**3,
    ),
]
