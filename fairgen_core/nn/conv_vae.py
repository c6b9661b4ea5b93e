"""A convolutional variational autoencoder of pictures, told the group at both ends.

Scaled by the same rule as the GAN's networks: stride-2 stages while at least 4 pixels remain.
Deviations from FLDGM's supplement (five convolutions at 64 pixels, kernel 4, channels 32 to 256):
channels 32, 64, 64, ... and one dense layer, so that a CPU trains it in a minute.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from fairgen_core.nn.image_nets import n_halvings

MEAN_BOUND = 5.0
LOG_VARIANCE_RANGE = (-7.0, 1.0)


class ConvVAE(nn.Module):
    """q(z | x, s) and p(x | z, s).

    Args:
        size: height and width in pixels.
        n_channels: 1 or 3.
        n_groups: K.
        latent_dims: size of z.
        width: channels of the first stage, doubled once.
    """

    def __init__(
        self, size: int, n_channels: int, n_groups: int, latent_dims: int, width: int = 32
    ) -> None:
        super().__init__()
        stages = n_halvings(size)
        self.size, self.n_groups, self.latent_dims = size, n_groups, latent_dims
        channels = [width] + [2 * width] * (stages - 1)
        self.base, self.top = math.ceil(size / 2**stages), channels[-1]
        down: list[nn.Module] = []
        for into, out in zip([n_channels + n_groups, *channels[:-1]], channels, strict=True):
            down += [nn.Conv2d(into, out, 3, stride=2, padding=1), nn.SiLU()]
        self.down = nn.Sequential(*down, nn.Flatten())
        flat = self.top * self.base**2
        self.to_latent = nn.Linear(flat, 2 * latent_dims)
        self.from_latent = nn.Linear(latent_dims + n_groups, flat)
        up: list[nn.Module] = []
        for into, out in zip(channels[::-1], [*channels[-2::-1], n_channels], strict=True):
            up += [nn.SiLU(), nn.ConvTranspose2d(into, out, 4, stride=2, padding=1)]
        self.up = nn.Sequential(*up)

    def encode(
        self, pictures: torch.Tensor, groups: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, channels, size, size) in -1..1 and (n,) -> mean, log-variance (n, latent_dims)."""
        told = nn.functional.one_hot(groups, self.n_groups).to(pictures.dtype)
        maps = told[:, :, None, None].expand(-1, -1, self.size, self.size)
        mean, log_variance = self.to_latent(self.down(torch.cat([pictures, maps], dim=1))).chunk(
            2, dim=1
        )
        mean = MEAN_BOUND * torch.tanh(mean / MEAN_BOUND)
        return mean, log_variance.clamp(*LOG_VARIANCE_RANGE)

    def decode(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(n, latent_dims) and (n,) -> logits of the pixels, (n, channels, size, size)."""
        told = nn.functional.one_hot(groups, self.n_groups).to(z.dtype)
        x = self.from_latent(torch.cat([z, told], dim=1))
        # Odd sides were rounded up on the way down.
        whole = self.up(x.view(-1, self.top, self.base, self.base))
        return whole[:, :, : self.size, : self.size]
