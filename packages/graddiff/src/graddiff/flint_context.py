"""The part of an mpmath context that the referee needs, computed by FLINT in C, where python-flint is installed.

FLINT computes with balls. Here every result is its middle: a comparison of balls may be undecided, and the radius of a
long iteration grows without need. The precision is FLINT's own, one for the process: the referee sets it before it
computes. To make another function known, write it as a method that takes numbers of FLINT.
"""

from typing import Any

import flint
from flint import acb, arb

from graddiff.numbers import Number

Raw = Any  # an arb or acb


class FlintNumber(Number):
    """A number of FLINT; its raw value has no radius."""

    __slots__ = ()

    def _computed(self, raw: Raw) -> "FlintNumber":
        return FlintNumber(raw.mid())

    def _exact(self, raw: Raw) -> "FlintNumber":
        return FlintNumber(raw.mid())

    def __add__(self, other: Any) -> Any:
        if type(other) is FlintNumber:  # the usual case, on the shortest way
            return FlintNumber((self.raw + other.raw).mid())
        return super().__add__(other)

    def __sub__(self, other: Any) -> Any:
        if type(other) is FlintNumber:
            return FlintNumber((self.raw - other.raw).mid())
        return super().__sub__(other)

    def __mul__(self, other: Any) -> Any:
        if type(other) is FlintNumber:
            return FlintNumber((self.raw * other.raw).mid())
        return super().__mul__(other)


class FlintContext:
    """Stands where an mpmath context stands."""

    number = FlintNumber
    version = f"flint {flint.__version__}"
    mpf, mpc = arb, acb
    inf, nan = arb.pos_inf(), arb.nan()

    @property
    def dps(self) -> int:
        """The decimal digits of all that is computed."""
        return int(flint.ctx.dps)

    @dps.setter
    def dps(self, digits: int) -> None:
        flint.ctx.dps = digits

    @property
    def pi(self) -> Raw:
        """The number pi."""
        return arb.pi().mid()

    def sin(self, x: Raw) -> Raw:
        """Return the sine."""
        return x.sin()

    def cos(self, x: Raw) -> Raw:
        """Return the cosine."""
        return x.cos()

    def tan(self, x: Raw) -> Raw:
        """Return the tangent."""
        return x.tan()

    def asin(self, x: Raw) -> Raw:
        """Return the inverse sine."""
        return x.asin()

    def acos(self, x: Raw) -> Raw:
        """Return the inverse cosine."""
        return x.acos()

    def atan(self, x: Raw) -> Raw:
        """Return the inverse tangent."""
        return x.atan()

    def sinh(self, x: Raw) -> Raw:
        """Return the hyperbolic sine."""
        return x.sinh()

    def cosh(self, x: Raw) -> Raw:
        """Return the hyperbolic cosine."""
        return x.cosh()

    def tanh(self, x: Raw) -> Raw:
        """Return the hyperbolic tangent."""
        return x.tanh()

    def asinh(self, x: Raw) -> Raw:
        """Return the inverse hyperbolic sine."""
        return x.asinh()

    def acosh(self, x: Raw) -> Raw:
        """Return the inverse hyperbolic cosine."""
        return x.acosh()

    def atanh(self, x: Raw) -> Raw:
        """Return the inverse hyperbolic tangent."""
        return x.atanh()

    def exp(self, x: Raw) -> Raw:
        """Return the exponential function."""
        return x.exp()

    def log(self, x: Raw) -> Raw:
        """Return the natural logarithm."""
        return arb(x).log() if isinstance(x, int) else x.log()

    def sqrt(self, x: Raw) -> Raw:
        """Return the square root."""
        return x.sqrt()

    def cbrt(self, x: Raw) -> Raw:
        """Return the cube root."""
        return x.root(3)

    def power(self, x: Raw, y: Raw) -> Raw:
        """Return x to the power y."""
        return arb(x) ** y

    def floor(self, x: Raw) -> Raw:
        """Return the largest whole number that is not larger."""
        return x.floor()

    def ceil(self, x: Raw) -> Raw:
        """Return the smallest whole number that is not smaller."""
        return x.ceil()

    def nint(self, x: Raw) -> Raw:
        """Return the nearest whole number, of two the even one."""
        down = x.floor()
        even = (down / 2).floor() * 2 == down
        return down if x - down < 0.5 or (x - down == 0.5 and even) else down + 1

    def sign(self, x: Raw) -> Raw:
        """Return -1, 0 or 1."""
        return x.sgn()

    def conj(self, x: Raw) -> Raw:
        """Return the conjugate."""
        return x.conjugate() if type(x) is acb else x

    def atan2(self, y: Raw, x: Raw) -> Raw:
        """Return the angle of the point (x, y)."""
        return arb.atan2(y, x)

    def hypot(self, x: Raw, y: Raw) -> Raw:
        """Return the distance of the point (x, y) from the origin."""
        return (x * x + y * y).sqrt()

    def whole(self, x: Raw) -> int:
        """Return a number without its fraction."""
        return int((x.floor() if x >= 0 else x.ceil()).unique_fmpz())
