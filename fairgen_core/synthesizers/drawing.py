"""Rows of a fitted FLDGM, drawn block by block.

Rows that differ in their labels only share the rest (`sharing.Shared`): a sweep over targets and
strengths draws x' once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from copy import deepcopy
from functools import partial

import numpy as np
import pandas as pd
import torch

from fairgen_core.config import TrainConfig
from fairgen_core.errors import ConfigError
from fairgen_core.fairness.label_evidence import LabelEvidence, View
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.sharing import Alone, Shared
from fairgen_core.synthesizers.decoding import Drawn, TableDecoder
from fairgen_core.synthesizers.table_form import Floats, TableForm
from fairgen_core.training import numpy_generator, torch_generator

BLOCK_ROWS = 50_000
"""Rows drawn at a time, whatever the size of the pieces asked for: so pieces hold the same rows."""
_SHARED_BLOCKS = 20
"""Blocks of rows that are kept for trainings that differ in their labels only: a million rows."""


class RowDrawing:
    """What a fitted FLDGM draws rows with.

    Attributes:
        device_, form_, generator_, decoder_, head_: set by `FLDGM.fit` or `FLDGM.load`.
    """

    config: TrainConfig
    device_: torch.device
    form_: TableForm
    generator_: LatentGenerator
    decoder_: TableDecoder
    head_: LabelHead | None
    _latent_is_fair: bool
    _shared: Shared = Alone()
    _generator_key: Hashable = None
    """All that x' depends on besides the seed of the rows, where they are shared."""

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
        """`n` rows; those that differ in their labels only share the rest."""
        uniform = self.config.fairness.representation == "uniform"
        key = (self._generator_key, uniform, n, seed, block)
        kind = f"rows {block}"
        parts = self._shared if block < _SHARED_BLOCKS else Alone()
        drawn, rng = parts.part(kind, key, lambda: self._draw_unlabelled(n, seed, block))
        own = self._view_scores(kind, drawn, key) if self.head_ is not None else None
        return self.decoder_.label(drawn, own, deepcopy(rng), first_row)

    def _draw_unlabelled(self, n: int, seed: int, block: int) -> tuple[Drawn, np.random.Generator]:
        """Exact group shares, latents, one pass of decoding; and the generator for the labels."""
        rng = numpy_generator(seed, 5, block)
        uniform = self.config.fairness.representation == "uniform"
        k = self.form_.n_groups
        shares = np.full(k, 1 / k) if uniform else self.form_.shares
        ends = np.cumsum(shares)
        points = (np.arange(n) + rng.random()) / n
        drawn = np.minimum(np.searchsorted(ends / ends[-1], points, side="right"), k - 1)
        groups = torch.from_numpy(rng.permutation(drawn)).to(self.device_)
        own = torch_generator(int(rng.integers(2**62)), self.device_)
        return self.decoder_.draw(self._draw_latents(groups, own), groups, rng), rng

    def _view_scores(self, kind: str, drawn: Drawn, key: Hashable = None) -> dict[View, Floats]:
        """What the label head's models say of generated rows, (n, scores) a view."""
        assert self.head_ is not None
        return {
            view: self._shared.part(
                f"{kind} {view}",
                (self._generator_key, key),
                partial(model.scores, LabelEvidence.inputs(view, drawn.features, drawn.sensitive)),
            )
            for view, model in self.head_.models_.items()
        }

    def _draw_latents(self, groups: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """Latents for rows of these groups; a fair latent is drawn without looking at them."""
        seen = torch.zeros_like(groups) if self._latent_is_fair else groups
        return self.generator_.sample(seen, rng)
