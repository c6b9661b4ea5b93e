"""Deleted runs and sweeps: moved aside, found again for a week."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Literal

from fairgen_core.errors import RunError
from fairgen_core.runs.files import plain_disk_errors, read_json, write_json
from fairgen_core.runs.names import RUN_ID

_TRASH = ".trash"
_SECONDS = 7 * 24 * 3600


def throw_away(folder: Path) -> None:
    """Move the folder of a run or sweep to the trash beside it; what lay there for a week goes.

    Raises:
        RunError: the disk refuses it.
    """
    trash = folder.parent / _TRASH
    with plain_disk_errors(folder):
        trash.mkdir(exist_ok=True)
        folder.replace(trash / folder.name)
        os.utime(trash / folder.name)
    for old in trash.iterdir():
        if time.time() - old.stat().st_mtime > _SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def take_back(folder: Path, kind: Literal["run", "sweep"]) -> None:
    """Move a folder from the trash to where it was. What was waiting comes back as stopped.

    Raises:
        RunError: it is not in the trash, or the disk refuses it.
    """
    thrown = folder.parent / _TRASH / folder.name
    if not RUN_ID.fullmatch(folder.name) or not thrown.is_dir():
        raise RunError(
            f"A deleted {kind} named '{folder.name[:120]}' must be in the trash, and it is not "
            f"there: deleted {kind}s are kept for a week."
        )
    status = read_json(thrown / "status.json")
    with plain_disk_errors(folder):
        if (
            isinstance(status, dict) and status.get("state") == "queued"
        ):  # before it is back: nobody may start it
            write_json(thrown / "status.json", {**status, "state": "stopped"})
        thrown.replace(folder)
