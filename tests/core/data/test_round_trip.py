"""Read, write, read: the same values, and for text files the same bytes."""

from __future__ import annotations

import datetime as dt
import decimal
import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairgen_core.data.formats import FileFormat
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.writing import TableWriter, to_bytes, write_table

ROWS = [
    # name, sex, age, wage, start, member, code
    ("Bachelors", "Male", "39", "1250.50", "2020-01-31", "yes", "00123"),
    ("Masters, late", "Female", "", "980.00", "2021-02-28", "no", "00007"),
    ('the "last" one', "Female", "51", "?", "", "yes", "00123"),
    ("Bachelors", "?", "18", "0.25", "1999-12-31", "no", "10000"),
] * 15
HEADER = ("degree", "sex", "age", "wage", "start", "member", "code")


def as_text(separator: str = ",", end: str = "\n", quote: str = "minimal") -> str:
    def cell(text: str, is_text: bool) -> str:
        special = separator in text or '"' in text
        if quote == "all" or special or (quote == "text" and is_text):
            return '"' + text.replace('"', '""') + '"'
        return text

    lines = [separator.join(cell(h, True) for h in HEADER)]
    lines += [separator.join(cell(c, i in (0, 1, 4, 5)) for i, c in enumerate(row)) for row in ROWS]
    return end.join(lines) + end


def written(table: ReadTable) -> bytes:
    return to_bytes(table.frame, table.schema, table.file_format)


def assert_same_values(first: ReadTable, second: ReadTable) -> None:
    pd.testing.assert_frame_equal(first.frame, second.frame)
    for a, b in zip(first.schema.columns, second.schema.columns, strict=True):
        assert a == b


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_text_file_comes_back_byte_for_byte(separator: str, end: str, encoding: str) -> None:
    text = as_text(separator, end)
    if encoding == "cp1252":
        text = text.replace("late", "spät – 5 €")
    raw = text.encode(encoding)
    assert written(read_table(raw)) == raw


def test_every_cell_quoted_comes_back_byte_for_byte() -> None:
    raw = as_text(quote="all").encode()
    table = read_table(raw)
    assert table.file_format.quoting == "all"
    assert written(table) == raw


def test_quoted_texts_and_bare_numbers_come_back_byte_for_byte() -> None:
    lines = ['"name","n","x"'] + [f'"row {i % 3}",{i},{i / 8}' for i in range(60)]
    raw = ("\n".join(lines) + "\n").encode()
    table = read_table(raw)
    assert table.file_format.quoting == "text"
    assert written(table) == raw


def test_comma_decimals_come_back_byte_for_byte() -> None:
    raw = "\n".join(["x;y;z", *(f"{i},50;a{i % 3};{i % 7},{i % 10}" for i in range(60)), ""])
    table = read_table(raw.encode())
    assert table.file_format.decimal == ","
    assert table.frame["x"].tolist()[:3] == [0.5, 1.5, 2.5]
    assert written(table) == raw.encode()


def test_uci_style_blanks_come_back_byte_for_byte() -> None:
    raw = "\n".join(["a, b, c", *(f"{i % 9}, x{i % 3}, ?" for i in range(60)), ""]).encode()
    table = read_table(raw)
    assert table.file_format.blank_after_separator
    assert set(table.frame["b"]) == {"x0", "x1", "x2"}
    assert written(table) == raw


def test_blanks_before_quotes_are_no_part_of_the_value() -> None:
    raw = "\n".join(["a, b", *(f'{i % 9}, "x, {i % 3}"' for i in range(60)), ""]).encode()
    table = read_table(raw)
    assert set(table.frame["b"]) == {"x, 0", "x, 1", "x, 2"}
    assert written(table) == raw


