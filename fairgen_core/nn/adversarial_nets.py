"""The latent GANs' networks: the generator and the discriminator (or critic)."""

from __future__ import annotations

import torch
from torch import nn

from fairgen_core.nn.features import GatedBlock, VectorFeatures

MIN_NOISE = 64
"""Size of the generator's noise (FLDGM's supplement), unless the vectors are larger."""
SLOPE = 0.2
"""Of the leaky ReLU below zero."""


class VectorGenerator(nn.Module):
    """Turns noise and a group into a vector: the noise's first part plus a learned change of it.

    At the start the change is 0: the generated vectors are standard normal, which is where
    whitened data are to the first two moments.

    Args:
        n_dims: d, size of the vectors.
        n_groups: K.
        width: hidden units a layer.
        n_blocks: gated residual blocks.
    """

    def __init__(self, n_dims: int, n_groups: int, width: int, n_blocks: int = 2) -> None:
        super().__init__()
        self.n_dims, self.n_noise = n_dims, max(MIN_NOISE, n_dims)
        self.of_noise = nn.Linear(self.n_noise, width)
        self.of_group = nn.Embedding(n_groups, width)
        nn.init.normal_(self.of_group.weight, std=width**-0.5)
        self.blocks = nn.ModuleList([GatedBlock(width) for _ in range(n_blocks)])
        self.out = nn.Linear(width, n_dims)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, noise: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(n, n_noise) noise and (n,) groups -> (n, d) vectors."""
        h = nn.functional.leaky_relu(self.of_noise(noise) + self.of_group(groups), SLOPE)
        for block in self.blocks:
            h = block(h)
        return noise[:, : self.n_dims] + self.out(h)


class Discriminator(nn.Module):
    """Scores a vector, given its group; each score depends on its own row alone.

    Args:
        n_dims: d, size of the vectors.
        n_groups: K.
        width: hidden units a layer.
        n_blocks: gated residual blocks.
    """

    def __init__(self, n_dims: int, n_groups: int, width: int, n_blocks: int = 1) -> None:
        super().__init__()
        self.features = VectorFeatures(n_dims)
        self.of_vector = nn.Linear(self.features.size, width)
        self.of_group = nn.Embedding(n_groups, width)
        nn.init.normal_(self.of_group.weight, std=width**-0.5)
        self.blocks = nn.ModuleList([GatedBlock(width) for _ in range(n_blocks)])
        # Keeps the scores of far-off vectors bounded: unbounded ones draw the generator after them.
        self.norm = nn.RMSNorm(width)
        self.out = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(n, d) vectors and (n,) groups -> (n,) scores."""
        h = nn.functional.leaky_relu(
            self.of_vector(self.features(x)) + self.of_group(groups), SLOPE
        )
        for block in self.blocks:
            h = block(h)
        return self.out(self.norm(h))[:, 0]
