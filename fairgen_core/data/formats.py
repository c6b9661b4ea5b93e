"""How a file was written, so that another one can be written in the same way."""

from __future__ import annotations

from typing import Literal

from fairgen_core.config import Frozen


class FileFormat(Frozen):
    """The outer form of a table's file; what a single column needs stands in `schema.Column`."""

    kind: Literal["csv", "parquet", "excel"] = "csv"
    encoding: str = "utf-8"
    """Of a text file, without its byte order mark: utf-8, utf-16-le, utf-16-be, cp1252, latin-1."""
    bom: bool = False
    """Whether a byte order mark stands first."""
    preamble: str = ""
    """A first line that names the separator to Excel (``sep=;``), with its line end."""
    separator: str = ","
    blank_after_separator: bool = False
    """``39, State-gov, 77516``: the way UCI's files are written."""
    decimal: Literal[".", ","] = "."
    quoting: Literal["minimal", "text", "all"] = "minimal"
    """Which cells stand in double quotes: those that need it, all that are no numbers, or all."""
    line_end: Literal["\n", "\r\n", "\r"] = "\n"
    has_header: bool = True
    header: tuple[str, ...] = ()
    """The header cells as spelled in the file (a column without a name is spelled ``""``)."""
    pandas: str = ""
    """Parquet: what pandas noted about its own types (nullable, categorical), as JSON."""
    sheet: str = "Sheet1"
    """Excel: the name of the sheet that was read."""

    @property
    def suffix(self) -> str:
        """The usual end of a file's name."""
        if self.kind == "csv":
            return ".tsv" if self.separator == "\t" else ".csv"
        return ".parquet" if self.kind == "parquet" else ".xlsx"
