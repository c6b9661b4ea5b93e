"""What the folder of a training on pictures holds besides what every run's does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from fairgen_core.data.images.npz import read_arrays
from fairgen_core.data.images.prepared import load_images, prepare_images
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import (
    fill_fldgm,
    fill_gan,
    fill_image_config,
    fldgm_looks,
    steps_a_look,
)
from fairgen_core.image_results import ImageReport, NormPoint, TracePoint
from fairgen_core.runs.other_seeds import same_but_seed
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.store import RunStore

Pixels = npt.NDArray[np.uint8]
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
    """Pictures from fixed noise as PNG, by the look's number: of a GAN the training step."""
    found = (store.path(run_id) / "previews").glob("grid-*.png")
    return {int(path.stem.removeprefix("grid-")): path for path in sorted(found)}


@dataclass(frozen=True)
class SameButSeed:
    """A finished run with the same settings and another seed."""

    run_id: str
    seed: int
    report: ImageReport


def other_seeds(store: RunStore, run_id: str) -> list[SameButSeed]:
    """Finished and judged runs that differ from this one in seed and name alone, by seed.

    See `other_seeds.same_but_seed`.
    """
    found = ((other, image_report(store, other.run_id)) for other in same_but_seed(store, run_id))
    return [
        SameButSeed(other.run_id, other.seed, report)
        for other, report in found
        if report is not None
    ]


@dataclass(frozen=True)
class RealPictures:
    """Some real training pictures of every group and class.

    Attributes:
        images: by (group, class) name; class "" where there are none. (n, size, size, channels).
        sha256: of the data as it is now.
    """

    images: dict[tuple[str, str], Pixels]
    sha256: str


def real_pictures(config: ImageTrainConfig, n_each: int) -> RealPictures:
    """Read a run's source again and take some training pictures of every group and class.

    Args:
        config: the run's.
        n_each: at most this many of each.

    Raises:
        DataError, ConfigError: the source is not there any more, or has changed beyond use.
    """
    filled = fill_image_config(config)
    data = prepare_images(filled, load_images(filled))
    found = {}
    for group, group_name in enumerate(data.group_names):
        for code, name in enumerate(data.class_names or ("",)):
            rows = (data.train_groups == group) & (data.train_classes == code)
            found[group_name, name] = data.train.images[np.flatnonzero(rows)[:n_each]]
    return RealPictures(found, data.train.sha256)


def drawn_pictures(
    store: RunStore, run_id: str, n_each: int, skip: int = 0
) -> dict[tuple[str, str], Pixels]:
    """Some of a run's generated pictures of every group and class, in the order of the drawing.

    Args:
        store: where the run lies.
        run_id: a finished run.
        n_each: at most this many of each.
        skip: leave out so many of each before.

    Raises:
        DataError: they are not there, or cannot be read.
    """
    held = read_arrays(store.path(run_id) / "images.npz")
    names = [str(name) for name in held["class_names"]] or [""]
    classes = held.get("classes", np.zeros(len(held["images"]), np.int64))
    found = {}
    for group, group_name in enumerate(held["group_names"]):
        for code, name in enumerate(names):
            rows = np.flatnonzero((held["groups"] == group) & (classes == code))
            found[str(group_name), name] = held["images"][rows[skip : skip + n_each]]
    return found


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


def planned_moments(config: ImageTrainConfig, n_train: int) -> dict[int, float]:
    """The moments at which FLDGM will have been looked at, by the looks' numbers; none for a GAN.

    Args:
        config: the training.
        n_train: its training pictures.

    Returns:
        See `image_presets.fldgm_looks`.
    """
    if config.synthesizer != "fldgm":
        return {}
    return fldgm_looks(fill_fldgm(config, n_train).n_steps)
