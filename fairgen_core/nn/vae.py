"""The variational autoencoder of tables: categorical cells in, a Gaussian latent, cells out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from fairgen_core.nn.mlp import mlp

MEAN_BOUND = 5.0
LOG_VARIANCE_RANGE = (-7.0, 1.0)
BELOW_ONE = 1 - 2**-24
"""The largest float32 below 1."""
LOGIT_BOUND = 16.0
"""exp(-16) .. exp(16) lies well inside float32, so a softmax needs no maximum subtracted: one
maximum over all columns would make the others underflow, and one for each column costs time."""


class CategoricalVAE(nn.Module):
    """Encoder q(z | x, y, s) and decoders p(x | z, s), p(y | z) over columns of cells.

    Source: FLDGM, section 4.1 and equation 7. Deviations: the label has a decoder of its own that
    never sees s; categorical likelihoods for every column; bounded means, variances and logits.

    Args:
        cardinalities: cells of each column of x.
        n_labels: cells of the label column; 0: there is none.
        n_groups: K.
        latent_dims: size of z.
        width: hidden units.
        encoder_sees_group: whether q is conditioned on s.
        decoder_sees_group: whether p(x | ...) is conditioned on s.
    """

    starts: torch.Tensor
    """(columns + label + group) where each column's cells begin among the encoder's inputs."""
    membership: torch.Tensor
    """(cells of x, columns of x) 1 where the cell belongs to the column."""

    def __init__(
        self,
        cardinalities: Sequence[int],
        n_labels: int,
        n_groups: int,
        latent_dims: int,
        width: int,
        *,
        encoder_sees_group: bool,
        decoder_sees_group: bool,
    ) -> None:
        super().__init__()
        self.cardinalities = tuple(cardinalities)
        self.n_labels = n_labels
        self.n_groups = n_groups
        self.encoder_sees_group = encoder_sees_group
        self.decoder_sees_group = decoder_sees_group
        sizes = [*cardinalities, *([n_labels] if n_labels else []), n_groups]
        n_inputs = sum(sizes)
        # A sum of embeddings is the one-hot layer without its multiplications by zero.
        self.first = nn.EmbeddingBag(n_inputs, width, mode="sum")
        nn.init.uniform_(self.first.weight, -(len(sizes) ** -0.5), len(sizes) ** -0.5)
        self.encoder = nn.Sequential(nn.SiLU(), mlp([width, width, 2 * latent_dims]))
        n_seen = n_groups if decoder_sees_group else 0
        self.x_decoder = mlp([latent_dims + n_seen, width, width, sum(cardinalities)])
        self.y_decoder = mlp([latent_dims, max(16, width // 2), n_labels]) if n_labels else None
        starts = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        self.register_buffer("starts", starts, persistent=False)
        column = torch.repeat_interleave(
            torch.arange(len(self.cardinalities)), torch.tensor(self.cardinalities)
        )
        self.register_buffer(
            "membership",
            functional.one_hot(column, len(self.cardinalities)).float(),
            persistent=False,
        )

    def encode(
        self, codes: torch.Tensor, groups: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and log-variance of q(z | x, y, s).

        Args:
            codes: (n, columns [+ 1 with a label, last]) int64 cells.
            groups: (n,) int64.
        """
        flat = codes + self.starts[: codes.shape[1]]
        if self.encoder_sees_group:
            flat = torch.cat([flat, (groups + self.starts[-1])[:, None]], dim=1)
        mean, log_variance = self.encoder(self.first(flat)).chunk(2, dim=1)
        low, high = LOG_VARIANCE_RANGE
        log_variance = low + (high - low) * torch.sigmoid(log_variance)
        return MEAN_BOUND * torch.tanh(mean / MEAN_BOUND), log_variance

    def decode_x(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """Logits of all columns' cells side by side, (n, sum of cardinalities)."""
        if self.decoder_sees_group:
            z = torch.cat([z, functional.one_hot(groups, self.n_groups).to(z.dtype)], dim=1)
        return bounded(self.x_decoder(z))

    def decode_y(self, z: torch.Tensor) -> torch.Tensor:
        """Logits of the label's cells, (n, n_labels)."""
        assert self.y_decoder is not None  # only models with a label are asked
        return bounded(self.y_decoder(z))

    def column_cross_entropy(self, logits: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        """-log p(code) of every row and column, (n, columns); softmax over each column's cells.

        Args:
            logits: (n, sum of cardinalities), within `LOGIT_BOUND`.
            codes: (n, columns) int64.
        """
        n_columns = len(self.cardinalities)
        normaliser = (logits.exp() @ self.membership).log()
        return normaliser - logits.gather(1, codes + self.starts[:n_columns])


def bounded(logits: torch.Tensor) -> torch.Tensor:
    """Logits squeezed smoothly into +-`LOGIT_BOUND`."""
    return LOGIT_BOUND * torch.tanh(logits / LOGIT_BOUND)


def draw_cells(
    logits: torch.Tensor, cardinalities: Sequence[int], uniform: torch.Tensor
) -> torch.Tensor:
    """One cell a column by its softmax probabilities: inverse distribution functions at `uniform`.

    Args:
        logits: (n, sum of cardinalities).
        cardinalities: cells a column.
        uniform: (n, columns) in 0..1; a 1, as rounding makes, counts as the number before it.

    Returns:
        (n, columns) int64.
    """
    codes = torch.empty(uniform.shape, dtype=torch.int64, device=logits.device)
    for i, part in enumerate(logits.split(tuple(cardinalities), dim=1)):
        cumulative = part.exp().cumsum(dim=1)
        # At 1 itself the last cell would be drawn, even where its probability is 0.
        point = uniform[:, i, None].clamp_max(BELOW_ONE) * cumulative[:, -1:]
        codes[:, i] = (cumulative[:, :-1] <= point).sum(dim=1)
    return codes


def gaussian_kl(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL(N(mean, variance) || N(0, I)) of every row, (n,), in nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
