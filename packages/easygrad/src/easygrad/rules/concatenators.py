"""``np.r_`` and ``np.c_`` of traced values, which NumPy puts into arrays of its own."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from easygrad.core import Array
from easygrad.rules.composition import boxed_within
from easygrad.rules.shaping import asarray, concatenate, ravel


class RClass:
    """``r_[a, b, ...]``: numbers, arrays and slices joined, in all forms that NumPy's has."""

    plain: Any = np.r_

    def __len__(self) -> int:
        return 0

    def __getitem__(self, parts: Any) -> Array:
        """Return the parts joined: NumPy joins their places in a vector of all elements, by which these are taken."""
        parts = parts if isinstance(parts, tuple) else (parts,)
        if not boxed_within(parts):
            return self.plain[parts]
        texts = [part for part in parts if isinstance(part, str)]
        values = [np.r_[part] if isinstance(part, slice) else asarray(part) for part in parts[len(texts) :]]
        ends = accumulate((x.size for x in values), initial=0)
        places = [np.arange(*pair).reshape(x.shape) for pair, x in zip(pairwise(ends), values, strict=True)]
        return concatenate([ravel(x) for x in values])[np.asarray(self.plain[(*texts, *places)])]


class CClass(RClass):
    """``c_[a, b, ...]``: vectors as columns, arrays joined along the last axis."""

    plain: Any = np.c_


r_, c_ = RClass(), CClass()
