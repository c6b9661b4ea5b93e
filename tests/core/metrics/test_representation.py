"""Group shares, KL to uniform, the largest gap: hand-computed values and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.metrics.representation import group_shares, kl_to_uniform, share_gap


def test_kl_of_one_quarter_to_three_quarters_in_nats() -> None:
    figure = kl_to_uniform(np.array([250, 750]), seed=0)
    assert figure.value == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert 0 < figure.low < figure.value < figure.high


def test_kl_of_a_vanished_group_is_log_k() -> None:
    assert kl_to_uniform(np.array([0, 100]), seed=0).value == pytest.approx(np.log(2))


def test_even_groups_reach_zero() -> None:
    assert kl_to_uniform(np.array([510, 490]), seed=0).low == 0
    assert share_gap(np.array([510, 490])).low == 0


def test_gap_of_two_shares() -> None:
    figure = share_gap(np.array([300, 700]))
    assert figure.value == pytest.approx(0.4)
    # The gap is 2p - 1, so its standard error is twice that of p.
    assert figure.high - 0.4 == pytest.approx(1.96 * 2 * np.sqrt(0.21 / 1000), rel=1e-3)


def test_too_few_rows() -> None:
    assert kl_to_uniform(np.array([10, 12]), 0).value is None
    assert share_gap(np.array([10, 12])).value is None
    assert group_shares(np.array([10, 12]))[0].value is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(lambda c: sum(c) >= 30))
def test_bounds(counts: list[int]) -> None:
    n = np.array(counts)
    assert sum(f.value for f in group_shares(n)) == pytest.approx(1)
    kl, gap = kl_to_uniform(n, 0), share_gap(n)
    assert 0 <= kl.low <= kl.value <= kl.high <= np.log(len(counts)) + 1e-9
    assert 0 <= gap.low <= gap.value + 1e-9
    assert gap.value <= gap.high + 1e-9 <= 1 + 1e-9
    assert kl_to_uniform(n[::-1], 0).value == pytest.approx(kl.value)
