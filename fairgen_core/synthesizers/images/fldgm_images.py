"""FLDGM on pictures: convolutional fair compression, latent generation, one pass of decoding.

The latent is made independent of the group by the distance-covariance penalty, and the decoder is
told the group: so one z is the same content in every group's look (FLDGM, figure 2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import torch

from fairgen_core.config import GeneratorConfig, GeneratorName
from fairgen_core.fairness.dependence import MAX_ROWS, distance_covariance
from fairgen_core.generators import GENERATORS
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.image_presets import N_LATENT_LOOKS, FldgmKnobs, fldgm_looks
from fairgen_core.nn.adam import Adam
from fairgen_core.nn.compiling import Forward, compiled, is_worth_compiling
from fairgen_core.nn.conv_vae import ConvVAE
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.synthesizers.images.pixels import LOOK_SEED, Pictures, to_float
from fairgen_core.synthesizers.observing import StageObserver
from fairgen_core.training import Observer, check_finite, stop_if_asked, torch_generator

ADVICE = "Lower alpha, or train again with another seed."
REPORT_SECONDS = 0.3
CHECKPOINT_SECONDS = 10.0
MAX_GRADIENT_NORM = 100.0
"""A guard against single steps that break a training; the usual norm is far below."""
MAX_LATENT_ROWS = 100_000
CHUNK = 2_000
N_LOOKED_AT = 12
"""Latents of a look."""

Look = Callable[[int, torch.Tensor], None]
"""Told a look's number (`image_presets.fldgm_looks`) and pictures from fixed noise: latents, each
in every group's look, (N_LOOKED_AT, K, channels, size, size) uint8."""


def unseen(_number: int, _pictures: torch.Tensor) -> None:
    """A look that nobody takes."""


