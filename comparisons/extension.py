"""Operations of the user's own, written once with the names that both libraries have in ``extend``.

The libraries do not see into these functions: what is compared is what they make of the rules. The referee runs the
functions themselves and takes no notice of the rules. To add one, write a function ``(np, ex)`` that defines an
operation with ``ex.primitive`` and returns the function to differentiate, and list it in CASES.
"""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from graddiff import Case
from graddiff.domains import NONZERO, POSITIVE, REAL

Function = Callable[..., Any]


def ignore(*rules: Any, **options: Any) -> None:
    """Take no notice of a rule."""


def itself(fun: Function) -> Function:
    """Return the function."""
    return fun


WITHOUT_RULES = SimpleNamespace(
    primitive=itself,
    notrace_primitive=itself,
    defvjp=ignore,
    defvjp_argnums=ignore,
    defjvp=ignore,
    defjvp_argnum=ignore,
)


def extend_of(lib: Any) -> Any:
    """Return the module with which users of a library add operations."""
    return WITHOUT_RULES if lib.name == "referee" else import_module(f"{lib.name}.extend")


def both_rules(np: Any, ex: Any) -> Function:
    """Return 1 / (1 + exp(-x)) with both rules, made of the operation itself."""

    @ex.primitive
    def op(x: Any) -> Any:
        return 1 / (1 + np.exp(-x))

    ex.defvjp(op, lambda ans, x: lambda g: g * op(x) * (1 - op(x)))
    ex.defjvp(op, lambda g, ans, x: g * ans * (1 - ans))
    return lambda x: op(x) * x  # type: ignore[no-any-return]


def only_reverse(np: Any, ex: Any) -> Function:
    """Return log(sum(exp(x))) with a vjp alone; the forward mode can be made of it."""

    @ex.primitive
    def op(x: Any) -> Any:
        return np.log(np.sum(np.exp(x)))

    ex.defvjp(op, lambda ans, x: lambda g: g * np.exp(x - ans))
    return lambda x: op(x) ** 2  # type: ignore[no-any-return]


def only_forward(np: Any, ex: Any) -> Function:
    """Return x * exp(x) with a jvp alone; the reverse mode can be made of it."""

    @ex.primitive
    def op(x: Any) -> Any:
        return x * np.exp(x)

    ex.defjvp(op, lambda g, ans, x: g * (1 + x) * np.exp(x))
    return op  # type: ignore[no-any-return]


def options(np: Any, ex: Any) -> Function:
    """Return x**n * y with rules for the last two of its arguments, and with an option."""

    @ex.primitive
    def op(n: int, x: Any, y: Any, scale: float = 1.0) -> Any:
        return scale * x**n * y

    ex.defvjp(
        op,
        lambda ans, n, x, y, scale=1.0: lambda g: g * scale * n * x ** (n - 1) * y,
        lambda ans, n, x, y, scale=1.0: lambda g: g * scale * x**n,
        argnums=(1, 2),
    )
    ex.defjvp(
        op,
        lambda g, ans, n, x, y, scale=1.0: g * scale * n * x ** (n - 1) * y,
        lambda g, ans, n, x, y, scale=1.0: g * scale * x**n,
        argnums=(1, 2),
    )
    return lambda x, y: op(3, x, y, scale=0.5)


def by_keyword(np: Any, ex: Any) -> Function:
    """Return x * exp(y), with y passed by keyword."""

    @ex.primitive
    def op(x: Any, y: Any = 1.0) -> Any:
        return x * np.exp(y)

    ex.defvjp(op, lambda ans, x, y=1.0: lambda g: g * np.exp(y), lambda ans, x, y=1.0: lambda g: g * ans)
    ex.defjvp(op, lambda g, ans, x, y=1.0: g * np.exp(y), lambda g, ans, x, y=1.0: g * ans)
    return lambda x, y: op(x, y=y)


def all_at_once(np: Any, ex: Any) -> Function:
    """Return x * y * z with one rule for all arguments."""

    @ex.primitive
    def op(*args: Any) -> Any:
        return args[0] * args[1] * args[2]

    def rest(args: Any, i: int) -> Any:
        return args[i - 1] * args[i - 2]

    ex.defvjp_argnums(op, lambda argnums, ans, args, kwargs: lambda g: [g * rest(args, i) for i in argnums])
    ex.defjvp_argnum(op, lambda argnum, g, ans, args, kwargs: g * rest(args, argnum))
    return lambda x, y: op(x, y, np.sin(x))


def linear(np: Any, ex: Any) -> Function:
    """Return a product of matrices whose jvp is the product itself."""

    @ex.primitive
    def op(a: Any, b: Any) -> Any:
        return np.matmul(a, b)

    ex.defvjp(
        op,
        lambda ans, a, b: lambda g: np.matmul(g, np.transpose(b)),
        lambda ans, a, b: lambda g: np.matmul(np.transpose(a), g),
    )
    ex.defjvp(op, "same", "same")
    return lambda a, b: op(np.sin(a), b)


def constant(np: Any, ex: Any) -> Function:
    """Return x times a step of it that has no derivative, and a rule that says that nothing flows."""
    steps = ex.notrace_primitive(lambda x: np.where(x > 0, 3.0, 1.0))

    @ex.primitive
    def op(x: Any, weights: Any) -> Any:
        return x * weights

    ex.defvjp(op, lambda ans, x, weights: lambda g: g * weights, None)
    ex.defjvp(op, lambda g, ans, x, weights: g * weights, None)
    return lambda x: op(x**2, steps(x))


def row(build: Callable[[Any, Any], Function], *domains: Any, **settings: Any) -> Case:
    """Return the case of an operation."""
    name = f"extension.{build.__name__}"
    return Case(name, lambda np, lib: build(np, extend_of(lib)), list(domains), **settings)


CASES = [
    row(both_rules, REAL, shapes=[(3,), ()], orders=(1, 2, 3)),
    row(only_reverse, REAL, reason="Autograd has no forward mode of an operation without a jvp"),
    row(only_forward, REAL, reason="Autograd has no reverse mode of an operation without a vjp"),
    row(options, POSITIVE, REAL),
    row(by_keyword, REAL, REAL, reason="Autograd does not see a traced value passed by keyword (#336)"),
    row(all_at_once, REAL, REAL),
    row(linear, REAL, REAL, shapes=[((2, 3), (3, 2))]),
    row(constant, NONZERO),
]
