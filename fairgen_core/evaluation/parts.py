"""What the audit and the evaluation share: steps, held-out rows, group results, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.keeping import TrainedOn
from fairgen_core.metrics import METRICS
from fairgen_core.metrics.fairness import (
    STRUCK_METRICS,
    BoolArray,
    group_counts,
    parity_figures,
    strata,
)
from fairgen_core.metrics.intervals import MIN_ROWS, absent, share, step_cdf
from fairgen_core.metrics.judges import (
    MAX_TEST_ROWS,
    MAX_TRAIN_ROWS,
    CodedRows,
    IntArray,
    Question,
    Verdict,
)
from fairgen_core.metrics.privacy import bias_amplification
from fairgen_core.metrics.representation import group_shares
from fairgen_core.metrics.usefulness import usefulness_figures
from fairgen_core.results import (
    ColumnComparison,
    Figure,
    GroupResult,
    Measured,
    Report,
    ScoreCurve,
    ShapBar,
    ShapPoint,
)
from fairgen_core.training import Observer, stop_if_asked

GRID_POINTS = 101
TARGET_METRICS = (
    *STRUCK_METRICS,
    "positive_rate",
    "one_class",
    "bias_amplification",
    "auroc",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "precision",
    "recall",
)
"""Figures that need a target."""


class Steps:
    """Tells the observer how far the stage ``evaluate`` is, and stops where asked.

    Args:
        weights: rough seconds of each step, in order.
    """

    def __init__(self, observer: Observer, weights: Sequence[float]) -> None:
        self._observer = observer
        self._ends = np.cumsum(weights) / sum(weights)
        self._done = 0
        observer.on_progress("evaluate", 0.0)
        stop_if_asked(observer)

    def done(self) -> None:
        """One more step is done."""
        fraction = float(self._ends[min(self._done, len(self._ends) - 1)])
        self._done += 1
        self._observer.on_progress("evaluate", fraction)
        stop_if_asked(self._observer)


@dataclass(frozen=True)
class HeldOut:
    """The held-out real rows that every model is tested on.

    Attributes:
        rows: coded rows with a target value.
        truth: (n,) true decisions.
        strata: (n,) stratum by the explanatory columns, or None.
    """

    rows: CodedRows
    truth: IntArray
    strata: IntArray | None

    @classmethod
    def of(cls, data: PreparedTable, question: Question) -> HeldOut:
        """The held-out rows of `data` that the question is asked about."""
        strata_of = strata(data)
        if strata_of is not None:
            strata_of = strata_of[question.test_index]
        return cls(question.test, question.labels(question.test), strata_of)


def model_figures(
    question: Question, verdict: Verdict, held_out: HeldOut, seed: int
) -> dict[str, Figure]:
    """Parity, bias amplification and usefulness of one verdict, by metric key."""
    rows = held_out.rows
    parity = parity_figures(question, verdict, held_out.truth, rows.groups, held_out.strata, seed)
    amplified = bias_amplification(
        rows.groups, held_out.truth, verdict.decisions, question.n_groups, seed
    )
    useful = usefulness_figures(question, verdict, rows, held_out.truth)
    return parity | {"bias_amplification": amplified} | useful


def _positive(data: PreparedTable, question: Question | None) -> str | None:
    """The value that rates are shown for: the favourable one, or the one that stands in for it."""
    if question is None or question.kind == "number":
        return data.roles.positive
    return question.outcome_name


@dataclass
class Findings:
    """What the parts of an audit or an evaluation have found so far."""

    figures: list[Measured] = field(default_factory=list)
    rates: dict[str, list[Figure]] = field(default_factory=dict)
    curves: tuple[ScoreCurve, ...] = ()
    columns: tuple[ColumnComparison, ...] = ()
    shap: tuple[tuple[ShapBar, ...], tuple[ShapPoint, ...], int] = ((), (), 0)
    warnings: list[str] = field(default_factory=list)

    def add(
        self,
        metric: str,
        real: Figure | None,
        synthetic: Figure | None = None,
        judge: str = "",
    ) -> None:
        """One more figure, of the real and of the synthetic rows."""
        self.figures.append(Measured(metric=metric, judge=judge, real=real, synthetic=synthetic))

    def report(
        self,
        kind: Literal["audit", "evaluation"],
        data: PreparedTable,
        question: Question | None,
        synthetic_groups: IntArray | None = None,
    ) -> Report:
        """Everything found, as a report without a headline."""
        bars, points, n = self.shap
        return Report(
            kind=kind,
            headline="",
            data_name=data.name,
            data_sha256=data.sha256,
            data_test_sha256=data.test_sha256,
            sensitive=data.groups.columns,
            target=data.roles.target,
            positive=_positive(data, question),
            target_kind=data.target_kind,
            groups=data.groups.names,
            n_train=len(data.train),
            n_test=len(data.test),
            n_synthetic=0 if synthetic_groups is None else len(synthetic_groups),
            metrics=METRICS,
            figures=tuple(self.figures),
            group_results=_group_results(data, synthetic_groups, self.rates),
            curves=self.curves,
            columns=self.columns,
            shap=bars,
            shap_points=points,
            shap_n=n,
            warnings=tuple(dict.fromkeys(self.warnings)),
        )


def label_rates(hits: BoolArray, groups: IntArray, question: Question) -> list[Figure]:
    """The shown outcome's rate in each group, with Wilson intervals.

    Args:
        hits: (n, outcomes).
        groups: (n,) 0..K-1, -1 for none.
    """
    counts, rows = group_counts(hits, groups, question.n_groups)
    shown = question.outcome
    return [
        share(int(c), int(n), "rows in this group")
        for c, n in zip(counts[shown], rows[shown], strict=True)
    ]


def _group_results(
    data: PreparedTable, synthetic_groups: IntArray | None, rates: dict[str, list[Figure]]
) -> tuple[GroupResult, ...]:
    """One result a group; `rates` hold a list of figures by `GroupResult` field."""
    k = len(data.groups.names)
    train = _counts(data.train_groups, k)
    test = _counts(data.test_groups, k)
    synthetic = _counts(synthetic_groups, k)
    train_shares = group_shares(train)
    synthetic_shares = group_shares(synthetic) if synthetic_groups is not None else [None] * k
    return tuple(
        GroupResult(
            group=name,
            n_train=int(train[a]),
            n_test=int(test[a]),
            n_synthetic=int(synthetic[a]),
            share_train=train_shares[a],
            share_synthetic=synthetic_shares[a],
            **{field: figures[a] for field, figures in rates.items()},
        )
        for a, name in enumerate(data.groups.names)
    )


def _counts(groups: IntArray | None, k: int) -> npt.NDArray[np.int64]:
    if groups is None:
        return np.zeros(k, dtype=np.int64)
    return np.bincount(groups[groups >= 0], minlength=k).astype(np.int64)


def score_curves(
    data: PreparedTable,
    question: Question,
    held_out: HeldOut,
    verdicts: Mapping[TrainedOn, Sequence[Verdict]],
) -> tuple[ScoreCurve, ...]:
    """The groups' score distributions on one grid a judge; groups below `MIN_ROWS` left out.

    Args:
        verdicts: by the table they were trained on, ``real`` and ``synthetic``.
    """
    curves = []
    shown = question.outcome
    for key, answers in verdicts.items():
        for verdict in answers:
            grid = _grid(question, verdicts, verdict.judge)
            for a, name in enumerate(data.groups.names):
                scores = verdict.scores[held_out.rows.groups == a, shown]
                if scores.size >= MIN_ROWS:
                    curves.append(
                        ScoreCurve(
                            trained_on=key,
                            judge=verdict.judge,
                            outcome=question.outcome_name,
                            group=name,
                            n=scores.size,
                            grid=tuple(grid.tolist()),
                            cdf=tuple(np.round(step_cdf(scores, grid), 6).tolist()),
                        )
                    )
    return tuple(curves)


def _grid(
    question: Question, verdicts: Mapping[TrainedOn, Sequence[Verdict]], judge: str
) -> npt.NDArray[np.float64]:
    if question.kind != "number":
        return np.linspace(0, 1, GRID_POINTS)
    scores = np.concatenate(
        [v.scores[:, 0] for answers in verdicts.values() for v in answers if v.judge == judge]
    )
    return np.linspace(scores.min(), scores.max(), GRID_POINTS)


def size_warnings(data: PreparedTable) -> list[str]:
    """Sentences about groups too small for any figure, and about rows that were thinned."""
    sentences = []
    k = len(data.groups.names)
    test = _counts(data.test_groups, k)
    for name, m in zip(data.groups.names, test, strict=True):
        if m < MIN_ROWS:
            sentences.append(
                f"Group '{name}' has {m} held-out rows: its rates are not estimable below "
                f"{MIN_ROWS} and it takes no part in the parity figures."
            )
    if test.sum() > MAX_TEST_ROWS:
        sentences.append(
            f"Models were tested on {MAX_TEST_ROWS:,} of {test.sum():,} held-out rows."
        )
    return sentences


def empty_columns(data: PreparedTable, synthetic: pd.DataFrame) -> list[str]:
    """Sentences about columns that took no part and that the synthetic rows hold nothing in."""
    sentences = []
    for column in data.schema.columns:
        if column.modelled or column.missing_share == 1 or column.name not in synthetic:
            continue
        if synthetic[column.name].isna().all():
            why = column.reason.removeprefix("Left out: ") or f"its kind is {column.kind}."
            sentences.append(
                f"Column '{column.name}' took no part in the training, and the synthetic rows hold "
                f"nothing in it: {why}"
            )
    return sentences


def thinning_warning(n_rows: int, judges: tuple[str, ...]) -> list[str]:
    """A sentence for each judge that saw fewer rows than there are."""
    return [
        f"The {judge} judge learned from {MAX_TRAIN_ROWS[judge]:,} of up to {n_rows:,} rows."
        for judge in judges
        if n_rows > MAX_TRAIN_ROWS[judge]
    ]


def no_target() -> Figure:
    """The figure of every metric that asks for a target, where there is none."""
    return absent("No target column was chosen")
