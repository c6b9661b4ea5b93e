"""Writing: safe for spreadsheets, whole or not at all, and fresh identifiers."""

from __future__ import annotations

import errno
import io
import os
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import openpyxl
import pandas as pd
import pytest

from fairgen_core.data import writing
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.writing import TableWriter, fill_left_out, to_bytes, write_table
from fairgen_core.errors import DataError
from fairgen_core.runs.outputs import format_for


def table_of(*rows: str) -> ReadTable:
    return read_table("\n".join([*rows, ""]).encode())


def risky() -> ReadTable:
    words = ["=1+1", "+cmd", "-x", "@sum", "-5", "plain", "'quoted"]
    return table_of("word,n", *(f"{words[i % 7]},{-i}" for i in range(70)))


@pytest.mark.parametrize("kind", ["csv", "excel"])
def test_formulas_get_an_apostrophe_and_numbers_do_not(kind) -> None:
    table = risky()
    form = FileFormat(kind=kind)
    raw = to_bytes(table.frame, table.schema, form, formula_safe=True)
    if kind == "csv":
        lines = [line.split(",") for line in raw.decode().splitlines()]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
        lines = [[str(c) for c in row] for row in sheet.iter_rows(values_only=True)]
    assert [line[0] for line in lines[1:8]] == [
        "'=1+1", "'+cmd", "'-x", "'@sum", "-5", "plain", "'quoted",
    ]  # fmt: skip
    assert [line[1] for line in lines[1:4]] == ["0", "-1", "-2"]


def test_without_the_choice_texts_stay_as_they_are() -> None:
    table = risky()
    assert b"\n=1+1,0\n" in to_bytes(table.frame, table.schema, table.file_format)


def test_excel_texts_are_never_formulas() -> None:
    table = risky()
    raw = to_bytes(table.frame, table.schema, FileFormat(kind="excel"))
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"


def test_column_names_are_made_safe_too() -> None:
    table = table_of("=cmd,b", *(f"{i},x" for i in range(60)))
    assert to_bytes(table.frame, table.schema, table.file_format, True).startswith(b"'=cmd,b\n")


@pytest.mark.parametrize("kind", ["csv", "parquet", "excel"])
def test_an_error_leaves_what_was_there(tmp_path: Path, kind) -> None:
    table = risky()
    path = tmp_path / "out"
    path.write_text("before")
    form = FileFormat(kind=kind)
    stopped = RuntimeError("stopped")
    with pytest.raises(RuntimeError, match="stopped"), ExitStack() as stack:  # noqa: PT012
        writer = stack.enter_context(TableWriter(path, table.schema, form))
        writer.append(table.frame)
        raise stopped
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = risky()
    path = tmp_path / "out.csv"
    path.write_text("before")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(DataError, match="disk is full"):
        write_table(table.frame, path, table.schema, table.file_format)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("kind", ["csv", "parquet", "excel"])
def test_a_disk_that_fills_up_while_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind
) -> None:
    table = risky()

    real_open = Path.open

    def always_full(path: Path, mode: str = "r", *more: object) -> IO[bytes]:
        real_open(path, mode, *more).close()
        return open("/dev/full", "wb")  # noqa: PTH123 - Path.open is what is replaced

    monkeypatch.setattr(Path, "open", always_full)
    big = pd.concat([table.frame] * (30 if kind == "excel" else 3000), ignore_index=True)
    with pytest.raises(DataError, match="disk is full"):
        write_table(big, tmp_path / "out", table.schema, FileFormat(kind=kind))
    assert [p.name for p in tmp_path.iterdir()] == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    table = risky()
    with pytest.raises(DataError, match="no such folder"):
        write_table(table.frame, tmp_path / "no" / "out.csv", table.schema, table.file_format)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    table = risky()
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DataError, match="not allowed"):
            write_table(table.frame, tmp_path / "out.csv", table.schema, table.file_format)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_in_the_file_s_place(tmp_path: Path) -> None:
    table = risky()
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(DataError, match="must be written to"):
        write_table(table.frame, tmp_path / "out.csv", table.schema, table.file_format)
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_what_was_left_out_is_filled_in_its_place() -> None:
    table = table_of(
        "id,code,sex,note,mail",
        *(f"{i},C{i:03d},{'mf'[i % 2]},words on {i},p{i}@x.org" for i in range(100)),
    )
    assert [c.kind for c in table.schema.columns] == [
        "identifier", "identifier", "category", "text", "identifier",
    ]  # fmt: skip
    modelled = table.frame[["sex"]].head(3)
    filled = fill_left_out(modelled, table.schema, start=10, seed=0)
    assert list(filled.columns) == list(table.schema.names)
    assert filled["id"].tolist() == ["111", "112", "113"]
    assert filled["code"].tolist() == ["C1011", "C1012", "C1013"]
    assert filled["note"].isna().all()
    assert filled["mail"].tolist()[0] == "synthetic-000011"
    real = set(table.frame["id"]) | set(table.frame["code"])
    assert not real & (set(filled["id"]) | set(filled["code"]))


def test_fresh_uuids_are_the_same_in_pieces() -> None:
    import uuid

    rows = [f"{uuid.UUID(int=i * 7919 << 90)},{'mf'[i % 2]}" for i in range(100)]
    table = table_of("id,sex", *rows)
    frame = table.frame[["sex"]]
    whole = fill_left_out(frame, table.schema, seed=3)
    piece = fill_left_out(frame.iloc[40:], table.schema, start=40, seed=3)
    assert whole["id"].tolist()[40:] == piece["id"].tolist()
    assert whole["id"].is_unique
    assert not set(whole["id"]) & set(table.frame["id"])
    other = fill_left_out(frame, table.schema, seed=4)
    assert not set(whole["id"]) & set(other["id"])


def test_fresh_identifiers_are_missing_as_often_as_the_originals_and_alike_in_pieces() -> None:
    rows = [f"{f'C{i:04d}' if i % 25 < 12 else ''},{i},{'mf'[i % 2]}" for i in range(500)]
    table = table_of("case_number,id,sex", *rows)
    assert [c.kind for c in table.schema.columns[:2]] == ["identifier", "identifier"]
    frame = pd.DataFrame({"sex": ["m", "f"] * 1000})
    whole = fill_left_out(frame, table.schema, seed=3)
    assert whole["case_number"].isna().mean() == pytest.approx(0.52, abs=0.04)
    assert whole["case_number"].dropna().is_unique
    assert whole["id"].tolist() == [str(1001 + i) for i in range(2000)]  # none was missing
    pieces = [
        fill_left_out(frame.iloc[a:b], table.schema, start=a, seed=3)
        for a, b in ((0, 700), (700, 2000))
    ]
    pd.testing.assert_frame_equal(pd.concat(pieces), whole)
    other = fill_left_out(frame, table.schema, seed=4)
    assert (other["case_number"].isna() != whole["case_number"].isna()).any()
    written = to_bytes(whole, table.schema, FileFormat()).decode().splitlines()
    assert sum(line.startswith(",") for line in written) == whole["case_number"].isna().sum()


def test_a_file_with_the_original_s_ending_has_its_form() -> None:
    tabs = FileFormat(separator="\t", decimal=",")
    assert format_for(Path("rows.csv"), tabs, "data.csv") == tabs
    assert format_for(Path("rows.csv"), tabs, "data.tsv").separator == ","
    assert format_for(Path("rows.tsv"), FileFormat(separator=";"), "data.csv").separator == "\t"
    assert format_for(Path("rows.txt"), tabs, "data.csv") == tabs
    assert format_for(Path("rows.parquet"), tabs, "data.csv").kind == "parquet"
