"""The spaces of arrays, and of the named tuples that functions of ``numpy.linalg`` return."""

from ..absent import getter as _getter
from ..vspaces import ArrayVSpace, ComplexArrayVSpace, NamedTupleVSpace, VSpace

__all__ = [
    "ArrayVSpace",
    "ComplexArrayVSpace",
    "EigResultVSpace",
    "EighResultVSpace",
    "NamedTupleVSpace",
    "QRResultVSpace",
    "SVDResultVSpace",
    "SlogdetResultVSpace",
    "VSpace",
]

EigResultVSpace = EighResultVSpace = QRResultVSpace = SVDResultVSpace = SlogdetResultVSpace = NamedTupleVSpace

__getattr__ = _getter("autograd.numpy.numpy_vspaces")
