"""Our Adam beside torch's: the same steps, rates and resumed trainings, to the last bit."""

from __future__ import annotations

import io

import pytest
import torch
from torch import nn

from fairgen_core.nn.adam import Adam, one_cycle

N_STEPS = 40


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 2))


def gradients(net: nn.Module, step: int) -> None:
    """Set gradients of a loss of this step."""
    rng = torch.Generator().manual_seed(step)
    x = torch.randn(16, 6, generator=rng)
    for parameter in net.parameters():
        parameter.grad = None
    net(x).square().mean().backward()


def weights(net: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in net.parameters()])


@pytest.mark.parametrize("decay", [0.0, 0.01])
def test_the_steps_are_torch_s_own(decay: float) -> None:
    ours, theirs = network(), network()
    adam = Adam(ours.parameters(), 1e-2, (0.5, 0.99), decay)
    kind = torch.optim.AdamW if decay else torch.optim.Adam
    known = kind(theirs.parameters(), 1e-2, betas=(0.5, 0.99), weight_decay=decay, fused=True)
    for step in range(N_STEPS):
        gradients(ours, step)
        gradients(theirs, step)
        adam.step()
        known.step()
    assert torch.equal(weights(ours), weights(theirs))
    assert not torch.equal(weights(ours), weights(network()))


def test_a_gradient_may_lie_in_memory_otherwise_than_its_parameter() -> None:
    rng = torch.Generator().manual_seed(0)
    start, gradient = torch.randn(2, 4, 3, 5, 5, generator=rng)
    plain, other = (
        nn.Parameter(start.clone(memory_format=order))
        for order in (torch.contiguous_format, torch.channels_last)
    )
    for parameter in (plain, other):
        parameter.grad = gradient.clone()
        Adam([parameter], 0.1).step()
    assert plain.stride() != other.stride()
    assert torch.equal(plain, other)


@pytest.mark.parametrize("n_steps", [7, 40, 301])
def test_the_cycle_is_torch_s_own(n_steps: int) -> None:
    known = torch.optim.Adam(network().parameters(), 1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(known, 3e-3, total_steps=n_steps)
    for step in range(n_steps):
        group = known.param_groups[0]
        assert one_cycle(step, n_steps, 3e-3) == (group["lr"], group["betas"][0])
        known.step()
        if step < n_steps - 1:
            schedule.step()


def test_a_parameter_without_a_gradient_stays() -> None:
    net = network()
    before = weights(net)
    adam = Adam(net.parameters(), 1e-2)
    adam.step()
    assert torch.equal(weights(net), before)
    gradients(net, 0)
    net[0].weight.grad = None
    adam.step()
    assert torch.equal(net[0].weight, network()[0].weight)
    assert not torch.equal(net[2].weight, network()[2].weight)
    adam.zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())


def test_a_kept_state_goes_on_as_if_nothing_had_been() -> None:
    whole, half = network(), network()
    straight, first = Adam(whole.parameters(), 1e-2), Adam(half.parameters(), 1e-2)
    for step in range(N_STEPS):
        if step == N_STEPS // 2:
            buffer = io.BytesIO()
            torch.save(first.state_dict(), buffer)
            buffer.seek(0)
            first = Adam(half.parameters(), 1e-2)
            first.load_state_dict(torch.load(buffer, weights_only=True))
        for net, adam in ((whole, straight), (half, first)):
            gradients(net, step)
            adam.step()
    assert torch.equal(weights(whole), weights(half))
