"""Codes, the distance space, the judges, SHAP."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairgen_core.errors import IncomputableMetricError
from fairgen_core.metrics.explanations import MAX_POINT_COLUMNS, explain, shap_values
from fairgen_core.metrics.features import Coder, DistanceSpace, subsample
from fairgen_core.metrics.judges import (
    GRADIENT_BOOSTING,
    MAX_TRAIN_ROWS,
    RANDOM_FOREST,
    Question,
    ask,
)
from tests.core.metrics.builders import canonical, hiring, prepared


def test_codes_of_every_kind() -> None:
    frame = pd.DataFrame(
        {
            "c": ["b", "a", None],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "d": pd.to_datetime(["1970-01-02 00:00", None, "1970-01-03 12:00"]),
        }
    )
    rows, schema = canonical(frame)
    codes = Coder(schema, ("c", "n", "d"))(rows)
    expected = [[1, 1, 1], [0, np.nan, np.nan], [np.nan, 3, 2.5]]
    np.testing.assert_allclose(codes, expected)
    unknown = rows.assign(c=["zebra", "a", "b"])
    assert np.isnan(Coder(schema, ("c",))(unknown)[0, 0])


def test_distance_space_puts_categories_one_apart_and_numbers_in_deviations() -> None:
    frame = pd.DataFrame({"c": ["a", "b", "a", "b"], "x": [0.0, 2.0, 0.0, 2.0]})
    rows, schema = canonical(frame)
    coder = Coder(schema, ("c", "x"))
    points = DistanceSpace(coder, coder(rows))(coder(rows))
    assert np.linalg.norm(points[0] - points[2]) == 0
    # One for the category, two standard deviations for the number.
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(np.sqrt(1 + 4))


def test_subsample_is_seeded_and_without_replacement() -> None:
    first = subsample(1000, 10, np.random.default_rng(0))
    assert len(set(first)) == 10
    assert (first == subsample(1000, 10, np.random.default_rng(0))).all()
    assert subsample(5, 10, np.random.default_rng(0)).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("judge", [GRADIENT_BOOSTING, RANDOM_FOREST])
def test_judges_learn_and_see_the_sensitive_attribute(judge: str) -> None:
    data = prepared(hiring(800, 0), hiring(400, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    verdict = ask(question, judge, question.train, question.test, 0)
    truth = question.labels(question.test)
    assert (verdict.decisions == truth).mean() > 0.65
    assert "group" in question.coder.names
    assert (verdict.shifted[0] != verdict.shifted[1]).any()
    again = ask(question, judge, question.train, question.test, 0)
    np.testing.assert_array_equal(verdict.scores, again.scores)


def test_number_sensitive_column_is_represented_by_the_bands_median() -> None:
    data = prepared(hiring(400, 0), hiring(200, 1), ("skill",), "hired", "yes")
    question = Question(data, 0)
    for a in range(2):
        rows = data.train["skill"][data.train_groups == a]
        assert question.representatives[a, 0] == pytest.approx(rows.median(), abs=1e-4)


def test_a_table_without_target_values_is_not_judged() -> None:
    data = prepared(hiring(200, 0), hiring(100, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    none = question.train.take(np.array([], dtype=np.int64))
    with pytest.raises(IncomputableMetricError, match="hired"):
        ask(question, GRADIENT_BOOSTING, none, question.test, 0)


def test_a_class_with_a_single_row_among_many_is_learned_from() -> None:
    # Above 10,000 rows scikit-learn holds out rows of every class, and one row cannot be divided.
    frame = hiring(10_500, 0).drop(columns=["proxy", "years", "team"])
    frame["hired"] = np.where(np.arange(len(frame)) == 5, "yes", "no")
    data = prepared(frame, frame.iloc[:200], ("group",), "hired", "yes")
    question = Question(data, 0)
    verdict = ask(question, GRADIENT_BOOSTING, question.train, question.test, 0)
    assert verdict.scores.shape == (200, 1)


def test_forests_see_a_bounded_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MAX_TRAIN_ROWS, RANDOM_FOREST, 100)
    data = prepared(hiring(300, 0), hiring(100, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    assert ask(question, RANDOM_FOREST, question.train, question.test, 0).n_train == 100


def test_shap_values_add_up_to_the_score() -> None:
    frame = hiring(600, 0)
    frame.loc[::5, "skill"] = None
    data = prepared(frame, hiring(300, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    verdict = ask(question, GRADIENT_BOOSTING, question.train, question.test, 0)
    rows = question.test.features[:100]
    values = shap_values(question, verdict.model, rows)
    raw = verdict.model.decision_function(rows)
    # What is left is the same expected value for every row.
    assert np.ptp(raw - values.sum(axis=1)) < 1e-6


def test_explanation_marks_the_sensitive_column_and_is_bounded() -> None:
    data = prepared(hiring(600, 0), hiring(300, 1), ("group",), "hired", "yes")
    question = Question(data, 0)
    real = ask(question, GRADIENT_BOOSTING, question.train, question.test, 0)
    fair, _ = canonical(hiring(600, 2, bias=0))
    rows, _ = question.code(fair, np.zeros(600, dtype=np.int64), 0)
    synthetic = ask(question, GRADIENT_BOOSTING, rows, question.test, 0)
    bars, points, n = explain(question, real, synthetic, question.test.features, 0)
    (group,) = [bar for bar in bars if bar.sensitive]
    assert group.column == "group"
    assert group.synthetic < group.real / 3
    assert n == 300
    assert len({point.column for point in points}) <= MAX_POINT_COLUMNS + 1
    assert all(point.level is None or 0 <= point.level <= 1 for point in points)
