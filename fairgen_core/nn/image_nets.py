"""Generators and discriminators of pictures: the paper's convolutional pair, and a dense pair.

Pictures are float tensors (n, channels, size, size) in -1..1. Conditions (class, group) are long
tensors (n, n_conditions), one column each.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import nn

from fairgen_core.nn.precision import half_precision

LABEL_DIMS = 50
"""Width of a condition's embedding (RepFair-GAN, section 4.1)."""
SLOPE = 0.2
"""Of every leaky ReLU (the same place)."""


def n_halvings(size: int) -> int:
    """Stride-2 stages for a picture of `size` pixels: halve while at least 4 pixels remain.

    28 -> 2 (14, 7), as in the paper; 8 -> 1, 16 -> 2, 32 -> 3, 64 -> 4, 128 -> 5.
    """
    stages = 0
    while size // 2 >= 4:
        size //= 2
        stages += 1
    return max(1, stages)


class ConditionMaps(nn.Module):
    """Each condition embedded and laid out as one more channel of `side` x `side`."""

    def __init__(self, n_values: tuple[int, ...], side: int) -> None:
        super().__init__()
        self.side = side
        self.embeddings = nn.ModuleList(nn.Embedding(n, LABEL_DIMS) for n in n_values)
        self.layouts = nn.ModuleList(nn.Linear(LABEL_DIMS, side * side) for _ in n_values)

    def forward(self, conditions: torch.Tensor) -> torch.Tensor:
        """(n, n_conditions) -> (n, n_conditions, side, side)."""
        maps = [
            layout(embedding(conditions[:, i])).view(-1, 1, self.side, self.side)
            for i, (embedding, layout) in enumerate(zip(self.embeddings, self.layouts, strict=True))
        ]
        return torch.cat(maps, dim=1)


class ConvGenerator(nn.Module):
    """Noise to a picture through stride-2 transposed convolutions (RepFair-GAN, section 4.1).

    Deviation from the paper's text: batch norm after every hidden layer unless `norm` is False,
    because without it every prototype ended in one group.
    """

    def __init__(
        self,
        size: int,
        n_channels: int,
        *,
        width: int = 128,
        noise_dims: int = 100,
        n_values: tuple[int, ...] = (),
        norm: bool = True,
    ) -> None:
        super().__init__()
        stages = n_halvings(size)
        self.size, self.noise_dims, self.n_values = size, noise_dims, n_values
        self.base = math.ceil(size / 2**stages)
        self.width = width
        self.dense = nn.Linear(noise_dims, width * self.base**2, bias=not norm)
        self.dense_norm = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.conditions = ConditionMaps(n_values, self.base) if n_values else None
        layers: list[nn.Module] = []
        for i in range(stages):
            into = width + (len(n_values) if i == 0 else 0)
            layers.append(nn.ConvTranspose2d(into, width, 4, stride=2, padding=1, bias=not norm))
            layers.append(nn.BatchNorm2d(width) if norm else nn.Identity())
            layers.append(nn.LeakyReLU(SLOPE))
        self.upward = nn.Sequential(*layers)
        self.last = nn.Conv2d(width, n_channels, 7, padding=3)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster

    def forward(self, noise: torch.Tensor, conditions: torch.Tensor | None = None) -> torch.Tensor:
        """(n, noise_dims) and (n, n_conditions) -> (n, channels, size, size) in -1..1."""
        x = self.dense_norm(self.dense(noise).view(-1, self.width, self.base, self.base))
        x = nn.functional.leaky_relu(x, SLOPE)
        if self.conditions is not None and conditions is not None:
            x = torch.cat([x, self.conditions(conditions)], dim=1)
        x = x.contiguous(memory_format=torch.channels_last)
        with half_precision(x.device, self.size, self.training):
            x = self.last(self.upward(x))
        return torch.tanh(x.float()[:, :, : self.size, : self.size])


