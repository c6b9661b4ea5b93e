"""One fair latent, four ways to make rows of it: which parity does a model learn from them?

A latent z that tells nothing of the group s does not make fair rows by itself. On one fair
compression of real rows, two more decoders and a label head are trained, and four tables drawn:

- ``all-see-group``: x and y from (z, s), the paper's wiring;
- ``label-apart``: x from (z, s), y from z;
- ``latent-alone``: x and y from z;
- ``label-head``: x from (z, s), y from x by the label head that was made fair on real rows.

Generated latents are posterior draws of real training rows, and s is drawn on its own, so that
nothing but the wiring differs. Every table teaches the same model, judged on held-out rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from fairgen_core.config import CompressionConfig, DataConfig, Preset, RolesConfig
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.loading import prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.data.reading import read_table
from fairgen_core.data.simulated import hiring_probability, simulate_hiring
from fairgen_core.evaluation.parts import HeldOut, model_figures
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.lesson_config import DETOUR, PART_TIME, FairLatentConfig
from fairgen_core.lesson_results import (
    WIRINGS,
    FairLatentResult,
    FairLatentSeed,
    Wiring,
    WiringFigures,
)
from fairgen_core.metrics.judges import GRADIENT_BOOSTING, CodedRows, Question, ask
from fairgen_core.nn.mlp import mlp, seeded_init
from fairgen_core.nn.vae import CategoricalVAE, bounded, draw_cells
from fairgen_core.presets import COMPRESSION, fill_compression
from fairgen_core.synthesizers.compression import CompressionTask, sample_posterior, train_vae
from fairgen_core.synthesizers.decoding import spread_points
from fairgen_core.synthesizers.labels import label_evidence
from fairgen_core.synthesizers.previews import attacker_auroc
from fairgen_core.synthesizers.table_form import TableForm
from fairgen_core.training import (
    Observer,
    check_finite,
    numpy_generator,
    pick_device,
    stop_if_asked,
    torch_generator,
)

SET = "hiring"
PRESET: Preset = "quick"
N_TEST = 14_000
"""Held-out applicants: a simulation can afford enough to tell .02 from .05."""
N_DRAWN = 20_000
N_SETTLING = 10_000
HEAD_STEPS, HEAD_BATCH, HEAD_RATE = 600, 256, 3e-3
KEPT = ("auroc", "dp", "dp_any", "ftu", "positive_rate", "one_class")
ADVICE = "Choose another seed or a smaller alpha."

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]


def lesson_table(config: FairLatentConfig) -> PreparedTable:
    """The simulated hiring table with the lesson's number of training rows and bias."""
    n_rows, entry = config.n_rows + N_TEST, CATALOGUE[SET]
    frame = simulate_hiring(n_rows, config.bias, detour=DETOUR, part_time=PART_TIME)
    text = frame.to_csv(index=False, date_format="%Y-%m-%d %H:%M", lineterminator="\n")
    return prepare(
        DataConfig(source=SET, test_share=N_TEST / n_rows),
        RolesConfig(sensitive=entry.sensitive, target=entry.target, positive=entry.positive),
        read_table(text.encode(), SET),
    )


