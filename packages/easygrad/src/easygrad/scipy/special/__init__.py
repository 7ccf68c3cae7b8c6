# the namespace hands the names on
"""``scipy.special`` with derivatives: ``from easygrad.scipy import special``.

The rules lie in the files of this folder, one for each family. What has no rule is SciPy's own function, which refuses
traced values. With this module imported, the ufuncs of ``scipy.special`` itself take them too.

To add a function, write its rule into the file of its family, as in ``easygrad.rules``, and hand it on here.
"""

from typing import TYPE_CHECKING, Any

import scipy.special

from easygrad.scipy.namespace import register
from easygrad.scipy.special.bessel import (
    airy,
    h1vp,
    h2vp,
    hankel1,
    hankel1e,
    hankel2,
    hankel2e,
    i0,
    i0e,
    i1,
    i1e,
    iv,
    ive,
    ivp,
    j0,
    j1,
    jn,
    jv,
    jve,
    jvp,
    k0,
    k0e,
    k1,
    k1e,
    kn,
    kv,
    kve,
    kvp,
    modstruve,
    spherical_in,
    spherical_jn,
    spherical_kn,
    spherical_yn,
    struve,
    y0,
    y1,
    yn,
    yv,
    yve,
    yvp,
)
from easygrad.scipy.special.betas import (
    beta,
    betainc,
    betaincc,
    betainccinv,
    betaincinv,
    betaln,
    binom,
)
from easygrad.scipy.special.distributions import (
    bdtr,
    bdtrc,
    chdtr,
    chdtrc,
    chdtri,
    fdtr,
    fdtrc,
    gdtr,
    gdtrc,
    nbdtr,
    nbdtrc,
    pdtr,
    pdtrc,
    stdtr,
)
from easygrad.scipy.special.entropies import (
    boxcox,
    boxcox1p,
    cbrt,
    cosdg,
    cosm1,
    cotdg,
    entr,
    exp2,
    exp10,
    expit,
    expm1,
    exprel,
    huber,
    inv_boxcox,
    inv_boxcox1p,
    kl_div,
    log1p,
    log_expit,
    logit,
    powm1,
    pseudo_huber,
    rel_entr,
    sindg,
    softplus,
    tandg,
    xlog1py,
    xlogy,
)
from easygrad.scipy.special.error_functions import (
    dawsn,
    erf,
    erfc,
    erfcinv,
    erfcx,
    erfi,
    erfinv,
    fresnel,
    log_ndtr,
    ndtr,
    ndtri,
    ndtri_exp,
    owens_t,
    voigt_profile,
    wofz,
)
from easygrad.scipy.special.gammas import (
    digamma,
    factorial,
    gamma,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    gammasgn,
    loggamma,
    multigammaln,
    poch,
    polygamma,
    psi,
    rgamma,
    zeta,
)
from easygrad.scipy.special.integrals import (
    ellipe,
    ellipeinc,
    ellipk,
    ellipkinc,
    ellipkm1,
    eval_chebyt,
    eval_chebyu,
    eval_gegenbauer,
    eval_genlaguerre,
    eval_hermite,
    eval_hermitenorm,
    eval_jacobi,
    eval_laguerre,
    eval_legendre,
    exp1,
    expi,
    expn,
    hyp0f1,
    hyp1f1,
    hyp2f1,
    hyperu,
    lambertw,
    shichi,
    sici,
    spence,
    wrightomega,
)
from easygrad.scipy.special.sums import (
    log_softmax,
    logsumexp,
    softmax,
)

if TYPE_CHECKING:  # for editors and type checkers
    from scipy.special import *  # noqa: F403  # all of them is what is meant

register(dict(globals()), __name__)


def __getattr__(name: str) -> Any:
    """Return the rest of SciPy's namespace."""
    return getattr(scipy.special, name)


def __dir__() -> list[str]:
    """Return the names of both namespaces."""
    return sorted({*globals(), *dir(scipy.special)})
