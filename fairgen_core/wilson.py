"""Wilson's interval of a share. Needs numpy only, so that pages may draw it too."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


def wilson(hits: npt.ArrayLike, n: npt.ArrayLike, z: float = Z) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval of a share (Wilson 1927).

    Args:
        hits: counts, any shape.
        n: rows, same shape, above 0.
        z: normal quantile; 1.96 for 95 %.
    """
    rows = np.asarray(n, dtype=np.float64)
    p = np.asarray(hits, dtype=np.float64) / rows
    centre = p + z**2 / (2 * rows)
    half = z * np.sqrt(p * (1 - p) / rows + z**2 / (4 * rows**2))
    low, high = (centre - half) / (1 + z**2 / rows), (centre + half) / (1 + z**2 / rows)
    # At 0 and n hits the bound equals the share but for rounding.
    return np.minimum(np.clip(low, 0, 1), p), np.maximum(np.clip(high, 0, 1), p)
