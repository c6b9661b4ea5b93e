"""Calibrate the decoder so that generated columns have the real columns' marginals in each group.

Small errors of compression and generator add up over a column's cells. One offset a group and cell,
added to the decoder's logits, takes them out and leaves what the latent says about a row's cells
relative to each other. Fitted by iterative scaling on generated latents: linear in rows and cells.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from fairgen_core.nn.vae import CategoricalVAE

N_ROUNDS = 8
MAX_OFFSET = 5.0
"""Logits: with the decoder's bound of 16 the exponential stays well inside float32."""
_PRIOR_ROWS = 5.0
"""Generated rows that weigh in with a group's real rows, so that tiny groups are not copied."""


@torch.no_grad()
def cell_shares(codes: torch.Tensor, groups: torch.Tensor, vae: CategoricalVAE) -> torch.Tensor:
    """(K, cells) the real rows' share of each cell in its column, by group; 0 for absent groups.

    Args:
        codes: (n, columns of x) int64.
        groups: (n,) int64.
        vae: knows the columns' cells.
    """
    n_cells = sum(vae.cardinalities)
    flat = codes + vae.starts[: codes.shape[1]]
    place = groups[:, None] * n_cells + flat
    counts = torch.bincount(place.flatten(), minlength=vae.n_groups * n_cells)
    sizes = torch.bincount(groups, minlength=vae.n_groups).clamp_min(1)
    return counts.view(vae.n_groups, n_cells).float() / sizes[:, None]


@torch.no_grad()
def marginal_offsets(
    logits: torch.Tensor,
    groups: torch.Tensor,
    shares: torch.Tensor,
    sizes: torch.Tensor,
    vae: CategoricalVAE,
    tick: Callable[[], None] = lambda: None,
) -> torch.Tensor:
    """Offsets that bring the mean decoded probabilities of every group to `shares`.

    Args:
        logits: (n, cells) of generated latents, -inf where a cell is not allowed.
        groups: (n,) int64.
        shares: (K, cells) wanted, as `cell_shares` gives them.
        sizes: (K,) real rows behind them.
        vae: knows the columns' cells.
        tick: called every round; may raise to stop.

    Returns:
        (K, cells), within +-`MAX_OFFSET`.
    """
    offsets = torch.zeros_like(shares)
    counts = torch.bincount(groups, minlength=len(shares)).clamp_min(1)
    weight = (sizes / (sizes + _PRIOR_ROWS))[:, None]
    for _ in range(N_ROUNDS):
        tick()
        power = (logits + offsets[groups]).exp()
        share = power / ((power @ vae.membership) @ vae.membership.T)
        mean = torch.zeros_like(shares).index_add_(0, groups, share) / counts[:, None]
        wanted = weight * shares + (1 - weight) * mean
        step = torch.log(wanted.clamp_min(1e-8) / mean.clamp_min(1e-8))
        offsets = (offsets + step).clamp(-MAX_OFFSET, MAX_OFFSET)
    return offsets
