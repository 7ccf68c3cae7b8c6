"""What the distributions share: arguments by position and keyword, location and scale, the ends of the support.

A distribution is given by functions of the standard variable and the shapes, written with functions that have
derivatives. Plain arguments go to SciPy. To add one, see ``continuous`` and ``discrete``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from inspect import Parameter, Signature
from math import inf
from typing import Any

import numpy as np

from easygrad.core import Array, Rule, stop_gradient
from easygrad.rules.composition import boxed_within
from easygrad.rules.shaping import asarray


def has_traced(args: Sequence[Any], options: Mapping[str, Any]) -> bool:
    """Return whether there is a traced value among the arguments."""
    return boxed_within(list(args)) or boxed_within(list(options.values()))


class Frozen:
    """A distribution with fixed parameters, some of them traced."""

    def __init__(self, family: Any, args: Sequence[Any], options: Mapping[str, Any]) -> None:
        self.family, self.args, self.options = family, args, options

    def __getattr__(self, name: str) -> Any:
        """Return a function of the distribution, of the variable alone."""
        if name.startswith("_"):
            raise AttributeError(name)
        function = getattr(self.family, name)
        return lambda x, *rest: function(x, *self.args, *rest, **self.options)


class Distribution:
    """A distribution of SciPy whose density and distribution functions take traced values.

    Other names (``rvs``, ``fit``, ``mean`` ...) are SciPy's own. Parameters outside their domain give nan.
    """

    argument = "x"
    defaults: Mapping[str, float] = {"loc": 0.0, "scale": 1.0}

    def __init__(self, family: Any, functions: Mapping[str, Rule], low: Any = -inf, high: Any = inf) -> None:
        """Take SciPy's distribution, functions of the standard variable and the shapes, and the ends of the support."""
        self.family = family
        self.functions = functions
        self.ends = low, high
        shapes = family.shapes.replace(" ", "").split(",") if family.shapes else []
        kind = Parameter.POSITIONAL_OR_KEYWORD
        names = [Parameter(name, kind) for name in (self.argument, *shapes)]
        self.signature = Signature([*names, *(Parameter(name, kind, default=x) for name, x in self.defaults.items())])

    def __getattr__(self, name: str) -> Any:
        """Return what SciPy's distribution has under a name, or the inverse of a distribution function."""
        if name.startswith("__") or "functions" not in self.__dict__:
            raise AttributeError(name)
        if name in self.functions:
            return partial(self.inverse, name)
        return getattr(self.family, name)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Return the distribution with fixed parameters."""
        return Frozen(self, args, options) if has_traced(args, options) else self.family(*args, **options)

    def bound(self, args: Sequence[Any], options: Mapping[str, Any]) -> list[Array]:
        """Return variable, shapes, location and what else there is, as arrays of floats of one shape."""
        given = self.signature.bind(*args, **options)
        given.apply_defaults()
        arrays = [asarray(x) for x in given.arguments.values()]
        return [x if x.dtype.kind in "fc" else stop_gradient(x) + 0.0 for x in arrays]

    def beyond(self, name: str, z: Array, shapes: Sequence[Array]) -> tuple[Any, Any]:
        """Return where a function of the standard variable has its constant values below and above the support."""
        low, high = self.support_of(shapes)
        return stop_gradient(z) < low, stop_gradient(z) > high

    def support_of(self, shapes: Sequence[Array]) -> list[Any]:
        """Return the ends of the support."""
        plain = stop_gradient(list(shapes))
        return [end(*plain) if callable(end) else end for end in self.ends]

    def evaluate(self, name: str, below: float, above: float, args: Sequence[Any], options: Mapping[str, Any]) -> Array:
        """Return a function of the standard variable, with its constant values below and above the support."""
        x, *shapes, loc, scale = self.bound(args, options)
        z, valid = (x - loc) / scale, np.asarray(stop_gradient(scale)) > 0
        return self.inside(name, z, shapes, valid, below, above)

    def inside(self, name: str, z: Array, shapes: Sequence[Array], valid: Any, below: float, above: float) -> Array:
        """Return a function where it is defined, evaluated there alone."""
        for shape in stop_gradient(list(shapes)):
            valid = valid & (shape > 0)
        under, over = self.beyond(name, z, shapes)
        good = valid & ~(under | over | np.isnan(stop_gradient(z)))
        standard = self.functions.get(name) or partial(self.derived, name)
        if np.all(good):
            return standard(z, *shapes)
        low, high = self.support_of(shapes)
        middle = (low + high) / 2.0 if np.all(high < inf) else low + 0.5 if low > -inf else 0.5
        value = standard(np.where(good, z, middle), *[np.where(valid, shape, 1.0) for shape in shapes])
        value = np.where(good, value, np.where(under, below, above))
        return np.where(valid & ~np.isnan(stop_gradient(z)), value, np.nan)

    def derived(self, name: str, z: Array, *shapes: Array) -> Array:
        """Return a function that follows from others: the complement, or the logarithm."""
        if name in ("sf", "cdf"):
            return 1.0 - self.functions["cdf" if name == "sf" else "sf"](z, *shapes)
        plain = name.removeprefix("log")
        value = self.functions[plain](z, *shapes) if plain in self.functions else self.derived(plain, z, *shapes)
        with np.errstate(divide="ignore"):  # a probability too small for a float is 0
            return np.log(value)

    def cdf(self, *args: Any, **options: Any) -> Array:
        """Return the distribution function."""
        return self.chosen("cdf", 0.0, 1.0, args, options)

    def sf(self, *args: Any, **options: Any) -> Array:
        """Return the survival function, one minus the distribution function."""
        return self.chosen("sf", 1.0, 0.0, args, options)

    def logcdf(self, *args: Any, **options: Any) -> Array:
        """Return the logarithm of the distribution function."""
        return self.chosen("logcdf", -inf, 0.0, args, options)

    def logsf(self, *args: Any, **options: Any) -> Array:
        """Return the logarithm of the survival function."""
        return self.chosen("logsf", 0.0, -inf, args, options)

    def chosen(self, name: str, below: float, above: float, args: Sequence[Any], options: Mapping[str, Any]) -> Array:
        """Return SciPy's answer for plain arguments, ours for traced ones."""
        if has_traced(args, options):
            return self.evaluate(name, below, above, args, options)
        return getattr(self.family, name)(*args, **options)

    def inverse(self, name: str, *args: Any, **options: Any) -> Array:
        """Return a quantile function."""
        if not has_traced(args, options):
            return getattr(self.family, name)(*args, **options)
        q, *shapes, loc, scale = self.bound(args, {("x" if key == "q" else key): x for key, x in options.items()})
        return self.functions[name](q, *shapes) * scale + loc


