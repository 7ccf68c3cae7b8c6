"""Implicit functions: x, defined by F(x, p) = 0, as a function of everything that F depends on.

A solver found x for the plain values; nothing of the solver is differentiated. With the Jacobian J of F at the plain
solution, the step of Newton's method ::

    x - J^-1 F(x, p)

leaves the value where it is, F(x, p) being 0, and has the derivative by p of the solution, ``-J^-1 dF/dp``. It is made
of ordinary traced arithmetic, so it has both modes, sees what stands in arguments, closures and attributes alike, and a
pullback solves with the transposed J: that is the adjoint equation. After n steps with the same J, the derivatives are
right up to order n, because a step multiplies the error by ``1 - J^-1 dF/dx``, which is 0 at the plain solution. There
are as many steps as derivatives are being taken, one within the other.

``optimize`` solves with a dense J, ``integrate`` with the J of a mesh in time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from easygrad.core import Array, Box, Rule, stop_gradient
from easygrad.jacobians import jacobian
from easygrad.primitives import linear
from easygrad.rules.composition import boxed_within
from easygrad.rules.decompositions import pinned

Solver = Callable[[Array], Array]
POLISHING = 8  # Newton steps at most, from the solution of the solver to one with all its digits


class Watched:
    """A function for a solver: it returns plain values, and notes whether there was anything traced in one of them."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = self.__wrapped__ = f  # whose arguments curve_fit counts
        self.traced = False

    def __call__(self, *args: Any) -> Any:
        """Return the plain value."""
        found = self.f(*args)
        self.traced = self.traced or boxed_within(found)
        return stop_gradient(found)


def depth(x: Any) -> int:
    """Return how many derivatives are being taken of ``x``, one within the other."""
    return 1 + depth(x.value) if type(x) is Box else 0


def operator(solve: Solver, transposed: Solver) -> Rule:
    """Return a linear function of plain vectors as a primitive, from itself and its transpose."""
    forward: Rule = linear(lambda r: solve(r), lambda ans, r: lambda g: backward(g), name="implicit")
    backward: Rule = linear(lambda r: transposed(r), lambda ans, r: lambda g: forward(g), name="implicit")
    return forward


def at_root(residual: Callable[[Array], Array], x: Array, solve: Rule) -> Array:
    """Return the plain root ``x`` of ``residual`` with the derivatives by what stands in ``residual``.

    ``solve`` is J^-1 at ``x``, linear and differentiable; ``residual`` has values in the space of its argument.
    """
    found = residual(x)
    moved = x - solve(found) if type(found) is Box else x
    for _ in range(depth(found) - 1):
        moved = moved - solve(residual(moved))
    return pinned(x, moved) if type(moved) is Box else x


def dense_solver(what: str, residual: Callable[[Array], Array], x: Array) -> tuple[Solver, Solver]:
    """Return ``r -> J^-1 r`` and its transpose for the Jacobian of a function of vectors at a plain ``x``."""
    matrix = stop_gradient(jacobian(residual)(x))
    if not np.all(np.isfinite(matrix)):
        raise FloatingPointError(f"{what}: the Jacobian at the solution {x} has elements that are not finite.")
    lower, pivots = lu_factor(matrix) if x.size else (matrix, None)
    size = np.abs(np.diagonal(lower))
    if np.any(size <= np.finfo(matrix.dtype).eps * x.size * np.max(size, initial=0.0)):
        raise np.linalg.LinAlgError(
            f"{what}: the Jacobian at the solution {x} is singular, so the solution has no derivative. It may be a "
            "double root or one of a continuum; write the problem so that its solution is isolated."
        )
    return lambda r: lu_solve((lower, pivots), r), lambda r: lu_solve((lower, pivots), r, trans=1)


def implicit(residual: Callable[[Array], Array], x: Array, what: str = "implicit") -> Array:
    """Return a solution ``x`` of ``residual(x) = 0``, from any solver, as a function of what ``residual`` depends on.

    The plain ``x`` may have any shape, and ``residual`` must return as many numbers; traced values may stand in the
    function in any way. The value stays that of ``x``. Raises RuntimeError where ``x`` is no solution: Newton's method,
    started there, must not move it by more than 0.1 %; LinAlgError where the Jacobian is singular.
    """
    start = np.asarray(stop_gradient(x))
    start = start if start.dtype.kind == "f" else start.astype(np.float64)

    def vector(v: Array) -> Array:
        found = np.ravel(residual(np.reshape(v, start.shape)[()]))
        if found.size != start.size:
            raise ValueError(
                f"{what}: the function returns {found.size} numbers for {start.size} unknowns; it takes as many "
                "equations as unknowns."
            )
        return found

    if not depth(vector(start.ravel())):
        return start[()]
    near, solvers = polished(what, vector, start.ravel())
    moved = np.reshape(at_root(vector, near, operator(*solvers)), start.shape)
    return pinned(start, moved)[()]


def polished(what: str, residual: Callable[[Array], Array], x: Array) -> tuple[Array, tuple[Solver, Solver]]:
    """Return the root next to ``x`` to the last digits and the solvers there; refuse one that is not near."""
    start, solvers = x, dense_solver(what, residual, x)
    last = np.inf
    for _ in range(POLISHING):
        step = solvers[0](stop_gradient(residual(x)))
        size = np.max(np.abs(step), initial=0.0)
        if not size < 0.5 * last or size <= 4.0 * np.finfo(x.dtype).eps * np.max(np.abs(x), initial=0.0):
            break
        last, x = size, x - step
        solvers = dense_solver(what, residual, x)
    if not np.max(np.abs(x - start), initial=0.0) <= 1e-3 * max(1.0, np.max(np.abs(x), initial=0.0)):
        raise RuntimeError(
            f"{what}: {start} is no solution, so it has no derivative: Newton's method leads from there to {x}. Give "
            "the solver a smaller tolerance, more steps, or a better start."
        )
    return x, solvers
