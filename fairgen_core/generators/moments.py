"""A last, linear correction of what a network generates: the groups' means and covariances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

import torch

from fairgen_core.errors import TrainingDivergedError
from fairgen_core.generators.whitening import GroupWhitener
from fairgen_core.training import torch_generator

N_ROWS = 40_000
"""Rows drawn to measure the moments, over all groups."""
MIN_ROWS_A_GROUP = 2_000
MIN_TRAINING_ROWS_A_DIMENSION = 20
SPREAD_LIMITS = (0.2, 5.0)
"""Standard deviations (of 1 in the training rows) within which a generator counts as sound."""


class MomentMatcher:
    """Maps generated standardised vectors, group by group, to mean 0 and covariance I.

    Real vectors have these moments after whitening. Small errors of a group's mean become visible
    errors of its label rate, and this takes them out at no cost. A generator whose moments are far
    off is not corrected but refused. Until it is fitted it corrects nothing.
    """

    whitener_: GroupWhitener | None = None

    def fit(
        self,
        draw: Callable[[torch.Tensor, torch.Generator], torch.Tensor],
        training_groups: torch.Tensor,
        seed: int,
    ) -> Self:
        """Measure the moments of what `draw(groups, generator)` gives.

        Groups of few training rows are left as they are: their own moments are too uncertain.

        Raises:
            TrainingDivergedError: the drawn vectors are not finite, or some direction of them has
                collapsed or exploded.
        """
        device = training_groups.device
        counts = torch.bincount(training_groups)
        n_groups = len(counts)
        n_each = max(MIN_ROWS_A_GROUP, N_ROWS // n_groups)
        groups = torch.arange(n_groups, device=device).repeat_interleave(n_each)
        drawn = draw(groups, torch_generator(seed + 2, device)).clone()
        advice = "Lower the learning rate, raise the steps, or take another seed or generator."
        if not bool(drawn.isfinite().all()):
            raise TrainingDivergedError(
                f"Generated vectors must be finite numbers, and some are not. {advice}"
            )
        whitener = GroupWhitener().fit(drawn, groups)
        small = counts < MIN_TRAINING_ROWS_A_DIMENSION * drawn.shape[1]
        whitener.shift_[small] = 0
        whitener.factor_[small] = torch.eye(drawn.shape[1], device=device)
        spread = torch.linalg.svdvals(whitener.factor_)
        low, high = float(spread.min()), float(spread.max())
        if low < SPREAD_LIMITS[0] or high > SPREAD_LIMITS[1]:
            raise TrainingDivergedError(
                "The generator must spread its vectors as the data do, and their standard "
                f"deviation is {low:.2g} to {high:.2g} times the data's: it has collapsed or "
                f"diverged. {advice}"
            )
        self.whitener_ = whitener
        return self

    def correct(self, x: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """(m, d) generated standardised vectors -> the same with the right moments."""
        return x if self.whitener_ is None else self.whitener_.to_standard(x, groups)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The measured moments, once there are any."""
        if self.whitener_ is None:
            return {}
        return {f"moments.{k}": v for k, v in self.whitener_.state_dict().items()}

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> Self:
        """Take back what `state_dict` gave; other entries are ignored."""
        own = {k.removeprefix("moments."): v for k, v in state.items() if k.startswith("moments.")}
        self.whitener_ = GroupWhitener().load_state_dict(own)
        return self
