"""Fits of life distributions to failures and censored times."""

import warnings

import numpy as np
from reliability.Fitters import Fit_Gamma_2P, Fit_Lognormal_2P, Fit_Weibull_2P, Fit_Weibull_3P

times = 100 * np.random.RandomState(1).weibull(1.8, 60) + 20
failures, censored = np.minimum(times, 150)[times < 150], np.full(int(np.sum(times >= 150)), 150.0)


def run():
    """Return the parameters of four fits with their standard errors."""
    found = {}
    options = {"show_probability_plot": False, "print_results": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fit in (Fit_Weibull_2P, Fit_Weibull_3P, Fit_Lognormal_2P, Fit_Gamma_2P):
            fitted = fit(failures=failures, right_censored=censored, **options)
            result = fitted.results
            found[f"likelihood {fit.__name__}"] = fitted.loglik
            found[fit.__name__] = [np.array(result["Point Estimate"], float), np.array(result["Standard Error"], float)]
    return found
