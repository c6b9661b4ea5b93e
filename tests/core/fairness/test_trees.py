"""Saved trees predict what scikit-learn predicts, and damaged ones are refused."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from fairgen_core.errors import RunError
from fairgen_core.fairness.trees import BoostedTrees


def _values(n: int = 600) -> np.ndarray:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(n, 4))
    values[:, 3] = rng.integers(0, 5, n)
    values[rng.random((n, 4)) < 0.1] = np.nan
    return values


def _walk(trees: BoostedTrees, values: np.ndarray) -> np.ndarray:
    """The predictions by walking every tree, a row and a node at a time."""
    out = np.tile(trees.baseline, (len(values), 1))
    starts = np.concatenate([[0], trees.ends[:-1]])
    for i, row in enumerate(values):
        for t, start in enumerate(starts):
            node = trees.nodes[start]
            while not node["is_leaf"]:
                x = row[node["feature_idx"]]
                left = (
                    bool(node["missing_go_to_left"])
                    if np.isnan(x)
                    else (x <= node["num_threshold"])
                )
                node = trees.nodes[start + (node["left"] if left else node["right"])]
            out[i, t % len(trees.baseline)] += node["value"]
    return out


@pytest.mark.parametrize("n_classes", [2, 4])
def test_classifiers(n_classes: int) -> None:
    values = _values()
    labels = (np.nan_to_num(values[:, 0]) * 3 + values[:, 3].clip(0, 4)).round() % n_classes
    labels = np.nan_to_num(labels).astype(int)
    model = HistGradientBoostingClassifier(max_iter=8, early_stopping=False).fit(values, labels)
    trees = BoostedTrees.from_sklearn(model)
    again = BoostedTrees.from_state(trees.state())
    expected = model.decision_function(values).reshape(len(values), -1)
    np.testing.assert_array_equal(again.raw(values), expected)
    np.testing.assert_allclose(_walk(again, values[:40]), expected[:40])


def test_regressors() -> None:
    values = _values()
    model = HistGradientBoostingRegressor(max_iter=8).fit(values, np.nan_to_num(values[:, 1]))
    trees = BoostedTrees.from_state(BoostedTrees.from_sklearn(model).state())
    np.testing.assert_allclose(trees.raw(values)[:, 0], model.predict(values))


def test_leaves_part_rows_as_the_predictions_do() -> None:
    values = _values()
    labels = np.digitize(np.nan_to_num(values[:, 0]), [-0.5, 0.5])
    model = HistGradientBoostingClassifier(max_iter=3, early_stopping=False).fit(values, labels)
    trees = BoostedTrees.from_sklearn(model)
    for column in range(3):
        found = trees.leaves(values, column, most=2)
        assert found.shape == (len(values), 2)
        assert found[:, 0].max() < found[:, 1].min()
        nodes = np.split(trees.nodes, trees.ends[:-1])[column]
        ends = np.array([len(nodes)])
        own = BoostedTrees(np.zeros(1), nodes, ends, trees.n_features).raw(values)[:, 0]
        for leaf in np.unique(found[:, 0]):
            assert len(np.unique(own[found[:, 0] == leaf])) == 1
        assert len(np.unique(found[:, 0])) >= len(np.unique(own))


@pytest.mark.parametrize(
    ("name", "value"), [("left", 10_000), ("left", 0), ("feature_idx", 99), ("feature_idx", -1)]
)
def test_a_branch_that_leads_nowhere_is_refused(name: str, value: int) -> None:
    values = _values()
    model = HistGradientBoostingRegressor(max_iter=2).fit(values, np.nan_to_num(values[:, 1]))
    state = BoostedTrees.from_sklearn(model).state()
    state[f"nodes.{name}"] = state[f"nodes.{name}"].copy()
    state[f"nodes.{name}"][0] = value
    with pytest.raises(RunError, match="damaged"):
        BoostedTrees.from_state(state)
