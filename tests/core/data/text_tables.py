"""Tables as the text of a file, and files in a zip, for the tests of reading."""

from __future__ import annotations

import io
import zipfile

from fairgen_core.data.reading import ReadTable, read_table


def table_of(**columns: list[str]) -> ReadTable:
    return read_table(text_of(**columns))


def text_of(**columns: list[str]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(r) for r in rows), ""]).encode()


def many(*values: str, n: int = 60) -> list[str]:
    return [values[i % len(values)] for i in range(n)]


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
