"""``status.json``: reading, writing, and explaining a process that left it at 'running'."""

from __future__ import annotations

import re
import shutil
import socket
import time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fairgen_core.runs.files import last_lines, read_json, write_json
from fairgen_core.runs.status import ProgressEvent, RunStatus, process_lives, process_start
from fairgen_core.words.stages import stage

_NEARLY_FULL_BYTES = 1_000_000
_SILENT_SECONDS = 600.0
"""A process of another machine that has written nothing for so long is taken for dead."""
STOPPED = "The run was stopped. Resume it to go on."


def read_status(folder: Path) -> RunStatus:
    """What ``status.json`` says; 'failed' with a sentence where it was damaged."""
    try:
        return RunStatus.model_validate(read_json(folder / "status.json"))
    except ValidationError:
        return RunStatus(
            state="failed",
            message="The run's status file must be readable, and it is damaged. Resume the run "
            "or start it anew.",
        )


def live_status(folder: Path) -> RunStatus:
    """What ``status.json`` says, corrected by whether that very process lives.

    'running' without its process is 'stopped' if a stop was asked for, else 'failed' with the
    reason in plain words. A process of another machine is taken to live while it writes.
    `seconds_left` is counted down to now.
    """
    status = read_status(folder)
    if status.state != "running":
        return status
    stop_asked = (folder / "stop").exists()
    if _works(status):
        left = status.seconds_left
        if left is not None:
            left = max(0.0, left - max(0.0, time.time() - status.updated))
        return status.model_copy(update={"seconds_left": left, "stopping": stop_asked})
    # The process may have ended well between the two looks.
    status = read_status(folder)
    if status.state != "running":
        return status
    return status.model_copy(
        update={
            "state": "stopped" if stop_asked else "failed",
            "message": STOPPED if stop_asked else death_words(folder, status),
            "seconds_left": None,
            "ended": status.updated,
        }
    )


def _works(status: RunStatus) -> bool:
    if status.host not in {"", socket.gethostname()}:
        return time.time() - status.updated < _SILENT_SECONDS
    return process_lives(status.pid, status.pid_started)


def write_status(folder: Path, status: RunStatus) -> None:
    """Write ``status.json`` in one move."""
    write_json(folder / "status.json", plain(status.model_copy(update={"updated": time.time()})))


def claimed(status: RunStatus, pid: int, gpu: int | None = None) -> RunStatus:
    """The status of a run that process `pid` has just taken over."""
    return status.model_copy(
        update={
            "state": "running",
            "pid": pid,
            "pid_started": process_start(pid),
            "host": socket.gethostname(),
            "gpu": gpu,
            "started": time.time(),
            "ended": None,
            "message": "",
            "seconds_left": None,
        }
    )


def plain(status: RunStatus) -> dict[str, Any]:
    """The part of a status that is written."""
    return status.model_dump(mode="json", exclude={"resumable", "stopping"})


def death_words(folder: Path, status: RunStatus) -> str:
    """A plain sentence on why a process that said 'running' is no more."""
    try:
        full = shutil.disk_usage(folder).free < _NEARLY_FULL_BYTES
    except OSError:
        full = False
    log = [line.strip() for line in last_lines(folder / "log.txt") if line.strip()]
    last = log[-1] if log else ""
    config = read_json(folder / "config.json")
    pictures = isinstance(config, dict) and config.get("task") == "train-images"
    place = f" in the stage '{stage(status.stage, pictures)}'" if status.stage else ""
    if full:
        why = "the disk is full. Free some space"
    elif any("out of memory" in line.lower() or "MemoryError" in line for line in log[-5:]):
        why = "there was not enough memory. Close other programs or choose the quick preset"
    elif re.match(r"(\w+\.)*\w*(Error|Exception)\b", last):
        why = f"its log ends with '{last[:200]}'. Look at the log"
    else:
        why = (
            "it was killed from outside, most often because the machine ran out of memory or was "
            "switched off. Close other programs if memory is short"
        )
    return f"The run's process ended{place} without finishing: {why}, then start it again."


def read_events(path: Path, after_line: int = 0) -> list[ProgressEvent]:
    """The progress events of a file from line `after_line` (from 0) on; damaged lines skipped."""
    events = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if number >= after_line and line.endswith(b"\n"):
                    try:
                        events.append(ProgressEvent.model_validate_json(line))
                    except ValidationError:
                        continue
    except FileNotFoundError:
        return []
    return events
