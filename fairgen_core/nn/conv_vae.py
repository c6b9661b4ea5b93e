"""A convolutional variational autoencoder of pictures, told the group at both ends.

Scaled by the same rule as the GAN's networks: stride-2 stages while at least 4 pixels remain.
Deviations from FLDGM's supplement (five convolutions at 64 pixels, kernel 4, channels 32 to 256):
channels 32, 64, 64, ... and one dense layer, so that a CPU trains it in a minute. Large pictures
enter and leave as patches (space to depth), because convolutions of few channels at full
resolution cost the most and learn the least.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from fairgen_core.nn.image_nets import n_halvings
from fairgen_core.nn.precision import half_precision

PATCH = 4
"""Side of the patches that large pictures are folded into."""
PATCHES_FROM = 48
"""Side in pixels from which pictures are folded."""
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
        self.size, self.n_groups, self.latent_dims = size, n_groups, latent_dims
        self.patch = PATCH if size >= PATCHES_FROM else 1
        side = math.ceil(size / self.patch)
        stages = n_halvings(side)
        # Patches are smaller pictures already: their first and last convolution keep the side.
        strides = [2] * stages if self.patch == 1 else [1] + [2] * stages
        channels = [width] + [2 * width] * (len(strides) - 1)
        self.base, self.top = math.ceil(side / 2**stages), channels[-1]
        pixels = n_channels * self.patch**2
        inward = zip([pixels + n_groups, *channels[:-1]], channels, strides, strict=True)
        down: list[nn.Module] = []
        for into, out, stride in inward:
            down += [nn.Conv2d(into, out, 3, stride=stride, padding=1), nn.SiLU()]
        self.down = nn.Sequential(*down, nn.Flatten())
        flat = self.top * self.base**2
        self.to_latent = nn.Linear(flat, 2 * latent_dims)
        self.from_latent = nn.Linear(latent_dims + n_groups, flat)
        outward = zip(channels[::-1], [*channels[-2::-1], pixels], strides[::-1], strict=True)
        up: list[nn.Module] = []
        for into, out, stride in outward:
            up += [nn.SiLU(), nn.ConvTranspose2d(into, out, stride + 2, stride=stride, padding=1)]
        self.up = nn.Sequential(*up)

    def encode(
        self, pictures: torch.Tensor, groups: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, channels, size, size) in -1..1 and (n,) -> mean, log-variance (n, latent_dims)."""
        missing = -self.size % self.patch
        x = nn.functional.pad(pictures, (0, missing, 0, missing)) if missing else pictures
        x = nn.functional.pixel_unshuffle(x, self.patch)
        told = nn.functional.one_hot(groups, self.n_groups).to(pictures.dtype)
        maps = told[:, :, None, None].expand(-1, -1, *x.shape[2:])
        x = torch.cat([x, maps], dim=1).contiguous(memory_format=torch.channels_last)
        with half_precision(x.device, self.size, self.training):
            x = self.down(x)
        mean, log_variance = self.to_latent(x.float()).chunk(2, dim=1)
        mean = MEAN_BOUND * torch.tanh(mean / MEAN_BOUND)
        return mean, log_variance.clamp(*LOG_VARIANCE_RANGE)

    def decode(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(n, latent_dims) and (n,) -> logits of the pixels, (n, channels, size, size)."""
        told = nn.functional.one_hot(groups, self.n_groups).to(z.dtype)
        x = self.from_latent(torch.cat([z, told], dim=1))
        x = x.view(-1, self.top, self.base, self.base).contiguous(memory_format=torch.channels_last)
        with half_precision(x.device, self.size, self.training):
            x = self.up(x)
        # Odd sides were rounded up on the way down.
        whole = nn.functional.pixel_shuffle(x.float(), self.patch)
        return whole[:, :, : self.size, : self.size]
