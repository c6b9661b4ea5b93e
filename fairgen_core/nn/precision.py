"""Half precision for convolutions in training, where the machine is faster with it."""

from __future__ import annotations

import torch

HALF_FROM = 28
"""Side in pixels from which convolutions train in half precision: casting eats the gain below."""

_has_fast_bfloat16: dict[str, bool] = {}
"""By kind of device: asked once, because torch's compiler cannot follow the question."""


def half_precision(device: torch.device, size: int, training: bool) -> torch.autocast:
    """A context in which convolutions are taken in bfloat16; weights stay in 32 bits.

    It does nothing outside training (figures and pictures of a kept model are the same on every
    machine), for small pictures, and on processors without matrix units for bfloat16 (Intel's
    AMX), which would be slower with it.

    Args:
        device: of the network.
        size: the pictures' side in pixels.
        training: whether the network is being trained.
    """
    if device.type not in _has_fast_bfloat16:
        _has_fast_bfloat16[device.type] = _ask(device)
    wanted = training and size >= HALF_FROM and _has_fast_bfloat16[device.type]
    return torch.autocast(device.type, torch.bfloat16, enabled=wanted)


def _ask(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
