"""Hamiltonian Monte Carlo: a chain on a torus, of the package's README, and one in free space."""

import autograd.numpy as anp
import mici
import numpy as np
from mici.autodiff import autograd_wrapper

R, r, alpha = 1.0, 0.5, 0.9


def torus(q):
    """Return how far a point lies from the torus."""
    x, y, z = q
    return anp.stack([((x**2 + y**2) ** 0.5 - R) ** 2 + z**2 - r**2])


def energy(q):
    """Return the negative logarithm of a density on the torus."""
    x, y, z = q
    theta, phi = anp.arctan2(y, x), anp.arctan2(z, x / anp.cos(anp.arctan2(y, x)) - R)
    return anp.log1p(r * anp.cos(phi) / R) - anp.log1p(anp.sin(4 * theta) * anp.cos(phi) * alpha)


def free(q):
    """Return the negative logarithm of a density like a banana."""
    return anp.sum(q**2) / 8 + anp.sum((q[1:] - q[:-1] ** 2) ** 2)


def run():
    """Return the positions along two chains of fixed random numbers."""
    rng = np.random.default_rng(1)
    system = mici.systems.DenseConstrainedEuclideanMetricSystem(energy, constr=torus, backend="autograd")
    integrator = mici.integrators.ConstrainedLeapfrogIntegrator(system, step_size=0.1)
    state = mici.states.ChainState(pos=np.array([R + r, 0.0, 0.0]), mom=None, dir=1, _call_counts={})
    state.mom = system.sample_momentum(state, rng)
    steps = []
    for _ in range(20):
        state = integrator.step(state)
        steps.append(state.pos)
    plain = mici.systems.EuclideanMetricSystem(free, backend="autograd")
    integrator = mici.integrators.LeapfrogIntegrator(plain, step_size=0.05)
    state = mici.states.ChainState(pos=np.linspace(-1, 1, 6), mom=np.ones(6), dir=1, _call_counts={})
    for _ in range(50):
        state = integrator.step(state)
        steps.append(state.pos)
    product, hessian, gradient, value = autograd_wrapper.mtp_hessian_grad_and_value(free)(np.linspace(-1, 1, 6))
    return {"positions": steps, "third": product(np.eye(6) + 1.0), "others": [hessian, gradient, value]}
