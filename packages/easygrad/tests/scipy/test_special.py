"""SciPy's special functions: the laws, every name of the namespace, SciPy's own ufuncs."""

import pickle
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest
import scipy.special as sp

import easygrad.scipy
from easygrad import deriv, grad, hessian, jvp, vjp
from easygrad.scipy import special as family

from ..laws import (
    Sample,
    assert_near,
    law_name,
    pullback_is_the_transpose,
    pushforward_is_the_derivative,
    second_order_agrees,
)
from .scipy_laws import SCIPY_LAWS

ANY = np.array([-1.4, 0.3, 2.1])
SMALL = np.array([-0.6, 0.25, 0.7])
POSITIVE = np.array([0.4, 1.3, 2.9])
OTHER = np.array([1.7, 0.8, 2.2])
SHARE = np.array([0.15, 0.4, 0.83])
ORDERS = np.array([0, 1, 3])
COLUMN = np.array([[0.7], [2.4]])
WHOLE = np.array([0.0, 1.0, 4.0])
MATRIX = np.array([[0.3, -1.2, 0.8], [1.1, 0.2, -0.4]])


def first(function, place=0, scale=1.0):
    """Return one of the results of a function."""
    return lambda *args: function(*args)[place] * scale


def by(function, *fixed):
    """Return a function of what follows its first, constant arguments."""
    return lambda *args: function(*fixed, *args)


def parts(function):
    """Return the real and imaginary part of a complex result, as one real array."""
    return lambda *args: np.concatenate([np.real(function(*args)), np.imag(function(*args))])


