"""A table as integer codes of cells, and back.

Three forms of the same rows:

* the frame in canonical form (`schema.Column`);
* *values*, (n, columns) float64: numbers as they are, spellings as their position, NaN where
  missing: what tree models read;
* *codes*, (n, coded columns) int32: the cell of each value: what the autoencoder reads and writes.

Columns that are functions of another column (education-num of education) have values but no codes:
they are derived on the way back, and so are those that are sums of others (`relations.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.cells import (
    MAX_SPELLINGS,
    Codes,
    ColumnCells,
    Floats,
    NumberCells,
    cells_from_state,
    fit_cells,
    fit_rest,
)
from fairgen_core.data.relations import Rule, find_rules
from fairgen_core.data.schema import Schema
from fairgen_core.errors import DataError

WIDE_CELLS = 2_000
"""Cells that the columns of many spellings share, so that a postcode still tells the group."""
_SEARCH_ROWS = 20_000
"""Rows that functions of columns are looked for in, before all rows confirm them."""
_MAX_ERROR = 0.005
"""Largest share of a derived column's rows off its most frequent value that may disagree."""


@dataclass(frozen=True)
class Derived:
    """Column `name` follows from column `source`: its code is ``codes[code of source]``."""

    name: str
    source: str
    codes: Codes


@dataclass(frozen=True)
class TableEncoder:
    """Columns -> cells and back; see the module's text for the three forms.

    Attributes:
        cells: each column's cells, in the table's order.
        derived: the columns that are not coded, by name.
        rules: columns that follow from others, in the order in which they are worked out.
        rests: the cells of what a rule's sources leave open, where that is coded.
    """

    cells: dict[str, ColumnCells]
    derived: dict[str, Derived]
    rules: tuple[Rule, ...] = ()
    rests: dict[str, NumberCells] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        schema: Schema,
        exclude: Collection[str] = (),
        keep: Collection[str] = (),
        cuts: Mapping[str, tuple[float, ...]] | None = None,
    ) -> Self:
        """Choose the cells of every modelled column.

        Args:
            frame: training rows in canonical form.
            schema: their columns.
            exclude: columns to leave out.
            keep: columns that are always coded, and that nothing is derived from.
            cuts: values by column that no cell may reach across (bands of a sensitive number).

        Raises:
            DataError: no column is left, or there are no rows.
        """
        names = [c.name for c in schema.modelled if c.name not in set(exclude)]
        if not names or frame.empty:
            raise DataError(
                "Training needs at least one row and one column besides the sensitive ones, and "
                f"{len(frame)} rows with {len(names)} such columns were found. Add rows or columns."
            )
        bands = cuts or {}
        n_wide = sum(len(schema[name].categories) > MAX_SPELLINGS for name in names)
        most = max(MAX_SPELLINGS, WIDE_CELLS // max(1, n_wide))
        cells = {n: fit_cells(frame[n], schema[n], bands.get(n, ()), most) for n in names}
        values = {name: cells[name].values(frame[name]) for name in names}
        free = [name for name in names if name not in set(keep)]
        codes = {name: cells[name].codes(values[name]) for name in free}
        derived = _find_derived(codes, cells)
        fixed = {*derived, *(rule.source for rule in derived.values())}
        numbers = {
            name: own
            for name in free
            if name not in fixed and isinstance(own := cells[name], NumberCells)
        }
        rules = find_rules({name: values[name] for name in numbers}, numbers)
        rests = {
            rule.name: fit_rest(rule.rest(values, numbers[rule.name]), numbers[rule.name])
            for rule in rules
            if rule.has_rest
        }
        return cls(cells, derived, rules, rests)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that has values, in order."""
        return tuple(self.cells)

    @property
    def coded(self) -> tuple[str, ...]:
        """The columns that have codes, in order."""
        follows = {*self.derived, *(rule.name for rule in self.rules if not rule.has_rest)}
        return tuple(name for name in self.cells if name not in follows)

    @property
    def cardinalities(self) -> tuple[int, ...]:
        """Number of cells of each coded column."""
        return tuple(self._coder(name).cardinality for name in self.coded)

    def _coder(self, name: str) -> ColumnCells:
        """The cells that a column is coded in."""
        return self.rests.get(name, self.cells[name])

    def values(self, frame: pd.DataFrame) -> Floats:
        """Frame -> values, (n, columns)."""
        return np.column_stack([cells.values(frame[name]) for name, cells in self.cells.items()])

    def codes(self, values: Floats) -> Codes:
        """Values -> codes, (n, coded columns)."""
        plain = dict(zip(self.columns, values.T, strict=True))
        rests = {r.name: r.rest(plain, self._number(r.name)) for r in self.rules if r.has_rest}
        coded = plain | rests
        return np.column_stack([self._coder(name).codes(coded[name]) for name in self.coded])

    def encode(self, frame: pd.DataFrame) -> Codes:
        """Frame -> codes, (n, coded columns)."""
        return self.codes(self.values(frame))

    def draw(self, codes: Codes, rng: np.random.Generator) -> Floats:
        """Codes -> values: a value inside each cell; what follows from others is worked out."""
        by_name = dict(zip(self.coded, codes.T, strict=True))
        for name, function in self.derived.items():
            by_name[name] = function.codes[by_name[function.source]]
        drawn = {
            name: self._coder(name).draw(by_name[name], rng)
            for name in self.cells
            if name in by_name
        }
        for rule in self.rules:
            rest = drawn.get(rule.name)
            drawn[rule.name] = rule.apply(drawn, rest, self._number(rule.name))
        return np.column_stack([drawn[name] for name in self.cells])

    def _number(self, name: str) -> NumberCells:
        cells = self.cells[name]
        assert isinstance(cells, NumberCells)  # rules are of numbers only
        return cells

    def frame(self, values: Floats) -> pd.DataFrame:
        """Values -> frame in canonical form."""
        return pd.DataFrame(
            {name: cells.series(values[:, i]) for i, (name, cells) in enumerate(self.cells.items())}
        )

    def decode(self, codes: Codes, rng: np.random.Generator) -> pd.DataFrame:
        """Codes -> frame in canonical form."""
        return self.frame(self.draw(codes, rng))

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values for JSON, and arrays by name."""
        columns, rests = [], []
        arrays: dict[str, npt.NDArray[Any]] = {}
        for i, (name, cells) in enumerate(self.cells.items()):
            plain, own = cells.state()
            columns.append({"name": name, **plain})
            arrays.update({f"{i}.{key}": array for key, array in own.items()})
        derived = [
            {"name": rule.name, "source": rule.source, "codes": rule.codes.tolist()}
            for rule in self.derived.values()
        ]
        for i, (name, cells) in enumerate(self.rests.items()):
            plain, own = cells.state()
            rests.append({"name": name, **plain})
            arrays.update({f"rest {i}.{key}": array for key, array in own.items()})
        rules = [rule.state() for rule in self.rules]
        return {"columns": columns, "derived": derived, "rules": rules, "rests": rests}, arrays

    @classmethod
    def from_state(cls, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `state`."""

        def read(listed: Sequence[Mapping[str, Any]], prefix: str) -> dict[str, ColumnCells]:
            cells = {}
            for i, column in enumerate(listed):
                start = f"{prefix}{i}."
                own = {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}
                fields = {key: value for key, value in column.items() if key != "name"}
                cells[column["name"]] = cells_from_state(fields, own)
            return cells

        derived = {
            rule["name"]: Derived(
                rule["name"], rule["source"], np.asarray(rule["codes"], dtype=np.int32)
            )
            for rule in plain["derived"]
        }
        # Models of before had no rules.
        rests = read(plain.get("rests", ()), "rest ")
        return cls(
            read(plain["columns"], ""),
            derived,
            tuple(Rule.from_state(rule) for rule in plain.get("rules", ())),
            {name: cells for name, cells in rests.items() if isinstance(cells, NumberCells)},
        )


def _find_derived(codes: dict[str, Codes], cells: dict[str, ColumnCells]) -> dict[str, Derived]:
    """Columns whose code follows from another column's code, but for `_MAX_ERROR`.

    Coarse columns are derived from fine ones; of two columns that say the same, the one further
    to the right is derived. A source must be exact (one value a cell) and have ten rows a code,
    so that the function is seen and not just an absence of repeats.
    """
    found: dict[str, Derived] = {}
    sources: set[str] = set()
    order = sorted(codes, key=lambda name: (cells[name].cardinality, -list(codes).index(name)))
    for name in order:
        for source in reversed(order):
            if source == name or name in sources or source in found or not cells[source].exact:
                continue
            if cells[source].cardinality < cells[name].cardinality:
                break
            rule = _as_function(codes[source], codes[name], cells[source], cells[name])
            if rule is not None:
                found[name] = Derived(name, source, rule)
                sources.add(source)
                break
    return found


def _as_function(
    source: Codes, target: Codes, source_cells: ColumnCells, target_cells: ColumnCells
) -> Codes | None:
    """The most frequent target code of every source code, if nearly all rows agree with it."""
    shape = (source_cells.cardinality, target_cells.cardinality)
    for rows in (slice(_SEARCH_ROWS), slice(None)):
        part_s, part_t = source[rows], target[rows]
        counts = np.bincount(part_s * shape[1] + part_t, minlength=shape[0] * shape[1])
        table = counts.reshape(shape)
        n_varied = len(part_t) - table.sum(axis=0).max()
        n_wrong = len(part_t) - table.max(axis=1).sum()
        n_sources = int((table.sum(axis=1) > 0).sum())
        if n_varied == 0 or n_wrong > _MAX_ERROR * n_varied or n_sources * 10 > len(part_t):
            return None
        if len(source) <= _SEARCH_ROWS:
            break
    return table.argmax(axis=1).astype(np.int32)
