"""SHAP: what a gradient-boosting model looks at when it learned from real or synthetic rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fairgen_core.metrics.features import FloatMatrix, subsample
from fairgen_core.metrics.judges import Question, Verdict
from fairgen_core.results import ShapBar, ShapPoint
from fairgen_core.sharing import Alone, Shared

MAX_SHAP_ROWS = 500
MAX_POINT_ROWS = 120
MAX_POINT_COLUMNS = 12

FloatArray = npt.NDArray[np.float64]


def shap_values(question: Question, model: Any, features: FloatMatrix) -> FloatArray:
    """SHAP values (n, d) of the shown outcome's score, in the model's raw units (log-odds).

    Source: TreeExplainer (Lundberg et al. 2020), path-dependent. A constant model attributes
    nothing.
    """
    import shap

    if not hasattr(model, "_predictors"):  # the constant stand-in of `judges.fit`
        return np.zeros(features.shape)
    values = np.asarray(shap.TreeExplainer(model).shap_values(features), dtype=np.float64)
    if values.ndim == 2:
        return values
    places = list(model.classes_)
    if question.outcome not in places:
        return np.zeros(features.shape)
    return values[:, :, places.index(question.outcome)]


def explain(
    question: Question,
    real: Verdict,
    synthetic: Verdict,
    features: FloatMatrix,
    seed: int,
    shared: Shared | None = None,
) -> tuple[tuple[ShapBar, ...], tuple[ShapPoint, ...], int]:
    """Mean absolute SHAP values by column, points for a beeswarm, and the rows behind them.

    Both models are explained on the same held-out real rows. Points carry a column's value only
    as its rank among those rows, 0..1.

    Args:
        real, synthetic: verdicts of the gradient-boosting judge.
        features: (n, d) codes of the held-out rows.
        shared: keeps the real model's values for the next explanation.
    """
    parts = shared or Alone()
    generator = np.random.default_rng([seed, 11])
    rows = features[subsample(len(features), MAX_SHAP_ROWS, generator)]
    values = {
        "real": parts.part("real shap", seed, lambda: shap_values(question, real.model, rows)),
        "synthetic": shap_values(question, synthetic.model, rows),
    }
    size = {key: np.abs(v).mean(axis=0) for key, v in values.items()}
    order = np.argsort(-np.maximum(size["real"], size["synthetic"]), kind="stable")
    names = question.coder.names
    bars = tuple(
        ShapBar(
            column=names[j],
            sensitive=j in question.sensitive,
            real=float(size["real"][j]),
            synthetic=float(size["synthetic"][j]),
        )
        for j in order
    )
    levels = _levels(rows)
    shown = dict.fromkeys([*order[:MAX_POINT_COLUMNS], *question.sensitive])
    points = tuple(
        ShapPoint(
            column=names[j],
            trained_on=key,
            shap=round(float(values[key][i, j]), 5),
            level=None if np.isnan(levels[i, j]) else round(float(levels[i, j]), 3),
        )
        for j in shown
        for key in ("real", "synthetic")
        for i in range(min(MAX_POINT_ROWS, len(rows)))
    )
    return bars, points, len(rows)


def _levels(rows: FloatMatrix) -> FloatArray:
    """Each value's rank among the distinct values of its column, scaled to 0..1."""
    levels = np.full(rows.shape, np.nan)
    for j, column in enumerate(rows.T):
        known = ~np.isnan(column)
        distinct, places = np.unique(column[known], return_inverse=True)
        levels[known, j] = places / max(1, len(distinct) - 1)
    return levels
