"""The protocol that every generator of latent vectors keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

import torch

from fairgen_core.config import GeneratorConfig, Preset
from fairgen_core.training import Observer


class LatentGenerator(Protocol):
    """Learns p(z given group) from latent vectors and draws from it."""

    def __init__(self, config: GeneratorConfig, preset: Preset) -> None: ...

    def fit(
        self,
        z: torch.Tensor,
        groups: torch.Tensor,
        *,
        seed: int,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
    ) -> Self:
        """Train on the device where `z` lies.

        Args:
            z: (n, d) float32 latent vectors; standardised inside, samples come back in its units.
            groups: (n,) int64, 0..K-1, every group present.
            seed: seeds every draw; the same seed on the same machine gives the same generator.
            observer: told the stage ``"generator"``; asked for stops; given checkpoints that
                `resume_from` takes back, with the same end result as without the stop.

        Raises:
            TrainingDivergedError: a loss is no longer finite.
            StoppedError: the person asked for a stop.
        """

    def sample(self, groups: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Draw one (d,) vector for each entry of `groups` (m,): (m, d) float32.

        Called while `fit` tells of its progress, it draws from what is learned so far of the groups
        that were begun; what `fit` learns does not depend on it.
        """

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Every learned number as tensors (for ``model.safetensors``)."""

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> Self:
        """Take back what `state_dict` gave; enough to sample."""
