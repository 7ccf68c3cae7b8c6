"""Programs that write into arrays: the same program under plain NumPy gives the same value, which the referee runs.

Autograd has no item assignment: there is no rival to compare with, only the truth. Each program writes into an array
that depends on all its arguments, since what is written into must be traced where one of the values is.
"""

from collections.abc import Callable
from typing import Any

import numpy

from graddiff import Case
from graddiff.domains import DISTINCT, POSITIVE, REAL

PROGRAMS = []


def program(*domains: Any, shapes: Any = ((4,),), reference: Any = None) -> Callable[[Any], Any]:
    """Return a decorator: a function of a namespace becomes a case."""

    def add(function: Any) -> Any:
        name = f"writing.{function.__name__}"
        PROGRAMS.append(Case(name, function, list(domains), shapes=list(shapes), reference=reference))
        return function

    return add


@program(REAL)
def recurrence(np):
    """Fill an array, each element from the one before."""

    def f(x):
        out = np.zeros_like(x)
        out[0] = x[0]
        for i in range(1, len(x)):
            out[i] = np.sin(out[i - 1]) + x[i] ** 2
        return out

    return f


@program(REAL)
def element_of_the_argument(np):
    """Write elements and read them again."""

    def f(x):
        y = x * 1.0
        y[1] = x[0] * y[2]
        y[-1] += x[0]
        return x * y

    return f


@program(REAL, REAL, shapes=[((3, 4), (4,)), ((2, 4), ())])
def rows_and_columns(np):
    """Write rows, columns and blocks, with values that broadcast."""

    def f(x, y):
        out = np.zeros_like(x * y)
        out[0] = y * x[1]
        out[:, 1] = x[:, 0] * x[:, 2]
        out[1:, ::2] -= x[:-1, ::2]
        return out

    return f


@program(REAL, shapes=[(3, 4)])
def views(np):
    """Write through views, and read views after their array was written."""

    def f(x):
        y = x * 2.0
        row, column, flat = y[0], y.T[1], y.reshape(-1)
        flat[5] = x[0, 0] ** 2
        row *= x[1]
        column += row[2]
        y[1:][:, ::-1][0] -= x[2]
        return y * flat[4] + row * column[0]

    return f


@program(REAL, shapes=[(3, 3)])
def swapped_rows(np):
    """Swap rows, by a tuple and by an index."""

    def f(x):
        y = x * x
        y[0], y[1] = y[1], y[0]  # a view is written while it is read: row 1 is row 1 again
        y[[0, 2]] = y[[2, 0]]
        return y

    return f


@program(REAL)
def overlap(np):
    """Write values that share the memory they are written into."""

    def f(x):
        y = np.sin(x)
        y[1:] += y[:-1]
        y[:] = y[::-1] * x
        return y

    return f


@program(REAL, REAL)
def masks_and_lists(np):
    """Write at masks, at indices that repeat, and from a list."""

    def f(x, y):
        out = x * y
        out[np.arange(len(x)) % 2 == 0] *= y[0]
        out[[3, 0, 3]] = y[:3] * x[1]  # the last write of an index that repeats stays
        out[[1, 1, 2]] += y[1]
        out[:2] = [x[2], 1.0]
        return out * out

    return f


@program(POSITIVE, POSITIVE)
def operators_in_place(np):
    """Change an array under two names by operators."""

    def f(x, y):
        z = x * y
        other = z
        z += y
        z *= x
        z /= y + 1.0
        z -= 0.5
        z **= 2
        return other * x

    return f


@program(REAL, shapes=[(3, 3)])
def cholesky_by_hand(np):
    """Return the Cholesky factor, written element by element."""

    def f(x):
        a = x @ x.T + 9.0 * np.eye(3)
        lower = np.zeros_like(x)
        for j in range(3):
            lower[j, j] = np.sqrt(a[j, j] - np.sum(lower[j, :j] ** 2))
            for i in range(j + 1, 3):
                lower[i, j] = (a[i, j] - np.sum(lower[i, :j] * lower[j, :j])) / lower[j, j]
        return lower

    return f


@program(REAL, REAL, shapes=[(5,)])
def heat_equation(np):
    """Take steps of an explicit scheme in one array."""

    def f(u, source):
        u = u + source
        for _ in range(3):
            u[1:-1] += 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            u[0] = u[1] * 0.5
            u += 0.1 * source
        return u

    return f


@program(DISTINCT)
def sorted_in_place(np):
    """Sort an array in place and change a part."""

    def f(x):
        y = x * x[0]
        y.sort()
        y[1:3] *= x[2]
        return y

    return f


@program(REAL, REAL)
def functions_that_write(np):
    """Call functions that write into their first argument."""

    def f(x, y):
        z = x * y
        np.put(z, [0, 3], y[1:3])
        np.copyto(z[1:3], x[:2])
        z[:1].fill(x[2])
        return z * x

    return f


@program(REAL, REAL, shapes=[(3,)])
def functions_that_write_where(np):
    """Call functions that write at a mask, at indices along an axis, on a diagonal."""
    mask = [[True, False, False], [False, True, True], [False, False, True]]

    def f(x, y):
        z = np.outer(x, y)
        np.fill_diagonal(z, x * x)
        np.putmask(z, mask, np.outer(y, y))
        np.place(z, [[False, True, False]] * 3, y)
        np.put_along_axis(z, numpy.array([[2], [0], [1]]), x[:, None] * 2.0, axis=1)
        return z * z

    return f


@program(POSITIVE, POSITIVE, shapes=[(3,), (2, 3)])
def out(np):
    """Write answers with ``out=``."""

    def f(x, y):
        z = np.zeros_like(x * y)
        np.multiply(x, y, out=z)
        np.add(z, x, out=z)
        np.sqrt(z, out=z)
        return z * y

    return f
