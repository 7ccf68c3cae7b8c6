"""NumPy's namespace with the differentiable functions in place: ``import easygrad.numpy as np``.

Plain ``import numpy as np`` works as well; here a call saves NumPy's dispatch, and ``array([box, box])`` works, which
NumPy cannot hand over. What has no rule is NumPy's own function.
"""

from numpy import *  # noqa: F403  # the rest of the namespace

from easygrad.rules.constants import (
    all,
    allclose,
    any,
    argmax,
    argmin,
    argsort,
    array_equal,
    ceil,
    count_nonzero,
    empty_like,
    equal,
    floor,
    floor_divide,
    greater,
    greater_equal,
    isclose,
    iscomplex,
    iscomplexobj,
    isfinite,
    isinf,
    isnan,
    isreal,
    isrealobj,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    ndim,
    nonzero,
    not_equal,
    ones_like,
    result_type,
    rint,
    round,
    searchsorted,
    shape,
    signbit,
    size,
    trunc,
    zeros_like,
)
from easygrad.rules.elementwise import (
    absolute,
    add,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cbrt,
    conjugate,
    cos,
    cosh,
    deg2rad,
    degrees,
    divide,
    exp,
    exp2,
    expm1,
    fabs,
    fmax,
    fmin,
    hypot,
    imag,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    maximum,
    minimum,
    mod,
    multiply,
    negative,
    positive,
    power,
    rad2deg,
    radians,
    real,
    reciprocal,
    sign,
    sin,
    sinc,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    where,
)
from easygrad.rules.products import dot, matmul, outer
from easygrad.rules.reductions import max, mean, min, prod, std, sum, var
from easygrad.rules.shaping import (
    array,
    asarray,
    broadcast_to,
    concatenate,
    copy,
    expand_dims,
    full_like,
    moveaxis,
    ravel,
    reshape,
    squeeze,
    stack,
    swapaxes,
    transpose,
)

# NumPy's second names
abs = absolute
conj = conjugate
true_divide = divide
remainder = mod
pow = power
concat = concatenate
permute_dims = transpose
acos, acosh, asin, asinh, atan, atan2, atanh = arccos, arccosh, arcsin, arcsinh, arctan, arctan2, arctanh
amax, amin = max, min
