"""Intervals: hand-computed values, agreement with scipy, coverage where nothing differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, ks_2samp

from fairgen_core.metrics.intervals import (
    fold,
    largest_ks,
    largest_rate_gap,
    mean,
    share,
    step_cdf,
    wilson,
)


@pytest.mark.parametrize(("hits", "n"), [(0, 40), (7, 40), (40, 40), (500, 1000)])
def test_wilson_is_scipys(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    low, high = wilson(hits, n)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_share_below_thirty_rows_is_not_estimable() -> None:
    figure = share(3, 12, "rows in this group")
    assert figure.value is None
    assert figure.n == 12
    assert figure.reason == "12 rows in this group; not estimable below 30"
    assert share(0, 30).value == 0


def test_newcombes_own_example() -> None:
    # Newcombe 1998, table II, example (a): 56/70 - 48/80, method 10: .0524 to .3339.
    figure = largest_rate_gap([56, 48], [70, 80], "rows")
    assert figure.value == pytest.approx(0.2)
    assert (figure.low, figure.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_gap_over_many_groups_names_the_largest_and_leaves_small_groups_out() -> None:
    figure = largest_rate_gap([10, 50, 90, 29], [100, 100, 100, 29], "rows")
    assert figure.value == pytest.approx(0.8)
    assert figure.n == 300


def test_gap_with_one_usable_group_says_why() -> None:
    figure = largest_rate_gap([10, 5], [100, 12], "rows")
    assert figure.value is None
    assert "second largest has 12" in figure.reason


def test_interval_holds_zero_when_five_groups_do_not_differ() -> None:
    draw = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        figure = largest_rate_gap(draw.binomial(200, 0.3, 5), np.full(5, 200), "rows")
        held += figure.low == 0
    assert held >= 186  # 95 % of 200, less two standard deviations


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_gap_is_bounded_and_does_not_depend_on_the_groups_order(pairs, random) -> None:
    hits = [min(h, n) for h, n in pairs]
    totals = [n for _, n in pairs]
    figure = largest_rate_gap(hits, totals, "rows")
    order = list(range(len(pairs)))
    random.shuffle(order)
    other = largest_rate_gap([hits[i] for i in order], [totals[i] for i in order], "rows")
    assert (figure.value is None) == (other.value is None)
    if figure.value is not None:
        assert 0 <= figure.low <= figure.value + 1e-9
        assert figure.value <= figure.high + 1e-9 <= 1 + 1e-9
        assert (other.value, other.low, other.high) == pytest.approx(
            (figure.value, figure.low, figure.high)
        )


def test_ks_is_scipys_for_two_groups_and_the_largest_pair_for_three() -> None:
    draw = np.random.default_rng(1)
    scores = draw.normal(size=(600, 1)).round(2)
    groups = draw.integers(0, 3, 600)
    scores[groups == 2] += 0.8
    pairs = [(0, 1), (0, 2), (1, 2)]
    expected = max(
        ks_2samp(scores[groups == a, 0], scores[groups == b, 0]).statistic for a, b in pairs
    )
    figure = largest_ks(scores, groups, 3)
    assert figure.value == pytest.approx(expected)
    assert figure.low < figure.value < figure.high
    assert figure.low > 0


def test_ks_of_equal_distributions_reaches_zero() -> None:
    draw = np.random.default_rng(2)
    figure = largest_ks(draw.random((2000, 1)), draw.integers(0, 2, 2000), 2)
    assert figure.low == 0


def test_fold() -> None:
    assert fold(-0.1, 0.3) == (0.0, 0.3)
    assert fold(-0.3, -0.1) == (0.1, 0.3)
    assert fold(0.1, 0.2) == (0.1, 0.2)


def test_mean_interval_and_step_cdf() -> None:
    figure = mean(np.repeat([0.0, 1.0], 50))
    assert figure.value == 0.5
    assert figure.high - 0.5 == pytest.approx(1.96 * np.sqrt(0.25 / 99), abs=1e-4)
    assert step_cdf(np.array([1.0, 2, 2, 4]), np.array([0.0, 2, 4])).tolist() == [0, 0.75, 1]
