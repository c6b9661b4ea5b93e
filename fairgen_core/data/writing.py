"""Writing synthetic rows so that they load wherever the original did."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairgen_core.data import spelling
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.schema import Column, Schema
from fairgen_core.data.typed_files import arrow_type
from fairgen_core.errors import DataError

_ROWS_AT_ONCE = 100_000
_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")


def write_table(
    frame: pd.DataFrame,
    path: str | Path,
    schema: Schema,
    file_format: FileFormat,
    formula_safe: bool = False,
) -> None:
    """Write a table in one go; the file is there whole, or not at all.

    Args:
        frame: canonical rows, all columns of `schema`.
        path: where to; an existing file is replaced.
        schema: how each column is spelled.
        file_format: how the file is written.
        formula_safe: put an apostrophe before texts that a spreadsheet would run as a formula.

    Raises:
        DataError: the place cannot be written to, or the disk is full.
    """
    with TableWriter(path, schema, file_format, formula_safe) as writer:
        writer.append(frame)


def to_bytes(
    frame: pd.DataFrame, schema: Schema, file_format: FileFormat, formula_safe: bool = False
) -> bytes:
    """What `write_table` would write, for a download."""
    out = io.BytesIO()
    encoder = _encoder(out, schema, file_format, formula_safe)
    encoder.append(frame)
    encoder.close()
    return out.getvalue()


class TableWriter:
    """Writes a table piece by piece into a temporary file and moves it into place at the end.

    Use it as a context manager: on any error the temporary file is deleted and what was at `path`
    before is still there.
    """

    def __init__(
        self,
        path: str | Path,
        schema: Schema,
        file_format: FileFormat,
        formula_safe: bool = False,
    ) -> None:
        self.path = Path(path)
        self._make = (schema, file_format, formula_safe)

    def __enter__(self) -> Self:
        try:
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".", suffix=".part")
        except OSError as error:
            raise self._cannot_write(error) from error
        self._part = Path(name)
        self._file: IO[bytes] = os.fdopen(handle, "wb")
        try:
            self._encoder = _encoder(self._file, *self._make)
        except BaseException:
            self._drop()
            raise
        return self

    def append(self, frame: pd.DataFrame) -> None:
        """Write these rows after the ones before."""
        try:
            self._encoder.append(frame)
        except OSError as error:
            raise self._cannot_write(error) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._drop()
            return
        try:
            self._encoder.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            umask = os.umask(0)
            os.umask(umask)
            self._part.chmod(0o666 & ~umask)
            self._part.replace(self.path)
        except OSError as failure:
            self._drop()
            raise self._cannot_write(failure) from failure
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink()

    def _cannot_write(self, error: OSError) -> DataError:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            advice = "The disk is full. Free some space, or write to another disk."
        elif error.errno in {errno.ENOENT, errno.ENOTDIR}:
            advice = "There is no such folder. Create it, or choose another."
        elif error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            advice = "Writing there is not allowed. Choose another folder."
        else:
            advice = f"The system says: {error.strerror or error}."
        return DataError(
            f"The table must be written to {str(self.path)!r}, and it could not be. {advice}"
        )


class _Encoder(Protocol):
    def append(self, frame: pd.DataFrame) -> None: ...

    def close(self) -> None: ...


def _encoder(
    out: IO[bytes], schema: Schema, file_format: FileFormat, formula_safe: bool
) -> _Encoder:
    if file_format.kind == "parquet":
        return _ParquetEncoder(out, schema, file_format)
    if file_format.kind == "excel":
        return _ExcelEncoder(out, schema, file_format, formula_safe)
    return _CsvEncoder(out, schema, file_format, formula_safe)


def header_of(schema: Schema, file_format: FileFormat) -> tuple[str, ...]:
    """The column names as the original file spells them."""
    if len(file_format.header) == len(schema.columns):
        return file_format.header
    return schema.names


def spell_column(series: pd.Series, column: Column, decimal: str) -> pa.Array:
    """A column's values as text in the file's own spelling; null where missing."""
    if column.kind == "integer":
        return spelling.spell_integers(series, column.decimals or 0, decimal)
    if column.kind == "decimal":
        return spelling.spell_decimals(series, column.decimals, column.min_decimals, decimal)
    if column.kind == "datetime":
        return spelling.spell_datetimes(series, column.datetime_format or "%Y-%m-%d %H:%M:%S")
    return pa.array(series, type=pa.string(), from_pandas=True)


class _CsvEncoder:
    """Joins the columns' texts, cell by cell, to whole lines in one Arrow buffer."""

    def __init__(
        self, out: IO[bytes], schema: Schema, file_format: FileFormat, formula_safe: bool
    ) -> None:
        self._out, self._schema, self._format, self._safe = out, schema, file_format, formula_safe
        special = f'["\r\n{re.escape(file_format.separator)}]'
        self._special = re.compile(special + "|^ | $")
        if file_format.bom:
            self._write(b"\xef\xbb\xbf")
        if file_format.has_header:
            cells = [
                self._quote(self._harmless(cell), is_text=True)
                for cell in header_of(schema, file_format)
            ]
            self._write((self._between.join(cells) + file_format.line_end).encode())

    @property
    def _between(self) -> str:
        return self._format.separator + (" " if self._format.blank_after_separator else "")

    def append(self, frame: pd.DataFrame) -> None:
        for start in range(0, len(frame), _ROWS_AT_ONCE):
            piece = frame.iloc[start : start + _ROWS_AT_ONCE]
            cells = [self._cells(piece[c.name], c) for c in self._schema.columns]
            cells[-1] = pc.binary_join_element_wise(cells[-1], self._format.line_end, "")
            lines = pc.binary_join_element_wise(*cells, self._between)
            first, last = lines.offset, lines.offset + len(lines)
            offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
            self._write(lines.buffers()[2][int(offsets[first]) : int(offsets[last])])

    def close(self) -> None:
        """Nothing follows the last row."""

    def _cells(self, series: pd.Series, column: Column) -> pa.Array:
        texts = spell_column(series, column, self._format.decimal)
        marker = column.missing_marker
        if column.kind in {"integer", "decimal"} and self._format.quoting != "all":
            if self._format.decimal == self._format.separator:
                texts = self._quoted(texts)
            return texts.fill_null(marker)
        encoded = texts.dictionary_encode()
        is_text = column.kind not in {"integer", "decimal"}
        spelled = encoded.dictionary.to_pylist()
        quoted = [self._quote(self._harmless(s) if is_text else s, is_text) for s in spelled]
        texts = pa.array(quoted, pa.string()).take(encoded.indices)
        empty = f'"{marker}"' if self._format.quoting == "all" else marker
        return texts.fill_null(empty)

    def _quoted(self, texts: pa.Array) -> pa.Array:
        special = pc.match_substring(texts, self._format.separator)
        return pc.if_else(special, pc.binary_join_element_wise('"', texts, '"', ""), texts)

    def _quote(self, cell: str, is_text: bool) -> str:
        quoting = self._format.quoting
        wanted = quoting == "all" or (quoting == "text" and is_text and not _NUMBER.match(cell))
        if wanted or self._special.search(cell):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def _harmless(self, cell: str) -> str:
        """A text that a spreadsheet shows and does not run."""
        if self._safe and _FORMULA.match(cell) and not _NUMBER.match(cell):
            return "'" + cell
        return cell

    def _write(self, utf8: bytes | pa.Buffer) -> None:
        if self._format.encoding == "utf-8":
            self._out.write(utf8)
            return
        text = bytes(utf8).decode("utf-8")
        self._out.write(text.encode(self._format.encoding, errors="replace"))


