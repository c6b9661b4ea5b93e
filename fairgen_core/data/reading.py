"""Reading a table from a file whose form is not known beforehand."""

from __future__ import annotations

import _csv
import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from fairgen_core.config import ColumnKind
from fairgen_core.data import spelling, typed_files
from fairgen_core.data.distinct import TextColumn
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.guess import CODES, read_column
from fairgen_core.data.schema import Schema
from fairgen_core.data.sniffing import (
    HEAD_BYTES,
    container,
    find_dialect,
    find_encoding,
    no_rows,
)
from fairgen_core.errors import ConfigError, DataError

MAX_BYTES = 2_000_000_000
MAX_ROWS = 5_000_000
LEFT_OUT = "left out of the model"
"""In the note that names columns which are not modelled."""


@dataclass(frozen=True)
class ReadTable:
    """A table as it was read.

    Attributes:
        frame: every column in canonical form (`schema.Column`), index 0..n-1.
        schema: what the columns are.
        file_format: how the file was written.
        notes: sentences for the person about what was noticed.
        sha256: of the file's bytes.
    """

    frame: pd.DataFrame
    schema: Schema
    file_format: FileFormat
    notes: tuple[str, ...]
    sha256: str


def read_table(
    source: str | Path | bytes,
    name: str = "",
    kinds: Mapping[str, ColumnKind] | None = None,
) -> ReadTable:
    """Read CSV, TSV, Parquet or Excel; separator, encoding and the rest are found from the content.

    Args:
        source: a path, or the file's bytes.
        name: what to call the file in messages; empty: the path's last part.
        kinds: corrections of guessed kinds, by column name.

    Raises:
        DataError: the file is no usable table.
        ConfigError: a correction in `kinds` is impossible.
    """
    called = f"'{name or (Path(source).name if not isinstance(source, bytes) else 'the file')}'"
    buffer = _open(source, called)
    digest = hashlib.sha256(buffer).hexdigest()
    try:
        raw, file_format, notes = _read_raw(buffer, called)
    except (pa.ArrowException, MemoryError) as error:
        raise DataError(
            f"The table must be readable and fit into memory, and {called} is or does not: "
            f"{str(error).splitlines()[0] if str(error) else 'too large'}. "
            "Check the file, or take a sample of its rows."
        ) from error
    if not len(raw) or not len(raw[0].cells):
        raise no_rows(called)
    return _finish(raw, file_format, notes, digest, kinds or {})


def _read_raw(
    buffer: pa.Buffer, called: str
) -> tuple[list[TextColumn], FileFormat, tuple[str, ...]]:
    kind = container(buffer[:HEAD_BYTES].to_pybytes(), called)
    if kind == "parquet":
        return typed_files.read_parquet(buffer, called, MAX_ROWS)
    if kind == "zip":
        return typed_files.read_excel(buffer, called, MAX_BYTES)
    return _read_text(buffer, called)


def _open(source: str | Path | bytes, called: str) -> pa.Buffer:
    """The file's bytes, mapped rather than copied where it is a path."""
    if isinstance(source, bytes):
        size = len(source)
    else:
        path = Path(source)
        try:
            if not path.is_file():
                found = "a folder" if path.is_dir() else "no file"
                raise DataError(
                    f"The data must be a file, and {found} is at {str(path)!r}. Check the path."
                )
            size = path.stat().st_size
        except (OSError, ValueError) as error:
            raise _unreadable(called, error) from error
    if size == 0:
        raise DataError(f"The table must have a header and rows, and {called} is empty.")
    if size > MAX_BYTES:
        raise DataError(
            f"A file may have {MAX_BYTES / 1e9:.0f} GB at most, and {called} has "
            f"{size / 1e9:.1f} GB. Take a sample of its rows, or leave out columns."
        )
    if isinstance(source, bytes):
        return pa.py_buffer(source)
    try:
        return pa.memory_map(str(source)).read_buffer()
    except OSError as error:
        raise _unreadable(called, error) from error


def _unreadable(called: str, error: Exception) -> DataError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return DataError(f"The data must be a readable file, and {called} is not: {reason}.")


