"""How long the tests take: all of them, and the everyday part."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.lines import Line
from benchmarks.measure import run
from benchmarks.speed import SMOKE, Sizes

_PYTEST = (sys.executable, "-m", "pytest", "-q")
_EVERYDAY = ("-n", "auto", "--dist", "loadfile", "-m", "not slow and not e2e")


def durations(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """Seconds of the everyday tests and of all tests, once set up (smoke: one file of them)."""
    where = ("tests/core/test_house.py",) if sizes is SMOKE else ("tests",)
    fast = run([*_PYTEST, *_EVERYDAY, *where])
    yield Line(
        "make test-fast, once set up",
        fast.seconds,
        must=180,
        aim=60,
        unit="s",
        command="make test-fast",
        note=_closing_line(fast.output),
    )
    if sizes is SMOKE:
        return
    checks = run(["make", "check"])
    everything = run([*_PYTEST, *where])
    yield Line(
        "make test, once set up",
        checks.seconds + everything.seconds,
        must=1200,
        aim=600,
        unit="s",
        command="make test",
        note=_closing_line(everything.output),
    )


def _closing_line(output: str) -> str:
    return output.strip().splitlines()[-1].strip("= ")
