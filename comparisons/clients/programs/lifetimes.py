"""Models of customers' purchases, on the package's data."""

import warnings

import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary, load_cdnow_summary_data_with_monetary_value

data, values = load_cdnow_summary(index_col=[0]), load_cdnow_summary_data_with_monetary_value()
values = values[values["frequency"] > 0]


def run():
    """Return the parameters of four fits, and their standard errors where there are any."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fitter in (BetaGeoFitter(0.0), ModifiedBetaGeoFitter(0.0)):
            fitter.fit(data["frequency"], data["recency"], data["T"])
            found[type(fitter).__name__] = [fitter.params_.values, np.array(fitter.standard_errors_)]
        np.random.seed(0)  # its starting point is random
        pareto = ParetoNBDFitter(0.0).fit(data["frequency"], data["recency"], data["T"])
        found["ParetoNBDFitter"] = pareto.params_.values
        money = GammaGammaFitter(0.0).fit(values["frequency"], values["monetary_value"])
        found["GammaGammaFitter"] = money.params_.values
    return found
