"""The autoencoder's parts against torch's own functions."""

from __future__ import annotations

import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional

from fairgen_core.nn.mlp import mlp, seeded_init
from fairgen_core.nn.vae import LOGIT_BOUND, CategoricalVAE, draw_cells, gaussian_kl

CARDINALITIES = (3, 2, 5)


def _vae(encoder_sees_group: bool = True, decoder_sees_group: bool = True) -> CategoricalVAE:
    with seeded_init(0):
        return CategoricalVAE(
            CARDINALITIES,
            2,
            2,
            4,
            16,
            encoder_sees_group=encoder_sees_group,
            decoder_sees_group=decoder_sees_group,
        )


def _codes(n: int) -> torch.Tensor:
    rng = torch.Generator().manual_seed(0)
    return torch.stack(
        [torch.randint(size, (n,), generator=rng) for size in (*CARDINALITIES, 2)], dim=1
    )


def test_the_cross_entropy_of_each_column_is_torchs() -> None:
    vae, codes = _vae(), _codes(50)[:, :3]
    logits = LOGIT_BOUND * (2 * torch.rand(50, 10, generator=torch.Generator().manual_seed(1)) - 1)
    ours = vae.column_cross_entropy(logits, codes)
    for column, part in enumerate(logits.split(CARDINALITIES, dim=1)):
        expected = functional.cross_entropy(part, codes[:, column], reduction="none")
        torch.testing.assert_close(ours[:, column], expected, rtol=1e-4, atol=1e-4)


def test_a_column_at_the_bound_does_not_make_the_others_underflow() -> None:
    vae = _vae()
    logits = torch.full((1, 10), -LOGIT_BOUND)
    logits[0, :3] = LOGIT_BOUND
    error = vae.column_cross_entropy(logits, torch.zeros(1, 3, dtype=torch.int64))
    torch.testing.assert_close(error[0], torch.tensor([3.0, 2.0, 5.0]).log())


def test_the_kl_is_torchs() -> None:
    mean, log_variance = torch.randn(6, 3), torch.randn(6, 3)
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(gaussian_kl(mean, log_variance), expected)


def test_cells_are_drawn_by_their_probabilities() -> None:
    logits = torch.tensor([[0.2, 0.3, 0.5, 0.9, 0.1]]).log().repeat(10_000, 1)
    points = (torch.arange(10_000.0)[:, None] + 0.5).repeat(1, 2) / 10_000
    codes = draw_cells(logits, (3, 2), points)
    shares = [torch.bincount(codes[:, c]).float() / 10_000 for c in range(2)]
    torch.testing.assert_close(shares[0], torch.tensor([0.2, 0.3, 0.5]), atol=1e-3, rtol=0)
    torch.testing.assert_close(shares[1], torch.tensor([0.9, 0.1]), atol=1e-3, rtol=0)


def test_a_forbidden_cell_is_never_drawn() -> None:
    logits = torch.tensor([[float("-inf"), 0.0, float("-inf")]])
    for point in (0.0, 0.5, 1.0 - 1e-7, 1.0):
        assert draw_cells(logits, (3,), torch.tensor([[point]])).item() == 1


def test_parts_that_do_not_see_the_group_do_not_change_with_it() -> None:
    blind, seeing = _vae(False, False), _vae()
    codes, z = _codes(8), torch.randn(8, 4)
    zeros, ones = torch.zeros(8, dtype=torch.int64), torch.ones(8, dtype=torch.int64)
    assert torch.equal(blind.encode(codes, zeros)[0], blind.encode(codes, ones)[0])
    assert torch.equal(blind.decode_x(z, zeros), blind.decode_x(z, ones))
    assert not torch.equal(seeing.encode(codes, zeros)[0], seeing.encode(codes, ones)[0])
    assert not torch.equal(seeing.decode_x(z, zeros), seeing.decode_x(z, ones))


def test_seeded_init_repeats_weights_and_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    networks = []
    for _ in range(2):
        with seeded_init(3):
            networks.append(mlp([4, 8, 1]))
    assert torch.equal(networks[0][0].weight, networks[1][0].weight)
    assert torch.equal(before, torch.get_rng_state())


def test_an_mlp_ends_linear_unless_told() -> None:
    assert isinstance(mlp([2, 3, 1])[-1], torch.nn.Linear)
    assert isinstance(mlp([2, 3], activate_last=True)[-1], torch.nn.SiLU)
