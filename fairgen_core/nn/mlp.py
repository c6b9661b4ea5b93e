"""Fully connected networks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn


def mlp(
    widths: Sequence[int],
    activation: type[nn.Module] = nn.SiLU,
    *,
    activate_last: bool = False,
) -> nn.Sequential:
    """Linear layers of the given widths with an activation between them.

    Args:
        widths: sizes of input, hidden layers and output.
        activation: class of the activation.
        activate_last: whether an activation follows the last layer too.
    """
    layers: list[nn.Module] = []
    for i, (n_in, n_out) in enumerate(pairwise(widths)):
        layers.append(nn.Linear(n_in, n_out))
        if activate_last or i < len(widths) - 2:
            layers.append(activation())
    return nn.Sequential(*layers)


class seeded_init:  # noqa: N801 - a context manager reads as a verb
    """Within it, new layers start from `seed`; torch's global generator is put back afterwards.

    Layers are made on the CPU, so the GPUs' generators are left alone.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __enter__(self) -> None:
        self._before = torch.default_generator.get_state()
        torch.default_generator.manual_seed(self._seed)

    def __exit__(self, *_: object) -> None:
        torch.default_generator.set_state(self._before)
