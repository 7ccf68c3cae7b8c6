"""A hidden Markov model by expectation and maximization: the expected counts are gradients of the log-likelihood."""

import autograd.numpy as np
from autograd import value_and_grad
from autograd.scipy.special import logsumexp

rng = np.random.RandomState(0)
data = rng.randint(0, 5, size=80)
data[20:50] = data[20:50] // 2


def normalized(x):
    """Return logarithms of probabilities that add up to 1 in each row."""
    return x - logsumexp(x, axis=-1, keepdims=True)


def log_likelihood(params):
    """Return the logarithm of the likelihood of the data, by the forward recursion."""
    first, transitions, outputs = params
    alpha = first + outputs[:, data[0]]
    for symbol in data[1:]:
        alpha = logsumexp(alpha[:, None] + transitions, axis=0) + outputs[:, symbol]
    return logsumexp(alpha)


def run():
    """Return the parameters and the likelihood after each step."""
    state = np.random.RandomState(1)
    params = (normalized(state.randn(3)), normalized(state.randn(3, 3)), normalized(state.randn(3, 5)))
    values = []
    for _ in range(8):
        value, counts = value_and_grad(log_likelihood)(params)
        values.append(value)
        params = tuple(normalized(np.log(count + 1e-8)) for count in counts)
    return {"values": values, "params": list(params)}