@pytest.mark.parametrize(
    "spelled",
    [
        ["1.50", "2.25", "-3.00"],
        ["1.5", "2.25", "-3"],
        ["1.5", "2.25", "-3.0"],
        ["0.1", "0.30000000000000004", "1e-07"],
        ["12.0", "13.0", "-7.0"],
        ["12345678901.5", "0.5", "2.0"],
        ["true", "false", "true"],
        ["TRUE", "FALSE", "TRUE"],
        ["0", "1", "0"],
        ["2020-01-31 10:20:30", "1999-12-31 00:00:00", "2024-02-29 23:59:59"],
        ["2020-01-31T10:20:30Z", "1999-12-31T00:00:00Z", "2024-02-29T23:59:59Z"],
        ["2020-01-31T10:20+02:00", "1999-12-31T00:00+02:00", "2024-02-29T23:59+02:00"],
        ["31.01.2020", "01.02.1999", "29.02.2024"],
        ["01/31/2020", "02/01/1999", "02/29/2024"],
        ["31/01/2020", "01/02/1999", "29/02/2024"],
        ["2020-01-31 10:20:30.123456", "1999-12-31 00:00:00.000001", "2024-02-29 00:00:00.500000"],
        ["31 Jan 2020", "01 Feb 1999", "29 Feb 2024"],
        ["007", "070", "700"],
        ["Male ", "Male", " Male"],
        ["9007199254740993", "9007199254740995", "18446744073709551616"],
    ],
)
@pytest.mark.parametrize("marker", ["", "NA", "?", "NULL", "nan"])
def test_every_spelling_comes_back(spelled: list[str], marker: str) -> None:
    cells = [*spelled, marker] * 15
    raw = "\n".join(["x,y", *(f"{c},{i % 5}" for i, c in enumerate(cells)), ""]).encode()
    table = read_table(raw)
    assert table.frame["x"].isna().sum() == 15
    assert table.schema["x"].missing_marker == marker
    assert written(table) == raw


def test_a_header_of_empty_and_padded_names_comes_back() -> None:
    raw = "\n".join([", age ,sex", *(f"{i},{i % 40},{'mf'[i % 2]}" for i in range(60)), ""])
    table = read_table(raw.encode())
    assert table.schema.names == ("column_1", "age", "sex")
    assert written(table) == raw.encode()


def test_a_line_that_names_the_separator_comes_back() -> None:
    raw = "\r\n".join(["sep=;", "a;b", *(f"{i % 9};x{i % 3}" for i in range(60)), ""]).encode()
    table = read_table(raw)
    assert table.schema.names == ("a", "b")
    assert written(table) == raw


def test_a_file_without_header_comes_back() -> None:
    raw = "\n".join([*(f"{i},{'mf'[i % 2]},x{i % 3}" for i in range(60)), ""]).encode()
    table = read_table(raw)
    assert table.schema.names == ("column_1", "column_2", "column_3")
    assert len(table.frame) == 60
    assert written(table) == raw


