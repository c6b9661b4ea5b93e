"""Train a synthesizer of pictures as a configuration says, and look at it while it trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_fldgm, fill_gan, steps_a_look
from fairgen_core.image_results import LOOK_IMAGES, NormPoint, TracePoint
from fairgen_core.synthesizers.images.checkpoints import CheckpointsWith
from fairgen_core.synthesizers.images.fldgm_images import FLDGMImages
from fairgen_core.synthesizers.images.pixels import LOOK_SEED, Pictures, channels_last
from fairgen_core.synthesizers.images.repfair_gan import RepFairGAN
from fairgen_core.training import Observer, pick_device

Pixels = npt.NDArray[np.uint8]
Network = RepFairGAN | FLDGMImages
GRID_SIDE = 8
ENLARGED_TO = 32
"""Side in pixels, about, of small pictures in a grid."""


@dataclass(frozen=True)
class Looks:
    """What a look at a generator in training does.

    Attributes:
        groups_of: tells generated pictures' groups.
        recognisable: share of pictures that can be recognised; None: there is no class.
        show: given the step and a grid of pictures from fixed noise, (height, width, channels): of
            a GAN a square; of FLDGM a latent a column and a group a row, by the look's number.
    """

    groups_of: Callable[[Pixels], Codes]
    recognisable: Callable[[Pixels], float] | None = None
    show: Callable[[int, Pixels], None] = lambda _step, _grid: None


@dataclass
class TrainedImages:
    """A finished training: the network, what the looks saw, and gradient norms a look."""

    network: Network
    trace: list[TracePoint] = field(default_factory=list)
    norms: list[NormPoint] = field(default_factory=list)


def train_images(
    config: ImageTrainConfig,
    data: PreparedImages,
    looks: Looks,
    observer: Observer,
    resume_from: Mapping[str, Any] | None = None,
) -> TrainedImages:
    """Train.

    Args:
        config: what is asked.
        data: the pictures.
        looks: what a look does.
        observer: told progress, losses and at each look ``step``, ``epoch``, ``share:<group>``,
            ``gap``, ``recognisable``, ``gradient_norm:<group>`` and ``clipped_share``.
        resume_from: a checkpoint given to `observer.on_checkpoint`.

    Raises:
        TrainingDivergedError, StoppedError: as in every training.
    """
    device = pick_device(config.device)
    classes = torch.from_numpy(data.train_classes).to(device)
    pictures = Pictures(
        torch.from_numpy(data.train.images).permute(0, 3, 1, 2).contiguous().to(device),
        torch.from_numpy(data.train_groups).to(device),
        classes if config.synthesizer == "cgan" else None,
    )
    if config.synthesizer == "fldgm":
        knobs = fill_fldgm(config, len(data.train))
        fldgm = FLDGMImages(config.generator, knobs, config.seed)

        def show(number: int, seen: torch.Tensor) -> None:
            by_group = seen.transpose(0, 1).flatten(0, 1)
            looks.show(number, as_grid(channels_last(by_group), len(seen)))

        fldgm.fit(pictures, observer, resume_from, show)
        return TrainedImages(fldgm)
    return _train_gan(config, data, pictures, looks, observer, resume_from)


def _train_gan(
    config: ImageTrainConfig,
    data: PreparedImages,
    pictures: Pictures,
    looks: Looks,
    observer: Observer,
    resume_from: Mapping[str, Any] | None,
) -> TrainedImages:
    knobs = fill_gan(config.gan, config.preset, len(data.train))
    kept = resume_from or {}
    model = RepFairGAN(knobs, config.seed)
    done = TrainedImages(
        model,
        [TracePoint.model_validate(p) for p in kept.get("trace", [])],
        [NormPoint.model_validate(p) for p in kept.get("norms", [])],
    )
    steps_an_epoch = max(1.0, len(data.train) / knobs.batch_size)

    def look(step: int, measured: Mapping[str, float]) -> dict[str, float]:
        drawn = torch.cat([piece for piece, _, _ in model.iter_sample(LOOK_IMAGES, LOOK_SEED)])
        seen = channels_last(drawn)
        shares = np.bincount(looks.groups_of(seen), minlength=len(data.group_names)) / len(seen)
        known = looks.recognisable(seen) if looks.recognisable is not None else None
        epoch, gap = step / steps_an_epoch, float(np.ptp(shares))
        done.trace.append(
            TracePoint(
                step=step, epoch=epoch, shares=tuple(shares.tolist()), gap=gap, recognisable=known
            )
        )
        norms = {
            name: measured[f"grad_norm:{code}"]
            for code, name in enumerate(data.group_names)
            if f"grad_norm:{code}" in measured
        }
        clipped = measured.get("clipped_share", 0.0)
        done.norms.append(NormPoint(epoch=epoch, norms=norms, clipped_share=clipped))
        looks.show(step, as_grid(seen[: GRID_SIDE**2], GRID_SIDE))
        figures = {f"share:{n}": float(s) for n, s in zip(data.group_names, shares, strict=True)}
        figures |= {f"gradient_norm:{n}": norm for n, norm in norms.items()}
        figures |= {"step": step, "epoch": epoch, "gap": gap, "clipped_share": clipped}
        return figures if known is None else {**figures, "recognisable": known}

    def with_trace(state: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **state,
            "trace": [p.model_dump() for p in done.trace],
            "norms": [p.model_dump() for p in done.norms],
        }

    model.fit(
        pictures,
        CheckpointsWith(observer, with_trace),
        look,
        steps_a_look(knobs.n_steps),
        resume_from,
    )
    return done


def as_grid(images: Pixels, n_columns: int) -> Pixels:
    """Rows of pictures, a thin grey line around each: (height, width, channels).

    Small pictures are enlarged in whole steps first, so that the line stays thin beside them.
    """
    n_rows = len(images) // n_columns
    times = max(1, ENLARGED_TO // images.shape[1])
    shown = images[: n_rows * n_columns].repeat(times, axis=1).repeat(times, axis=2)
    step, channels = shown.shape[1] + 1, shown.shape[3]
    padded = np.full((len(shown), step, step, channels), 128, np.uint8)
    padded[:, 1:, 1:] = shown
    rows = padded.reshape(n_rows, n_columns, step, step, channels).transpose(0, 2, 1, 3, 4)
    whole = rows.reshape(n_rows * step, n_columns * step, channels)
    return np.pad(whole, ((0, 1), (0, 1), (0, 0)), constant_values=128)