class _ParquetEncoder:
    """Restores the columns' own Arrow types where the original was Parquet."""

    def __init__(self, out: IO[bytes], schema: Schema, file_format: FileFormat) -> None:
        self._schema = schema
        header = header_of(schema, file_format)
        fields = [(n, _parquet_type(c)) for n, c in zip(header, schema.columns, strict=True)]
        self._arrow_schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(out, self._arrow_schema, compression="zstd")

    def append(self, frame: pd.DataFrame) -> None:
        arrays = [
            _parquet_column(frame[c.name], c, field.type)
            for c, field in zip(self._schema.columns, self._arrow_schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._arrow_schema))

    def close(self) -> None:
        self._writer.close()


def _parquet_type(column: Column) -> pa.DataType:
    native = arrow_type(column.native_dtype) if column.native_dtype else None
    if native is not None:
        return native
    by_kind = {
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "datetime": pa.timestamp("us"),
    }
    return by_kind.get(column.kind, pa.string())


def _parquet_column(series: pd.Series, column: Column, wanted: pa.DataType) -> pa.Array:
    value_type = wanted.value_type if pa.types.is_dictionary(wanted) else wanted
    is_text = pa.types.is_string(value_type) or pa.types.is_large_string(value_type)
    if is_text:
        cells = spell_column(series, column, ".")
        if column.missing_marker:
            cells = cells.fill_null(column.missing_marker)
        cells = cells.cast(value_type)
        return cells.dictionary_encode().cast(wanted) if value_type is not wanted else cells
    if column.kind == "datetime":
        return _parquet_datetimes(series, wanted)
    if column.kind in {"integer", "decimal"}:
        if column.kind == "decimal" and column.decimals is not None:
            series = series.round(column.decimals)
        native = pa.int64() if column.kind == "integer" else pa.float64()
        return pa.array(series, type=native, from_pandas=True).cast(value_type, safe=False)
    cells = pa.array(series, type=pa.string(), from_pandas=True)
    if pa.types.is_boolean(value_type):
        return pc.equal(cells, "True")
    if pa.types.is_nested(value_type) or pa.types.is_null(value_type):
        return pa.nulls(len(series), value_type)
    return cells.cast(value_type)


