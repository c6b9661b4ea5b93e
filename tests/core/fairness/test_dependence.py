"""Penalties against a slow reference written from the formula."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from fairgen_core.fairness.dependence import PENALTIES, distance_covariance


def _batch(shift: float, n: int = 30, d: int = 3, k: int = 3) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(0)
    groups = torch.arange(n) % k
    mean = torch.randn(n, d, generator=rng, dtype=torch.float64) + shift * groups[:, None]
    log_variance = 0.3 * torch.randn(n, d, generator=rng, dtype=torch.float64) - 1
    return mean, log_variance, groups


def _density(mean: torch.Tensor, log_variance: torch.Tensor, i: int, j: int) -> float:
    value = 1.0
    for c in range(mean.shape[1]):
        variance = math.exp(log_variance[i, c]) + math.exp(log_variance[j, c])
        gap = float(mean[i, c] - mean[j, c])
        value *= math.exp(-gap * gap / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return value


def _slow(mean: torch.Tensor, log_variance: torch.Tensor, groups: torch.Tensor) -> float:
    def overlap(p: list[int], q: list[int]) -> float:
        pairs = [_density(mean, log_variance, i, j) for i, j in itertools.product(p, q)]
        return sum(pairs) / len(pairs)

    everyone = list(range(len(groups)))
    total = 0.0
    for a in set(groups.tolist()):
        own = [i for i in everyone if groups[i] == a]
        inner = overlap(everyone, everyone) + overlap(own, own) - 2 * overlap(own, everyone)
        total += (len(own) / len(everyone)) ** 2 * inner
    return total / overlap(everyone, everyone)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_distance_covariance_is_the_papers_formula(shift: float, k: int) -> None:
    mean, log_variance, groups = _batch(shift, k=k)
    fast = distance_covariance(mean, log_variance, groups, k)
    assert float(fast) == pytest.approx(_slow(mean, log_variance, groups), rel=1e-9)


def test_smoothing_is_the_figure_for_a_latent_with_noise() -> None:
    mean, log_variance, groups = _batch(0.7)
    noisy = (log_variance.exp() + 0.5).log()
    smoothed = distance_covariance(mean, log_variance, groups, 3, smoothing=1.0)
    assert float(smoothed) == pytest.approx(_slow(mean, noisy, groups), rel=1e-9)


def test_smoothing_sees_groups_where_posteriors_overlap_nowhere() -> None:
    groups = torch.arange(60) % 2
    apart = torch.randn(60, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    narrow = torch.full((60, 4), -7.0, dtype=torch.float64)
    far = apart + groups[:, None]
    # Only the pairs of a row with itself count: P(a) (1 - P(a)) summed, whatever the means are.
    blind = [float(distance_covariance(z, narrow, groups, 2)) for z in (apart, far)]
    assert blind == pytest.approx([0.5, 0.5], abs=1e-3)
    seen = [float(distance_covariance(z, narrow, groups, 2, smoothing=1.0)) for z in (apart, far)]
    assert seen[1] > seen[0] + 0.01


def test_evened_groups_are_those_of_a_batch_in_which_each_is_as_frequent() -> None:
    mean, log_variance, _ = _batch(0.0, n=16)
    groups = torch.tensor([0] * 12 + [1] * 4)
    mean = mean + groups[:, None]
    often = torch.cat([torch.arange(12), torch.arange(12, 16).repeat(3)])
    evened = distance_covariance(mean, log_variance, groups, 3, even=True)
    drawn = distance_covariance(mean[often], log_variance[often], groups[often], 2)
    assert float(evened) == pytest.approx(float(drawn), rel=1e-9)
    assert evened > 1.5 * distance_covariance(mean, log_variance, groups, 3)


def test_it_does_not_underflow_in_many_dimensions() -> None:
    mean, log_variance, groups = _batch(1.0, d=60)
    value = distance_covariance(mean.float() * 5, log_variance.float(), groups, 3)
    assert math.isfinite(float(value))
    assert float(value) > 0


@pytest.mark.parametrize("name", list(PENALTIES))
def test_every_penalty_vanishes_for_equal_groups_and_grows_with_their_distance(name: str) -> None:
    mean, log_variance, _ = _batch(0.0, n=20)
    twice = torch.cat([mean, mean]), torch.cat([log_variance, log_variance])
    groups = torch.repeat_interleave(torch.arange(2), 20)
    penalty = PENALTIES[name]  # type: ignore[index]
    assert float(penalty(*twice, groups, 2)) == pytest.approx(0, abs=1e-12)
    values = [
        float(penalty(twice[0] + shift * groups[:, None], twice[1], groups, 2))
        for shift in (0.2, 0.5, 1.5)
    ]
    assert 0 < values[0] < values[1] < values[2]


@pytest.mark.parametrize("name", list(PENALTIES))
def test_every_penalty_has_gradients_and_bears_an_absent_group(name: str) -> None:
    mean, log_variance, groups = _batch(0.5)
    mean.requires_grad_()
    PENALTIES[name](mean, log_variance, groups, 5).backward()  # type: ignore[index]
    assert torch.isfinite(mean.grad).all()
    assert mean.grad.abs().sum() > 0