def _read_text(
    buffer: pa.Buffer, called: str
) -> tuple[list[TextColumn], FileFormat, tuple[str, ...]]:
    """CSV and its relatives."""
    view = memoryview(buffer)
    encoding, bom = find_encoding(view, called)
    if encoding != "utf-8":
        text = bytes(view).decode(encoding, errors="strict")
        buffer = pa.py_buffer(text.encode("utf-8"))
        view = memoryview(buffer)
    _check_n_rows(view, called)
    head = bytes(view[:HEAD_BYTES]).decode("utf-8", errors="ignore").removeprefix("\ufeff")
    dialect = find_dialect(head, len(view) <= HEAD_BYTES, encoding, bom, called)
    file_format = dialect.file_format
    if file_format.preamble:
        start = bytes(view[:16]).index(file_format.preamble.encode())
        buffer = buffer.slice(start + len(file_format.preamble))
        view = memoryview(buffer)
    quoted = _contains(view, b'"')
    if quoted and file_format.blank_after_separator:
        buffer = _without_blanks(buffer, file_format, called)
    labels = [str(i) for i in range(len(dialect.names))]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(buffer),
            read_options=pa_csv.ReadOptions(
                column_names=labels,
                skip_rows_after_names=int(file_format.has_header),
                block_size=1 << 23,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=file_format.separator, newlines_in_values=quoted
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(labels, pa.string()), null_values=[]
            ),
        )
    except pa.ArrowInvalid as error:
        raise _explain(buffer, file_format, len(labels), called, error) from error
    if quoted:
        _check_last_quote(view, table, called)
    columns = []
    for label, name in zip(labels, dialect.names, strict=True):
        cells = table[label]
        if file_format.blank_after_separator:
            cells = pc.utf8_ltrim_whitespace(cells)
        columns.append(TextColumn(name, cells))
    mark = _find_decimal(columns, file_format.separator)
    return columns, file_format.model_copy(update={"decimal": mark}), dialect.notes


def _check_n_rows(view: memoryview, called: str) -> None:
    """Refuse too long a table before it is read into memory."""
    data, n_lines = np.frombuffer(view, dtype=np.uint8), 0
    for start in range(0, len(data), 1 << 24):
        n_lines += int(np.count_nonzero(data[start : start + (1 << 24)] == 10))
    if n_lines > MAX_ROWS + 1:
        raise DataError(
            f"A table may have {MAX_ROWS:,} rows at most, and {called} has about {n_lines:,}. "
            "Take a sample of its rows."
        )


def _contains(view: memoryview, char: bytes) -> bool:
    data = np.frombuffer(view, dtype=np.uint8)
    step = 1 << 24
    return any((data[i : i + step] == char[0]).any() for i in range(0, len(data), step))


def _check_last_quote(view: memoryview, table: pa.Table, called: str) -> None:
    """A quote that is never closed swallows all rows after it into one cell of the last row."""
    last = table.slice(max(0, table.num_rows - 1)).to_pylist()
    cells = [cell for row in last for cell in row.values()]
    swallowed = max((cell.count("\n") for cell in cells), default=0)
    data = np.frombuffer(view, dtype=np.uint8)
    if swallowed and int(np.count_nonzero(data == ord('"'))) % 2:
        line = int(np.count_nonzero(data == 10)) - swallowed + 1
        raise DataError(
            f"Every quote must be closed, and the one in line {line:,} of {called} or before is "
            "not. Correct that line."
        )


def _reader(buffer: pa.Buffer, file_format: FileFormat) -> _csv.Reader:
    text = io.TextIOWrapper(io.BytesIO(buffer.to_pybytes()), encoding="utf-8-sig", newline="")
    return csv.reader(
        text,
        delimiter=file_format.separator,
        skipinitialspace=file_format.blank_after_separator,
    )


def _without_blanks(buffer: pa.Buffer, file_format: FileFormat, called: str) -> pa.Buffer:
    """The same records without blanks after separators, which hide quotes from the fast reader."""
    out = io.StringIO(newline="")
    try:
        csv.writer(out, delimiter=file_format.separator).writerows(_reader(buffer, file_format))
    except csv.Error as error:
        raise _unreadable(called, error) from error
    return pa.py_buffer(out.getvalue().encode("utf-8"))


