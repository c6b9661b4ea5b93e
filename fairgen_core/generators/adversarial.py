"""LSGAN and WGAN-GP over latent vectors, with RepFair-GAN's group-wise clipping as a choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch

from fairgen_core.config import GeneratorConfig, Preset
from fairgen_core.fairness.clipping import (
    ClipMeter,
    GroupBatches,
    GroupSchedule,
    set_clipped_gradient,
)
from fairgen_core.generators.moments import MomentMatcher
from fairgen_core.generators.pace import Pace, at_most
from fairgen_core.generators.whitening import GroupWhitener
from fairgen_core.losses import (
    gradient_penalty,
    lsgan_fake_loss,
    lsgan_generator_loss,
    lsgan_real_loss,
    r1_penalty,
    wasserstein_fake_loss,
    wasserstein_generator_loss,
    wasserstein_real_loss,
)
from fairgen_core.nn.adversarial_nets import Discriminator, VectorGenerator
from fairgen_core.nn.ema import MovingAverage
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.presets import fill_generator
from fairgen_core.training import Observer, check_finite, go_on_drawing, torch_generator

Scorer = Callable[[torch.Tensor], torch.Tensor]
AVERAGE_DECAY = 0.998
BETAS = (0.0, 0.99)
"""Of Adam: no momentum, which the opponents' moving targets would turn into swings."""
N_WARM_UP_STEPS = 50
CHUNK_ROWS = 8192
"""Rows drawn at once: the hidden layers then stay in a processor's cache."""
ADVICE = "Lower the learning rate, raise or remove the clip norm, or take the mixture generator."


@dataclass(frozen=True)
class Objective:
    """What a kind of GAN minimises.

    Attributes:
        real_loss, fake_loss: the discriminator's parts, of the scores (and row weights).
        generator_loss: of the scores of generated rows.
        penalty: of (scoring function, real rows, generated rows, random generator).
        penalty_weight: its weight in the discriminator's loss.
        penalty_interval: it is computed every so many steps, with so many times the weight
            (Karras et al. 2020, 'lazy regularisation').
        drift_weight: of the mean squared score, so that a critic's scores do not run away (Karras
            et al. 2018).
        balanced: whether the generated rows' part of the discriminator's loss, penalty included,
            is scaled down as the real rows' gradient is clipped. A Wasserstein critic needs both to
            weigh the same: with the real part clipped alone it only pushes generated rows away from
            where they are, the generator follows for ever, and every quick training on the hiring
            table diverged. A least-squares discriminator has a bounded optimum at any weights.
    """

    real_loss: Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]
    fake_loss: Callable[[torch.Tensor], torch.Tensor]
    generator_loss: Callable[[torch.Tensor], torch.Tensor]
    penalty: Callable[[Scorer, torch.Tensor, torch.Tensor, torch.Generator], torch.Tensor]
    penalty_weight: float
    penalty_interval: int
    drift_weight: float
    balanced: bool


OBJECTIVES: dict[str, Objective] = {
    "lsgan": Objective(
        lsgan_real_loss, lsgan_fake_loss, lsgan_generator_loss, r1_penalty, 0.1, 4, 0.0, False
    ),
    "wgan-gp": Objective(
        wasserstein_real_loss,
        wasserstein_fake_loss,
        wasserstein_generator_loss,
        gradient_penalty,
        1.0,
        1,
        1e-3,
        True,
    ),
}


