"""Errors of derived quantities and of fits to correlated data."""

import autograd.numpy as anp
import numpy as np
import pyerrors as pe


def obs(mean, seed, scale=0.02):
    """Return an observable with fixed samples."""
    return pe.Obs([mean + scale * np.random.RandomState(seed).randn(200)], ["ensemble"])


def model(p, x):
    """Return an exponential decay."""
    return p[0] * anp.exp(-p[1] * x)


def run():
    """Return values and errors of functions, of a matrix operation and of two fits."""
    a, b = obs(1.3, 0), obs(0.7, 1)
    derived = [pe.derived_observable(lambda v, **_: anp.sin(v[0]) * anp.exp(v[1]) / anp.sqrt(v[0]), [a, b])]
    # B023: each function is called before the loop goes on
    derived += [pe.derived_observable(lambda v, **_: f(v[0]), [a]) for f in (pe.special.gamma, pe.special.erf)]  # noqa: B023
    derived += [pe.derived_observable(lambda v, **_: pe.special.kn(2, v[0]), [a])]
    matrix = np.array([[obs(2.0, 2), obs(0.3, 3)], [obs(0.3, 4), obs(1.5, 5)]])
    derived += [pe.linalg.det(matrix), *pe.linalg.inv(matrix).ravel(), *pe.linalg.eigh(matrix + matrix.T)[0]]
    x = np.arange(1.0, 7.0)
    y = [obs(2.0 * np.exp(-0.4 * xi), int(10 + xi)) for xi in x]
    for o in y:
        o.gamma_method()
    fit = pe.least_squares(x, y, model, silent=True, initial_guess=[1.5, 0.5])
    derived += fit.fit_parameters
    xs = [obs(xi, int(30 + xi), 0.01) for xi in x]
    for o in xs:
        o.gamma_method()
    derived += pe.total_least_squares(xs, y, model, silent=True, initial_guess=[1.5, 0.5]).fit_parameters
    derived.append(pe.roots.find_root(a, lambda v, d: v**3 - d, 1.0))
    for o in derived:
        o.gamma_method()
    return {"values": [o.value for o in derived], "errors": [o.dvalue for o in derived], "chi": fit.chisquare}
