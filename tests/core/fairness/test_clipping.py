"""Group-wise clipping and the order of groups, against a slow reference."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from fairgen_core.fairness.clipping import (
    ClipMeter,
    GroupBatches,
    GroupSchedule,
    set_clipped_gradient,
)

SCHEDULES: tuple[GroupSchedule, ...] = ("mixed", "alternate", "random", "per-group", "reweight")


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))


def slow_step(
    network: nn.Module,
    parts: list[tuple[torch.Tensor, float]],
    max_grad_norm: float | None,
    learning_rate: float,
) -> nn.Module:
    """Algorithm 1, number by number: every part's gradient from its own copy of the network."""
    stepped = copy.deepcopy(network)
    totals = [torch.zeros_like(p) for p in stepped.parameters()]
    for rows, share in parts:
        alone = copy.deepcopy(network)
        (alone(rows) - 1).square().mean().backward()
        squares = 0.0
        for parameter in alone.parameters():
            assert parameter.grad is not None
            squares += sum(float(v) ** 2 for v in parameter.grad.flatten())
        factor = 1.0 if max_grad_norm is None else min(1.0, max_grad_norm / squares**0.5)
        for total, parameter in zip(totals, alone.parameters(), strict=True):
            total += share * factor * parameter.grad
    with torch.no_grad():
        for parameter, total in zip(stepped.parameters(), totals, strict=True):
            parameter -= learning_rate * total
    return stepped


@pytest.mark.parametrize("max_grad_norm", [None, 1e-3, 0.3, 2.0, 1e3])
@pytest.mark.parametrize("shares", [(1.0,), (0.7, 0.3), (0.5, 0.3, 0.2)])
def test_step_equals_the_slow_reference(
    network: nn.Sequential, max_grad_norm: float | None, shares: tuple[float, ...]
) -> None:
    parts = [(torch.randn(4 + i, 3) * (1 + 5 * i), share) for i, share in enumerate(shares)]
    expected = slow_step(network, parts, max_grad_norm, 0.1)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    losses = [(network(rows) - 1).square().mean() for rows, _ in parts]
    set_clipped_gradient(network.parameters(), losses, shares, max_grad_norm)
    optimiser.step()
    for ours, slow in zip(network.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(ours, slow, rtol=1e-4, atol=1e-6)


def test_clipped_gradient_has_the_norm_asked_for_and_tells_the_old_one() -> None:
    # The gradient of 3 w_1 + 4 w_2 is (3, 4), of norm 5: clipped to 2 it is (1.2, 1.6).
    weight = nn.Parameter(torch.zeros(2))
    loss = (weight * torch.tensor([3.0, 4.0])).sum()
    assert set_clipped_gradient([weight], [loss], [1.0], 2.0) == [5.0]
    assert weight.grad is not None
    torch.testing.assert_close(weight.grad, torch.tensor([1.2, 1.6]))


def test_small_gradient_is_left_alone() -> None:
    weight = nn.Parameter(torch.zeros(2))
    set_clipped_gradient([weight], [(weight * torch.tensor([3.0, 4.0])).sum()], [1.0], 5.0)
    assert weight.grad is not None
    assert weight.grad.tolist() == [3.0, 4.0]


def test_a_parameter_that_the_loss_does_not_use_gets_a_zero_gradient() -> None:
    used, unused = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(2))
    set_clipped_gradient([used, unused], [used.sum()], [1.0], 1.0)
    assert unused.grad is not None
    assert unused.grad.tolist() == [0.0, 0.0]


GROUPS = torch.tensor([0] * 60 + [1] * 30 + [2] * 10)


def test_alternate_takes_turns_and_shows_one_group_only() -> None:
    batches = GroupBatches(GROUPS, 8, "alternate", seed=0)
    seen = [batches.at(step)[0] for step in range(9)]
    assert [batch.group for batch in seen] == [0, 1, 2] * 3
    for batch in seen:
        assert len(batch.rows) == 8
        assert set(GROUPS[batch.rows].tolist()) == {batch.group}


