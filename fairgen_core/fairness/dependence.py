"""How strongly a Gaussian latent depends on the groups: penalties for the fair compression.

Every penalty takes the posterior means and variances of a batch and its groups, and gives one
number >= 0, 0 where the latent of every group has the same distribution.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from fairgen_core.config import PenaltyName

MAX_ROWS = 256
"""Rows that a penalty looks at in a step: its cost grows with their square."""
_MMD_BANDWIDTHS = (0.5, 2.0, 8.0)
"""Variances of the Gaussian kernels that the MMD adds up, in units of the latent's prior."""


def distance_covariance(
    mean: torch.Tensor,
    log_variance: torch.Tensor,
    groups: torch.Tensor,
    n_groups: int,
    smoothing: float = 0.0,
    even: bool = False,
) -> torch.Tensor:
    """Normalised V^2(z, s), the paper's dependence of the latent on the group.

    V^2 = integral of |p(z, s) - p(z) p(s)|^2 = sum over groups a of
    P(a)^2 [I(p, p) + I(p_a, p_a) - 2 I(p_a, p)], where I(p, q) is the mean over pairs (i in p,
    j in q) of the Gaussian density N(mu_i - mu_j; 0, var_i + var_j).

    Args:
        mean: (n, d) posterior means.
        log_variance: (n, d) posterior log-variances.
        groups: (n,) int64, 0..K-1.
        n_groups: K.
        smoothing: variance added to every pair's overlap: the same figure for z + N(0, smoothing
            / 2). Where posteriors are so narrow that no two overlap, only the pairs i = j count,
            the figure is sum of P(a) (1 - P(a)) whatever z is, and it has no gradient.
        even: as if every group of the batch were equally frequent: P(a) = 1 / K, and p(z) the mean
            of the groups' densities. It is 0 for the same latents, but a small group counts
            as much as a large one, where P(a)^2 would leave a tenth next to no weight.

    Returns:
        V^2 / integral of p(z)^2, a scalar in 0..1.

    Source: FLDGM, equations 1 and 8. Deviation: divided by I(p, p), because the bare density of a
    d-dimensional latent changes by orders of magnitude while it is trained, so that no one weight
    would fit; the largest log-density is subtracted before the exponential and cancels.
    """
    kernel = _log_overlap(mean, log_variance, extra_variance=smoothing)
    kernel = (kernel - kernel.max().detach()).exp()
    shares, contrast, everyone = _contrasts(groups, n_groups, mean.dtype, even)
    by_group = ((contrast @ kernel) * contrast).sum(dim=1)
    whole = everyone @ kernel @ everyone if even else kernel.mean()
    return (shares.square() * by_group).sum() / whole


def mmd(
    mean: torch.Tensor, log_variance: torch.Tensor, groups: torch.Tensor, n_groups: int
) -> torch.Tensor:
    """Maximum mean discrepancy between every group's latent and all rows' latent.

    sum over groups a of P(a)^2 MMD^2(p_a, p), with Gaussian kernels of several widths whose means
    over the posteriors are taken in closed form. Arguments as in `distance_covariance`.

    Source: Gretton et al. 2012, equation 2, as the rival of V^2 in FLDGM's ablation.
    """
    shares, contrast, _ = _contrasts(groups, n_groups, mean.dtype)
    total = mean.new_zeros(())
    for bandwidth in _MMD_BANDWIDTHS:
        log_kernel = _log_overlap(mean, log_variance, extra_variance=bandwidth)
        # A kernel of height 1 at distance 0 for posteriors without variance.
        top = -0.5 * mean.shape[1] * torch.log(mean.new_tensor(bandwidth))
        kernel = (log_kernel - top).exp()
        by_group = ((contrast @ kernel) * contrast).sum(dim=1)
        total = total + (shares.square() * by_group).sum()
    return total


PENALTIES: dict[
    PenaltyName, Callable[[torch.Tensor, torch.Tensor, torch.Tensor, int], torch.Tensor]
] = {
    "distance-covariance": distance_covariance,
    "mmd": mmd,
}


def _log_overlap(
    mean: torch.Tensor, log_variance: torch.Tensor, extra_variance: float
) -> torch.Tensor:
    """Logs of N(mu_i - mu_j; 0, var_i + var_j + extra) of all pairs, (n, n), but for a constant."""
    variance = log_variance.exp()
    total = variance[:, None, :] + variance[None, :, :] + extra_variance
    gap = mean[:, None, :] - mean[None, :, :]
    return -0.5 * (gap.square() / total + total.log()).sum(dim=2)


def _contrasts(
    groups: torch.Tensor, n_groups: int, dtype: torch.dtype, even: bool = False
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Shares P(a), (K,); rows' weights in p_a less those in p, (K, n); those in p, (n,).

    Groups that are absent count 0.
    """
    member = torch.nn.functional.one_hot(groups, n_groups).to(dtype).T
    counts = member.sum(dim=1)
    own = member / counts.clamp_min(1)[:, None]
    there = counts > 0
    if even:
        shares = there.to(dtype) / there.sum()
        everyone = shares @ own
    else:
        shares = counts / len(groups)
        everyone = own.new_full((len(groups),), 1 / len(groups))
    return shares, (own - everyone) * there[:, None], everyone