SAMPLES = {
    **{
        name: Sample(getattr(family, name), ANY)
        for name in ["erf", "erfc", "erfi", "erfcx", "dawsn", "ndtr", "log_ndtr"]
    },
    **{name: Sample(getattr(family, name), ANY) for name in ["expit", "log_expit", "exprel", "expm1", "exp2", "exp10"]},
    **{name: Sample(getattr(family, name), ANY) for name in ["cosm1", "cbrt", "softplus", "softmax", "log_softmax"]},
    **{name: Sample(getattr(family, name), ANY) for name in ["j0", "j1", "i0", "i1", "i0e", "i1e", "rgamma", "gamma"]},
    **{name: Sample(getattr(family, name), 20.0 * ANY) for name in ["sindg", "cosdg", "tandg", "cotdg"]},
    **{name: Sample(getattr(family, name), POSITIVE) for name in ["y0", "y1", "k0", "k1", "k0e", "k1e", "entr"]},
    **{name: Sample(getattr(family, name), POSITIVE) for name in ["gammaln", "loggamma", "digamma", "expi", "exp1"]},
    **{name: Sample(getattr(family, name), POSITIVE) for name in ["spence", "wrightomega", "factorial", "psi"]},
    **{
        name: Sample(getattr(family, name), SHARE)
        for name in ["logit", "ndtri", "erfcinv", "ellipk", "ellipe", "ellipkm1"]
    },
    "log1p": Sample(family.log1p, SHARE),
    "erfinv": Sample(family.erfinv, SMALL),
    "ndtri_exp": Sample(family.ndtri_exp, -POSITIVE),
    "owens_t": Sample(family.owens_t, ANY, OTHER),
    "voigt_profile": Sample(family.voigt_profile, ANY, OTHER, POSITIVE),
    "wofz": Sample(parts(family.wofz), ANY),
    "fresnel": Sample(first(family.fresnel, 1), ANY),
    "logsumexp": Sample(family.logsumexp, MATRIX),
    "multigammaln": Sample(lambda a: family.multigammaln(a, 3), POSITIVE + 2.0),
    "polygamma": Sample(by(family.polygamma, 1), POSITIVE),
    "zeta": Sample(by(family.zeta, 2.5), POSITIVE),
    "poch": Sample(family.poch, POSITIVE, OTHER),
    "gammainc": Sample(family.gammainc, POSITIVE, OTHER),
    "gammaincc": Sample(family.gammaincc, POSITIVE, COLUMN),
    "gammaincinv": Sample(family.gammaincinv, POSITIVE, SHARE),
    "gammainccinv": Sample(family.gammainccinv, POSITIVE, SHARE),
    "beta": Sample(family.beta, POSITIVE, OTHER),
    "betaln": Sample(family.betaln, POSITIVE, COLUMN),
    "binom": Sample(family.binom, POSITIVE + 3.0, OTHER),
    "betainc": Sample(family.betainc, POSITIVE, OTHER, SHARE),
    "betaincc": Sample(family.betaincc, POSITIVE, COLUMN, SHARE),
    "betaincinv": Sample(family.betaincinv, POSITIVE, OTHER, SHARE),
    "betainccinv": Sample(family.betainccinv, POSITIVE, OTHER, SHARE),
    "xlogy": Sample(family.xlogy, ANY, POSITIVE),
    "xlog1py": Sample(family.xlog1py, ANY, COLUMN),
    "rel_entr": Sample(family.rel_entr, POSITIVE, OTHER),
    "kl_div": Sample(family.kl_div, POSITIVE, OTHER),
    "huber": Sample(family.huber, [1.0, 1.2, 0.5], ANY),
    "pseudo_huber": Sample(family.pseudo_huber, POSITIVE, ANY),
    "boxcox": Sample(family.boxcox, POSITIVE, ANY),
    "boxcox1p": Sample(family.boxcox1p, POSITIVE, ANY),
    "inv_boxcox": Sample(family.inv_boxcox, POSITIVE, SHARE),
    "inv_boxcox1p": Sample(family.inv_boxcox1p, POSITIVE, SHARE),
    "powm1": Sample(family.powm1, POSITIVE, ANY),
    **{name: Sample(by(getattr(family, name), ORDERS), POSITIVE) for name in ["jv", "yv", "iv", "jve", "yve", "ive"]},
    **{name: Sample(by(getattr(family, name), 2), POSITIVE) for name in ["jn", "yn", "kn", "expn"]},
    **{name: Sample(by(getattr(family, name), 0.7), POSITIVE) for name in ["struve", "modstruve"]},
    **{name: Sample(parts(by(getattr(family, name), 1.5)), POSITIVE) for name in ["hankel1", "hankel2"]},
    **{name: Sample(parts(by(getattr(family, name), 1.5)), POSITIVE) for name in ["hankel1e", "hankel2e"]},
    **{name: Sample(by(getattr(family, name), 1.5), POSITIVE) for name in ["jvp", "yvp", "ivp", "kvp"]},
    **{name: Sample(parts(by(getattr(family, name), 1.5)), POSITIVE) for name in ["h1vp", "h2vp"]},
    "kv": Sample(family.kv, ANY, POSITIVE),
    "kve": Sample(family.kve, COLUMN, POSITIVE),
    **{name: Sample(by(getattr(family, name), ORDERS), POSITIVE) for name in ["spherical_jn", "spherical_yn"]},
    **{name: Sample(by(getattr(family, name), ORDERS), POSITIVE) for name in ["spherical_in", "spherical_kn"]},
    "airy": Sample(lambda z: sum(family.airy(z)), ANY),
    "sici": Sample(lambda x: sum(family.sici(x)), POSITIVE),
    "shichi": Sample(lambda x: sum(family.shichi(x)), POSITIVE),
    "lambertw": Sample(lambda x: np.real(family.lambertw(x)), POSITIVE),
    "hyp2f1": Sample(by(family.hyp2f1, 0.4, 1.3, 2.2), SMALL),
    "hyp1f1": Sample(by(family.hyp1f1, 0.4, 1.3), ANY),
    "hyp0f1": Sample(by(family.hyp0f1, 0.4), ANY),
    "hyperu": Sample(by(family.hyperu, 0.4, 1.3), POSITIVE),
    "ellipkinc": Sample(lambda phi: family.ellipkinc(phi, 0.4), ANY),
    "ellipeinc": Sample(lambda phi: family.ellipeinc(phi, 0.4), ANY),
    "eval_jacobi": Sample(by(family.eval_jacobi, 3, 0.4, 1.3), SMALL),
    "eval_gegenbauer": Sample(by(family.eval_gegenbauer, 3, 0.4), SMALL),
    "eval_genlaguerre": Sample(by(family.eval_genlaguerre, 3, 0.4), SMALL),
    **{
        f"eval_{name}": Sample(by(getattr(family, f"eval_{name}"), 3), SMALL)
        for name in ["legendre", "chebyu", "chebyt", "laguerre", "hermite", "hermitenorm"]
    },
    "chdtr": Sample(family.chdtr, POSITIVE, OTHER),
    "chdtrc": Sample(family.chdtrc, POSITIVE, OTHER),
    "chdtri": Sample(family.chdtri, POSITIVE, SHARE),
    "gdtr": Sample(family.gdtr, POSITIVE, OTHER, POSITIVE),
    "gdtrc": Sample(family.gdtrc, POSITIVE, OTHER, POSITIVE),
    "pdtr": Sample(by(family.pdtr, WHOLE), POSITIVE),
    "pdtrc": Sample(by(family.pdtrc, WHOLE), POSITIVE),
    "bdtr": Sample(by(family.bdtr, WHOLE, 6), SHARE),
    "bdtrc": Sample(by(family.bdtrc, WHOLE, 6), SHARE),
    "nbdtr": Sample(by(family.nbdtr, ORDERS, 6), SHARE),
    "nbdtrc": Sample(by(family.nbdtrc, ORDERS, 6), SHARE),
    "fdtr": Sample(family.fdtr, POSITIVE, OTHER, OTHER),
    "fdtrc": Sample(family.fdtrc, POSITIVE, OTHER, OTHER),
    "stdtr": Sample(family.stdtr, POSITIVE, ANY),
}


