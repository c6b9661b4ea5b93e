"""What the real rows say about the label and the group: boosted trees and out-of-fold predictions.

A head is fitted on out-of-fold predictions, because predictions of rows that a model was trained on
are sharper than those of the synthetic rows that it will meet. Every view is made when first asked
for and kept, so that a sweep over targets and strengths shares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from fairgen_core.fairness.trees import BoostedTrees, Floats, fit_classifier, fit_regressor
from fairgen_core.sharing import Shared

View = Literal["blind", "aware", "group"]
"""blind: P(y | x); aware: P(y | x, s); group: P(s | x)."""
N_FOLDS = 3
MAX_ROWS = 100_000
"""Rows that the models are fitted on at most: more make them slower, hardly better."""
_TREES_BUDGET = 600
"""Trees a model at most: with many classes each gets fewer iterations."""
_EDGE = 1e-4
"""Probabilities stay this far from 0 and 1."""


@dataclass(frozen=True)
class ScoreModel:
    """Probabilities of classes, or the mean of a number in 0..1, from values.

    Attributes:
        trees: None where the training rows knew one answer only.
        present: the classes that were seen (all others get `_EDGE`); empty for a number.
        n_scores: width of the scores: 1 for two classes and for numbers, else the classes.
        constant: (n_scores,) the answer without trees.
    """

    trees: BoostedTrees | None
    present: npt.NDArray[np.int64]
    n_scores: int
    constant: Floats

    @classmethod
    def fit(
        cls, values: Floats, labels: npt.NDArray[Any], n_classes: int, n_iterations: int, seed: int
    ) -> Self:
        """Fit on labels 0..n_classes-1, or on numbers in 0..1 where n_classes is 0.

        Without a single column to read from, the answer is the same for every row.
        """
        if n_classes == 0:
            if values.shape[1] == 0:
                return cls(None, np.empty(0, dtype=np.int64), 1, np.array([labels.mean()]))
            trees = fit_regressor(values, labels, n_iterations, seed)
            return cls(trees, np.empty(0, dtype=np.int64), 1, np.array([labels.mean()]))
        present, places = np.unique(labels, return_inverse=True)
        shares = np.bincount(labels, minlength=n_classes) / len(labels)
        n_scores = 1 if n_classes == 2 else n_classes
        constant = shares[1:] if n_classes == 2 else shares
        if len(present) < 2 or values.shape[1] == 0:
            return cls(None, present, n_scores, constant)
        n_iterations = max(10, min(n_iterations, _TREES_BUDGET // len(present)))
        return cls(fit_classifier(values, places, n_iterations, seed), present, n_scores, constant)

    def scores(self, values: Floats) -> Floats:
        """(n, n_scores), each within `_EDGE`..1 - `_EDGE`; rows of several classes add up to 1."""
        if self.trees is None:
            scores = np.tile(self.constant, (len(values), 1))
        elif len(self.present) == 0:
            scores = self.trees.raw(values)
        elif self.n_scores == 1:
            scores = 1 / (1 + np.exp(-np.clip(self.trees.raw(values), -30, 30)))
        else:
            raw = self.trees.raw(values)
            if raw.shape[1] == 1:
                raw = np.concatenate([np.zeros_like(raw), raw], axis=1)
            power = np.exp(raw - raw.max(axis=1, keepdims=True))
            scores = np.zeros((len(values), self.n_scores))
            scores[:, self.present] = power / power.sum(axis=1, keepdims=True)
        scores = np.clip(scores, _EDGE, 1 - _EDGE)
        return scores if self.n_scores == 1 else scores / scores.sum(axis=1, keepdims=True)

    def leaves(self, values: Floats, column: int, most: int) -> npt.NDArray[np.int64]:
        """Leaves of at most `most` of the trees of a column of the scores, (n, trees)."""
        if self.trees is None:
            return np.empty((len(values), 0), dtype=np.int64)
        n_columns = len(self.trees.baseline)
        if self.n_scores > 1 and n_columns > 1:  # trees only for the classes that were seen
            if column not in self.present:
                return np.empty((len(values), 0), dtype=np.int64)
            column = int(np.searchsorted(self.present, column))
        return self.trees.leaves(values, column % n_columns, most)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as arrays by name."""
        own = {"present": self.present, "constant": self.constant}
        trees = {} if self.trees is None else self.trees.state()
        return {**own, **{f"trees.{name}": array for name, array in trees.items()}}

    @classmethod
    def from_state(cls, state: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""
        trees = {k.removeprefix("trees."): v for k, v in state.items() if k.startswith("trees.")}
        constant = state["constant"]
        return cls(
            BoostedTrees.from_state(trees) if trees else None,
            state["present"],
            len(constant),
            constant,
        )


class LabelEvidence:
    """Real rows, and what models read from them when asked.

    Args:
        values: (n, p) features without sensitive columns and label (NaN: missing).
        sensitive: (n, q) the group and the sensitive numbers themselves, for the aware view.
        labels: (n,) 0..n_classes-1 (int64), or numbers (n_classes 0).
        groups: (n,) 0..n_groups-1.
        n_classes: number of classes; 0 for a number.
        n_groups: K.
        n_iterations: boosting iterations.
        seed: of row choice, folds and trees.
        tick: called after every fit of a model; may raise to stop. It may be set anew.
    """

    def __init__(
        self,
        values: Floats,
        sensitive: Floats,
        labels: npt.NDArray[Any],
        groups: npt.NDArray[np.int64],
        *,
        n_classes: int,
        n_groups: int,
        n_iterations: int,
        seed: int,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        rng = np.random.default_rng([seed, 7])
        rows = np.arange(len(labels))
        if len(rows) > MAX_ROWS:
            rows = np.sort(rng.permutation(rows)[:MAX_ROWS])
        self.labels = labels[rows]
        self.groups = groups[rows]
        self.n_classes = n_classes
        self.n_groups = n_groups
        self.values = values[rows]
        self.sensitive = sensitive[rows]
        self._n_iterations = n_iterations
        self._seed = seed
        self.tick = tick
        self._views: dict[View, tuple[ScoreModel, Floats]] = {}
        self.shared = Shared()
        """What heads of several targets and strengths make of it alike."""
        strata = self.groups if n_classes == 0 else self.groups * n_classes + self.labels
        shuffled = rng.permutation(len(rows))
        order = shuffled[np.argsort(strata[shuffled], kind="stable")]
        self._folds = np.empty(len(rows), dtype=np.int64)
        self._folds[order] = np.arange(len(rows)) % N_FOLDS

    @property
    def ranks(self) -> Floats:
        """(n,) ranks of number labels in 0..1, ties at their middle: what their models learn."""
        ordered = np.sort(self.labels)
        low = np.searchsorted(ordered, self.labels, side="left")
        high = np.searchsorted(ordered, self.labels, side="right")
        return (low + high) / (2.0 * len(ordered))

    def view(self, name: View) -> tuple[ScoreModel, Floats]:
        """The model fitted on all rows, and the out-of-fold scores of the rows, (n, n_scores)."""
        if name not in self._views:
            values = self.inputs(name, self.values, self.sensitive)
            n_classes = self.n_groups if name == "group" else self.n_classes
            labels = self.groups if name == "group" else self.labels
            if n_classes == 0:
                labels = self.ranks
            out_of_fold: Floats | None = None
            for fold in range(N_FOLDS):
                held = self._folds == fold
                model = ScoreModel.fit(
                    values[~held], labels[~held], n_classes, self._n_iterations, self._seed
                )
                if out_of_fold is None:
                    out_of_fold = np.empty((len(labels), model.n_scores))
                out_of_fold[held] = model.scores(values[held])
                self.tick()
            model = ScoreModel.fit(values, labels, n_classes, self._n_iterations, self._seed)
            self.tick()
            assert out_of_fold is not None
            self._views[name] = model, out_of_fold
        return self._views[name]

    @staticmethod
    def inputs(name: View, values: Floats, sensitive: Floats) -> Floats:
        """The columns that a view may see."""
        return np.concatenate([values, sensitive], axis=1) if name == "aware" else values
