"""Canonical rows as the bytes of a CSV, Parquet or Excel file."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Sequence
from typing import IO, Protocol

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from fairgen_core.data import number_forms, spelling
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.schema import Column, Schema
from fairgen_core.data.typed_files import arrow_type
from fairgen_core.errors import DataError

_ROWS_AT_ONCE = 100_000
_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")


class Encoder(Protocol):
    """Puts canonical rows into an open binary file, piece by piece."""

    def append(self, frame: pd.DataFrame) -> None:
        """Write these rows after the ones before."""

    def close(self) -> None:
        """Write what must stand at the end; the file itself stays open."""

    def abandon(self) -> None:
        """Let go of the file, whose content no longer matters."""


def encoder_for(
    out: IO[bytes], schema: Schema, file_format: FileFormat, formula_safe: bool
) -> Encoder:
    """The encoder of that kind of file, writing into `out`."""
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
    if column.kind in {"integer", "decimal"}:
        mark = column.form.decimal if column.form else decimal
        if column.kind == "integer":
            texts = spelling.spell_integers(series, column.decimals or 0, mark)
        else:
            texts = spelling.spell_decimals(
                series, column.decimals, column.min_decimals, mark, column.significant
            )
        return number_forms.spell(texts, column.form) if column.form else texts
    if column.kind == "datetime":
        return spelling.spell_datetimes(series, column.datetime_format or "%Y-%m-%d %H:%M:%S")
    return pa.array(series, type=pa.string(), from_pandas=True)


def harmless(cell: str) -> str:
    """A text that a spreadsheet shows and does not run: an apostrophe before what looks like it."""
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


class _CsvEncoder:
    """Joins the columns' texts, cell by cell, to whole lines in one Arrow buffer."""

    def __init__(
        self, out: IO[bytes], schema: Schema, file_format: FileFormat, formula_safe: bool
    ) -> None:
        self._out, self._schema, self._format, self._safe = out, schema, file_format, formula_safe
        special = f'["\r\n{re.escape(file_format.separator)}]'
        # A leading blank would be lost where blanks follow the separators.
        blank = "|^ " if file_format.blank_after_separator else ""
        self._special = re.compile(special + blank)
        if file_format.bom:
            self._write(b"\xef\xbb\xbf")
        self._write(file_format.preamble.encode())
        if file_format.has_header:
            cells = [
                self._quote(self._safely(cell), is_text=True)
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

    abandon = close

    def _cells(self, series: pd.Series, column: Column) -> pa.Array:
        texts = spell_column(series, column, self._format.decimal)
        marker = column.missing_marker
        is_text = column.kind not in {"integer", "decimal"} or column.form is not None
        if not is_text and self._format.quoting != "all":
            if self._format.decimal == self._format.separator:
                texts = self._quoted(texts)
            return texts.fill_null(marker)
        encoded = texts.dictionary_encode()
        spelled = encoded.dictionary.to_pylist()
        quoted = [self._quote(self._safely(s) if is_text else s, is_text) for s in spelled]
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

    def _safely(self, cell: str) -> str:
        return harmless(cell) if self._safe else cell

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
        noted = {"pandas": file_format.pandas} if file_format.pandas else None
        self._arrow_schema = pa.schema(fields, metadata=noted)
        self._writer = pq.ParquetWriter(out, self._arrow_schema, compression="zstd")

    def append(self, frame: pd.DataFrame) -> None:
        arrays = [
            _parquet_column(frame[c.name], c, field.type)
            for c, field in zip(self._schema.columns, self._arrow_schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._arrow_schema))

    def close(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        # Else the writer tries to finish its file when it is collected, and complains aloud.
        with contextlib.suppress(OSError, ValueError, pa.ArrowException):
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
        if column.missing_marker or column.empty_text:
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
        self._sheet.append([self._text_cell(n) for n in header_of(schema, file_format)])
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
        whole = io.BytesIO()  # a zip that fails on a full disk would try again when collected
        self._book.save(whole)
        self._out.write(whole.getbuffer())

    def abandon(self) -> None:
        with contextlib.suppress(WorkbookAlreadySaved):
            self._sheet.close()

    def _text_cell(self, text: str) -> WriteOnlyCell:
        """A cell that stays a text, even where it reads like a formula."""
        if ILLEGAL_CHARACTERS_RE.search(text):
            raise DataError(
                f"Excel holds no control characters, and there is one in {text[:40]!r}. "
                "Write CSV or Parquet instead."
            )
        cell = WriteOnlyCell(self._sheet, value=harmless(text) if self._safe else text)
        cell.data_type = "s"
        return cell

    def _cells(self, series: pd.Series, column: Column) -> Sequence[object]:
        present = series.notna()
        typed = column.native_dtype != "string"
        if column.kind in {"integer", "decimal"} and typed:
            if column.kind == "decimal" and column.decimals is not None:
                series = series.round(column.decimals)
            values: list[object] = series.astype(object).tolist()
        elif column.kind == "datetime" and typed:
            # Excel's calendar starts in 1900; what is older is written as text.
            texts = spell_column(series, column, ".").to_pylist()
            values = [
                stamp.to_pydatetime() if stamp.year >= 1900 else self._text_cell(text)
                for stamp, text in zip(series.fillna(pd.Timestamp(0)), texts, strict=True)
            ]
        else:
            values = spell_column(series, column, ".").to_pylist()
            if column.native_dtype == "bool":
                values = [v == "True" for v in values]
            elif column.native_dtype == "int64":
                values = [int(str(v)) if v is not None else None for v in values]
            else:
                values = [self._text_cell(str(v)) for v in values]
        marker = column.missing_marker or None
        return [v if ok else marker for v, ok in zip(values, present, strict=True)]