def _parquet_datetimes(series: pd.Series, wanted: pa.DataType) -> pa.Array:
    cells = pa.array(series, type=pa.timestamp("ns"), from_pandas=True)
    if pa.types.is_timestamp(wanted):
        if wanted.tz is not None:
            cells = pc.assume_timezone(cells, wanted.tz, ambiguous="earliest", nonexistent="latest")
        return cells.cast(wanted, safe=False)
    return cells.cast(pa.timestamp("ms"), safe=False).cast(wanted, safe=False)


class _ExcelEncoder:
    """Typed cells on one sheet, written row by row."""

    def __init__(
        self, out: IO[bytes], schema: Schema, file_format: FileFormat, formula_safe: bool
    ) -> None:
        self._out, self._schema, self._safe = out, schema, formula_safe
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet(file_format.sheet)
        self._sheet.append(list(header_of(schema, file_format)))
        self._n_rows = 1

    def append(self, frame: pd.DataFrame) -> None:
        self._n_rows += len(frame)
        if self._n_rows > 1_048_576:
            raise DataError(
                "An Excel sheet has 1,048,576 rows at most, and there are more to write. "
                "Write CSV or Parquet instead."
            )
        columns = [self._cells(frame[c.name], c) for c in self._schema.columns]
        for row in zip(*columns, strict=True):
            self._sheet.append(row)

    def close(self) -> None:
        self._book.save(self._out)

    def _cells(self, series: pd.Series, column: Column) -> Sequence[object]:
        present = series.notna()
        typed = column.native_dtype != "string"
        if column.kind in {"integer", "decimal"} and typed:
            if column.kind == "decimal" and column.decimals is not None:
                series = series.round(column.decimals)
            values: list[object] = series.astype(object).tolist()
        elif column.kind == "datetime" and typed:
            values = [stamp.to_pydatetime() for stamp in series]
        else:
            values = spell_column(series, column, ".").to_pylist()
            if column.native_dtype == "bool":
                values = [v == "True" for v in values]
            elif column.native_dtype == "int64":
                values = [int(str(v)) if v is not None else None for v in values]
        marker = column.missing_marker or None
        return [v if ok else marker for v, ok in zip(values, present, strict=True)]


def fill_left_out(
    frame: pd.DataFrame, schema: Schema, start: int = 0, seed: int = 0
) -> pd.DataFrame:
    """Add the columns that were left out of the model, in their places.

    Identifiers get fresh values in a row, spelled like the originals and beyond their range, so
    that none of them is anybody's; free text stays missing.

    Args:
        frame: canonical rows of the modelled columns.
        schema: all columns.
        start: number of synthetic rows before these (for tables written in pieces).
        seed: seeds UUIDs.

    Returns:
        The frame with all columns of `schema`, in its order.
    """
    columns = {}
    for position, column in enumerate(schema.columns):
        if column.modelled:
            columns[column.name] = frame[column.name]
        elif column.kind == "identifier":
            fresh = _fresh_identifiers(column.pattern, start, len(frame), (seed, position))
            columns[column.name] = pd.Series(fresh, index=frame.index, dtype=object)
        else:
            nothing = np.full(len(frame), None, dtype=object)
            columns[column.name] = pd.Series(nothing, index=frame.index, dtype=object)
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _fresh_identifiers(pattern: str, start: int, n_rows: int, seed: tuple[int, int]) -> list[str]:
    rows = range(start, start + n_rows)
    if pattern == "uuid":
        space = uuid.uuid5(uuid.NAMESPACE_OID, f"{seed[0]}/{seed[1]}")
        return [str(uuid.uuid5(space, str(row))) for row in rows]
    width = re.search(r"\{:0(\d+)d\}$", pattern)
    digits = int(width.group(1)) if width else 6
    # One digit more than any original: no synthetic row can be joined to a real one by mistake.
    first = 1 if pattern.startswith("synthetic-") or digits > 17 else 10**digits + 1
    return [pattern.format(first + row) for row in rows]
