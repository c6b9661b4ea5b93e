"""Writing synthetic rows so that they load wherever the original did."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import uuid
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.encoders import Encoder, encoder_for
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import DataError

_FRESH = "synthetic-{:06d}"


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
    encoder = encoder_for(out, schema, file_format, formula_safe)
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
        self._part = self.path.parent / f".{uuid.uuid4().hex}.part"
        self._make = (schema, file_format, formula_safe)
        self._file: IO[bytes] | None = None
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self._part.open("xb")
            self._encoder = encoder_for(self._file, *self._make)
        except (OSError, ValueError) as error:
            self._drop()
            raise self._cannot_write(error) from error
        except BaseException:
            self._drop()
            raise
        return self

    def append(self, frame: pd.DataFrame) -> None:
        """Write these rows after the ones before."""
        if self._encoder is None:
            raise RuntimeError(
                "A TableWriter must be entered (with TableWriter(...) as ...) first."
            )
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
            self._finish()
        except OSError as failure:
            self._drop()
            raise self._cannot_write(failure) from failure
        except BaseException:
            self._drop()
            raise

    def _finish(self) -> None:
        if self._encoder is None or self._file is None:
            return
        self._encoder.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self.path)

    def _drop(self) -> None:
        if self._encoder is not None:
            self._encoder.abandon()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            with contextlib.suppress(OSError):
                self._part.unlink()

    def _cannot_write(self, error: OSError | ValueError) -> DataError:
        number = getattr(error, "errno", None)
        if number in {errno.ENOSPC, errno.EDQUOT}:
            advice = "The disk is full. Free some space, or write to another disk."
        elif number in {errno.ENOENT, errno.ENOTDIR}:
            advice = "There is no such folder. Create it, or choose another."
        elif number in {errno.EACCES, errno.EPERM, errno.EROFS}:
            advice = "Writing there is not allowed. Choose another folder."
        else:
            reason = getattr(error, "strerror", None) or error
            advice = f"The system says: {reason}."
        return DataError(
            f"The table must be written to {str(self.path)!r}, and it could not be. {advice}"
        )


def fill_left_out(
    frame: pd.DataFrame, schema: Schema, start: int = 0, seed: int = 0
) -> pd.DataFrame:
    """Add the columns that were left out of the model, in their places.

    Identifiers get fresh values in a row, spelled like the originals and beyond their range, so
    that none of them is anybody's, and are missing as often as the originals; free text stays
    missing.

    Args:
        frame: canonical rows of the modelled columns.
        schema: all columns.
        start: number of synthetic rows before these (for tables written in pieces).
        seed: seeds UUIDs, and which identifiers are missing.

    Returns:
        The frame with all columns of `schema`, in its order.
    """
    columns = {}
    for column in schema.columns:
        if column.modelled:
            columns[column.name] = frame[column.name]
        elif column.kind == "identifier":
            fresh = fresh_identifiers(column, start, len(frame), seed)
            values = pd.Series(fresh, index=frame.index, dtype=object)
            values[_missing(column, start, len(frame), seed)] = None
            columns[column.name] = values
        else:
            nothing = np.full(len(frame), None, dtype=object)
            columns[column.name] = pd.Series(nothing, index=frame.index, dtype=object)
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _missing(column: Column, start: int, n_rows: int, seed: int) -> npt.NDArray[np.bool_]:
    """Whether each row lacks the identifier; the same row and seed give the same answer."""
    bits = np.random.PCG64([seed, zlib.crc32(column.name.encode())]).advance(start)
    drawn: npt.NDArray[np.bool_] = np.random.Generator(bits).random(n_rows) < column.missing_share
    return drawn


def fresh_identifiers(column: Column, start: int, n_rows: int, seed: int = 0) -> list[str]:
    """New values for an identifier column, spelled like the originals and beyond their range.

    Args:
        column: the identifier; `Column.pattern` tells the spelling.
        start: number of the first row; the same row and seed give the same value.
        n_rows: how many.
        seed: seeds UUIDs.
    """
    rows = range(start, start + n_rows)
    if column.pattern == "uuid":
        space = uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{column.name}")
        return [str(uuid.uuid5(space, str(row))) for row in rows]
    pattern = column.pattern or _FRESH
    width = re.search(r"\{:0(\d+)d\}$", pattern)
    digits = int(width.group(1)) if width else 0
    # One digit more than any original: no synthetic row can be joined to a real one by mistake.
    first = 1 if pattern == _FRESH or digits > 17 else 10**digits + 1
    return [pattern.format(first + row) for row in rows]
