"""How much a model that learned from a table can still do on held-out real rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.metrics import mean_absolute_error, r2_score, roc_auc_score

from fairgen_core.metrics.intervals import (
    MIN_ROWS,
    FloatArray,
    absent,
    around,
    mean,
    share,
    too_few,
)
from fairgen_core.metrics.judges import CodedRows, IntArray, Question, Verdict
from fairgen_core.results import Figure

BoolArray = npt.NDArray[np.bool_]


def auroc(truth: BoolArray, scores: FloatArray) -> Figure:
    """Area under the ROC curve; of several outcomes the mean, one against the rest (macro).

    The interval is DeLong's (DeLong et al. 1988; by mid-ranks, Sun and Xu 2014), for the mean of
    several outcomes from the sum of each row's influences.

    Args:
        truth, scores: (n, outcomes). Outcomes with fewer than 2 rows on either side are left out.
    """
    n = len(truth)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    values, influence = [], np.zeros(n)
    for is_positive, score in zip(truth.T, scores.T, strict=True):
        n_positive = int(is_positive.sum())
        if min(n_positive, n - n_positive) < 2:
            continue
        value = float(roc_auc_score(is_positive, score))
        values.append(value)
        influence += _auroc_influence(is_positive, score) - value * np.where(
            is_positive, n / n_positive, n / (n - n_positive)
        )
    if not values:
        return absent("The held-out rows hold one value of the target only", n)
    error = float(np.sqrt(np.sum(influence**2))) / n / len(values)
    return around(float(np.mean(values)), error, n, 0, 1)


def _auroc_influence(is_positive: BoolArray, score: FloatArray) -> FloatArray:
    """Each row's share of beaten (or beating) rows of the other side, times n over its side."""
    n, n_positive = len(score), int(is_positive.sum())
    n_negative = n - n_positive
    everyone = rankdata(score)
    placement = np.empty(n)
    placement[is_positive] = (everyone[is_positive] - rankdata(score[is_positive])) / n_negative
    placement[~is_positive] = (
        1 - (everyone[~is_positive] - rankdata(score[~is_positive])) / n_positive
    )
    weights: FloatArray = np.where(is_positive, n / n_positive, n / n_negative)
    return placement * weights


def precision(truth: BoolArray, hits: BoolArray) -> Figure:
    """Share of true ones among the hits; of several outcomes the mean (never answered: 0)."""
    if truth.shape[1] == 1:
        n_hits = int(hits.sum())
        if n_hits == 0:
            return absent("The model never gives this answer")
        return share(int((hits & truth).sum()), n_hits, "rows with this answer")
    return _macro(truth, hits, given=hits)


def recall(truth: BoolArray, hits: BoolArray) -> Figure:
    """Share of hits among the true ones; of several outcomes the mean."""
    if truth.shape[1] == 1:
        return share(int((hits & truth).sum()), int(truth.sum()), "rows of this value")
    return _macro(truth, hits, given=truth)


def _macro(truth: BoolArray, hits: BoolArray, given: BoolArray) -> Figure:
    n = len(truth)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    present = truth.any(axis=0)
    both = (truth & hits)[:, present]
    rows = given[:, present]
    rates = both.sum(axis=0) / np.maximum(1, rows.sum(axis=0))
    influence = ((both - rates) * rows / np.maximum(1, rows.sum(axis=0))).mean(axis=1)
    return around(float(rates.mean()), float(np.sqrt((influence**2).sum())), n, 0, 1)


def f1(truth: BoolArray, hits: BoolArray) -> Figure:
    """Harmonic mean of precision and recall; of several outcomes the mean over those that occur.

    The interval is by the delta method.
    """
    n = len(truth)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    present = truth.any(axis=0)
    if not present.any():
        return absent("The held-out rows hold none of this value", n)
    truth, hits = truth[:, present], hits[:, present]
    either = truth.astype(np.float64) + hits
    total = either.sum(axis=0)
    values = 2 * (truth & hits).sum(axis=0) / total
    influence = ((2.0 * (truth & hits) - values * either) / total).mean(axis=1)
    return around(float(values.mean()), float(np.sqrt((influence**2).sum())), n, 0, 1)


def balanced_accuracy(truth: IntArray, decisions: IntArray) -> Figure:
    """Mean over the true values of the share decided rightly.

    Args:
        truth, decisions: (n,) class indices.
    """
    classes = np.unique(truth)
    return _macro(
        truth[:, None] == classes, decisions[:, None] == classes, truth[:, None] == classes
    )


def r_squared(truth: FloatArray, predicted: FloatArray) -> Figure:
    """Share of the variance that is predicted; the interval by the delta method."""
    n = len(truth)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    total = float(np.var(truth))
    if total == 0:
        return absent("The target is constant on the held-out rows", n)
    squared, spread = (truth - predicted) ** 2, (truth - truth.mean()) ** 2
    influence = -squared / total + squared.mean() * spread / total**2
    value = float(r2_score(truth, predicted))
    return around(value, float(influence.std()) / np.sqrt(n), n, high=1)


def absolute_error(truth: FloatArray, predicted: FloatArray) -> Figure:
    """Mean absolute error, in the target's unit."""
    figure = mean(np.abs(truth - predicted), low=0)
    if figure.value is None:
        return figure
    return figure.model_copy(update={"value": float(mean_absolute_error(truth, predicted))})


def usefulness_figures(
    question: Question, verdict: Verdict, test: CodedRows, truth: IntArray
) -> dict[str, Figure]:
    """Every usefulness figure of one verdict, by metric key."""
    is_true, hits = question.hits(truth), question.hits(verdict.decisions)
    figures = {
        "auroc": auroc(is_true, verdict.scores),
        "accuracy": share(int((verdict.decisions == truth).sum()), len(truth)),
        "balanced_accuracy": balanced_accuracy(truth, verdict.decisions),
        "f1": f1(is_true, hits),
        "precision": precision(is_true, hits),
        "recall": recall(is_true, hits),
    }
    if question.kind == "number":
        predicted = verdict.scores[:, 0]
        figures["r2"] = r_squared(test.target, predicted)
        figures["mae"] = absolute_error(test.target, predicted)
    return figures
