"""What is said about files that are no table."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import pytest

from fairgen_core.data import reading
from fairgen_core.data.reading import read_table
from fairgen_core.errors import DataError
from tests.core.data.text_tables import many, text_of, zipped


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"a,b\n", "has a header and no row"),
        (b"a,b", "has a header and no row"),
        (b"just\nsome\nlines\n", "no such separator"),
        (b'a,b\n1,"2"\n3,"4\n5,6\n7,8\n', "quote must be closed, and the one in line 3"),
        (b"sep=;\na;b\n1;2\n3\n", r"line 4 of 'people.csv' has 1"),
        (b"a,b,a\n1,2,3\n", "'a' stands there more than once"),
        (b"a,b,a,b\n1,2,3,4\n", "'a', 'b' stand there more than once"),
        (b"a,b\n1,2\n3\n4,5\n", r"line 3 of 'people.csv' has 1"),
        (b"a,b\n1,2\n3,4,5\n", r"line 3 of 'people.csv' has 3"),
        (b'a,b\n"x\ny",2\n3\n', r"line 4 of 'people.csv' has 1"),
        (bytes(range(256)) * 40, "binary"),
        (b"a,b\n1,\x002\n", "zero bytes"),
        (zipped(data=b"a,b\n1,2\n"), "zip archive"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (pickle.dumps(list(range(99))), "binary"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        (b'<?xml version="1.0"?><a/>', "web page or XML"),
        (b'{"a": [1, 2], "b": [3, 4]}', "JSON"),
        (b'[{"a": 1}, {"a": 2}]', "JSON"),
        (b"PAR1 and then nothing of the kind", "Parquet file must be whole"),
        (zipped(**{"xl/workbook.xml": b"<broken"}), "Excel file must be whole"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "UTF-16"),
    ],
)
def test_what_is_no_table_gets_a_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_table(raw, "people.csv")
    assert "people.csv" in str(caught.value) or "'a'" in str(caught.value)


def test_names_of_files_are_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(text_of(x=many("1", "2"), y=many("a", "b")))
    assert read_table(path).file_format.kind == "csv"


@pytest.mark.parametrize("path", ["", "nowhere.csv", "a\0b", "x" * 5000])
def test_a_path_without_a_file_gets_a_sentence(path: str) -> None:
    with pytest.raises(DataError):
        read_table(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a folder is at"):
        read_table(tmp_path)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(reading.MAX_BYTES + 1)  # sparse: takes no room on disk
    with pytest.raises(DataError, match=r"2 GB at most, and 'large.csv' has 2\.0 GB"):
        read_table(path)


def test_too_many_rows_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 50)
    with pytest.raises(DataError, match="50 rows at most"):
        read_table(text_of(x=many("1", "2"), y=many("a", "b")))


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1_000_000)
    with pytest.raises(DataError, match="unpacks to"):
        read_table(bomb.getvalue())
