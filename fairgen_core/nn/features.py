"""What the latent generators' networks see of a vector, and the block that they are made of."""

from __future__ import annotations

import torch
from torch import nn

MAX_PAIRS = 136
"""Products of two coordinates at most: all of them up to 16 dimensions."""


class VectorFeatures(nn.Module):
    """A vector, sines and cosines of random projections of it, and products of its coordinates.

    Small dense networks are slow to learn sharp structure in a few dimensions; waves (Tancik et
    al. 2020, 'Fourier features') and products (a Gaussian's log-density is a sum of them) give
    it to them. The products are divided by 1 + the mean square, so that far-off vectors stay
    bounded.

    Args:
        n_dims: d, the vector's size.
        n_waves: random projections; each gives a sine and a cosine.
    """

    frequencies: torch.Tensor
    pairs: torch.Tensor

    def __init__(self, n_dims: int, n_waves: int = 32) -> None:
        super().__init__()
        pairs = torch.triu_indices(n_dims, n_dims)
        if pairs.shape[1] > MAX_PAIRS:
            pairs = pairs[:, torch.randperm(pairs.shape[1])[:MAX_PAIRS]]
        # Projections of a standardised vector keep a standard deviation of 2.8 in any dimension.
        scale = (8 / n_dims) ** 0.5
        self.register_buffer("frequencies", torch.randn(n_dims, n_waves) * scale)
        self.register_buffer("pairs", pairs)
        self.size = n_dims + 2 * n_waves + pairs.shape[1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, d) vectors -> (n, size) features."""
        waves = x @ self.frequencies
        products = x[:, self.pairs[0]] * x[:, self.pairs[1]]
        bounded = products / (1 + x.square().mean(dim=1, keepdim=True))
        return torch.cat([x, waves.sin(), waves.cos(), bounded], dim=1)


class GatedBlock(nn.Module):
    """h + (A h) * silu(B h): a residual block whose product lets it bend like a quadratic form.

    Source: Shazeer 2020, 'GLU variants improve transformer' (SwiGLU, without its last layer).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.both = nn.Linear(width, 2 * width)

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        """(n, width) -> (n, width)."""
        value, gate = self.both(h).chunk(2, dim=1)
        return h + value * nn.functional.silu(gate)
