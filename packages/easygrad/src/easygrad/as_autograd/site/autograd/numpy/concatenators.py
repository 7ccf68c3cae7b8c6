"""``np.r_`` and ``np.c_`` of traced values, which NumPy puts into arrays of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from easygrad.rules.composition import boxed_within
from easygrad.rules.shaping import array, atleast_1d, concatenate, reshape


class RClass:
    """``r_[a, b, ...]``: numbers, vectors and slices, joined along the first axis."""

    plain: Any = np.r_

    def __getitem__(self, parts: Any) -> Any:
        parts = parts if isinstance(parts, tuple) else (parts,)
        if not boxed_within(parts):
            return self.plain[parts]
        if any(isinstance(part, str) for part in parts):
            raise NotImplementedError("np.r_ and np.c_ with a text for the axis take no traced values; join them.")
        return self.join([part if boxed_within(part) else self.plain[(part,)] for part in parts])

    def join(self, parts: list[Any]) -> Any:
        """Return the arrays as one."""
        return concatenate([atleast_1d(array(part)) for part in parts])


class CClass(RClass):
    """``c_[a, b, ...]``: vectors as columns, arrays joined along the last axis."""

    plain: Any = np.c_

    def join(self, parts: list[Any]) -> Any:
        """Return the arrays as one."""
        return concatenate([self.column(array(part)) for part in parts], axis=-1)

    @staticmethod
    def column(x: Any) -> Any:
        """Return a number or a vector as a column."""
        return x if np.ndim(x) > 1 else reshape(x, (-1, 1))


r_, c_ = RClass(), CClass()
