"""What a lesson's experiment measured, as plain data (``lesson.json`` of such a run)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fairgen_core.image_results import NormPoint, TracePoint
from fairgen_core.results import Figure
from fairgen_core.stability import UNBOUNDED, mean_interval

Wiring = Literal["real", "all-see-group", "label-apart", "latent-alone", "label-head"]
WIRINGS: tuple[Wiring, ...] = ("all-see-group", "label-apart", "latent-alone", "label-head")
"""What is generated, in the order in which the lesson tells it; ``real`` stands beside them."""
LATE = 1 / 3
"""Of the looks at the end of a training that are averaged: one checkpoint is a lottery ticket."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GanSeed(_Result):
    """One training of the GAN."""

    seed: int
    trace: tuple[TracePoint, ...]
    """Looks at the generator: shares of (black, white), and what can be recognised."""
    norms: tuple[NormPoint, ...]

    @property
    def late(self) -> tuple[TracePoint, ...]:
        """The looks of the last third."""
        return self.trace[-max(1, int(len(self.trace) * LATE)) :]

    @property
    def white(self) -> float:
        """Share on white among what is drawn, mean of the last third."""
        return statistics.fmean(point.shares[1] for point in self.late)

    @property
    def gap(self) -> float:
        """Distance of the two groups' shares, mean of the last third."""
        return statistics.fmean(point.gap for point in self.late)

    @property
    def recognisable(self) -> float:
        """Share of pictures that a classifier recognises, mean of the last third."""
        return statistics.fmean(point.recognisable or 0.0 for point in self.late)

    @property
    def clipped(self) -> float:
        """Share of the discriminator's steps on real pictures that were clipped."""
        return statistics.fmean(point.clipped_share for point in self.norms)


class FavouredGroupResult(_Result):
    """Trainings of one setting, seed by seed."""

    version: int = 1
    kind: Literal["favours-a-group"] = "favours-a-group"
    groups: tuple[str, ...]
    training_share: float
    """Of the white group among the training pictures."""
    n_train: int
    recognisable_real: Figure
    seeds: tuple[GanSeed, ...] = ()


class WiringFigures(_Result):
    """What a model learns from one table, by metric key, and its decisions by group."""

    wiring: Wiring
    figures: dict[str, Figure]
    rates: dict[str, float]


class FairLatentSeed(_Result):
    """One fair compression, and the tables made from it."""

    seed: int
    attacker: float | None
    """AUROC of a classifier that reads the group from the latents of held-out rows."""
    wirings: tuple[WiringFigures, ...]

    def of(self, wiring: Wiring) -> WiringFigures:
        """The figures of one wiring."""
        return next(w for w in self.wirings if w.wiring == wiring)


class FairLatentResult(_Result):
    """Tables of one setting, seed by seed."""

    version: int = 1
    kind: Literal["fair-latent"] = "fair-latent"
    groups: tuple[str, ...]
    favourable: str
    n_train: int
    n_test: int
    n_drawn: int
    judge: str
    real: WiringFigures
    real_attacker: float | None
    """The same attacker on the real columns themselves."""
    true_gap: float
    """Difference of the groups' true probabilities among the held-out rows: the simulation's."""
    seeds: tuple[FairLatentSeed, ...] = ()


LessonResult = FavouredGroupResult | FairLatentResult
_LESSON_RESULT: TypeAdapter[LessonResult] = TypeAdapter(
    Annotated[LessonResult, Field(discriminator="kind")]
)


def parse_lesson(raw: bytes) -> LessonResult:
    """Read a result from JSON.

    Raises:
        ValidationError: it is none.
    """
    return _LESSON_RESULT.validate_json(raw)


def over_seeds(values: Iterable[float], bounds: tuple[float, float] = UNBOUNDED) -> Figure:
    """Mean over seeds with Student's 95 % interval; one seed gives no interval.

    Args:
        values: one a seed.
        bounds: the figure's range, where the interval ends at the latest.
    """
    found = list(values)
    if not found:
        return Figure(value=None, reason="no seed was trained yet")
    mean = statistics.fmean(found)
    interval = mean_interval(found, bounds)
    if interval is None:
        return Figure(value=mean, n=1, reason="one seed has no interval")
    cut = (
        "" if interval == mean_interval(found) else "the interval is cut at the figure's own range"
    )
    return Figure(value=mean, low=interval[0], high=interval[1], n=len(found), reason=cut)


def paired_difference(first: Mapping[int, float], second: Mapping[int, float]) -> Figure:
    """Mean of second - first over the seeds that both have, with Student's 95 % interval.

    The figure is a share: its differences lie between -1 and 1.
    """
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return Figure(value=None, reason="the two settings have no seed in common")
    return over_seeds((second[seed] - first[seed] for seed in shared), (-1.0, 1.0))


def even_gap(n_images: int) -> float:
    """The gap that a perfectly even generator shows on average, by chance alone.

    The mean of |2W - 1| for a share W of `n_images` fair coins, in the normal approximation.
    """
    return math.sqrt(2 / (math.pi * n_images))
