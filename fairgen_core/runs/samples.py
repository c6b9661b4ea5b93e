"""The synthetic rows of a run as a Parquet file that gives the canonical form back unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import RunError
from fairgen_core.runs.files import disk_problem, temporary_beside

_ARROW: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "datetime": pa.timestamp("ns"),
}
_PANDAS = {"integer": "Int64", "decimal": "float64", "datetime": "datetime64[ns]"}


class SamplesWriter:
    """Writes rows piece by piece; the file is there whole, or not at all. A context manager.

    Args:
        path: where to (``samples.parquet``).
        schema: the columns; rows come in canonical form.
    """

    def __init__(self, path: Path, schema: Schema) -> None:
        self._path, self._temporary = path, temporary_beside(path)
        self._fields = pa.schema(
            [(c.name, _ARROW.get(c.kind, pa.string())) for c in schema.columns]
        )

    def __enter__(self) -> Self:
        try:
            self._writer = pq.ParquetWriter(self._temporary, self._fields)
        except OSError as error:
            raise disk_problem(error, self._path) from error
        return self

    def append(self, rows: pd.DataFrame) -> None:
        """Write these rows after the ones before.

        Raises:
            RunError: the disk is full.
        """
        table = pa.Table.from_pandas(rows, schema=self._fields, preserve_index=False)
        try:
            self._writer.write_table(table.replace_schema_metadata(None))
        except OSError as error:
            raise disk_problem(error, self._path) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._writer.close()
            if kind is None:
                self._temporary.replace(self._path)
        except OSError as failure:
            if kind is None:
                raise disk_problem(failure, self._path) from failure
        finally:
            self._temporary.unlink(missing_ok=True)


def read_samples(path: Path, schema: Schema, n_rows: int | None = None) -> pd.DataFrame:
    """The first `n_rows` synthetic rows (None: all) in canonical form.

    Raises:
        RunError: the file cannot be read.
    """
    pieces: list[pd.DataFrame] = []
    n_read = 0
    for piece in iter_samples(path, schema):
        pieces.append(piece if n_rows is None else piece.head(n_rows - n_read))
        n_read += len(pieces[-1])
        if n_rows is not None and n_read >= n_rows:
            break
    return pd.concat(pieces, ignore_index=True)


def iter_samples(path: Path, schema: Schema, chunk_rows: int = 50_000) -> Iterator[pd.DataFrame]:
    """The synthetic rows in canonical form, in pieces of bounded size.

    Raises:
        RunError: the file cannot be read.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(chunk_rows):
                yield pd.DataFrame(
                    {c.name: _canonical(batch.column(i), c) for i, c in enumerate(schema.columns)}
                )
    except (OSError, pa.ArrowException) as error:
        raise RunError(
            f"The rows in '{path}' must be readable, and they are missing or damaged. "
            "Draw them again from the run's model."
        ) from error


def _canonical(values: pa.Array, column: Column) -> pd.Series:
    if column.kind == "integer":
        return values.to_pandas(types_mapper=lambda _: pd.Int64Dtype()).astype("Int64")
    series = values.to_pandas()
    return series.astype(_PANDAS.get(column.kind, "object"))
