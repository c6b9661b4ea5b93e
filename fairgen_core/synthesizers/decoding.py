"""Stage 3 of FLDGM: latents and groups become rows in one pass, each cell drawn by its odds.

A network's most probable cells would be too typical (and too biased); draws keep the spread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from fairgen_core.fairness.label_evidence import View
from fairgen_core.fairness.label_head import LabelHead
from fairgen_core.nn.vae import CategoricalVAE, draw_cells
from fairgen_core.synthesizers.marginals import cell_shares, marginal_offsets
from fairgen_core.synthesizers.table_form import Floats, TableForm
from fairgen_core.training import torch_generator

CALIBRATION_ROWS = 16_000
MIN_CALIBRATION_ROWS = 500
"""Of each group."""
SETTLING_ROWS = 30_000
MIN_SETTLING_ROWS = 500
"""Of each group."""
MAX_CELLS = 4_000_000
"""Cells' logits that are held at once: wide tables are decoded fewer rows at a time."""


class Drawn(NamedTuple):
    """Generated rows before the label head.

    Attributes:
        values: (n, columns of the encoder); a label is the decoder's.
        groups: (n,) 0..K-1.
        parts: (n,) the part of its group that each row is of, see `TableForm`.
        features, sensitive: (n, p) and (n, q), see `TableForm`.
    """

    values: Floats
    groups: npt.NDArray[np.int64]
    parts: npt.NDArray[np.int64]
    features: Floats
    sensitive: Floats


