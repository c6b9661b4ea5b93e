"""A zip that somebody else made: hashed member by member within limits, never unpacked to disk."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairgen_core.errors import DataError

MAX_MEMBERS = 1000
MAX_MEMBER_BYTES = 4 * 2**30
MAX_TOTAL_BYTES = 8 * 2**30
MAX_RATIO = 200
_SMALL_BYTES = 2**26
_CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class ForeignZip:
    """What a zip holds.

    Attributes:
        sha256: of the file itself.
        digests: SHA-256 of each member's content.
        kept: the content of those members that were asked for and are there.
    """

    sha256: str
    digests: dict[str, str]
    kept: dict[str, bytes]


def read_zip(path: Path, wanted: Collection[str], large: Collection[str] = ()) -> ForeignZip:
    """Hash every member, and keep what is needed.

    Args:
        path: the zip.
        wanted: names of members to be kept, which must be small.
        large: likewise, however large.

    Raises:
        DataError: it is no zip, is too large, or has names that point outside.
    """
    digests: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir()]
            _check_entries(entries)
            for entry in entries:
                name, asked = entry.filename, entry.filename in {*wanted, *large}
                if name in wanted and entry.file_size > _SMALL_BYTES:
                    raise DataError(
                        f"A bundle's {name} must have at most {_SMALL_BYTES:,} bytes, and this one "
                        f"declares {entry.file_size:,}. It is none of ours: do not open it."
                    )
                digests[name], content = _hashed(archive, entry, asked)
                kept |= {name: content} if asked else {}
            file.seek(0)
            return ForeignZip(hashlib.file_digest(file, "sha256").hexdigest(), digests, kept)
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError(
            f"The bundle must be a file, and no file is at '{path}'. Check the path."
        ) from error
    except Exception as error:  # a damaged zip makes zipfile and its methods raise many kinds
        raise DataError(
            f"The bundle must be a readable zip file, and '{path}' is not. Get it again from where "
            "it came from."
        ) from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_MEMBERS:
        raise DataError(
            f"A bundle has at most {MAX_MEMBERS} files, and this one declares {len(entries):,}. "
            "It is none of ours: do not open it."
        )
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise DataError("Each file of a bundle must be there once, and one is there twice.")
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        outside = entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename
        if outside or ":" in entry.filename or (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise DataError(
                "The names in a bundle must stay inside it, and "
                f"'{entry.filename[:80]}' points outside. Do not unpack this file."
            )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    bomb = unpacked > _SMALL_BYTES and unpacked / packed > MAX_RATIO
    if unpacked > MAX_TOTAL_BYTES or bomb or any(e.file_size > MAX_MEMBER_BYTES for e in entries):
        raise DataError(
            f"A bundle must unpack to a sensible size, and this one declares {unpacked:,} bytes in "
            f"{packed:,} packed ones. Do not unpack it."
        )


def _hashed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, keep: bool) -> tuple[str, bytes]:
    """A member's hash, and its bytes where they are kept; never more than its entry declares."""
    digest, parts, n_bytes = hashlib.sha256(), [], 0
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > entry.file_size:
                raise zipfile.BadZipFile("a member is larger than declared")
            digest.update(chunk)
            if keep:
                parts.append(chunk)
    return digest.hexdigest(), b"".join(parts)
