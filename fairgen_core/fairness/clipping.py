"""Group-wise gradient clipping and the order of groups (RepFair-GAN), for any discriminator.

RepFair-GAN (Kenfack et al. 2022, algorithm 1) trains the discriminator so:

1. Take a batch of real rows from one group a; the groups take turns.
2. Compute the gradient g of the real part of the discriminator's loss on that batch.
3. Clip it: g <- g min(1, C / |g|), the norm taken over all parameters together.
4. Step along g.
5. Generate a batch, and take a step on the generated part of the loss, unclipped.

The generator's step follows as in any GAN. The paper has two groups; here K >= 2 take turns in
their order. Besides the paper's order (``"alternate"``), `GroupBatches` knows its rivals, so that
what the order does and what the clip does can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch

from fairgen_core.training import torch_generator

GroupSchedule = Literal["mixed", "alternate", "random", "per-group", "reweight"]
"""Which real rows a discriminator step sees.

mixed: rows as they come, the classic GAN. alternate: one group a step, in turns (the paper).
random: one group a step, drawn evenly. per-group: rows as they come, but each group's part has a
gradient of its own, clipped alone before they are added by their shares. reweight: rows as they
come, weighted so that every group counts the same.
"""


@dataclass(frozen=True)
class RealBatch:
    """Real rows whose gradient is computed, and clipped, together.

    Attributes:
        rows: (b,) int64 row numbers.
        group: the group that all rows belong to; None where groups are mixed.
        share: weight of this batch's gradient in the step; the shares of a step sum to 1.
        weights: (b,) float32 row weights of mean about 1; None: all 1.
    """

    rows: torch.Tensor
    group: int | None
    share: float = 1.0
    weights: torch.Tensor | None = None


class GroupBatches:
    """Batches of real rows in the order that a `GroupSchedule` asks for.

    Step i's batches depend on the seed and i alone, so a resumed training sees the same ones.
    Rows come in shuffled passes without replacement, passes of a group being that group's own; a
    pass's last rows that fill no batch wait for a later pass. A group with fewer rows than a batch
    gives some of its rows several times, drawn anew each time.

    Args:
        groups: (n,) int64, 0..K-1, every group present.
        batch_size: rows a step.
        schedule: see `GroupSchedule`.
        seed: of the shuffles and of the random order.
    """

    def __init__(
        self, groups: torch.Tensor, batch_size: int, schedule: GroupSchedule, seed: int
    ) -> None:
        self._groups = groups
        self._schedule = schedule
        self._batch_size = batch_size
        self._seed = seed
        self.n_groups = int(groups.max()) + 1
        counts = torch.bincount(groups, minlength=self.n_groups)
        self._group_weights = len(groups) / (self.n_groups * counts.float())
        one_group = schedule in {"alternate", "random"}
        self._members = (
            [torch.nonzero(groups == a).flatten() for a in range(self.n_groups)]
            if one_group
            else [torch.arange(len(groups), device=groups.device)]
        )
        self._passes: dict[int, tuple[int, torch.Tensor]] = {}

    def at(self, step: int) -> list[RealBatch]:
        """The batches of step 0, 1, ...: one, or with ``"per-group"`` one for each group in it."""
        if self._schedule == "alternate":
            group = step % self.n_groups
            return [RealBatch(self._take(group, step // self.n_groups), group)]
        if self._schedule == "random":
            rng = torch_generator(_mix(self._seed, -1, step), torch.device("cpu"))
            group = int(torch.randint(self.n_groups, (1,), generator=rng))
            return [RealBatch(self._take(group, step), group)]
        rows = self._take(0, step)
        if self._schedule == "reweight":
            return [RealBatch(rows, None, weights=self._group_weights[self._groups[rows]])]
        if self._schedule == "mixed":
            return [RealBatch(rows, None)]
        of_rows = self._groups[rows]
        parts = []
        for group in range(self.n_groups):
            part = rows[of_rows == group]
            if len(part):
                parts.append(RealBatch(part, group, share=len(part) / len(rows)))
        return parts

    def _take(self, pool: int, turn: int) -> torch.Tensor:
        """Batch number `turn` of the shuffled passes over one pool of rows."""
        members = self._members[pool]
        size = self._batch_size
        if len(members) < size:
            repeats = -(-size // len(members))
            order = self._shuffle(pool, turn, len(members) * repeats)[:size] % len(members)
            return members[order]
        batches_a_pass = len(members) // size
        number, place = divmod(turn, batches_a_pass)
        return members[self._shuffle(pool, number, len(members))[place * size : (place + 1) * size]]

    def _shuffle(self, pool: int, number: int, n: int) -> torch.Tensor:
        """The order of a pool's pass, kept until its next pass."""
        kept = self._passes.get(pool)
        if kept is None or kept[0] != number:
            device = self._groups.device
            rng = torch_generator(_mix(self._seed, pool, number), device)
            kept = (number, torch.randperm(n, generator=rng, device=device))
            self._passes[pool] = kept
        return kept[1]


