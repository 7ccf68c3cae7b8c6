"""The fit of a neural ordinary differential equation, beside the adjoint equation written by hand.

``y' = W2 tanh(W1 y + b1) + b2`` is fitted to points of a spiral. By hand: SciPy solves the equation forward, and the
adjoint equation ``a' = -(df/dy)^T a`` with the integrals of ``(df/dp)^T a`` backward, from observation to observation.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import scipy.integrate

from easygrad import value_and_grad
from easygrad.scipy import integrate

TIMES = np.linspace(0.0, 1.5, 9)
SPIRAL = np.array([[-0.1, 2.0], [-2.0, -0.1]])
TOLERANCES = {"rtol": 1e-7, "atol": 1e-9}
HIDDEN = 8


def start_parameters() -> dict[str, Any]:
    """Return the weights before the fit."""
    numbers = np.random.default_rng(0)
    return {
        "W1": 0.3 * numbers.normal(size=(HIDDEN, 2)),
        "b1": np.zeros(HIDDEN),
        "W2": 0.3 * numbers.normal(size=(2, HIDDEN)),
        "b2": np.zeros(2),
    }


def observations() -> Any:
    """Return the points of the spiral at the times."""
    return scipy.integrate.odeint(lambda y, t: SPIRAL @ y, [2.0, 0.0], TIMES)


DATA = observations()


def loss(p: dict[str, Any]) -> Any:
    """Return the mean square error; the weights stand in the closure of the right-hand side."""

    def slope(t: Any, y: Any) -> Any:
        return p["W2"] @ np.tanh(p["W1"] @ y + p["b1"]) + p["b2"]

    found = integrate.solve_ivp(slope, (TIMES[0], TIMES[-1]), DATA[0], t_eval=TIMES, **TOLERANCES)
    return np.mean((found.y.T - DATA) ** 2)


def by_hand(p: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Return the loss and its gradient by the adjoint equation."""
    sizes = [p[name].size for name in p]

    def slope(t: float, y: Any) -> Any:
        return p["W2"] @ np.tanh(p["W1"] @ y + p["b1"]) + p["b2"]

    def backward(t: float, z: Any) -> Any:
        y, a = z[:2], z[2:4]
        h = np.tanh(p["W1"] @ y + p["b1"])
        inner = (p["W2"].T @ a) * (1.0 - h * h)
        parts = [np.outer(inner, y).ravel(), inner, np.outer(a, h).ravel(), a]
        return np.concatenate([p["W2"] @ h + p["b2"], -(p["W1"].T @ inner), *[-part for part in parts]])

    found = scipy.integrate.solve_ivp(slope, (TIMES[0], TIMES[-1]), DATA[0], t_eval=TIMES, **TOLERANCES)
    error = found.y.T - DATA
    z = np.concatenate([found.y[:, -1], np.zeros(2 + sum(sizes))])
    for k in range(len(TIMES) - 1, 0, -1):
        z[:2] = found.y[:, k]
        z[2:4] += 2.0 * error[k] / error.size
        z = scipy.integrate.solve_ivp(backward, (TIMES[k], TIMES[k - 1]), z, **TOLERANCES).y[:, -1]
    parts = [z[i:j] for i, j in pairwise(np.cumsum([4, *sizes]))]
    return float(np.mean(error**2)), {name: part.reshape(p[name].shape) for name, part in zip(p, parts, strict=True)}


ours = value_and_grad(loss)
