"""Calibrated marginals are the real ones, in every group."""

from __future__ import annotations

import torch

from fairgen_core.nn.mlp import seeded_init
from fairgen_core.nn.vae import CategoricalVAE
from fairgen_core.synthesizers.marginals import MAX_OFFSET, cell_shares, marginal_offsets


def _vae() -> CategoricalVAE:
    with seeded_init(0):
        return CategoricalVAE(
            (3, 2), 0, 2, 4, 16, encoder_sees_group=False, decoder_sees_group=True
        )


def test_shares_by_hand() -> None:
    codes = torch.tensor([[0, 0], [2, 1], [2, 1], [1, 0]])
    shares = cell_shares(codes, torch.tensor([0, 0, 0, 1]), _vae())
    expected = [[1 / 3, 0, 2 / 3, 1 / 3, 2 / 3], [0, 1, 0, 1, 0]]
    torch.testing.assert_close(shares, torch.tensor(expected))


def test_offsets_bring_the_mean_probabilities_to_the_wanted_shares() -> None:
    rng = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(4000, 5, generator=rng)
    groups = torch.arange(4000) % 2
    wanted = torch.tensor([[0.2, 0.7, 0.1, 0.9, 0.1], [0.5, 0.2, 0.3, 0.4, 0.6]])
    sizes = torch.tensor([100_000, 100_000])
    offsets = marginal_offsets(logits, groups, wanted, sizes, _vae())
    moved = logits + offsets[groups]
    for group in (0, 1):
        own = moved[groups == group]
        for cells in (slice(0, 3), slice(3, 5)):
            share = own[:, cells].softmax(dim=1).mean(dim=0)
            torch.testing.assert_close(share, wanted[group, cells], atol=0.01, rtol=0)


def test_forbidden_cells_and_absent_groups_stay_finite() -> None:
    logits = torch.zeros(10, 5)
    logits[:, 0] = float("-inf")
    groups = torch.zeros(10, dtype=torch.int64)
    shares = cell_shares(torch.tensor([[1, 0], [2, 0]]), torch.tensor([0, 0]), _vae())
    offsets = marginal_offsets(logits, groups, shares, torch.tensor([2, 0]), _vae())
    assert torch.isfinite(offsets).all()
    assert offsets.abs().max() <= MAX_OFFSET
