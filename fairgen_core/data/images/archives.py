"""The files of a zip, a folder or an upload: listed and read without unpacking anything to disk."""

from __future__ import annotations

import contextlib
import io
import os
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from fairgen_core.errors import DataError

PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".webp", ".bmp"})
OTHER_PICTURE_ENDINGS = frozenset(
    {".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ppm", ".pgm"}
)
"""Pictures of kinds that are not read: they are named and left out, not passed over."""
TABLE_ENDINGS = (".csv", ".tsv", ".parquet", ".txt")
MAX_FILE_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 32 * 2**30
"""Of an archive, unpacked, as its directory declares."""
MAX_RATIO = 500
"""Unpacked to packed; pictures are packed already, so that even 20 is rare."""
SMALL_BYTES = 2**28
"""An archive that unpacks to less is harmless, whatever its ratio."""
MAX_FILES = 2_000_000

_SAYS_UTF8 = 0x800
"""A zip entry's flag: its name is UTF-8; without it, it is taken for an old PC's letters."""

Source = Path | bytes | Sequence[tuple[str, bytes]]
"""A zip, a folder, or (name, bytes) pairs."""


@dataclass(frozen=True)
class NamedBytes:
    """A file's name inside its archive or folder, its declared size, and a way to read it."""

    name: str
    n_bytes: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Listed:
    """The files of a source, by ending, each part sorted by name.

    Attributes:
        pictures: what may be read as a picture.
        others: names of pictures of kinds that are not read.
        tables: in the order of `TABLE_ENDINGS`.
    """

    pictures: list[NamedBytes]
    others: list[str]
    tables: list[NamedBytes]


def list_files(source: Source) -> Listed:
    """What a source holds.

    Raises:
        DataError: it is no usable zip: broken, locked, too large, with names that point outside.
    """
    if isinstance(source, Path) and source.is_dir():
        found = list(_walk(source))
    elif isinstance(source, Path | bytes):
        found = _open_zip(source)
    else:
        found = [NamedBytes(_plain(n), len(b), lambda b=b: b) for n, b in source]  # type: ignore[misc]
    if len(found) > MAX_FILES:
        raise DataError(
            f"At most {MAX_FILES:,} files are read at once, and {len(found):,} were found. "
            "Bring a part of them."
        )
    found.sort(key=lambda f: f.name)
    ends = [(f, PurePosixPath(f.name).suffix.lower()) for f in found]
    return Listed(
        [f for f, ending in ends if ending in PICTURE_ENDINGS],
        [f.name for f, ending in ends if ending in OTHER_PICTURE_ENDINGS],
        [f for kind in TABLE_ENDINGS for f, ending in ends if ending == kind],
    )


def _walk(folder: Path) -> Iterator[NamedBytes]:
    for root, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not _hidden(name))
        for file in files:
            path = Path(root, file)
            if path.is_file() and not path.is_symlink() and not _hidden(file):
                name = _plain(path.relative_to(folder).as_posix())
                yield NamedBytes(name, path.stat().st_size, path.read_bytes)


def _open_zip(source: Path | bytes) -> list[NamedBytes]:
    try:
        archive = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except FileNotFoundError as error:
        raise DataError(
            f"A zip or a folder of pictures is needed, and there is nothing at '{source!s}'. "
            "Check the path."
        ) from error
    except Exception as error:  # a broken directory makes zipfile raise many kinds
        raise DataError(
            "The file must be a zip of pictures, and it cannot be opened as a zip. "
            "Pack the pictures again, or choose another file."
        ) from error
    named = [e for e in archive.infolist() if e.filename]  # damaged ones may have no name
    entries = [e for e in named if not e.is_dir() and not _hidden(_name_of(e))]
    unpacked = sum(e.file_size for e in entries)
    packed = max(1, sum(e.compress_size for e in entries))
    if unpacked > MAX_TOTAL_BYTES or (unpacked > SMALL_BYTES and unpacked / packed > MAX_RATIO):
        raise DataError(
            f"The zip must unpack to at most {MAX_TOTAL_BYTES // 2**30} GiB and {MAX_RATIO} times "
            f"its size, and it declares {unpacked / 2**30:.1f} GiB, {unpacked / packed:,.0f} "
            "times. It was not unpacked. Bring a zip of ordinary pictures."
        )
    unsafe = [n for n in archive.namelist() if _leaves_archive(n)]
    if unsafe:
        raise DataError(
            f"Names in a zip must stay inside it, and '{unsafe[0][:80]}' points outside. "
            "Pack the pictures again from their own folder."
        )
    if any(e.flag_bits & 0x1 for e in entries):
        raise DataError(
            "The zip must open without a password, and this one is locked. Pack it without one."
        )
    return [
        NamedBytes(_name_of(e), e.file_size, lambda e=e: _read_entry(archive, e))  # type: ignore[misc]
        for e in entries
    ]


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was written: Macs write UTF-8 without saying so, Windows backslashes."""
    name = entry.filename
    if not entry.flag_bits & _SAYS_UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _plain(name.replace("\\", "/"))


def _plain(name: str) -> str:
    """One spelling of letters with marks, whatever system wrote them: a table may use another."""
    return unicodedata.normalize("NFC", name)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most the declared bytes: an entry that lies about its size is cut off, then unreadable."""
    with archive.open(entry) as stream:
        return stream.read(min(entry.file_size, MAX_FILE_BYTES) + 1)


def _hidden(name: str) -> bool:
    return any(
        (part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX"
        for part in PurePosixPath(name).parts
    )


def _leaves_archive(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or bool(PureWindowsPath(name).drive)
