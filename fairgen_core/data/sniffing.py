"""What a file is, found from its content: container, encoding, separator, quoting, header."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from fairgen_core.data.formats import FileFormat
from fairgen_core.data.spelling import MISSING
from fairgen_core.errors import DataError

HEAD_BYTES = 1 << 18
_CHUNK = 1 << 24
_SEPARATORS = ("\t", ";", "|", ",")
_SAMPLE_RECORDS = 300
_PREAMBLE = re.compile(r"sep=([,;\t|])(\r\n|\n|\r)", re.IGNORECASE)

_NOT_A_TABLE = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"%PDF", "a PDF document", "Export the table itself as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)", "Save it as .xlsx or CSV."),
    (b"ARROW1", "an Arrow (Feather) file", "Save it as Parquet or CSV."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\x89PNG", "a PNG picture", "Choose the table's file."),
    (b"\xff\xd8\xff", "a JPEG picture", "Choose the table's file."),
    (b"GIF8", "a GIF picture", "Choose the table's file."),
    (b"{\\rtf", "a rich text document", "Export the table itself as CSV."),
)

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_YEAR = re.compile(r"(19|20)\d\d")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?")


def _no_table(name: str, found: str, advice: str) -> DataError:
    return DataError(
        f"The data must be a table as CSV, TSV, Parquet or Excel (.xlsx), and {name} is {found}. "
        f"{advice}"
    )


def container(head: bytes, name: str) -> str:
    """``csv``, ``parquet`` or ``zip`` (perhaps an Excel file), by the first bytes.

    Raises:
        DataError: the bytes are known to be something else.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    for magic, found, advice in _NOT_A_TABLE:
        if head.startswith(magic):
            raise _no_table(name, found, advice)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise _no_table(
            name, "a web page or XML", "It may be a login or error page saved under that name."
        )
    if _looks_like_json(start):
        raise _no_table(name, "JSON", "Save the table as CSV, one line a row.")
    return "csv"


def _looks_like_json(start: bytes) -> bool:
    if re.match(rb'\{\s*("[^"]*"\s*:|\})', start) or re.match(rb"\[\s*[\[{]", start):
        return True
    try:
        return isinstance(json.loads(start), list | dict)
    except ValueError:
        return False


