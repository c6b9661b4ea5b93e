"""Losses by hand-computed values, and the penalties on functions whose slope is known."""

from __future__ import annotations

import math

import pytest
import torch

from fairgen_core import losses


def test_lsgan_losses_by_hand() -> None:
    real, fake = torch.tensor([1.0, 0.0]), torch.tensor([0.5, 0.0])
    assert float(losses.lsgan_real_loss(real)) == pytest.approx(0.25)
    assert float(losses.lsgan_fake_loss(fake)) == pytest.approx(0.0625)
    assert float(losses.lsgan_generator_loss(fake)) == pytest.approx((0.25 + 1) / 4)


def test_wasserstein_losses_by_hand() -> None:
    real, fake = torch.tensor([2.0, 4.0]), torch.tensor([1.0, -3.0])
    assert float(losses.wasserstein_real_loss(real)) == -3.0
    assert float(losses.wasserstein_fake_loss(fake)) == -1.0
    assert float(losses.wasserstein_generator_loss(fake)) == 1.0


def test_row_weights_weigh() -> None:
    scores, weights = torch.tensor([2.0, 0.0]), torch.tensor([1.5, 0.5])
    assert float(losses.lsgan_real_loss(scores, weights)) == pytest.approx(0.5 * (1.5 + 0.5) / 2)
    assert float(losses.wasserstein_real_loss(scores, weights)) == pytest.approx(-1.5)


@pytest.fixture
def rng() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_gradient_penalty_of_a_linear_critic(rng: torch.Generator) -> None:
    # D(x) = 3 x_1 + 4 x_2 has a slope of norm 5 everywhere: (5 - 1)^2 = 16.
    slope = torch.tensor([3.0, 4.0])
    real, fake = torch.randn(6, 2, generator=rng), torch.randn(6, 2, generator=rng)
    assert float(losses.gradient_penalty(lambda x: x @ slope, real, fake, rng)) == pytest.approx(16)


def test_gradient_penalty_is_taken_between_real_and_fake(rng: torch.Generator) -> None:
    # D(x) = x^2 / 2 has slope x; between 1 and 3 the penalty (x - 1)^2 lies in 0..4.
    seen: list[torch.Tensor] = []

    def critic(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach())
        return x.square().sum(dim=1) / 2

    penalty = losses.gradient_penalty(critic, torch.ones(500, 1), 3 * torch.ones(500, 1), rng)
    assert float(seen[0].min()) >= 1
    assert float(seen[0].max()) <= 3
    # (x - 1) is uniform on 0..2, whose mean square is 4/3.
    assert penalty.item() == pytest.approx(4 / 3, abs=0.2)


def test_penalties_can_be_differentiated(rng: torch.Generator) -> None:
    weight = torch.tensor([3.0, 4.0], requires_grad=True)
    rows = torch.randn(5, 2, generator=rng)
    losses.gradient_penalty(lambda x: x @ weight, rows, rows, rng).backward()
    # The gradient of (|w| - 1)^2 is 2 (|w| - 1) w / |w|.
    torch.testing.assert_close(weight.grad, 2 * 4 * torch.tensor([0.6, 0.8]))


def test_r1_penalty_by_hand(rng: torch.Generator) -> None:
    # D(x) = |x|^2 / 2 has slope x: half the mean squared length of the real rows alone.
    real = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    penalty = losses.r1_penalty(lambda x: x.square().sum(dim=1) / 2, real, 100 * real, rng)
    assert penalty.item() == pytest.approx((25 + 1) / 4)


def test_v_gives_back_vector_and_noise() -> None:
    clean, noise = torch.randn(7, 3), torch.randn(7, 3)
    angle = torch.rand(7, 1) * math.pi / 2
    alpha, sigma = angle.cos(), angle.sin()
    noisy = alpha * clean + sigma * noise
    v = losses.v_target(clean, noise, alpha, sigma)
    torch.testing.assert_close(alpha * noisy - sigma * v, clean)
    torch.testing.assert_close(sigma * noisy + alpha * v, noise)


def test_diffusion_loss_is_the_mean_square() -> None:
    predicted, target = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 4.0]])
    assert float(losses.diffusion_loss(predicted, target)) == 2.5
