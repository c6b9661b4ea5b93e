"""GAN, CGAN and RepFair-GAN on pictures: one loop, the group order and the clip as switches.

RepFair-GAN (Kenfack et al. 2022, algorithm 1), for K >= 2 groups. For each step:

1. Take a batch of real pictures of one group; the groups take turns.
2. Compute the gradient of the real part of the discriminator's loss on that batch.
3. Clip its norm to C, over all parameters together.
4. Step along it.
5. Generate a batch and take a discriminator step on its part of the loss, unclipped.
6. Take a generator step.

Its rivals differ in 1 and 3 only (`fairness.clipping`), so that the claim can be judged. With the
grouping ``condition`` both networks are told the group and generated groups are drawn evenly.

Deviations from the text: batch norm in the generator (without it every prototype ended in one
group), an exponential average of the generator where `ema_decay` is above 0, R1 on request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch

from fairgen_core import losses
from fairgen_core.errors import ConfigError
from fairgen_core.fairness.clipping import (
    ClipMeter,
    GroupBatches,
    GroupSchedule,
    RealBatch,
    set_clipped_gradient,
)
from fairgen_core.image_config import GanConfig, Objective
from fairgen_core.nn.image_nets import make_pair
from fairgen_core.training import (
    Observer,
    check_finite,
    stop_if_asked,
    torch_generator,
)

ADVICE = (
    "Lower the learning rate, choose the classic objective, or change the clip norm, "
    "and train again."
)
PENALTY_WEIGHT = 10.0
"""WGAN-GP's gradient penalty (Gulrajani et al. 2017)."""
R1_EVERY = 4
MEASURE_EVERY = 20
"""Steps between measurements of each group's gradient norm where batches are mixed."""
REPORT_SECONDS = 0.3
CHECKPOINT_SECONDS = 10.0

RealLoss = Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]
FakeLoss = Callable[[torch.Tensor], torch.Tensor]
OBJECTIVES: dict[Objective, tuple[RealLoss, FakeLoss, FakeLoss]] = {
    "classic": (
        losses.classic_real_loss,
        losses.classic_fake_loss,
        losses.classic_generator_loss,
    ),
    "lsgan": (losses.lsgan_real_loss, losses.lsgan_fake_loss, losses.lsgan_generator_loss),
    "wgan-gp": (
        losses.wasserstein_real_loss,
        losses.wasserstein_fake_loss,
        losses.wasserstein_generator_loss,
    ),
}
"""Real, fake and generator part of each objective."""


@dataclass(frozen=True)
class Pictures:
    """What a GAN trains on.

    Attributes:
        pixels: (n, channels, size, size) uint8, on the training device.
        groups: (n,) int64, 0..K-1.
        classes: (n,) int64, 0..M-1; None: the GAN is not told a class.
    """

    pixels: torch.Tensor
    groups: torch.Tensor
    classes: torch.Tensor | None = None


