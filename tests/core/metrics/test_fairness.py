"""Parity figures: hand-computed values, equality with fairlearn, the one-class flag."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.metrics.fairness import (
    STRUCK_METRICS,
    conditional_gap,
    odds_gap,
    one_class_reason,
    parity_figures,
    parity_gap,
    strata,
    true_positive_gap,
    unawareness_flips,
    unawareness_gap,
)
from fairgen_core.metrics.judges import Question, Verdict
from tests.core.metrics.builders import hiring, prepared


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_group_figures_are_fairlearns(seed: int, k: int) -> None:
    draw = np.random.default_rng(seed)
    groups = np.arange(600) % k
    truth = draw.random(600) < 0.5
    hits = draw.random(600) < 0.2 + 0.6 * groups / k
    named = {"y_true": truth, "y_pred": hits, "sensitive_features": groups}
    columns = hits[:, None], truth[:, None], groups, k
    assert parity_gap(columns[0], groups, k).value == pytest.approx(
        demographic_parity_difference(**named)
    )
    assert true_positive_gap(*columns).value == pytest.approx(equal_opportunity_difference(**named))
    assert odds_gap(*columns).value == pytest.approx(equalized_odds_difference(**named))


def test_parity_of_many_classes_is_the_worst_class() -> None:
    groups = np.repeat([0, 1], 100)
    decisions = np.concatenate(
        [np.repeat([0, 1, 2], [50, 30, 20]), np.repeat([0, 1, 2], [40, 30, 30])]
    )
    decisions[100:140] = 2  # group 1: no 0, 30 of 1, 70 of 2
    hits = decisions[:, None] == np.arange(3)
    assert parity_gap(hits, groups, 2).value == pytest.approx(0.5)


def test_unawareness_counts_the_mean_and_the_flips() -> None:
    # 100 rows: 20 flip from 0 to 1 when s goes from a to b, 10 flip back.
    a = np.zeros(100, dtype=np.int64)
    b = np.zeros(100, dtype=np.int64)
    a[:10], b[10:30] = 1, 1
    shifted = np.stack([a, b])
    figure = unawareness_gap(shifted[:, :, None] == 1)
    assert figure.value == pytest.approx(0.1)
    deviation = np.std(b - a, ddof=1) / 10
    assert figure.high == pytest.approx(0.1 + 1.96 * deviation, abs=1e-4)
    assert figure.low == 0
    assert unawareness_flips(shifted).value == pytest.approx(0.3)


def test_unawareness_of_a_model_that_ignores_the_attribute_is_zero() -> None:
    same = np.tile(np.arange(50) % 2, (3, 1))
    assert unawareness_gap(same[:, :, None] == 1).value == 0
    assert unawareness_flips(same).value == 0


@pytest.mark.parametrize(
    ("n_hits", "flagged"), [(0, True), (9, True), (11, False), (989, False), (991, True)]
)
def test_one_class_flag_by_rate(n_hits: int, flagged: bool) -> None:
    hits = (np.arange(1000) < n_hits)[:, None]
    # Every hit is right or every miss is, so that no recall flags.
    truth = (np.arange(1000) < np.clip(n_hits, 10, 990))[:, None]
    assert bool(one_class_reason(hits, truth, "yes")) == flagged


def test_one_class_flag_by_recall() -> None:
    truth = (np.arange(1000) < 500)[:, None]
    hits = truth.copy()
    hits[20:500] = False  # 4 % of the favourable rows are found
    hits[500:600] = True
    assert "recognises 4.0 % of the rows of 'yes'" in one_class_reason(hits, truth, "yes")


def test_a_constant_model_is_struck_out_with_the_reason() -> None:
    data = prepared(hiring(300, 0), hiring(300, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    n = len(question.test.target)
    nothing = np.zeros(n, dtype=np.int64)
    verdict = Verdict(
        "gradient boosting", np.zeros((n, 1)), nothing, np.zeros((2, n), int), None, n
    )
    figures = parity_figures(
        question, verdict, question.labels(question.test), question.test.groups, None, 0
    )
    assert figures["dp"].value == 0
    for key in STRUCK_METRICS:
        if figures[key].value is not None:
            assert figures[key].struck
            assert "'yes' for 0.0 % of the rows" in figures[key].reason
    assert figures["one_class"].value == 1
    assert figures["positive_rate"].value == 0


def test_conditional_gap_weighs_strata_and_leaves_thin_ones_out() -> None:
    # Stratum 0: 100 + 100 rows, gap .2; stratum 1: 50 + 50, gap .5; stratum 2: one group of 20.
    groups = np.repeat([0, 1, 0, 1, 0], [100, 100, 50, 50, 20])
    strata_of = np.repeat([0, 0, 1, 1, 2], [100, 100, 50, 50, 20])
    hits = np.concatenate(
        [
            np.arange(100) < 50,
            np.arange(100) < 30,
            np.arange(50) < 25,
            np.arange(50) < 0,
            np.ones(20),
        ]
    ).astype(bool)
    figure = conditional_gap(hits[:, None], groups, strata_of, 2, seed=0)
    assert figure.value == pytest.approx((200 * 0.2 + 100 * 0.5) / 300)
    assert figure.n == 300
    assert figure.low < figure.value < figure.high


def test_simpsons_paradox_gap_vanishes_within_strata() -> None:
    groups = np.repeat([0, 0, 1, 1], [150, 50, 50, 150])
    strata_of = np.repeat([0, 1, 0, 1], [150, 50, 50, 150])
    hits = np.concatenate(
        [np.arange(n) < r * n for n, r in ((150, 0.2), (50, 0.8), (50, 0.2), (150, 0.8))]
    )
    assert parity_gap(hits[:, None], groups, 2).value == pytest.approx(0.3)
    assert conditional_gap(hits[:, None], groups, strata_of, 2, 0).value == pytest.approx(0)


def test_strata_cross_categories_and_quartiles() -> None:
    frame = hiring(400, 0)
    data = prepared(frame, frame, ("group",), "hired", "yes", explanatory=("team", "skill"))
    found = strata(data)
    assert found is not None
    assert len(np.unique(found)) == 3 * 4
    assert pd.Series(found).groupby(frame["team"].to_numpy()).nunique().eq(4).all()
