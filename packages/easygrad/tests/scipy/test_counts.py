"""The functions that were asked for have derivatives here; ``counts.py`` prints how many there are."""

import pytest

from .counts import table

ASKED = {
    "special": """gamma gammaln loggamma rgamma digamma psi polygamma multigammaln gammainc gammaincc gammaincinv
        gammainccinv poch beta betaln betainc betaincc betaincinv betainccinv erf erfc erfcx erfi erfinv erfcinv dawsn
        ndtr log_ndtr ndtri expit logit log_expit xlogy xlog1py entr rel_entr kl_div softmax log_softmax logsumexp j0 j1
        jn jv y0 y1 yn yv i0 i1 iv ive i0e i1e k0 k1 kn kv kve expi exp1 zeta hyp2f1 owens_t""",
    "linalg": """solve inv det cholesky cho_factor cho_solve solve_triangular solve_banded sqrtm expm logm
        solve_sylvester eigh eigvalsh svd qr lu block_diag toeplitz""",
    "signal": "convolve fftconvolve correlate lfilter",
    "integrate": "odeint solve_ivp trapezoid simpson quad",
    "interpolate": "CubicSpline",
    "ndimage": "convolve gaussian_filter",
    "optimize": "root fixed_point minimize curve_fit",
    "sparse": "coo_array csr_array csc_array diags_array",
    "sparse.linalg": "spsolve splu eigsh",
    "stats": " ".join(
        f"{name}.{kind}"
        for names, kinds in (
            (
                "norm t gamma beta chi2 expon laplace logistic lognorm weibull_min uniform",
                "logpdf pdf logcdf cdf logsf sf",
            ),
            ("poisson binom nbinom bernoulli", "logpmf pmf logcdf cdf logsf sf"),
            ("dirichlet multivariate_normal", "logpdf pdf"),
        )
        for name in names.split()
        for kind in kinds.split()
    ),
}


@pytest.mark.parametrize(("module", "names"), table(), ids=lambda x: x if type(x) is str else "")
def test_what_was_asked_for_is_there(module, names):
    assert {*ASKED[module].split()} <= {*names}
