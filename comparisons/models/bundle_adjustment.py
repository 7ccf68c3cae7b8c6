"""Bundle adjustment: the errors of points projected by cameras, and their sparse Jacobian.

A camera has 11 numbers: a rotation vector r, its centre C, the focal length, the principal point (2) and the radial
distortion (2). A point X is turned and moved, r(X - C), projected (x / z, y / z), distorted by 1 + k1 s + k2 s**2 with
s the squared distance from the axis, scaled by the focal length and moved to the principal point. An observation has
two errors, the difference to the observed place times its weight w, and each weight has one, 1 - w**2.

The two errors depend on 15 numbers only (one camera, one point, one weight): the Jacobian is n blocks of 2 x 15. In the
vector form row i of every array belongs to observation i, so two pullbacks give all blocks. The rotation is by the
formula of Rodrigues, with a branch of its own at angle 0, where the axis is not defined.
"""

from typing import Any

import numpy
from comparisons.models import Function, Timed, interval, normal

from graddiff import Case
from graddiff.domains import Domain

CAMERA = interval("CAMERA", 0.2, 0.9)
AHEAD = interval("AHEAD", 2.0, 3.0)  # points in front of the camera
WEIGHT = interval("WEIGHT", 0.5, 1.5)
NOT_TURNED = Domain("NOT_TURNED", lambda rng, shape: rng.uniform(0.2, 0.9, shape) * (numpy.arange(11) > 2))


def observed(n: int) -> Any:
    """Return the places where the points were seen."""
    return normal("bundle adjustment", n, shape=(n, 2))


def rotated(np: Any, r: Any, x: Any) -> Any:
    """Rotate the rows of x by the rows of r."""
    square = np.sum(r * r, axis=-1, keepdims=True)
    turned = square > 0
    angle = np.sqrt(square + np.where(turned, 0.0, 1.0))  # 1 at angle 0: the unused branch stays finite
    axis = r / angle
    along = axis * np.sum(axis * x, axis=-1, keepdims=True)
    far = x * np.cos(angle) + np.cross(axis, x) * np.sin(angle) + along * (1 - np.cos(angle))
    return np.where(turned, far, x + np.cross(r, x))


def vector_form(np: Any, n: int) -> Function:
    """Return the errors of all observations, (n, 2), from cameras (n, 11), points (n, 3) and weights (n,)."""
    seen = observed(n)

    def errors(cameras: Any, points: Any, weights: Any) -> Any:
        ahead = rotated(np, cameras[:, 0:3], points - cameras[:, 3:6])
        flat = ahead[:, 0:2] / ahead[:, 2:3]
        s = np.sum(flat**2, axis=1, keepdims=True)
        distorted = flat * (1 + cameras[:, 9:10] * s + cameras[:, 10:11] * s**2)
        return weights[:, None] * (distorted * cameras[:, 6:7] + cameras[:, 7:9] - seen)

    return errors


def rotated_point(np: Any, r: Any, x: Any) -> Any:
    """Rotate one point by one vector."""
    square = np.dot(r, r)
    if square == 0:
        return x + np.cross(r, x)
    angle = np.sqrt(square)
    axis = r / angle
    turn = np.cross(axis, x) * np.sin(angle)
    return x * np.cos(angle) + turn + axis * np.dot(axis, x) * (1 - np.cos(angle))


def loop_form(np: Any, n: int) -> Function:
    """Return the same errors, (n, 2), observation by observation."""
    seen = observed(n)

    def error(camera: Any, point: Any, weight: Any, place: Any) -> Any:
        ahead = rotated_point(np, camera[0:3], point - camera[3:6])
        flat = ahead[0:2] / ahead[2]
        s = np.dot(flat, flat)
        distorted = flat * (1 + camera[9] * s + camera[10] * s * s)
        return weight * (distorted * camera[6] + camera[7:9] - place)

    def errors(cameras: Any, points: Any, weights: Any) -> Any:
        return np.stack([error(cameras[i], points[i], weights[i], seen[i]) for i in range(n)])

    return errors


def weight_errors(np: Any) -> Function:
    """Return the errors of the weights."""
    return lambda weights: 1 - weights**2


def blocks(np: Any, lib: Any, n: int) -> Function:
    """Return the blocks of the Jacobian, (n, 2, 15): camera, point, weight. The rest of the matrix is 0."""
    errors = vector_form(np, n)

    def jacobian(cameras: Any, points: Any, weights: Any) -> Any:
        _, pullback = lib.vjp(errors, cameras, points, weights)
        rows = []
        for unit in numpy.eye(2):
            by_camera, by_point, by_weight = pullback(numpy.tile(unit, (n, 1)))
            rows.append(np.concatenate([by_camera, by_point, by_weight[:, None]], axis=1))
        return np.stack(rows, axis=1)

    return jacobian


FORMS = {"vector": vector_form, "loop": loop_form}


def case(form: str, n: int) -> Case:
    """Return the errors of n observations."""
    function = FORMS[form]
    shapes = [((n, 11), (n, 3), (n,))]
    return Case(f"ba.{form}_n{n}", lambda np: function(np, n), [CAMERA, AHEAD, WEIGHT], shapes=shapes)


def blocks_case(n: int) -> Case:
    """Return the sparse Jacobian of n observations."""
    return Case(
        f"ba.jacobian_blocks_n{n}",
        lambda np, lib: blocks(np, lib, n),
        [CAMERA, AHEAD, WEIGHT],
        shapes=[((n, 11), (n, 3), (n,))],
        aspects=("value",),
    )


def angle_0_case(form: str) -> Case:
    """Return the errors of cameras that are not turned: the branch at angle 0 has the first derivative right."""
    function = FORMS[form]
    domains = [NOT_TURNED, AHEAD, WEIGHT]
    return Case(f"ba.{form}_angle_0", lambda np: function(np, 1), domains, [((1, 11), (1, 3), (1,))], orders=(1,))


CASES = [
    case("vector", 2),
    case("loop", 1),
    blocks_case(2),
    angle_0_case("vector"),
    angle_0_case("loop"),
    Case("ba.weight", weight_errors, [WEIGHT], shapes=[(3,)]),
]
SIZES = [100, 1_000, 10_000]


def timed() -> list[Timed]:
    """Return the blocks at each number of observations."""
    return [Timed(blocks_case(n), order=0) for n in SIZES]
