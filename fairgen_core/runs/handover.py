"""What a process that works on a run or sweep does about those around it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fairgen_core.runs.status_file import read_status

_HAND_OVER_SECONDS = 30.0


@contextmanager
def asks_on_signals(is_asked: Callable[[], bool], ask: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT ask for a stop at the next safe point; a second SIGINT stops at once.

    Only the main thread can watch signals; elsewhere nothing is watched.

    Args:
        is_asked: whether a stop was asked for before.
        ask: asks for one.
    """

    def on_signal(number: int, _frame: object) -> None:
        again = is_asked()
        ask()
        if again and number == signal.SIGINT:
            raise KeyboardInterrupt

    try:
        before = {n: signal.signal(n, on_signal) for n in (signal.SIGTERM, signal.SIGINT)}
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def handed_over(folder: Path) -> bool:
    """Wait until the status names this process: from then on the work is ours, and only then."""
    deadline = time.monotonic() + _HAND_OVER_SECONDS
    while time.monotonic() < deadline:
        status = read_status(folder)
        if status.state == "running":
            return status.pid == os.getpid()
        time.sleep(0.02)
    return False
