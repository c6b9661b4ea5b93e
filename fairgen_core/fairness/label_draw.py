"""Draw labels by their probabilities with far less noise than independent draws.

Systematic sampling along an ordering of the rows: every row's own probability is kept exactly,
but the number of labels in any stretch of the ordering differs from its expectation by less than
one. Rows that lie together in the ordering are therefore not independent given their features; the
labels of a whole table say the same about P(y | x) with less noise that a model could fit.

Source: Madow 1949 (systematic sampling); Deville and Tille 1998 (splitting).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_GOLDEN = 0.6180339887498949


def draw_binary(
    probability: Floats, order: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """0 or 1 for each row, 1 with its probability.

    Args:
        probability: (n,) in 0..1.
        order: (n,) a permutation of the rows.
        rng: gives the one random start.
    """
    passed = np.floor(np.cumsum(probability[order]) + rng.random())
    labels = np.empty(len(order), dtype=np.int64)
    labels[order] = np.diff(passed, prepend=0.0).astype(np.int64)
    return labels


def draw_classes(
    probabilities: Floats, order: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """A class for each row by its probabilities: one systematic draw a class among the rows left.

    Args:
        probabilities: (n, classes), rows add up to 1.
        order: (n,) a permutation of the rows.
        rng: gives the random starts.
    """
    n, n_classes = probabilities.shape
    labels = np.full(n, n_classes - 1, dtype=np.int64)
    left = order
    rest = np.ones(n)
    for c in range(n_classes - 1):
        if len(left) == 0:
            break
        share = np.clip(probabilities[left, c] / np.maximum(rest[left], 1e-12), 0.0, 1.0)
        taken = draw_binary(share, np.arange(len(left)), rng) == 1
        labels[left[taken]] = c
        rest -= probabilities[:, c]
        left = left[~taken]
    return labels


def draw_levels(order: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """A uniform quantile level for each row, evenly spread over any stretch of the ordering."""
    levels = np.empty(len(order))
    levels[order] = (rng.random() + _GOLDEN * np.arange(len(order))) % 1.0
    return levels