class FLDGMImages:
    """Fair latent deep generative model of pictures.

    Args:
        generator: what learns the latent.
        knobs: every knob filled in (`image_presets.fill_fldgm`).
        seed: seeds everything.
    """

    def __init__(self, generator: GeneratorName, knobs: FldgmKnobs, seed: int) -> None:
        self.generator_name, self.knobs, self.seed = generator, knobs, seed

    # -- training ---------------------------------------------------------------------------------

    def fit(
        self,
        data: Pictures,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
        look: Look = unseen,
    ) -> Self:
        """Train the compression, then the generator on its latent.

        Args:
            data: pictures on the device to train on.
            observer: told the stages ``"compression"`` and ``"generator"``.
            resume_from: a checkpoint; the end result is that of a training without a stop.
            look: shown what the prior's latents, later the generator's, decode to so far.

        Raises:
            TrainingDivergedError, StoppedError: as in every training.
        """
        kept = resume_from or {}
        counts = torch.bincount(data.groups).double()
        self._build(data.pixels.shape[2], data.pixels.shape[1], (counts / counts.sum()).cpu())
        self.vae_.to(data.pixels.device)
        if "vae" in kept:
            self.vae_.load_state_dict(kept["vae"])
        else:
            self._compress(data, observer, kept.get("compression"), look)
        self.vae_.eval()
        done = {"vae": {k: v.clone() for k, v in self.vae_.state_dict().items()}}
        observer.on_checkpoint(done)
        self._fit_generator(
            self.encode(data.pixels[:MAX_LATENT_ROWS], data.groups[:MAX_LATENT_ROWS]),
            _Watched(observer, done, lambda k: self._look_at_generator(k, look)),
            kept.get("generator"),
        )
        self._look_at_generator(N_LATENT_LOOKS, look)
        return self

    def _look_at_generator(self, k: int, look: Look) -> None:
        z = self.draw_latents(N_LOOKED_AT, LOOK_SEED)
        look(self.knobs.n_steps + k, self._in_every_group(z))

    def _build(self, size: int, n_channels: int, shares: torch.Tensor) -> None:
        self.size, self.n_channels, self.shares_ = size, n_channels, shares
        with seeded_init(self.seed):
            self.vae_ = ConvVAE(
                size, n_channels, len(shares), self.knobs.latent_dims, self.knobs.width
            )
        self.vae_.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster

    def _compress(
        self, data: Pictures, observer: Observer, kept: Mapping[str, Any] | None, look: Look
    ) -> None:
        """Train the autoencoder: sum of pixels' cross-entropies + KL weight x KL + alpha x V^2."""
        # -- optimiser
        knobs, vae, device = self.knobs, self.vae_, data.pixels.device
        adam = Adam(vae.parameters(), knobs.learning_rate, weight_decay=1e-4)
        first = 0
        if kept is not None:
            vae.load_state_dict(kept["model"])
            adam.load_state_dict(kept["adam"])
            first = int(kept["step"])
        self._compile(data)
        looks = fldgm_looks(knobs.n_steps)
        seen = torch.randn(
            N_LOOKED_AT, knobs.latent_dims, generator=torch_generator(LOOK_SEED, device),
            device=device,
        )  # fmt: skip
        reported = saved = time.monotonic()
        # -- steps; each draws from its own seed, so that a resumed run goes on identically
        for step in range(first, knobs.n_steps):
            rng = torch_generator(self.seed * 1_000_003 + step, device)
            shape = (knobs.batch_size,)
            rows = torch.randint(len(data.pixels), shape, generator=rng, device=device)
            parts = self._losses(data, rows, rng)
            loss = parts["reconstruction"] + knobs.kl_weight * parts["kl"]
            if "dependence" in parts:
                loss = loss + knobs.alpha * parts["dependence"]
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(vae.parameters(), MAX_GRADIENT_NORM)
            adam.cycle(step, knobs.n_steps + 1, knobs.learning_rate)
            adam.step()
            # -- telling, keeping, asking
            done, now = step + 1, time.monotonic()
            if done in looks:
                look(done, self._in_every_group(seen))
            if now - reported > REPORT_SECONDS or done == knobs.n_steps:
                reported = now
                check_finite("loss of the compression", loss.item(), ADVICE)
                shown = {name: value.item() for name, value in parts.items()}
                observer.on_progress("compression", done / knobs.n_steps, shown)
                if observer.should_stop() or now - saved > CHECKPOINT_SECONDS:
                    saved = now
                    state = {
                        "model": vae.state_dict(),
                        "adam": adam.state_dict(),
                        "step": done,
                    }
                    observer.on_checkpoint({"compression": state})
                stop_if_asked(observer)

    def _compile(self, data: Pictures) -> None:
        """Let steps run through a compiled network where that pays; the weights are shared."""
        vae, knobs, device = self.vae_, self.knobs, data.pixels.device
        self._encoded: Forward = vae.encode
        self._decoded: Forward = vae.decode
        if is_worth_compiling(device, knobs.n_steps):
            rows = torch.arange(knobs.batch_size, device=device) % len(data.pixels)
            groups = data.groups[rows]
            z = torch.zeros(len(rows), knobs.latent_dims, device=device)
            self._encoded = compiled(vae.encode, vae, to_float(data.pixels[rows]), groups)
            self._decoded = compiled(vae.decode, vae, z, groups)

    def _losses(
        self, data: Pictures, rows: torch.Tensor, rng: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """The parts of a batch's loss, in nats a picture."""
        pixels, groups = data.pixels[rows].float() / 255.0, data.groups[rows]
        mean, log_variance = self._encoded(2 * pixels - 1, groups)
        noise = torch.randn(mean.shape, generator=rng, device=mean.device)
        logits = self._decoded(mean + (log_variance / 2).exp() * noise, groups)
        error = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, pixels, reduction="none"
        )
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
        parts = {"reconstruction": error.flatten(1).sum(dim=1).mean(), "kl": kl.mean()}
        if self.knobs.alpha > 0:
            some = slice(MAX_ROWS)
            parts["dependence"] = distance_covariance(
                mean[some],
                log_variance[some],
                groups[some],
                len(self.shares_),
                self.knobs.smoothing,
                # Without smoothing a small group's few rows overlap with little but themselves.
                even=self.knobs.smoothing > 0,
            )
        return parts

    def _fit_generator(
        self, z: torch.Tensor, observer: Observer, resume_from: Mapping[str, Any] | None
    ) -> None:
        """One generator for all groups: the latent is meant to be the same in each."""
        one_group = torch.zeros(len(z), dtype=torch.int64, device=z.device)
        self.generator_ = self._latent_generator()
        self.generator_.fit(
            z, one_group, seed=self.seed, observer=observer, resume_from=resume_from
        )

    def _latent_generator(self) -> LatentGenerator:
        config = GeneratorConfig(name=self.generator_name)
        return GENERATORS[self.generator_name](config, self.knobs.generator_preset)

    # -- using ------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, pixels: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """One z ~ q(z | picture, group) for each picture: (n, latent_dims).

        Args:
            pixels: (n, channels, size, size) uint8, on the model's device.
            groups: (n,) int64.
        """
        rng = torch_generator(self.seed + 31, pixels.device)
        parts = []
        for some, told in zip(pixels.split(CHUNK), groups.split(CHUNK), strict=True):
            mean, log_variance = self.vae_.encode(to_float(some), told)
            noise = torch.randn(mean.shape, generator=rng, device=mean.device)
            parts.append(mean + (log_variance / 2).exp() * noise)
        return torch.cat(parts)

    @torch.no_grad()
    def decode(self, z: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
        """Latents in the look of the groups asked for: (n, channels, size, size) uint8."""
        pictures = [
            torch.sigmoid(self.vae_.decode(some, told)).mul_(255).round_().to(torch.uint8).cpu()
            for some, told in zip(z.split(CHUNK), groups.split(CHUNK), strict=True)
        ]
        return torch.cat(pictures)

    @torch.no_grad()
    def draw_latents(self, n: int, seed: int) -> torch.Tensor:
        """(n, latent_dims) from the generator."""
        device = next(self.vae_.parameters()).device
        rng = torch_generator(seed, device)
        return self.generator_.sample(torch.zeros(n, dtype=torch.int64, device=device), rng)

    def iter_sample(
        self, n: int, seed: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]]:
        """Draw pictures in pieces of bounded size; groups as frequent as in the training pictures.

        Yields:
            (m, channels, size, size) uint8 on the CPU, None for the classes, and the (m,) groups.
        """
        shares = self.shares_.cumsum(0)[:-1]
        order = torch_generator(seed, torch.device("cpu"))
        for number, start in enumerate(range(0, n, CHUNK)):
            size = min(CHUNK, n - start)
            # Counts within a piece are exact, to one picture.
            places = (torch.arange(size, dtype=torch.float64) + 0.5) / size
            groups = torch.bucketize(places, shares, right=True)
            groups = groups[torch.randperm(size, generator=order)]
            z = self.draw_latents(size, seed * 1_000_003 + number)
            yield self.decode(z, groups.to(z.device)), None, groups

    def same_in_every_group(self, n: int, seed: int) -> torch.Tensor:
        """`n` latents, each in every group's look: (n, K, channels, size, size) uint8."""
        return self._in_every_group(self.draw_latents(n, seed))

    def _in_every_group(self, z: torch.Tensor) -> torch.Tensor:
        n, k = len(z), len(self.shares_)
        groups = torch.arange(k, device=z.device).repeat(n)
        return self.decode(z.repeat_interleave(k, dim=0), groups).unflatten(0, (n, k))

    # -- keeping ----------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Every learned number, for ``model.safetensors``."""
        state = {f"vae.{k}": v for k, v in self.vae_.state_dict().items()}
        state |= {f"latent.{k}": v for k, v in self.generator_.state_dict().items()}
        return {**state, "shares": self.shares_}

    def load_state_dict(
        self, state: Mapping[str, torch.Tensor], size: int, n_channels: int, n_groups: int
    ) -> Self:
        """Take back what `state_dict` gave, onto the device of `state`; enough to sample."""
        del n_groups  # the shares tell it; the signature is the GAN's
        self._build(size, n_channels, state["shares"].cpu())
        self.vae_.load_state_dict(_part("vae.", state))
        self.vae_.to(state["shares"].device).eval()
        self.generator_ = self._latent_generator().load_state_dict(_part("latent.", state))
        return self


class _Watched(StageObserver):
    """Looks at the generator each time that another tenth of its training is done."""

    def __init__(
        self, outer: Observer, done: Mapping[str, Any], look: Callable[[int], None]
    ) -> None:
        super().__init__(outer, "generator", done)
        self._look, self._n_looks = look, 0

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Pass it on, and look; what is finished is looked at by who finishes it."""
        super().on_progress(stage, fraction, losses, figures)
        n_due = int(fraction * N_LATENT_LOOKS + 1e-9)
        if self._n_looks < n_due < N_LATENT_LOOKS:
            self._n_looks = n_due
            self._look(n_due)


def _part(prefix: str, state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
