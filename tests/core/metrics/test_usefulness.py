"""Usefulness: equality with scikit-learn, intervals against a bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    balanced_accuracy_score,
    f1_score,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
)

from fairgen_core.metrics.usefulness import (
    absolute_error,
    auroc,
    balanced_accuracy,
    f1,
    precision,
    r_squared,
    recall,
)


def example(n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    truth = draw.random(n) < 0.3
    return truth, (truth + draw.normal(size=n)).round(1)


def test_auroc_and_its_interval_agree_with_a_bootstrap() -> None:
    truth, scores = example()
    figure = auroc(truth[:, None], scores[:, None])
    assert figure.value == pytest.approx(roc_auc_score(truth, scores))
    draw = np.random.default_rng(1)
    redrawn = []
    for _ in range(400):
        rows = draw.integers(0, len(truth), len(truth))
        redrawn.append(roc_auc_score(truth[rows], scores[rows]))
    assert (figure.high - figure.low) / 3.92 == pytest.approx(np.std(redrawn), rel=0.15)


def test_macro_auroc_is_scikit_learns() -> None:
    draw = np.random.default_rng(2)
    labels = draw.integers(0, 4, 300)
    scores = draw.random((300, 4)) + 0.5 * (labels[:, None] == np.arange(4))
    scores /= scores.sum(axis=1, keepdims=True)
    figure = auroc(labels[:, None] == np.arange(4), scores)
    expected = roc_auc_score(labels, scores, multi_class="ovr", average="macro")
    assert figure.value == pytest.approx(expected)
    assert figure.low < expected < figure.high


def test_auroc_with_one_value_only_says_why() -> None:
    figure = auroc(np.ones((50, 1), dtype=bool), np.zeros((50, 1)))
    assert figure.value is None
    assert "one value" in figure.reason


def test_precision_and_recall_are_scikit_learns() -> None:
    truth, scores = example()
    hits = scores > 0.5
    assert precision(truth[:, None], hits[:, None]).value == pytest.approx(
        precision_score(truth, hits)
    )
    assert recall(truth[:, None], hits[:, None]).value == pytest.approx(recall_score(truth, hits))


def test_macro_precision_and_recall_are_scikit_learns() -> None:
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 3, 300)
    decisions = np.where(draw.random(300) < 0.6, labels, draw.integers(0, 3, 300))
    truth, hits = labels[:, None] == np.arange(3), decisions[:, None] == np.arange(3)
    assert precision(truth, hits).value == pytest.approx(
        precision_score(labels, decisions, average="macro")
    )
    figure = recall(truth, hits)
    assert figure.value == pytest.approx(recall_score(labels, decisions, average="macro"))
    assert figure.low < figure.value < figure.high


@pytest.mark.parametrize("n_classes", [2, 3])
def test_f1_and_balanced_accuracy_are_scikit_learns(n_classes: int) -> None:
    draw = np.random.default_rng(5)
    labels = draw.integers(0, n_classes, 400)
    decisions = np.where(draw.random(400) < 0.6, labels, draw.integers(0, n_classes, 400))
    outcomes = np.array([1]) if n_classes == 2 else np.arange(n_classes)
    average = "binary" if n_classes == 2 else "macro"

    def both(rows: np.ndarray) -> tuple[float, float]:
        pair = labels[rows], decisions[rows]
        return f1_score(*pair, average=average), balanced_accuracy_score(*pair)

    figures = (
        f1(labels[:, None] == outcomes, decisions[:, None] == outcomes),
        balanced_accuracy(labels, decisions),
    )
    redrawn = np.array([both(draw.integers(0, 400, 400)) for _ in range(300)])
    for figure, expected, spread in zip(
        figures, both(np.arange(400)), redrawn.std(axis=0), strict=True
    ):
        assert figure.value == pytest.approx(expected)
        assert (figure.high - figure.low) / 3.92 == pytest.approx(spread, rel=0.15)


def test_f1_without_a_true_row_says_why() -> None:
    nothing = np.zeros((50, 1), dtype=bool)
    assert "none of this value" in f1(nothing, nothing).reason
    assert f1(nothing[:20], nothing[:20]).value is None


def test_precision_without_a_hit_says_why() -> None:
    truth, _ = example()
    figure = precision(truth[:, None], np.zeros((len(truth), 1), dtype=bool))
    assert figure.value is None
    assert "never" in figure.reason


def test_number_targets() -> None:
    draw = np.random.default_rng(4)
    truth = draw.normal(size=500)
    predicted = truth + draw.normal(scale=0.5, size=500)
    figure = r_squared(truth, predicted)
    assert figure.value == pytest.approx(r2_score(truth, predicted))
    redrawn = []
    for _ in range(400):
        rows = draw.integers(0, 500, 500)
        redrawn.append(r2_score(truth[rows], predicted[rows]))
    assert (figure.high - figure.low) / 3.92 == pytest.approx(np.std(redrawn), rel=0.15)
    assert absolute_error(truth, truth + 2).value == pytest.approx(2)
    assert r_squared(np.ones(50), np.ones(50)).value is None