class AdversarialGenerator:
    """LSGAN or WGAN-GP (by the configuration's name) of latent vectors, given the group.

    One generator step follows `n_critic_steps` discriminator steps. Without a clip norm the
    discriminator steps along the joint loss of a batch of real rows and generated rows of the same
    groups. With one, it is trained as RepFair-GAN says (`fairness.clipping`): real rows of one
    group at a time, their gradient clipped, a step; then a step on generated rows.

    What differs from FLDGM's supplement (together it lowered the AUROC of a detector of
    generated vectors at equal time; not every part was measured alone): vectors are whitened
    group by group and the generator starts as the identity on its noise, so that it is right to
    the first two moments from the start;
    both networks have gated blocks instead of batch norm, and the discriminator sees waves and
    products (`nn.features`); LSGAN has an R1 penalty; the learning rate falls to 0; the
    generator's moving average is used, and its moments are matched to the data's at the end.
    """

    def __init__(self, config: GeneratorConfig, preset: Preset) -> None:
        self._config = fill_generator(config, preset)

    def fit(
        self,
        z: torch.Tensor,
        groups: torch.Tensor,
        *,
        seed: int,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
    ) -> Self:
        """See `base.LatentGenerator.fit`."""
        config = self._config
        assert config.n_steps is not None
        assert config.batch_size is not None
        rng = torch_generator(seed + 1, z.device)
        self.whitener_ = GroupWhitener().fit(z, groups)
        rows = self.whitener_.training_rows(z, groups, rng)
        batch_size = max(16, min(config.batch_size, len(z) // 4))
        n_critic_steps = config.n_critic_steps or 1
        n_steps = at_most(config.n_steps, len(z), batch_size * n_critic_steps)
        schedule: GroupSchedule = "mixed" if config.clip_norm is None else "alternate"
        batches = GroupBatches(groups, batch_size, schedule, seed)
        duel = _Duel(config, z.shape[1], batches.n_groups, seed, z.device, rng)
        first = duel.load(resume_from) if resume_from else 0
        self.network_, self.matcher_ = duel.average.average, MomentMatcher()
        pace = Pace(observer, n_steps, duel.state, duel.losses)
        for step in range(first, n_steps):
            duel.set_rate(config.learning_rate or 1e-3, step, n_steps)
            for turn in range(step * n_critic_steps, (step + 1) * n_critic_steps):
                (batch,) = batches.at(turn)
                duel.discriminator_step(rows[batch.rows], groups[batch.rows], batch.group, turn)
            asked = groups[batch.rows]
            if batch.group is not None:
                # Turns of its own: after two critic steps the last one's group is always the second
                # of two, and no generator step would ask for the first.
                asked = torch.full_like(asked, step % batches.n_groups)
            duel.generator_step(asked, step)
            pace.after(step + 1)
        self.matcher_.fit(self._draw, groups, seed)
        return self

    def sample(self, groups: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """See `base.LatentGenerator.sample`."""
        standard = self.matcher_.correct(self._draw(groups, generator), groups)
        return self.whitener_.from_standard(standard, groups)

    @torch.inference_mode()
    def _draw(self, groups: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Standardised vectors, before the correction of moments."""
        network, drawn = self.network_, []
        for part in groups.split(CHUNK_ROWS):
            shape = (len(part), network.n_noise)
            noise = torch.randn(shape, generator=generator, device=groups.device)
            drawn.append(network(noise, part))
        return torch.cat(drawn) if drawn else torch.empty(0, network.n_dims, device=groups.device)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """See `base.LatentGenerator.state_dict`."""
        network = self.network_
        own = {f"network.{k}": v for k, v in network.state_dict().items()}
        n_groups, width = network.of_group.weight.shape
        sizes = torch.tensor([network.n_dims, n_groups, width])
        return {**own, **self.whitener_.state_dict(), **self.matcher_.state_dict(), "sizes": sizes}

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> Self:
        """See `base.LatentGenerator.load_state_dict`."""
        self.whitener_ = GroupWhitener().load_state_dict(state)
        self.matcher_ = MomentMatcher().load_state_dict(state)
        network = VectorGenerator(*state["sizes"].tolist()).eval().requires_grad_(False)
        own = {k.removeprefix("network."): v for k, v in state.items() if k.startswith("network.")}
        network.load_state_dict(own)
        self.network_ = network.to(self.whitener_.shift_.device)
        return self


class _Duel:
    """Generator, discriminator, their optimisers, and the steps that they take in turn."""

    def __init__(
        self,
        config: GeneratorConfig,
        n_dims: int,
        n_groups: int,
        seed: int,
        device: torch.device,
        rng: torch.Generator,
    ) -> None:
        assert config.width is not None
        self._objective = OBJECTIVES[config.name]
        self._clip_norm = config.clip_norm
        self._n_groups = n_groups
        self._rng = rng
        with seeded_init(seed):
            self._generator = VectorGenerator(n_dims, n_groups, config.width).to(device)
            self._discriminator = Discriminator(n_dims, n_groups, config.width).to(device)
        self.average = MovingAverage(self._generator, AVERAGE_DECAY)
        self._of_generator = torch.optim.Adam(self._generator.parameters(), betas=BETAS)
        self._of_discriminator = torch.optim.Adam(self._discriminator.parameters(), betas=BETAS)
        self._meter = ClipMeter()
        self._n_done = 0
        self._loss_d = self._loss_g = torch.zeros(())

    def set_rate(self, learning_rate: float, step: int, n_steps: int) -> None:
        """A linear warm-up, then half a cosine down to 0."""
        warm = min(1.0, (step + 1) / N_WARM_UP_STEPS)
        rate = learning_rate * warm * (0.5 + 0.5 * math.cos(math.pi * step / n_steps))
        for optimiser in (self._of_generator, self._of_discriminator):
            for part in optimiser.param_groups:
                part["lr"] = rate

    def discriminator_step(
        self, real: torch.Tensor, groups: torch.Tensor, group: int | None, turn: int
    ) -> None:
        """One step on real and generated rows; with a clip norm a step on each (RepFair-GAN)."""
        fake = self._generate(groups).detach()
        parameters = list(self._discriminator.parameters())
        if self._clip_norm is None:
            loss = self._real_part(real, groups) + self._fake_part(real, fake, groups, turn)
            set_clipped_gradient(parameters, [loss], [1.0], None)
            self._of_discriminator.step()
        else:
            loss = self._real_part(real, groups)
            (norm,) = set_clipped_gradient(parameters, [loss], [1.0], self._clip_norm)
            self._meter.add(group, norm, self._clip_norm)
            self._of_discriminator.step()
            weight = self._clip_norm / max(norm, self._clip_norm) if self._objective.balanced else 1
            fake_loss = weight * self._fake_part(real, fake, groups, turn)
            set_clipped_gradient(parameters, [fake_loss], [1.0], None)
            self._of_discriminator.step()
            loss = loss + fake_loss
        self._loss_d = loss.detach()

    def _real_part(self, real: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        scores = self._discriminator(real, groups)
        drift = self._objective.drift_weight * scores.square().mean()
        return self._objective.real_loss(scores, None) + drift

    def _fake_part(
        self, real: torch.Tensor, fake: torch.Tensor, groups: torch.Tensor, turn: int
    ) -> torch.Tensor:
        objective = self._objective
        loss = objective.fake_loss(self._discriminator(fake, groups))
        if turn % objective.penalty_interval:
            return loss
        penalty = objective.penalty(
            lambda rows: self._discriminator(rows, groups), real, fake, self._rng
        )
        return loss + objective.penalty_weight * objective.penalty_interval * penalty

    def generator_step(self, groups: torch.Tensor, step: int) -> None:
        """One step of the generator on new noise, and of its average."""
        scores = self._discriminator(self._generate(groups), groups)
        loss = self._objective.generator_loss(scores)
        set_clipped_gradient(self._generator.parameters(), [loss], [1.0], None)
        self._of_generator.step()
        self.average.update(self._generator, step)
        self._loss_g = loss.detach()
        self._n_done = step + 1

    def _generate(self, groups: torch.Tensor) -> torch.Tensor:
        shape = (len(groups), self._generator.n_noise)
        noise = torch.randn(shape, generator=self._rng, device=groups.device)
        return self._generator(noise, groups)

    def losses(self) -> dict[str, float]:
        """The newest losses, and with a clip norm the gradient norms by group."""
        losses = {"generator": float(self._loss_g), "discriminator": float(self._loss_d)}
        for name, value in losses.items():
            check_finite(f"{name}'s loss", value, ADVICE)
        return {**losses, **self._meter.read()}

    def state(self) -> dict[str, Any]:
        """All that a resume needs."""
        return {
            "generator": self._generator.state_dict(),
            "discriminator": self._discriminator.state_dict(),
            "average": self.average.average.state_dict(),
            "generator_optimiser": self._of_generator.state_dict(),
            "discriminator_optimiser": self._of_discriminator.state_dict(),
            "rng": self._rng.get_state(),
            "step": self._n_done,
        }

    def load(self, state: Mapping[str, Any]) -> int:
        """Take back what `state` gave; returns the steps done."""
        self._generator.load_state_dict(state["generator"])
        self._discriminator.load_state_dict(state["discriminator"])
        self.average.average.load_state_dict(state["average"])
        self._of_generator.load_state_dict(state["generator_optimiser"])
        self._of_discriminator.load_state_dict(state["discriminator_optimiser"])
        self._n_done = int(state["step"])
        go_on_drawing(self._rng, state["rng"], self._n_done)
        return self._n_done
