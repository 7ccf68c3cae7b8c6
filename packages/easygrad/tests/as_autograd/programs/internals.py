"""What programs do with the inside of Autograd, run by both libraries: each line prints a name and numbers."""

import builtins
import copy
import json
import warnings

import autograd
import autograd.numpy as np
import numpy as onp
from autograd import elementwise_grad, grad, hessian, holomorphic_grad, jacobian, make_hvp, make_jvp, make_vjp
from autograd.builtins import DictBox, SequenceBox, isinstance, type  # noqa: A004  # as such programs do
from autograd.builtins import dict as adict
from autograd.builtins import list as alist
from autograd.builtins import tuple as atuple
from autograd.core import JVPNode, VJPNode, VSpace, backward_pass, primitive_vjps, vspace
from autograd.core import make_jvp as core_jvp
from autograd.core import make_vjp as core_vjp
from autograd.differential_operators import grad_and_aux, make_jvp_reversemode
from autograd.extend import (
    Box,
    SparseObject,
    defjvp,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    primitive,
    register_notrace,
)
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten, flatten_func
from autograd.misc.tracers import const_graph
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_jvps import broadcast
from autograd.numpy.numpy_vjps import unbroadcast, unbroadcast_f
from autograd.numpy.numpy_vspaces import ArrayVSpace, ComplexArrayVSpace
from autograd.numpy.numpy_wrapper import metadata
from autograd.test_util import check_grads, check_jvp, check_vjp, combo_check
from autograd.tracer import Node, getval, isbox, new_box, trace, trace_stack
from autograd.util import subval, subvals, toposort
from autograd.wrap_util import unary_to_nary

x, y = np.array([0.5, -1.0, 2.0]), np.array([1.5, 0.7, -0.3])
python_isinstance = builtins.isinstance


def show(name, *values):
    """Print numbers under a name."""
    print(json.dumps([name, [np.asarray(value).tolist() for value in values]]))


# Boxes: full name, classes, values


def inside(v):
    """Show what a program sees of a traced array."""
    cls = v.__class__
    show("full name", f"{cls.__module__}.{cls.__name__}")
    show("classes", python_isinstance(v, ArrayBox), python_isinstance(v, Box), isinstance(v, np.ndarray))
    show("type", type(v).__name__, isbox(v), isbox(1.0))
    show("values", getval(v), v._value, v.shape, v.ndim, v.size)
    show("in a set", v in {v}, len({v, v}))
    return np.sum(v**2)


show("inside", grad(inside)(x), grad(grad(lambda t: t**3 * getval(t)))(2.0))


def give_methods():
    """Assign methods to the class of all boxes, as some programs do."""
    Box.__copy__ = lambda v: v
    Box.__deepcopy__ = lambda v, memo: v
    Box.__repr__ = lambda v: f"<{v._value}>"
    Box.__str__ = Box.__repr__


saved = {name: getattr(Box, name) for name in ("__repr__", "__str__")}
give_methods()
show("methods", grad(lambda v: np.sum(copy.deepcopy(copy.copy(v)) ** 2) + 0 * len(repr(v)))(x))
grad(lambda v: show("text", str(v), repr(v)) or v)(2.0)
for name, method in saved.items():
    setattr(Box, name, method)


def params(p):
    """Take a dict with a tuple inside."""
    show("containers", isinstance(p, dict), python_isinstance(p, DictBox), python_isinstance(p["b"], SequenceBox))
    return np.sum(p["a"] * p["b"][0]) + p["b"][1] ** 2


found = grad(params)({"a": x, "b": (y, 3.0)})
show("of a dict", found["a"], *found["b"])
show("made", grad(lambda v: adict({"a": v})["a"] * atuple((v, 2.0))[1])(3.0))

# Nodes by hand


def by_hand(v):
    """Differentiate each result by nodes made by hand, as pymoo does."""
    start = new_box(v, 0, VJPNode.new_root())
    end = np.stack([start[0] ** 2 * start[1], np.sum(np.sin(start))])
    rows = []
    for seed in np.eye(2):
        seed_box = new_box(seed, 0, VJPNode.new_root())
        rows.append(backward_pass(seed_box, end._node)._value)
    return np.array(rows), len(list(toposort(end._node))) > 3, len(end._node.parents)


show("by hand", *by_hand(x))
with trace_stack.new_trace() as t:
    start = new_box(x, t, VJPNode.new_root())
    end = np.sum(np.exp(start) * y)
    show("new trace", backward_pass(1.0, end._node), end._value, end._trace == start._trace)
with trace_stack.new_trace() as t:
    show("forward", np.sum(np.exp(new_box(x, t, JVPNode.new_root(y))))._node.g)
value, end_node = trace(VJPNode.new_root(), lambda v: np.sum(v**3), x)
show("trace", value, backward_pass(2.0, end_node))
value, end_node = trace(VJPNode.new_root(), lambda p: p["a"] * p["b"] ** 2, {"a": 2.0, "b": 3.0})
show("trace of a dict", *backward_pass(1.0, end_node).values())


