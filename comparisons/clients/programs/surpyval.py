"""Fits of life distributions to censored and truncated times, and a regression."""

import warnings

import numpy as np
import surpyval as surv

rng = np.random.RandomState(0)
times = 10 * rng.weibull(2.0, 80)
censored = (times > 12).astype(int)
times = np.minimum(times, 12.0)
covariates = rng.randn(80, 2)


def run():
    """Return parameters of fits and their covariances."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in (surv.Weibull, surv.Gamma, surv.LogNormal, surv.ExpoWeibull):
            fit = model.fit(x=times, c=censored)
            found[model.name] = [fit.params, fit.neg_ll()]
        fit = surv.Weibull.fit(x=times, c=censored, offset=False)
        found["bounds"] = fit.cb(np.array([2.0, 8.0]), on="sf")
        found["regression"] = surv.WeibullPH.fit(times, covariates, c=censored).params
    return found
