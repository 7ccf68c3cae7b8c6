"""Light in two dimensions: the gradient of the field behind a slab by the permittivity of each point."""

import autograd.numpy as npa
import ceviche
import numpy as np
from ceviche import fdfd_ez, jacobian

SHAPE, STEP = (40, 30), 5e-8
source = np.zeros(SHAPE, complex)
source[10, 15] = 1.0


def intensity(thickness_and_eps):
    """Return the intensity at a probe behind a slab."""
    eps = npa.reshape(thickness_and_eps, SHAPE)
    simulation = fdfd_ez(2 * npa.pi * 200e12, STEP, eps, [8, 8])
    _, _, field = simulation.solve(source)
    return npa.abs(field[30, 15]) ** 2 * 1e6


def run():
    """Return the intensity and its gradient in reverse mode, and along a direction in forward mode."""
    eps = np.ones(SHAPE)
    eps[18:24] = 4.0
    flat = eps.flatten()

    def along(t):
        return intensity(flat + t * np.linspace(0, 1, flat.size))

    found = {"intensity": intensity(flat), "reverse": jacobian(intensity, mode="reverse")(flat)}
    found["forward"] = jacobian(along, mode="forward")(0.5)
    found["version"] = int(ceviche.__name__ == "ceviche")
    return found
