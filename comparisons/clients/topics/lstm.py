"""A net of long short-term memory, whose gates are slices of one array."""

import autograd.numpy as np
from autograd import grad

rng = np.random.RandomState(0)
STATE, IN, STEPS = 10, 6, 20
inputs, targets = rng.randn(STEPS, 5, IN), rng.randn(5, STATE)
start = {"gates": 0.2 * rng.randn(STATE + IN + 1, 4 * STATE), "cell": 0.1 * rng.randn(1, STATE)}


def sigmoid(x):
    """Return the logistic function."""
    return 0.5 * (np.tanh(x / 2) + 1)


def loss(params):
    """Return the squared distance of the last state from a target."""
    cell = np.repeat(params["cell"], 5, axis=0)
    hidden = np.tanh(cell)
    for x in inputs:
        joined = np.hstack([x, hidden, np.ones((5, 1))])
        scores = np.dot(joined, params["gates"])
        change = np.tanh(scores[:, :STATE])
        forget, ingate, outgate = np.split(sigmoid(scores[:, STATE:]), 3, axis=1)
        cell = change * ingate + cell * forget
        hidden = outgate * np.tanh(cell)
    return np.mean((hidden - targets) ** 2)


def run():
    """Return the loss and its gradient, and those after ten steps of descent."""
    params = dict(start)
    for _ in range(10):
        slope = grad(loss)(params)
        params = {key: params[key] - 0.5 * slope[key] for key in params}
    return {"loss": [loss(start), loss(params)], "gates": params["gates"], "cell": slope["cell"]}
