"""The laws for SciPy's functions: those of NumPy's, but a result may be as wide as SciPy makes it.

Many of its functions answer in double precision whatever comes, as do those with an order or a degree.
"""

import numpy as np

from easygrad import jvp, vjp

from ..laws import LAWS, Sample, assert_near, directions, dtype_is_kept


def dtype_is_scipys(sample: Sample) -> None:
    """Value and tangent are of one dtype, SciPy's or single precision; a gradient is of that of its argument."""
    small, tangents = tuple(x.astype(np.float32) for x in sample.args), directions(sample.args, 1)
    value, tangent = jvp(sample.function, small, tuple(t.astype(np.float32) for t in tangents))
    wanted = np.asarray(sample.function(*small)).dtype
    assert value.dtype == tangent.dtype, f"value {value.dtype}, tangent {tangent.dtype}"
    assert value.dtype in (np.float32, wanted), f"value {value.dtype}, tangent {tangent.dtype}, SciPy {wanted}"
    assert_near(tangent, jvp(sample.function, sample.args, tangents)[1], 1e-3, "single precision")
    pulled = vjp(sample.function, *small)[1](np.ones_like(value))
    for part in pulled if len(small) > 1 else (pulled,):
        assert part.dtype == np.float32, f"gradient {part.dtype}"


SCIPY_LAWS = [*(law for law in LAWS if law is not dtype_is_kept), dtype_is_scipys]
