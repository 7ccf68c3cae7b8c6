"""Inverse design of optical devices: filters, penalties, morphology, interpolation, fits, and training by its adam."""

import autograd.numpy as anp
import numpy as np
from tidy3d.plugins.autograd import (
    adam,
    add_at,
    apply_updates,
    convolve,
    grad,
    grey_closing,
    grey_dilation,
    grey_erosion,
    grey_indicator,
    interpn,
    least_squares,
    make_erosion_dilation_penalty,
    make_filter_and_project,
    morphological_gradient,
    pad,
    rescale,
    smooth_max,
    symmetrize_diagonal,
    trapz,
    value_and_grad,
)

params = np.random.RandomState(0).rand(20, 20)
project = make_filter_and_project(0.15, 0.05, beta=5)
penalty = make_erosion_dilation_penalty(0.15, 0.05)


def design(p):
    """Return how far a design is from a cross, with penalties for what cannot be made."""
    density = project(symmetrize_diagonal(p))
    wanted = np.zeros(p.shape)
    wanted[8:12], wanted[:, 8:12] = 1.0, 1.0
    return anp.mean((density - wanted) ** 2) + 0.1 * penalty(density) + 0.1 * grey_indicator(density)


def line(t, start, slope):
    """Return a straight line."""
    return start + slope * t


def through(f):
    """Return the gradient of a nonlinear sum of what a function makes of the parameters."""
    return grad(lambda p: anp.sum(anp.sin(f(p))))(params)


def run():
    """Return gradients of the functions and of a design, and the design after some steps."""
    kernel, grid, t = np.random.RandomState(1).rand(3, 3), np.linspace(0, 1, 20), np.linspace(0, 1, 20)
    # B023: each function is called before the loop goes on
    found = {mode: through(lambda p: pad(p, (2, 3), mode=mode)) for mode in ("reflect", "edge", "symmetric", "wrap")}  # noqa: B023
    found["convolve"] = through(lambda p: convolve(p, kernel, padding="reflect"))
    # B023: each function is called before the loop goes on
    found["morphology"] = [through(lambda p: f(p, 3)) for f in (grey_dilation, grey_erosion, grey_closing)]  # noqa: B023
    found["contours"] = through(lambda p: morphological_gradient(p, 3))
    found["interpn"] = through(lambda p: interpn((grid, grid), p, (np.array([0.12, 0.5]), np.array([0.3, 0.77]))))
    found["trapz"] = through(lambda p: trapz(p, x=grid**2, axis=0))
    found["add_at"] = through(lambda p: add_at(p, np.index_exp[2:4, 5], p[0, :2]))
    found["others"] = through(lambda p: smooth_max(rescale(p, -1, 2), tau=0.1))
    found["fit"] = grad(lambda y: anp.sum(least_squares(line, t, y, (0.1, 0.2)) ** 2))(np.cos(t))
    found["design"] = value_and_grad(design)(params)
    optimizer, p = adam(learning_rate=0.05), params
    state = optimizer.init(p)
    for _ in range(5):
        updates, state = optimizer.update(grad(design)(p), state, p)
        p = apply_updates(p, updates)
    found["trained"] = p
    return found
