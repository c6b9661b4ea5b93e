"""What was measured of a training on pictures, as plain data (``report.json`` of such a run)."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fairgen_core.results import Figure, Measured, MetricInfo

LOOK_IMAGES = 1_000
"""Generated pictures in one look at a generator during its training."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GroupFrequency(_Result):
    """How often a group occurs among the generated pictures."""

    group: str
    share: Figure
    """Of the generated pictures, with its Wilson interval."""
    corrected: float | None
    """The same, corrected for the group classifier's confusion; None where a rule tells groups."""
    training_share: float


class ClassFrequency(_Result):
    """The groups' shares among generated pictures of one class."""

    label: str
    n: int
    shares: tuple[Figure, ...]


class TracePoint(_Result):
    """One look at the generator during its training."""

    step: int
    epoch: float
    shares: tuple[float, ...]
    """Of each group, among `LOOK_IMAGES` generated pictures."""
    gap: float
    """Largest difference of two groups' shares."""
    recognisable: float | None


class NormPoint(_Result):
    """The discriminator's gradient norms over a stretch of steps, before clipping."""

    epoch: float
    norms: dict[str, float]
    """Mean norm on a group's real pictures, by group."""
    clipped_share: float


class Lookalikes(_Result):
    """What the search for memorised pictures rests on; the pictures are in ``nearest.npz``."""

    space: str
    """The column that the classifier tells whose features the distances are taken in."""
    usual_distance: float
    """Median distance of a held-out real picture to its nearest training picture."""
    n_looked_at: int
    n_training: int
    n_held_out: int


class TaughtGroup(_Result):
    """One group's accuracy, by what the classifier was trained on."""

    group: str
    real: Figure
    synthetic: Figure


class AnswerRate(_Result):
    """How often a classifier answers one class, group by group, on held-out real pictures."""

    label: str
    trained_on: Literal["real", "synthetic"]
    rates: tuple[Figure, ...]
    """In the order of the report's groups."""


class Taught(_Result):
    """A classifier of the class trained on synthetic pictures, tested on held-out real ones, and
    the same one trained on real pictures.
    """

    labels: Literal["asked", "told"]
    """The synthetic pictures' classes: what each was asked to be, or what the real-trained
    classifier tells it to be."""
    outcome: str
    """The class that parity is asked for; "": every class."""
    n_real: int
    n_synthetic: int
    """Training pictures of either kind that the classifiers drew from."""
    n_test: int
    figures: tuple[Measured, ...]
    groups: tuple[TaughtGroup, ...]
    rates: tuple[AnswerRate, ...]
    """Of the class whose rates differ most between groups, by either classifier."""


class BackgroundShare(_Result):
    """How much of a classifier's attribution lies on the background of a group's pictures."""

    group: str
    area: Figure
    """Of the picture."""
    real: Figure
    synthetic: Figure


class HeatMaps(_Result):
    """What the SHAP heat maps rest on; the maps and their pictures are in ``shap.npz``."""

    n_shown: int
    n_references: int
    background: tuple[BackgroundShare, ...] = ()
    background_reason: str = ""
    """Why there is no share of the background; "": there is."""


class ImageReport(_Result):
    """Everything a page needs to show a judged training on pictures. Holds no real picture.

    Version 2 has `lookalikes`, `taught` and `heat_maps`, with a reason where one is missing.
    """

    version: int = 2
    kind: Literal["images"] = "images"
    headline: str
    data_name: str
    data_sha256: str
    size: int
    n_channels: int
    group_column: str
    groups: tuple[str, ...]
    class_column: str
    classes: tuple[str, ...]
    n_train: int
    n_test: int
    n_synthetic: int
    group_frequencies: tuple[GroupFrequency, ...]
    group_rule: Literal["rule", "classifier"]
    """How a generated picture's group was told."""
    group_accuracy: Figure
    """Of that rule or classifier on held-out real pictures."""
    class_frequencies: tuple[ClassFrequency, ...] = ()
    kl: Figure
    gap: Figure
    """Largest difference of two groups' shares among the final pictures."""
    late_gap: float | None
    """Mean gap over the last third of the training: one checkpoint is a lottery ticket."""
    clipped_share: float | None = None
    """Of the discriminator's steps on real pictures, over the whole training."""
    trace: tuple[TracePoint, ...] = ()
    norms: tuple[NormPoint, ...] = ()
    figures: dict[str, Figure] = {}
    """By key of `metrics`: recognisable, recognisable_real, density, coverage, fid, kid, ..."""
    lookalikes: Lookalikes | None = None
    taught: Taught | None = None
    taught_reason: str = ""
    heat_maps: HeatMaps | None = None
    metrics: dict[str, MetricInfo] = {}
    warnings: tuple[str, ...] = ()


OWN_METRICS: dict[str, MetricInfo] = {
    info.key: info
    for info in (
        MetricInfo(
            key="gap",
            title="Gap of the groups",
            definition="Share of the most frequent group among the generated pictures minus that "
            "of the rarest.",
            section="representation",
            better="lower",
            ideal=0,
            low=0,
            high=1,
        ),
        MetricInfo(
            key="late_gap",
            title="Gap, last third of the training",
            definition="Mean gap over the looks of the last third of the training: one checkpoint "
            "is a lottery ticket.",
            section="representation",
            better="lower",
            ideal=0,
            low=0,
            high=1,
        ),
        MetricInfo(
            key="kl",
            title="KL to equal group shares",
            definition="Kullback-Leibler divergence of the groups' shares from equal shares.",
            section="representation",
            better="lower",
            ideal=0,
            low=0,
            unit="nats",
        ),
    )
}
"""What a report holds beside `ImageReport.figures`."""


def late_looks(report: ImageReport) -> tuple[TracePoint, ...]:
    """The looks of the last third of the training."""
    return report.trace[-max(1, len(report.trace) // 3) :]


def every_figure(report: ImageReport) -> tuple[Measured, ...]:
    """Every figure once, that of the real pictures beside it where there is one.

    First the groups' shares, whose real figures are the training pictures'; then what was measured
    of the pictures; then what a classifier learns from them.
    """
    shares = [g.training_share for g in report.group_frequencies]
    spread = max(shares) - min(shares) if shares else None
    kl = sum(p * math.log(p * len(shares)) for p in shares if p > 0)
    training = {"gap": spread, "late_gap": spread, "kl": max(0.0, kl) if shares else None}
    own = {"gap": report.gap, "kl": report.kl}
    if report.late_gap is not None:
        own["late_gap"] = Figure(value=report.late_gap, n=LOOK_IMAGES * len(late_looks(report)))
    found = [
        Measured(metric=key, real=Figure(value=training[key], n=report.n_train), synthetic=own[key])
        for key in OWN_METRICS
        if key in own
    ]
    figures = report.figures
    found += [
        Measured(metric=key, real=figures.get(f"{key}_real"), synthetic=figure)
        for key, figure in figures.items()
        if key in report.metrics and not (key.endswith("_real") and key[:-5] in figures)
    ]
    # The accuracy of what is taught stands among the figures, as `taught`.
    skipped = {"accuracy"} if "taught" in figures else set()
    taught = report.taught.figures if report.taught is not None else ()
    return (*found, *(m for m in taught if m.metric in report.metrics and m.metric not in skipped))
