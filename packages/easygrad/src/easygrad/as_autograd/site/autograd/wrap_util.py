"""From an operator on functions of one argument to one that takes ``argnum``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps as python_wraps
from typing import Any

from .util import subvals

Function = Callable[..., Any]


def get_name(f: Any) -> str:
    """Return the name of a function."""
    return getattr(f, "__name__", "[unknown name]")


def get_doc(f: Any) -> str:
    """Return the text of a function."""
    return getattr(f, "__doc__", None) or ""


def wraps(fun: Any, namestr: str = "{fun}", docstr: str = "{doc}", **names: Any) -> Callable[[Function], Function]:
    """Return a decorator that gives a function name and text, made of those of another one and of more names."""

    def rename(f: Function) -> Function:
        f.__name__ = namestr.format(fun=get_name(fun), **names)
        f.__doc__ = docstr.format(fun=get_name(fun), doc=get_doc(fun), **names)
        return f

    return rename


def wrap_nary_f(fun: Any, op: Any, argnum: Any) -> Callable[[Function], Function]:
    """Return ``wraps`` for what an operator makes of a function."""
    text = "{op} of {fun} with respect to its argument {argnum}, as a function of the same arguments."
    return wraps(fun, "{op}_of_{fun}_wrt_argnum_{argnum}", text, op=get_name(op), argnum=argnum)


def unary_to_nary(unary_operator: Function) -> Function:
    """Return an operator ``op(f, x)`` on functions of one argument as ``op(f, argnum)(*args)``.

    ``argnum`` is a position, or a tuple or list of positions; then ``x`` is a tuple.
    """

    @python_wraps(unary_operator)
    def nary_operator(fun: Function, argnum: Any = 0, *op_args: Any, **op_options: Any) -> Function:
        if not isinstance(argnum, int | tuple | list):
            raise AssertionError(argnum)  # the type that programs expect
        single = isinstance(argnum, int)
        positions: Any = [argnum] if single else argnum

        @wrap_nary_f(fun, unary_operator, argnum)
        def nary_f(*args: Any, **options: Any) -> Any:
            @wraps(fun)
            def unary_f(x: Any) -> Any:
                return fun(*subvals(args, zip(positions, [x] if single else x, strict=True)), **options)

            x = args[positions[0]] if single else tuple(args[i] for i in positions)
            return unary_operator(unary_f, x, *op_args, **op_options)

        return nary_f

    return nary_operator
