"""Initial value problems, with their derivatives by the start, the times, and what the right-hand side depends on.

SciPy solves for the plain values and says where its steps are. On this mesh, joined with the times that are asked for,
the solution is the root of the equations of collocation ::

    Y_i = y_k + h sum_j A_ij f(t_k + c_j h, Y_j)        in step k, with y_(k+1) the last of the Y

at the five points of Radau in each step (order 9, stable for stiff equations; Hairer and Wanner, Solving Ordinary
Differential Equations II, section IV.5). They are an implicit function like any other, see ``implicit``: the solver of
their Jacobian runs through the steps forward, which is the linearized equation, and its transpose runs backward, which
is the adjoint equation. What ``f`` depends on may stand in ``args``, a closure or an attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.integrate

from easygrad.core import Array, Rule, stop_gradient
from easygrad.rules.composition import boxed_within
from easygrad.rules.decompositions import pinned
from easygrad.rules.shaping import asarray, stack
from easygrad.scipy.implicit import Watched, at_root, depth, operator
from easygrad.transforms import make_vjp

Function = Callable[..., Any]
STAGES = 5
POLISHING = 8


def radau(stages: int) -> tuple[Array, Array]:
    """Return the points of Radau between 0 and 1, of which the last is 1, and the integrals of their polynomials."""
    legendre = np.polynomial.legendre.Legendre
    basis = [legendre.basis(k) for k in (stages, stages - 1)]
    points = np.sort((basis[0] - basis[1]).roots().real) * 0.5 + 0.5
    points[-1] = 1.0
    powers = points[:, None] ** np.arange(stages)
    integrals = points[:, None] ** np.arange(1, stages + 1) / np.arange(1, stages + 1)
    return points, integrals @ np.linalg.inv(powers)


POINTS, INTEGRALS = radau(STAGES)


@dataclass
class Mesh:
    """The right-hand side, the times of the mesh, traced or not, and the start."""

    f: Function
    times: Array
    start: Array

    def residual(self, y: Array) -> Array:
        """Return by how much the equations of collocation do not hold; shape (steps, stages, unknowns)."""
        steps = np.diff(self.times)
        nodes = self.times[:-1, None] + steps[:, None] * POINTS
        slopes = self.slopes(nodes, y)
        before = np.concatenate([self.start[None], y[:-1, -1]])
        return y - before[:, None] - steps[:, None, None] * np.matmul(INTEGRALS, slopes)

    def solver(self, y: Array) -> Rule:
        """Return the solver of the linearized equations at a plain ``y``; its transpose is the adjoint equation."""
        times = stop_gradient(self.times)
        steps = np.diff(times)
        nodes = times[:-1, None] + steps[:, None] * POINTS
        pullback = make_vjp(lambda y: self.slopes(nodes, y))(y)[0]
        units = np.eye(y.shape[-1])  # a point depends on no other: one pullback gives a row of the Jacobian at each
        rows = [stop_gradient(pullback(np.broadcast_to(unit, y.shape))) for unit in units]
        size = STAGES * y.shape[-1]
        coupling = np.einsum("k,ij,akjb->kiajb", steps, INTEGRALS, np.stack(rows))
        inverses = np.linalg.inv(np.eye(size) - np.reshape(coupling, (-1, size, size)))
        return operator(
            lambda r: run_forward(inverses, r),
            lambda r: run_backward(np.swapaxes(inverses, -1, -2), r),
        )

    def slopes(self, nodes: Array, y: Array) -> Array:
        """Return the right-hand side at each point of each step."""
        return np.reshape(
            stack([asarray(self.f(nodes[place], y[place])) for place in np.ndindex(*y.shape[:2])]), y.shape
        )


def run_forward(inverses: Array, r: Array) -> Array:
    """Return the solution of the linearized equations, step by step."""
    solution, carried = np.empty_like(r), np.zeros(r.shape[-1])
    for k, inverse in enumerate(inverses):
        solution[k] = np.reshape(inverse @ np.ravel(r[k] + carried), r.shape[1:])
        carried = solution[k, -1]
    return solution


def run_backward(inverses: Array, r: Array) -> Array:
    """Return the solution of the transposed equations, from the last step to the first."""
    solution, carried = np.empty_like(r), np.zeros(r.shape[-1])
    for k in range(len(inverses) - 1, -1, -1):
        g = r[k].copy()
        g[-1] += carried
        solution[k] = np.reshape(inverses[k] @ np.ravel(g), r.shape[1:])
        carried = solution[k].sum(axis=0)
    return solution


def collocated(mesh: Mesh, guess: Array) -> Array:
    """Return the solution at the points of collocation, near the plain guess, with its derivatives."""
    y, solver = guess, mesh.solver(guess)
    scale, last = 1.0 + np.max(np.abs(y), initial=0.0), np.inf
    for _ in range(POLISHING):
        step = solver(stop_gradient(mesh.residual(y)))
        size = np.max(np.abs(step), initial=0.0)
        if not size < 0.5 * last:
            break
        last, y = size, y - step
        if size <= 1e-11 * scale:  # the next step is smaller by the factor that the last one was
            break
    moved = np.max(np.abs(y - guess), initial=0.0)
    if not moved <= 0.1 * scale:
        raise RuntimeError("solve_ivp: the solution is too rough for a derivative. Give smaller tolerances.")
    return at_root(mesh.residual, y, solver if moved <= 1e-9 * scale else mesh.solver(y))


def with_times(mesh: Array, times: Array, traced: Array) -> Array:
    """Return the mesh with the traced times in the places of the plain ones."""
    if not depth(traced):
        return mesh
    places: Any = np.searchsorted(mesh, times) if mesh[0] <= mesh[-1] else np.searchsorted(-mesh, -times)
    selected = (places[:, None] == np.arange(mesh.size)).astype(float)
    return mesh + (traced - times) @ selected


def joined(steps: Array, times: Array) -> Array:
    """Return the mesh of all times; of steps and times that are next to equal the times remain."""
    near = 1e-10 * abs(steps[-1] - steps[0])
    apart = np.min(np.abs(steps[:, None] - times), axis=1, initial=np.inf) > near
    mesh = np.unique(np.concatenate([steps[apart], times]))
    return mesh if steps[0] <= steps[-1] else mesh[::-1]


def traced_solution(f: Function, y0: Array, span: Any, times: Any, sol: Any) -> tuple[Array, Array, Array]:
    """Return the solution at the times, those of the mesh, and the values at the points of collocation.

    ``sol`` is the continuous solution of SciPy; ``span`` are start and end, ``times`` what is asked for.
    """
    plain_times, ends = stop_gradient(times), stop_gradient(span)
    asked = np.unique(np.concatenate([plain_times, ends]))
    mesh = joined(sol.ts, asked)
    start = np.flatnonzero(plain_times == ends[0])  # a time that is the start moves with the start alone
    inner = np.setdiff1d(np.arange(plain_times.size), start)
    ends_apart = span[1:][~np.isin(ends[1:], plain_times[inner])]
    moving = np.concatenate([span[:1], ends_apart, times[inner]])
    moved = with_times(mesh, stop_gradient(moving), moving)
    whole = Mesh(f, moved, y0)
    nodes = mesh[:-1, None] + np.diff(mesh)[:, None] * POINTS
    guess = np.reshape(sol(nodes.ravel()).T, (*nodes.shape, -1))
    y = collocated(whole, guess)
    at_mesh = np.concatenate([y0[None], y[:, -1]])
    order: Any = np.argsort(mesh)
    found = at_mesh[order[np.searchsorted(mesh, plain_times, sorter=order)]]
    at_start = [i for i in start if depth(times)]
    return starting(found, at_start, f, times, span, y0), moved, y


def starting(found: Array, places: Any, f: Function, times: Array, span: Array, y0: Array) -> Array:
    """Return the solution; where a time asked for is the traced start, it may leave it."""
    for i in places:
        unit = (np.arange(found.shape[0]) == i).astype(float)[:, None]
        found = found + unit * asarray(f(span[0], y0)) * (times[i] - span[0])
    return found


def vector(y0: Any, what: str) -> Array:
    """Return the start as a real vector."""
    y0 = asarray(y0)
    if y0.dtype.kind == "c":
        raise NotImplementedError(f"{what}: no derivative for complex unknowns; take real and imaginary parts apart.")
    return np.reshape(y0, -1) if y0.dtype.kind == "f" else np.reshape(y0, -1).astype(float)


def solve_ivp(
    fun: Function,
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """Return SciPy's result; ``.y`` has the derivatives by ``y0``, ``t_span``, ``t_eval`` and what is in ``fun``.

    So has ``.sol(t)`` with ``dense_output``, to the order 5 of the interpolation. Raises NotImplementedError for
    ``events`` and complex unknowns where derivatives are taken, and RuntimeError where SciPy did not reach the end.
    """
    extra = args or ()
    watched = Watched(lambda t, y: fun(t, y, *extra))
    options |= {"method": method, "t_eval": stop_gradient(t_eval), "events": events, "vectorized": vectorized}
    found = plain_solution(watched, t_span, y0, extra, options)
    sol, found.sol = found.sol, found.sol if dense_output else None
    if not watched.traced and not boxed_within((y0, t_eval, t_span)):
        return found
    if events is not None or not found.success:
        refuse(events, found.message)
    span, start = asarray(t_span), vector(y0, "solve_ivp")
    ends = np.concatenate([found.t[:-1], span[1:]])  # the last time is the end of the span
    times = ends if t_eval is None else asarray(t_eval)
    y, mesh, nodes = traced_solution(lambda t, y: fun(t, y, *extra), start, span, times, sol)
    found.t, found.y = times, pinned(found.y, y.T)
    if dense_output:
        found.sol = Interpolant(mesh, start, nodes)
    return found


def plain_solution(fun: Function, t_span: Any, y0: Any, extra: Any, options: dict[str, Any]) -> Any:
    """Return SciPy's result for plain values, with the solution between its times."""
    jac = options.get("jac")
    if callable(jac):
        options["jac"] = lambda t, y: stop_gradient(jac(t, y, *extra))
    return scipy.integrate.solve_ivp(fun, *stop_gradient((t_span, y0)), dense_output=True, **options)


