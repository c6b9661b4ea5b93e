"""Standardising latent vectors group by group, means and correlations included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import torch

from fairgen_core.errors import TrainingDivergedError

PRIOR_ROWS_A_DIMENSION = 2
"""Weight of the pooled covariance in a group's own: this many rows for each dimension."""
RIDGE = 1e-4
"""Share of the mean variance added to each variance, for dimensions that do not vary."""


class GroupWhitener:
    """Maps each group's vectors to mean 0 and covariance I, and back.

    A network that starts from standard normal vectors then has each group's first two moments
    right before it has learned anything, and small groups do not depend on what it learns of
    large ones. A group's covariance is shrunk towards the pooled one, so that a group of a few
    rows has a usable one.

    Attributes:
        shift_: (K, d) the groups' means.
        factor_: (K, d, d) lower Cholesky factors of their covariances.
        jitter_: standard deviation of the noise that makes up for the ridge.
    """

    def fit(self, z: torch.Tensor, groups: torch.Tensor) -> Self:
        """Learn the groups' moments from (n, d) vectors and (n,) groups 0..K-1.

        Raises:
            TrainingDivergedError: a number is NaN or infinite.
        """
        if not bool(z.isfinite().all()):
            raise TrainingDivergedError(
                "Latent vectors must be finite numbers, and some are not. Lower the compression's "
                "learning rate."
            )
        n_groups, d = int(groups.max()) + 1, z.shape[1]
        members = [z[groups == a].double() for a in range(n_groups)]
        self.shift_ = torch.stack([rows.mean(dim=0) for rows in members])
        pairs = zip(members, self.shift_, strict=True)
        scatter = torch.stack([(rows - mean).T @ (rows - mean) for rows, mean in pairs])
        pooled = scatter.sum(dim=0) / len(z)
        prior = PRIOR_ROWS_A_DIMENSION * d
        counts = torch.tensor([len(rows) for rows in members], device=z.device)[:, None, None]
        covariance = (scatter + prior * pooled) / (counts + prior)
        ridge = (RIDGE * pooled.diagonal().mean()).clamp_min(1e-12)
        self.jitter_ = float(ridge.sqrt())
        eye = torch.eye(d, device=z.device, dtype=torch.float64)
        self.factor_ = torch.linalg.cholesky(covariance + ridge * eye).to(z.dtype)
        self.shift_ = self.shift_.to(z.dtype)
        return self

    def training_rows(
        self, z: torch.Tensor, groups: torch.Tensor, rng: torch.Generator
    ) -> torch.Tensor:
        """The standardised vectors that a network learns from.

        They carry noise of the ridge's size (invisible beside the data's), so that directions in
        which `z` does not vary have variance 1 like all others.
        """
        noise = torch.randn(z.shape, generator=rng, device=z.device, dtype=z.dtype)
        return self.to_standard(z + self.jitter_ * noise, groups)

    def to_standard(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(n, d) vectors in their own units -> standardised ones."""
        x = torch.empty_like(z)
        for group in range(len(self.shift_)):
            rows = groups == group
            centred = (z[rows] - self.shift_[group]).T
            x[rows] = torch.linalg.solve_triangular(self.factor_[group], centred, upper=False).T
        return x

    def from_standard(self, x: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """The inverse of `to_standard`."""
        z = torch.empty_like(x)
        for group in range(len(self.shift_)):
            rows = groups == group
            z[rows] = x[rows] @ self.factor_[group].T + self.shift_[group]
        return z

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The learned moments."""
        return {"whitener.shift": self.shift_, "whitener.factor": self.factor_}

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> Self:
        """Take back what `state_dict` gave; other entries are ignored."""
        self.shift_, self.factor_ = state["whitener.shift"], state["whitener.factor"]
        return self
