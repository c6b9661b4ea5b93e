"""Networks as compiled kernels, for long trainings on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

COMPILE_FROM_STEPS = 5_000
"""Steps of a training from which compiling, which takes about a minute, can pay."""

Forward = Callable[..., Any]


def is_worth_compiling(device: torch.device, n_steps: int) -> bool:
    """Whether a training of that many steps is compiled: a long one on a GPU."""
    return device.type == "cuda" and n_steps >= COMPILE_FROM_STEPS


def compiled(forward: Forward, net: nn.Module, *example: torch.Tensor | None) -> Forward:
    """`forward` as compiled kernels, or as it is where the machine cannot compile it.

    What comes out has first derivatives only: a penalty on gradients needs `net`. The example is
    passed forward as it is, and forward and back compiled, to see whether it works; the weights,
    the statistics of batch norm and torch's random numbers are afterwards what they were. Loads
    torch's compiler.

    Args:
        forward: `net`, or a method of it; gives a tensor or a tuple of them.
        net: shares its parameters with what is returned.
        example: what `forward` takes, of the shapes and on the device of the training.
    """
    before = {name: value.clone() for name, value in net.state_dict().items()}
    try:
        torch._dynamo.config.suppress_errors = True  # another shape that fails runs as it is
        fast: Forward = torch.compile(forward)
        with torch.random.fork_rng():
            # First as it is: what the machine is asked once is known when the compiler follows.
            forward(*example)
            given = fast(*example)
            outputs = given if isinstance(given, tuple) else (given,)
            torch.stack([output.sum() for output in outputs]).sum().backward()
    except (RuntimeError, ImportError, OSError):  # no compiler, no Triton, an old driver
        fast = forward
    net.load_state_dict(before)
    net.zero_grad()
    return fast
