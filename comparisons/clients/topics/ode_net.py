"""A net for the velocity of a differential equation, fitted through ``odeint`` to a spiral."""

import autograd.numpy as np
from autograd import value_and_grad
from autograd.builtins import tuple as boxed_tuple
from autograd.misc.optimizers import adam
from autograd.scipy.integrate import odeint

times = np.linspace(0.0, 5.0, 15)
true = odeint(lambda y, t: np.dot(y**3, np.array([[-0.1, 2.0], [-2.0, -0.1]])), np.array([1.5, 0.0]), times)
rng = np.random.RandomState(0)
start = np.concatenate([0.1 * rng.randn(2 * 12), np.zeros(12), 0.1 * rng.randn(12 * 2), np.zeros(2)])


def velocity(y, t, params):
    """Return the net's velocity at a point."""
    hidden = np.tanh(np.dot(y**3, np.reshape(params[:24], (2, 12))) + params[24:36])
    return np.dot(hidden, np.reshape(params[36:60], (12, 2))) + params[60:]


def loss(params, i=0):
    """Return how far the curves are apart."""
    curve = odeint(velocity, np.array([1.5, 0.0]), times, boxed_tuple((params,)), rtol=1e-9, atol=1e-9)
    return np.mean((curve - true) ** 2)


def run():
    """Return the loss, its gradient, and the parameters after some steps."""
    value, gradient = value_and_grad(loss)(start)
    trained = adam(lambda p, i: value_and_grad(loss)(p)[1], start, num_iters=4, step_size=0.01)
    return {"loss": value, "gradient": gradient, "trained": trained}
