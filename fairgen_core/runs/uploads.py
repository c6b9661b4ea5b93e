"""Files that people bring: kept under their hash; the person's name is shown, never a path."""

from __future__ import annotations

import hashlib
import io
import re
import time
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pydantic import ValidationError

from fairgen_core.errors import DataError
from fairgen_core.runs.files import plain_disk_errors, read_json, temporary_beside, write_json
from fairgen_core.runs.status import Upload

LARGEST_UPLOAD_BYTES = 1024**3
PICTURE_ENDINGS = frozenset({".zip", ".npz"})
"""Of pictures; all other files are tables."""
_ENDINGS = {".csv", ".tsv", ".txt", ".data", ".parquet", ".xlsx", ".xls", *PICTURE_ENDINGS}
_CHUNK_BYTES = 1024**2
_STEM = re.compile(r"[0-9a-f]{64}")


def save(folder: Path, content: bytes | BinaryIO, original_name: str) -> Path:
    """Keep an uploaded file and return its path ``<sha256><ending>``.

    The same bytes are kept once. The ending is one of a short list, or ``.csv``.

    Args:
        folder: the folder of uploads; made if need be.
        content: the bytes, or an open binary file that is read from its current place.
        original_name: the name that the person's browser gave; kept for showing only.

    Raises:
        DataError: the file is empty or larger than `LARGEST_UPLOAD_BYTES`.
        RunError: the folder cannot be written.
    """
    shown = _shown_name(original_name)
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    ending = PurePosixPath(shown.lower()).suffix
    ending = ending if ending in _ENDINGS else ".csv"
    with plain_disk_errors(folder / "upload"):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(folder / "upload")
        try:
            sha256, n_bytes = _copy(file, temporary, shown)
            path = folder / f"{sha256}{ending}"
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    upload = Upload(sha256=sha256, name=shown, path=str(path), n_bytes=n_bytes, added=time.time())
    write_json(folder / f"{sha256}.json", upload.model_dump(mode="json"))
    return path


def found(folder: Path) -> list[Upload]:
    """The uploads in `folder`, newest first; damaged entries are skipped."""
    uploads = []
    for notes in folder.glob("*.json"):
        try:
            upload = Upload.model_validate(read_json(notes))
        except ValidationError:
            continue
        path = folder / Path(upload.path).name
        if _STEM.fullmatch(notes.stem) and path.stem == notes.stem and path.is_file():
            uploads.append(upload.model_copy(update={"path": str(path)}))
    return sorted(uploads, key=lambda u: u.added, reverse=True)


def _copy(file: BinaryIO, target: Path, shown: str) -> tuple[str, int]:
    digest, n_bytes = hashlib.sha256(), 0
    _refuse_large(_bytes_left(file), shown)
    with target.open("wb") as out:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            n_bytes += len(chunk)
            _refuse_large(n_bytes, shown)
            out.write(chunk)
    if n_bytes == 0:
        raise DataError(
            f"An uploaded file must hold a table or pictures, and '{shown}' is empty (0 bytes). "
            "Export it again and check that another program can open it."
        )
    return digest.hexdigest(), n_bytes


def _refuse_large(n_bytes: int, shown: str) -> None:
    if n_bytes > LARGEST_UPLOAD_BYTES:
        raise DataError(
            f"An uploaded file must be at most {LARGEST_UPLOAD_BYTES // 1024**3} GB, and "
            f"'{shown}' is larger. Leave out columns, rows or pictures, save a table as "
            "Parquet, or give the file's path to the command line."
        )


def _bytes_left(file: BinaryIO) -> int:
    """From its current place to its end; 0 where only reading it would tell."""
    if not file.seekable():
        return 0
    here = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(here)
    return end - here


def _shown_name(original_name: str) -> str:
    last_part = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last_part).strip()[:120] or "upload"
