"""The space of a value: its zero, its basis, sums and products, for programs that work with cotangents by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from easygrad.containers import apart
from easygrad.core import Box

from .views import COMPLEX, FLOATS


class VSpace:
    """A space of values with a sum and an inner product; ``mappings`` says which class is that of a type."""

    mappings: ClassVar[dict[Any, Callable[[Any], Any]]] = {}
    iscomplex = False
    shape: Any = None
    dtype: Any = None

    def __init__(self, value: Any) -> None:
        pass

    @classmethod
    def register(cls, value_type: Any, vspace_maker: Callable[[Any], Any] | None = None) -> None:
        """Say which space values of a type have: this one, or what a function makes of the value."""
        VSpace.mappings[value_type] = vspace_maker or cls

    def zeros(self) -> Any:
        """Return the zero."""
        raise NotImplementedError(f"{type(self).__name__} needs a method zeros.")

    # The operations as programs call them; a class of a program's own writes those with the underscore

    def add(self, x: Any, y: Any) -> Any:
        """Return the sum."""
        return self._add(x, y)

    def mut_add(self, x: Any, y: Any) -> Any:
        """Return the sum; the first may be changed, or None for zero."""
        return self._mut_add(self.zeros() if x is None else x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """Return ``x`` times a number."""
        return self._scalar_mul(x, a)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Return the inner product, a real number."""
        return self._inner_prod(x, y)

    def covector(self, x: Any) -> Any:
        """Return the cotangent whose pairing with ``y`` is the inner product of ``x`` and ``y``."""
        return self._covector(x)

    def _add(self, x: Any, y: Any) -> Any:
        return x + y

    def _mut_add(self, x: Any, y: Any) -> Any:
        x += y
        return x

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return x * a

    def _inner_prod(self, x: Any, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method _inner_prod.")

    def _covector(self, x: Any) -> Any:
        return x

    def __eq__(self, other: Any) -> bool:
        return type(self) is type(other) and (self.shape, self.dtype) == (other.shape, other.dtype)

    __hash__ = None  # type: ignore[assignment]  # equal spaces are different objects

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shape}, {self.dtype})"