class TableDecoder:
    """x' ~ p(x | z', s'), then y' by the label head, or ~ p(y | z') where there is none.

    Args:
        form: how codes become rows.
        vae: the trained autoencoder.
        head: draws labels; None: they are decoded from z', or there are none.

    Attributes:
        offsets: (K, cells) added to the logits of x, see `marginals`.
    """

    def __init__(self, form: TableForm, vae: CategoricalVAE, head: LabelHead | None) -> None:
        self._form, self._vae, self._head = form, vae, head
        self.offsets = torch.zeros(
            form.n_groups, sum(form.x_cardinalities), device=vae.starts.device
        )

    def calibrate(
        self,
        draw_latents: Callable[[torch.Tensor, torch.Generator], torch.Tensor],
        codes: torch.Tensor,
        groups: torch.Tensor,
        rng: torch.Generator,
        tick: Callable[[], None],
    ) -> None:
        """Fit the offsets that give generated columns the real rows' marginals.

        Args:
            draw_latents: gives z' for groups.
            codes: (n, columns of x) int64 cells of real rows.
            groups: (n,) int64.
            rng: of the latents.
            tick: called every round; may raise to stop.
        """
        k, device = self._form.n_groups, groups.device
        self.offsets = torch.zeros_like(self.offsets)
        sizes = torch.bincount(groups, minlength=k)
        n_drawn = (CALIBRATION_ROWS * sizes / len(groups)).clamp_min(MIN_CALIBRATION_ROWS).long()
        drawn = torch.repeat_interleave(torch.arange(k, device=device), n_drawn)
        latents = draw_latents(drawn, rng)
        parts = self._form.draw_parts(
            drawn.cpu().numpy(), np.random.default_rng(rng.initial_seed())
        )
        logits = self._logits(latents, drawn, torch.from_numpy(parts).to(device))
        if self._vae.decoder_sees_group:
            shares = cell_shares(codes, groups, self._vae)
            self.offsets = marginal_offsets(logits, drawn, shares, sizes, self._vae, tick)
            return
        # Rows that must not depend on the group get the same offsets in every group, fitted on
        # latents in the groups' own shares.
        drawn = torch.zeros_like(drawn)
        shares = cell_shares(codes, torch.zeros_like(groups), self._vae)
        offsets = marginal_offsets(logits, drawn, shares, sizes.sum().repeat(k), self._vae, tick)
        self.offsets = offsets[:1].repeat(k, 1)

    def rows(
        self, z: torch.Tensor, groups: torch.Tensor, rng: np.random.Generator, first_row: int
    ) -> pd.DataFrame:
        """Rows in canonical form.

        Args:
            z: (n, latent_dims).
            groups: (n,) int64.
            rng: of every draw.
            first_row: number of the first row, for identifiers.
        """
        return self.label(self.draw(z, groups, rng), None, rng, first_row)

    def draw(self, z: torch.Tensor, groups: torch.Tensor, rng: np.random.Generator) -> Drawn:
        """Rows before the label head; arguments as in `rows`."""
        plain, form = groups.cpu().numpy(), self._form
        parts = form.draw_parts(plain, rng)
        values = self._values(z, groups, torch.from_numpy(parts).to(groups.device), rng)
        return Drawn(values, plain, parts, form.features(values), form.sensitive(values, plain))

    def label(
        self,
        drawn: Drawn,
        own: Mapping[View, Floats] | None,
        rng: np.random.Generator,
        first_row: int,
    ) -> pd.DataFrame:
        """The rows with the label head's labels, where there is one; `drawn` stays as it is.

        Args:
            drawn: what `draw` gave.
            own: what the head's models say of them; None: ask them.
            rng: as `draw` left it.
            first_row: number of the first row, for identifiers.
        """
        form, values = self._form, drawn.values
        if self._head is not None and form.target is not None:
            labels = self._head.draw(drawn.features, drawn.sensitive, drawn.groups, rng, own)
            values = values.copy()
            values[:, -1] = form.encoder.cells[form.target].settle(labels)
        return form.frame(values, drawn.parts, first_row)

    def settling_rows(
        self,
        draw_latents: Callable[[torch.Tensor, torch.Generator], torch.Tensor],
        seed: int,
        tick: Callable[[], None],
    ) -> Drawn:
        """Generated rows that the label head's parity is fitted to (`LabelHead.settle`).

        Args:
            draw_latents: gives z' for groups.
            seed: of the rows.
            tick: called between the parts; may raise to stop.
        """
        shares = self._form.shares
        n_drawn = np.maximum(SETTLING_ROWS * shares, MIN_SETTLING_ROWS).astype(np.int64)
        device = self.offsets.device
        groups = torch.from_numpy(np.repeat(np.arange(len(shares)), n_drawn)).to(device)
        z = draw_latents(groups, torch_generator(seed, device))
        tick()
        drawn = self.draw(z, groups, np.random.default_rng([seed, 21]))
        tick()
        return drawn

    @torch.no_grad()
    def _values(
        self, z: torch.Tensor, groups: torch.Tensor, parts: torch.Tensor, rng: np.random.Generator
    ) -> Floats:
        """Every column's values, (n, columns of the encoder); a label is the decoder's."""
        form = self._form
        own = torch_generator(int(rng.integers(2**62)), z.device)
        points = spread_points(len(z), len(form.x_cardinalities), own)
        size = max(1, MAX_CELLS // sum(form.x_cardinalities))
        codes = torch.cat(
            [
                draw_cells(self._logits(*some), form.x_cardinalities, some_points)
                for *some, some_points in zip(
                    *(rows.split(size) for rows in (z, groups, parts, points)), strict=True
                )
            ]
        )
        if form.n_labels:
            points = spread_points(len(z), 1, own)
            label = draw_cells(self._vae.decode_y(z), (form.n_labels,), points)
            codes = torch.cat([codes, label], dim=1)
        return form.encoder.draw(codes.int().cpu().numpy(), rng)

    @torch.no_grad()
    def _logits(self, z: torch.Tensor, groups: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
        """The calibrated logits of x, -inf for cells outside the part's band."""
        logits = self._vae.decode_x(z, groups) + self.offsets[groups]
        if self._form.bands:
            allowed = torch.from_numpy(self._form.allowed_cells()).to(z.device)
            logits = logits.masked_fill(~allowed[parts], float("-inf"))
        return logits


def spread_points(n: int, n_columns: int, rng: torch.Generator) -> torch.Tensor:
    """(n, n_columns) uniform points, one in each n-th of 0..1 a column (stratified sampling).

    Every single point is uniform; together they make a column's shares vary less.
    """
    points = torch.rand(n, n_columns, generator=rng, device=rng.device)
    for column in range(n_columns):
        points[:, column] += torch.randperm(n, generator=rng, device=rng.device)
    return points / n