class ClipMeter:
    """Keeps the gradient norms by group and how often they were clipped, since it was last read."""

    def __init__(self) -> None:
        self._norms: dict[str, list[float]] = {}
        self._n_clipped = 0
        self._n = 0

    def add(self, group: int | None, norm: float, max_grad_norm: float | None) -> None:
        """Note one gradient's norm before clipping."""
        self._norms.setdefault("all" if group is None else str(group), []).append(norm)
        self._n += 1
        self._n_clipped += max_grad_norm is not None and norm > max_grad_norm

    def note(self, group: int, norm: float) -> None:
        """Note a gradient's norm that was only measured: no step was taken along it."""
        self._norms.setdefault(str(group), []).append(norm)

    def read(self) -> dict[str, float]:
        """Mean norm ``grad_norm:<group>`` and ``clipped_share`` since the last call."""
        figures = {f"grad_norm:{a}": sum(v) / len(v) for a, v in sorted(self._norms.items())}
        if self._n:
            figures["clipped_share"] = self._n_clipped / self._n
        self._norms, self._n_clipped, self._n = {}, 0, 0
        return figures

    def state_dict(self) -> dict[str, Any]:
        """What was noted since the last reading, for a checkpoint."""
        return {"norms": self._norms, "n_clipped": self._n_clipped, "n": self._n}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        self._norms = {group: list(norms) for group, norms in state["norms"].items()}
        self._n_clipped, self._n = int(state["n_clipped"]), int(state["n"])


def set_clipped_gradient(
    parameters: Iterable[torch.nn.Parameter],
    losses: Sequence[torch.Tensor],
    shares: Sequence[float],
    max_grad_norm: float | None,
) -> list[float]:
    """Put the sum over batches of share x clip(gradient, C) into the parameters' ``grad``.

    Args:
        parameters: what is trained; their former gradients are dropped.
        losses: one mean loss for each `RealBatch` of the step.
        shares: the batches' shares.
        max_grad_norm: C, over all parameters together; None: no clipping.

    Returns:
        Each gradient's norm before clipping.

    Source: RepFair-GAN, algorithm 1, lines 'g <- gradient' and 'g <- clip(g, C)'; with several
    losses, the same for each part of a mixed batch.
    """
    trained = [p for p in parameters if p.requires_grad]
    for parameter in trained:
        parameter.grad = None
    norms = []
    for loss, share in zip(losses, shares, strict=True):
        # A part of a WGAN critic's loss can miss a parameter (its last bias).
        found = torch.autograd.grad(loss, trained, allow_unused=True)
        gradients = [
            torch.zeros_like(p) if g is None else g for p, g in zip(trained, found, strict=True)
        ]
        norm = float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients))))
        norms.append(norm)
        scale = share
        if max_grad_norm is not None and norm > max_grad_norm:
            scale *= max_grad_norm / norm
        for parameter, gradient in zip(trained, gradients, strict=True):
            scaled = gradient if scale == 1.0 else gradient * scale
            parameter.grad = scaled if parameter.grad is None else parameter.grad + scaled
    return norms


def _mix(seed: int, pool: int, number: int) -> int:
    """A seed of its own for each pool and pass (multipliers: primes, to keep them apart)."""
    return (seed * 1_000_003 + (pool + 2) * 7_919 + number * 104_729) % (2**63 - 1)
