# mypy: disable-error-code="assignment,no-redef,misc"
"""NumPy's namespace with easygrad's functions in place, as one flat module, which some programs copy name by name."""

from numpy import *  # noqa: F403  # all of them is what is meant

from easygrad.numpy import *  # noqa: F403
from easygrad.rules.concatenators import CClass as c_class  # noqa: F401, N813  # Autograd's name
from easygrad.rules.concatenators import RClass as r_class  # noqa: F401, N813

from ..absent import getter as _getter
from . import fft, linalg, numpy_boxes, numpy_jvps, numpy_vjps, numpy_vspaces, numpy_wrapper, random  # noqa: F401
from .numpy_wrapper import *  # noqa: F403
from .numpy_wrapper import numpy_version as __version__  # noqa: F401

__getattr__ = _getter("autograd.numpy")
