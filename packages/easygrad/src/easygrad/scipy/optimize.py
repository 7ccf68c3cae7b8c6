"""``scipy.optimize`` with solutions that can be differentiated by parameters, and ``objective`` for ``minimize``.

Traced values may be passed in ``args`` or stand in the function itself (a closure, an attribute). SciPy solves for the
plain values; the derivative is that of the implicit function, see ``implicit``: of ``fun(x) = 0`` for roots, of
``grad(fun)(x) = 0`` for minima. The starting point and the options have no derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from easygrad.containers import flatten
from easygrad.core import Array, stop_gradient
from easygrad.jacobians import jacobian, make_hvp
from easygrad.rules.composition import boxed_within
from easygrad.rules.decompositions import pinned
from easygrad.rules.shaping import asarray
from easygrad.scipy.implicit import Watched, implicit
from easygrad.transforms import grad, value_and_grad

Function = Callable[..., Any]
__all__ = [
    "bisect", "brenth", "brentq", "curve_fit", "fixed_point", "fsolve", "implicit", "least_squares", "minimize",
    "minimize_scalar", "newton", "objective", "ridder", "root", "root_scalar", "toms748",
]  # fmt: skip


def of(fun: Function, args: Any) -> Function:
    """Return the function of the unknown alone."""
    extra = args if isinstance(args, tuple) else (args,)
    return lambda x: fun(x, *extra)


def values_of(fun: Function, args: Any) -> Function:
    """Return the function of the unknown, with plain values and plain results, as SciPy's solvers take it."""
    inner = of(fun, args)
    return lambda x: stop_gradient(inner(x))


def plain_options(options: dict[str, Any], args: Any) -> dict[str, Any]:
    """Return the options with functions of plain results: ``jac``, ``hess`` and so on get what ``args`` holds."""
    return {name: values_of(x, args) if name in SLOPES and callable(x) else x for name, x in options.items()}


SLOPES = ("jac", "fprime", "fprime2", "hess")

# Roots


def root(fun: Function, x0: Array, args: Any = (), method: str = "hybr", **options: Any) -> OptimizeResult:
    """Return SciPy's result for ``fun(x) = 0``; ``.x`` has the derivatives of the root by what ``fun`` depends on.

    ``jac=True`` and ``jac=f`` as in SciPy. Raises RuntimeError where derivatives are taken and no root was found.
    """
    with_jac = options.get("jac") is True
    found = scipy.optimize.root(values_of(fun, args), stop_gradient(x0), method=method, **plain_options(options, args))
    equations = of(first_of(fun) if with_jac else fun, args)
    found.x = implicit(equations, np.reshape(found.x, np.shape(stop_gradient(x0)) or (1,)), "root")
    return found


def first_of(fun: Function) -> Function:
    """Return the function without the second of its results."""
    return lambda *args: fun(*args)[0]


def fsolve(
    func: Function, x0: Array, args: Any = (), fprime: Any = None, full_output: bool = False, **options: Any
) -> Any:
    """Return the root of ``func``, with its derivatives; with ``full_output`` SciPy's tuple, which begins with it."""
    fprime = fprime and values_of(fprime, args)
    x, *rest = scipy.optimize.fsolve(
        values_of(func, args), stop_gradient(x0), fprime=fprime, full_output=True, **options
    )
    x = implicit(of(func, args), x, "fsolve")
    return (x, *rest) if full_output else x


def fixed_point(func: Function, x0: Array, args: Any = (), **options: Any) -> Array:
    """Return x = func(x), with its derivatives by what ``func`` depends on."""
    x = scipy.optimize.fixed_point(values_of(func, args), stop_gradient(x0), **options)
    image = of(func, args)
    return implicit(lambda x: x - image(x), x, "fixed_point")


def bracketing(solve: Function) -> Function:
    """Return a solver of one equation in a bracket with the derivatives of the root."""
    what = solve.__name__

    def solver(f: Function, a: Any, b: Any, args: Any = (), full_output: bool = False, **options: Any) -> Any:
        found = solve(values_of(f, args), *stop_gradient((a, b)), full_output=full_output, **options)
        x = implicit(of(f, args), found[0] if full_output else found, what)
        return (x, found[1]) if full_output else x

    solver.__name__ = solver.__qualname__ = what
    solver.__doc__ = "Return the root between ``a`` and ``b``, with its derivatives by what ``f`` depends on."
    return solver


brentq, brenth, ridder, bisect, toms748 = map(
    bracketing,
    (
        scipy.optimize.brentq,
        scipy.optimize.brenth,
        scipy.optimize.ridder,
        scipy.optimize.bisect,
        scipy.optimize.toms748,
    ),
)


