"""Columns over cells: hand-computed distances, every kind, missing values, new spellings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.metrics.columns import (
    MAX_CATEGORIES,
    N_BINS,
    compare_columns,
    make_cells,
    total_variation,
)
from tests.core.metrics.builders import canonical


def test_total_variation_by_hand() -> None:
    assert total_variation([50, 50, 0], [20, 60, 20]) == pytest.approx(0.3)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=9))
def test_total_variation_is_a_bounded_symmetric_distance(pairs) -> None:
    a, b = np.array(pairs).T
    if a.sum() == 0 or b.sum() == 0:
        return
    assert 0 <= total_variation(a, b) <= 1 + 1e-12
    assert total_variation(a, b) == pytest.approx(total_variation(b, a))
    assert total_variation(a, a) == 0


def test_categories_with_missing_values() -> None:
    real, schema = canonical(pd.DataFrame({"c": ["x"] * 50 + ["y"] * 40 + [None] * 10}))
    synthetic = pd.DataFrame({"c": ["x"] * 70 + ["y"] * 30})
    (column,) = compare_columns(schema, real, real, synthetic, 0).comparisons
    assert column.labels == ("x", "y")
    assert column.real == pytest.approx((0.5, 0.4))
    assert (column.missing_real, column.missing_synthetic) == pytest.approx((0.1, 0.0))
    assert column.distance.value == pytest.approx(0.2)
    assert column.distance.low <= 0.2 <= column.distance.high


def test_unknown_and_rare_spellings_share_a_cell() -> None:
    many = [f"v{i:03}" for i in range(60) for _ in range(60 - i)]
    real, schema = canonical(pd.DataFrame({"c": many}))
    synthetic = pd.DataFrame({"c": ["never seen"] * 100})
    (column,) = compare_columns(schema, real, real, synthetic, 0).comparisons
    assert len(column.labels) == MAX_CATEGORIES + 1
    assert column.labels[-1] == "other"
    assert column.synthetic[-1] == 1
    assert sum(column.real) == pytest.approx(1)


def test_few_numbers_have_a_cell_each_and_frequent_ones_too() -> None:
    rows, schema = canonical(pd.DataFrame({"n": [0] * 900 + list(range(1, 101))}))
    cells = make_cells(schema["n"], rows["n"])
    assert cells.labels[0] == "0"
    assert len(cells.edges) == len(cells.labels) + 1
    assert cells.count(rows["n"])[0] == 900
    few, schema = canonical(pd.DataFrame({"n": [1, 2, 2, 5] * 20}))
    assert make_cells(schema["n"], few["n"]).labels == ("1", "2", "5")


def test_numbers_fall_into_equal_bins_and_outliers_into_the_last() -> None:
    rows, schema = canonical(pd.DataFrame({"x": np.linspace(0, 1, 2000)}))
    cells = make_cells(schema["x"], rows["x"])
    counts = cells.count(rows["x"])
    assert len(cells.labels) == N_BINS
    assert counts[:-1].min() >= 195
    outliers = pd.Series([-5.0, 7.0, np.nan])
    assert cells.count(outliers)[[0, -2, -1]].tolist() == [1, 1, 1]


def test_dates_are_spelled_as_dates() -> None:
    when = pd.Series(pd.date_range("2020-01-01", periods=400))
    rows, schema = canonical(pd.DataFrame({"d": when}))
    cells = make_cells(schema["d"], rows["d"])
    assert cells.labels[0].startswith("2020-01-01 to 2020-02-")
    assert cells.count(rows["d"]).sum() == 400


def test_equal_distributions_reach_zero_and_different_ones_do_not() -> None:
    draw = np.random.default_rng(0)
    train, schema = canonical(pd.DataFrame({"x": draw.normal(size=1000)}))
    same = pd.DataFrame({"x": draw.normal(size=1000)})
    other = pd.DataFrame({"x": draw.normal(size=1000) + 1})
    assert compare_columns(schema, train, train, same, 0).mean_distance.low == 0
    figure = compare_columns(schema, train, train, other, 0).mean_distance
    assert 0.2 < figure.low < figure.value < figure.high


def test_an_all_missing_column_is_compared_too() -> None:
    rows, schema = canonical(pd.DataFrame({"x": [np.nan] * 50}))
    (column,) = compare_columns(schema, rows, rows, rows, 0).comparisons
    assert column.distance.value == 0
    assert column.missing_real == 1
