"""Pictures as tensors: what a synthesizer trains on, and the way between bytes and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

LOOK_SEED = 424_242
"""The same noise at every look and in every run, so that pictures can be compared."""


@dataclass(frozen=True)
class Pictures:
    """What a synthesizer of pictures trains on.

    Attributes:
        pixels: (n, channels, size, size) uint8, on the training device.
        groups: (n,) int64, 0..K-1, every group present.
        classes: (n,) int64, 0..M-1; None: the generator is not told a class.
    """

    pixels: torch.Tensor
    groups: torch.Tensor
    classes: torch.Tensor | None = None


def to_float(pixels: torch.Tensor) -> torch.Tensor:
    """0..255 -> -1..1."""
    return pixels.float().div_(127.5).sub_(1.0)


def to_bytes(pictures: torch.Tensor) -> torch.Tensor:
    """-1..1 -> 0..255."""
    return pictures.add(1.0).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


def channels_last(pictures: torch.Tensor) -> npt.NDArray[np.uint8]:
    """(n, channels, size, size) on any device -> (n, size, size, channels) as files have them."""
    return np.ascontiguousarray(pictures.permute(0, 2, 3, 1).cpu().numpy())
