"""The survival regressions of the package's documentation, on its data of released prisoners."""

import warnings

import autograd.numpy as np
from lifelines import GeneralizedGammaFitter, LogNormalAFTFitter, WeibullAFTFitter, WeibullFitter
from lifelines.datasets import load_rossi, load_waltons
from lifelines.fitters import ParametricUnivariateFitter

rossi, waltons = load_rossi(), load_waltons()


class ThreeParameterWeibull(ParametricUnivariateFitter):
    """A model of one's own, as the documentation shows how to write one."""

    _fitted_parameter_names = ["lambda_", "rho_", "theta_"]  # noqa: RUF012  # the package's way
    _bounds = [(0, None), (0, None), (0, 5.9)]  # noqa: RUF012  # the same

    def _cumulative_hazard(self, params, times):
        lambda_, rho_, theta_ = params
        return ((times - theta_) / lambda_) ** rho_


def run():
    """Return coefficients and standard errors of five fits."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fitter in (WeibullFitter(), GeneralizedGammaFitter(), ThreeParameterWeibull()):
            fitter.fit(waltons["T"], waltons["E"])
            found[type(fitter).__name__] = [fitter.params_.values, fitter.variance_matrix_.values]
        for fitter in (WeibullAFTFitter(), LogNormalAFTFitter()):
            fitter.fit(rossi, duration_col="week", event_col="arrest")
            found[type(fitter).__name__] = [fitter.params_.values, np.array(fitter.standard_errors_)]
    return found
