"""Gradient boosting survives a column with hardly any value, and answers as it would without."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from fairgen_core.boosting import for_boosting
from fairgen_core.fairness.trees import fit_classifier, fit_regressor


def rows(known: int) -> tuple[np.ndarray, np.ndarray]:
    """Values whose last column is known in a few rows only, and labels that it would tell."""
    draw = np.random.default_rng(0)
    values = draw.normal(size=(300, 3))
    labels = (values[:, 0] + draw.normal(size=300) > 0).astype(np.int64)
    values[:, 2] = np.nan
    values[:known, 2] = 5.0 * labels[:known]
    return values, labels


def test_what_could_be_fitted_is_fitted_as_before() -> None:
    for known in (19, 20, 60):
        values, labels = rows(known)
        answers = [
            HistGradientBoostingClassifier(random_state=0).fit(x, labels).predict_proba(values)
            for x in (values, for_boosting(values))
        ]
        assert np.array_equal(*answers)
    values, _ = rows(60)
    assert for_boosting(values) is values


def test_the_fair_labels_trees_survive_an_empty_column() -> None:
    values, labels = rows(0)
    assert fit_classifier(values, labels, 3, 0).n_features == 3
    assert fit_regressor(values, labels.astype(np.float64), 3, 0).n_features == 3