def refuse(events: Any, message: str) -> None:
    """Raise the error of a solution that has no derivative."""
    if events is not None:
        raise NotImplementedError("solve_ivp: no derivative with events. Solve for the time of the event with root.")
    raise RuntimeError(f"solve_ivp: no derivative, because SciPy did not reach the end: {message}")


class Interpolant:
    """The solution between the times of the mesh, by the polynomials of the collocation."""

    def __init__(self, mesh: Array, start: Array, nodes: Array) -> None:
        self.mesh = mesh
        self.before = np.concatenate([start[None], nodes[:-1, -1]])
        self.nodes = nodes
        self.basis = np.linalg.inv(np.concatenate([[0.0], POINTS])[:, None] ** np.arange(STAGES + 1))

    def __call__(self, t: Any) -> Array:
        """Return the unknowns at a time, or in columns at several."""
        t = asarray(t)
        mesh, plain = stop_gradient((self.mesh, t))
        sign = 1.0 if mesh[-1] >= mesh[0] else -1.0
        k = np.clip(np.searchsorted(sign * mesh, sign * plain, side="right") - 1, 0, mesh.size - 2)
        share = (t - self.mesh[k]) / (self.mesh[k + 1] - self.mesh[k])
        weights = (share[..., None] ** np.arange(STAGES + 1)) @ self.basis
        values = np.concatenate([self.before[k][..., None, :], self.nodes[k]], axis=-2)
        return np.moveaxis(np.sum(weights[..., None] * values, axis=-2), -1, 0)