RULED = {
    name
    for name, value in vars(family).items()
    if (hasattr(value, "primitive") or hasattr(value, "composite")) and not isinstance(value, ModuleType)
}


def test_every_function_has_a_sample():
    assert set(SAMPLES) == RULED | {"softplus"}  # which older releases of SciPy lack


@pytest.mark.parametrize("law", SCIPY_LAWS, ids=law_name)
@pytest.mark.parametrize("name", SAMPLES)
def test_law(name, law):
    law(SAMPLES[name])


UFUNCS = sorted(name for name in RULED if isinstance(getattr(sp, name), np.ufunc))
ARGUMENTS = {  # the last of them is differentiated
    **dict.fromkeys(["kn", "yn", "expn", "eval_hermite", "eval_hermitenorm"], (1, 0.4)),
    **dict.fromkeys(["bdtr", "bdtrc", "nbdtr", "nbdtrc"], (1, 3, 0.4)),
    "ndtri_exp": (-0.4,),
}


@pytest.mark.parametrize("name", UFUNCS)
def test_scipys_own_ufunc_takes_traced_values(name):
    *fixed, x = ARGUMENTS.get(name, (0.7,) * (getattr(sp, name).nin - 1) + (0.4,))

    def total(function):
        def of_one(one):
            result = function(one, 0.3) if name in ("ellipeinc", "ellipkinc") else function(*fixed, one)
            return sum(map(np.real, result)) if isinstance(result, tuple) else np.real(result)

        return of_one

    expected = grad(total(getattr(family, name)))(x)
    assert np.isfinite(expected)
    assert grad(total(getattr(sp, name)))(x) == expected
    assert np.isclose(deriv(total(getattr(sp, name)))(x), expected, rtol=1e-13)


