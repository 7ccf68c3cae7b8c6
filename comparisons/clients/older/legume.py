"""Modes of a photonic crystal slab: the gradient of a frequency by the radius and the permittivity of its holes."""

import autograd.numpy as npa
import legume
from autograd import grad

legume.set_backend("autograd")


def frequency(params):
    """Return the frequency of a mode."""
    lattice = legume.Lattice("square")
    crystal = legume.PhotCryst(lattice)
    crystal.add_layer(d=0.5, eps_b=params[1])
    crystal.layers[-1].add_shape(legume.Circle(eps=1.0, r=params[0]))
    gme = legume.GuidedModeExp(crystal, gmax=3)
    gme.run(kpoints=npa.array([[0.3], [0.2]]), gmode_inds=[0, 1], numeig=4, verbose=False)
    return gme.freqs[0, 1]


def run():
    """Return the frequency and its gradient."""
    params = npa.array([0.2, 12.0])
    return {"frequency": frequency(params), "gradient": grad(frequency)(params)}
