"""Fourier transforms: every function of ``np.fft``, with lengths, axes and norms.

To add a transform, write its sum into ``SUMS``: NumPy's own cannot compute with the referee's numbers. A transform is
linear, so the cases ask for that of x * x, whose second derivative is not 0.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import COMPLEX, REAL
from graddiff.numbers import Number

Exact = Any  # an array of the referee's numbers
FORWARD_SCALE = {None: 0, "backward": 0, "ortho": 1, "forward": 2}  # powers of 1 / sqrt(n)


def real(x: Exact) -> Exact:
    """Return the real parts of numbers of any kind."""
    return numpy.frompyfunc(lambda number: number.real, 1, 1)(x)


def fitted(x: Exact, n: int) -> Exact:
    """Return rows cut, or filled with zeros, to the length n."""
    filled = numpy.zeros((*x.shape[:-1], n), dtype=object)
    kept = min(n, x.shape[-1])
    filled[..., :kept] = x[..., :kept]
    return filled


def turned(x: Exact, n: int, count: int, sign: int) -> Exact:
    """Return for j below count the sum over k of x_k times the n-th root of unity to the power sign * j * k."""
    context = next(number for number in x.flat if isinstance(number, Number)).raw.context
    return x @ matrix(context, context.prec, n, sign)[: x.shape[-1], :count]


@cache
def matrix(context: Any, precision: int, n: int, sign: int) -> Exact:
    """Return the n-th roots of unity to the powers sign * j * k, with the digits that the context has now."""
    roots = [Number(context.expjpi(context.mpf(2 * sign * k) / n)) for k in range(n)]
    return numpy.array([[roots[j * k % n] for j in range(n)] for k in range(n)], dtype=object)


def scaled(x: Exact, n: int, power: int) -> Exact:
    """Return x times a power of 1 / sqrt(n)."""
    return x / n if power == 2 else x / numpy.sqrt(real(x.flat[0]) * 0 + n) if power else x


def along(transform: Callable[..., Exact]) -> Callable[..., Exact]:
    """Return a transform of rows as one along any axis."""

    def call(x: Exact, n: int | None = None, axis: int = -1, norm: str | None = None) -> Exact:
        rows = numpy.moveaxis(numpy.asarray(x, dtype=object), axis, -1)
        return numpy.moveaxis(transform(rows, n, FORWARD_SCALE[norm]), -1, axis)

    return call


@along
def fft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the sum that defines the transform."""
    n = n or x.shape[-1]
    return scaled(turned(fitted(x, n), n, n, -1), n, power)