class ConvDiscriminator(nn.Module):
    """A picture to one logit through stride-2 convolutions; no norm (its batch statistics would
    tell the group of a batch that holds one group only).
    """

    def __init__(
        self,
        size: int,
        n_channels: int,
        *,
        width: int = 128,
        n_values: tuple[int, ...] = (),
    ) -> None:
        super().__init__()
        self.size = size
        self.conditions = ConditionMaps(n_values, size) if n_values else None
        layers: list[nn.Module] = []
        side, into = size, n_channels + len(n_values)
        for _ in range(n_halvings(size)):
            layers += [nn.Conv2d(into, width, 3, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
            side, into = math.ceil(side / 2), width
        self.downward = nn.Sequential(*layers)
        self.last = nn.Linear(width * side * side, 1)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster

    def forward(
        self, pictures: torch.Tensor, conditions: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(n, channels, size, size) -> (n,) logits."""
        if self.conditions is not None and conditions is not None:
            pictures = torch.cat([pictures, self.conditions(conditions)], dim=1)
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        with half_precision(pictures.device, self.size, self.training):
            seen = self.downward(pictures)
        return self.last(seen.float().flatten(1)).squeeze(1)


def _one_hot(conditions: torch.Tensor | None, n_values: tuple[int, ...]) -> list[torch.Tensor]:
    if conditions is None or not n_values:
        return []
    return [nn.functional.one_hot(conditions[:, i], n).float() for i, n in enumerate(n_values)]


def _told(
    vectors: torch.Tensor, conditions: torch.Tensor | None, n_values: tuple[int, ...]
) -> torch.Tensor:
    """(n, d) with the conditions behind, where there are any."""
    more = _one_hot(conditions, n_values)
    return torch.cat([vectors, *more], dim=1) if more else vectors


class DenseGenerator(nn.Module):
    """(linear, batch norm, leaky ReLU) twice, linear, tanh: small pictures on a CPU in seconds."""

    def __init__(
        self,
        size: int,
        n_channels: int,
        *,
        width: int = 256,
        noise_dims: int = 64,
        n_values: tuple[int, ...] = (),
        norm: bool = True,
    ) -> None:
        super().__init__()
        self.noise_dims, self.n_values = noise_dims, n_values
        self.shape = (n_channels, size, size)

        def block(into: int) -> list[nn.Module]:
            normal: nn.Module = nn.BatchNorm1d(width) if norm else nn.Identity()
            return [nn.Linear(into, width), normal, nn.LeakyReLU(SLOPE)]

        self.net = nn.Sequential(
            *block(noise_dims + sum(n_values)),
            *block(width),
            nn.Linear(width, math.prod(self.shape)),
            nn.Tanh(),
        )

    def forward(self, noise: torch.Tensor, conditions: torch.Tensor | None = None) -> torch.Tensor:
        """(n, noise_dims) and (n, n_conditions) -> (n, channels, size, size) in -1..1."""
        return self.net(_told(noise, conditions, self.n_values)).view(-1, *self.shape)


class DenseDiscriminator(nn.Module):
    """The same widths, no norm, one logit."""

    def __init__(
        self,
        size: int,
        n_channels: int,
        *,
        width: int = 256,
        n_values: tuple[int, ...] = (),
    ) -> None:
        super().__init__()
        self.n_values = n_values
        self.net = nn.Sequential(
            nn.Linear(n_channels * size * size + sum(n_values), width),
            nn.LeakyReLU(SLOPE),
            nn.Linear(width, width),
            nn.LeakyReLU(SLOPE),
            nn.Linear(width, 1),
        )

    def forward(
        self, pictures: torch.Tensor, conditions: torch.Tensor | None = None
    ) -> torch.Tensor:
        """(n, channels, size, size) -> (n,) logits."""
        return self.net(_told(pictures.flatten(1), conditions, self.n_values)).squeeze(1)


def make_pair(
    network: Literal["dense", "conv"],
    size: int,
    n_channels: int,
    *,
    width: int,
    noise_dims: int,
    n_values: tuple[int, ...] = (),
) -> tuple[nn.Module, nn.Module]:
    """A generator and its discriminator, initialised from torch's global seed: fork it around."""
    if network == "conv":
        generator: nn.Module = ConvGenerator(
            size, n_channels, width=width, noise_dims=noise_dims, n_values=n_values
        )
        return generator, ConvDiscriminator(size, n_channels, width=width, n_values=n_values)
    generator = DenseGenerator(
        size, n_channels, width=width, noise_dims=noise_dims, n_values=n_values
    )
    return generator, DenseDiscriminator(size, n_channels, width=width, n_values=n_values)
