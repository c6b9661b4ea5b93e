"""A Gaussian mixture for each group: the instant default beside the papers' generators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import torch

from fairgen_core.config import GeneratorConfig, Preset
from fairgen_core.presets import fill_generator
from fairgen_core.training import Observer, check_finite, stop_if_asked, torch_generator

RIDGE = 1e-3
"""Added to every variance, in standardised units: keeps components from shrinking onto a row."""
MAX_ROWS = 100_000
"""Rows a group that the mixture is fitted on at most."""
MIN_ROWS_A_COMPONENT = 40
CHUNK = 16_384
"""Rows whose densities are held in memory at once."""


class MixtureGenerator:
    """Full-covariance Gaussian mixtures, one a group, by expectation maximisation.

    Seeded at random rows, then EM steps; components that lose their rows are dropped by their
    weight. Linear in rows, components and steps. Draws take exact shares of the components
    (systematic sampling), so that their number varies by less than one from what is expected.
    """

    def __init__(self, config: GeneratorConfig, preset: Preset) -> None:
        filled = fill_generator(config, preset)
        assert filled.n_components is not None
        assert filled.n_steps is not None
        self._n_components = filled.n_components
        self._n_steps = filled.n_steps

    def fit(
        self,
        z: torch.Tensor,
        groups: torch.Tensor,
        *,
        seed: int,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
    ) -> Self:
        """See `base.LatentGenerator.fit`; a checkpoint holds the groups that are finished."""
        self.shift_ = z.mean(dim=0)
        self.scale_ = z.std(dim=0, unbiased=False).clamp_min(1e-6)
        standard = (z - self.shift_) / self.scale_
        n_groups = int(groups.max()) + 1
        done = list(resume_from["groups"]) if resume_from else []
        parts = [{name: t.to(z.device) for name, t in part.items()} for part in done]
        for group in range(len(parts), n_groups):
            rows = standard[groups == group]
            rng = torch_generator(seed * 1009 + group, z.device)

            def tell(
                step_share: float, loss: float, part: dict[str, Any], group: int = group
            ) -> None:
                stop_if_asked(observer)
                self.parts_ = [*parts, part]
                fraction = (group + step_share) / n_groups
                observer.on_progress("generator", fraction, losses={"negative log-density": loss})

            parts.append(self._fit_group(rows, rng, tell))
            observer.on_checkpoint({"groups": [dict(part) for part in parts]})
        self.parts_ = parts
        return self

    def _fit_group(self, rows: torch.Tensor, rng: torch.Generator, tell: Any) -> dict[str, Any]:
        """EM on one group's standardised rows."""
        if len(rows) > MAX_ROWS:
            pick = torch.randperm(len(rows), generator=rng, device=rows.device)[:MAX_ROWS]
            rows = rows[pick]
        n, d = rows.shape
        k = max(1, min(self._n_components, n // MIN_ROWS_A_COMPONENT))
        eye = torch.eye(d, device=rows.device)
        means = rows[torch.randperm(n, generator=rng, device=rows.device)[:k]].clone()
        spread = rows.var(dim=0, unbiased=False).diag() if n > 1 else eye
        covariances = (spread / 4 + RIDGE * eye).repeat(k, 1, 1)
        weights = torch.full((k,), 1 / k, device=rows.device)
        for step in range(self._n_steps):
            count = torch.zeros(k, device=rows.device)
            first = torch.zeros(k, d, device=rows.device)
            second = torch.zeros(k, d, d, device=rows.device)
            loss = 0.0
            for chunk in rows.split(CHUNK):
                log_p = _log_density(chunk, weights, means, covariances)
                total = torch.logsumexp(log_p, dim=1)
                duty = (log_p - total[:, None]).exp()
                loss -= float(total.sum()) / n
                count += duty.sum(dim=0)
                first += duty.T @ chunk
                pairs = (chunk[:, :, None] * chunk[:, None, :]).flatten(1)
                second += (duty.T @ pairs).view(k, d, d)
            check_finite(
                "mixture's negative log-density", loss, "Use fewer components or another seed."
            )
            count = count.clamp_min(1e-3)
            weights = count / count.sum()
            means = first / count[:, None]
            covariances = second / count[:, None, None] - means[:, :, None] * means[:, None, :]
            # The prior of one ridge-sized row of the group's own spread steadies small components.
            covariances = (covariances * count[:, None, None] + spread * d) / (
                count[:, None, None] + d
            ) + RIDGE * eye
            # In one memory order, as they are read back: in another, products round differently.
            factors = torch.linalg.cholesky(covariances).contiguous()
            part = {"weights": weights, "means": means, "factors": factors}
            tell((step + 1) / self._n_steps, loss, part)
        return part

    def sample(self, groups: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """See `base.LatentGenerator.sample`."""
        z = torch.empty(len(groups), len(self.shift_), device=groups.device)
        for group, part in enumerate(self.parts_):
            rows = torch.nonzero(groups == group).flatten()
            if len(rows) == 0:
                continue
            start = torch.rand(1, generator=generator, device=groups.device)
            points = (torch.arange(len(rows), device=groups.device) + start) / len(rows)
            shuffle = torch.randperm(len(rows), generator=generator, device=groups.device)
            ends = part["weights"].cumsum(0)
            component = torch.searchsorted(ends / ends[-1], points[shuffle])
            component = component.clamp_max(len(ends) - 1)
            noise = torch.randn(len(rows), z.shape[1], generator=generator, device=groups.device)
            moved = torch.empty_like(noise)
            for k in torch.unique(component).tolist():
                of_k = component == k
                moved[of_k] = part["means"][k] + noise[of_k] @ part["factors"][k].T
            z[rows] = moved
        return z * self.scale_ + self.shift_

    def state_dict(self) -> dict[str, torch.Tensor]:
        """See `base.LatentGenerator.state_dict`."""
        state = {"shift": self.shift_, "scale": self.scale_}
        for group, part in enumerate(self.parts_):
            state.update({f"{group}.{name}": tensor for name, tensor in part.items()})
        return state

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> Self:
        """See `base.LatentGenerator.load_state_dict`."""
        self.shift_, self.scale_ = state["shift"], state["scale"]
        n_groups = len({name.split(".")[0] for name in state if "." in name})
        names = ("weights", "means", "factors")
        self.parts_ = [{n: state[f"{group}.{n}"] for n in names} for group in range(n_groups)]
        return self


def _log_density(
    rows: torch.Tensor, weights: torch.Tensor, means: torch.Tensor, covariances: torch.Tensor
) -> torch.Tensor:
    """log(weight_k N(row; mean_k, covariance_k)), (n, k), constants left out.

    With A = inverse Cholesky factor, the exponent is |A row - A mean|^2: one matrix product for
    all components.
    """
    k, d = means.shape
    factors = torch.linalg.cholesky(covariances)
    eye = torch.eye(d, device=rows.device).expand(k, d, d)
    inverse = torch.linalg.solve_triangular(factors, eye, upper=False)
    offsets = (inverse @ means[:, :, None]).reshape(1, k * d)
    white = rows @ inverse.reshape(k * d, d).T - offsets
    distance = white.view(-1, k, d).square().sum(dim=2)
    log_det = factors.diagonal(dim1=1, dim2=2).log().sum(dim=1)
    return weights.log() - log_det - distance / 2
