"""Systematic draws: each row keeps its probability, each stretch keeps its count."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.fairness.label_draw import draw_binary, draw_classes, draw_levels


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=80), st.integers(0, 1000))
def test_any_stretch_holds_its_expected_count_within_one(
    probabilities: list[float], seed: int
) -> None:
    p = np.array(probabilities)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(p))
    labels = draw_binary(p, order, rng)
    assert set(labels) <= {0, 1}
    count, expected = np.cumsum(labels[order]), np.cumsum(p[order])
    error = np.concatenate([[0.0], count - expected])
    # Two ends of a stretch: the error between them is below one.
    assert error.max() - error.min() <= 1 + 1e-9


def test_every_row_keeps_its_own_probability() -> None:
    p = np.array([0.0, 0.1, 0.5, 0.9, 1.0, 0.3])
    order = np.array([3, 1, 0, 5, 2, 4])
    rng = np.random.default_rng(0)
    mean = np.mean([draw_binary(p, order, rng) for _ in range(8000)], axis=0)
    np.testing.assert_allclose(mean, p, atol=0.02)


def test_classes_keep_their_probabilities_and_counts() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(4), size=300)
    order = rng.permutation(300)
    drawn = np.stack([draw_classes(p, order, rng) for _ in range(3000)])
    for c in range(4):
        np.testing.assert_allclose((drawn == c).mean(axis=0), p[:, c], atol=0.05)
    counts = np.stack([np.bincount(row, minlength=4) for row in drawn])
    assert np.abs(counts[:, 0] - p[:, 0].sum()).max() <= 1
    # Independent draws would vary by sqrt(300 * .25 * .75) = 7.5.
    assert counts.std(axis=0).max() < 4


def test_levels_are_spread_evenly() -> None:
    levels = draw_levels(np.arange(1000), np.random.default_rng(0))
    for part in np.split(levels, 10):
        assert np.abs(np.sort(part) - (np.arange(100) + 0.5) / 100).max() < 0.03