class Counting(Node):
    """Counts the calls that lead to a value."""

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        self.count = 1 + sum(parent.count for parent in parents)
        self.again = fun(*args, **kwargs)

    def initialize_root(self):
        """Start at none."""
        self.count = 0


value, end_node = trace(Counting.new_root(), lambda v: np.sum(np.sin(v * 2.0)), x)
show("own node", end_node.count, end_node.again, value)


@unary_to_nary
def scaled_grad(fun, v, factor=1.0):
    """Return a multiple of the gradient."""
    pullback, ans = core_vjp(fun, v)
    return ans, pullback(vspace(ans).ones() * factor)


show("unary_to_nary", *scaled_grad(lambda a, b: np.sum(a * b**2), 1, factor=2.0)(x, y))
ans, both = scaled_grad(lambda a, b: np.sum(a * b**2), (0, 1))(x, y)
show("of two", ans, *both)
show("subvals", subvals((1, 2, 3), [(0, 5), (2, 7)]), subval((1, 2), 1, 4))
show("core jvp", *core_jvp(lambda v: v**2, x)(y))
show("operators", make_vjp(np.sin)(x)[0](y), make_jvp(np.sin)(x)(y)[1], make_jvp_reversemode(np.sin)(x)(y))
show("hvp", *make_hvp(lambda v: np.sum(v**4))(x)[0:1][0](y).shape)
show("hvp", make_hvp(lambda v: np.sum(v**4))(x)[0](y), make_hvp(lambda v: np.sum(v**4))(x)[1])
show("columns", elementwise_grad(lambda v: np.cumsum(v**2))(x), elementwise_grad(lambda a, b: a * b)(2.0, x))
show("aux", grad_and_aux(lambda v: (np.sum(v**2), np.sum(v)))(x)[0])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    show("holomorphic", holomorphic_grad(lambda z: z**3)(2.0), holomorphic_grad(lambda z: z**3)(1 + 2j).real)
    show("warned", "not complex" in str(caught[0].message))

# Spaces

for value in (x, 2.0, x * 1j, {"a": x, "b": [y, 1.0]}):
    space = vspace(value)
    show("space", space.size, space == vspace(value), space == vspace(3.0), len(list(space.standard_basis())))
    total = space.add(value, space.scalar_mul(space.ones(), 2.0))
    show("sum", space.inner_prod(value, total), flatten(space.covector(total))[0].real, flatten(space.zeros())[0].real)
show("mappings", np.ndarray in VSpace.mappings, float in Box.type_mappings, isinstance(vspace(x), ArrayVSpace))
show("complex", isinstance(vspace(x * 1j), ComplexArrayVSpace), vspace(x * 1j).iscomplex, vspace(x).iscomplex)


class Labelled(np.ndarray):
    """An array of another class."""


Box.type_mappings[Labelled] = Box.type_mappings[np.ndarray]
VSpace.mappings[Labelled] = lambda value: ArrayVSpace(value)
show("own array", vspace(x.view(Labelled)).size)

# Primitives: containers in and out, all forms of rules


@primitive
def eig_like(a, b):
    """Return a product, and a dict of the sum."""
    return a * b, {"s": a + b}


defvjp(
    eig_like,
    lambda ans, a, b: lambda g: g[0] * b + g[1]["s"],
    lambda ans, a, b: lambda g: g[0] * a + g[1]["s"],
)
defjvp(eig_like, lambda g, ans, a, b: (g * b, {"s": g}), lambda g, ans, a, b: (g * a, {"s": g}))


def using_both(a, b):
    """Use both answers."""
    product, others = eig_like(a, b)
    return np.sum(product**2) + np.sum(np.exp(others["s"]))


def using_one(a, b):
    """Use one of two answers."""
    return np.sum(eig_like(a, b)[0] ** 3)


show("two answers", grad(using_both)(x, y), grad(using_both, 1)(x, y), hessian(using_both)(x, y), grad(using_one)(x, y))


@primitive
def weighted(pair, weights):
    """Take a tuple."""
    return pair[0] * weights["w"] + pair[1]


defvjp(
    weighted,
    lambda ans, pair, weights: lambda g: atuple((g * weights["w"], g)),
    lambda ans, pair, weights: lambda g: adict({"w": g * pair[0]}),
)


def on_containers(a, b):
    """Hand containers to a primitive."""
    return np.sum(weighted(atuple((a, b**2)), adict({"w": np.sin(b)})) ** 2)


show("containers in", grad(on_containers)(x, y), grad(on_containers, 1)(x, y), hessian(on_containers)(x, y))


@primitive
def times(a, b):
    """Return the product."""
    return a * b


