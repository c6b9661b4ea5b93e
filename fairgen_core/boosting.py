"""What scikit-learn's gradient boosting must be spared."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound="np.floating[Any]")

_LEAF_ROWS = 20
"""Rows that scikit-learn's gradient boosting asks of a leaf (its default)."""


def for_boosting(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Training values for gradient boosting: 0 throughout a column with hardly any value.

    scikit-learn fails on a column that is missing in every row of a fold. No split can part fewer
    known values than a leaf must hold from the missing ones, so the trees stay the same.

    Args:
        values: (n, d), missing as NaN.
    """
    rare = (~np.isnan(values)).sum(axis=0) < _LEAF_ROWS
    return np.where(rare, values.dtype.type(0), values) if rare.any() else values
