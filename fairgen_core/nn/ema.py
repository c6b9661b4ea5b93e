"""A slow copy of a network: the exponential moving average of its weights."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


class MovingAverage(Generic[Network]):
    """The moving average of a network's weights and buffers, used in the network's place.

    Early steps count less: at step t the decay is min(decay, (1 + t) / (10 + t)), so that the
    random start is forgotten quickly.

    Args:
        network: what is trained; stays as it is.
        decay: share of the average that a step keeps.

    Attributes:
        average: the slow copy, in evaluation mode.
    """

    def __init__(self, network: Network, decay: float) -> None:
        self.average = copy.deepcopy(network).eval().requires_grad_(False)
        self._decay = decay

    @torch.no_grad()
    def update(self, network: Network, step: int) -> None:
        """Take in the network after its step number `step` (0, 1, ...)."""
        keep = min(self._decay, (1 + step) / (10 + step))
        slow: list[torch.Tensor] = list(self.average.parameters())
        fast: list[torch.Tensor] = list(network.parameters())
        for a, b in zip(self.average.buffers(), network.buffers(), strict=True):
            if a.is_floating_point():
                slow.append(a)
                fast.append(b)
            else:
                a.copy_(b)
        torch._foreach_lerp_(slow, fast, 1 - keep)