class ArrayVSpace(VSpace):
    """The space of real arrays of a shape and dtype."""

    def __init__(self, value: Any) -> None:
        value = np.asarray(value)
        self.shape, self.dtype = value.shape, value.dtype

    @property
    def size(self) -> int:
        """The number of dimensions of the space, over the real numbers."""
        return int(np.prod(self.shape)) * (2 if self.iscomplex else 1)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def zeros(self) -> Any:
        """Return the array of zeros."""
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        """Return the array of ones; of complex numbers 1 + 1j."""
        return np.full(self.shape, 1 + 1j if self.iscomplex else 1, self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """Yield the arrays with one 1, or 1j, in them."""
        for index in np.ndindex(*self.shape):
            for unit in (1.0, 1.0j) if self.iscomplex else (1.0,):
                array = self.zeros()
                array[index] = unit
                yield array

    def randn(self) -> Any:
        """Return an array of normal random numbers."""
        array = np.asarray(np.random.randn(*self.shape))  # Autograd's generator, so that np.random.seed governs it
        return (array + 1j * np.random.randn(*self.shape) if self.iscomplex else array).astype(self.dtype)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.real(np.dot(np.conj(np.ravel(x)), np.ravel(y)))


class ComplexArrayVSpace(ArrayVSpace):
    """The space of complex arrays of a shape and dtype."""

    iscomplex = True

    def _covector(self, x: Any) -> Any:
        return np.conj(x)


class ContainerVSpace(VSpace):
    """The space of a container: ``shape`` is the container of the spaces of its parts."""

    def __init__(self, value: Any) -> None:
        found = apart(value)
        if found is None:
            raise TypeError(f"{type(self).__name__}: {value!r:.80} is no container.")
        children, self.make = found
        self.keys = list(value) if isinstance(value, dict) else None
        self.spaces = [vspace(child) for child in children]
        self.shape = self.make(self.spaces)

    @property
    def size(self) -> int:
        """The number of dimensions of the space, over the real numbers."""
        return sum(space.size for space in self.spaces)

    def parts(self, x: Any) -> list[Any]:
        """Return the parts of a container of this space."""
        found = [x[key] for key in self.keys] if self.keys is not None else (apart(x) or ([], None))[0]
        if len(found) != len(self.spaces):
            raise TypeError(f"{x!r:.80} is not of the space {self!r:.80}.")
        return found

    def joined(self, method: str, *values: Any) -> Any:
        """Return the container of what a method of the parts' spaces gives."""
        columns = zip(*map(self.parts, values), strict=True) if values else [()] * len(self.spaces)
        pairs = zip(self.spaces, columns, strict=True)
        return self.make([getattr(space, method)(*column) for space, column in pairs])

    def zeros(self) -> Any:
        """Return the container of zeros."""
        return self.joined("zeros")

    def ones(self) -> Any:
        """Return the container of ones."""
        return self.joined("ones")

    def randn(self) -> Any:
        """Return a container of normal random numbers."""
        return self.joined("randn")

    def standard_basis(self) -> Iterator[Any]:
        """Yield the containers with one 1, or 1j, in them."""
        for i, space in enumerate(self.spaces):
            for unit in space.standard_basis():
                yield self.make([unit if k == i else other.zeros() for k, other in enumerate(self.spaces)])

    def _add(self, x: Any, y: Any) -> Any:
        return self.joined("_add", x, y)

    def _mut_add(self, x: Any, y: Any) -> Any:
        return self.joined("_mut_add", x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return self.make([space.scalar_mul(part, a) for space, part in zip(self.spaces, self.parts(x), strict=True)])

    def _inner_prod(self, x: Any, y: Any) -> Any:
        triples = zip(self.spaces, self.parts(x), self.parts(y), strict=True)
        return sum(space.inner_prod(a, b) for space, a, b in triples)

    def _covector(self, x: Any) -> Any:
        return self.joined("_covector", x)


class SequenceVSpace(ContainerVSpace):
    """The space of a list or tuple."""


class ListVSpace(SequenceVSpace):
    """The space of a list."""


class TupleVSpace(SequenceVSpace):
    """The space of a tuple."""


class NamedTupleVSpace(SequenceVSpace):
    """The space of a named tuple."""


class DictVSpace(ContainerVSpace):
    """The space of a dict."""


class SparseObject:
    """A cotangent with few entries: ``mut_add(x)`` adds it to an array, or a container, of the space ``vs``."""

    def __init__(self, vs: Any, mut_add: Callable[[Any], Any]) -> None:
        self.vs, self.mut_add = vs, mut_add


def dense(x: Any) -> Any:
    """Return a sparse cotangent as what it stands for, and any other as it is."""
    return x.mut_add(x.vs.zeros()) if isinstance(x, SparseObject) else x


def array_vspace(x: Any) -> ArrayVSpace:
    """Return the space of an array."""
    return ComplexArrayVSpace(x) if np.iscomplexobj(x) else ArrayVSpace(x)


def vspace(value: Any) -> Any:
    """Return the space of a value; of a traced one, that of the plain one. Raises TypeError for whole numbers, text."""
    maker = VSpace.mappings.get(type(value))
    if maker:
        return maker(value)
    if type(value) is Box:
        return vspace(value.value)
    if isinstance(value, np.ndarray):
        return array_vspace(value)
    if apart(value) is not None:
        return NamedTupleVSpace(value) if hasattr(value, "_fields") else ContainerVSpace(value)
    raise TypeError(f"vspace: {value!r:.80} of type {type(value).__name__} has no derivative, so it has no space.")


VSpace.register(np.ndarray, array_vspace)
VSpace.register(SparseObject, lambda x: x.vs)
for kind in FLOATS:
    ArrayVSpace.register(kind)
for complex_kind in COMPLEX:
    ComplexArrayVSpace.register(complex_kind)
ListVSpace.register(list)
TupleVSpace.register(tuple)
DictVSpace.register(dict)
