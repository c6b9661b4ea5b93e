"""What the folder of a training on pictures holds besides what every run's does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_gan, steps_a_look
from fairgen_core.image_results import ImageReport, NormPoint, TracePoint
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.store import RunStore

_SHARE, _NORM = "share:", "gradient_norm:"


@dataclass(frozen=True)
class Seen:
    """What the looks at a generator saw, in the order of the training.

    Attributes:
        groups: the groups' names, in the order of every point's shares.
        trace: frequencies and quality, one point a look.
        norms: gradient norms up to each look, likewise.
    """

    groups: tuple[str, ...] = ()
    trace: tuple[TracePoint, ...] = ()
    norms: tuple[NormPoint, ...] = ()


def image_report(store: RunStore, run_id: str) -> ImageReport | None:
    """What was measured, or None where nothing was (or it cannot be read)."""
    path = store.path(run_id) / "report.json"
    try:
        return ImageReport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def grids(store: RunStore, run_id: str) -> dict[int, Path]:
    """Pictures from fixed noise as PNG, by the training step that they were made after."""
    found = (store.path(run_id) / "previews").glob("grid-*.png")
    return {int(path.stem.removeprefix("grid-")): path for path in sorted(found)}


def seen_so_far(events: Iterable[ProgressEvent]) -> Seen:
    """What the looks told while the training ran.

    A resumed training looks again from its checkpoint on; the newer look at a step counts.
    """
    found: dict[int, tuple[TracePoint, NormPoint]] = {}
    groups: tuple[str, ...] = ()
    for told in (event.figures for event in events if "gap" in event.figures):
        if not {"step", "epoch"} <= told.keys():
            continue
        shares = {k.removeprefix(_SHARE): v for k, v in told.items() if k.startswith(_SHARE)}
        norms = {k.removeprefix(_NORM): v for k, v in told.items() if k.startswith(_NORM)}
        groups, step, epoch = tuple(shares), int(told["step"]), told["epoch"]
        found[step] = (
            TracePoint(
                step=step,
                epoch=epoch,
                shares=tuple(shares.values()),
                gap=told["gap"],
                recognisable=told.get("recognisable"),
            ),
            NormPoint(epoch=epoch, norms=norms, clipped_share=told.get("clipped_share", 0.0)),
        )
    looks = [found[step] for step in sorted(found)]
    return Seen(groups, tuple(t for t, _ in looks), tuple(n for _, n in looks))


def planned_epochs(config: ImageTrainConfig, n_train: int) -> tuple[float, ...]:
    """The epochs at which a training will have been looked at; none for FLDGM.

    Args:
        config: the training.
        n_train: its training pictures.
    """
    if config.synthesizer == "fldgm":
        return ()
    knobs = fill_gan(config.gan, config.preset, n_train)
    every = steps_a_look(knobs.n_steps)
    steps = [*range(every, knobs.n_steps, every), knobs.n_steps]
    return tuple(step / max(1.0, n_train / knobs.batch_size) for step in steps)