class WiringStudy:
    """The experiment on one table; `run` repeats it from another seed.

    Args:
        config: alpha, and where to train.
        data: from `lesson_table`.
    """

    def __init__(self, config: FairLatentConfig, data: PreparedTable) -> None:
        self.config, self.data = config, data
        self.question = Question(data, seed=0)
        self.held_out = HeldOut.of(data, self.question)
        self.form = TableForm.fit(data)
        self.values = self.form.encoder.values(data.train)
        self.device = pick_device(config.device)
        self.codes, self.groups = self._on_device(self.values, data.train_groups)

    def start(self) -> FairLatentResult:
        """What is known before the first seed: the real rows' figures, the simulation's truth."""
        rows, names = self.held_out.rows, self.data.groups.names
        blind = [j for j in range(rows.features.shape[1]) if j not in self.question.sensitive]
        odds = hiring_probability(self.data.test, self.config.bias, DETOUR)
        true_rates = [odds[self.data.test_groups == a].mean() for a in range(len(names))]
        return FairLatentResult(
            groups=names,
            favourable=self.question.outcome_name,
            n_train=len(self.data.train),
            n_test=len(rows.target),
            n_drawn=N_DRAWN,
            judge=GRADIENT_BOOSTING,
            real=self._judged("real", self.question.train, 0),
            real_attacker=attacker_auroc(rows.features[:, blind], rows.groups, 0),
            true_gap=float(np.ptp(true_rates)),
        )

    def run(self, seed: int, observer: Observer, stage: str) -> FairLatentSeed:
        """Train and judge everything from one seed.

        Args:
            seed: of weights, batches and draws.
            observer: told `stage` and how much of it is done; asked for stops.
            stage: the name to tell it under.
        """

        def done(share: float) -> None:
            stop_if_asked(observer)
            observer.on_progress(stage, share)

        done(0.0)
        vae = self.compress(seed, lambda share: done(0.35 * share))
        z = sample_posterior(vae, self.codes, self.groups, torch_generator(seed + 1, self.device))
        x_alone = self._decoder(vae, z, seed + 2, of_label=False)
        done(0.45)
        y_seeing = self._decoder(vae, z, seed + 3, of_label=True)
        done(0.55)
        head = self._label_head(seed, lambda: done(0.55))
        done(0.75)
        tables = WiringTables(self.form, vae, x_alone, y_seeing, head)
        tables.settle(*self._drawn(z, N_SETTLING, seed + 4))
        latents, groups = self._drawn(z, N_DRAWN, seed + 5)
        judged = []
        for number, wiring in enumerate(WIRINGS):
            rows = tables.rows(wiring, latents, groups, seed)
            coded, _ = self.question.code(rows, groups.cpu().numpy(), seed)
            judged.append(self._judged(wiring, coded, seed))
            done(0.8 + 0.2 * (number + 1) / len(WIRINGS))
        return FairLatentSeed(seed=seed, attacker=self._attacker(vae, seed), wirings=tuple(judged))

    # --- parts -------------------------------------------------------------------------------

    def _on_device(self, values: Floats, groups: Groups) -> tuple[torch.Tensor, torch.Tensor]:
        codes = torch.from_numpy(self.form.encoder.codes(values)).long()
        return codes.to(self.device), torch.from_numpy(groups).to(self.device)

    def compress(self, seed: int, done: Callable[[float], None]) -> CategoricalVAE:
        """Stage 1 as FLDGM has it: the latent must not tell the group."""
        form = self.form
        task = CompressionTask(
            cardinalities=form.x_cardinalities,
            n_labels=form.n_labels,
            n_groups=form.n_groups,
            encoder_sees_group=True,
            decoder_sees_group=True,
            alpha=self.config.alpha,
            penalty="distance-covariance",
        )
        knobs = fill_compression(CompressionConfig(), PRESET, len(self.codes))
        return train_vae(
            task, knobs, self.codes, self.groups, seed=seed, observer=_ShareObserver(done)
        )

    def _decoder(
        self, vae: CategoricalVAE, z: torch.Tensor, seed: int, *, of_label: bool
    ) -> nn.Module:
        """A further decoder of the same latents: of x that sees z alone, or of y that sees s too.

        Raises:
            TrainingDivergedError: its loss is no longer finite.
        """
        inputs = _seen(z, self.groups, vae.n_groups) if of_label else z
        n_out = vae.n_labels if of_label else sum(vae.cardinalities)
        width = COMPRESSION[PRESET].width
        with seeded_init(seed):
            net = mlp([inputs.shape[1], width, width, n_out]).to(self.device)
        optimizer = torch.optim.Adam(net.parameters(), HEAD_RATE)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=HEAD_RATE, total_steps=HEAD_STEPS
        )
        rng = torch_generator(seed, self.device)
        loss = torch.zeros(())
        for _ in range(HEAD_STEPS):
            rows = torch.randint(len(z), (HEAD_BATCH,), generator=rng, device=self.device)
            logits, codes = bounded(net(inputs[rows])), self.codes[rows]
            if of_label:
                loss = functional.cross_entropy(logits, codes[:, -1])
            else:
                loss = vae.column_cross_entropy(logits, codes[:, :-1]).sum(dim=1).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
        check_finite("loss of a decoder", loss.item(), ADVICE)
        return net.eval()

    def _label_head(self, seed: int, tick: Callable[[], None]) -> LabelHead:
        """Stage 4 as FLDGM has it, for both parities; it needs real rows only."""
        evidence = label_evidence(self.form, self.values, self.data.train_groups, PRESET, seed)
        evidence.tick = tick
        steps = COMPRESSION[PRESET].head_steps
        return LabelHead("both").fit(evidence, n_steps=steps, seed=seed, tick=lambda _: tick())

    def _drawn(self, z: torch.Tensor, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents of real rows drawn with replacement, and groups drawn without looking at them."""
        rng = torch_generator(seed, self.device)
        rows = torch.randint(len(z), (n,), generator=rng, device=self.device)
        shares = torch.from_numpy(self.form.shares).to(self.device)
        return z[rows], torch.multinomial(shares, n, replacement=True, generator=rng)

    def _attacker(self, vae: CategoricalVAE, seed: int) -> float | None:
        values = self.form.encoder.values(self.data.test)
        codes, groups = self._on_device(values, self.data.test_groups)
        z = sample_posterior(vae, codes, groups, torch_generator(seed + 6, self.device))
        return attacker_auroc(z.cpu().numpy(), self.data.test_groups, seed)

    def _judged(self, wiring: Wiring, rows: CodedRows, seed: int) -> WiringFigures:
        verdict = ask(self.question, GRADIENT_BOOSTING, rows, self.held_out.rows, seed)
        figures = model_figures(self.question, verdict, self.held_out, seed)
        hits = self.question.hits(verdict.decisions)[:, self.question.outcome]
        names = self.data.groups.names
        of = self.held_out.rows.groups
        return WiringFigures(
            wiring=wiring,
            figures={key: figures[key] for key in KEPT},
            rates={name: float(hits[of == a].mean()) for a, name in enumerate(names)},
        )


class WiringTables:
    """Draws rows of each wiring.

    Args:
        form: how codes become rows.
        vae: its decoders are x from (z, s) and y from z.
        x_alone: decoder of x that sees z alone.
        y_seeing: decoder of y that sees s too.
        head: draws labels from x.
    """

    def __init__(
        self,
        form: TableForm,
        vae: CategoricalVAE,
        x_alone: nn.Module,
        y_seeing: nn.Module,
        head: LabelHead,
    ) -> None:
        self._form, self._vae, self._head = form, vae, head
        self._x_alone, self._y_seeing = x_alone, y_seeing

    def rows(
        self, wiring: Wiring, z: torch.Tensor, groups: torch.Tensor, seed: int
    ) -> pd.DataFrame:
        """As many rows as there are latents, in canonical form; the same draws in every wiring."""
        values = self._values(wiring, z, groups, seed)
        plain = groups.cpu().numpy()
        if wiring == "label-head":
            features, sensitive = self._form.features(values), self._form.sensitive(values, plain)
            rng = numpy_generator(seed, 7)
            values[:, -1] = self._head.draw(features, sensitive, plain, rng)
        return self._form.frame(values, plain, 0)

    def settle(self, z: torch.Tensor, groups: torch.Tensor) -> None:
        """Fit the label head's parity to generated rows (`LabelHead.settle`)."""
        values, plain = self._values("label-head", z, groups, 8), groups.cpu().numpy()
        features, sensitive = self._form.features(values), self._form.sensitive(values, plain)
        own = self._head.view_scores(features, sensitive)
        self._head.settle(own, plain, self._form.shares)

    @torch.no_grad()
    def _values(self, wiring: Wiring, z: torch.Tensor, groups: torch.Tensor, seed: int) -> Floats:
        vae, rng = self._vae, torch_generator(seed, z.device)
        alone = wiring == "latent-alone"
        x_logits = bounded(self._x_alone(z)) if alone else vae.decode_x(z, groups)
        y_logits = vae.decode_y(z)
        if wiring == "all-see-group":
            y_logits = bounded(self._y_seeing(_seen(z, groups, vae.n_groups)))
        sizes = (*vae.cardinalities, vae.n_labels)
        points = spread_points(len(z), len(sizes), rng)
        codes = draw_cells(torch.cat([x_logits, y_logits], dim=1), sizes, points)
        return self._form.encoder.draw(codes.int().cpu().numpy(), numpy_generator(seed, 9))


def _seen(z: torch.Tensor, groups: torch.Tensor, n_groups: int) -> torch.Tensor:
    """(z, s) side by side."""
    return torch.cat([z, functional.one_hot(groups, n_groups).to(z.dtype)], dim=1)


class _ShareObserver:
    """Hears of a stage's share only, and lets the stop be asked elsewhere."""

    def __init__(self, done: Callable[[float], None]) -> None:
        self._done = done

    def on_progress(
        self, stage: str, fraction: float, losses: object = None, figures: object = None
    ) -> None:
        self._done(fraction)

    def on_preview(self, rows: object) -> None:
        """Nobody looks."""

    def should_stop(self) -> bool:
        return False

    def on_checkpoint(self, state: object) -> None:
        """A seed takes seconds: it is begun again."""
