"""The class of traced arrays, and of all other traced values."""

from easygrad.core import Box

from ..absent import getter as _getter
from ..builtins import SequenceBox
from ..primitives import primitive
from ..tracer import trace_primitives_map

__all__ = ["ArrayBox", "Box", "SequenceBox", "diff_methods", "nondiff_methods", "primitive", "trace_primitives_map"]

ArrayBox = Box
nondiff_methods = ["all", "any", "argmax", "argmin", "argpartition", "argsort", "nonzero", "searchsorted", "round"]
diff_methods = ["clip", "compress", "cumprod", "cumsum", "diagonal", "max", "mean", "min", "prod", "ravel", "repeat"]
diff_methods += ["reshape", "squeeze", "std", "sum", "swapaxes", "take", "trace", "transpose", "var"]

__getattr__ = _getter("autograd.numpy.numpy_boxes")
