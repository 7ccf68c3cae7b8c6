"""Light through a photonic crystal slab: the gradient of the reflection by the permittivity of each point."""

import autograd.numpy as np
import grcwa
from autograd import grad

grcwa.set_backend("autograd")
GRID = 20


def reflection(eps):
    """Return how much light comes back."""
    freq = 1.0 + 1j / 1000
    obj = grcwa.obj(11, [0.7, 0], [0, 0.7], freq, np.pi / 10, 0.0, verbose=0)
    obj.Add_LayerUniform(1.0, 1.0)
    obj.Add_LayerGrid(0.3, GRID, GRID)
    obj.Add_LayerUniform(1.0, 1.0)
    obj.Init_Setup()
    obj.GridLayer_geteps(eps)
    obj.MakeExcitationPlanewave(1, 0, 0, 0, order=0)
    back, _ = obj.RT_Solve(normalize=1)
    return np.real(back)


def run():
    """Return the reflection and its gradient."""
    x, y = np.meshgrid(np.linspace(-1, 1, GRID), np.linspace(-1, 1, GRID))
    eps = np.where(x**2 + 1.3 * y**2 < 0.4, 1.5, 6.0).flatten()
    return {"reflection": reflection(eps), "gradient": grad(reflection)(eps)}
