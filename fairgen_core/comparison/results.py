"""What a comparison of runs says, as plain data: any screen and any program can show it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from fairgen_core.results import Figure, MetricInfo


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ComparedRun(_Result):
    """One of the runs. `letter` is what sentences call it: A, B, C, D in the order given."""

    letter: str
    id: str
    name: str
    data: str
    seed: int
    headline: str


class ComparedSetting(_Result):
    """A setting that is not the same in every run, with one value a run, in words."""

    key: str
    """Dotted, as in ``config.json``: ``fairness.target``."""
    label: str
    values: tuple[str, ...]


class Difference(_Result):
    """A run's figure minus that of the first run (A), with its 95 % interval.

    `paired`: from the same held-out rows, redrawn together; otherwise put together from the two
    figures' own intervals, which errs on the wide side.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    paired: bool = False
    verdict: Literal["better", "worse", "higher", "lower", "unclear", "none"] = "none"
    """unclear: the interval holds 0. higher, lower: neither is better by itself. none: there is no
    difference to be had, and `reason` says why."""
    reason: str = ""


class ComparedFigure(_Result):
    """One figure in every run; `differences` has one entry a run, None for the first."""

    info: MetricInfo
    judge: str = ""
    real: Figure | None = None
    """Of the real data, as the first run that has it reports it."""
    figures: tuple[Figure | None, ...]
    differences: tuple[Difference | None, ...]


Measure = Literal["favourable", "true_positive", "false_positive", "accuracy", "share"]


class ComparedGroup(_Result):
    """One rate in one group, or in one intersection, in every run.

    favourable: decisions on held-out rows; true_positive, false_positive: such decisions among
    rows of the favourable and of the other values; accuracy: right decisions; share: of what was
    generated.
    """

    columns: tuple[str, ...]
    """The columns that define it; several: an intersection."""
    group: str
    measure: Measure
    judge: str = ""
    real: Figure | None = None
    figures: tuple[Figure | None, ...]
    differences: tuple[Difference | None, ...]


class SeedComparison(_Result):
    """Whether B is better than A over seeds, told from pairs of runs with the same seed."""

    n_seeds: int
    mean_difference: float | None
    """B minus A."""
    low: float | None = None
    high: float | None = None
    verdict: Literal["higher", "lower", "cannot tell"]
    sentence: str


class ComparedOverSeeds(_Result):
    """One figure of two runs over the seeds that ran with both settings."""

    a: str
    b: str
    """Letters of the runs."""
    info: MetricInfo
    judge: str = ""
    seeds: tuple[int, ...]
    a_values: tuple[float, ...]
    b_values: tuple[float, ...]
    """In the order of `seeds`."""
    answer: SeedComparison
    better: str = ""
    """Letter of the run whose settings are better; "": it cannot be told."""


class Comparison(_Result):
    """Two to four runs beside each other; the first one is what the others are held against."""

    version: int = 1
    task: Literal["train", "train-images"]
    runs: tuple[ComparedRun, ...]
    settings: tuple[ComparedSetting, ...]
    """Those that differ."""
    same_settings: int
    """How many do not."""
    figures: tuple[ComparedFigure, ...]
    groups: tuple[ComparedGroup, ...]
    over_seeds: tuple[ComparedOverSeeds, ...] = ()
    """Told from runs that differ from these in their seed alone."""
    sentences: tuple[str, ...]
    """What changed, who gains and who loses, in plain words."""
    notes: tuple[str, ...]
    """What limits the comparison."""
