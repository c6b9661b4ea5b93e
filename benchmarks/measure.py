"""Run a command and say how long it took and how much memory it and its children held."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
_SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Measurement:
    """What a finished command cost.

    Attributes:
        seconds: wall-clock time from start to exit, the start of Python included.
        peak_gib: largest resident memory of the command and its descendants together, read
            ten times a second.
        output: its standard output.
    """

    seconds: float
    peak_gib: float
    output: str


class CommandFailedError(Exception):
    """A measured command ended with an error; the message holds its last words."""


def fairgen(
    *arguments: str | Path, home: Path, environment: dict[str, str] | None = None
) -> Measurement:
    """Run ``python -m fairgen_core ...`` from the repository's root and measure it.

    Raises:
        CommandFailedError: it did not end with exit status 0.
    """
    command = [sys.executable, "-m", "fairgen_core", *map(str, arguments)]
    return run(command, {"FAIRGEN_HOME": str(home), **(environment or {})})


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> Measurement:
    """Run any command from the repository's root and measure it.

    Raises:
        CommandFailedError: it did not end with exit status 0.
    """
    # Files, not pipes: a full pipe would hold the command up.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=out, stderr=err
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident_bytes(process.pid))
            time.sleep(_SAMPLE_SECONDS)
        seconds = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        output, said = out.read(), err.read()
    if process.returncode != 0:
        raise CommandFailedError(
            f"{' '.join(command)} ended with status {process.returncode}: {said[-500:]}"
        )
    return Measurement(seconds, peak / 2**30, output)


def _resident_bytes(pid: int) -> int:
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            continue
    return total
