"""The downstream models that judge a table: trained on its rows, tested on held-out real rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.boosting import for_boosting
from fairgen_core.data.groups import parts_of
from fairgen_core.data.prepared import PreparedTable, TargetKind
from fairgen_core.errors import IncomputableMetricError
from fairgen_core.metrics.features import Coder, FloatMatrix, code_column, subsample

GRADIENT_BOOSTING = "gradient boosting"
RANDOM_FOREST = "random forest"
MAX_TRAIN_ROWS = {GRADIENT_BOOSTING: 200_000, RANDOM_FOREST: 50_000}
"""Training rows a judge sees at most, so that a million rows are judged in minutes."""
MAX_CODED_ROWS = max(MAX_TRAIN_ROWS.values())
MAX_TEST_ROWS = 50_000
MAX_SHIFTED_ROWS = 200_000
"""Rows times groups times classes, at most, that are predicted with the sensitive attribute set to
every group."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def n_jobs() -> int:
    """Threads for random forests: ``OMP_NUM_THREADS`` where set, else the cores we may use."""
    chosen = os.environ.get("OMP_NUM_THREADS", "")
    if chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class CodedRows:
    """Rows of one table as a judge sees them; rows without a target value are left out.

    Attributes:
        features: (n, d) codes of every modelled column but the target.
        target: (n,) class index (binary: 1 is the favourable value), or the number itself.
        groups: (n,) 0..K-1, -1 where the row belongs to no known group.
    """

    features: FloatMatrix
    target: FloatArray
    groups: IntArray

    def take(self, index: IntArray) -> CodedRows:
        """The rows at `index`."""
        return CodedRows(self.features[index], self.target[index], self.groups[index])


class Question:
    """What the judges are asked: predict the target from all other modelled columns.

    Attributes:
        kind: binary, classes or number.
        outcomes: the answers that parity is asked for: of a binary target the favourable value
            alone; of many classes every one; of a number 'above the training rows' median'.
        outcome: index into `outcomes` of the value that rates and curves are shown for.
        outcome_name: its name for people.
        median: of a number target's training rows; 0.5 otherwise.
        train, test: coded real rows that have a target value, thinned where very many.
        train_index, test_index: which of the table's rows those are.
        representatives: (K, n sensitive columns) the code that stands for each group: the most
            frequent one of a category, the median of a number, among the group's training rows;
            of small groups that were put together, among those of the largest one.
    """

    def __init__(self, data: PreparedTable, seed: int) -> None:
        target = data.roles.target
        if target is None or data.target_kind == "none":
            raise ValueError("a question needs a target")
        self.target = data.schema[target]
        self.kind: TargetKind = data.target_kind
        self.classes = data.classes
        names = tuple(c.name for c in data.schema.modelled if c.name != target)
        self.coder = Coder(data.schema, names)
        self.sensitive = tuple(names.index(name) for name in data.groups.columns if name in names)
        self.n_groups = len(data.groups.names)
        self.train, self.train_index = self.code(data.train, data.train_groups, seed)
        self.test, self.test_index = self.code(data.test, data.test_groups, seed, MAX_TEST_ROWS)
        self.median = float(np.median(self.train.target)) if self.kind == "number" else 0.5
        self.outcome = self._shown_outcome(data)
        self.representatives = self._representatives(data)

    def code(
        self, frame: pd.DataFrame, groups: IntArray, seed: int, at_most: int = MAX_CODED_ROWS
    ) -> tuple[CodedRows, IntArray]:
        """Code at most `at_most` rows in canonical form that have a target value.

        Returns:
            The coded rows, and which rows of `frame` they are.
        """
        known = np.flatnonzero(frame[self.target.name].notna().to_numpy())
        known = known[subsample(len(known), at_most, np.random.default_rng([seed, 0]))]
        frame, groups = frame.iloc[known], groups[known]
        values = frame[self.target.name]
        if self.kind == "number":
            target = code_column(self.target, values)
        else:
            places = pd.Index(self.classes).get_indexer(pd.Index(values.astype(object)))
            target = np.where(places < 0, np.nan, places)
        understood = np.flatnonzero(~np.isnan(target))
        rows = CodedRows(self.coder(frame), target, groups).take(understood)
        return rows, known[understood]

    @property
    def n_outcomes(self) -> int:
        """How many outcomes parity is asked for."""
        return len(self.classes) if self.kind == "classes" else 1

    @property
    def outcome_name(self) -> str:
        """The shown outcome in words."""
        if self.kind == "number":
            return f"above the median of {self.target.name}"
        return self.classes[self.outcome] if self.kind == "classes" else self.classes[1]

    def hits(self, decisions: IntArray) -> npt.NDArray[np.bool_]:
        """(n, outcomes): whether a decision is that outcome."""
        wanted = np.arange(len(self.classes)) if self.kind == "classes" else np.array([1])
        return decisions[:, None] == wanted

    def labels(self, rows: CodedRows) -> IntArray:
        """The true decisions: class indices, or whether a number is above the median."""
        if self.kind == "number":
            return (rows.target > self.median).astype(np.int64)
        return rows.target.astype(np.int64)

    def _shown_outcome(self, data: PreparedTable) -> int:
        if self.kind != "classes":
            return 0
        if data.roles.positive in self.classes:
            return self.classes.index(data.roles.positive)
        return int(np.bincount(self.train.target.astype(np.int64)).argmax())

    def _representatives(self, data: PreparedTable) -> FloatMatrix:
        codes = np.full((self.n_groups, len(self.sensitive)), np.nan, dtype=np.float32)
        standing = self.train.groups
        if data.groups.merged:
            parts = parts_of(data)[0][self.train_index]
            sizes = np.bincount(parts, minlength=len(data.groups.parts))
            largest = self.n_groups - 1 + int(sizes[self.n_groups - 1 :].argmax())
            standing = np.where((parts < self.n_groups - 1) | (parts == largest), standing, -1)
        for a in range(self.n_groups):
            for j, column in enumerate(self.sensitive):
                values = self.train.features[standing == a, column]
                values = values[~np.isnan(values)]
                if values.size == 0:
                    continue
                if self.coder.n_codes[column]:
                    levels, counts = np.unique(values, return_counts=True)
                    codes[a, j] = levels[counts.argmax()]
                else:
                    codes[a, j] = np.median(values)
        return codes


