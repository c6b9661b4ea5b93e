"""The seams of every training: progress, stop, seeds, device.

A training calls its observer and knows nothing of run folders or pages, so that it runs the same
in a worker process, on the command line and in a notebook.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch

from fairgen_core.errors import ConfigError, StoppedError, TrainingDivergedError


class Observer(Protocol):
    """What a training tells, and asks, while it runs."""

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Say how far a stage is.

        Args:
            stage: one of `STAGES` or `IMAGE_STAGES`.
            fraction: share of this stage that is done, 0..1.
            losses: training losses by name.
            figures: quality and fairness figures of previews by metric key
                (``attacker_auroc``, ``preview_dp``, ``preview_auroc``).
        """

    def on_preview(self, rows: Any) -> None:
        """Show some synthetic rows (a DataFrame of at most 50) made by the model so far."""

    def should_stop(self) -> bool:
        """Whether the person asked for a stop."""

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Keep `state` (tensors, numbers, strings, nested dicts and lists) for a resume."""


STAGES = ("read", "compression", "labels", "generator", "decode", "evaluate")
"""The stages of a training on tables, in order."""
IMAGE_STAGES = ("read", "judges", "compression", "generator", "decode", "evaluate")
"""The stages of a training on pictures; a GAN has no compression."""


class SilentObserver:
    """Tells nobody and never stops."""

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Do nothing."""

    def on_preview(self, rows: Any) -> None:
        """Do nothing."""

    def should_stop(self) -> bool:
        """Never."""
        return False

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Do nothing."""


def pick_device(choice: str = "auto") -> torch.device:
    """The device to train on: ``auto`` takes CUDA where there is one.

    Raises:
        ConfigError: ``cuda`` was asked for and there is none.
    """
    if choice == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            "device: 'cuda' needs an NVIDIA GPU that torch can see, and none was found. "
            "Choose 'auto' or 'cpu'.",
            field="device",
        )
    if choice == "auto":
        choice = "cuda" if torch.cuda.is_available() else "cpu"
    if choice == "cuda":
        _sum_in_one_order()
    return torch.device(choice)


def _sum_in_one_order() -> None:
    """Same seed, same rows on a GPU too: by themselves its convolutions and sums by group add up in
    whatever order their threads come, and round differently every time.

    An operation that knows no such order warns and goes on. cuBLAS reads its variable when it is
    first used.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)


def loading_device(choice: str) -> torch.device:
    """The device to draw on from a saved model: that of its training, where this machine has it.

    Random numbers differ from device to device, so the same seed gives a run's own rows again there
    only.
    """
    return pick_device("auto" if choice == "cuda" else choice)


def torch_generator(seed: int, device: torch.device) -> torch.Generator:
    """A generator of its own for each purpose; no global seed is touched."""
    return torch.Generator(device=device).manual_seed(seed)


def go_on_drawing(rng: torch.Generator, kept: torch.Tensor, n_done: int) -> None:
    """Let a generator go on where a checkpoint's was.

    A checkpoint of another kind of device (begun on a GPU, resumed without one) holds a state that
    this one cannot take. The training then draws other numbers than it would have there.

    Args:
        rng: of the resumed training.
        kept: ``get_state()`` of the stopped one.
        n_done: steps so far, from which other numbers follow.
    """
    if kept.numel() == rng.get_state().numel():
        rng.set_state(kept.cpu())
    else:
        rng.manual_seed(rng.initial_seed() + 1 + n_done)


def numpy_generator(seed: int, *purpose: int) -> np.random.Generator:
    """An independent numpy generator for each (seed, purpose)."""
    return np.random.default_rng([seed, *purpose])


def stop_if_asked(observer: Observer) -> None:
    """Raise `StoppedError` if the person asked for a stop."""
    if observer.should_stop():
        raise StoppedError("The run was stopped. Resume it to go on.")


def check_finite(name: str, value: float, advice: str) -> None:
    """Stop a training whose loss is no longer a number.

    Raises:
        TrainingDivergedError: `value` is NaN or infinite; the message ends with `advice`.
    """
    if not math.isfinite(value):
        raise TrainingDivergedError(
            f"The {name} must stay a finite number, and it became {value}. {advice}"
        )
