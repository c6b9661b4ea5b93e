"""Processes of their own: starting them, collecting them, pressing on where a stop is overdue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from fairgen_core.runs import machine
from fairgen_core.runs.files import disk_problem
from fairgen_core.runs.status import process_lives
from fairgen_core.runs.status_file import read_status

TERMINATE_AFTER_SECONDS = 10.0
KILL_AFTER_SECONDS = 20.0
_CODE = Path(__file__).resolve().parents[2]

_children: list[subprocess.Popen[bytes]] = []
"""Workers started by this process, kept only to collect them when they end."""


def environment(n_threads: int | None = None) -> dict[str, str]:
    """What a worker needs to find this code and its threads; `n_threads`: as this machine has."""
    paths = [str(_CODE), os.environ.get("PYTHONPATH", "")]
    found = {**os.environ, **machine.thread_environment(n_threads)}
    return {**found, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def spawn(module: str, folder: Path, n_threads: int | None = None) -> subprocess.Popen[bytes]:
    """Start a worker on a folder, in a session of its own; what it says goes into ``log.txt``.

    Raises:
        RunError: the log cannot be written.
    """
    try:
        with (folder / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "fairgen_core.startup", module, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(n_threads),
                start_new_session=True,
            )
    except OSError as error:
        raise disk_problem(error, folder / "log.txt") from error
    _children.append(child)
    return child


def collect() -> None:
    """Forget workers that have ended."""
    _children[:] = [child for child in _children if child.poll() is None]


def press(folder: Path) -> None:
    """Signal a process that was asked to stop too long ago; a notebook is never signalled."""
    try:
        age = time.time() - (folder / "stop").stat().st_mtime
    except OSError:
        return
    status = read_status(folder)
    if age < TERMINATE_AFTER_SECONDS or status.owner == "notebook" or status.pid is None:
        return
    if status.state != "running" or not process_lives(status.pid, status.pid_started):
        return
    number = signal.SIGKILL if age >= KILL_AFTER_SECONDS else signal.SIGTERM
    try:
        os.kill(status.pid, number)
    except OSError:
        return
