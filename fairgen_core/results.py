"""What was measured, as plain data: figures, tables and curves that any screen can show.

`report.json` in a run folder is a `Report`. It holds aggregates only, never a real row, and needs
neither torch nor scikit-learn to be read.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Section = Literal["fairness", "representation", "usefulness", "quality", "privacy"]


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MetricInfo(_Result):
    """What a screen must know to show a figure: title, definition, direction, ideal, bounds."""

    key: str
    title: str
    definition: str
    section: Section
    better: Literal["lower", "higher", "closer"]
    """closer: the nearer to `ideal` the better, from either side."""
    ideal: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest value that the figure can have; infinite where unbounded."""
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )

    @property
    def range_of_differences(self) -> tuple[float, float]:
        """Likewise of one such value minus another."""
        low, high = self.range
        return low - high, high - low


class Figure(_Result):
    """One number with the rows behind it and its 95 % interval.

    `value` is None where it cannot be had, and `reason` then says why. A value with `struck` true
    is to be shown struck out with the reason (METRICS: the one-class flag).
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str = ""
    struck: bool = False


class Measured(_Result):
    """One metric on the real rows and on the synthetic rows, by one judge."""

    metric: str
    judge: str = ""
    """The downstream classifier (``"gradient boosting"``, ``"random forest"``); empty: none."""
    real: Figure | None = None
    synthetic: Figure | None = None


class GroupResult(_Result):
    """One group's sizes and rates. Rates are of the favourable value (a number target: of values
    above the training rows' median).
    """

    group: str
    n_train: int
    n_test: int
    n_synthetic: int = 0
    share_train: Figure
    share_synthetic: Figure | None = None
    label_rate_real: Figure | None = None
    label_rate_synthetic: Figure | None = None
    predicted_rate_real: Figure | None = None
    """Decisions on the held-out real rows by the model trained on real rows."""
    predicted_rate_synthetic: Figure | None = None
    """Decisions on the same rows by the model trained on synthetic rows."""


class ScoreCurve(_Result):
    """Distribution function of a model's scores in one group: share of rows with score <= grid."""

    trained_on: Literal["real", "synthetic"]
    judge: str
    outcome: str = ""
    """The value whose score it is."""
    group: str
    n: int
    grid: tuple[float, ...]
    cdf: tuple[float, ...]


class ColumnComparison(_Result):
    """One column's distribution, real beside synthetic, over the same cells."""

    column: str
    kind: str
    distance: Figure
    """Total variation distance between the two rows of shares; 0 is identical."""
    labels: tuple[str, ...]
    """Category spellings, or bins such as '25 to 31'."""
    edges: tuple[float, ...] = ()
    """Bin edges of a number (datetime: days since 1970), one more than `labels`; empty for
    categories."""
    real: tuple[float, ...]
    synthetic: tuple[float, ...]
    missing_real: float = 0.0
    missing_synthetic: float = 0.0


class ShapBar(_Result):
    """Mean absolute SHAP value of a column (its one-hot parts summed), in score units."""

    column: str
    sensitive: bool
    real: float
    synthetic: float


class ShapPoint(_Result):
    """One row's SHAP value for one column; `level` is the column's value scaled to 0..1."""

    column: str
    trained_on: Literal["real", "synthetic"]
    shap: float
    level: float | None


class Proxy(_Result):
    """How well a column alone predicts the group (one against the rest, averaged): AUROC."""

    column: str
    auroc: Figure


class Cell(_Result):
    """One intersection of the sensitive columns."""

    values: tuple[str, ...]
    n: int
    rate: Figure


class Report(_Result):
    """Everything a page needs to show an audit (synthetic parts empty) or a judged run."""

    version: int = 1
    kind: Literal["audit", "evaluation"]
    headline: str
    """One plain sentence or three: what parity was gained, what usefulness was lost, who moved."""
    data_name: str = ""
    data_sha256: str = ""
    data_test_sha256: str = ""
    """Of the file of the held-out rows; empty where there was one file."""
    sensitive: tuple[str, ...]
    target: str | None
    positive: str | None
    target_kind: Literal["binary", "classes", "number", "none"]
    groups: tuple[str, ...]
    n_train: int
    n_test: int
    n_synthetic: int = 0
    metrics: dict[str, MetricInfo] = Field(default_factory=dict)
    figures: tuple[Measured, ...] = ()
    group_results: tuple[GroupResult, ...] = ()
    curves: tuple[ScoreCurve, ...] = ()
    columns: tuple[ColumnComparison, ...] = ()
    shap: tuple[ShapBar, ...] = ()
    shap_points: tuple[ShapPoint, ...] = ()
    shap_n: int = 0
    proxies: tuple[Proxy, ...] = ()
    cells: tuple[Cell, ...] = ()
    warnings: tuple[str, ...] = ()

    def leaves_out(self, column: str | None) -> bool:
        """Whether figures of likeness were measured without a column (`without_words`)."""
        words = without_words(column or "")
        return any(info.definition.endswith(words) for info in self.metrics.values())

    def find(self, metric: str, judge: str | None = None) -> Measured | None:
        """The first figure of that metric (by that judge, where one is named), or None."""
        for measured in self.figures:
            if measured.metric == metric and judge in (None, measured.judge):
                return measured
        return None


def without_words(column: str) -> str:
    """What ends the definition of a figure that was measured without a column."""
    return f"Here without the column '{column}'."
