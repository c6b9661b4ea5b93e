"""The observer that writes a run's folder while a training runs. Needs no torch itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from fairgen_core.runs.files import plain_disk_errors, replaced_when_complete, write_json
from fairgen_core.runs.status import ProgressEvent, RunState, RunStatus
from fairgen_core.runs.status_file import write_status

_PREVIEW_ROWS = 50
_FASTEST_SECONDS = 0.2
_EVENTS_A_RUN = 2000
"""The longer a run takes, the rarer its events: about so many at most between stage changes."""
_STOP_LOOK_SECONDS = 0.1
_CHECKPOINT_SHARE = 0.05
"""Of the run's time at most goes into checkpoints."""
_PRIOR_SHARE = 0.15
"""How much of the expected work the cost model's word counts for against what was measured."""


class FileObserver:
    """Writes status, progress, previews and checkpoints; reads the stop file.

    Args:
        folder: the run's folder.
        status: the run's status so far, already 'running'.
        save_checkpoint: writes a checkpoint to a path (``torch.save``).
        echo: told every written event and the seconds left, for a terminal.
        resumed: whether the training goes on from a checkpoint.
        also_stops: another file that asks for a stop: the sweep's.
    """

    def __init__(
        self,
        folder: Path,
        status: RunStatus,
        save_checkpoint: Callable[[dict[str, Any], Path], None],
        echo: Callable[[ProgressEvent, float | None], None] | None = None,
        resumed: bool = False,
        also_stops: Path | None = None,
    ) -> None:
        self.folder = folder
        self.status = status
        self._save_checkpoint = save_checkpoint
        self._echo = echo
        self._expected: dict[str, float] = {}
        self._speed = 1.0
        self.resumed = resumed
        self._stops = [folder / "stop", *([also_stops] if also_stops else [])]
        self._resumed_at: dict[str, float] = {}
        self._fractions: dict[str, float] = {}
        self._began = time.monotonic()
        self._last_event = self._last_look = -math.inf
        self._last_checkpoint, self._checkpoint_seconds = -math.inf, 0.0
        self.stop_asked = False

    # --- what the worker says ----------------------------------------------------------------

    def expect(self, stage_seconds: Mapping[str, float], speed: float = 1.0) -> None:
        """Say how long each stage should take; before, no whole and no time left is known.

        Args:
            stage_seconds: seconds on the reference machine, in the order of the stages.
            speed: seconds here over seconds there, as far as finished runs tell.
        """
        self._expected = dict(stage_seconds)
        self._speed = speed

    def ask_to_stop(self) -> None:
        """As if the stop file had been written (for signals)."""
        self.stop_asked = True

    def note(self, **changes: Any) -> None:
        """Change fields of the status and write it."""
        self.status = self.status.model_copy(update=changes)
        write_status(self.folder, self.status)

    def finish(self, state: RunState, message: str = "") -> None:
        """Write how the run ended."""
        done = {"fraction": 1.0} if state == "done" else {}
        self.note(state=state, message=message, seconds_left=None, ended=time.time(), **done)

    # --- what the training says (training.Observer) ------------------------------------------

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        """Write an event and the status, a few times a second at most."""
        fraction = min(1.0, max(0.0, fraction))
        if self.resumed and stage != "read" and not self._resumed_at:
            self._resumed_at[stage] = fraction
        self._fractions[stage] = fraction
        now = time.monotonic()
        pause = max(_FASTEST_SECONDS, (now - self._began) / _EVENTS_A_RUN)
        important = stage != self.status.stage or fraction == 1.0 or bool(figures)
        if not important and now - self._last_event < pause:
            return
        self._last_event = now
        event = ProgressEvent(
            t=time.time(),
            stage=stage,
            fraction=fraction,
            overall=self._overall(stage, fraction),
            losses=_finite(losses),
            figures=_finite(figures),
        )
        left = self._seconds_left(event.overall)
        path = self.folder / "progress.jsonl"
        with plain_disk_errors(path), path.open("a", encoding="utf-8") as file:
            file.write(event.model_dump_json() + "\n")
        self.note(stage=stage, fraction=event.overall, seconds_left=left)
        if self._echo is not None:
            self._echo(event, left)

    def on_preview(self, rows: Any) -> None:
        """Write the newest preview: at most 50 rows of a DataFrame in canonical form."""
        shown: pd.DataFrame = rows.head(_PREVIEW_ROWS)
        columns = [_plain_column(shown[name]) for name in shown.columns]
        with plain_disk_errors(self.folder / "previews"):
            (self.folder / "previews").mkdir(exist_ok=True)
        content = {
            "columns": [str(name) for name in shown.columns],
            "rows": [list(row) for row in zip(*columns, strict=True)],
        }
        write_json(self.folder / "previews" / "rows.json", content)

    def should_stop(self) -> bool:
        """Whether a stop was asked for, by file or by signal."""
        now = time.monotonic()
        if not self.stop_asked and now - self._last_look >= _STOP_LOOK_SECONDS:
            self._last_look = now
            self.stop_asked = any(path.exists() for path in self._stops)
        return self.stop_asked

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Write the checkpoint, unless the last one was so recent that it would cost too much."""
        now = time.monotonic()
        pause = max(1.0, self._checkpoint_seconds / _CHECKPOINT_SHARE)
        if now - self._last_checkpoint < pause and not self.should_stop():
            return
        with replaced_when_complete(self.folder / "checkpoint.pt") as temporary:
            self._save_checkpoint(dict(state), temporary)
        self._last_checkpoint = time.monotonic()
        self._checkpoint_seconds = self._last_checkpoint - now

    # --- inside ------------------------------------------------------------------------------

    def _overall(self, stage: str, fraction: float) -> float:
        """Share of the expected seconds of the whole run that is behind us."""
        total = sum(self._expected.values())
        if stage not in self._expected or total <= 0:
            return self.status.fraction
        before = 0.0
        for name, seconds in self._expected.items():
            if name == stage:
                break
            before += seconds
        share = (before + fraction * self._expected[stage]) / total
        # A whole that is not over is never shown as such, and never goes back.
        return min(0.999, max(self.status.fraction, share))

    def _seconds_left(self, overall: float) -> float | None:
        """Expected seconds that remain, at the speed that this run has shown so far."""
        total = sum(self._expected.values())
        if total <= 0:
            return None
        done_here = sum(
            self._expected.get(stage, 0.0) * (fraction - self._resumed_at.get(stage, 0.0))
            for stage, fraction in self._fractions.items()
        )
        prior = _PRIOR_SHARE * total
        elapsed = time.monotonic() - self._began
        speed = (elapsed + prior * self._speed) / (done_here + prior)
        return (1.0 - overall) * total * speed


def _finite(values: Mapping[str, float] | None) -> dict[str, float]:
    return {k: float(v) for k, v in (values or {}).items() if math.isfinite(v)}


def _plain_column(column: pd.Series) -> list[Any]:
    """A column's values as JSON has them: missing is null, a time its ISO spelling."""
    values: list[Any] = []
    for value in column.tolist():
        if pd.isna(value):
            values.append(None)
        elif isinstance(value, bool | int | float | str):
            values.append(value)
        else:
            values.append(str(value))
    return values