def newton(
    func: Function, x0: Any, fprime: Any = None, args: Any = (), full_output: bool = False, **options: Any
) -> Any:
    """Return the root of ``func`` next to ``x0``, with its derivatives; of an array, one for each element."""
    found = scipy.optimize.newton(
        values_of(func, args),
        stop_gradient(x0),
        fprime=fprime and values_of(fprime, args),
        full_output=full_output,
        **plain_options(options, args),
    )
    x = implicit(of(func, args), found[0] if full_output else found, "newton")
    return (x, *found[1:]) if full_output else x


def root_scalar(f: Function, args: Any = (), **options: Any) -> Any:
    """Return SciPy's result; ``.root`` has the derivatives of the root by what ``f`` depends on."""
    found = scipy.optimize.root_scalar(values_of(f, args), **plain_options(options, args))
    with_derivatives = options.get("fprime") is True or options.get("fprime2") is True
    found.root = implicit(of(first_of(f) if with_derivatives else f, args), found.root, "root_scalar")
    return found


# Minima


def minimize(fun: Function, x0: Array, args: Any = (), method: Any = None, **options: Any) -> OptimizeResult:
    """Return SciPy's result; ``.x`` and ``.fun`` have the derivatives of the minimum by what ``fun`` depends on.

    Unknowns at their ``bounds`` stay there.
    Raises NotImplementedError for ``constraints`` where derivatives are taken.
    """
    start = np.atleast_1d(np.asarray(stop_gradient(x0), dtype=np.result_type(stop_gradient(x0), np.float32)))
    with_jac = options.get("jac") is True
    value = of(first_of(fun) if with_jac else fun, args)
    watched = Watched(of(fun, args))
    found = scipy.optimize.minimize(watched, start, method=method, **plain_options(options, args))
    if watched.traced and options.get("constraints"):
        raise NotImplementedError(
            "minimize: no derivative of a minimum under constraints. Eliminate them, or solve the equations of "
            "Lagrange with root."
        )
    if watched.traced:
        found.x = minimum(value, found.x, options.get("bounds"), "minimize")
        found.fun = value(found.x)
    return found


def minimum(value: Function, x: Array, bounds: Any, what: str) -> Array:
    """Return a plain minimum with its derivatives: the gradient is 0 in the unknowns that are at no bound."""
    free = np.flatnonzero(is_free(stop_gradient(grad(value)(x)), x, bounds))
    places = np.eye(x.size, dtype=x.dtype)[:, free]
    held = x * (places.sum(axis=1) == 0)
    inner = implicit(lambda v: grad(value)(held + places @ v)[free], x[free], what)
    return held + places @ inner


def is_free(gradient: Array, x: Array, bounds: Any) -> Array:
    """Return which unknowns are not held at a bound; refuse one that is at a bound and would not move away."""
    if bounds is None:
        return np.ones(x.size, dtype=bool)
    limits = bounds if isinstance(bounds, scipy.optimize.Bounds) else scipy.optimize.Bounds(*unzipped(bounds))
    low, high = np.broadcast_to(limits.lb, x.shape), np.broadcast_to(limits.ub, x.shape)
    room = 1e-9 * (1.0 + np.abs(x))
    held = ((x - low <= room) & (gradient > 0)) | ((high - x <= room) & (gradient < 0))
    return ~held


def unzipped(bounds: Sequence[Any]) -> tuple[Array, Array]:
    """Return the lower and the upper bounds; None is no bound."""
    low = [-np.inf if pair[0] is None else pair[0] for pair in bounds]
    high = [np.inf if pair[1] is None else pair[1] for pair in bounds]
    return np.array(low, dtype=float), np.array(high, dtype=float)


def minimize_scalar(
    fun: Function, bracket: Any = None, bounds: Any = None, args: Any = (), method: Any = None, **options: Any
) -> OptimizeResult:
    """Return SciPy's result; ``.x`` and ``.fun`` have the derivatives of the minimum by what ``fun`` depends on."""
    watched = Watched(of(fun, args))
    found = scipy.optimize.minimize_scalar(watched, bracket=bracket, bounds=bounds, method=method, **options)
    value = of(fun, args)
    if watched.traced:
        limits = None if bounds is None else [bounds]
        found.x = minimum(lambda x: value(x[0]), np.reshape(np.float64(found.x), (1,)), limits, "minimize_scalar")[0]
        found.fun = value(found.x)
    return found


def least_squares(fun: Function, x0: Array, *, args: Any = (), kwargs: Any = None, **options: Any) -> OptimizeResult:
    """Return SciPy's result; ``.x`` has the derivatives of the minimum of the sum of squares.

    Raises NotImplementedError for a ``loss`` other than "linear" where derivatives are taken.
    """
    residuals = of(lambda *given: fun(*given, **(kwargs or {})), args)
    start = np.atleast_1d(np.asarray(stop_gradient(x0), dtype=float))
    exact = {"jac": lambda x: stop_gradient(jacobian(residuals)(x))}
    given = plain_options(options, args)
    watched = Watched(residuals)
    found = scipy.optimize.least_squares(watched, start, **{**exact, **given})
    if watched.traced:
        refuse_loss("least_squares", options)
        value: Function = lambda x: 0.5 * np.sum(residuals(x) ** 2)  # noqa: E731  # passed on, as a formula
        found.x = minimum(value, found.x, as_bounds(options.get("bounds")), "least_squares")
        found.cost, found.fun = value(found.x), residuals(found.x)
    return found