def odeint(
    func: Function, y0: Any, t: Any, args: Any = (), full_output: int = 0, tfirst: bool = False, **options: Any
) -> Any:
    """Return SciPy's result, the unknowns at the times ``t`` in rows, with the derivatives by all that ``func`` has.

    So by ``y0``, ``t``, ``args`` and what stands in ``func`` itself. Raises NotImplementedError for complex unknowns.
    """
    extra = args if isinstance(args, tuple) else (args,)
    order: Function = (lambda t, y: func(t, y, *extra)) if tfirst else (lambda t, y: func(y, t, *extra))
    plain_slope = options.pop("Dfun", None)
    if plain_slope is not None:
        options["Dfun"] = lambda *given: stop_gradient(plain_slope(*given))
    found = scipy.integrate.odeint(
        lambda t, y, *rest: stop_gradient(func(t, y, *rest) if tfirst else func(y, t, *rest)),
        *stop_gradient((y0, t)),
        args=stop_gradient(extra),
        full_output=True,
        tfirst=True,
        **options,
    )
    y, span = found[0], asarray(t)[np.array([0, -1])]
    if np.ptp(stop_gradient(span)):
        watched = Watched(order)
        limits = {name: options.get(name) or 1.49012e-8 for name in ("rtol", "atol")}  # SciPy's
        steps = plain_solution(watched, span, np.atleast_1d(asarray(y0)), (), {"method": "LSODA", **limits})
        if watched.traced or boxed_within((y0, t)):
            y = pinned(y, traced_solution(order, vector(y0, "odeint"), span, asarray(t), steps.sol)[0])
    return (y, found[1]) if full_output else y
