"""Adam for small networks, where what stands around a step costs more than the step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class Adam:
    """Adam (Kingma and Ba 2015); with `weight_decay` AdamW (Loshchilov and Hutter 2019).

    The steps are those of ``torch.optim.Adam(..., fused=True)`` to the last bit, and torch's own
    kernel takes them. What is left out is what `torch.optim` does besides: its first use loads
    torch's compiler, which takes a second, and a step of a small network costs it several times
    what the kernel does.

    Args:
        parameters: what is trained, on one device.
        learning_rate: may be changed between steps.
        betas: of the moments; may be changed between steps.
        weight_decay: decoupled from the gradient.
    """

    def __init__(
        self,
        parameters: Iterable[torch.nn.Parameter],
        learning_rate: float,
        betas: tuple[float, float] = BETAS,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = list(parameters)
        self.learning_rate, self.betas = learning_rate, betas
        self._weight_decay = weight_decay
        self._moments = [
            [torch.zeros_like(p, memory_format=torch.preserve_format) for p in self.parameters]
            for _ in range(2)
        ]
        self._steps = [torch.zeros((), device=p.device) for p in self.parameters]

    def cycle(self, step: int, n_steps: int, peak: float) -> None:
        """Set the rate and the first beta of a step as `one_cycle` says."""
        self.learning_rate, first = one_cycle(step, n_steps, peak)
        self.betas = (first, self.betas[1])

    def zero_grad(self) -> None:
        """Drop the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Take a step along the gradients; a parameter without one stays as it is."""
        gradients = {i: p.grad for i, p in enumerate(self.parameters) if p.grad is not None}
        if not gradients:
            return
        for i, gradient in gradients.items():
            gradients[i] = _laid_out_as(self.parameters[i], gradient)
        steps = [self._steps[i] for i in gradients]
        torch._foreach_add_(steps, 1)
        kernel = torch._fused_adamw_ if self._weight_decay else torch._fused_adam_
        kernel(
            [self.parameters[i] for i in gradients],
            list(gradients.values()),
            [self._moments[0][i] for i in gradients],
            [self._moments[1][i] for i in gradients],
            [],
            steps,
            lr=self.learning_rate,
            beta1=self.betas[0],
            beta2=self.betas[1],
            weight_decay=self._weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def state_dict(self) -> dict[str, Any]:
        """Moments and steps so far, for a checkpoint."""
        first, second = self._moments
        return {"first": first, "second": second, "steps": self._steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave, onto the parameters' device."""
        for mine, kept in (
            (self._moments[0], state["first"]),
            (self._moments[1], state["second"]),
            (self._steps, state["steps"]),
        ):
            for tensor, value in zip(mine, kept, strict=True):
                tensor.copy_(value)


def _laid_out_as(parameter: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """The gradient in the memory order of its parameter.

    The kernel goes through both as they lie in memory. A gradient that `torch.autograd.grad` or a
    compiled network gave may lie otherwise than a parameter in channels-last order: on a GPU the
    kernel refuses it, on a CPU it would step along shuffled numbers.
    """
    if gradient.stride() == parameter.stride():
        return gradient
    return torch.empty_like(parameter).copy_(gradient)


def one_cycle(step: int, n_steps: int, peak: float) -> tuple[float, float]:
    """Learning rate and first beta of a step, of ``torch.optim.lr_scheduler.OneCycleLR``.

    The rate rises along a cosine from peak / 25 over .3 of the steps, and falls to peak / 250,000;
    beta goes from .95 to .85 and back (Smith and Topin 2018).

    Args:
        step: 0 .. n_steps - 1.
        n_steps: of the whole training.
        peak: the largest rate.
    """
    start, top, last = peak / 25, 0.3 * n_steps - 1, n_steps - 1
    if step <= top:
        share = step / top
        return _between(start, peak, share), _between(0.95, 0.85, share)
    share = (step - top) / (last - top)
    return _between(peak, start / 1e4, share), _between(0.85, 0.95, share)


def _between(start: float, end: float, share: float) -> float:
    """From start to end along half a cosine."""
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
