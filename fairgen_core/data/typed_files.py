"""Parquet and Excel: files whose cells carry types, brought to text for the common way of reading.

The types are remembered in `schema.Column.native_dtype`, and `writing` restores them.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import warnings
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairgen_core.data.distinct import TextColumn
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.sniffing import check_names
from fairgen_core.errors import DataError

if TYPE_CHECKING:
    import openpyxl

Raw = tuple[list[TextColumn], FileFormat, tuple[str, ...]]


def read_parquet(buffer: pa.Buffer, called: str, max_rows: int) -> Raw:
    """All columns of a Parquet file as text with their Arrow types.

    Raises:
        DataError: the file is damaged, or too long.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(buffer))
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"The Parquet file must be whole, and {called} is not: {str(error).splitlines()[0]}. "
            "Save it again."
        ) from error
    if file.metadata.num_rows > max_rows:
        raise DataError(
            f"A table may have {max_rows:,} rows at most, and {called} has "
            f"{file.metadata.num_rows:,}. Take a sample of its rows."
        )
    schema = file.schema_arrow
    names = tuple(n.strip() or f"column_{i + 1}" for i, n in enumerate(schema.names))
    check_names(names)
    try:
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"The Parquet file must be whole, and {called} is not: {str(error).splitlines()[0]}. "
            "Save it again."
        ) from error
    columns = [
        TextColumn(name, _as_text(table.column(i)), str(schema.field(i).type))
        for i, name in enumerate(names)
    ]
    noted = _noted_by_pandas(schema.metadata or {})
    return columns, FileFormat(kind="parquet", header=tuple(schema.names), pandas=noted), ()


def _noted_by_pandas(metadata: Mapping[bytes, bytes]) -> str:
    """What pandas noted about a table's types, without the numbering of its rows; else empty."""
    try:
        noted = json.loads(metadata.get(b"pandas", b""))
        index = list(noted["index_columns"])
    except (ValueError, KeyError, TypeError):
        return ""
    # A numbered index counts the original's rows; a named one is a column like the others.
    return json.dumps({**noted, "index_columns": [c for c in index if isinstance(c, str)]})


def _as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells of any Arrow type as strings; of lists and other nests, nulls (they are left out)."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return _as_text(cells.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return pc.if_else(cells, "True", "False")
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            cells = pc.local_timestamp(cells)
        days = pc.floor_temporal(cells, unit="day")
        if pc.all(pc.equal(cells, days)).as_py():
            return cells.cast(pa.date32(), safe=False).cast(pa.string())
        seconds = cells.cast(pa.timestamp("s"), safe=False)
        if pc.all(pc.equal(seconds.cast(cells.type), cells)).as_py():
            return seconds.cast(pa.string())
        return cells.cast(pa.timestamp("us"), safe=False).cast(pa.string())
    if pa.types.is_date(kind):
        return cells.cast(pa.date32()).cast(pa.string())
    if pa.types.is_float16(kind):
        return cells.cast(pa.float32()).cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.chunked_array([pa.nulls(len(cells), pa.string())])
    return cells.cast(pa.string())


def arrow_type(native: str) -> pa.DataType | None:
    """The Arrow type of that name (`str(type)`), or None where it cannot be written back."""
    if match := re.fullmatch(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]", native):
        return pa.timestamp(match.group(1), tz=match.group(2))
    if match := re.fullmatch(r"decimal(128|256)\((\d+), (-?\d+)\)", native):
        make = pa.decimal128 if match.group(1) == "128" else pa.decimal256
        return make(int(match.group(2)), int(match.group(3)))
    if match := re.fullmatch(r"dictionary<values=(\w+), indices=(\w+), ordered=([01])>", native):
        value = arrow_type(match.group(1))
        index = arrow_type(match.group(2))
        return pa.dictionary(index, value, match.group(3) == "1") if value and index else None
    aliases = {"float": "float32", "double": "float64", "halffloat": "float16"}
    unit = re.fullmatch(r"date(32|64)\[(day|ms)\]", native)
    try:
        return pa.type_for_alias(f"date{unit.group(1)}" if unit else aliases.get(native, native))
    except ValueError:
        return None


def read_excel(buffer: pa.Buffer, called: str, max_bytes: int) -> Raw:
    """The first sheet that is not empty, as text with each column's type.

    Raises:
        DataError: the zip is no Excel file, is damaged, or unpacks to too much.
    """
    stream = io.BytesIO(buffer.to_pybytes())
    try:
        with zipfile.ZipFile(stream) as archive:
            inside = archive.infolist()
            is_excel = any(i.filename == "xl/workbook.xml" for i in inside)
            unpacked = sum(i.file_size for i in inside)
        if not is_excel:
            raise DataError(
                "The data must be a table as CSV, TSV, Parquet or Excel (.xlsx), and "
                f"{called} is a zip archive. Unpack it first."
            )
        if unpacked > max_bytes:
            raise DataError(
                f"A file may have {max_bytes / 1e9:.0f} GB at most, and {called} unpacks to "
                f"{unpacked / 1e9:.1f} GB. Save it as Parquet or CSV."
            )
        import openpyxl  # heavy, and for this kind of file only

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that play no part here
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            return _read_sheets(book, called)
    except DataError:
        raise
    except Exception as error:  # openpyxl lets many kinds escape from damaged files
        raise DataError(
            f"The Excel file must be whole, and {called} is not: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}. "
            "Save it again, or save it as CSV."
        ) from error


def _read_sheets(book: openpyxl.Workbook, called: str) -> Raw:
    for sheet in book.worksheets:
        rows = [row for row in sheet.iter_rows(values_only=True) if any(c is not None for c in row)]
        if rows:
            return _read_sheet(sheet.title, rows, len(book.worksheets))
    raise DataError(f"The table must have a header and rows, and {called} is empty.")


def _read_sheet(title: str, rows: list[tuple[Any, ...]], n_sheets: int) -> Raw:
    width = max(max(i for i, c in enumerate(row) if c is not None) + 1 for row in rows)
    padded = [(*row[:width], *(None,) * (width - len(row))) for row in rows]
    header = tuple("" if c is None else str(c) for c in padded[0])
    names = tuple(cell.strip() or f"column_{i + 1}" for i, cell in enumerate(header))
    check_names(names)
    columns = []
    for i, name in enumerate(names):
        cells = [row[i] for row in padded[1:]]
        native = _native_of(cells)
        only_days = native == "timestamp" and not any(
            isinstance(c, dt.datetime) and c.time() != dt.time() for c in cells
        )
        texts = [_cell_text(c, only_days) for c in cells]
        columns.append(TextColumn(name, pa.chunked_array([pa.array(texts, pa.string())]), native))
    notes = (f"The first sheet, '{title}', was read.",) if n_sheets > 1 else ()
    return columns, FileFormat(kind="excel", sheet=title, header=header), notes


def _native_of(cells: list[Any]) -> str:
    kinds = {type(c) for c in cells if c is not None}
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int64"
    if kinds and kinds <= {int, float}:
        return "double"
    if kinds and kinds <= {dt.datetime, dt.date}:
        return "timestamp"
    return "string"


def _cell_text(cell: Any, only_days: bool) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, dt.datetime):
        if only_days:
            return cell.date().isoformat()
        return cell.isoformat(sep=" ", timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, float):
        return repr(cell)
    return str(cell)
