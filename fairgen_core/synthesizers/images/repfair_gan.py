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
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import torch

from fairgen_core import losses
from fairgen_core.fairness.clipping import (
    ClipMeter,
    GroupBatches,
    GroupSchedule,
    RealBatch,
    set_clipped_gradient,
)
from fairgen_core.image_config import Objective
from fairgen_core.image_presets import GanKnobs
from fairgen_core.nn.adam import Adam
from fairgen_core.nn.compiling import Forward, compiled, is_worth_compiling
from fairgen_core.nn.ema import MovingAverage
from fairgen_core.nn.image_nets import make_pair
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.synthesizers.images.conditions import Conditions
from fairgen_core.synthesizers.images.pixels import Pictures, to_bytes, to_float
from fairgen_core.training import (
    Observer,
    check_finite,
    go_on_drawing,
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
SAMPLE_CHUNK = 2_000

RealLoss = Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]
FakeLoss = Callable[[torch.Tensor], torch.Tensor]
OBJECTIVES: dict[Objective, tuple[RealLoss, FakeLoss, FakeLoss]] = {
    "classic": (losses.classic_real_loss, losses.classic_fake_loss, losses.classic_generator_loss),
    "lsgan": (losses.lsgan_real_loss, losses.lsgan_fake_loss, losses.lsgan_generator_loss),
    "wgan-gp": (
        losses.wasserstein_real_loss,
        losses.wasserstein_fake_loss,
        losses.wasserstein_generator_loss,
    ),
}
"""Real, fake and generator part of each objective."""

OnLook = Callable[[int, Mapping[str, float]], Mapping[str, float]]
"""Given the step and the norms since the last look (`ClipMeter.read`); may `sample`; returns
figures to be told."""