def test_methods_and_options_of_scipys_ufuncs():
    x = np.array([0.5, 2.0, 3.0])
    mask = np.array([True, False, True])
    gradient = grad(lambda z: np.sum(sp.gammaln(z, where=mask, out=np.zeros(3, like=z))))(x)
    assert np.allclose(gradient, np.where(mask, sp.digamma(x), 0.0))
    outer = grad(lambda z: np.sum(sp.xlogy.outer(z, x)))(x)
    assert np.allclose(outer, np.sum(np.log(x)))


def test_the_rest_is_scipys_and_refuses_traced_values():
    assert family.eval_sh_legendre is sp.eval_sh_legendre
    assert family.comb(5, 2) == 10
    assert "roots_legendre" in dir(family)
    with pytest.raises(NotImplementedError, match="eval_sh_legendre has no derivative"):
        grad(lambda x: sp.eval_sh_legendre(2, x))(0.3)
    with pytest.raises(AttributeError, match="has no attribute 'gama'"):
        _ = family.gama


@pytest.mark.parametrize(
    ("function", "args", "place", "name"),
    [
        (family.jv, (1.5, 0.3), 0, "v"),
        (family.polygamma, (1.0, 0.3), 0, "n"),
        (family.zeta, (2.5, 0.3), 0, "x"),
        (family.hyp2f1, (0.4, 1.3, 2.2, 0.3), 1, "b"),
        (family.eval_jacobi, (2, 0.4, 1.3, 0.3), 2, "beta"),
        (family.ellipkinc, (0.4, 0.3), 1, "m"),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_an_argument_without_a_derivative_is_named(function, args, place, name, mode):
    def of_one(x):
        return function(*args[:place], x, *args[place + 1 :])

    with pytest.raises(NotImplementedError, match=f"no derivative with respect to argument {name}: .*stop_gradient"):
        (grad if mode == "reverse" else deriv)(of_one)(args[place])


def test_complex_digamma_and_scaled_bessel_functions_refuse():
    with pytest.raises(NotImplementedError, match="digamma: no derivative at complex numbers"):
        vjp(family.digamma, 1.0 + 0.5j)[1](1.0 + 0.0j)
    with pytest.raises(NotImplementedError, match="no derivative at complex numbers"):
        vjp(lambda z: family.ive(1.0, z), 1.0 + 0.5j)[1](1.0 + 0.0j)


ONE_NUMBER = {
    "rgamma at a zero": (sp.rgamma, -3.0, -6.0),
    "xlogy of 0 by y": (lambda y: sp.xlogy(0.0, y), 0.0, 0.0),
    "xlog1py of 0 by y": (lambda y: sp.xlog1py(0.0, y), -1.0, 0.0),
    "rel_entr of 0 by y": (lambda y: sp.rel_entr(0.0, y), 0.0, 0.0),
    "spence at 1": (sp.spence, 1.0, -1.0),
    "exprel at 0": (sp.exprel, 0.0, 0.5),
    "boxcox at lmbda 0": (lambda k: family.boxcox(2.0, k), 0.0, 0.5 * np.log(2.0) ** 2),
    "inv_boxcox at lmbda 0": (lambda k: family.inv_boxcox(0.3, k), 0.0, -0.5 * 0.09 * np.exp(0.3)),
    "log_ndtr far below": (sp.log_ndtr, -1e5, 1e5 + 1e-5),
    "log_ndtr far above": (sp.log_ndtr, 1e5, 0.0),
    "log_expit far below": (sp.log_expit, -1e3, 1.0),
    "j1 at 0": (sp.j1, 0.0, 0.5),
    "j0 at 0": (sp.j0, 0.0, 0.0),
    "spherical_jn at 0": (lambda z: family.spherical_jn(1, z), 0.0, 1.0 / 3.0),
    "i0e at 0": (sp.i0e, 0.0, 0.0),
    "lambertw at 0": (lambda z: np.real(family.lambertw(z)), 0.0, 1.0),
    "ellipk at 0": (sp.ellipk, 0.0, np.pi / 8.0),
    "ellipe at 0": (sp.ellipe, 0.0, -np.pi / 8.0),
    "gammainc at 0 by a": (lambda a: sp.gammainc(a, 0.0), 1.3, 0.0),
    "gammainc at infinity by a": (lambda a: sp.gammainc(a, np.inf), 1.3, 0.0),
    "gammainc at 0 with a = 1": (lambda x: sp.gammainc(1.0, x), 0.0, 1.0),
    "betainc at 1 by a": (lambda a: sp.betainc(a, 0.7, 1.0), 1.3, 0.0),
    "betainc at 0 with a = 1": (lambda x: sp.betainc(1.0, 2.5, x), 0.0, 2.5),
    "huber within": (lambda d: sp.huber(d, 0.3), 1.0, 0.0),
    "legendre of degree 0": (lambda x: sp.eval_legendre(0, x), 0.3, 0.0),
    "expn of order 0": (lambda x: sp.expn(0, x), 0.5, -np.exp(-0.5) * 1.5 / 0.25),
    "stdtr at 0 by t": (lambda t: sp.stdtr(1.0, t), 0.0, 1.0 / np.pi),
    "stdtr at 0 by df": (lambda df: sp.stdtr(df, 0.0), 1.3, 0.0),
    "kv by the order at 0": (lambda v: sp.kv(v, 1.3), 0.0, 0.0),
}


@pytest.mark.parametrize("name", ONE_NUMBER)
@pytest.mark.parametrize("mode", [grad, deriv])
def test_special_point(name, mode):
    function, x, expected = ONE_NUMBER[name]
    assert_near(mode(function)(x), expected, 1e-14, name)


SUMS = {
    "weights and a sign": lambda a: family.logsumexp(a, axis=1, b=[1.0, -3.0, 0.5], return_sign=True)[0],
    "kept axes": lambda a: family.logsumexp(a, axis=(0, 1), keepdims=True),
    "of weights": lambda b: family.logsumexp(MATRIX, b=b * b, axis=-2),
    "a sign that is constant": lambda a: family.logsumexp(a, b=-1.0, return_sign=True)[1] * a,
    "of rows": lambda a: family.softmax(a, axis=1) * family.log_softmax(a, axis=0),
    "complex numbers": lambda a: np.real(family.logsumexp(a + 1j * a * a)),
    "complex numbers and their sign": lambda a: np.imag(family.logsumexp(a + 0.3j * a * a, return_sign=True)[1]),
}


@pytest.mark.parametrize("name", SUMS)
def test_sums_of_exponentials(name):
    sample = Sample(SUMS[name], MATRIX)
    pushforward_is_the_derivative(sample)
    pullback_is_the_transpose(sample)
    second_order_agrees(sample)


def test_logsumexp_of_infinities():
    inf = np.inf
    assert np.array_equal(grad(family.logsumexp)(np.array([-inf, 1.0, -inf])), [0.0, 1.0, 0.0])
    assert np.array_equal(grad(family.logsumexp)(np.array([inf, 1.0, inf])), [0.5, 0.0, 0.5])
    assert np.array_equal(grad(family.logsumexp)(np.array([-inf, -inf])), [0.0, 0.0])
    ignored = grad(lambda a: family.logsumexp(a, b=np.array([1.0, 0.0])))(np.array([1.0, 2000.0]))
    assert np.array_equal(ignored, [1.0, 0.0])


def test_analytic_functions_at_complex_numbers():
    z = np.array([0.4 + 0.3j, 1.2 - 0.7j])
    for function in [sp.erf, sp.gamma, sp.loggamma, sp.wofz, sp.dawsn, sp.exp1, sp.wrightomega, sp.rgamma]:
        slope = jvp(function, z, np.ones(2, complex))[1]
        h = 1e-5
        assert np.allclose(slope, (function(z + h) - function(z - h)) / (2 * h), rtol=1e-8)
        assert np.allclose(vjp(function, z)[1](np.ones(2, complex)), slope, rtol=1e-14)


def test_order_three_through_a_parameter():
    third = grad(grad(grad(lambda a: sp.gammainc(a, 1.7))))(1.3)
    second = grad(grad(lambda a: sp.gammainc(a, 1.7)))
    assert np.isclose(third, (second(1.3 + 1e-4) - second(1.3 - 1e-4)) / 2e-4, rtol=1e-6)


def test_a_gradient_of_scipys_function_pickles():
    assert pickle.loads(pickle.dumps(grad(family.gammaln)))(2.5) == sp.digamma(2.5)
    assert pickle.loads(pickle.dumps(family.logsumexp)) is family.logsumexp


def test_without_scipy_the_error_says_what_to_install():
    program = "import sys; sys.modules['scipy'] = None; import easygrad, easygrad.numpy; import easygrad.scipy"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "ImportError: easygrad.scipy needs SciPy" in run.stderr
    assert "pip install easygrad[scipy]" in run.stderr


def test_namespaces_are_imported_when_they_are_asked_for():
    program = "import sys, easygrad.scipy as s; assert 'scipy.special' not in sys.modules; s.special.gamma"
    subprocess.run([sys.executable, "-c", program], check=True)
    with pytest.raises(AttributeError, match="no attribute 'spezial'; it has integrate"):
        _ = easygrad.scipy.spezial


def test_an_unbroadcast_argument_gets_a_gradient_of_its_shape():
    gradient = grad(lambda x: np.sum(family.polygamma(np.array([[0], [1], [2]]), x)))(POSITIVE)
    assert_near(gradient, sum(sp.polygamma(n + 1, POSITIVE) for n in range(3)), 1e-14, "orders in a column")
    assert hessian(lambda p: np.sum(sp.gammainc(p[0], OTHER) * p[1]))(np.array([1.2, 0.7])).shape == (2, 2)


MIXED = {  # functions of two numbers, a point that rules single out, d/dx of d/dy there
    "xlogy at x = 0": (sp.xlogy, 0.0, 2.0, 0.5),
    "xlog1py at x = 0": (sp.xlog1py, 0.0, 1.0, 0.5),
    "stdtr at t = 0": (sp.stdtr, 3.0, 0.0, None),
    "gammainc at a = 1": (sp.gammainc, 1.0, 0.7, None),
}


@pytest.mark.parametrize("name", MIXED)
def test_mixed_derivatives_agree_in_both_orders_where_rules_single_out_a_point(name):
    function, x, y, expected = MIXED[name]
    one = grad(lambda s: grad(lambda t: function(s, t))(y))(x)
    other = grad(lambda t: grad(lambda s: function(s, t))(x))(y)
    assert np.isclose(one, other, rtol=1e-12)
    assert expected is None or one == expected


CURVATURES = {
    "gammainc at 0 with a = 1": (lambda x: sp.gammainc(1.0, x), 0.0, -1.0),
    "betainc at 0 with a = 1": (lambda x: sp.betainc(1.0, 2.5, x), 0.0, -2.5 * 1.5),
    "kv by the order at 0": (lambda v: sp.kv(v, 1.3), 0.0, None),
    "kv by the order below 0": (lambda v: sp.kv(v, 1.3), -0.7, None),
}


@pytest.mark.parametrize("name", CURVATURES)
def test_second_derivative_where_rules_single_out_a_point(name):
    function, x, expected = CURVATURES[name]
    if expected is None:
        expected = (function(x + 1e-3) - 2 * function(x) + function(x - 1e-3)) / 1e-6
    assert np.isclose(grad(grad(function))(x), expected, rtol=1e-6)
    assert np.isclose(deriv(deriv(function))(x), expected, rtol=1e-6)


def test_a_plain_ufunc_brings_its_rule_along():
    program = "import scipy.special, easygrad; print(easygrad.grad(scipy.special.gammaln)(2.5))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(sp.digamma(2.5), rel=1e-15)
