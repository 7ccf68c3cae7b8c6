"""Optimization on manifolds: the dominant eigenvector, and an approximation of low rank."""

import autograd.numpy as anp
import numpy as np
import pymanopt

rng = np.random.RandomState(0)
matrix = rng.randn(30, 30)
matrix = matrix + matrix.T
target = rng.randn(20, 3) @ rng.randn(3, 15)


def run():
    """Return the eigenvector and its value, and the error of the approximation."""
    sphere = pymanopt.manifolds.Sphere(30)

    @pymanopt.function.autograd(sphere)
    def cost(point):
        return -point @ matrix @ point

    start = np.ones(30) / np.sqrt(30)
    problem = pymanopt.Problem(sphere, cost)
    result = pymanopt.optimizers.TrustRegions(verbosity=0).run(problem, initial_point=start)
    found = {"vector": np.abs(result.point), "value": result.cost}
    found["hessian"] = problem.riemannian_hessian(start, sphere.projection(start, np.arange(30.0)))
    low_rank = pymanopt.manifolds.FixedRankEmbedded(20, 15, 3)

    @pymanopt.function.autograd(low_rank)
    def error(u, s, vt):
        return anp.sum((u @ anp.diag(s) @ vt - target) ** 2)

    u, s, vt = np.linalg.svd(rng.__class__(1).randn(20, 15), full_matrices=False)
    point = pymanopt.optimizers.ConjugateGradient(verbosity=0, max_iterations=20).run(
        pymanopt.Problem(low_rank, error), initial_point=(u[:, :3], s[:3], vt[:3])
    )
    found["error"] = point.cost
    return found