class Continuous(Distribution):
    """A distribution with a density; ``logpdf`` of the standard variable has to be among the functions."""

    def pdf(self, *args: Any, **options: Any) -> Array:
        """Return the density."""
        if has_traced(args, options):
            return np.exp(self.logpdf(*args, **options))
        return self.family.pdf(*args, **options)

    def logpdf(self, *args: Any, **options: Any) -> Array:
        """Return the logarithm of the density."""
        if not has_traced(args, options):
            return self.family.logpdf(*args, **options)
        scale = self.bound(args, options)[-1]
        return self.evaluate("logpdf", -inf, -inf, args, options) - np.log(np.where(scale > 0, scale, np.nan))


class Discrete(Distribution):
    """A distribution on whole numbers; ``logpmf`` has to be among the functions. At other numbers it is 0."""

    argument = "k"
    defaults: Mapping[str, float] = {"loc": 0.0}

    def beyond(self, name: str, z: Array, shapes: Sequence[Array]) -> tuple[Any, Any]:
        """Return the same; at the last number of the support the distribution function is the constant 1 already."""
        low, high = self.support_of(shapes)
        z = stop_gradient(z)
        return z < low, z > high if name == "logpmf" else z >= high

    def evaluate(self, name: str, below: float, above: float, args: Sequence[Any], options: Mapping[str, Any]) -> Array:
        """Return a function at whole numbers, or at the last one below."""
        k, *shapes, loc = self.bound(args, options)
        m = k - loc
        if name != "logpmf":
            return self.inside(name, np.floor(m), shapes, True, below, above)
        whole = stop_gradient(m) == np.floor(m)
        value = self.inside(name, np.where(whole, m, -1.0), shapes, True, below, above)
        return np.where(np.isnan(stop_gradient(m)), np.nan, value)

    def pmf(self, *args: Any, **options: Any) -> Array:
        """Return the probabilities."""
        if has_traced(args, options):
            return np.exp(self.logpmf(*args, **options))
        return self.family.pmf(*args, **options)

    def logpmf(self, *args: Any, **options: Any) -> Array:
        """Return the logarithms of the probabilities."""
        return self.chosen("logpmf", -inf, -inf, args, options)