def parquet_bytes(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def typed_table() -> pa.Table:
    n = 60
    stamps = [dt.datetime(2020, 1, 1, 12) + dt.timedelta(hours=i) for i in range(n - 1)] + [None]
    return pa.table(
        {
            "int8": pa.array([i % 50 for i in range(n)], pa.int8()),
            "uint32": pa.array([None, *range(1, n)], pa.uint32()),
            "float": pa.array([i / 4 for i in range(n)], pa.float32()),
            "double": pa.array([None, *(i / 3 for i in range(1, n))], pa.float64()),
            "whole": pa.array([None, *(float(i % 9) for i in range(1, n))], pa.float64()),
            "bool": pa.array([None, *(i % 3 == 0 for i in range(1, n))], pa.bool_()),
            "bit": pa.array([i % 2 for i in range(n)], pa.int32()),
            "date": pa.array([dt.date(2020, 1, 1 + i % 28) for i in range(n)], pa.date32()),
            "stamp": pa.array(stamps, pa.timestamp("us")),
            "zoned": pa.array(stamps, pa.timestamp("ms", tz="Europe/Berlin")),
            "fixed": pa.array([decimal.Decimal(i) / 4 for i in range(n)], pa.decimal128(9, 2)),
            "word": pa.array([["a", "b", None][i % 3] for i in range(n)], pa.string()),
            "large": pa.array([["a", "b"][i % 2] for i in range(n)], pa.large_string()),
            "coded": pa.array([["x", "y"][i % 2] for i in range(n)]).dictionary_encode(),
            "zip": pa.array([f"0{i % 7}123" for i in range(n)], pa.string()),
            "empty": pa.nulls(n, pa.string()),
        }
    )


def test_parquet_types_and_values_come_back() -> None:
    original = typed_table()
    table = read_table(parquet_bytes(original))
    back = pq.read_table(io.BytesIO(written(table)))
    assert back.schema.equals(original.schema)
    for name in original.column_names:
        assert back.column(name).to_pylist() == original.column(name).to_pylist(), name
    kinds = {c.name: c.kind for c in table.schema.columns}
    assert kinds["whole"] == "integer"
    assert kinds["bit"] == "boolean"
    assert kinds["bool"] == "boolean"
    assert kinds["zoned"] == kinds["stamp"] == kinds["date"] == "datetime"
    assert kinds["zip"] == "category"
    assert kinds["empty"] == "text"


def excel_bytes(rows: list[list[object]], title: str = "People") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_types_and_values_come_back() -> None:
    day = dt.datetime(2020, 1, 31)
    rows: list[list[object]] = [["sex", "age", "wage", "start", "member", "code"]]
    for i in range(60):
        start = day + dt.timedelta(days=i) if i % 9 else None
        rows.append(["mf"[i % 2], None if i % 7 == 0 else i, i + 0.25, start, i % 3 == 0, f"0{i}"])
    table = read_table(excel_bytes(rows))
    assert table.file_format.kind == "excel"
    assert table.file_format.sheet == "People"
    kinds = [c.kind for c in table.schema.columns]
    assert kinds[:5] == ["category", "integer", "decimal", "datetime", "boolean"]
    book = openpyxl.load_workbook(io.BytesIO(written(table)))
    assert [list(r) for r in book["People"].iter_rows(values_only=True)] == rows


def test_the_file_format_survives_json() -> None:
    table = read_table(as_text(";", "\r\n").encode("utf-16"))
    again = FileFormat.model_validate_json(table.file_format.model_dump_json())
    assert again == table.file_format


def test_pieces_give_the_same_file_as_one_go(tmp_path: Path) -> None:
    table = read_table(as_text().encode())
    write_table(table.frame, tmp_path / "one.csv", table.schema, table.file_format)
    with TableWriter(tmp_path / "pieces.csv", table.schema, table.file_format) as writer:
        for start in range(0, len(table.frame), 7):
            writer.append(table.frame.iloc[start : start + 7])
    assert (tmp_path / "pieces.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


def test_reading_what_was_written_gives_the_same_table() -> None:
    first = read_table(as_text().encode())
    assert_same_values(first, read_table(written(first)))


def test_canonical_dtypes() -> None:
    frame = read_table(as_text().encode()).frame
    assert frame["age"].dtype == pd.Int64Dtype()
    assert frame["wage"].dtype == np.float64
    assert frame["start"].dtype == np.dtype("datetime64[ns]")
    assert frame["sex"].dtype == object
    assert frame["sex"].iloc[3] is None
    assert frame["age"].isna().sum() == 15


@pytest.mark.parametrize("empty", ["", None])
def test_empty_texts_of_parquet_stay_empty_texts_and_nulls_nulls(
    empty: str | None, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"dept": ["sales", "hr", empty] * 40, "n": range(120)})
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    table = read_table(tmp_path / "t.parquet")
    raw = to_bytes(table.frame, table.schema, table.file_format)
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(raw)), frame)


def test_pandas_own_types_come_back_from_parquet(tmp_path: Path) -> None:
    n = 90
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3] * (n // 3), dtype="Int64"),
            "small": pd.array([1, None, 3] * (n // 3), dtype="Int8"),
            "sure": pd.array([True, None, False] * (n // 3), dtype="boolean"),
            "code": pd.Categorical([10, 20, 30] * (n // 3)),
            "size": pd.Categorical(["S", "L", "S"] * (n // 3), ["S", "L"], ordered=True),
            "words": pd.array(["a", "b", None] * (n // 3), dtype="string"),
        },
        index=range(7, 7 + n),
    )
    frame.to_parquet(tmp_path / "in.parquet")
    table = read_table(tmp_path / "in.parquet")
    write_table(table.frame.head(60), tmp_path / "out.parquet", table.schema, table.file_format)
    again = pd.read_parquet(tmp_path / "out.parquet")
    wanted = pd.read_parquet(tmp_path / "in.parquet").head(60).reset_index(drop=True)
    assert again.dtypes.astype(str).to_dict() == wanted.dtypes.astype(str).to_dict()
    pd.testing.assert_frame_equal(again.astype(object), wanted.astype(object))
