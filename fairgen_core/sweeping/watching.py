"""Tells how far a sweep is while others work on it: its status, its progress, its points."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fairgen_core.errors import FairGenError
from fairgen_core.runs.files import plain_disk_errors
from fairgen_core.runs.status import ProgressEvent, RunState
from fairgen_core.runs.status_file import live_status
from fairgen_core.runs.sweep_plan import Group, member_seconds
from fairgen_core.runs.sweep_status import SweepStatus
from fairgen_core.runs.sweeps import SweepStore

Echo = Callable[[ProgressEvent, float | None], None]
_LOOK_SECONDS = 1.0


class Watch:
    """Looks at the members' folders every second and writes the sweep's status and progress.

    A context manager: it looks while the block runs, and a last time at its end.

    Args:
        folder: the sweep's.
        laid_out: its groups.
        status: the sweep's, already 'running'.
        echo: told about progress.
    """

    def __init__(
        self,
        folder: Path,
        laid_out: Sequence[Group],
        status: SweepStatus,
        echo: Echo | None = None,
    ) -> None:
        self._folder, self._store = folder, SweepStore(folder.parent)
        self._echo = echo
        self.status = status
        self.notes = status.notes
        """What the status shall say beside its figures."""
        self._n_rows, self._n_columns = 10_000, 15
        self._members = [
            (run_id, member, number == 0)
            for group in laid_out
            for number, (run_id, member) in enumerate(group.members)
        ]
        self._done: dict[str, float | None] = {}
        """Seconds by member; what is done stays done, and what failed may be tried again."""
        self._began, self._done_before = time.monotonic(), 0.0
        self._told: tuple[str, int] = ("", -1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self.look()
        self._done_before = self.status.fraction
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        with contextlib.suppress(FairGenError):
            self.look()

    def finish(self, state: RunState, message: str = "") -> SweepStatus:
        """Write how the sweep ended."""
        done = {"fraction": 1.0} if state == "done" else {}
        changes = {"state": state, "message": message, "seconds_left": None, "ended": time.time()}
        self._note(**changes, **done)
        return self.status

    def look(self) -> None:
        """Count what is done and tell it."""
        weights, behind, stage = 0.0, 0.0, ""
        firsts: list[float] = []
        states: list[RunState] = []
        for run_id, member, first in self._members:
            weight = member_seconds(member.config, self._n_rows, self._n_columns, first)
            weights += weight
            state, fraction, its_stage, seconds = self._member(run_id)
            states.append(state)
            behind += weight * (1.0 if state in {"done", "failed"} else fraction)
            if state == "running":
                stage = its_stage
            if state == "done" and first and seconds:
                firsts.append(seconds)
        share = behind / weights if weights else 0.0
        # A whole that is not over is never shown as such, and never goes back.
        fraction = min(0.999, max(share, self.status.fraction))
        full = statistics.fmean(firsts) if firsts else self.status.full_run_seconds
        self._note(
            stage=stage or self.status.stage,
            fraction=fraction,
            seconds_left=self._seconds_left(fraction),
            n_done=states.count("done"),
            n_failed=states.count("failed"),
            n_members=len(self._members),
            notes=self.notes,
            full_run_seconds=full,
            seconds_of_full_runs=None if full is None else full * len(self._members),
        )
        self._tell(fraction)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            with contextlib.suppress(FairGenError):  # the disk may be full for a moment
                self.look()

    def _member(self, run_id: str) -> tuple[RunState, float, str, float | None]:
        if run_id in self._done:
            return "done", 1.0, "", self._done[run_id]
        folder = self._folder / "runs" / run_id
        if not (folder / "status.json").exists():
            return "queued", 0.0, "", None
        status = live_status(folder)
        if status.n_rows and status.n_columns:
            self._n_rows, self._n_columns = status.n_rows, status.n_columns
        if status.state == "done":
            self._done[run_id] = status.seconds_taken
        return status.state, status.fraction, status.stage, status.seconds_taken

    def _seconds_left(self, fraction: float) -> float | None:
        here = fraction - self._done_before
        if here < 0.02:
            return None
        return (1.0 - fraction) * (time.monotonic() - self._began) / here

    def _tell(self, fraction: float) -> None:
        """One more line of progress, where something changed."""
        now = (self.status.stage, self.status.n_done + self.status.n_failed)
        if now == self._told:
            return
        self._told = now
        event = ProgressEvent(
            t=time.time(),
            stage=self.status.stage,
            fraction=now[1] / max(1, len(self._members)),
            overall=fraction,
            figures={"n_done": self.status.n_done, "n_failed": self.status.n_failed},
        )
        path = self._folder / "progress.jsonl"
        with plain_disk_errors(path), path.open("a", encoding="utf-8") as file:
            file.write(event.model_dump_json() + "\n")
        if self._echo is not None:
            self._echo(event, self.status.seconds_left)

    def _note(self, **changes: object) -> None:
        self.status = self.status.model_copy(update=changes)
        self._store.set_status(self._folder.name, self.status)
