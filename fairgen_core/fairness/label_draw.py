"""Draw labels by their probabilities with far less noise than independent draws.

A model that is trained on drawn labels finds patterns in their noise, and with the sensitive
column at hand it makes use of that too: unaware labels then teach it to look at the group. So
labels are drawn along a walk that keeps itself in balance: a row's chance leans a little against
the surplus of labels that the rows before it have left behind in its cells. Cells are what a model
parts rows by: the leaves of boosted trees, in each group apart. The lean is odd in the surplus,
which is nearly as often above as below zero, so every row keeps its own probability (tested).

Source: Alweiss, Liu and Sawhney 2021 (self-balancing walk). Deviations: cells in place of vectors,
a bounded smooth lean, and rows in small batches that do not see each other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]
_GOLDEN = 0.6180339887498949
_PULL = 3.0
"""How strongly a chance leans, for a mean surplus of one label a cell."""
_MAX_BATCH = 32
_ROWS_PER_BATCH_ROW = 1000


def draw_binary(
    probability: Floats, cells: Cells, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """0 or 1 for each row, 1 with its probability.

    Args:
        probability: (n,) in 0..1.
        cells: (n, T) the T cells of each row, numbered 0.. over all columns together.
        rng: of the order of the rows and of the draws.
    """
    n, n_cells = cells.shape
    labels = np.empty(n, dtype=np.int64)
    surplus = np.zeros(int(cells.max(initial=-1)) + 1)
    order = rng.permutation(n)
    points = rng.random(size=(n,))
    size = min(max(n // _ROWS_PER_BATCH_ROW, 1), _MAX_BATCH)
    for start in range(0, n, size):
        rows = order[start : start + size]
        own, p = cells[rows], probability[rows]
        lean = np.tanh(_PULL * surplus[own].mean(axis=1))
        labels[rows] = points[rows] < p - p * (1 - p) * lean
        np.add.at(surplus, own.ravel(), np.repeat(labels[rows] - p, n_cells))
    return labels


def draw_classes(
    probabilities: Floats, cells_of: Callable[[int], Cells], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """A class for each row by its probabilities: one binary draw a class among the rows left.

    Args:
        probabilities: (n, classes), rows add up to 1.
        cells_of: the cells, as in `draw_binary`, for a class.
        rng: of the draws.
    """
    n, n_classes = probabilities.shape
    labels = np.full(n, n_classes - 1, dtype=np.int64)
    left = np.arange(n)
    rest = np.ones(n)
    for c in range(n_classes - 1):
        if len(left) == 0:
            break
        share = np.clip(probabilities[left, c] / np.maximum(rest[left], 1e-12), 0.0, 1.0)
        taken = draw_binary(share, cells_of(c)[left], rng) == 1
        labels[left[taken]] = c
        rest -= probabilities[:, c]
        left = left[~taken]
    return labels


def draw_levels(order: npt.NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """A uniform quantile level for each row, evenly spread over any stretch of the ordering."""
    levels = np.empty(len(order))
    levels[order] = (rng.random() + _GOLDEN * np.arange(len(order))) % 1.0
    return levels
