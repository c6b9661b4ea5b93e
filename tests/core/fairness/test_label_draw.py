"""Balanced draws: each row keeps its probability, each cell nearly keeps its count."""

from __future__ import annotations

import numpy as np
import pytest

from fairgen_core.fairness.label_draw import draw_binary, draw_classes, draw_levels


def _cells(n: int, rng: np.random.Generator, n_trees: int = 10, n_leaves: int = 8) -> np.ndarray:
    leaves = rng.integers(0, n_leaves, (n, n_trees)) + n_leaves * np.arange(n_trees)
    return np.asarray(leaves, dtype=np.int64)


@pytest.mark.slow
def test_every_row_keeps_its_own_probability() -> None:
    rng = np.random.default_rng(0)
    p = np.array([0.0, 0.02, 0.1, 0.5, 0.9, 1.0, 0.3] * 4)
    cells = _cells(len(p), rng, n_leaves=2)
    mean = np.mean([draw_binary(p, cells, rng) for _ in range(8000)], axis=0)
    np.testing.assert_allclose(mean, p, atol=0.025)  # 4 standard errors


def test_every_cell_keeps_its_count_better_than_by_independent_draws() -> None:
    rng = np.random.default_rng(0)
    n = 4000
    p = rng.beta(1, 3, n)
    cells = _cells(n, rng)

    def errors(draw: np.ndarray) -> np.ndarray:
        return np.bincount(cells.ravel(), np.repeat(draw - p, cells.shape[1]))

    ours = np.stack([errors(draw_binary(p, cells, rng)) for _ in range(40)])
    independent = np.stack([errors((rng.random(n) < p).astype(float)) for _ in range(40)])
    assert ours.std() < 0.5 * independent.std()


@pytest.mark.slow
def test_classes_keep_their_probabilities_and_counts() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), size=300)
    cells = _cells(300, rng)
    drawn = np.stack([draw_classes(p, lambda _: cells, rng) for _ in range(300)])
    for c in range(4):
        np.testing.assert_allclose((drawn == c).mean(axis=0), p[:, c], atol=0.12)
    counts = np.stack([np.bincount(row, minlength=4) for row in drawn])
    # Independent draws would vary by sqrt(300 * .25 * .75) = 7.5.
    assert counts[:, 0].std() < 3


def test_one_cell_and_no_rows_are_fine() -> None:
    p = np.full(5000, 0.3)
    labels = draw_binary(p, np.zeros((5000, 1), dtype=np.int64), np.random.default_rng(0))
    assert abs(labels.mean() - 0.3) < 0.01
    assert (
        draw_binary(np.empty(0), np.empty((0, 3), dtype=np.int64), np.random.default_rng(0)).size
        == 0
    )


def test_levels_are_spread_evenly() -> None:
    levels = draw_levels(np.arange(1000), np.random.default_rng(0))
    for part in np.split(levels, 10):
        assert np.abs(np.sort(part) - (np.arange(100) + 0.5) / 100).max() < 0.03
