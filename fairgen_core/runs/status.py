"""What is known of a run while it waits, works and ends."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field

RunState = Literal["queued", "running", "done", "failed", "stopped"]
Owner = Literal["worker", "command line", "notebook"]

ENDED: frozenset[RunState] = frozenset({"done", "failed", "stopped"})
_CLOCK_TOLERANCE_SECONDS = 5.0

Moment = Annotated[float, Field(ge=0.0, le=32_503_680_000.0)]
"""Seconds since 1970, at most to the year 3000: every system can tell its date."""
Finite = Annotated[float, Field(allow_inf_nan=False)]


class RunStatus(BaseModel):
    """The content of ``status.json``. Times are seconds since 1970 (UTC).

    `fraction` is of the whole run; `seconds_left` is None until it can be said honestly.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: RunState = "queued"
    stage: str = ""
    fraction: Finite = 0.0
    seconds_left: Finite | None = None
    message: str = ""
    device: str = ""
    created: Moment = 0.0
    started: Moment | None = None
    ended: Moment | None = None
    updated: Moment = 0.0
    pid: int | None = None
    pid_started: float | None = None
    host: str = ""
    """The machine that the process runs on; empty: this one."""
    owner: Owner = "worker"
    """Whose process it is: only a worker and a command line are ever signalled."""
    gpu: int | None = None
    expected_seconds: Finite | None = None
    """What the cost model said when the run started; finished runs calibrate it."""
    n_rows: int | None = None
    n_columns: int | None = None
    data_sha256: str = ""
    """Of the data that the run began with; a resume on other data is refused."""
    versions: dict[str, str] = Field(default_factory=dict)
    resumable: bool = False
    """Whether a resume goes on from a checkpoint; found by the store, not written."""
    stopping: bool = False
    """Whether a stop was asked for and the process still lives; found by the store."""

    @property
    def active(self) -> bool:
        """Whether the run waits or works."""
        return self.state not in ENDED

    @property
    def seconds_taken(self) -> float | None:
        """Wall-clock seconds from start to end, or None while it is not over."""
        if self.started is None or self.ended is None:
            return None
        return max(0.0, self.ended - self.started)


class RunSummary(BaseModel):
    """One line of the list of runs."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    task: Literal["train", "audit", "train-images", "lesson-favours-a-group", "lesson-fair-latent"]
    state: RunState
    stage: str = ""
    fraction: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    created: float = 0.0
    ended: float | None = None
    data: str = ""
    sensitive: tuple[str, ...] = ()
    target: str | None = None
    fairness: str = ""
    generator: str = ""
    preset: str = ""
    seed: int = 0
    resumable: bool = False
    tags: tuple[str, ...] = ()
    figures: dict[str, float] = Field(default_factory=dict)
    """Of the synthetic rows or pictures, by metric (`index.FIGURES`)."""

    @property
    def is_training(self) -> bool:
        """Whether it makes rows or pictures to be taken away."""
        return self.task in {"train", "train-images"}

    @property
    def is_lesson(self) -> bool:
        """Whether it is a lesson's experiment: the Lessons page shows it, other lists do not."""
        return self.task.startswith("lesson")


class ProgressEvent(BaseModel):
    """One line of ``progress.jsonl``; `fraction` is of the stage, `overall` of the run."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    t: float
    stage: str
    fraction: float
    overall: float
    losses: dict[str, float] = Field(default_factory=dict)
    figures: dict[str, float] = Field(default_factory=dict)


class Upload(BaseModel):
    """A file that a person brought, kept under its hash; `name` is for showing only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str
    name: str
    path: str
    n_bytes: int
    added: float


def process_start(pid: int | None = None) -> float | None:
    """When a process (default: this one) started, or None if it does not live."""
    try:
        process = psutil.Process(os.getpid() if pid is None else pid)
        if process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
            return None
        return float(process.create_time())
    except (psutil.Error, ValueError, OverflowError):
        return None


def process_lives(pid: int | None, pid_started: float | None) -> bool:
    """Whether that very process lives: the same number and the same start, so no namesake."""
    if pid is None or pid_started is None or pid <= 0:
        return False
    started = process_start(pid)
    return started is not None and abs(started - pid_started) < _CLOCK_TOLERANCE_SECONDS