def refuse_loss(what: str, options: dict[str, Any]) -> None:
    """Refuse a sum of something other than squares."""
    if options.get("loss", "linear") != "linear":
        raise NotImplementedError(f"{what}: no derivative with loss={options['loss']!r}, only with 'linear'.")


def as_bounds(bounds: Any) -> Any:
    """Return the bounds of a fit, a pair of arrays or numbers, in the form that ``minimize`` takes too."""
    return bounds if bounds is None or isinstance(bounds, scipy.optimize.Bounds) else scipy.optimize.Bounds(*bounds)


def curve_fit(
    f: Function, xdata: Any, ydata: Array, p0: Any = None, sigma: Any = None, absolute_sigma: bool = False,
    **options: Any,
) -> Any:  # fmt: skip
    """Return SciPy's tuple; parameters and covariance have the derivatives by the data, ``sigma`` and what ``f`` has.

    Parameters at their ``bounds`` stay there. Raises NotImplementedError for a ``loss`` other than "linear" where
    derivatives are taken.
    """
    watched = Watched(f)
    if callable(slope := options.get("jac")):
        options["jac"] = lambda *args: stop_gradient(slope(*args))
    plain = stop_gradient((xdata, ydata, p0, sigma))
    best, covariance, *rest = scipy.optimize.curve_fit(watched, *plain, absolute_sigma, **options)
    if watched.traced or boxed_within((xdata, ydata, sigma)):
        refuse_loss("curve_fit", options)
        residuals: Function = lambda p: weighted(f(xdata, *p) - ydata, sigma)  # noqa: E731  # passed on, as a formula
        squares: Function = lambda p: np.sum(residuals(p) ** 2)  # noqa: E731  # passed on, as a formula
        best = minimum(lambda p: 0.5 * squares(p), best, as_bounds(options.get("bounds")), "curve_fit")
        slopes = jacobian(residuals)(best)
        spread = np.linalg.inv(slopes.T @ slopes)
        if sigma is None or not absolute_sigma:
            spread = spread * squares(best) / (slopes.shape[0] - best.size)
        covariance = pinned(covariance, spread)
    return (best, covariance, *rest)


def weighted(residuals: Array, sigma: Any) -> Array:
    """Return residuals in units of their errors, which are given one by one or as a covariance."""
    if sigma is None:
        return residuals
    sigma = asarray(sigma)
    return residuals / sigma if sigma.ndim < 2 else np.linalg.solve(np.linalg.cholesky(sigma), residuals)


# What SciPy's optimizers want


class Objective(dict[str, Any]):
    """The arguments of ``scipy.optimize.minimize``, and ``unpack``, which makes of a vector what ``x0`` was."""

    def __init__(self, rebuild: Function, arguments: dict[str, Any]) -> None:
        super().__init__(arguments)
        self.unpack = rebuild


def objective(fun: Function, x0: Any, args: Any = (), *, hessp: bool = False) -> Objective:
    """Return what ``scipy.optimize.minimize`` wants of a function and a start: ``minimize(**objective(fun, x0))``.

    ``x0`` may be a number, an array of any shape or a container (a dict, a list, a dataclass ...); the optimizer sees a
    vector of float64, and ``unpack(result.x)`` of what is returned makes of it what ``x0`` was. It holds ``fun``, which
    returns the value and the gradient, ``x0``, ``jac=True``, and with ``hessp=True`` the products of the Hessian with
    vectors, by forward over reverse mode. ``fun`` must return a real number.
    """
    leaves, rebuild = flatten(x0, whole=True)
    likes = [np.asarray(leaf) for leaf in leaves]
    ends = np.cumsum([like.size for like in likes])
    inner = of(fun, args)

    def unpack(vector: Array) -> Any:
        parts = [vector[end - like.size : end] for like, end in zip(likes, ends, strict=True)]
        return rebuild(
            [np.reshape(part, like.shape).astype(like.dtype) for part, like in zip(parts, likes, strict=True)]
        )

    def pack(parts: Any) -> Array:
        return np.concatenate([np.ravel(part) for part in flatten(parts, whole=True)[0]]).astype(np.float64)

    def value(vector: Array) -> Array:
        return inner(unpack(vector))

    def value_and_slope(vector: Array) -> tuple[float, Array]:
        found, slope = value_and_grad(inner)(unpack(vector))
        return float(found), pack(slope)

    arguments = {"fun": value_and_slope, "x0": pack(x0), "jac": True}
    if hessp:
        arguments["hessp"] = lambda vector, v: make_hvp(value)(vector)[0](v)
    return Objective(unpack, arguments)


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.optimize, name)