class RepFairGAN:
    """A generator of pictures, trained as algorithm 1 says or as one of its rivals.

    Args:
        config: every knob filled in (`presets.fill_gan`).
        seed: seeds weights, batches and noise; the same seed on the same machine gives the same
            generator.
    """

    def __init__(self, config: GanConfig, seed: int) -> None:
        if config.n_steps is None or config.width is None or config.network is None:
            raise ConfigError("gan: every knob must be filled in before a GAN is made.")
        self.config = config
        self.seed = seed

    # -- setting up ---------------------------------------------------------------------------

    def _build(self, data: Pictures) -> None:
        config = self.config
        device = data.pixels.device
        self.n_groups = int(data.groups.max()) + 1
        self.n_classes = 0 if data.classes is None else int(data.classes.max()) + 1
        self.conditioned = config.grouping == "condition"
        n_values = tuple(n for n in (self.n_classes, self.n_groups if self.conditioned else 0) if n)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            pair = make_pair(
                cast(Any, config.network),
                data.pixels.shape[2],
                data.pixels.shape[1],
                width=cast(int, config.width),
                noise_dims=cast(int, config.noise_dims),
                n_values=n_values,
            )
        self.generator, self.discriminator = (net.to(device) for net in pair)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.averaged = make_pair(
                cast(Any, config.network),
                data.pixels.shape[2],
                data.pixels.shape[1],
                width=cast(int, config.width),
                noise_dims=cast(int, config.noise_dims),
                n_values=n_values,
            )[0].to(device)
        self.averaged.load_state_dict(self.generator.state_dict())
        betas = (0.5, 0.999) if config.objective != "wgan-gp" else (0.5, 0.9)
        rate = cast(float, config.learning_rate)
        self._d_adam = torch.optim.Adam(
            self.discriminator.parameters(), rate, betas=betas, fused=True
        )
        self._g_adam = torch.optim.Adam(self.generator.parameters(), rate, betas=betas, fused=True)
        counts = torch.bincount(
            data.classes if data.classes is not None else torch.zeros(1, dtype=torch.int64)
        )
        self.class_shares = (counts / counts.sum()).cpu()

    # -- training -----------------------------------------------------------------------------

    def fit(
        self,
        data: Pictures,
        observer: Observer,
        on_measure: Callable[[int], Mapping[str, float]] | None = None,
        measure_every: int = 100,
        resume_from: Mapping[str, Any] | None = None,
    ) -> RepFairGAN:
        """Train.

        Args:
            data: pictures on the device to train on.
            observer: told stage ``"generator"``, losses, ``grad_norm:<group>``,
                ``clipped_share`` and what `on_measure` returns.
            on_measure: called with the step every `measure_every` steps; may `sample`.
            resume_from: a checkpoint; the end result is that of a training without a stop.

        Raises:
            TrainingDivergedError: a loss is no longer finite.
            StoppedError: the person asked for a stop.
        """
        self._build(data)
        config = self.config
        device = data.pixels.device
        n_steps, size = cast(int, config.n_steps), cast(int, config.batch_size)
        schedule = cast(GroupSchedule, "mixed" if self.conditioned else config.grouping)
        batches = GroupBatches(data.groups, size, schedule, self.seed)
        probes = GroupBatches(data.groups, size, "alternate", self.seed + 1)
        rng = torch_generator(self.seed + 2, device)
        meter = ClipMeter()
        first = 0
        if resume_from is not None:
            first = self._restore(resume_from, rng)
        reported = kept = time.monotonic()

        for step in range(first, n_steps):
            # -- discriminator: real pictures, clipped --------------------------------------
            norms, real_loss, parts = self._real_step(data, batches, step)
            for part, norm in zip(parts, norms, strict=True):
                meter.add(part.group, norm, config.clip_norm)
            if schedule in {"mixed", "reweight"} and step % MEASURE_EVERY == 0:
                self._probe_groups(data, probes, step // MEASURE_EVERY, meter)
            # -- discriminator: generated pictures -------------------------------------------
            fake_loss = self._fake_step(data, parts, rng)
            # -- generator ---------------------------------------------------------------------
            generator_loss = self._generator_step(size, device, rng)
            self._average(step)
            # -- telling and asking --------------------------------------------------------------
            done = step + 1
            due = done % measure_every == 0 or done == n_steps
            figures = dict(on_measure(done)) if on_measure and due else {}
            now = time.monotonic()
            if due or now - reported > REPORT_SECONDS:
                reported = now
                told = {
                    "discriminator_real": float(real_loss),
                    "discriminator_synthetic": float(fake_loss),
                    "generator": float(generator_loss),
                }
                for name, value in told.items():
                    check_finite(f"{name} loss", value, ADVICE)
                observer.on_progress("generator", done / n_steps, {**told, **meter.read()}, figures)
                stop_if_asked(observer)
            if now - kept > CHECKPOINT_SECONDS:
                kept = now
                observer.on_checkpoint(self._checkpoint(done, rng))
        if not config.ema_decay:
            self.averaged.load_state_dict(self.generator.state_dict())
        self.averaged.eval()
        return self

    def _real_step(
        self, data: Pictures, batches: GroupBatches, step: int
    ) -> tuple[list[float], torch.Tensor, list[RealBatch]]:
        """Algorithm 1, lines 1 to 4. Returns norms before clipping, the loss, and the batches."""
        config = self.config
        turn = step + config.first_group % self.n_groups
        parts = batches.at(turn)
        real_loss_of = OBJECTIVES[config.objective][0]
        with_r1 = bool(config.r1_weight) and step % R1_EVERY == 0
        part_losses = []
        for part in parts:
            pictures = _to_float(data.pixels[part.rows]).requires_grad_(with_r1)
            scores = self.discriminator(pictures, self._conditions_of(data, part.rows))
            loss = real_loss_of(scores, part.weights)
            if with_r1:
                weight = cast(float, config.r1_weight) * R1_EVERY
                loss = loss + weight * losses.r1_penalty(scores, pictures)
            part_losses.append(loss)
        norms = set_clipped_gradient(
            self.discriminator.parameters(),
            part_losses,
            [p.share for p in parts],
            config.clip_norm,
        )
        self._d_adam.step()
        total = torch.stack(
            [p.share * loss.detach() for p, loss in zip(parts, part_losses, strict=True)]
        ).sum()
        return norms, total, parts

    def _fake_step(
        self, data: Pictures, parts: list[RealBatch], rng: torch.Generator
    ) -> torch.Tensor:
        """Algorithm 1, line 5; WGAN-GP's penalty belongs to this step."""
        config = self.config
        size = cast(int, config.batch_size)
        device = data.pixels.device
        conditions = self.draw_conditions(size, rng, device)
        with torch.no_grad():
            fakes = self.generator(self._noise(size, rng, device), conditions)
        self._d_adam.zero_grad()
        loss = OBJECTIVES[config.objective][1](self.discriminator(fakes, conditions))
        if config.objective == "wgan-gp":
            rows = torch.cat([p.rows for p in parts])[:size]
            real = _to_float(data.pixels[rows])
            told = None if conditions is None else conditions[: len(real)]
            loss = loss + PENALTY_WEIGHT * losses.gradient_penalty(
                lambda x: self.discriminator(x, told), real, fakes[: len(real)], rng
            )
        loss.backward()
        self._d_adam.step()
        return loss.detach()

    def _generator_step(
        self, size: int, device: torch.device, rng: torch.Generator
    ) -> torch.Tensor:
        conditions = self.draw_conditions(size, rng, device)
        self._g_adam.zero_grad()
        fakes = self.generator(self._noise(size, rng, device), conditions)
        loss = OBJECTIVES[self.config.objective][2](self.discriminator(fakes, conditions))
        loss.backward()
        self._g_adam.step()
        return loss.detach()

    def _probe_groups(
        self, data: Pictures, probes: GroupBatches, number: int, meter: ClipMeter
    ) -> None:
        """Each group's gradient norm where batches are mixed; nothing is learned from it."""
        for group in range(self.n_groups):
            (part,) = probes.at(number * self.n_groups + group)
            scores = self.discriminator(
                _to_float(data.pixels[part.rows]), self._conditions_of(data, part.rows)
            )
            loss = OBJECTIVES[self.config.objective][0](scores, None)
            gradients = torch.autograd.grad(
                loss, list(self.discriminator.parameters()), allow_unused=True
            )
            found = [g for g in gradients if g is not None]
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(found)))
            meter.note(group, float(norm))

    def _average(self, step: int) -> None:
        """Exponential average of the generator, with a shorter memory at the start."""
        decay = min(cast(float, self.config.ema_decay), (1 + step) / (10 + step))
        if not self.config.ema_decay:
            return
        with torch.no_grad():
            ours, theirs = self.averaged.state_dict(), self.generator.state_dict()
            for name, value in theirs.items():
                if value.is_floating_point():
                    ours[name].lerp_(value, 1 - decay)
                else:
                    ours[name].copy_(value)

    # -- conditions and noise -------------------------------------------------------------------

    def _noise(self, n: int, rng: torch.Generator, device: torch.device) -> torch.Tensor:
        return torch.randn(n, cast(int, self.config.noise_dims), generator=rng, device=device)

    def _conditions_of(self, data: Pictures, rows: torch.Tensor) -> torch.Tensor | None:
        told = []
        if data.classes is not None:
            told.append(data.classes[rows])
        if self.conditioned:
            told.append(data.groups[rows])
        return torch.stack(told, dim=1) if told else None

    def draw_conditions(
        self, n: int, rng: torch.Generator, device: torch.device
    ) -> torch.Tensor | None:
        """Classes as frequent as in the training pictures, groups evenly: (n, n_conditions)."""
        told = []
        if self.n_classes:
            shares = self.class_shares.to(device)
            told.append(torch.multinomial(shares, n, replacement=True, generator=rng))
        if self.conditioned:
            offset = torch.randint(self.n_groups, (1,), generator=rng, device=device)
            turns = (torch.arange(n, device=device) + offset) % self.n_groups
            told.append(turns[torch.randperm(n, generator=rng, device=device)])
        return torch.stack(told, dim=1) if told else None

    # -- sampling ---------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(
        self, n: int, seed: int, chunk: int = 2048
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Draw pictures from the averaged generator.

        Returns:
            (n, channels, size, size) uint8 on the CPU, and the (n, n_conditions) conditions that
            they were made with (class first, then group), or None.
        """
        net = self.averaged if self.config.ema_decay else self.generator
        device = next(net.parameters()).device
        rng = torch_generator(seed, device)
        was_training = net.training
        net.eval()
        pictures, told = [], []
        for start in range(0, n, chunk):
            size = min(chunk, n - start)
            conditions = self.draw_conditions(size, rng, device)
            made = net(self._noise(size, rng, device), conditions)
            pictures.append(_to_bytes(made).cpu())
            if conditions is not None:
                told.append(conditions.cpu())
        net.train(was_training)
        return torch.cat(pictures), torch.cat(told) if told else None

    # -- checkpoints ------------------------------------------------------------------------------

    def _checkpoint(self, step: int, rng: torch.Generator) -> dict[str, Any]:
        return {
            "step": step,
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "averaged": self.averaged.state_dict(),
            "d_adam": self._d_adam.state_dict(),
            "g_adam": self._g_adam.state_dict(),
            "rng": rng.get_state(),
        }

    def _restore(self, state: Mapping[str, Any], rng: torch.Generator) -> int:
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self.averaged.load_state_dict(state["averaged"])
        self._d_adam.load_state_dict(state["d_adam"])
        self._g_adam.load_state_dict(state["g_adam"])
        rng.set_state(state["rng"].cpu())
        return int(state["step"])


def _to_float(pixels: torch.Tensor) -> torch.Tensor:
    """0..255 -> -1..1."""
    return pixels.float().div_(127.5).sub_(1.0)


def _to_bytes(pictures: torch.Tensor) -> torch.Tensor:
    """-1..1 -> 0..255."""
    return pictures.add(1.0).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