@dataclass(frozen=True)
class Verdict:
    """What one judge, trained on one table, answers on the held-out real rows.

    Attributes:
        judge: its name.
        scores: (n, outcomes) probabilities, or predicted numbers.
        decisions: (n,) class index; of binary and number targets 0 or 1.
        shifted: (K, m) decisions on m of the rows with the sensitive attribute set to each group.
        model: the fitted estimator.
        n_train: rows it was trained on.
    """

    judge: str
    scores: FloatArray
    decisions: IntArray
    shifted: IntArray
    model: Any
    n_train: int


def ask(question: Question, judge: str, rows: CodedRows, test: CodedRows, seed: int) -> Verdict:
    """Train `judge` on `rows` and let it answer for `test`.

    Args:
        rows: real or synthetic rows; at most `MAX_TRAIN_ROWS` of them are used.
        test: held-out real rows.
        seed: of the judge, and of the choice of rows.

    Raises:
        IncomputableMetricError: no row of `rows` has a target value.
    """
    if len(rows.target) == 0:
        raise IncomputableMetricError(
            f"A model needs rows with a value of '{question.target.name}', and the table has none"
        )
    generator = np.random.default_rng([seed, 1])
    used = rows.take(subsample(len(rows.target), MAX_TRAIN_ROWS[judge], generator))
    model = fit(question.kind, judge, used, seed)
    answer = _answers(question, model)
    scores, decisions = answer(test.features)
    at_most = max(1000, MAX_SHIFTED_ROWS // (question.n_groups * question.n_outcomes))
    base = test.features[subsample(len(test.target), at_most, generator)]
    shifted = np.empty((question.n_groups, len(base)), dtype=np.int64)
    for a in range(question.n_groups):
        moved = base.copy()
        moved[:, question.sensitive] = question.representatives[a]
        shifted[a] = answer(moved)[1]
    return Verdict(judge, scores, decisions, shifted, model, len(used.target))


def fit(kind: TargetKind, judge: str, rows: CodedRows, seed: int) -> Any:
    """Fit a judge with scikit-learn's default settings; a constant one where nothing varies."""
    from sklearn import dummy, ensemble  # heavy, and not for those who judge pictures

    target = rows.target if kind == "number" else rows.target.astype(np.int64)
    if np.all(target == target[0]):
        constant = dummy.DummyRegressor() if kind == "number" else dummy.DummyClassifier()
        return constant.fit(rows.features, target)
    if judge == RANDOM_FOREST:
        number = kind == "number"
        forest = ensemble.RandomForestRegressor if number else ensemble.RandomForestClassifier
        # Breiman's third of the columns a split: scikit-learn's default for numbers tries all of
        # them and takes several times as long.
        extra = {"max_features": 1 / 3} if number else {}
        return forest(100, random_state=seed, n_jobs=n_jobs(), **extra).fit(rows.features, target)
    if kind == "number":
        regressor = ensemble.HistGradientBoostingRegressor(random_state=seed)
        return regressor.fit(for_boosting(rows.features), target)
    counts = np.unique(target, return_counts=True)[1]
    n_classes = len(counts)
    # One tree a class and iteration: many classes get fewer iterations.
    iterations = 100 if n_classes <= 5 else max(10, 500 // n_classes)
    # Early stopping (the default above 10,000 rows) holds out rows of every class.
    stopping = "auto" if counts.min() >= 2 else False
    boosting = ensemble.HistGradientBoostingClassifier(
        max_iter=iterations, early_stopping=stopping, random_state=seed
    )
    return boosting.fit(for_boosting(rows.features), target)


def _answers(
    question: Question, model: Any
) -> Callable[[FloatMatrix], tuple[FloatArray, IntArray]]:
    def answer(features: FloatMatrix) -> tuple[FloatArray, IntArray]:
        if question.kind == "number":
            predicted = np.asarray(model.predict(features), dtype=np.float64)
            return predicted[:, None], (predicted > question.median).astype(np.int64)
        some = model.predict_proba(features)
        scores = np.zeros((len(features), len(question.classes)))
        scores[:, np.asarray(model.classes_, dtype=np.int64)] = some
        if question.kind == "binary":
            return scores[:, 1:], (scores[:, 1] > 0.5).astype(np.int64)
        return scores, scores.argmax(axis=1).astype(np.int64)

    return answer
