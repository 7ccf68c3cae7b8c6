"""A program for Autograd, run by both libraries: a namespace, dicts, an operation, a checkpoint, adam and flatten."""

import json

import autograd.numpy as np
from autograd import checkpoint, grad, hessian, jacobian, value_and_grad
from autograd.extend import defjvp, defvjp, primitive
from autograd.misc.flatten import flatten
from autograd.misc.optimizers import adam, rmsprop, sgd


@primitive
def softplus(x, sharpness=1.0):
    """Return log(1 + exp(s x)) / s."""
    return np.logaddexp(0.0, sharpness * x) / sharpness


defvjp(softplus, lambda ans, x, sharpness=1.0: lambda g: g * (1 - np.exp(-sharpness * ans)))
defjvp(softplus, lambda g, ans, x, sharpness=1.0: g * (1 - np.exp(-sharpness * ans)))


@checkpoint
def layer(weights, bias, x):
    """Return a hidden layer."""
    return softplus(np.dot(x, weights) + bias, sharpness=2.0)


def predict(params, x):
    """Return the output of the net."""
    for weights, bias in params["layers"]:
        x = layer(weights, bias, x)
    return np.dot(x, params["out"]) * params["scale"]


def loss(params, step=0):
    """Return the mean squared error, with decay of the weights."""
    flat, _ = flatten(params)
    return np.mean((predict(params, inputs) - targets) ** 2) + 1e-3 * np.sum(flat**2) / (1 + step)


rng = np.random.RandomState(0)
inputs = rng.randn(20, 3)
targets = np.sin(inputs[:, 0]) + inputs[:, 1] * inputs[:, 2]
start = {
    "scale": 1.0,
    "out": 0.3 * rng.randn(4),
    "layers": [(0.3 * rng.randn(3, 4), np.zeros(4)), (0.3 * rng.randn(4, 4), 0.1 * np.ones(4))],
}
seen = []


def callback(params, i, g):
    """Note every tenth step."""
    if i % 10 == 0:
        seen.append([float(loss(params, i)), float(np.sum(np.abs(flatten(g)[0])))])


found = {}
for optimizer in (adam, rmsprop, sgd):
    trained = optimizer(grad(loss), start, callback=callback, num_iters=30, step_size=0.02)
    found[optimizer.__name__] = flatten(trained)[0]
found["seen"] = np.array(seen)
value, slope = value_and_grad(loss)(start)
found["value"], found["slope"] = value, flatten(slope)[0]
found["keys"] = sorted(slope)
vector, unflatten = flatten(start)
found["hessian"] = hessian(lambda v: loss(unflatten(v)))(vector)
found["jacobian"] = jacobian(lambda out: predict(dict(start, out=out), inputs))(start["out"])
print(json.dumps({key: np.asarray(x).tolist() for key, x in found.items()}))
