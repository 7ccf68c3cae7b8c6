"""Checks of derivatives under Autograd's names."""

import numpy as np
import pytest

from easygrad.extend import defvjp, primitive
from easygrad.test_util import check_equivalent, check_grads, check_jvp, check_vjp, combo_check, scalar_close


@primitive
def wrong(x):
    """Return the square."""
    return x**2


defvjp(wrong, lambda ans, x: lambda g: 3 * g * x)


def test_right_derivatives_pass():
    check_grads(np.tanh)(np.ones(3))
    check_grads(lambda x, n: x**n, modes=["rev"], order=1)(2.0, 3)
    check_grads(lambda x, y: x * y, (0, 1))(2.0, 3.0)
    check_vjp(np.sin, 1.0)
    check_jvp(np.sin, 1.0)


def test_only_the_named_argument_is_checked():
    check_grads(lambda x, y: x * wrong(y))(2.0, 3.0)
    with pytest.raises(AssertionError):
        check_grads(lambda x, y: x * wrong(y), 1)(2.0, 3.0)


@pytest.mark.parametrize("check", [check_vjp, check_jvp, lambda f, x: combo_check(f)([x])])
def test_wrong_derivatives_are_found(check):
    with pytest.raises(AssertionError, match="wrong"):
        check(wrong, 2.0)


def test_combinations_are_all_checked():
    seen = []

    def f(x, n, axis=None):
        seen.append((np.ndim(x), n, axis))
        return np.sum(x, axis=axis) * n

    combo_check(f, order=1)([np.ones((2, 2)), np.ones((2, 2, 2))], [1.0, 2.0], axis=[None, 1])
    assert set(seen) >= {(dim, n, axis) for dim in (2, 3) for n in (1.0, 2.0) for axis in (None, 1)}


def test_equivalence():
    check_equivalent({"a": np.ones(2)}, {"a": np.ones(2) + 1e-9})
    for x, y in [
        (np.ones(2), np.zeros(2)),
        (np.ones(2), np.ones(3)),
        (np.ones(2), np.ones(2, np.float32)),
        ([1.0], (1.0,)),
        ([1.0], [1.0, 2.0]),
    ]:
        with pytest.raises(AssertionError, match="check_equivalent"):
            check_equivalent(x, y)
    assert scalar_close(1.0, 1.0 + 1e-7)
    assert not scalar_close(1.0, 1.1)
