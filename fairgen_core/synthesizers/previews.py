"""Quick figures while a training runs: how fair and how useful the model is so far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from fairgen_core.boosting import for_boosting
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.synthesizers.table_form import TableForm

_ITERATIONS = 30
_MAX_TEST_ROWS = 5_000
_MIN_ROWS = 10
"""Rows of each side that a figure needs at least."""


def attacker_auroc(
    z: npt.NDArray[np.float32], groups: npt.NDArray[np.int64], seed: int
) -> float | None:
    """How well gradient boosting reads the group from z: AUROC on the half it was not fitted on.

    One group against the rest, averaged over groups by size; None where groups are too small.
    """
    half = len(z) // 2
    counts = np.bincount(groups)
    total, weight = 0.0, 0
    for group in np.argsort(-counts)[: 1 if len(counts) == 2 else 3]:
        is_group = groups == group
        sides = (is_group[:half].sum(), is_group[half:].sum())
        if min(*sides, half - max(sides)) < _MIN_ROWS:
            continue
        model = HistGradientBoostingClassifier(
            max_iter=_ITERATIONS, early_stopping=False, random_state=seed
        ).fit(z[:half], is_group[:half])
        scores = model.predict_proba(z[half:])[:, 1]
        total += float(roc_auc_score(is_group[half:], scores)) * int(counts[group])
        weight += int(counts[group])
    return total / weight if weight else None


def preview_figures(
    rows: pd.DataFrame, data: PreparedTable, form: TableForm, seed: int
) -> dict[str, float]:
    """Usefulness and parity of a cheap judge trained on preview rows, tested on held-out real rows.

    A binary target only; no figures where a class or the test rows are too few, or where no column
    is left that the judge may see.
    """
    if data.target_kind != "binary" or form.target is None or len(data.test) < 2 * _MIN_ROWS:
        return {}
    pick = np.random.default_rng(seed).permutation(len(data.test))[:_MAX_TEST_ROWS]
    test, groups = data.test.iloc[pick], data.test_groups[pick]
    labels = (test[form.target] == data.classes[1]).to_numpy(dtype=bool)
    taught = (rows[form.target] == data.classes[1]).to_numpy(dtype=bool)
    sides = (labels.sum(), (~labels).sum(), taught.sum(), (~taught).sum())
    features = form.features(form.encoder.values(rows))
    if min(sides) < _MIN_ROWS or features.shape[1] == 0:
        return {}
    model = HistGradientBoostingClassifier(
        max_iter=_ITERATIONS, early_stopping=False, random_state=seed
    ).fit(for_boosting(features), taught)
    scores = model.predict_proba(form.features(form.encoder.values(test)))[:, 1]
    figures = {"preview_auroc": float(roc_auc_score(labels, scores))}
    counts = np.bincount(groups, minlength=form.n_groups)
    rates = [
        float((scores[groups == g] >= 0.5).mean())
        for g in range(form.n_groups)
        if counts[g] >= _MIN_ROWS
    ]
    if len(rates) > 1:
        figures["preview_dp"] = max(rates) - min(rates)
    return figures
