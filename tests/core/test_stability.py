from __future__ import annotations

import pytest

from fairgen_core.stability import mean_interval, over_seeds
from tests.dashboard.sweep_builder import JUDGE, results


def test_the_interval_is_students() -> None:
    low, high = mean_interval([1.0, 2.0, 3.0])  # mean 2, sd 1, t of 2 degrees: 4.3027
    assert low == pytest.approx(2 - 4.30265 / 3**0.5, abs=1e-4)
    assert high == pytest.approx(2 + 4.30265 / 3**0.5, abs=1e-4)
    assert mean_interval([1.0]) is None
    assert mean_interval([]) is None
    assert mean_interval([5.0, 5.0]) == (5.0, 5.0)


def test_every_setting_is_a_row_with_its_seeds_in_order() -> None:
    rows = over_seeds(results(), "dp_any", JUDGE)
    assert [dict(r.settings) for r in rows[:2]] == [
        {"fairness": "dp", "strength": 0.0},
        {"fairness": "dp", "strength": 0.25},
    ]
    first, last = rows[0], rows[-1]
    assert first.seeds == (0, 1, 2)
    assert first.values == pytest.approx((0.366, 0.370, 0.374))
    assert first.mean == pytest.approx(0.37)
    assert first.low is not None
    assert first.low < 0.366  # three seeds say little: the interval is wider than their spread
    assert (last.seeds, last.low) == ((0,), None)
    assert "below 1 %" in last.struck


def test_a_figure_that_nobody_measured_gives_no_rows() -> None:
    assert over_seeds(results(), "r2", JUDGE) == []
    assert over_seeds(results(), "dp_any", "another judge") == []
