"""FLDGM on pictures: convolutional fair compression, latent generation, one pass of decoding.

The latent is made independent of the group by the distance-covariance penalty, and the decoder is
told the group: so one z is the same content in every group's look (FLDGM, figure 2).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from fairgen_core.config import GeneratorConfig, GeneratorName
from fairgen_core.fairness.dependence import PENALTIES
from fairgen_core.generators import GENERATORS
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.image_config import ImagePreset
from fairgen_core.nn.conv_vae import ConvVAE
from fairgen_core.presets import Preset
from fairgen_core.synthesizers.images.repfair_gan import Pictures
from fairgen_core.training import Observer, check_finite, stop_if_asked, torch_generator

ADVICE = "Lower alpha, or train again with another seed."
REPORT_SECONDS = 0.3
CHECKPOINT_SECONDS = 10.0
PENALTY_ROWS = 256
MAX_LATENT_ROWS = 100_000


@dataclass(frozen=True)
class FldgmImageKnobs:
    """Sizes and schedule of the compression."""

    latent_dims: int
    width: int
    n_steps: int
    batch_size: int
    learning_rate: float
    kl_weight: float
    alpha: float
    generator_preset: Preset


FLDGM_PRESETS: dict[ImagePreset, FldgmImageKnobs] = {
    "instant": FldgmImageKnobs(12, 16, 800, 128, 2e-3, 0.5, 200.0, "quick"),
    "standard": FldgmImageKnobs(16, 32, 2000, 128, 2e-3, 0.5, 200.0, "balanced"),
    "thorough": FldgmImageKnobs(32, 32, 8000, 128, 1e-3, 0.5, 200.0, "balanced"),
    "paper": FldgmImageKnobs(64, 64, 40_000, 256, 1e-3, 0.5, 200.0, "thorough"),
}


class FLDGMImages:
    """Fair latent deep generative model of pictures.

    Args:
        generator: what learns the latent.
        knobs: sizes and schedule; `alpha` 0 is no penalty.
        seed: seeds everything.
    """

    def __init__(self, generator: GeneratorName, knobs: FldgmImageKnobs, seed: int) -> None:
        self.generator_name, self.knobs, self.seed = generator, knobs, seed

    def fit(
        self, data: Pictures, observer: Observer, resume_from: Mapping[str, Any] | None = None
    ) -> FLDGMImages:
        """Train the compression, then the generator on its latent.

        Args:
            data: pictures on the device to train on.
            observer: told the stages ``"compression"`` and ``"generator"``.
            resume_from: a checkpoint.

        Raises:
            TrainingDivergedError, StoppedError: as in every training.
        """
        kept = dict(resume_from or {})
        self.n_groups = int(data.groups.max()) + 1
        self.shares_ = (torch.bincount(data.groups).float() / len(data.groups)).cpu()
        self.vae_ = self._compress(data, observer, kept)
        z, _ = self.latents(data, MAX_LATENT_ROWS)
        self.fit_generator(z, observer, kept.get("generator"))
        return self

    def _compress(self, data: Pictures, observer: Observer, kept: Mapping[str, Any]) -> ConvVAE:
        """Train the autoencoder: sum of pixels' cross-entropies + KL weight x KL + alpha x V^2."""
        # --- network, optimizer, schedule
        knobs, device = self.knobs, data.pixels.device
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            vae = ConvVAE(
                data.pixels.shape[2],
                data.pixels.shape[1],
                self.n_groups,
                knobs.latent_dims,
                knobs.width,
            )
        vae = vae.to(device)
        if "vae" in kept:
            vae.load_state_dict(kept["vae"])
            return vae.eval()
        adam = torch.optim.AdamW(vae.parameters(), lr=knobs.learning_rate, weight_decay=1e-4)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            adam, knobs.learning_rate, total_steps=knobs.n_steps + 1
        )
        first = 0
        if "compression" in kept:
            state = kept["compression"]
            vae.load_state_dict(state["model"])
            adam.load_state_dict(state["adam"])
            schedule.load_state_dict(state["schedule"])
            first = int(state["step"])
        reported = saved = time.monotonic()
        # --- steps; each draws from its own seed, so that a resumed run goes on identically
        for step in range(first, knobs.n_steps):
            rng = torch_generator(self.seed * 1_000_003 + step, device)
            rows = torch.randint(
                len(data.pixels), (knobs.batch_size,), generator=rng, device=device
            )
            parts = self._losses(vae, data, rows, rng)
            loss = parts["reconstruction"] + knobs.kl_weight * parts["kl"]
            if "dependence" in parts:
                loss = loss + knobs.alpha * parts["dependence"]
            adam.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(vae.parameters(), 100.0)
            adam.step()
            schedule.step()
            now = time.monotonic()
            if now - reported > REPORT_SECONDS or step + 1 == knobs.n_steps:
                reported = now
                check_finite("loss of the compression", loss.item(), ADVICE)
                shown = {name: value.item() for name, value in parts.items()}
                observer.on_progress("compression", (step + 1) / knobs.n_steps, shown)
                stop_if_asked(observer)
            if now - saved > CHECKPOINT_SECONDS:
                saved = now
                state = {
                    "model": vae.state_dict(),
                    "adam": adam.state_dict(),
                    "schedule": {k: v for k, v in schedule.state_dict().items() if not callable(v)},
                    "step": step + 1,
                }
                observer.on_checkpoint({"compression": state})
        return vae.eval()

    def _losses(
        self, vae: ConvVAE, data: Pictures, rows: torch.Tensor, rng: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """The parts of a batch's loss, in nats a picture."""
        pixels, groups = data.pixels[rows].float() / 255.0, data.groups[rows]
        mean, log_variance = vae.encode(2 * pixels - 1, groups)
        noise = torch.randn(mean.shape, generator=rng, device=mean.device)
        logits = vae.decode(mean + (log_variance / 2).exp() * noise, groups)
        error = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, pixels, reduction="none"
        )
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
        parts = {"reconstruction": error.flatten(1).sum(dim=1).mean(), "kl": kl.mean()}
        if self.knobs.alpha > 0:
            some = slice(PENALTY_ROWS)
            parts["dependence"] = PENALTIES["distance-covariance"](
                mean[some], log_variance[some], groups[some], self.n_groups
            )
        return parts

    @torch.no_grad()
    def latents(self, data: Pictures, limit: int) -> tuple[torch.Tensor, torch.Tensor]:
        """One z ~ q(z | picture) for each of at most `limit` pictures, and their groups."""
        rng = torch_generator(self.seed + 31, data.pixels.device)
        parts = []
        for start in range(0, min(limit, len(data.pixels)), 2048):
            rows = slice(start, min(limit, start + 2048))
            mean, log_variance = self.vae_.encode(
                data.pixels[rows].float() / 127.5 - 1, data.groups[rows]
            )
            noise = torch.randn(mean.shape, generator=rng, device=mean.device)
            parts.append(mean + (log_variance / 2).exp() * noise)
        return torch.cat(parts), data.groups[:limit]

    def fit_generator(
        self, z: torch.Tensor, observer: Observer, resume_from: Mapping[str, Any] | None
    ) -> None:
        """One generator for all groups: the latent is meant to be the same in each."""
        config = GeneratorConfig(name=self.generator_name)
        made: LatentGenerator = GENERATORS[self.generator_name](config, self.knobs.generator_preset)
        done = {"vae": {k: v.clone() for k, v in self.vae_.state_dict().items()}}
        observer.on_checkpoint(done)
        self.generator_ = made.fit(
            z,
            torch.zeros(len(z), dtype=torch.int64, device=z.device),
            seed=self.seed,
            observer=_Nested(observer, done),
            resume_from=resume_from,
        )

    @torch.no_grad()
    def sample(
        self, n: int, seed: int, groups: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw pictures.

        Args:
            n: how many.
            seed: of the draw.
            groups: (n,) what group each should be; None: exact shares of the training pictures.

        Returns:
            (n, channels, size, size) uint8 on the CPU and their (n,) groups.
        """
        device = next(self.vae_.parameters()).device
        rng = torch_generator(seed, device)
        if groups is None:
            places = (torch.arange(n) + 0.5) / n
            groups = torch.bucketize(places, self.shares_.cumsum(0)[:-1], right=True)
            own = torch_generator(seed, torch.device("cpu"))
            groups = groups[torch.randperm(n, generator=own)]
        groups = groups.to(device)
        z = self.generator_.sample(torch.zeros(n, dtype=torch.int64, device=device), rng)
        return self.decode(z, groups), groups.cpu()

    @torch.no_grad()
    def decode(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """Latents in the look of the groups asked for: (n, channels, size, size) uint8."""
        pictures = [
            (torch.sigmoid(self.vae_.decode(some, g)) * 255).round().to(torch.uint8).cpu()
            for some, g in zip(z.split(2048), groups.split(2048), strict=True)
        ]
        return torch.cat(pictures)


class _Nested:
    """Keeps the generator's checkpoints beside the finished compression."""

    def __init__(self, outer: Observer, done: Mapping[str, Any]) -> None:
        self._outer, self._done = outer, done

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        self._outer.on_progress(stage, fraction, losses, figures)

    def on_preview(self, rows: Any) -> None:
        self._outer.on_preview(rows)

    def should_stop(self) -> bool:
        return self._outer.should_stop()

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        self._outer.on_checkpoint({**self._done, "generator": dict(state)})
