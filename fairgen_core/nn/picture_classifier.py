"""A small convolutional classifier of pictures: tells groups and classes, and gives features."""

from __future__ import annotations

import torch
from torch import nn

from fairgen_core.nn.image_nets import n_halvings
from fairgen_core.nn.precision import half_precision

FEATURES = 64
"""Width of the last hidden layer, the feature space of image quality figures."""


class PictureClassifier(nn.Module):
    """Convolutions, each stage halving the side; one hidden layer; logits.

    Args:
        size: height and width in pixels.
        n_channels: 1 or 3.
        n_classes: logits.
        width: channels of the first stage, doubled once.
    """

    def __init__(self, size: int, n_channels: int, n_classes: int, width: int = 16) -> None:
        super().__init__()
        self.size = size
        layers: list[nn.Module] = []
        into, side = n_channels, size
        for stage in range(n_halvings(size)):
            out = width if stage == 0 else 2 * width
            layers += [nn.Conv2d(into, out, 3, stride=2, padding=1), nn.ReLU()]
            into, side = out, (side + 1) // 2
        self.body = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(into * side * side, FEATURES), nn.ReLU()
        )
        self.last = nn.Linear(FEATURES, n_classes)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """(n, channels, size, size) in -1..1 -> (n, n_classes) logits."""
        with half_precision(pictures.device, self.size, self.training):
            return self.last(self.body(pictures)).float()
