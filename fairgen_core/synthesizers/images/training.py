"""Train a synthesizer of pictures as a configuration says, and look at it while it trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_gan
from fairgen_core.image_results import NormPoint, TracePoint
from fairgen_core.synthesizers.images.fldgm_images import FLDGM_PRESETS, FLDGMImages
from fairgen_core.synthesizers.images.repfair_gan import Pictures, RepFairGAN
from fairgen_core.training import Observer, pick_device

Pixels = npt.NDArray[np.uint8]
N_LOOKS = 40
"""Looks at the generator during a training: the trace that the gap is averaged over."""
LOOK_IMAGES = 1_000
LOOK_SEED = 424_242
"""The same noise at every look and in every run, so that pictures can be compared."""
GRID_SIDE = 8


class GridObserver(Protocol):
    """What is shown of a training besides progress."""

    def on_grid(self, step: int, grid: Pixels) -> None:
        """A square of pictures from fixed noise, (height, width, channels) uint8."""


@dataclass
class TrainedImages:
    """A finished training.

    Attributes:
        model: draws pictures.
        trace: what the looks saw.
        norms: gradient norms by group, one point a look.
    """

    model: RepFairGAN | FLDGMImages
    trace: list[TracePoint] = field(default_factory=list)
    norms: list[NormPoint] = field(default_factory=list)

    def sample(
        self, n: int, seed: int, data: PreparedImages
    ) -> tuple[Pixels, Codes | None, Codes | None]:
        """Draw (n, size, size, channels) pictures, and the class and group that each was asked
        to be (None where the model is not told)."""
        if isinstance(self.model, FLDGMImages):
            drawn, groups = self.model.sample(n, seed)
            return _channels_last(drawn), None, groups.numpy()
        drawn, conditions = self.model.sample(n, seed)
        told = [] if conditions is None else list(conditions.numpy().T)
        classes = told.pop(0) if self.model.n_classes else None
        asked = told.pop(0) if self.model.conditioned else None
        return _channels_last(drawn), classes, asked


def train_images(
    config: ImageTrainConfig,
    data: PreparedImages,
    groups_of: Callable[[Pixels], Codes],
    recognisable: Callable[[Pixels], float] | None,
    observer: Observer,
    grids: GridObserver | None = None,
    resume_from: Mapping[str, Any] | None = None,
) -> TrainedImages:
    """Train.

    Args:
        config: what is asked.
        data: the pictures.
        groups_of: tells generated pictures' groups.
        recognisable: share of pictures that can be recognised; None: no class.
        observer: told progress, losses and figures ``share:<group>``, ``gap``, ``recognisable``.
        grids: shown pictures from fixed noise.
        resume_from: a checkpoint given to `observer.on_checkpoint`.
    """
    device = pick_device(config.device)
    pictures = Pictures(
        torch.from_numpy(data.train.images).permute(0, 3, 1, 2).contiguous().to(device),
        torch.from_numpy(data.train_groups).to(device),
        torch.from_numpy(data.train_classes).to(device) if config.synthesizer == "cgan" else None,
    )
    if config.synthesizer == "fldgm":
        knobs = FLDGM_PRESETS[config.preset]
        if config.alpha is not None:
            knobs = replace(knobs, alpha=config.alpha)
        return TrainedImages(
            FLDGMImages(config.generator, knobs, config.seed).fit(pictures, observer, resume_from)
        )
    knobs_gan = fill_gan(config.gan, config.preset, len(data.train))
    model = RepFairGAN(knobs_gan, config.seed)
    state = dict(resume_from or {})
    done = TrainedImages(
        model,
        [TracePoint.model_validate(p) for p in state.pop("trace", [])],
        [NormPoint.model_validate(p) for p in state.pop("norms", [])],
    )
    recorder = _Recorder(observer, done, data, knobs_gan.batch_size or 1)
    steps_an_epoch = max(1.0, len(data.train) / (knobs_gan.batch_size or 1))

    def look(step: int) -> dict[str, float]:
        drawn, _ = model.sample(LOOK_IMAGES, LOOK_SEED)
        seen = _channels_last(drawn)
        shares = np.bincount(groups_of(seen), minlength=len(data.group_names)) / len(seen)
        known = recognisable(seen) if recognisable is not None else None
        done.trace.append(
            TracePoint(
                step=step,
                epoch=step / steps_an_epoch,
                shares=tuple(float(s) for s in shares),
                gap=float(np.ptp(shares)),
                recognisable=known,
            )
        )
        if grids is not None:
            grids.on_grid(step, as_grid(seen[: GRID_SIDE**2]))
        figures = {f"share:{i}": float(s) for i, s in enumerate(shares)}
        figures["gap"] = float(np.ptp(shares))
        return figures if known is None else {**figures, "recognisable": known}

    every = max(1, (knobs_gan.n_steps or 1) // N_LOOKS)
    model.fit(pictures, recorder, look, every, state or None)
    return done


def as_grid(images: Pixels) -> Pixels:
    """A square of pictures with a thin border: (height, width, channels)."""
    side = int(np.sqrt(len(images)))
    size, channels = images.shape[1], images.shape[3]
    padded = np.full((side * side, size + 1, size + 1, channels), 128, np.uint8)
    padded[:, :size, :size] = images[: side * side]
    rows = padded.reshape(side, side, size + 1, size + 1, channels).transpose(0, 2, 1, 3, 4)
    return rows.reshape(side * (size + 1), side * (size + 1), channels)


def _channels_last(pictures: torch.Tensor) -> Pixels:
    return np.ascontiguousarray(pictures.permute(0, 2, 3, 1).numpy())


class _Recorder:
    """Passes everything on, keeps gradient norms, and puts the trace into checkpoints."""

    def __init__(
        self, outer: Observer, done: TrainedImages, data: PreparedImages, batch_size: int
    ) -> None:
        self._outer, self._done = outer, done
        self._names = data.group_names
        self._steps_an_epoch = max(1.0, len(data.train) / batch_size)

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        found = dict(losses or {})
        if figures and self._done.trace:
            norms = {
                name: found[f"grad_norm:{i}"]
                for i, name in enumerate(self._names)
                if f"grad_norm:{i}" in found
            }
            self._done.norms.append(
                NormPoint(
                    epoch=self._done.trace[-1].epoch,
                    norms=norms,
                    clipped_share=found.get("clipped_share", 0.0),
                )
            )
        self._outer.on_progress(stage, fraction, losses, figures)

    def on_preview(self, rows: Any) -> None:
        self._outer.on_preview(rows)

    def should_stop(self) -> bool:
        return self._outer.should_stop()

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        self._outer.on_checkpoint(
            {
                **state,
                "trace": [p.model_dump() for p in self._done.trace],
                "norms": [p.model_dump() for p in self._done.norms],
            }
        )
