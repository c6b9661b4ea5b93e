"""What a table's columns are: names, kinds, spellings, ranges. `guess.py` makes them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from fairgen_core.config import ColumnKind
from fairgen_core.data.number_forms import NumberForm
from fairgen_core.errors import DataError

MODELLED_KINDS = frozenset({"category", "integer", "decimal", "boolean", "datetime"})


class Column(BaseModel):
    """One column as it was found in the training rows.

    The canonical form in memory, which every room works with: category and boolean are `object`
    columns of `str` (the file's own spellings), integer is ``Int64``, decimal ``float64``,
    datetime ``datetime64[ns]``, identifier and text `object` columns of `str`; missing is
    ``None``/``pd.NA``/``NaN``/``NaT`` as the dtype has it (test with `pandas.isna`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: ColumnKind
    categories: tuple[str, ...] = ()
    """category and boolean: every spelling, most frequent first."""
    minimum: float | None = None
    """integer, decimal: smallest value; datetime: nanoseconds since 1970."""
    maximum: float | None = None
    decimals: int | None = None
    """decimal: digits after the mark that the file uses at most; None: as many as it takes.
    integer: zeros that the file writes after the mark (``12.0``: 1)."""
    min_decimals: int = 0
    """decimal: digits after the mark that the file uses at least (``1.50`` and ``2.25``: 2)."""
    significant: int | None = None
    """decimal with exponents (``1.50e-05``): the digits that the file writes of each number."""
    form: NumberForm | None = None
    """integer, decimal: currency, percent and thousands marks around the numbers; None: plain."""
    datetime_format: str | None = None
    """datetime: the file's own spelling as a strftime format."""
    missing_share: float = 0.0
    missing_marker: str = ""
    """How the file spells a missing value in this column."""
    empty_text: bool = False
    """A typed file (Parquet) writes a missing value of this column as an empty text, not a null."""
    native_dtype: str = ""
    """The dtype in a typed file (Parquet), restored when Parquet is written; empty for text."""
    n_distinct: int = 0
    examples: tuple[str, ...] = ()
    pattern: str = ""
    """identifier: how a fresh value is spelled (``"C{:05d}"``, ``"uuid"``)."""
    reason: str = ""
    """Why the column is left out of the model, or what was noticed about it; empty: nothing."""

    @property
    def modelled(self) -> bool:
        """Whether the column takes part in training."""
        return self.kind in MODELLED_KINDS


class Schema(BaseModel):
    """The columns of a table, in the file's order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every column's name, in order."""
        return tuple(c.name for c in self.columns)

    @property
    def modelled(self) -> tuple[Column, ...]:
        """The columns that take part in training, in order."""
        return tuple(c for c in self.columns if c.modelled)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise DataError(
            f"The table must have a column named '{name}', and it has: "
            f"{', '.join(self.names[:20])}{' ...' if len(self.columns) > 20 else ''}. "
            "Check the spelling."
        )
