"""The functions of PyTorch under NumPy's names: as far as they mean the same, with NumPy's arguments.

A name is here only if PyTorch has that function; nothing is put together from several. A name or an option that is not
here raises NotImplementedError: the cell is "unsupported", which speaks of this view rather than of PyTorch. Arrays and
numbers become tensors of the same dtype. To add a name: to `SAME` if PyTorch calls it so and takes tensors only, to
`RENAMED` if it goes by another name, else as a function below.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

Function = Callable[..., Any]
Axes = int | Sequence[int] | None

SAME = (
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
    *("exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "sqrt", "square", "abs", "absolute", "negative"),
    *("positive", "reciprocal", "sign", "sinc", "real", "imag", "angle", "floor", "ceil", "trunc", "deg2rad"),
    *("rad2deg", "i0", "add", "subtract", "multiply", "divide", "true_divide", "maximum", "minimum", "fmax", "fmin"),
    *("arctan2", "hypot", "logaddexp", "logaddexp2", "fmod", "remainder", "float_power", "copysign", "heaviside"),
    *("greater", "greater_equal", "less", "less_equal", "not_equal", "isfinite", "isnan", "isinf", "ldexp"),
    *("logical_and", "logical_or", "logical_not", "logical_xor", "matmul", "inner", "vdot", "kron", "ravel"),
    *("flipud", "fliplr", "where", "zeros_like", "ones_like"),
)
RENAMED = {"power": "pow", "equal": "eq", "mod": "remainder", "degrees": "rad2deg", "radians": "deg2rad", "fabs": "abs"}
LINALG = ("solve", "inv", "det", "cholesky", "eigh", "eigvalsh", "eigvals", "eig", "svdvals", "pinv", "matrix_power")
FFT = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
FFT_OF_MANY_AXES = ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")


def tensor(x: Any) -> Any:
    """Return an array or a number as a tensor of the same dtype; anything else as it is."""
    if isinstance(x, np.ndarray | np.generic | float | complex):
        return torch.from_numpy(np.array(x))
    return torch.tensor(x) if isinstance(x, int) else x


def _of_tensors(name: str, function: Function) -> Function:
    """Return a function that takes tensors, arrays and numbers, and no options."""

    def call(*args: Any, **options: Any) -> Any:
        if options:
            raise NotImplementedError(f"the NumPy view of torch: {name} takes no {', '.join(options)}")
        return function(*(tensor(x) for x in args))

    return call


class Names:
    """A namespace; a name that it lacks is refused as unsupported."""

    def __init__(self, prefix: str, **names: Any) -> None:
        self.__dict__.update(names)
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"the NumPy view of torch has no {self._prefix}{name}")


# reductions


def _all_axes(x: Any, axis: Axes) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    return (axis,) if isinstance(axis, int) else tuple(axis)


def _reduction(function: Function) -> Function:
    """Return a reduction over any axes with `axis` and `keepdims`."""

    def call(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
        x = tensor(x)
        axes = _all_axes(x, axis)
        return function(x, dim=axes, keepdim=keepdims) if axes else x

    return call


def _prod(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    if axis is None and not keepdims:
        return torch.prod(tensor(x))
    if not isinstance(axis, int):
        raise NotImplementedError("the NumPy view of torch: prod takes one axis or none")
    return torch.prod(tensor(x), dim=axis, keepdim=keepdims)


def _moment(function: Function) -> Function:
    def call(x: Any, axis: Axes = None, ddof: float = 0, keepdims: bool = False) -> Any:
        x = tensor(x)
        return function(x, dim=_all_axes(x, axis), correction=ddof, keepdim=keepdims)

    return call


def _cumulative(function: Function) -> Function:
    def call(x: Any, axis: int | None = None) -> Any:
        x = tensor(x)
        return function(torch.ravel(x), dim=0) if axis is None else function(x, dim=axis)

    return call


# shapes


def _swapped(x: Any, axes: Sequence[int] | None = None) -> Any:
    x = tensor(x)
    return torch.permute(x, tuple(axes) if axes is not None else tuple(reversed(range(x.ndim))))


def _squeeze(x: Any, axis: Axes = None) -> Any:
    return torch.squeeze(tensor(x)) if axis is None else torch.squeeze(tensor(x), axis)


def _flip(x: Any, axis: Axes = None) -> Any:
    x = tensor(x)
    return torch.flip(x, _all_axes(x, axis))


def _joined(function: Function) -> Function:
    return lambda xs, axis=0: function([tensor(x) for x in xs], dim=axis)


def _several(function: Function) -> Function:
    return lambda xs: function([tensor(x) for x in xs])


def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    return torch.clip(tensor(x), tensor(low), tensor(high))


# products


def _dot(x: Any, y: Any) -> Any:
    x, y = tensor(x), tensor(y)
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return torch.tensordot(x, y, dims=([-1], [0 if y.ndim == 1 else -2]))


def _tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    if not isinstance(axes, int):
        axes = tuple([part] if isinstance(part, int) else list(part) for part in axes)
    return torch.tensordot(tensor(x), tensor(y), dims=axes)


def _einsum(subscripts: Any, *operands: Any) -> Any:
    if not isinstance(subscripts, str):
        raise NotImplementedError("the NumPy view of torch: einsum takes its subscripts as a string")
    return torch.einsum(subscripts, *map(tensor, operands))


def _trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return torch.sum(torch.diagonal(tensor(x), offset, axis1, axis2), dim=-1)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002  # NumPy's name
    return torch.linalg.norm(tensor(x), ord=ord, dim=axis, keepdim=keepdims)


def _svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    x = tensor(x)
    return torch.linalg.svd(x, full_matrices=full_matrices) if compute_uv else torch.linalg.svdvals(x)


def _qr(x: Any, mode: str = "reduced") -> Any:
    return torch.linalg.qr(tensor(x), mode=mode)


def _transform(function: Function) -> Function:
    return lambda x, n=None, axis=-1, norm=None: function(tensor(x), n=n, dim=axis, norm=norm)


def _transform_of_many_axes(function: Function) -> Function:
    def call(x: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
        chosen = {} if axes is None else {"dim": axes}
        return function(tensor(x), s=s, norm=norm, **chosen)

    return call


names = Names(
    "numpy.",
    **{name: _of_tensors(name, getattr(torch, name)) for name in SAME},
    **{name: _of_tensors(name, getattr(torch, other)) for name, other in RENAMED.items()},
    conj=_of_tensors("conj", torch.conj_physical),
    conjugate=_of_tensors("conjugate", torch.conj_physical),
    sum=_reduction(torch.sum),
    mean=_reduction(torch.mean),
    nansum=_reduction(torch.nansum),
    nanmean=_reduction(torch.nanmean),
    max=_reduction(torch.amax),
    amax=_reduction(torch.amax),
    min=_reduction(torch.amin),
    amin=_reduction(torch.amin),
    prod=_prod,
    var=_moment(torch.var),
    std=_moment(torch.std),
    cumsum=_cumulative(torch.cumsum),
    cumprod=_cumulative(torch.cumprod),
    reshape=lambda x, shape: torch.reshape(tensor(x), (shape,) if isinstance(shape, int) else tuple(shape)),
    transpose=_swapped,
    swapaxes=lambda x, axis1, axis2: torch.swapaxes(tensor(x), axis1, axis2),
    moveaxis=lambda x, source, destination: torch.moveaxis(tensor(x), source, destination),
    expand_dims=lambda x, axis: torch.unsqueeze(tensor(x), axis),
    squeeze=_squeeze,
    broadcast_to=lambda x, shape: torch.broadcast_to(tensor(x), (shape,) if isinstance(shape, int) else tuple(shape)),
    flip=_flip,
    roll=lambda x, shift, axis=None: torch.roll(tensor(x), shift, axis),
    tile=lambda x, reps: torch.tile(tensor(x), (reps,) if isinstance(reps, int) else tuple(reps)),
    repeat=lambda x, repeats, axis=None: torch.repeat_interleave(tensor(x), tensor(repeats), dim=axis),
    concatenate=_joined(torch.cat),
    stack=_joined(torch.stack),
    vstack=_several(torch.vstack),
    hstack=_several(torch.hstack),
    dstack=_several(torch.dstack),
    column_stack=_several(torch.column_stack),
    diagonal=lambda x, offset=0, axis1=0, axis2=1: torch.diagonal(tensor(x), offset, axis1, axis2),
    diag=lambda x, k=0: torch.diag(tensor(x), k),
    tril=lambda x, k=0: torch.tril(tensor(x), k),
    triu=lambda x, k=0: torch.triu(tensor(x), k),
    trace=_trace,
    diff=lambda x, n=1, axis=-1: torch.diff(tensor(x), n, axis),
    clip=_clip,
    dot=_dot,
    outer=lambda x, y: torch.outer(torch.ravel(tensor(x)), torch.ravel(tensor(y))),
    tensordot=_tensordot,
    einsum=_einsum,
    shape=np.shape,
    **{name: getattr(np, name) for name in ("pi", "e", "inf", "nan", "newaxis")},
    linalg=Names(
        "numpy.linalg.",
        LinAlgError=np.linalg.LinAlgError,
        norm=_norm,
        svd=_svd,
        qr=_qr,
        slogdet=_of_tensors("slogdet", torch.linalg.slogdet),
        **{name: _of_tensors(name, getattr(torch.linalg, name)) for name in LINALG},
    ),
    fft=Names(
        "numpy.fft.",
        **{name: _transform(getattr(torch.fft, name)) for name in FFT},
        **{name: _transform_of_many_axes(getattr(torch.fft, name)) for name in FFT_OF_MANY_AXES},
    ),
)
