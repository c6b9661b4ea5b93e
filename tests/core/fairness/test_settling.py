"""Parity that was learned on real rows, settled on generated rows."""

from __future__ import annotations

import numpy as np
import pytest

from fairgen_core.fairness.barycentre import Barycentre
from fairgen_core.fairness.fair_scores import MAX_TILT, FairBlind, even_tilt
from fairgen_core.fairness.label_evidence import ScoreModel


def _rates(decision: np.ndarray, groups: np.ndarray, k: int) -> np.ndarray:
    return np.array([(decision[groups == g] >= 0).mean() for g in range(k)])


@pytest.mark.parametrize("k", [2, 4])
def test_tilt_evens_the_rates_and_keeps_the_overall_rate(k: int) -> None:
    rng = np.random.default_rng(3)
    groups = rng.integers(k, size=40_000)
    odds = np.exp(2.0 * np.eye(k)[groups] + rng.normal(size=(40_000, k)))
    memberships = odds / odds.sum(axis=1, keepdims=True)
    decision = rng.normal(size=40_000) - 1.0 + 0.15 * groups
    shares = np.bincount(groups) / len(groups)
    before = _rates(decision, groups, k)
    tilt = even_tilt(decision, memberships, groups, shares)
    after = _rates(decision + memberships @ tilt, groups, k)
    assert np.ptp(before) > 0.03
    assert np.ptp(after) < 0.004
    assert after @ shares == pytest.approx(before @ shares, abs=0.002)


def test_tilt_is_nothing_where_rates_are_even() -> None:
    decision = np.tile([-1.0, 1.0], 500)
    groups = np.repeat([0, 1], 500)
    memberships = np.full((1000, 2), 0.5)
    np.testing.assert_allclose(
        even_tilt(decision, memberships, groups, np.array([0.5, 0.5])), 0.0, atol=1e-9
    )


def test_tilt_stays_within_its_bound_where_parity_is_out_of_reach() -> None:
    groups = np.repeat([0, 1], 500)
    decision = np.where(groups == 1, 5.0, -5.0)
    memberships = np.stack([groups == 0, groups == 1], axis=1).astype(float)
    tilt = even_tilt(decision, memberships, groups, np.array([0.5, 0.5]))
    assert np.isfinite(tilt).all()
    assert np.abs(tilt).max() <= MAX_TILT


def test_tilt_survives_saving_and_stays_blind() -> None:
    rng = np.random.default_rng(5)
    head = FairBlind(1, 1)
    scores, group_scores = rng.random((6000, 1)), rng.random((6000, 1))
    groups = (rng.random(6000) < group_scores[:, 0]).astype(np.int64)
    head.settle(scores, group_scores, groups, np.array([0.5, 0.5]))
    again = FairBlind.from_state(head.state())
    assert np.array_equal(again.tilt, head.tilt)
    assert np.array_equal(again.apply(scores, group_scores), head.apply(scores, group_scores))


def test_settled_barycentre_is_even_on_generated_scores() -> None:
    rng = np.random.default_rng(7)
    groups = rng.integers(2, size=20_000)
    real = rng.beta(2 + groups, 4)[:, None]
    generated = rng.beta(2 + 1.6 * groups, 4)[:, None]
    head = Barycentre.fit(real, groups, 2)
    settled = head.settled(generated, groups)

    def gap(fair: np.ndarray) -> float:
        return abs(float(fair[groups == 0].mean() - fair[groups == 1].mean()))

    assert gap(head.apply(generated, groups)) > 0.03
    assert gap(settled.apply(generated, groups)) < 1e-3
    assert np.array_equal(settled.centre, head.centre)


def test_scores_without_a_column_to_read_from_are_the_shares() -> None:
    labels = np.repeat([0, 1], [30, 10])
    model = ScoreModel.fit(np.empty((40, 0)), labels, 2, 10, 0)
    np.testing.assert_allclose(model.scores(np.empty((3, 0))), 0.25)
    number = ScoreModel.fit(np.empty((40, 0)), np.linspace(0, 1, 40), 0, 10, 0)
    np.testing.assert_allclose(number.scores(np.empty((3, 0))), 0.5)


@pytest.mark.parametrize("sharpness", [3.0, 40.0])
def test_several_classes_are_equally_frequent_in_the_groups(sharpness: float) -> None:
    """Grades cut from one number whose mean differs between the groups, known sharply or not."""
    rng = np.random.default_rng(0)
    groups = (rng.random(6000) < 0.4).astype(np.int64)
    merit = rng.normal(size=6000) - 0.8 * groups
    below = 1 / (1 + np.exp(np.clip((merit[:, None] - [-1, -0.3, 0.3, 1]) * sharpness, -50, 50)))
    scores = np.diff(below, axis=1, prepend=0, append=1)
    scores = np.clip(scores, 1e-4, None) / np.clip(scores, 1e-4, None).sum(axis=1, keepdims=True)
    head = Barycentre.fit(scores, groups, 2)

    def gap(table: np.ndarray) -> float:
        return float(np.abs(table[groups == 0].mean(0) - table[groups == 1].mean(0)).max())

    fair = head.apply(scores, groups)
    assert gap(scores) > 0.2
    assert gap(fair) < 0.02
    np.testing.assert_allclose(fair.sum(axis=1), 1)
    assert fair.min() > 0
    assert np.corrcoef(scores[:, 0], fair[:, 0])[0, 1] > 0.7
    again = Barycentre.from_state(head.state())
    assert np.array_equal(again.apply(scores, groups), fair)


def test_a_barycentre_of_an_older_model_still_moves_class_by_class() -> None:
    quantiles = np.stack([np.linspace(0, 0.5, 11), np.linspace(0.5, 1, 11)])[:, None, :]
    old = {"quantiles": quantiles, "centre": quantiles.mean(axis=0)}
    fair = Barycentre.from_state(old).apply(np.array([[0.25], [0.75]]), np.array([0, 1]))
    np.testing.assert_allclose(fair, [[0.5], [0.5]])