class RepFairGAN:
    """A generator of pictures, trained as algorithm 1 says or as one of its rivals.

    Args:
        knobs: every knob filled in (`image_presets.fill_gan`).
        seed: seeds weights, batches and noise; the same seed on the same machine gives the same
            generator.
    """

    def __init__(self, knobs: GanKnobs, seed: int) -> None:
        self.knobs, self.seed = knobs, seed
        self._average: MovingAverage[torch.nn.Module] | None = None

    def _build(
        self, size: int, n_channels: int, conditions: Conditions, device: torch.device
    ) -> None:
        knobs = self.knobs
        self.size, self.n_channels, self.conditions = size, n_channels, conditions
        with seeded_init(self.seed):
            pair = make_pair(
                knobs.network,
                size,
                n_channels,
                width=knobs.width,
                noise_dims=knobs.noise_dims,
                n_values=conditions.n_values,
            )
        self.generator, self.discriminator = (net.to(device) for net in pair)

    # -- training ---------------------------------------------------------------------------------

    def fit(
        self,
        data: Pictures,
        observer: Observer,
        on_look: OnLook | None = None,
        look_every: int = 100,
        resume_from: Mapping[str, Any] | None = None,
    ) -> Self:
        """Train.

        Args:
            data: pictures on the device to train on.
            observer: told stage ``"generator"``, losses, and at each look what `on_look` returns.
            on_look: called every `look_every` steps and at the end.
            resume_from: a checkpoint; the end result is that of a training without a stop.

        Raises:
            TrainingDivergedError: a loss is no longer finite.
            StoppedError: the person asked for a stop.
        """
        # -- networks, optimisers, batches --------------------------------------------------------
        knobs, device, shape = self.knobs, data.pixels.device, data.pixels.shape
        conditions = Conditions.of(data, tell_group=knobs.grouping == "condition")
        self._build(shape[2], shape[1], conditions, device)
        self._prepare()
        self._compile(data)
        schedule: GroupSchedule = "mixed" if knobs.grouping == "condition" else knobs.grouping
        batches = GroupBatches(data.groups, knobs.batch_size, schedule, self.seed)
        probes = GroupBatches(data.groups, knobs.batch_size, "alternate", self.seed + 1)
        rng = torch_generator(self.seed + 2, device)
        meter = ClipMeter()
        first = self._restore(resume_from, rng, meter) if resume_from else 0
        reported = kept = time.monotonic()
        for step in range(first, knobs.n_steps):
            # -- algorithm 1 ----------------------------------------------------------------------
            parts, norms, real_loss = self._real_step(data, batches, step)
            for part, norm in zip(parts, norms, strict=True):
                meter.add(part.group, norm, knobs.clip_norm)
            if schedule in {"mixed", "reweight"} and step % MEASURE_EVERY == 0:
                self._probe_groups(data, probes, step // MEASURE_EVERY, meter)
            fake_loss = self._fake_step(data, parts, rng)
            generator_loss = self._generator_step(rng)
            if self._average is not None:
                self._average.update(self.generator, step)
            # -- telling, asking, keeping ---------------------------------------------------------
            done, now = step + 1, time.monotonic()
            due = done % look_every == 0 or done == knobs.n_steps
            if due or now - reported > REPORT_SECONDS:
                reported = now
                told = {
                    "discriminator_real": float(real_loss),
                    "discriminator_synthetic": float(fake_loss),
                    "generator": float(generator_loss),
                }
                for name, value in told.items():
                    check_finite(f"{name} loss", value, ADVICE)
                measured = meter.read() if due else {}
                figures = on_look(done, measured) if due and on_look else measured
                observer.on_progress("generator", done / knobs.n_steps, told, figures)
                if observer.should_stop() or now - kept > CHECKPOINT_SECONDS:
                    kept = now
                    observer.on_checkpoint(self._checkpoint(done, rng, meter))
                stop_if_asked(observer)
        if self._average is not None:
            self.generator = self._average.average
        self.generator.eval()
        return self

    def _prepare(self) -> None:
        """Make what is needed for training only."""
        knobs = self.knobs
        self._average = MovingAverage(self.generator, knobs.ema_decay) if knobs.ema_decay else None
        betas = (0.5, 0.9 if knobs.objective == "wgan-gp" else 0.999)
        self._of_discriminator, self._of_generator = (
            Adam(net.parameters(), knobs.learning_rate, betas)
            for net in (self.discriminator, self.generator)
        )

    def _compile(self, data: Pictures) -> None:
        """Let steps run through compiled networks where that pays; the weights are shared."""
        knobs, device = self.knobs, data.pixels.device
        self._generated: Forward = self.generator
        self._scored: Forward = self.discriminator
        if is_worth_compiling(device, knobs.n_steps):
            rows = torch.arange(knobs.batch_size, device=device) % len(data.pixels)
            told = self.conditions.of_rows(data, rows)
            noise = torch.zeros(len(rows), knobs.noise_dims, device=device)
            real = to_float(data.pixels[rows])
            self._generated = compiled(self.generator, self.generator, noise, told)
            self._scored = compiled(self.discriminator, self.discriminator, real, told)

    def _real_step(
        self, data: Pictures, batches: GroupBatches, step: int
    ) -> tuple[list[RealBatch], list[float], torch.Tensor]:
        """Algorithm 1, lines 1 to 4. Returns the batches, norms before clipping, and the loss."""
        knobs = self.knobs
        parts = batches.at(step + knobs.first_group % batches.n_groups)
        with_r1 = knobs.r1_weight > 0 and step % R1_EVERY == 0
        part_losses = []
        for part in parts:
            loss = self._real_loss(data, part)
            if with_r1:
                loss = loss + knobs.r1_weight * R1_EVERY * self._r1(data, part.rows)
            part_losses.append(loss)
        shares = [p.share for p in parts]
        norms = set_clipped_gradient(
            self.discriminator.parameters(), part_losses, shares, knobs.clip_norm
        )
        self._of_discriminator.step()
        total = torch.stack([s * x.detach() for s, x in zip(shares, part_losses, strict=True)])
        return parts, norms, total.sum()

    def _real_loss(self, data: Pictures, part: RealBatch) -> torch.Tensor:
        real, told = to_float(data.pixels[part.rows]), self.conditions.of_rows(data, part.rows)
        return OBJECTIVES[self.knobs.objective][0](self._scored(real, told), part.weights)

    def _r1(self, data: Pictures, rows: torch.Tensor) -> torch.Tensor:
        told = self.conditions.of_rows(data, rows)
        real = to_float(data.pixels[rows])
        unused = torch.Generator()
        return losses.r1_penalty(lambda x: self.discriminator(x, told), real, real, unused)

    def _fake_step(
        self, data: Pictures, parts: list[RealBatch], rng: torch.Generator
    ) -> torch.Tensor:
        """Algorithm 1, line 5; WGAN-GP's penalty belongs to this step."""
        objective = self.knobs.objective
        with torch.no_grad():
            fakes, told = self._generate(self.knobs.batch_size, rng)
        self._of_discriminator.zero_grad()
        loss = OBJECTIVES[objective][1](self._scored(fakes, told))
        if objective == "wgan-gp":
            real = to_float(data.pixels[torch.cat([p.rows for p in parts])])
            loss = loss + PENALTY_WEIGHT * losses.gradient_penalty(
                lambda x: self.discriminator(x, told), real, fakes, rng
            )
        loss.backward()
        self._of_discriminator.step()
        return loss.detach()

    def _generator_step(self, rng: torch.Generator) -> torch.Tensor:
        """Algorithm 1, line 6."""
        fakes, told = self._generate(self.knobs.batch_size, rng)
        loss = OBJECTIVES[self.knobs.objective][2](self._scored(fakes, told))
        trained = self._of_generator.parameters  # the discriminator's gradients are not needed
        found = torch.autograd.grad(loss, trained, allow_unused=True)
        for parameter, gradient in zip(trained, found, strict=True):
            parameter.grad = gradient
        self._of_generator.step()
        return loss.detach()

    def _probe_groups(
        self, data: Pictures, probes: GroupBatches, number: int, meter: ClipMeter
    ) -> None:
        """Each group's gradient norm where batches are mixed; nothing is learned from it."""
        parameters = list(self.discriminator.parameters())
        for group in range(probes.n_groups):
            (part,) = probes.at(number * probes.n_groups + group)
            loss = self._real_loss(data, part)
            found = torch.autograd.grad(loss, parameters, allow_unused=True)
            norm = torch.nn.utils.get_total_norm([g for g in found if g is not None])
            meter.note(group, float(norm))

    def _generate(self, n: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor | None]:
        told = self.conditions.draw(n, rng, rng.device)
        noise = torch.randn(n, self.knobs.noise_dims, generator=rng, device=rng.device)
        return self._generated(noise, told), told

    # -- sampling ---------------------------------------------------------------------------------

    @torch.no_grad()
    def iter_sample(
        self, n: int, seed: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]]:
        """Draw pictures, in pieces of bounded size, from the averaged generator where there is one.

        Yields:
            (m, channels, size, size) uint8 on the CPU, and the (m,) classes and groups that they
            were made with, each None where the generator is not told.
        """
        net = self.generator if self._average is None else self._average.average
        device = next(net.parameters()).device
        rng = torch_generator(seed, device)
        for start in range(0, n, SAMPLE_CHUNK):
            size = min(SAMPLE_CHUNK, n - start)
            told = self.conditions.draw(size, rng, device)
            noise = torch.randn(size, self.knobs.noise_dims, generator=rng, device=device)
            was_training = net.training
            made = to_bytes(net.eval()(noise, told)).cpu()
            net.train(was_training)
            yield made, *self.conditions.split(None if told is None else told.cpu())

    # -- keeping ----------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, torch.Tensor]:
        """The finished generator, for ``model.safetensors``."""
        state = {f"generator.{k}": v for k, v in self.generator.state_dict().items()}
        if self.conditions.class_shares is not None:
            state["class_shares"] = self.conditions.class_shares
        return state

    def load_state_dict(
        self, state: Mapping[str, torch.Tensor], size: int, n_channels: int, n_groups: int
    ) -> Self:
        """Take back what `state_dict` gave, onto the device of `state`; enough to sample."""
        n_told = n_groups if self.knobs.grouping == "condition" else 0
        told = Conditions(state.get("class_shares"), n_told)
        self._build(size, n_channels, told, next(iter(state.values())).device)
        own = {k.removeprefix("generator."): v for k, v in state.items() if k.startswith("gen")}
        self.generator.load_state_dict(own)
        self.generator.eval()
        return self

    def _checkpoint(self, step: int, rng: torch.Generator, meter: ClipMeter) -> dict[str, Any]:
        state = {
            "step": step,
            "generator": self.generator.state_dict(),
            "discriminator": self.discriminator.state_dict(),
            "of_discriminator": self._of_discriminator.state_dict(),
            "of_generator": self._of_generator.state_dict(),
            "rng": rng.get_state(),
            "meter": meter.state_dict(),
        }
        if self._average is not None:
            state["average"] = self._average.average.state_dict()
        return state

    def _restore(self, state: Mapping[str, Any], rng: torch.Generator, meter: ClipMeter) -> int:
        self.generator.load_state_dict(state["generator"])
        self.discriminator.load_state_dict(state["discriminator"])
        self._of_discriminator.load_state_dict(state["of_discriminator"])
        self._of_generator.load_state_dict(state["of_generator"])
        go_on_drawing(rng, state["rng"], int(state["step"]))
        meter.load_state_dict(state["meter"])
        if self._average is not None:
            self._average.average.load_state_dict(state["average"])
        return int(state["step"])
