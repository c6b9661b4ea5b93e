from __future__ import annotations

import pytest

from fairgen_core import charts
from fairgen_core.metrics import METRICS
from fairgen_core.results import Figure
from fairgen_core.stability import SHARES, mean_interval, over_seeds
from fairgen_core.sweep_results import SweepPoint
from fairgen_core.words import say
from tests.dashboard.sweep_builder import JUDGE, results


def test_the_interval_is_students() -> None:
    low, high = mean_interval([1.0, 2.0, 3.0])  # mean 2, sd 1, t of 2 degrees: 4.3027
    assert low == pytest.approx(2 - 4.30265 / 3**0.5, abs=1e-4)
    assert high == pytest.approx(2 + 4.30265 / 3**0.5, abs=1e-4)
    assert mean_interval([1.0]) is None
    assert mean_interval([]) is None
    assert mean_interval([5.0, 5.0]) == (5.0, 5.0)


def test_the_interval_ends_at_the_figures_range() -> None:
    values = [0.97, 0.99]  # mean .98, half 12.706 * .01 = .127
    assert mean_interval(values) == pytest.approx((0.853, 1.107), abs=1e-3)
    assert mean_interval(values, SHARES) == pytest.approx((0.853, 1.0), abs=1e-3)
    assert mean_interval([0.01, 0.03], SHARES) == pytest.approx((0.0, 0.147), abs=1e-3)


def test_a_row_says_whether_its_interval_was_cut() -> None:
    found = results(2)
    for row in over_seeds(found, "auroc", JUDGE):
        if row.low is not None and row.high is not None:
            assert 0 <= row.low <= row.high <= 1
    points = [p for p in found.points if p.figure("auroc", JUDGE) is not None][:2]
    wide = [_with_auroc(p, value) for p, value in zip(points, (0.99, 0.93), strict=True)]
    wide[1] = wide[1].model_copy(update={"settings": wide[0].settings, "seed": 1})
    (row,) = over_seeds(found.model_copy(update={"points": tuple(wide)}), "auroc", JUDGE)
    assert (row.high, row.cut) == (1.0, True)
    assert row.low == pytest.approx(0.96 - 12.706 * 0.03, abs=1e-3)
    description = charts.stability_chart([row], METRICS["auroc"]).description
    assert f"to 1.00 ({say('figure.cut')})" in description


def _with_auroc(point: SweepPoint, value: float) -> SweepPoint:
    figures = {JUDGE: {"auroc": Figure(value=value)}}
    return point.model_copy(update={"figures": figures})


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
