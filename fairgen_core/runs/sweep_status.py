"""What is known of a sweep while it waits, works and ends."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fairgen_core.errors import ConfigError
from fairgen_core.runs.status import RunState, RunStatus
from fairgen_core.sweep_results import SweepResults


class SweepStatus(RunStatus):
    """The content of a sweep's ``status.json``: a run's, and how its members are.

    A sweep is 'done' when no member is left to be begun, also where some failed: `n_failed` says
    so, and a resume tries those again.
    """

    n_members: int = 0
    n_done: int = 0
    n_failed: int = 0
    ray: str = ""
    """The address of the Ray cluster that works on it; empty: this machine does."""
    notes: tuple[str, ...] = ()
    """What stands against what is asked of it, in sentences; known once the data was read."""
    full_run_seconds: float | None = None
    """What one member would take as a run of its own, as measured or else expected."""
    seconds_of_full_runs: float | None = None
    """What all members would take as runs of their own: 'instead of N full runs'."""

    @property
    def outcome(self) -> RunState:
        """The state as a person is told it: one that came to its end with nothing done failed."""
        nothing = self.state == "done" and self.n_failed > 0 and not self.n_done
        return "failed" if nothing else self.state


class SweepSummary(BaseModel):
    """One line of the list of sweeps."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    task: Literal["train", "train-images"] = "train"
    """Of its members."""
    state: RunState
    stage: str = ""
    fraction: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    created: float = 0.0
    ended: float | None = None
    data: str = ""
    varied: tuple[str, ...] = ()
    n_seeds: int = 0
    n_members: int = 0
    n_done: int = 0
    n_failed: int = 0
    resumable: bool = False


def work_of(status: SweepStatus, results: SweepResults) -> tuple[float, float | None]:
    """Seconds of work in what is done, and what it would have taken as runs of their own.

    Of all goes together: a sweep may have been stopped, resumed and extended.

    Args:
        status: the sweep's.
        results: what it has found.
    """
    done = [point for point in results.points if point.state == "done"]
    full = status.full_run_seconds
    return sum(point.seconds or 0.0 for point in done), full and full * len(done)


_ADDRESS = re.compile(r"local|auto|(ray://)?(\[[0-9a-f:.%]+\]|[\w.-]+):\d{1,5}", re.IGNORECASE)


def check_ray_address(address: str) -> str:
    """The address of a Ray cluster as it was given, where it can be one; empty: this machine.

    Raises:
        ConfigError: it cannot be one.
    """
    if address and not _ADDRESS.fullmatch(address):
        raise ConfigError(
            "The address of a Ray cluster must be like head:6379 or ray://head:10001, or 'local' "
            f"for a cluster of this machine's own, and it is '{address[:80]}'. Correct it, or "
            "leave it out.",
            field="ray",
        )
    return address
