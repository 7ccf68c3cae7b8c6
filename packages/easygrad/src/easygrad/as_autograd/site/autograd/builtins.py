"""Autograd's names for containers. Here traced values are in Python's own, so a box of a container is a container."""

from __future__ import annotations

from typing import Any

from easygrad.builtins import dict, isinstance, list, tuple, type  # noqa: A004  # Autograd's names
from easygrad.extend import defjvp_argnum, defvjp_argnum, notrace_primitive

from .absent import getter as _getter
from .core import Box, SparseObject, defjvp, defvjp, primitive, vspace
from .primitives import boxes_of
from .util import subvals
from .vspaces import (
    ContainerVSpace,
    DictVSpace,
    ListVSpace,
    NamedTupleVSpace,
    SequenceVSpace,
    TupleVSpace,
    VSpace,
)

__all__ = [
    "Box",
    "ContainerVSpace",
    "DictBox",
    "DictVSpace",
    "ListVSpace",
    "NamedTupleVSpace",
    "SequenceBox",
    "SequenceVSpace",
    "SparseObject",
    "TupleVSpace",
    "VSpace",
    "container_take",
    "defjvp",
    "defjvp_argnum",
    "defvjp",
    "defvjp_argnum",
    "dict",
    "dict_",
    "isinstance",
    "isinstance_",
    "list",
    "list_",
    "make_sequence",
    "notrace_primitive",
    "primitive",
    "sequence_extend_left",
    "sequence_extend_right",
    "subvals",
    "tuple",
    "tuple_",
    "type",
    "type_",
    "vspace",
]

type_, isinstance_ = ().__class__.__class__, __builtins__["isinstance"]  # type: ignore[index]
tuple_, list_, dict_ = tuple, list, dict


class HoldsBoxes(type_):  # type: ignore[misc, valid-type]  # it is Python's type
    """Makes a container with traced values inside an instance."""

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance_(instance, self.containers) and bool(boxes_of(instance))


class SequenceBox(metaclass=HoldsBoxes):
    """A list or tuple with traced values inside is an instance."""

    containers = (list, tuple)

    @classmethod
    def register(cls, value_type: Any) -> None:
        """Do nothing: subclasses of lists and tuples are containers."""


class DictBox(metaclass=HoldsBoxes):
    """A dict with traced values inside is an instance."""

    containers = (dict,)

    @classmethod
    def register(cls, value_type: Any) -> None:
        """Do nothing: subclasses of dicts are containers."""


def container_take(container: Any, idx: Any) -> Any:
    """Return what a container has at an index or a key."""
    return container[idx]


def sequence_extend_right(seq: Any, *elts: Any) -> Any:
    """Return a list or tuple with more elements at its end."""
    return seq + seq.__class__(elts)


def sequence_extend_left(seq: Any, *elts: Any) -> Any:
    """Return a list or tuple with more elements at its start."""
    return seq.__class__(elts) + seq


def make_sequence(seq_type: Any, *args: Any) -> Any:
    """Return a list or tuple of values."""
    return seq_type(args)


__getattr__ = _getter("autograd.builtins")