defvjp_argnum(times, lambda argnum, ans, args, kwargs: unbroadcast_f(args[argnum], lambda g: g * args[1 - argnum]))
show("argnum", grad(lambda a: np.sum(times(a, x) * times(a, a)))(2.0), grad(lambda v: np.sum(times(v, v)))(x))
defvjp_argnums(times, lambda argnums, ans, args, kwargs: lambda g: tuple(g * args[1 - i] for i in argnums))
show("argnums", grad(lambda v: np.sum(times(v, v)))(x))
show("rule", *primitive_vjps[times]((0, 1), x * y, (x, y), {})(np.ones(3)), times in primitive_vjps)
show("NumPy's rule", *primitive_vjps[np.multiply]((0, 1), x * y, (x, y), {})(np.ones(3)))


@primitive
def first(v):
    """Return one element."""
    return v[0]


def first_vjp(ans, v):
    """Return a sparse cotangent."""
    space = vspace(v)

    def pull(g):
        def add(total):
            total[0] += g
            return total

        return SparseObject(space, add)

    return pull


@primitive
def floor_of(v):
    """Return the integer part."""
    return np.floor(v)


register_notrace(VJPNode, floor_of)
register_notrace(JVPNode, floor_of)
show("notrace", grad(lambda v: np.sum(v * floor_of(v)))(x), grad(lambda v: v * notrace_primitive(np.round)(v))(1.7))
show("broadcast", unbroadcast(np.ones((4, 3)), metadata(x)), broadcast(np.ones((1, 3)), np.ones((2, 3))))
defvjp(first, first_vjp)
show("sparse", vspace(x).zeros() + first_vjp(None, x)(2.0).mut_add(np.zeros(3)))

# Containers of scalars, whose cotangent is one array; objects that hold traced values


@primitive
def total(numbers, unused):
    """Return the sum of squares of a list of numbers."""
    return sum(number**2 for number in numbers)


defvjp(total, lambda ans, numbers, unused: lambda g: 2 * g * np.array(numbers), argnums=[0])
show("array for a list", grad(lambda v: total(alist([v[0], v[1] * v[2], 1.0]), None))(x))


@primitive
def measured(numbers, machine):
    """Call a machine that has the numbers of the list inside of it."""
    return getval(machine())


def measured_vjp(ans, numbers, machine):
    """Return differences, for which the machine is called in the backward pass: by then its values are constants."""
    return lambda g: [g * getval(machine(h) - machine(-h)) / 0.2 for h in (0.1,)]


defvjp(measured, measured_vjp, argnums=[0])


def with_machines(v):
    """Return what a machine with traced values inside measures, which measures by another one."""
    return measured(alist([v[0]]), lambda h=0.0: np.sum((v[0] + h) ** 2) * measured(alist([v[1]]), lambda h=0.0: v[1]))


show("ended", grad(with_machines)(x))
seen = []
grad(lambda v: seen.append(v * 2.0) or np.sum(v**2))(x)
show("kept", getval(seen[0] + 1.0), getval(np.sum(np.sin(seen[0]))), grad(lambda v: v * getval(seen[0][1]))(2.0))


def through_objects(v):
    """Make arrays of objects and of numbers again."""
    objects = np.array([v[0], 2.0, v[1] ** 2], dtype=object).ravel()
    return np.sum(np.array(objects, dtype=float) ** 2) + np.sum(onp.array(v * v[0])) + onp.array([v[2], 1.0])[0] ** 3


show("objects", grad(through_objects)(x), onp.shape(onp.array(x)))

# Helpers

show("joined", grad(lambda v: np.sum(np.r_[v[0], v[1:], 2.0] ** 2))(x), grad(lambda v: np.sum(np.c_[v, y] ** 3))(x))
show("flat", flatten({"b": 1.0, "a": [x, (2.0, y)]})[0], flatten({"b": 1.0, "a": [x]})[1](np.arange(4.0))["a"][0])
function, unflatten, example = flatten_func(lambda p: {"b": p["b"] ** 2, "a": p["a"]}, {"b": 3.0, "a": x})
show("flat function", function(example), jacobian(function)(example))
replayed = const_graph(lambda a, b: np.sum(np.sin(a) * b))
show("replayed", replayed(x, y), replayed(y, x), grad(replayed)(y, x))


def newton(a):
    """Return a step towards the root of a."""
    return lambda v: 0.5 * (v + a / v)


def distance(a, b):
    """Return how far two numbers are apart."""
    return np.abs(a - b)


def root(a):
    """Return the square root."""
    return fixed_point(newton, a, 1.0, distance, 1e-12)


show("fixed point", root(2.0), grad(root)(2.0), grad(grad(root))(2.0))
check_grads(lambda v: np.sin(v) * np.sum(v**2))(x)
check_grads(lambda a, b: a * b, (0, 1), modes=["rev"], order=1)(x, y)
check_vjp(np.tanh, x)
check_jvp(np.tanh, x)
combo_check(np.sum, [0])([np.ones((2, 3))], axis=[None, 0, 1])
show("same module", autograd.numpy is np, "sin" in vars(np), "linalg" in dir(np))
