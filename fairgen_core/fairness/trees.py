"""Gradient-boosted trees as plain arrays: fitted by scikit-learn, saved without pickles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

from fairgen_core.boosting import for_boosting
from fairgen_core.errors import RunError

Floats = npt.NDArray[np.float64]

_FIELDS = (
    "value",
    "feature_idx",
    "num_threshold",
    "missing_go_to_left",
    "left",
    "right",
    "is_leaf",
)
_NO_BITSETS = np.zeros((0, 8), dtype=np.uint32)


@dataclass(frozen=True)
class BoostedTrees:
    """A boosted ensemble that only predicts.

    Attributes:
        baseline: (m,) raw prediction before the first tree; m is 1, or the number of classes.
        nodes: all trees' nodes one after the other, scikit-learn's record type.
        ends: (trees,) where each tree ends in `nodes`; trees of one iteration stand together.
        n_features: columns that it was fitted on.
    """

    baseline: Floats
    nodes: npt.NDArray[Any]
    ends: npt.NDArray[np.int64]
    n_features: int

    @classmethod
    def from_sklearn(
        cls, model: HistGradientBoostingClassifier | HistGradientBoostingRegressor
    ) -> Self:
        """Copy a fitted model without categorical splits."""
        trees = [tree.nodes for iteration in model._predictors for tree in iteration]
        return cls(
            np.asarray(model._baseline_prediction, dtype=np.float64).reshape(-1),
            np.concatenate(trees),
            np.cumsum([len(tree) for tree in trees]),
            int(model.n_features_in_),
        )

    def raw(self, values: Floats) -> Floats:
        """Raw predictions (log-odds, class scores or numbers), (n, m); NaN means missing."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        out = np.tile(self.baseline, (len(values), 1))
        feature_map = np.zeros(self.n_features, dtype=np.uint32)
        starts = np.concatenate([[0], self.ends[:-1]])
        n_threads = _openmp_effective_n_threads()
        for i, (start, end) in enumerate(zip(starts, self.ends, strict=True)):
            tree = TreePredictor(self.nodes[start:end], _NO_BITSETS, _NO_BITSETS)
            out[:, i % len(self.baseline)] += tree.predict(
                values, _NO_BITSETS, feature_map, n_threads
            )
        return out

    def leaves(self, values: Floats, column: int, most: int) -> npt.NDArray[np.int64]:
        """The leaf that each row falls into, (n, trees), numbered over all trees together.

        Args:
            values: as for `raw`.
            column: of the raw predictions: which trees.
            most: this many of its trees, the first ones.
        """
        values = np.ascontiguousarray(values, dtype=np.float64)
        feature_map = np.zeros(self.n_features, dtype=np.uint32)
        starts = np.concatenate([[0], self.ends[:-1]])
        chosen = range(column, len(self.ends), len(self.baseline))[:most]
        found = np.empty((len(values), len(chosen)), dtype=np.int64)
        n_leaves = 0
        for place, i in enumerate(chosen):
            nodes = self.nodes[starts[i] : self.ends[i]].copy()
            is_leaf = nodes["is_leaf"] == 1
            nodes["value"][is_leaf] = n_leaves + np.arange(is_leaf.sum())
            n_leaves += int(is_leaf.sum())
            tree = TreePredictor(nodes, _NO_BITSETS, _NO_BITSETS)
            found[:, place] = tree.predict(
                values, _NO_BITSETS, feature_map, _openmp_effective_n_threads()
            )
        return found

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name."""
        fields = {f"nodes.{name}": np.ascontiguousarray(self.nodes[name]) for name in _FIELDS}
        sizes = np.array([self.n_features], dtype=np.int64)
        return {"baseline": self.baseline, "ends": self.ends, "n_features": sizes, **fields}

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`.

        Raises:
            RunError: the arrays do not describe trees (a child or column that does not exist).
        """
        nodes = np.zeros(len(state["nodes.value"]), dtype=PREDICTOR_RECORD_DTYPE)
        for name in _FIELDS:
            nodes[name] = state[f"nodes.{name}"]
        trees = cls(state["baseline"], nodes, state["ends"], int(state["n_features"][0]))
        trees._check()
        return trees

    def _check(self) -> None:
        """Refuse indices that would make the compiled predictor read outside its arrays."""
        sizes = np.diff(np.concatenate([[0], self.ends]))
        fine = len(self.ends) > 0 and (sizes > 0).all() and self.ends[-1] == len(self.nodes)
        if fine:
            inner = self.nodes["is_leaf"] == 0
            size = np.repeat(sizes, sizes)[inner]
            place = (np.arange(len(self.nodes)) - np.repeat(self.ends - sizes, sizes))[inner]
            branch = self.nodes[inner]
            for side in ("left", "right"):
                # A child further down than its parent: no walk can go in circles.
                fine &= bool(((branch[side] > place) & (branch[side] < size)).all())
            column = branch["feature_idx"]
            fine &= bool(((column >= 0) & (column < self.n_features)).all())
        if not fine:
            raise RunError(
                "The saved model must hold complete decision trees, and some of their branches "
                "lead nowhere. The file is damaged: train the run again."
            )


def fit_classifier(
    values: Floats, labels: npt.NDArray[np.int64], n_iterations: int, seed: int
) -> BoostedTrees:
    """Boosted trees for labels 0..C-1, all present; one raw column if C is 2, else C."""
    model = HistGradientBoostingClassifier(
        max_iter=n_iterations, early_stopping=False, random_state=seed
    )
    return BoostedTrees.from_sklearn(model.fit(for_boosting(values), labels))


def fit_regressor(values: Floats, numbers: Floats, n_iterations: int, seed: int) -> BoostedTrees:
    """Boosted trees for a number (squared error)."""
    model = HistGradientBoostingRegressor(
        max_iter=n_iterations, early_stopping=False, random_state=seed
    )
    return BoostedTrees.from_sklearn(model.fit(for_boosting(values), numbers))