def find_encoding(data: memoryview, name: str) -> tuple[str, bool]:
    """The encoding of a text file and whether it starts with a byte order mark.

    Raises:
        DataError: the bytes are no text in any encoding that is known here.
    """
    head = bytes(data[:HEAD_BYTES])
    if head.startswith(codecs.BOM_UTF8):
        encoding, bom = "utf-8", True
    elif head.startswith(codecs.BOM_UTF16_LE):
        encoding, bom = "utf-16-le", True
    elif head.startswith(codecs.BOM_UTF16_BE):
        encoding, bom = "utf-16-be", True
    else:
        encoding, bom = _encoding_without_mark(head), False
    if encoding.startswith("utf-16"):
        if not _decodes(data, encoding):
            raise _no_table(name, "broken UTF-16 text", "Save it again as UTF-8.")
        return encoding, bom
    bytes_seen = np.frombuffer(data, dtype=np.uint8)
    for start in range(0, len(bytes_seen), _CHUNK):
        if (bytes_seen[start : start + _CHUNK] == 0).any():
            raise _no_table(
                name, "binary (it holds zero bytes)", "Choose the table's own file, not another."
            )
    controls = sum(b < 32 and b not in b"\t\n\r\f" for b in head[:4096])
    if controls > max(2, len(head[:4096]) // 100):
        raise _no_table(name, "binary, not text", "Choose the table's own file, not another.")
    for candidate in ("utf-8", "cp1252"):
        if _decodes(data, candidate):
            return candidate, bom
    return "latin-1", bom


def _encoding_without_mark(head: bytes) -> str:
    """UTF-16 without a mark shows as zero bytes at every other place."""
    sample = np.frombuffer(head[: len(head) // 2 * 2][:4096], dtype=np.uint8)
    if len(sample) >= 4:
        if (sample[1::2] == 0).mean() > 0.7 and (sample[::2] != 0).all():
            return "utf-16-le"
        if (sample[::2] == 0).mean() > 0.7 and (sample[1::2] != 0).all():
            return "utf-16-be"
    return "utf-8"


def _decodes(data: memoryview, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def no_rows(name: str) -> DataError:
    """What is said of a table without rows."""
    return DataError(
        f"The table must have rows, and {name} has a header and no row. Choose another file."
    )


class Dialect(NamedTuple):
    """What `find_dialect` found: the format, the column names, and what it noticed."""

    file_format: FileFormat
    names: tuple[str, ...]
    notes: tuple[str, ...]


def find_dialect(text: str, whole: bool, encoding: str, bom: bool, name: str) -> Dialect:
    """Find separator, quoting, line end and header of CSV text.

    Args:
        text: the file's beginning.
        whole: whether `text` is the whole file (its last line is then complete).
        encoding: what the text was decoded from.
        bom: whether a byte order mark stood before it.
        name: what to call the file in messages.

    Raises:
        DataError: there is no table in it, or two columns share a name.
    """
    if not text.strip():
        raise DataError(f"The table must have a header and rows, and {name} is empty.")
    preamble = _PREAMBLE.match(text)
    text = text[preamble.end() :] if preamble else text
    if not whole:
        cut = max(text.rfind("\n"), text.rfind("\r"))
        text = text[: cut + 1] if cut > 0 else text
    separator = preamble.group(1) if preamble else _find_separator(text, name)
    lines = [line for line in io.StringIO(text, newline="") if line.strip()][:_SAMPLE_RECORDS]
    after = Counter(
        line[i + 1 : i + 2] == " " for line in lines[1:] for i in _separator_places(line, separator)
    )
    blank = separator != "\t" and after[True] > 0.9 * max(1, after.total())
    records = _records(text, separator, blank)
    if whole and len(records) == 1:
        raise no_rows(name)
    has_header = not _first_record_is_data(records)
    header = tuple(records[0]) if has_header else ()
    names = tuple(
        (cell.strip() if has_header else "") or f"column_{i + 1}"
        for i, cell in enumerate(records[0])
    )
    check_names(names)
    notes = []
    if not has_header:
        notes.append(
            "The first line looks like a row, not like column names: "
            f"the columns are called {names[0]} to {names[-1]}."
        )
    elif any(not cell.strip() for cell in header):
        unnamed = [n for n, cell in zip(names, header, strict=True) if not cell.strip()]
        notes.append(f"Columns without a name are called {', '.join(unnamed[:5])} here.")
    file_format = FileFormat(
        encoding=encoding,
        bom=bom,
        preamble=preamble.group() if preamble else "",
        separator=separator,
        blank_after_separator=blank,
        quoting=_find_quoting(lines, separator, len(names)),
        line_end=_find_line_end(text),
        has_header=has_header,
        header=header,
    )
    return Dialect(file_format, names, tuple(notes))


def _records(text: str, separator: str, blank: bool) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=blank)
    records: list[list[str]] = []
    try:
        for record in reader:
            if record:
                records.append(record)
            if len(records) == _SAMPLE_RECORDS:
                break
    except csv.Error:  # a cell longer than the csv module takes: judge by what came before
        pass
    return records


def _find_separator(text: str, name: str) -> str:
    """The candidate that divides most records into equally many cells, two or more."""
    best, best_score = "", (False, False, 0.0, 0)
    for separator in _SEPARATORS:
        widths = [len(record) for record in _records(text, separator, False)]
        many = Counter(width for width in widths if width > 1)
        if not many:
            continue
        width, count = many.most_common(1)[0]
        share = count / len(widths)
        # Ragged files still have one separator: there the header and rough shares tell it.
        score = (share == 1, widths[0] == width, round(share, 1), width if share < 1 else 0)
        if score > best_score:
            best, best_score = separator, score
    if not best or best_score[2] < 0.2:
        raise DataError(
            "The table must have two columns or more, divided by comma, semicolon, tab or |, and "
            f"in {name} no such separator was found. Check that it is the right file."
        )
    return best


def _separator_places(line: str, separator: str) -> list[int]:
    """Where the separators of a line are, those in quotes left aside."""
    places, quoted = [], False
    for i, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == separator and not quoted:
            places.append(i)
    return places


def _find_quoting(lines: list[str], separator: str, width: int) -> str:
    """Whether all cells, all cells with text, or only those that need it stand in quotes."""
    quoted_all, quoted_text, plain_text = True, 0, 0
    for line in lines:
        places = [-1, *_separator_places(line, separator), len(line)]
        if len(places) != width + 1:
            continue
        for left, right in itertools.pairwise(places):
            cell = line[left + 1 : right].strip()
            if cell.startswith('"'):
                quoted_text += not _NUMBER.fullmatch(cell.strip('"'))
            else:
                quoted_all = False
                plain_text += bool(cell) and cell != "NA" and not _NUMBER.fullmatch(cell)
    if quoted_all and quoted_text:
        return "all"
    return "text" if quoted_text and not plain_text else "minimal"


def _find_line_end(text: str) -> str:
    crlf = text.count("\r\n")
    counts = {"\r\n": crlf, "\n": text.count("\n") - crlf, "\r": text.count("\r") - crlf}
    best = max(counts, key=lambda end: counts[end])
    return best if counts[best] else "\n"


def _first_record_is_data(records: list[list[str]]) -> bool:
    """A first record with a number or date in a column of numbers or dates is no header.

    It is one all the same where a word stands over a column of numbers, or where its numbers are
    years and those below are not (``country,2019,2020``).
    """
    first, rest = records[0], records[1:]
    over_numbers: list[tuple[str, list[str]]] = []
    for i, cell in enumerate(first):
        below = [r[i].strip() for r in rest if len(r) > i and r[i].strip()]
        if below and sum(map(_measured, below)) > 0.8 * len(below):
            over_numbers.append((cell.strip(), below))
    if any(cell not in MISSING and not _measured(cell) for cell, _ in over_numbers):
        return False
    numbers = [(cell, below) for cell, below in over_numbers if _measured(cell)]
    years = all(_YEAR.fullmatch(cell) for cell, _ in numbers) and not any(
        _YEAR.fullmatch(value) for _, below in numbers for value in below
    )
    return bool(numbers) and not years


def _measured(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip()) or _DATE.fullmatch(cell.strip()))


def check_names(names: tuple[str, ...]) -> None:
    """Refuse column names that stand there twice, and too many of them.

    Raises:
        DataError: see above.
    """
    twice = [n for n, count in Counter(names).items() if count > 1]
    if twice:
        stand = "stands" if len(twice) == 1 else "stand"
        raise DataError(
            "Every column must have a name of its own, and "
            f"{', '.join(repr(n) for n in twice[:5])} {stand} there more than once. "
            "Rename the columns in the file."
        )
    if len(names) > 1000:
        raise DataError(
            f"The table may have 1,000 columns at most, and it has {len(names):,}. "
            "Leave out the columns that do not matter here."
        )
