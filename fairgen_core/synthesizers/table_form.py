"""A prepared table as the numbers that FLDGM trains on, and generated numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.encoding import TableEncoder
from fairgen_core.data.groups import parts_of
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.data.schema import Schema
from fairgen_core.data.writing import fill_left_out

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TableForm:
    """Which columns are features, label and sensitive, and how groups are written back.

    Sensitive spellings are no part of the codes: they follow from the group. A sensitive number is
    coded like a feature, is drawn within its group's band, and is unseen by blind models.

    Attributes:
        schema: the table's columns.
        encoder: cells of every modelled column but the sensitive spellings; the label comes last.
        target: name of the label column, or None.
        group_values: by sensitive spelling column, each part's value (None: missing). A group is
            one part; the last one has several where small groups were put together.
        group_bands: by sensitive number, each part's band (-1: missing).
        bands: by sensitive number, the inner cut points in the encoder's units.
        shares: (K,) the groups' shares of the training rows.
        part_shares: (P,) the parts' shares of them; parts 0..K-2 are groups, all others make up
            the last group.
    """

    schema: Schema
    encoder: TableEncoder
    target: str | None
    group_values: dict[str, tuple[str | None, ...]]
    group_bands: dict[str, tuple[int, ...]]
    bands: dict[str, tuple[float, ...]]
    shares: Floats
    part_shares: Floats

    @classmethod
    def fit(cls, data: PreparedTable) -> Self:
        """Read everything off the training rows."""
        target = data.roles.target
        numbers = {n: b for n, b in data.groups.bands.items() if n in data.groups.columns}
        spelled = [name for name in data.groups.columns if name not in numbers]
        # The label comes last, so that codes split into (x, y) by position.
        names = [c for c in data.schema.columns if c.name != target]
        names += [c for c in data.schema.columns if c.name == target]
        encoder = TableEncoder.fit(
            data.train,
            Schema(columns=tuple(names)),
            exclude=spelled,
            keep=[*numbers, *([target] if target else [])],
            cuts=numbers,
        )
        groups, parts = data.train_groups, parts_of(data)[0]
        _, first, n_rows = np.unique(parts, return_index=True, return_counts=True)
        bands = {
            name: tuple(cut / getattr(encoder.cells[name], "unit", 1) for cut in cuts)
            for name, cuts in numbers.items()
        }
        group_bands = {}
        for name, cuts in bands.items():
            values = encoder.cells[name].values(data.train[name])[first]
            band = np.where(np.isnan(values), -1, np.searchsorted(cuts, values, side="right"))
            group_bands[name] = tuple(int(b) for b in band)
        return cls(
            schema=data.schema,
            encoder=encoder,
            target=target,
            group_values={
                n: tuple(None if pd.isna(v) else str(v) for v in data.train[n].iloc[first])
                for n in spelled
            },
            group_bands=group_bands,
            bands=bands,
            shares=np.bincount(groups) / len(groups),
            part_shares=n_rows / len(groups),
        )

    @property
    def n_groups(self) -> int:
        """K."""
        return len(self.shares)

    @property
    def n_labels(self) -> int:
        """Cells of the label column; 0: there is none."""
        return self.encoder.cells[self.target].cardinality if self.target else 0

    @property
    def x_cardinalities(self) -> tuple[int, ...]:
        """Cells of the coded columns without the label."""
        return self.encoder.cardinalities[: len(self.encoder.coded) - bool(self.target)]

    def features(self, values: Floats) -> Floats:
        """The columns that blind models see."""
        hidden = {self.target, *self.bands}
        return values[:, [i for i, n in enumerate(self.encoder.columns) if n not in hidden]]

    def sensitive(self, values: Floats, groups: npt.NDArray[np.int64]) -> Floats:
        """The sensitive numbers themselves and the group, (n, q)."""
        shown = [i for i, n in enumerate(self.encoder.columns) if n in self.bands]
        return np.column_stack([values[:, shown], groups])

    def draw_parts(
        self, groups: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> npt.NDArray[np.int64]:
        """(n,) the part of each row: that of its group, of several one by their shares."""
        last = self.n_groups - 1
        if len(self.part_shares) == self.n_groups:
            return groups
        rows = np.flatnonzero(groups == last)
        ends = np.cumsum(self.part_shares[last:])
        points = (rng.permutation(len(rows)) + rng.random(len(rows))) / max(1, len(rows))
        drawn = np.searchsorted(ends / ends[-1], points, side="right")
        parts = groups.copy()
        parts[rows] = last + np.minimum(drawn, len(ends) - 1)
        return parts

    def allowed_cells(self) -> npt.NDArray[np.bool_]:
        """(P, sum of x cardinalities): False where a cell lies outside the part's band."""
        allowed = np.ones((len(self.part_shares), sum(self.x_cardinalities)), dtype=bool)
        start = 0
        for name, size in zip(self.encoder.coded, self.x_cardinalities, strict=False):
            if name in self.bands:
                cells = self.encoder.cells[name]
                known = getattr(cells, "cell_values")  # noqa: B009 - bands are of numbers only
                band = np.searchsorted(self.bands[name], known, side="right")
                inside = band[None, :] == np.array(self.group_bands[name])[:, None]
                allowed[:, start : start + size] = False
                allowed[:, start : start + len(known)] = inside
                if size > len(known):
                    allowed[:, start + len(known)] = np.array(self.group_bands[name]) < 0
            start += size
        return allowed

    def frame(self, values: Floats, parts: npt.NDArray[np.int64], first_row: int) -> pd.DataFrame:
        """Values and parts as a table in canonical form, with all columns in the file's order.

        Columns that were left out are filled in: `first_row` numbers their first row.
        """
        modelled = self.encoder.frame(values)
        for name, spelled in self.group_values.items():
            modelled[name] = np.array(spelled, dtype=object)[parts]
        return fill_left_out(modelled, self.schema, start=first_row)

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values for JSON, and arrays by name."""
        encoder, arrays = self.encoder.state()
        plain = {
            "schema": self.schema.model_dump(mode="json"),
            "encoder": encoder,
            "target": self.target,
            "group_values": self.group_values,
            "group_bands": self.group_bands,
            "bands": self.bands,
            "shares": self.shares.tolist(),
            "part_shares": self.part_shares.tolist(),
        }
        return plain, arrays

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""
        return cls(
            schema=Schema.model_validate(plain["schema"]),
            encoder=TableEncoder.from_state(plain["encoder"], arrays),
            target=plain["target"],
            group_values={k: tuple(v) for k, v in plain["group_values"].items()},
            group_bands={k: tuple(v) for k, v in plain["group_bands"].items()},
            bands={k: tuple(v) for k, v in plain["bands"].items()},
            shares=np.array(plain["shares"], dtype=np.float64),
            part_shares=np.array(plain.get("part_shares", plain["shares"]), dtype=np.float64),
        )
