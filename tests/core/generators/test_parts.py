"""The neural generators' parts: whitening, moments, averages, noise schedule, sampler, targets."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from fairgen_core.errors import TrainingDivergedError
from fairgen_core.generators.diffusion import (
    N_TIMES,
    NoiseSchedule,
    dpm_solver,
    expected_clean,
)
from fairgen_core.generators.moments import MomentMatcher
from fairgen_core.generators.whitening import GroupWhitener
from fairgen_core.nn.ema import MovingAverage
from fairgen_core.nn.features import MAX_PAIRS, VectorFeatures
from fairgen_core.training import torch_generator

CPU = torch.device("cpu")


def rows_of(n: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch_generator(seed, CPU)
    groups = torch.randint(2, (n,), generator=rng)
    mix = torch.tensor([[[2.0, 0.0], [1.0, 0.5]], [[0.3, 0.0], [-0.2, 1.0]]])
    z = torch.einsum("nij,nj->ni", mix[groups], torch.randn(n, 2, generator=rng))
    return z + groups[:, None] * 3, groups


def test_whitening_gives_each_group_mean_0_and_covariance_1_and_back() -> None:
    z, groups = rows_of(5000)
    whitener = GroupWhitener().fit(z, groups)
    x = whitener.to_standard(z, groups)
    for group in range(2):
        own = x[groups == group]
        torch.testing.assert_close(own.mean(dim=0), torch.zeros(2), atol=1e-4, rtol=0)
        torch.testing.assert_close(own.T.cov(), torch.eye(2), atol=0.05, rtol=0)
    torch.testing.assert_close(whitener.from_standard(x, groups), z, atol=1e-4, rtol=1e-4)


def test_a_group_of_one_row_borrows_the_spread_of_all() -> None:
    z, groups = rows_of(2000)
    z, groups = torch.cat([z, torch.zeros(1, 2)]), torch.cat([groups, torch.tensor([2])])
    factor = GroupWhitener().fit(z, groups).factor_
    inside = torch.cat([z[groups == a] - z[groups == a].mean(dim=0) for a in range(2)])
    assert bool((torch.linalg.svdvals(factor[2]) > 0.1).all())
    spread = factor[2] @ factor[2].T / (inside.T @ inside / len(inside))
    # One row of its own (a scatter of 0) against the prior's four.
    torch.testing.assert_close(spread, torch.full((2, 2), 0.8), atol=0.01, rtol=0)


def test_moments_are_corrected() -> None:
    _, groups = rows_of(4000)

    def crooked(groups: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        noise = torch.randn(len(groups), 2, generator=rng)
        return noise * torch.tensor([0.5, 2.0]) + groups[:, None]

    matcher = MomentMatcher().fit(crooked, groups, seed=0)
    fixed = matcher.correct(crooked(groups, torch_generator(9, CPU)), groups)
    for group in range(2):
        own = fixed[groups == group]
        torch.testing.assert_close(own.mean(dim=0), torch.zeros(2), atol=0.1, rtol=0)
        torch.testing.assert_close(own.T.cov(), torch.eye(2), atol=0.1, rtol=0)


@pytest.mark.parametrize("scale", [0.0, 0.05, 50.0, float("nan")])
def test_a_collapsed_or_exploded_generator_is_refused(scale: float) -> None:
    _, groups = rows_of(4000)

    def broken(groups: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return scale * torch.randn(len(groups), 2, generator=rng)

    with pytest.raises(TrainingDivergedError):
        MomentMatcher().fit(broken, groups, seed=0)


def test_small_groups_are_not_corrected() -> None:
    groups = torch.tensor([0] * 1000 + [1] * 5)

    def shifted(groups: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        return torch.randn(len(groups), 2, generator=rng) + 1

    matcher = MomentMatcher().fit(shifted, groups, seed=0)
    ones = torch.ones(2, 2)
    fixed = matcher.correct(ones, torch.tensor([0, 1]))
    torch.testing.assert_close(fixed[0], torch.zeros(2), atol=0.05, rtol=0)
    assert torch.equal(fixed[1], ones[1])


def test_moving_average_against_a_loop_of_numbers() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 0.0)
    average = MovingAverage(network, decay=0.5)
    slow = 0.0
    for step, value in enumerate([1.0, 3.0, -2.0, 4.0, 4.0, 0.0, 2.0, 8.0, 1.0, 1.0, 5.0]):
        nn.init.constant_(network.weight, value)
        average.update(network, step)
        keep = min(0.5, (1 + step) / (10 + step))
        slow = keep * slow + (1 - keep) * value
    assert float(average.average.weight) == pytest.approx(slow, rel=1e-5)
    assert network.weight.item() == 5.0


def test_features_of_wide_vectors_stay_few_and_finite() -> None:
    features = VectorFeatures(64, n_waves=8)
    assert features.size == 64 + 16 + MAX_PAIRS
    assert features(1e4 * torch.randn(5, 64)).isfinite().all()
    assert features(torch.randn(5, 64)).shape == (5, features.size)


def test_noise_schedule_runs_from_clean_to_noise() -> None:
    schedule = NoiseSchedule(CPU)
    total = schedule.alpha.square() + schedule.sigma.square()
    torch.testing.assert_close(total, torch.ones(N_TIMES + 1))
    assert bool((schedule.sigma.diff() >= 0).all())
    assert float(schedule.sigma[0]) < 0.01
    assert float(schedule.alpha[-1]) < 0.01
    assert bool((schedule.log_ratio.diff() > 0).all())
    times = torch.tensor([1, 50, 300, 700, 950, N_TIMES])
    assert schedule.time_of(schedule.log_ratio[times]).tolist() == times.tolist()
    assert schedule.time_of(torch.tensor([-99.0, 99.0])).tolist() == [1, N_TIMES]


def test_expected_clean_vector_against_bayes_row_by_row() -> None:
    rng = torch_generator(0, CPU)
    clean, groups = torch.randn(9, 2, generator=rng), torch.arange(9) % 2
    angle = torch.rand(9, 1, generator=rng) * 1.4 + 0.1
    alpha, sigma = angle.cos(), angle.sin()
    noisy = alpha * clean + sigma * torch.randn(9, 2, generator=rng)
    ours = expected_clean(noisy, clean, groups, groups, alpha, sigma)
    for i in range(9):
        weights = torch.zeros(9, dtype=torch.float64)
        for j in range(9):
            if groups[i] == groups[j]:
                normal = torch.distributions.Normal(alpha[i].double() * clean[j], sigma[i].double())
                weights[j] = normal.log_prob(noisy[i].double()).sum().exp()
        slow = (weights[:, None] * clean).sum(dim=0) / weights.sum()
        torch.testing.assert_close(ours[i], slow.float(), atol=1e-4, rtol=1e-4)


class ExactNormal(nn.Module):
    """The exact v of normal data with a given mean and standard deviation."""

    def __init__(self, mean: float, std: float) -> None:
        super().__init__()
        self._mean, self._std = mean, std
        self._schedule = NoiseSchedule(CPU)

    def forward(self, x: torch.Tensor, time: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        now = int((time * N_TIMES).round())
        alpha, sigma = self._schedule.alpha[now], self._schedule.sigma[now]
        variance = alpha**2 * self._std**2 + sigma**2
        clean = self._mean + alpha * self._std**2 / variance * (x - alpha * self._mean)
        noise = (x - alpha * clean) / sigma
        return alpha * noise - sigma * clean


@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.7, 0.3), (-2.0, 0.1)])
def test_sampler_finds_a_normal_distribution_from_its_exact_denoiser(
    mean: float, std: float
) -> None:
    noise = torch.randn(4000, 1, generator=torch_generator(0, CPU))
    groups = torch.zeros(4000, dtype=torch.long)
    drawn = dpm_solver(ExactNormal(mean, std), noise, groups, NoiseSchedule(CPU), 40)  # type: ignore[arg-type]
    assert float(drawn.mean()) == pytest.approx(mean, abs=0.05)
    assert float(drawn.std()) == pytest.approx(std, rel=0.1)


def test_sampler_of_second_order_converges_faster_than_one_of_first() -> None:
    noise = torch.linspace(-2, 2, 21)[:, None]
    groups = torch.zeros(21, dtype=torch.long)
    exact = ExactNormal(0.5, 0.4)
    schedule = NoiseSchedule(CPU)
    fine = dpm_solver(exact, noise, groups, schedule, 500)  # type: ignore[arg-type]
    errors = [
        float((dpm_solver(exact, noise, groups, schedule, n) - fine).abs().max())  # type: ignore[arg-type]
        for n in (10, 20)
    ]
    assert errors[1] < errors[0] / 2.5
