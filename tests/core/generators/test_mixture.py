"""The Gaussian mixture recovers what it was drawn from."""

from __future__ import annotations

import math

import torch
from torch.distributions import MultivariateNormal

from fairgen_core.config import GeneratorConfig
from fairgen_core.generators.mixture import MixtureGenerator, _log_density
from fairgen_core.training import SilentObserver


def _two_blobs(n: int = 3000) -> torch.Tensor:
    """Two correlated blobs, one three times as heavy."""
    rng = torch.Generator().manual_seed(0)
    noise = torch.randn(n, 2, generator=rng) @ torch.tensor([[1.0, 0.8], [0.0, 0.6]])
    centre = torch.tensor([4.0, -3.0]) * (torch.arange(n) % 4 == 0)[:, None]
    return noise + centre


def _fit(z: torch.Tensor, groups: torch.Tensor, n_components: int = 4) -> MixtureGenerator:
    config = GeneratorConfig(n_components=n_components, n_steps=40)
    return MixtureGenerator(config, "quick").fit(z, groups, seed=0, observer=SilentObserver())


def test_samples_have_the_datas_moments_and_modes() -> None:
    z = _two_blobs()
    groups = torch.zeros(len(z), dtype=torch.int64)
    drawn = _fit(z, groups).sample(groups, torch.Generator().manual_seed(1))
    torch.testing.assert_close(drawn.mean(0), z.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), z.T.cov(), atol=0.25, rtol=0)
    heavy = [float((part[:, 0] - part[:, 1] > 3.5).float().mean()) for part in (z, drawn)]
    assert abs(heavy[0] - heavy[1]) < 0.02


def test_each_group_has_its_own_distribution() -> None:
    z = torch.cat([_two_blobs(800), _two_blobs(800) + 20])
    groups = torch.repeat_interleave(torch.arange(2), 800)
    generator = _fit(z, groups)
    drawn = generator.sample(torch.tensor([0, 1, 0, 1] * 100), torch.Generator().manual_seed(1))
    assert drawn[0::2].max() < 12
    assert drawn[1::2].min() > 8


def test_the_log_density_is_torchs_up_to_its_constant() -> None:
    rng = torch.Generator().manual_seed(0)
    root = torch.randn(3, 2, 2, generator=rng)
    covariances = root @ root.transpose(1, 2) + 0.1 * torch.eye(2)
    means, rows = torch.randn(3, 2, generator=rng), torch.randn(7, 2, generator=rng)
    weights = torch.tensor([0.2, 0.3, 0.5])
    expected = torch.stack(
        [
            weights[k].log() + MultivariateNormal(means[k], covariances[k]).log_prob(rows)
            for k in range(3)
        ],
        dim=1,
    )
    ours = _log_density(rows, weights, means, covariances) - math.log(2 * math.pi)
    torch.testing.assert_close(ours, expected, atol=1e-4, rtol=1e-4)


def test_a_group_of_one_row_and_equal_rows_are_borne() -> None:
    z = torch.cat([torch.ones(30, 3), torch.zeros(1, 3)])
    groups = torch.tensor([0] * 30 + [1])
    drawn = _fit(z, groups).sample(groups, torch.Generator().manual_seed(1))
    assert torch.isfinite(drawn).all()
