"""The logarithm of a sum of exponentials of numbers in (-100, 100), shifted by the largest; its gradient is softmax.

The parts of the gradient span many powers of ten, and each is compared by itself: one that is wrong by half counts,
however small it is. The comparison takes numbers of (-30, 30), because the referee abstains from what is 33 powers of
ten below the value of the function; the tests compare those of (-100, 100) with softmax itself.
"""

from comparisons.models import Timed, interval, logsumexp, softmax

from graddiff import Case
from graddiff.domains import Domain

WIDE = interval("WIDE", -100.0, 100.0)
SIZES = [2_500, 10_000, 40_000, 160_000, 640_000, 1_280_000]


def case(n: int, domain: Domain = WIDE) -> Case:
    """Return the function of n numbers."""
    return Case(f"log_sum_exp.n{n}", lambda np: lambda x: logsumexp(np, x), [domain], shapes=[(n,)])


CASES = [case(6, interval("NARROWER", -30.0, 30.0))]


def timed() -> list[Timed]:
    """Return the gradient at each size."""
    return [Timed(case(n), by_hand=lambda x: softmax(x, axis=0)) for n in SIZES]
