"""Adversarial and diffusion losses, each a function of scores or predictions with its source.

Discriminator losses come as a part on real rows and a part on generated rows: their sum is the
usual joint loss, and RepFair-GAN's training takes a step on each part alone.
"""

from __future__ import annotations

from collections.abc import Callable

import torch


def classic_real_loss(
    real_scores: torch.Tensor, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """-E[log sigmoid(D(x))]: the part of the classic discriminator's loss on real rows.

    Source: Goodfellow et al. 2014, 'Generative adversarial nets', equation 1. Arguments as for
    `lsgan_real_loss`.
    """
    return _weighted_mean(torch.nn.functional.softplus(-real_scores), weights)


def classic_fake_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """-E[log(1 - sigmoid(D(G(e))))]: the part on generated rows."""
    return torch.nn.functional.softplus(fake_scores).mean()


def classic_generator_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """-E[log sigmoid(D(G(e)))], the non-saturating form (the same paper, section 3)."""
    return torch.nn.functional.softplus(-fake_scores).mean()


def lsgan_real_loss(real_scores: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
    """1/2 E[(D(x) - 1)^2]: the part of LSGAN's discriminator loss on real rows.

    Args:
        real_scores: (n,) scores of real rows.
        weights: (n,) weights of the rows, of mean 1; None: all 1.

    Source: Mao et al. 2017, 'Least squares generative adversarial networks', with labels
    a = 0, b = c = 1 (FLDGM equation 2).
    """
    return 0.5 * _weighted_mean((real_scores - 1).square(), weights)


def lsgan_fake_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """1/2 E[D(G(e))^2]: the part of LSGAN's discriminator loss on generated rows."""
    return 0.5 * fake_scores.square().mean()


def lsgan_generator_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """1/2 E[(D(G(e)) - 1)^2] (FLDGM equation 3 with c = 1)."""
    return 0.5 * (fake_scores - 1).square().mean()


def wasserstein_real_loss(
    real_scores: torch.Tensor, weights: torch.Tensor | None = None
) -> torch.Tensor:
    """-E[D(x)]: the part of the Wasserstein critic's loss on real rows.

    Source: Arjovsky et al. 2017, 'Wasserstein GAN'. Arguments as for `lsgan_real_loss`.
    """
    return -_weighted_mean(real_scores, weights)


def wasserstein_fake_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """E[D(G(e))]: the part of the Wasserstein critic's loss on generated rows."""
    return fake_scores.mean()


def wasserstein_generator_loss(fake_scores: torch.Tensor) -> torch.Tensor:
    """-E[D(G(e))]."""
    return -fake_scores.mean()


def gradient_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor],
    real: torch.Tensor,
    fake: torch.Tensor,
    rng: torch.Generator,
) -> torch.Tensor:
    """E[(|grad D(x^)| - 1)^2] at random points x^ on the lines between real and generated rows.

    Args:
        critic: maps (n, d) rows to (n,) scores, each from its own row alone.
        real, fake: (n, d) rows, paired.
        rng: draws the points, on the rows' device.

    Source: Gulrajani et al. 2017, 'Improved training of Wasserstein GANs', equation 3.
    """
    shape = (len(real), *[1] * (real.dim() - 1))
    share = torch.rand(shape, generator=rng, device=real.device)
    between = (share * real + (1 - share) * fake).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def r1_penalty(
    discriminator: Callable[[torch.Tensor], torch.Tensor],
    real: torch.Tensor,
    fake: torch.Tensor,
    rng: torch.Generator,
) -> torch.Tensor:
    """1/2 E[|grad D(x)|^2] at real rows; arguments as for `gradient_penalty`.

    Source: Mescheder et al. 2018, 'Which training methods for GANs do actually converge?'.
    """
    del fake, rng  # the penalty needs neither; both penalties are called alike
    at = real.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(discriminator(at).sum(), at, create_graph=True)
    return 0.5 * slope.flatten(1).square().sum(dim=1).mean()


def v_target(
    clean: torch.Tensor, noise: torch.Tensor, alpha: torch.Tensor, sigma: torch.Tensor
) -> torch.Tensor:
    """The target v = alpha noise - sigma clean, what a diffusion network predicts.

    Args:
        clean, noise: (n, d).
        alpha, sigma: (n, 1) with alpha^2 + sigma^2 = 1; the noisy row is
            alpha clean + sigma noise.

    Source: Salimans and Ho 2022, 'Progressive distillation', appendix D.
    """
    return alpha * noise - sigma * clean


def diffusion_loss(predicted_v: torch.Tensor, target_v: torch.Tensor) -> torch.Tensor:
    """Mean squared error of v over rows and dimensions."""
    return (predicted_v - target_v).square().mean()


def _weighted_mean(values: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
    return values.mean() if weights is None else (values * weights).mean()
