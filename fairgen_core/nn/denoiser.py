"""The diffusion generator's network."""

from __future__ import annotations

import math

import torch
from torch import nn

from fairgen_core.nn.features import GatedBlock, VectorFeatures

N_TIME_WAVES = 16
TIME_FREQUENCIES = (1.0, 50.0)
"""Lowest and highest frequency of the sinusoidal embedding of the time 0..1."""


class Denoiser(nn.Module):
    """Predicts v from a noisy vector, the time and the group.

    At the start it predicts 0, which is exact for standard normal data.

    Args:
        n_dims: d, size of the vectors.
        n_groups: K.
        width: hidden units a layer.
        n_blocks: gated residual blocks.
    """

    time_frequencies: torch.Tensor

    def __init__(self, n_dims: int, n_groups: int, width: int, n_blocks: int = 2) -> None:
        super().__init__()
        self.features = VectorFeatures(n_dims)
        low, high = (math.log(f) for f in TIME_FREQUENCIES)
        self.register_buffer("time_frequencies", torch.linspace(low, high, N_TIME_WAVES).exp())
        self.of_vector = nn.Linear(self.features.size, width)
        self.of_time = nn.Linear(2 * N_TIME_WAVES, width, bias=False)
        self.of_group = nn.Embedding(n_groups, width)
        nn.init.normal_(self.of_group.weight, std=width**-0.5)
        self.blocks = nn.ModuleList([GatedBlock(width) for _ in range(n_blocks)])
        self.out = nn.Linear(width, n_dims)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: torch.Tensor, time: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """Predict v for noisy vectors.

        Args:
            x: (n, d) noisy vectors.
            time: (n,) or (1,) times 0 (clean) .. 1 (noise).
            groups: (n,) int64.
        """
        angle = time[:, None] * self.time_frequencies
        context = self.of_time(torch.cat([angle.sin(), angle.cos()], dim=1))
        h = nn.functional.silu(self.of_vector(self.features(x)) + context + self.of_group(groups))
        for block in self.blocks:
            h = block(h)
        return self.out(h)