@along
def ifft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the sum that defines the inverse transform."""
    n = n or x.shape[-1]
    return scaled(turned(fitted(x, n), n, n, 1), n, 2 - power)


@along
def rfft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the first half of the frequencies."""
    n = n or x.shape[-1]
    return scaled(turned(fitted(x, n), n, n // 2 + 1, -1), n, power)


@along
def ihfft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the first half of the inverse transform."""
    n = n or x.shape[-1]
    return scaled(turned(fitted(x, n), n, n // 2 + 1, 1), n, 2 - power)


def from_half(x: Exact, n: int | None, sign: int) -> tuple[Exact, int]:
    """Return the real sum over all frequencies of which the first half is given, and their number."""
    n = n or 2 * (x.shape[-1] - 1)
    half = fitted(x, n // 2 + 1)
    half[..., 1 : (n + 1) // 2] *= 2
    return real(turned(half, n, n, sign)), n


@along
def irfft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the inverse transform to real numbers."""
    total, n = from_half(x, n, 1)
    return scaled(total, n, 2 - power)


@along
def hfft(x: Exact, n: int | None, power: int) -> Exact:
    """Return the transform to real numbers."""
    total, n = from_half(x, n, -1)
    return scaled(total, n, power)


SUMS = {"fft": fft, "ifft": ifft, "rfft": rfft, "irfft": irfft, "hfft": hfft, "ihfft": ihfft}
ROWS: dict[str, dict[str, Any]] = {
    "": {},
    "longer": {"n": 7},
    "shorter": {"n": 3},
    "axis": {"axis": 0, "n": 2},
    "ortho": {"norm": "ortho"},
    "forward": {"norm": "forward"},
}
WRONG = {
    "rfft.longer": "Autograd leaves the length out of the gradient",
    "rfft.shorter": "Autograd leaves the length out of the gradient",
    "rfft.forward": "Autograd is off by a factor of the length",
    "irfft.forward": "Autograd is off by a factor of the length",
}


def one_axis(name: str, row: str) -> Case:
    """Return the case of a transform with one row of options: of real numbers, for irfft and hfft of complex ones."""
    options, id_ = ROWS[row], f"{name}.{row}".rstrip(".")
    return Case(
        f"fft.{id_}",
        lambda np: lambda x: getattr(np.fft, name)(x * x, **options),
        [COMPLEX if name in ("irfft", "hfft") else REAL],
        shapes=[(3, 2) if row == "axis" else (4,)],
        reference=lambda np: lambda x: SUMS[name](x * x, **options),
        reason=WRONG.get(id_, ""),
        orders=(1,) if row else (1, 2),
    )


def base(name: str, domain: Any, single: str) -> Case:
    """Return the case of a transform at odd and even lengths, of several rows, in single precision."""
    return Case(
        f"fft.{name}.lengths",
        lambda np: lambda x: getattr(np.fft, name)(x * x),
        [domain],
        shapes=[(3,), (2,), (1, 4), (2, 1, 3)] if domain is REAL else [(3,), (2,), (2, 2)],
        dtypes=("complex128" if domain is COMPLEX else "float64", single),
        reference=lambda np: lambda x: SUMS[name](x * x),
        orders=(1,),
    )


def over(names: tuple[str, str], s: Any, axes: Any, norm: Any = None) -> Callable[[Exact], Exact]:
    """Return a transform over several axes: the last by the second sum, the others by the first."""

    def call(x: Exact) -> Exact:
        steps = list(zip(s, axes, strict=True))
        order = [(names[0], *step) for step in steps[:-1]]
        last = (names[1], *steps[-1])
        for name, n, axis in [*order, last] if names[1] == "irfft" else [last, *order]:
            x = SUMS[name](x, n, axis, norm)
        return x

    return call


BOTH = (-2, -1)
FLAT: dict[str, Any] = {"shapes": [(2, 3)]}
SMALL: dict[str, Any] = {"shapes": [(1, 3)]}
CASES = [
    *[one_axis(name, row) for name in SUMS for row in ROWS],
    *[base(name, REAL, "float32") for name in ("fft", "ifft", "rfft", "ihfft")],
    base("irfft", COMPLEX, "complex64"),
    base("hfft", COMPLEX, "complex64"),
    Case(
        "fft.fft.complex",
        lambda np: lambda x: np.fft.fft(x * x, 5),
        [COMPLEX],
        reference=lambda np: lambda x: fft(x * x, 5),
    ),
    Case(
        "fft.irfft.of_real",
        lambda np: lambda x: np.fft.irfft(x * x),
        [REAL],
        reference=lambda np: lambda x: irfft(x * x),
    ),
    Case(
        "fft.power_spectrum",
        lambda np: lambda x: np.sum(np.abs(np.fft.rfft(x)) ** 2),
        [REAL],
        shapes=[(5,)],
        reference=lambda np: lambda x: np.sum(real(rfft(x) * np.conjugate(rfft(x)))),
    ),
    Case(
        "fft.low_pass",
        lambda np: lambda x: np.fft.irfft(np.fft.rfft(x * x) * numpy.array([1.0, 0.5, 0.0]), 5),
        [REAL],
        shapes=[(5,)],
        reference=lambda np: lambda x: irfft(rfft(x * x) * numpy.array([1.0, 0.5, 0.0]), 5),
        reason="a convolution of odd length",
    ),
    Case(
        "fft.fft2",
        lambda np: lambda x: np.fft.fft2(x * x),
        [REAL],
        **FLAT,
        reference=lambda np: lambda x: over(("fft", "fft"), (2, 3), BOTH)(x * x),
    ),
    Case(
        "fft.ifft2",
        lambda np: lambda x: np.fft.ifft2(x * x, norm="forward"),
        [COMPLEX],
        **SMALL,
        reference=lambda np: lambda x: over(("ifft", "ifft"), (1, 3), BOTH, "forward")(x * x),
    ),
    Case(
        "fft.rfft2",
        lambda np: lambda x: np.fft.rfft2(x * x),
        [REAL],
        shapes=[(3, 2)],
        reference=lambda np: lambda x: over(("fft", "rfft"), (3, 2), BOTH)(x * x),
    ),
    Case(
        "fft.rfft2.forward",
        lambda np: lambda x: np.fft.rfft2(x * x, norm="forward"),
        [REAL],
        shapes=[(3, 2)],
        orders=(1,),
        reference=lambda np: lambda x: over(("fft", "rfft"), (3, 2), BOTH, "forward")(x * x),
        reason="Autograd is off by a factor of the length",
    ),
    Case(
        "fft.irfft2",
        lambda np: lambda x: np.fft.irfft2(x * x, s=(2, 3)),
        [COMPLEX],
        shapes=[(2, 2)],
        reference=lambda np: lambda x: over(("ifft", "irfft"), (2, 3), BOTH)(x * x),
    ),
    Case(
        "fft.fftn",
        lambda np: lambda x: np.fft.fftn(x * x, s=(3, 2), axes=(0, 2), norm="ortho"),
        [REAL],
        shapes=[(2, 1, 3)],
        orders=(1,),
        reference=lambda np: lambda x: over(("fft", "fft"), (3, 2), (0, 2), "ortho")(x * x),
    ),
    Case(
        "fft.ifftn",
        lambda np: lambda x: np.fft.ifftn(x * x),
        [COMPLEX],
        **SMALL,
        reference=lambda np: lambda x: over(("ifft", "ifft"), (1, 3), BOTH)(x * x),
    ),
    Case(
        "fft.rfftn",
        lambda np: lambda x: np.fft.rfftn(x * x, axes=(1, 0)),
        [REAL],
        **FLAT,
        orders=(1,),
        reference=lambda np: lambda x: over(("fft", "rfft"), (3, 2), (1, 0))(x * x),
    ),
    Case(
        "fft.irfftn",
        lambda np: lambda x: np.fft.irfftn(x * x, norm="ortho"),
        [COMPLEX],
        **FLAT,
        orders=(1,),
        reference=lambda np: lambda x: over(("ifft", "irfft"), (2, 4), BOTH, "ortho")(x * x),
    ),
    Case(
        "fft.fftshift",
        lambda np: lambda x: np.fft.fftshift(x * x),
        [REAL],
        shapes=[(5,), (2, 3)],
    ),
    Case(
        "fft.ifftshift",
        lambda np: lambda x: np.fft.ifftshift(x * x, axes=-1),
        [REAL],
        shapes=[(2, 3), (5,)],
    ),
]
