"""A training on pictures as its folder says it is, at any moment of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.pictures import training_name
from dashboard.reads import store
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.pictures import (
    Seen,
    grids,
    image_report,
    planned_epochs,
    planned_moments,
    seen_so_far,
)
from fairgen_core.runs.status import ProgressEvent, RunStatus


@dataclass(frozen=True)
class PictureRun:
    """A training on pictures as its folder says it is now.

    Attributes:
        seen: what the looks at its generator saw.
        grids: pictures from fixed noise, by step.
        epochs: when it was and will be looked at; empty for FLDGM and before it has begun.
        moments: likewise of FLDGM alone, by the look's number (`image_presets.fldgm_looks`).
        real: recognisability of held-out real pictures, once that was measured.
    """

    id: str
    config: ImageTrainConfig
    status: RunStatus
    events: Sequence[ProgressEvent] = ()
    seen: Seen = field(default_factory=Seen)
    grids: dict[int, Path] = field(default_factory=dict)
    epochs: tuple[float, ...] = ()
    moments: Mapping[int, float] = field(default_factory=dict)
    real: float | None = None

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.config.name or training_name(self.config)

    @property
    def clip_norm(self) -> float | None:
        """C; None where nothing is clipped."""
        return self.config.gan.clip_norm

    def look(self, moment: float | None) -> int | None:
        """Number of the newest look at or before a moment; None before the first."""
        n_looks = len(self.seen.trace)
        if moment is None:
            return n_looks - 1 if n_looks else None
        past = [i for i, p in enumerate(self.seen.trace) if p.epoch <= moment * (1 + 1e-9)]
        return past[-1] if past else (0 if n_looks else None)

    def latent_look(self, moment: float | None) -> int:
        """Number of FLDGM's newest look at or before a moment; None: of all. There must be one."""
        past = [i for i in self.grids if moment is None or self.moments.get(i, 2.0) <= moment]
        return max(past, default=min(self.grids))


def picture_run(run_id: str) -> PictureRun | None:
    """Read a training on pictures; None where the run is about a table.

    Raises:
        FairGenError: there is no such run.
    """
    runs = store()
    config, status = runs.config(run_id), runs.status(run_id)
    if not isinstance(config, ImageTrainConfig):
        return None
    if status.state == "queued":
        return PictureRun(run_id, config, status)
    events = runs.progress(run_id)
    report = image_report(runs, run_id) if status.state == "done" else None
    seen = seen_so_far(events)
    if report is not None:
        seen = Seen(report.groups, report.trace, report.norms)
    real = report.figures.get("recognisable_real") if report else None
    return PictureRun(
        run_id,
        config,
        status,
        events,
        seen,
        grids(runs, run_id),
        planned_epochs(config, status.n_rows) if status.n_rows else (),
        planned_moments(config, status.n_rows) if status.n_rows else {},
        real.value if real else None,
    )
