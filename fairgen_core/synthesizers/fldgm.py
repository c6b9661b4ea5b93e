"""FLDGM: fair compression, latent generation, decoding in one pass, fair labels.

1. `compression.train_vae` learns z = E(x, y) (fair compression: a penalty keeps z from telling s);
2. a generator of `GENERATORS` learns p(z), for each group where z may depend on it;
3. decoding: s' by the groups' shares, z' ~ generator, x' ~ p(x | z', s') by sampling, in one pass;
4. y' from the fair label head (`enforce` labels, both-ways), or decoded from z' alone (latent).

What the ways to enforce promise: `labels` makes P(y' | x') fair and leaves x' as it is. `latent`
makes z' independent of s. With the target ftu, x' and y' are decoded from z' alone, so that s' says
nothing about a row at all: unawareness holds, but real rows still carry s in their proxies. With dp
or both, x' is decoded from (z', s'), so that y' is independent of s': parity holds, but unawareness
only nearly, because a model can use s to read z off x. No wiring of the latent gives both at once;
`both-ways` puts the label head on top.

Source: Ramachandranpillai et al., Fair Latent Deep Generative Models, section 4. Deviations: the
label head, and the calibration of the decoder's marginals (`marginals.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

import torch

from fairgen_core.config import TrainConfig
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.errors import ConfigError
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.generators import GENERATORS
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.nn.vae import CategoricalVAE
from fairgen_core.presets import (
    fill_alpha,
    fill_compression,
    fill_generator,
    most_training_rows,
)
from fairgen_core.sharing import Alone, Shared
from fairgen_core.synthesizers.compression import (
    CompressionTask,
    build_vae,
    sample_posterior,
    train_vae,
)
from fairgen_core.synthesizers.decoding import TableDecoder
from fairgen_core.synthesizers.drawing import RowDrawing
from fairgen_core.synthesizers.labels import fit_label_head, label_evidence
from fairgen_core.synthesizers.model_file import (
    Arrays,
    load_model,
    part_of,
    prefixed,
    rebuilding,
    save_model,
)
from fairgen_core.synthesizers.observing import StageObserver
from fairgen_core.synthesizers.previews import attacker_auroc, preview_figures
from fairgen_core.synthesizers.table_form import Floats, TableForm
from fairgen_core.training import (
    Observer,
    loading_device,
    numpy_generator,
    pick_device,
    stop_if_asked,
    torch_generator,
)

_PREVIEW_ROWS = 3_000


class FLDGM(RowDrawing):
    """Fair latent deep generative model of tables; keeps `base.TableSynthesizer`."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        fairness = config.fairness
        self._latent_is_fair = fairness.enforce != "labels" and fairness.target != "none"
        self._labels_by_head = fairness.enforce != "latent" and config.roles.target is not None

    def fit(
        self,
        data: PreparedTable,
        observer: Observer,
        resume_from: Mapping[str, Any] | None = None,
        shared: Shared | None = None,
    ) -> Self:
        """See `base.TableSynthesizer.fit`."""
        seed, kept = self.config.seed, dict(resume_from or {})
        self.device_ = pick_device(self.config.device)
        self._shared = parts = shared or Alone()
        self.form_, values, codes, groups = parts.part("table", None, lambda: self._read(data))
        if not self.form_.x_cardinalities:
            raise ConfigError(
                "Training needs a column besides the sensitive ones and the target, and none was "
                "found. Add a column, or choose fewer roles."
            )

        # --- 1. fair compression
        self._name_stages(len(codes))
        self.vae_ = parts.part(
            "vae", self._vae_key, lambda: self._compress(codes, groups, observer, kept)
        )
        # --- 2. the label head needs real rows only, so it can be previewed with their latents
        self.head_: LabelHead | None = None
        if self._labels_by_head:
            evidence = parts.part(
                "evidence",
                (self.config.preset, seed),
                lambda: label_evidence(
                    self.form_, values, data.train_groups, self.config.preset, seed
                ),
            )
            self.head_ = fit_label_head(evidence, self.config, observer)
        self.decoder_ = TableDecoder(self.form_, self.vae_, self.head_)

        @cache
        def latents() -> torch.Tensor:
            return sample_posterior(
                self.vae_, codes, groups, torch_generator(seed + 1, self.device_)
            )

        if shared is None:
            some = latents()[:_PREVIEW_ROWS], groups[:_PREVIEW_ROWS]
            self._preview(data, observer, "labels", *some)
        # --- 3. latent generation
        self.generator_ = parts.part(
            "generator",
            self._generator_key,
            lambda: self._fit_generator(latents(), groups, observer, kept, data.groups.names),
        )
        self.decoder_.offsets = parts.part(
            "offsets", self._generator_key, lambda: self._calibrated(codes, groups, observer)
        )
        # --- 4. labels for generated rows
        if self.head_ is not None:
            drawn = parts.part(
                "settling",
                self._generator_key,
                lambda: self.decoder_.settling_rows(
                    self._draw_latents, seed + 8, lambda: stop_if_asked(observer)
                ),
            )
            own = self._view_scores("settling", drawn)
            self.head_.settle(own, drawn.groups, self.form_.shares)
        if shared is None:
            self._preview(data, observer, "generator")
        return self

    def give(self, shared: Shared, n_rows: int) -> None:
        """Let fits on the same data take the stages of this loaded model.

        Args:
            shared: what they will be given.
            n_rows: training rows of the data.
        """
        self._name_stages(n_rows)
        shared.part("vae", self._vae_key, lambda: self.vae_)
        shared.part("generator", self._generator_key, lambda: self.generator_)
        shared.part("offsets", self._generator_key, lambda: self.decoder_.offsets)

    def _read(self, data: PreparedTable) -> tuple[TableForm, Floats, torch.Tensor, torch.Tensor]:
        """The table's form; its values, codes and groups as training rows."""
        form = TableForm.fit(data)
        values = form.encoder.values(data.train)
        codes = torch.from_numpy(form.encoder.codes(values)).long().to(self.device_)
        return form, values, codes, torch.from_numpy(data.train_groups).to(self.device_)

    def _name_stages(self, n_rows: int) -> None:
        """Fill in the knobs, and name what the shared stages depend on."""
        config = self.config
        self.task_ = self._task()
        self.knobs_ = fill_compression(config.compression, config.preset, n_rows)
        n_seen = most_training_rows(config.compression, config.preset, n_rows)
        self._vae_key = (self.task_, self.knobs_, n_seen, config.seed)
        knobs = fill_generator(config.generator, config.preset)
        self._generator_key = (*self._vae_key, knobs, config.preset, self._latent_is_fair)

    def _compress(
        self,
        codes: torch.Tensor,
        groups: torch.Tensor,
        observer: Observer,
        kept: dict[str, Any],
    ) -> CategoricalVAE:
        """Train the autoencoder, or take it from a checkpoint that is past it."""
        config, form, knobs = self.config, self.form_, self.knobs_

        def figures(model: CategoricalVAE) -> dict[str, float]:
            rng = torch_generator(config.seed + 2, codes.device)
            some = torch.randperm(len(codes), generator=rng, device=codes.device)[:3000]
            z = sample_posterior(model, codes[some], groups[some], rng)
            auroc = attacker_auroc(z.cpu().numpy(), groups[some].cpu().numpy(), config.seed)
            return {} if auroc is None else {"attacker_auroc": auroc}

        if "vae" in kept:
            vae = build_vae(self.task_, knobs, config.seed).to(self.device_).eval()
            vae.load_state_dict(kept["vae"])
            return vae
        n_seen = most_training_rows(config.compression, config.preset, len(codes))
        rng = torch_generator(config.seed + 6, codes.device)
        seen = torch.randperm(len(codes), generator=rng, device=codes.device)[:n_seen]
        return train_vae(
            self.task_,
            knobs,
            codes[seen],
            groups[seen],
            seed=config.seed,
            observer=StageObserver(observer, "compression"),
            figures=figures if form.n_groups > 1 else None,
            resume_from=kept.get("compression"),
        )

    def _task(self) -> CompressionTask:
        fairness, form = self.config.fairness, self.form_
        only_latent = fairness.enforce == "latent" and fairness.target == "ftu"
        return CompressionTask(
            cardinalities=form.x_cardinalities,
            n_labels=form.n_labels,
            n_groups=form.n_groups,
            encoder_sees_group=self._latent_is_fair,
            decoder_sees_group=not only_latent,
            alpha=fill_alpha(fairness.alpha, self.config.preset) if self._latent_is_fair else 0.0,
            penalty=fairness.penalty,
        )

    def _fit_generator(
        self,
        z: torch.Tensor,
        groups: torch.Tensor,
        observer: Observer,
        kept: dict[str, Any],
        names: Sequence[str],
    ) -> LatentGenerator:
        """Train the latent generator; one for all groups where the latent is fair."""
        config = self.config
        name = config.generator.name
        if name not in GENERATORS:
            raise ConfigError(
                f"generator.name must be one of {', '.join(GENERATORS)}, and it is '{name}'. "
                "Choose one of these.",
                field="generator.name",
            )
        seen = torch.zeros_like(groups) if self._latent_is_fair else groups
        done = {"vae": {k: v.clone() for k, v in self.vae_.state_dict().items()}}
        observer.on_checkpoint(done)
        generator = GENERATORS[name](fill_generator(config.generator, config.preset), config.preset)
        return generator.fit(
            z,
            seen,
            seed=config.seed,
            observer=StageObserver(
                observer, "generator", done, () if self._latent_is_fair else names
            ),
            resume_from=kept.get("generator"),
        )

    def _calibrated(
        self, codes: torch.Tensor, groups: torch.Tensor, observer: Observer
    ) -> torch.Tensor:
        """The decoder's offsets for this generator."""
        self.decoder_.calibrate(
            self._draw_latents,
            codes[:, : len(self.form_.x_cardinalities)],
            groups,
            torch_generator(self.config.seed + 4, self.device_),
            lambda: stop_if_asked(observer),
        )
        return self.decoder_.offsets

    def _preview(
        self,
        data: PreparedTable,
        observer: Observer,
        stage: str,
        z: torch.Tensor | None = None,
        groups: torch.Tensor | None = None,
    ) -> None:
        """Show some rows and the figures of a cheap judge trained on them."""
        stop_if_asked(observer)
        if z is None or groups is None:
            rows = self.sample(_PREVIEW_ROWS, self.config.seed + 3)
        else:
            rng = numpy_generator(self.config.seed, 3)
            rows = self.decoder_.rows(z, groups, rng, first_row=0)
        observer.on_preview(rows.head(50))
        figures = preview_figures(rows, data, self.form_, self.config.seed)
        observer.on_progress(stage, 1.0, figures=figures)

    def save(self, folder: Path) -> None:
        """See `base.TableSynthesizer.save`."""
        plain: dict[str, Any] = {"config": self.config.model_dump(mode="json")}
        plain["knobs"] = self.knobs_.model_dump()
        plain["form"], form_arrays = self.form_.state()
        arrays = prefixed("form", form_arrays)
        arrays |= prefixed("vae", {k: t.cpu().numpy() for k, t in self.vae_.state_dict().items()})
        arrays["offsets"] = self.decoder_.offsets.cpu().numpy()
        generator = self.generator_.state_dict()
        arrays |= prefixed("generator", {k: t.cpu().numpy() for k, t in generator.items()})
        if self.head_ is not None:
            plain["head"], head_arrays = self.head_.state()
            arrays |= prefixed("head", head_arrays)
        save_model(folder, "fldgm", plain, arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """See `base.TableSynthesizer.load`."""
        plain, arrays = load_model(folder, "fldgm")
        with rebuilding():
            return cls._rebuilt(plain, arrays)

    @classmethod
    def _rebuilt(cls, plain: Mapping[str, Any], arrays: Arrays) -> Self:
        """The model from what `save` kept."""
        config = TrainConfig.model_validate(plain["config"])
        model = cls(config)
        model.device_ = loading_device(config.device)
        model.form_ = TableForm.from_state(plain["form"], part_of("form", arrays))
        model.knobs_ = type(config.compression).model_validate(plain["knobs"])
        model.task_ = model._task()
        model.vae_ = build_vae(model.task_, model.knobs_, config.seed).eval()
        weights = {k: torch.from_numpy(a) for k, a in part_of("vae", arrays).items()}
        model.vae_.load_state_dict(weights)
        model.vae_.to(model.device_)
        learned = part_of("generator", arrays)
        model.generator_ = GENERATORS[config.generator.name](
            fill_generator(config.generator, config.preset), config.preset
        ).load_state_dict({k: torch.from_numpy(a).to(model.device_) for k, a in learned.items()})
        model.head_ = None
        if "head" in plain:
            model.head_ = LabelHead.from_state(plain["head"], part_of("head", arrays))
        model.decoder_ = TableDecoder(model.form_, model.vae_, model.head_)
        model.decoder_.offsets = torch.from_numpy(arrays["offsets"]).to(model.device_)
        return model
