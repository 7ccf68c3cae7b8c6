"""``scipy.ndimage`` with the differentiable filters in place; the other names are SciPy's own.

An image is padded as its ``mode`` says, and then every filter is one primitive: the correlation with a window where
that lies inside. It is linear in image and window.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage

from easygrad.core import Array, Rule, stop_gradient
from easygrad.primitives import linear
from easygrad.rules.composition import composite
from easygrad.rules.shaping import asarray

MODES: dict[str, Any] = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "constant": "constant", "grid-constant": "constant",
    "nearest": "edge", "mirror": "reflect", "wrap": "wrap", "grid-wrap": "wrap",
}  # fmt: skip
__all__ = [
    "convolve", "convolve1d", "correlate", "correlate1d", "gaussian_filter", "gaussian_filter1d",
    "gaussian_gradient_magnitude", "gaussian_laplace", "laplace", "map_coordinates", "prewitt", "sobel",
    "uniform_filter", "uniform_filter1d",
]  # fmt: skip


def inside(x: Array, window: Array) -> Array:
    """Return the correlation of a plain image with a window where that lies inside."""
    whole = scipy.ndimage.correlate(x, window, mode="constant")
    places = (slice(k // 2, k // 2 + n - k + 1) for n, k in zip(x.shape, window.shape, strict=True))
    return np.ascontiguousarray(whole[tuple(places)])


def image_transpose(ans: Array, x: Array, window: Array) -> Rule:
    """Return ``g -> `` the cotangent of the image: the correlation with the reversed window, of more zeros around."""
    widths = [(k - 1, k - 1) for k in window.shape]
    reverse = window[(slice(None, None, -1),) * window.ndim]
    return lambda g: valid(np.pad(g, widths), reverse)


def window_transpose(ans: Array, x: Array, window: Array) -> Rule:
    """Return ``g -> `` the cotangent of the window, element by element."""
    shape, size = window.shape, ans.shape

    def transpose(g: Array) -> Array:
        sums = []
        for place in np.ndindex(shape):
            part = tuple(slice(start, start + n) for start, n in zip(place, size, strict=True))
            sums.append(np.sum(g * x[part]))
        return np.reshape(np.stack(sums), shape)

    return transpose


valid: Rule = linear(inside, image_transpose, window_transpose, name="correlate")


def single(x: Array, output: Any, name: str) -> Array:
    """Return the image as an array of real or complex numbers; refuse an array for the result."""
    if output is not None:
        raise NotImplementedError(f"{name}: no derivative with output; use what the function returns.")
    x = asarray(x)
    return x if x.dtype.kind in "fc" else x.astype(float)


def windowed(x: Array, window: Array, mode: Any, cval: Any, origins: Any) -> Array:
    """Return the correlation of the padded image; ``origins`` shift the window, as in SciPy."""
    modes = [mode] * x.ndim if isinstance(mode, str) else list(mode)
    for axis, (k, origin) in enumerate(zip(window.shape, origins, strict=True)):
        left = k // 2 + origin
        if not 0 <= left < max(k, 1):
            raise ValueError(f"origin {origin} does not lie inside of a window of length {k}.")
        if modes[axis] not in MODES:
            raise ValueError(f"mode {modes[axis]!r} is unknown; it is one of {', '.join(MODES)}.")
        widths = [(left, k - 1 - left) if i == axis else (0, 0) for i in range(x.ndim)]
        options: dict[str, Any] = {"constant_values": cval} if MODES[modes[axis]] == "constant" else {}
        x = np.pad(x, widths, MODES[modes[axis]], **options) if k > 1 else x
    return valid(x, window)


def per_axis(value: Any, ndim: int) -> list[Any]:
    """Return a list with a value for each axis."""
    return [value] * ndim if np.ndim(stop_gradient(value)) == 0 else list(value)


@composite(scipy.ndimage.correlate)
def correlate(
    input: Array, weights: Array, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
    *, axes: Any = None,
) -> Array:  # fmt: skip
    """Return the correlation with ``weights``; the derivative is by image and weights."""
    x, window = single(input, output, "correlate"), asarray(weights)
    if axes is not None:
        window = np.reshape(window, [dict(zip(axes, window.shape, strict=True)).get(i, 1) for i in range(x.ndim)])
        origin = [dict(zip(axes, per_axis(origin, len(axes)), strict=True)).get(i, 0) for i in range(x.ndim)]
    return windowed(x, window, mode, cval, per_axis(origin, x.ndim))


@composite(scipy.ndimage.convolve)
def convolve(
    input: Array, weights: Array, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
    *, axes: Any = None,
) -> Array:  # fmt: skip
    """Return the convolution with ``weights``: the correlation with the reversed ones."""
    window = asarray(weights)
    origins = [-shift - (k % 2 == 0) for k, shift in zip(window.shape, per_axis(origin, window.ndim), strict=True)]
    return correlate(input, window[(slice(None, None, -1),) * window.ndim], output, mode, cval, origins, axes=axes)


@composite(scipy.ndimage.correlate1d)
def correlate1d(
    input: Array, weights: Array, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    origin: int = 0,
) -> Array:  # fmt: skip
    """Return the correlation with ``weights`` along an axis."""
    x = single(input, output, "correlate1d")
    axis %= x.ndim
    window = np.reshape(asarray(weights), [-1 if i == axis else 1 for i in range(x.ndim)])
    return windowed(x, window, mode, cval, [origin if i == axis else 0 for i in range(x.ndim)])


@composite(scipy.ndimage.convolve1d)
def convolve1d(
    input: Array, weights: Array, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    origin: int = 0,
) -> Array:  # fmt: skip
    """Return the convolution with ``weights`` along an axis."""
    window = asarray(weights)
    return correlate1d(input, window[::-1], axis, output, mode, cval, -origin - (window.size % 2 == 0))


def gaussian_window(sigma: Any, order: int, radius: int) -> Array:
    """Return the derivative of this order of the normal density at whole numbers, of which the sum was made 1.

    Each derivative multiplies by ``-x / sigma^2`` and differentiates the polynomial that stands before.
    """
    x = np.arange(-radius, radius + 1)
    density = np.exp(-0.5 / (sigma * sigma) * x**2)
    density = density / np.sum(density)
    polynomial = [1.0]
    for _ in range(order):
        slope = [k * c for k, c in enumerate(polynomial)][1:] + [0.0, 0.0]
        shifted = [0.0, *(-c / (sigma * sigma) for c in polynomial)]
        polynomial = [s + t for s, t in zip(slope, shifted, strict=True)]
    factor = sum(c * x**k for k, c in enumerate(polynomial))
    return (factor * density)[::-1]


@composite(scipy.ndimage.gaussian_filter1d)
def gaussian_filter1d(
    input: Array, sigma: Any, axis: int = -1, order: int = 0, output: Any = None, mode: str = "reflect",
    cval: Any = 0.0, truncate: float = 4.0, *, radius: int | None = None,
) -> Array:  # fmt: skip
    """Return the image smoothed along an axis; the derivative is by image and ``sigma``, at a window of fixed width."""
    reach = int(truncate * float(stop_gradient(sigma)) + 0.5) if radius is None else radius
    return correlate1d(input, gaussian_window(sigma, order, reach), axis, output, mode, cval)


@composite(scipy.ndimage.gaussian_filter)
def gaussian_filter(
    input: Array, sigma: Any, order: Any = 0, output: Any = None, mode: Any = "reflect", cval: Any = 0.0,
    truncate: float = 4.0, *, radius: Any = None, axes: Any = None,
) -> Array:  # fmt: skip
    """Return the image smoothed along all axes, one after the other."""
    x = single(input, output, "gaussian_filter")
    axes = tuple(range(x.ndim)) if axes is None else tuple(axis % x.ndim for axis in np.atleast_1d(axes))
    settings = zip(axes, *(per_axis(value, len(axes)) for value in (sigma, order)), strict=True)
    modes = [mode] * len(axes) if isinstance(mode, str) else list(mode)
    reaches = per_axis(radius, len(axes))
    for i, (axis, width, degree) in enumerate(settings):
        if stop_gradient(width) > 1e-15:
            x = gaussian_filter1d(x, width, axis, degree, None, modes[i], cval, truncate, radius=reaches[i])
    return x


@composite(scipy.ndimage.gaussian_laplace)
def gaussian_laplace(
    input: Array, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None,
    **options: Any,
) -> Array:  # fmt: skip
    """Return the sum of the second derivatives of the smoothed image."""
    x = single(input, output, "gaussian_laplace")
    axes = tuple(range(x.ndim)) if axes is None else tuple(axes)
    orders = [[2 * (i == k) for i in axes] for k in axes]
    return sum(gaussian_filter(x, sigma, order, None, mode, cval, axes=axes, **options) for order in orders)


@composite(scipy.ndimage.gaussian_gradient_magnitude)
def gaussian_gradient_magnitude(
    input: Array, sigma: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None,
    **options: Any,
) -> Array:  # fmt: skip
    """Return the length of the gradient of the smoothed image."""
    x = single(input, output, "gaussian_gradient_magnitude")
    axes = tuple(range(x.ndim)) if axes is None else tuple(axes)
    orders = [[int(i == k) for i in axes] for k in axes]
    slopes = [gaussian_filter(x, sigma, order, None, mode, cval, axes=axes, **options) for order in orders]
    return np.sqrt(sum(slope * slope for slope in slopes))


@composite(scipy.ndimage.uniform_filter1d)
def uniform_filter1d(
    input: Array, size: int, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0,
    origin: int = 0,
) -> Array:  # fmt: skip
    """Return the means of ``size`` neighbours along an axis."""
    return correlate1d(input, np.full(size, 1.0 / size), axis, output, mode, cval, origin)


@composite(scipy.ndimage.uniform_filter)
def uniform_filter(
    input: Array, size: Any = 3, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0,
    *, axes: Any = None,
) -> Array:  # fmt: skip
    """Return the means over boxes of ``size`` neighbours."""
    x = single(input, output, "uniform_filter")
    axes = tuple(range(x.ndim)) if axes is None else tuple(np.atleast_1d(axes))
    modes = [mode] * len(axes) if isinstance(mode, str) else list(mode)
    for axis, k, way, shift in zip(axes, per_axis(size, len(axes)), modes, per_axis(origin, len(axes)), strict=True):
        x = uniform_filter1d(x, k, axis, None, way, cval, shift)
    return x


def edges(x: Array, axis: int, across: list[float], mode: Any, cval: Any) -> Array:
    """Return differences along an axis, weighted with ``across`` along all others."""
    modes = [mode] * x.ndim if isinstance(mode, str) else list(mode)
    axis %= x.ndim
    result = correlate1d(x, np.array([-1.0, 0.0, 1.0]), axis, None, modes[axis], cval)
    for i in range(x.ndim):
        result = result if i == axis else correlate1d(result, np.array(across), i, None, modes[i], cval)
    return result


@composite(scipy.ndimage.sobel)
def sobel(input: Array, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Array:
    """Return the differences of Sobel along an axis."""
    return edges(single(input, output, "sobel"), axis, [1.0, 2.0, 1.0], mode, cval)


@composite(scipy.ndimage.prewitt)
def prewitt(input: Array, axis: int = -1, output: Any = None, mode: Any = "reflect", cval: Any = 0.0) -> Array:
    """Return the differences of Prewitt along an axis."""
    return edges(single(input, output, "prewitt"), axis, [1.0, 1.0, 1.0], mode, cval)


@composite(scipy.ndimage.laplace)
def laplace(input: Array, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, *, axes: Any = None) -> Array:
    """Return the sum of the second differences."""
    x = single(input, output, "laplace")
    axes = tuple(range(x.ndim)) if axes is None else tuple(axes)
    modes = [mode] * len(axes) if isinstance(mode, str) else list(mode)
    kernel = np.array([1.0, -2.0, 1.0])
    return sum(correlate1d(x, kernel, axis, None, way, cval) for axis, way in zip(axes, modes, strict=True))


@composite(scipy.ndimage.map_coordinates)
def map_coordinates(
    input: Array, coordinates: Any, output: Any = None, order: int = 3, mode: str = "constant", cval: Any = 0.0,
    prefilter: bool = True,
) -> Array:  # fmt: skip
    """Return the image at points between its elements, by image and coordinates, for ``order=1`` (linear).

    Raises NotImplementedError for other orders and for modes other than "constant" and "nearest".
    """
    if order != 1 or mode not in ("constant", "nearest"):
        raise NotImplementedError(
            f"map_coordinates: no derivative for order={order} and mode={mode!r}; it takes order=1 and mode 'constant' "
            "or 'nearest'. interpolate.CubicSpline and RegularGridInterpolator have others."
        )
    x, points = single(input, output, "map_coordinates"), asarray(coordinates)
    plain, top = stop_gradient(points), np.reshape(np.array(x.shape) - 1, (-1,) + (1,) * (points.ndim - 1))
    within = np.all((plain >= 0) & (plain <= top), axis=0)
    points = np.where((plain >= 0) & (plain <= top), points, np.clip(plain, 0, top).astype(plain.dtype))
    result = multilinear(x, points, np.minimum(np.floor(stop_gradient(points)), np.maximum(top - 1, 0)).astype(int))
    return result if mode == "nearest" else np.where(within, result, cval)


def multilinear(x: Array, points: Array, low: Array) -> Array:
    """Return the linear interpolation in the cells that begin at ``low``."""
    share = points - low.astype(points.dtype)
    total = 0.0
    for corner in np.ndindex(*(2,) * x.ndim):
        weight = 1.0
        for axis, side in enumerate(corner):
            weight = weight * (share[axis] if side else 1.0 - share[axis])
        places = tuple(np.minimum(low[axis] + side, x.shape[axis] - 1) for axis, side in enumerate(corner))
        total = total + weight * x[places]
    return total


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.ndimage, name)
