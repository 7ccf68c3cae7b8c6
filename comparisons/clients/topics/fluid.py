"""A fluid on a grid that turns round: the first velocities that carry smoke into a shape, through the simulation."""

import autograd.numpy as np
from autograd import value_and_grad
from autograd.tracer import getval
from scipy.optimize import minimize

N, STEPS = 12, 6
target = np.zeros((N, N))
target[3:9, 5:8] = 1.0
smoke = np.zeros((N, N))
smoke[:, 2:6] = 1.0
rows, columns = np.meshgrid(np.arange(N), np.arange(N), indexing="ij")


def plain(x):
    """Return whole numbers, constant to the derivative."""
    return np.asarray(getval(x)).astype(int)


def projected(vx, vy):
    """Return the velocities without their divergence, by steps of Jacobi."""
    p = np.zeros(vx.shape)
    div = -0.5 / N * (np.roll(vx, -1, 0) - np.roll(vx, 1, 0) + np.roll(vy, -1, 1) - np.roll(vy, 1, 1))
    for _ in range(6):
        p = (div + np.roll(p, 1, 0) + np.roll(p, -1, 0) + np.roll(p, 1, 1) + np.roll(p, -1, 1)) / 4.0
    vx = vx - 0.5 * N * (np.roll(p, -1, 0) - np.roll(p, 1, 0))
    return vx, vy - 0.5 * N * (np.roll(p, -1, 1) - np.roll(p, 1, 1))


def advected(f, vx, vy):
    """Return a field moved along the velocities, between grid points by weights."""
    x, y = (rows - vx).ravel(), (columns - vy).ravel()
    left, top = plain(np.floor(x)), plain(np.floor(y))
    rw, bw = x - left, y - top
    left, right, top, bottom = left % N, (left + 1) % N, top % N, (top + 1) % N
    flat = (1 - rw) * ((1 - bw) * f[left, top] + bw * f[left, bottom])
    return np.reshape(flat + rw * ((1 - bw) * f[right, top] + bw * f[right, bottom]), (N, N))


def loss(params):
    """Return how far the smoke is from the shape at the end."""
    vx, vy = np.reshape(params[: N * N], (N, N)), np.reshape(params[N * N :], (N, N))
    field = smoke
    for _ in range(STEPS):
        vx, vy = projected(advected(vx, vx, vy), advected(vy, vx, vy))
        field = advected(field, vx, vy)
    return np.mean((field - target) ** 2)


def run():
    """Return the loss and its gradient at first velocities, and after some steps."""
    start = 0.2 * np.random.RandomState(0).randn(2 * N * N)
    value, gradient = value_and_grad(loss)(start)
    found = minimize(value_and_grad(loss), start, jac=True, method="CG", options={"maxiter": 3})
    return {"loss": [value, found.fun], "gradient": gradient}
