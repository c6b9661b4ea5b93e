"""Privacy: copies are found, strangers are not; leakage against hand-computed tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.metrics.privacy import (
    authenticity,
    bias_amplification,
    closest_record_share,
    exact_copies,
    leakage,
)
from tests.core.metrics.builders import canonical, hiring


def cloud(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)


def test_copies_are_all_nearest_to_the_training_rows() -> None:
    train, held_out = cloud(400, 0), cloud(400, 1)
    assert closest_record_share(train, held_out, train.copy(), 0).value == 1
    assert closest_record_share(train, held_out, held_out.copy(), 0).value == 0
    fresh = closest_record_share(train, held_out, cloud(1000, 2), 0)
    assert fresh.low < 0.5 < fresh.high


def test_bytes_are_points_like_numbers() -> None:
    """Pictures come as bytes: only those that are looked at are turned into numbers."""
    rng = np.random.default_rng(0)
    clouds = [rng.integers(0, 256, size=(n, 12), dtype=np.uint8) for n in (90, 60, 50)]
    as_numbers = closest_record_share(*(cloud.astype(np.float32) for cloud in clouds), 0)
    assert closest_record_share(*clouds, 0) == as_numbers


def test_training_and_held_out_rows_are_compared_in_equal_numbers() -> None:
    # Four times as many training rows would otherwise be nearer four times as often.
    figure = closest_record_share(cloud(1600, 0), cloud(400, 1), cloud(1000, 2), 0)
    assert figure.value == pytest.approx(0.5, abs=0.06)


def test_ties_count_half() -> None:
    same = np.zeros((50, 2), dtype=np.float32)
    assert closest_record_share(same, same, same, 0).value == 0.5


def test_authenticity() -> None:
    train = cloud(400, 0)
    noise = 1e-3 * cloud(400, 3)
    assert authenticity(train, train + noise, 0).value < 0.02
    assert 0.3 < authenticity(train, cloud(400, 1), 0).value < 0.7


def test_exact_copies_are_counted() -> None:
    rows, schema = canonical(hiring(200, 0))
    strangers, _ = canonical(hiring(200, 1))
    mixed = strangers.copy()
    mixed.iloc[:50] = rows.iloc[100:150]
    figure = exact_copies(schema, rows, mixed)
    assert figure.value == pytest.approx(50 / 200)
    assert figure.n == 200
    assert exact_copies(schema, rows, rows.sample(frac=1, random_state=0)).value == 1


def test_rows_with_missing_values_can_be_copies() -> None:
    frame = hiring(100, 0)
    frame.loc[::3, "skill"] = None
    frame.loc[::4, "team"] = None
    rows, schema = canonical(frame)
    assert exact_copies(schema, rows, rows.copy()).value == 1


def test_leakage_of_two_groups_is_half_of_one_plus_the_gap() -> None:
    assert leakage(np.array([[0.8, 0.2], [0.5, 0.5]])) == pytest.approx((1 + 0.3) / 2)
    assert leakage(np.array([[0.7, 0.3], [0.7, 0.3]])) == pytest.approx(0.5)


def table(counts: dict[tuple[int, int, int], int]) -> tuple[np.ndarray, ...]:
    rows = np.concatenate([np.tile(key, (n, 1)) for key, n in counts.items()])
    return tuple(rows.T)


def test_a_perfect_model_amplifies_nothing() -> None:
    groups, truth, decisions = table({(0, 1, 1): 60, (0, 0, 0): 40, (1, 1, 1): 30, (1, 0, 0): 70})
    assert bias_amplification(groups, truth, decisions, 2, 0).value == pytest.approx(0)


def test_a_model_that_answers_the_group_amplifies() -> None:
    # Labels: .6 and .4 favourable, gap .2. The model answers the group itself: gap 1.
    groups, truth, decisions = table({(0, 1, 1): 60, (0, 0, 1): 40, (1, 1, 0): 40, (1, 0, 0): 60})
    figure = bias_amplification(groups, truth, decisions, 2, 0)
    f1 = 2 * 60 / (2 * 60 + 40 + 40)
    noise = (1 - f1) / (1 - 0.5)
    assert figure.value == pytest.approx((1 + 1) / 2 - (1 + 0.2 * (1 - noise)) / 2)
    assert figure.low > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 4), st.integers(2, 4))
def test_amplification_is_bounded(seed: int, k: int, classes: int) -> None:
    draw = np.random.default_rng(seed)
    groups = np.arange(200) % k
    truth, decisions = draw.integers(0, classes, (2, 200))
    figure = bias_amplification(groups, truth, decisions, k, 0)
    assert -1 <= figure.low <= figure.value <= figure.high <= 1
