"""Checks of derivatives under Autograd's names; the checks themselves are those of ``easygrad.testing``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from easygrad import testing
from easygrad.calls import Argnum
from easygrad.containers import differentiable, flatten
from easygrad.results import Function

__all__ = ["check_equivalent", "check_grads", "check_jvp", "check_vjp", "combo_check", "scalar_close"]

TOL = RTOL = 1e-6


def check_grads(f: Function, argnum: Argnum = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2) -> Function:
    """Return a function of the arguments of ``f`` that checks its derivatives by one argument, or a tuple of them.

    Raises AssertionError, with what was found and what was expected.
    """
    return testing.check_grads(f, argnum, modes, order)  # type: ignore[arg-type]  # positions are what it takes


def check_vjp(f: Function, x: Any) -> None:
    """Check the first derivative of a function of one argument in reverse mode."""
    testing.check_vjp(f, argnum=0)(x)


def check_jvp(f: Function, x: Any) -> None:
    """Check the first derivative of a function of one argument in forward mode."""
    testing.check_jvp(f, argnum=0)(x)


def combo_check(fun: Function, *args: Any, **options: Any) -> Callable[..., None]:
    """Return a check of ``fun`` for every combination: of each argument a list of values, keywords too.

    The other arguments here are those of ``check_grads``.
    """
    check = check_grads(fun, *args, **options)

    def check_all(*choices: Sequence[Any], **keyword_choices: Sequence[Any]) -> None:
        for chosen in product(*choices, *keyword_choices.values()):
            named = dict(zip(keyword_choices, chosen[len(choices) :], strict=True))
            check(*chosen[: len(choices)], **named)

    return check_all


def scalar_close(a: float, b: float) -> bool:
    """Return whether two numbers agree to six digits, or to 1e-6."""
    return bool(abs(a - b) < TOL or abs(a - b) < RTOL * abs(a + b))


def check_equivalent(x: Any, y: Any) -> None:
    """Raise AssertionError unless two derivatives have the same containers, shapes, dtypes and, nearly, numbers."""
    mine, others = flatten(x, differentiable)[0], flatten(y, differentiable)[0]
    spaces = [[(np.shape(leaf), np.result_type(leaf)) for leaf in leaves] for leaves in (mine, others)]
    if type(x) is not type(y) and (isinstance(x, dict | list | tuple) or isinstance(y, dict | list | tuple)):
        raise AssertionError(f"check_equivalent: a {type(x).__name__} and a {type(y).__name__} are not the same.")
    if spaces[0] != spaces[1]:
        raise AssertionError(f"check_equivalent: shapes and dtypes {spaces[0]} are not {spaces[1]}.")
    for a, b in zip(mine, others, strict=True):
        if not np.allclose(a, b, RTOL, TOL):
            raise AssertionError(f"check_equivalent: {a!r} is not {b!r}.")
