"""Small files of a run folder: written to a temporary name and moved into place."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fairgen_core.errors import RunError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def disk_problem(error: OSError, path: Path) -> RunError:
    """Say in plain words why `path` cannot be written or read."""
    place = path if path.is_dir() else path.parent
    if error.errno in _FULL:
        return RunError(
            f"FairGen must be able to write into '{place}', and the disk is full or its quota is "
            "used up. Free some space or choose another folder, and start again."
        )
    if error.errno in _FORBIDDEN:
        return RunError(
            f"FairGen must be able to write into '{place}', and it is not allowed to. "
            "Choose another folder, or ask for the right to write there."
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return RunError(
            f"The folder '{place}' must exist, and it does not (any more). "
            "Make it, or choose another one."
        )
    reason = (error.strerror or str(error)).lower()
    return RunError(
        f"The file '{path}' must be readable and writable, and the system answered: {reason}. "
        "Choose another folder, and start again."
    )


def in_plain_words(error: Exception, folder: Path) -> RunError:
    """Say what an error that nobody expected means for the run in `folder`."""
    if isinstance(error, OSError):
        return disk_problem(error, folder / "status.json")
    text = str(error)
    # Libraries written in other languages tell the system's error by its number only.
    number = re.search(r"os error (\d+)", text)
    if number:
        return disk_problem(OSError(int(number.group(1)), text), folder / "status.json")
    if isinstance(error, MemoryError) or "out of memory" in text or "allocate memory" in text:
        return RunError(
            "The training must fit into memory, and it does not. Close other programs, choose "
            "the quick preset, or take fewer rows or columns; then resume the run."
        )
    last = text.strip().splitlines()[-1][:200] if text.strip() else ""
    return RunError(
        "The run should have finished, and an error that FairGen does not know stopped it "
        f"({type(error).__name__}{': ' + last if last else ''}). "
        "Its log has the details; please report it, and try other settings."
    )


@contextmanager
def plain_disk_errors(path: Path) -> Iterator[None]:
    """Turn every `OSError` inside into a `RunError` that a person understands."""
    try:
        yield
    except OSError as error:
        raise disk_problem(error, path) from error


def temporary_beside(path: Path) -> Path:
    """A name in the same folder that nobody else uses, for a file that is moved into place."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


@contextmanager
def replaced_when_complete(path: Path) -> Iterator[Path]:
    """Give a temporary path; move it to `path` if the block ends well, else leave no trace.

    Raises:
        RunError: the disk is full, the folder cannot be written, ...
    """
    temporary = temporary_beside(path)
    try:
        with plain_disk_errors(path):
            yield temporary
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part of it."""
    with replaced_when_complete(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> Any | None:
    """Read JSON; None where there is no such file, or it is not JSON or nested without end."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def last_lines(path: Path, n_lines: int = 40, n_bytes: int = 16_384) -> list[str]:
    """The last lines of a text file, however long it is; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - n_bytes))
            return file.read().decode("utf-8", "replace").splitlines()[-n_lines:]
    except OSError:
        return []


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made where it is missing."""
    with plain_disk_errors(folder / ".lock"):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("w")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