def _explain(
    buffer: pa.Buffer, file_format: FileFormat, width: int, called: str, error: Exception
) -> DataError:
    """Say which line is at fault; the fast reader does not know it."""
    reader = _reader(buffer, file_format)
    line = 2 if file_format.preamble else 1
    try:
        for record in reader:
            if record and width == 1 < len(record):
                return DataError(
                    f"The first line must hold the column names, and in {called} it has one cell "
                    f"where line {line:,} has {len(record)}. Take out the title or remark that "
                    "stands before the names."
                )
            if record and len(record) != width:
                return DataError(
                    f"Every row must have as many cells as the first line ({width}), and line "
                    f"{line:,} of {called} has {len(record)}. Correct that line."
                )
            line = reader.line_num + (2 if file_format.preamble else 1)
    except csv.Error as parse_error:
        error = parse_error
    return DataError(
        f"The table must be readable row by row, and line {line:,} of {called} is not: "
        f"{str(error).splitlines()[0]}. Correct that line."
    )


def _find_decimal(columns: list[TextColumn], separator: str) -> str:
    """The decimal mark: a comma if some column is all numbers with commas and none with points.

    With commas between cells, ``"1,234"`` is more likely a thousands separator, so that columns
    with exactly three digits after every comma do not count there.
    """
    comma = point = False
    for column in columns:
        cells = column.cells.slice(0, 10_000)
        values = pc.utf8_trim_whitespace(pc.unique(cells.drop_null()))
        markers = pa.array(spelling.MISSING + spelling.MISSING_IN_NUMBERS)
        values = values.filter(pc.invert(pc.is_in(values, markers)))
        if not len(values):
            continue
        with_comma = spelling.matches(values, r"^[+-]?\d*,\d+([eE][+-]?\d+)?$")
        with_point = spelling.matches(values, r"^[+-]?\d*\.\d+([eE][+-]?\d+)?$")
        plain = spelling.matches(values, r"^[+-]?\d+([eE][+-]?\d+)?$")
        if with_point.any() and (with_point | plain).all():
            point = True
        if with_comma.any() and (with_comma | plain).all():
            grouped = spelling.matches(values, r"^[+-]?[1-9]\d{0,2}(,\d{3})+$")
            comma = comma or separator != "," or not (grouped | plain).all()
    return "," if comma and not point else "."


def _finish(
    raw: list[TextColumn],
    file_format: FileFormat,
    notes: tuple[str, ...],
    digest: str,
    kinds: Mapping[str, ColumnKind],
) -> ReadTable:
    """Read every column as what it is; each one's text is let go as soon as it is read."""
    unknown = [name for name in kinds if name not in {c.name for c in raw}]
    if unknown:
        raise ConfigError(
            f"A correction must name a column of the table, and '{unknown[0]}' is none. "
            f"The columns are: {', '.join(c.name for c in raw[:20])}.",
            field=f"data.kinds.{unknown[0]}",
        )
    columns, series = [], {}
    for i in range(len(raw)):
        text, raw[i] = raw[i], TextColumn(raw[i].name, pa.chunked_array([], pa.string()))
        column, values = read_column(text, file_format.decimal, kinds.get(text.name))
        columns.append(column)
        series[column.name] = values
    frame = pd.DataFrame(series, copy=False)
    left_out = [c for c in columns if not c.modelled]
    if left_out:
        named = ", ".join(c.name for c in left_out[:8])
        which = "1 column is" if len(left_out) == 1 else f"{len(left_out)} columns are"
        notes = (*notes, f"{which} {LEFT_OUT}: {named}.")
    maybe_codes = [f"'{c.name}'" for c in columns if CODES in c.reason]
    if maybe_codes:
        notes = (*notes, f"{', '.join(maybe_codes)}: {CODES[0].lower()}{CODES[1:]}")
    return ReadTable(frame, Schema(columns=tuple(columns)), file_format, notes, digest)
