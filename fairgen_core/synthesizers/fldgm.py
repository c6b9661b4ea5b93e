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

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
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
from fairgen_core.synthesizers.compression import (
    CompressionTask,
    build_vae,
    sample_posterior,
    train_vae,
)
from fairgen_core.synthesizers.decoding import TableDecoder
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
from fairgen_core.synthesizers.table_form import TableForm
from fairgen_core.training import (
    Observer,
    numpy_generator,
    pick_device,
    stop_if_asked,
    torch_generator,
)

BLOCK_ROWS = 50_000
"""Rows drawn at a time, whatever the size of the pieces asked for: so pieces hold the same rows."""
_PREVIEW_ROWS = 3_000


class FLDGM:
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
    ) -> Self:
        """See `base.TableSynthesizer.fit`."""
        seed, kept = self.config.seed, dict(resume_from or {})
        self.device_ = pick_device(self.config.device)
        self.form_ = TableForm.fit(data)
        if not self.form_.x_cardinalities:
            raise ConfigError(
                "Training needs a column besides the sensitive ones and the target, and none was "
                "found. Add a column, or choose fewer roles."
            )
        values = self.form_.encoder.values(data.train)
        codes = torch.from_numpy(self.form_.encoder.codes(values)).long().to(self.device_)
        groups = torch.from_numpy(data.train_groups).to(self.device_)

        # --- 1. fair compression
        self._compress(codes, groups, observer, kept)
        # --- 2. the label head needs real rows only, so it can be previewed with their latents
        self.head_: LabelHead | None = None
        if self._labels_by_head:
            evidence = label_evidence(
                self.form_,
                values,
                data.train_groups,
                self.config.preset,
                seed,
                lambda: stop_if_asked(observer),
            )
            self.head_ = fit_label_head(evidence, self.config, observer)
        self.decoder_ = TableDecoder(self.form_, self.vae_, self.head_)
        z = sample_posterior(self.vae_, codes, groups, torch_generator(seed + 1, self.device_))
        self._preview(data, observer, "labels", z[:_PREVIEW_ROWS], groups[:_PREVIEW_ROWS])
        # --- 3. latent generation
        self._fit_generator(z, groups, observer, kept, data.groups.names)
        self.decoder_.calibrate(
            self._draw_latents,
            codes[:, : len(self.form_.x_cardinalities)],
            groups,
            torch_generator(seed + 4, self.device_),
            lambda: stop_if_asked(observer),
        )
        # --- 4. labels for generated rows
        self.decoder_.settle_labels(self._draw_latents, seed + 8, lambda: stop_if_asked(observer))
        self._preview(data, observer, "generator")
        return self

    def _compress(
        self,
        codes: torch.Tensor,
        groups: torch.Tensor,
        observer: Observer,
        kept: dict[str, Any],
    ) -> None:
        """Train the autoencoder, or take it from a checkpoint that is past it."""
        config, form = self.config, self.form_
        knobs = fill_compression(config.compression, config.preset, len(codes))
        self.task_, self.knobs_ = self._task(), knobs

        def figures(model: CategoricalVAE) -> dict[str, float]:
            rng = torch_generator(config.seed + 2, codes.device)
            some = torch.randperm(len(codes), generator=rng, device=codes.device)[:3000]
            z = sample_posterior(model, codes[some], groups[some], rng)
            auroc = attacker_auroc(z.cpu().numpy(), groups[some].cpu().numpy(), config.seed)
            return {} if auroc is None else {"attacker_auroc": auroc}

        n_seen = most_training_rows(config.compression, config.preset, len(codes))
        if "vae" in kept:
            self.vae_ = build_vae(self.task_, knobs, config.seed).to(self.device_).eval()
            self.vae_.load_state_dict(kept["vae"])
        else:
            rng = torch_generator(config.seed + 6, codes.device)
            seen = torch.randperm(len(codes), generator=rng, device=codes.device)[:n_seen]
            self.vae_ = train_vae(
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
    ) -> None:
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
        self.generator_: LatentGenerator = generator.fit(
            z,
            seen,
            seed=config.seed,
            observer=StageObserver(
                observer, "generator", done, () if self._latent_is_fair else names
            ),
            resume_from=kept.get("generator"),
        )

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

    def sample(self, n_rows: int, seed: int) -> pd.DataFrame:
        """See `base.TableSynthesizer.sample`.

        Raises:
            ConfigError: `n_rows` is below 1.
        """
        if n_rows < 1:
            raise ConfigError(
                f"n_rows must be 1 or more, and it is {n_rows}. Ask for at least one row.",
                field="n_rows",
            )
        return pd.concat(self.iter_sample(n_rows, seed), ignore_index=True)

    def iter_sample(
        self, n_rows: int, seed: int, chunk_rows: int = BLOCK_ROWS
    ) -> Iterator[pd.DataFrame]:
        """See `base.TableSynthesizer.iter_sample`; the rows do not depend on `chunk_rows`."""
        held: list[pd.DataFrame] = []
        n_held = 0
        for block, start in enumerate(range(0, n_rows, BLOCK_ROWS)):
            held.append(self._draw_block(min(BLOCK_ROWS, n_rows - start), start, seed, block))
            n_held += len(held[-1])
            while n_held >= chunk_rows or (n_held and start + BLOCK_ROWS >= n_rows):
                rows = held[0] if len(held) == 1 else pd.concat(held, ignore_index=True)
                yield rows.iloc[:chunk_rows].reset_index(drop=True)
                held = [rows.iloc[chunk_rows:]]
                n_held = max(0, n_held - chunk_rows)

    def _draw_block(self, n: int, first_row: int, seed: int, block: int) -> pd.DataFrame:
        """`n` rows: exact group shares, latents, then one pass of decoding."""
        rng = numpy_generator(seed, 5, block)
        uniform = self.config.fairness.representation == "uniform"
        k = self.form_.n_groups
        shares = np.full(k, 1 / k) if uniform else self.form_.shares
        ends = np.cumsum(shares)
        points = (np.arange(n) + rng.random()) / n
        drawn = np.minimum(np.searchsorted(ends / ends[-1], points, side="right"), k - 1)
        groups = torch.from_numpy(rng.permutation(drawn)).to(self.device_)
        own = torch_generator(int(rng.integers(2**62)), self.device_)
        return self.decoder_.rows(self._draw_latents(groups, own), groups, rng, first_row)

    def _draw_latents(self, groups: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """Latents for rows of these groups; a fair latent is drawn without looking at them."""
        seen = torch.zeros_like(groups) if self._latent_is_fair else groups
        return self.generator_.sample(seen, rng)

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
        model.device_ = pick_device("auto" if config.device == "cuda" else config.device)
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