def test_random_draws_groups_evenly_whatever_their_size() -> None:
    batches = GroupBatches(GROUPS, 4, "random", seed=1)
    drawn = [batches.at(step)[0] for step in range(3000)]
    counts = torch.bincount(torch.tensor([batch.group for batch in drawn]))
    # A binomial share of 1/3 over 3,000 draws has a standard deviation of .0086.
    assert all(abs(c / 3000 - 1 / 3) < 0.04 for c in counts.tolist())
    assert all(set(GROUPS[batch.rows].tolist()) == {batch.group} for batch in drawn[:20])


def test_a_pass_of_mixed_batches_shows_every_row_once() -> None:
    batches = GroupBatches(GROUPS, 20, "mixed", seed=2)
    rows = torch.cat([batches.at(step)[0].rows for step in range(5)])
    assert sorted(rows.tolist()) == list(range(100))
    second = torch.cat([batches.at(step)[0].rows for step in range(5, 10)])
    assert sorted(second.tolist()) == list(range(100))
    assert rows.tolist() != second.tolist()


def test_per_group_divides_the_mixed_batch_by_share() -> None:
    mixed = GroupBatches(GROUPS, 50, "mixed", seed=3).at(0)[0].rows
    parts = GroupBatches(GROUPS, 50, "per-group", seed=3).at(0)
    assert sorted(torch.cat([p.rows for p in parts]).tolist()) == sorted(mixed.tolist())
    assert [p.group for p in parts] == [0, 1, 2]
    assert [p.share for p in parts] == pytest.approx([len(p.rows) / 50 for p in parts])
    assert all(set(GROUPS[p.rows].tolist()) == {p.group} for p in parts)


def test_unclipped_per_group_gradient_is_the_mixed_one(network: nn.Sequential) -> None:
    rows = torch.randn(100, 3)

    def gradient(schedule: GroupSchedule) -> list[torch.Tensor]:
        batches = GroupBatches(GROUPS, 50, schedule, seed=3).at(0)
        losses = [(network(rows[b.rows]) - 1).square().mean() for b in batches]
        set_clipped_gradient(network.parameters(), losses, [b.share for b in batches], None)
        return [p.grad.clone() for p in network.parameters() if p.grad is not None]

    torch.testing.assert_close(gradient("mixed"), gradient("per-group"), rtol=1e-4, atol=1e-6)


def test_reweighting_makes_every_group_count_the_same() -> None:
    (batch,) = GroupBatches(GROUPS, 100, "reweight", seed=4).at(0)
    assert batch.weights is not None
    sums = [float(batch.weights[GROUPS[batch.rows] == a].sum()) for a in range(3)]
    assert sums == pytest.approx([100 / 3] * 3, rel=1e-5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_batches_depend_on_seed_and_step_alone(schedule: GroupSchedule) -> None:
    forward = GroupBatches(GROUPS, 16, schedule, seed=5)
    kept = {step: [b.rows.tolist() for b in forward.at(step)] for step in range(30)}
    other = GroupBatches(GROUPS, 16, schedule, seed=5)
    for step in (29, 3, 17, 0):
        assert [b.rows.tolist() for b in other.at(step)] == kept[step]
    changed = GroupBatches(GROUPS, 16, schedule, seed=6)
    assert [b.rows.tolist() for b in changed.at(0)] != kept[0]


def test_a_group_smaller_than_a_batch_still_fills_it() -> None:
    batches = GroupBatches(torch.tensor([0, 0, 0, 1]), 8, "alternate", seed=0)
    first, second = batches.at(0)[0], batches.at(1)[0]
    assert sorted(set(first.rows.tolist())) == [0, 1, 2]
    assert second.rows.tolist() == [3] * 8


def test_meter_averages_norms_by_group_and_counts_clips() -> None:
    meter = ClipMeter()
    for group, norm in ((0, 1.0), (0, 3.0), (1, 5.0), (1, 1.0)):
        meter.add(group, norm, 2.0)
    assert meter.read() == {"grad_norm:0": 2.0, "grad_norm:1": 3.0, "clipped_share": 0.5}
    assert meter.read() == {}
