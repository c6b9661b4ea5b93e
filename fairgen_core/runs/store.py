"""Run folders: the only truth about runs, and the only place that knows their paths.

Loads neither torch nor scikit-learn, so that a page may ask it at any time.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from fairgen_core.data.formats import FileFormat
from fairgen_core.data.schema import Schema
from fairgen_core.errors import FairGenError, RunError
from fairgen_core.results import Report
from fairgen_core.run_config import RunConfig, parse_run_config
from fairgen_core.runs import uploads
from fairgen_core.runs.files import last_lines, locked, plain_disk_errors, read_json, write_json
from fairgen_core.runs.index import RunIndex, stamp_of, summary_of
from fairgen_core.runs.names import MAX_NAME, RUN_ID, SECOND_CHARS, new_id, one_line
from fairgen_core.runs.status import (
    Owner,
    ProgressEvent,
    RunStatus,
    RunSummary,
    Upload,
)
from fairgen_core.runs.status_file import (
    claimed,
    live_status,
    plain,
    read_events,
    write_status,
)
from fairgen_core.runs.trash import take_back, throw_away

_INDEX = ".index.json"
_MAX_TAGS, _MAX_TAG = 12, 40
SWEEPS = "sweeps"
"""Beside the runs: the folder of sweeps (`sweeps.SweepStore`)."""

# `RunStore.list` would otherwise hide the builtin from the annotations of its neighbours.
Summaries = list[RunSummary]
Events = list[ProgressEvent]
Uploads = list[Upload]
Ids = list[str]


def home() -> Path:
    """The folder of everything FairGen keeps: ``FAIRGEN_HOME``, else ``.fairgen`` here."""
    return Path(os.environ.get("FAIRGEN_HOME") or ".fairgen").expanduser().absolute()


class RunStore:
    """The runs in a folder.

    Args:
        folder: where the run folders lie; None: ``runs`` in `home()`. Uploads lie beside it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder).expanduser().absolute() if folder else home() / "runs"

    # --- making and finding ------------------------------------------------------------------

    def create(self, config: RunConfig, owner: Owner = "worker", run_id: str = "") -> str:
        """Make a run's folder and return its id.

        Args:
            config: what is to be done.
            owner: ``worker``: the run is queued for `launcher.tick`. Otherwise it belongs to the
                calling process from the start, and no launcher takes it.
            run_id: of a sweep's member, which has one before it is made; else a new one.

        Raises:
            RunError: the folder cannot be written.
        """
        run_id = run_id or new_id(config)
        now = time.time()
        status = RunStatus(created=now, updated=now, owner=owner)
        if owner != "worker":
            status = claimed(status, os.getpid())
        unseen = self.folder / f".new-{run_id}"
        with plain_disk_errors(self.folder / run_id):
            self.folder.mkdir(parents=True, exist_ok=True)
            unseen.mkdir()
            try:
                write_json(unseen / "config.json", config.model_dump(mode="json"))
                write_json(unseen / "status.json", plain(status))
                unseen.rename(self.folder / run_id)
            except BaseException:
                shutil.rmtree(unseen, ignore_errors=True)
                raise
        return run_id

    def path(self, run_id: str) -> Path:
        """The folder of an existing run; also of a member of a sweep, which lies in the sweep's.

        Raises:
            RunError: the id is not one of ours, or there is no such run.
        """
        if RUN_ID.fullmatch(run_id):
            for folder in (self.folder / run_id, *self._in_sweeps(run_id)):
                if (folder / "config.json").is_file():
                    return folder
        raise RunError(
            f"There must be a run named '{run_id[:120]}', and '{self.folder}' has none. "
            "List the runs to see their names."
        )

    def ids(self) -> Ids:
        """The ids of all runs, newest second first."""
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_dir()]
        except OSError:
            return []
        return sorted(filter(RUN_ID.fullmatch, names), reverse=True)

    def list(self) -> Summaries:
        """A summary of every run, newest first; unreadable ones are shown as failed."""
        ids, index = self.ids(), RunIndex(self.folder / _INDEX)
        found = [s for s in (self._summary(run_id, index) for run_id in ids) if s is not None]
        index.save(ids)
        return sorted(found, key=lambda s: (s.created, s.id), reverse=True)

    # --- reading -----------------------------------------------------------------------------

    def config(self, run_id: str) -> RunConfig:
        """What the run was asked to do.

        Raises:
            RunError: there is no such run.
            ConfigError: its configuration was damaged.
        """
        path = self.path(run_id) / "config.json"
        with plain_disk_errors(path):
            raw = path.read_bytes()
        return parse_run_config(raw)

    def status(self, run_id: str) -> RunStatus:
        """What the status file says, corrected by whether that very process lives.

        'running' without its process is 'stopped' if a stop was asked for, else 'failed' with the
        reason in plain words. `seconds_left` is counted down to now.
        """
        folder = self.path(run_id)
        status = live_status(folder)
        if status.state in {"failed", "stopped"}:
            resumable = (folder / "checkpoint.pt").is_file() or (folder / "model.json").is_file()
            return status.model_copy(update={"resumable": resumable})
        return status

    def progress(self, run_id: str, after_line: int = 0) -> Events:
        """The progress events from line `after_line` (counted from 0) on; damaged lines skipped."""
        return read_events(self.path(run_id) / "progress.jsonl", after_line)

    def preview(self, run_id: str) -> dict[str, Any] | None:
        """The newest preview: ``{"columns": [...], "rows": [[...]]}``, or None."""
        preview = read_json(self.path(run_id) / "previews" / "rows.json")
        return preview if isinstance(preview, dict) else None

    def report(self, run_id: str) -> Report | None:
        """What was measured, or None where nothing was (or it cannot be read)."""
        path = self.path(run_id) / "report.json"
        try:
            return Report.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def samples_path(self, run_id: str) -> Path | None:
        """The complete synthetic rows (Parquet) or pictures (npz), or None where there are none."""
        folder = self.path(run_id)
        paths = (folder / "samples.parquet", folder / "images.npz")
        return next((path for path in paths if path.is_file()), None)

    def schema(self, run_id: str) -> Schema | None:
        """The columns of the run's table, or None before it has read its data."""
        try:
            return Schema.model_validate_json((self.path(run_id) / "schema.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def file_format(self, run_id: str) -> FileFormat:
        """How the run's data was written; plain CSV before it was read."""
        try:
            raw = (self.path(run_id) / "file_format.json").read_bytes()
            return FileFormat.model_validate_json(raw)
        except (OSError, ValidationError):
            return FileFormat()

    def log_tail(self, run_id: str, n_lines: int = 40) -> str:
        """The end of the worker's log."""
        return "\n".join(last_lines(self.path(run_id) / "log.txt", n_lines))

    # --- changing ----------------------------------------------------------------------------

    def set_status(self, run_id: str, status: RunStatus) -> None:
        """Write a run's status; only for whoever owns the run at that moment (see launcher)."""
        write_status(self.path(run_id), status)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run a name to be shown; its id and folder stay."""
        config = self.config(run_id).model_copy(update={"name": one_line(name)[:MAX_NAME]})
        write_json(self.path(run_id) / "config.json", config.model_dump(mode="json"))

    def tag(self, run_id: str, tags: Iterable[str]) -> None:
        """Give a run these tags instead of those it had, to be found by; at most 12, once each."""
        clean = [one_line(tag)[:_MAX_TAG] for tag in tags]
        kept = list(dict.fromkeys(filter(None, clean)))[:_MAX_TAGS]
        write_json(self.path(run_id) / "meta.json", {"tags": kept})

    def delete(self, run_id: str) -> None:
        """Move a run to the trash, where `undelete` finds it for a week.

        Raises:
            RunError: it is running, it belongs to a sweep, or there is no such run.
        """
        folder = self.path(run_id)
        if folder.parent != self.folder:
            raise RunError(
                f"Only a run of its own can be deleted, and '{run_id}' belongs to the exploration "
                f"'{folder.parents[1].name}'. Delete the exploration."
            )
        with self.lock():
            if self.status(run_id).state == "running":
                raise RunError(
                    f"A run must have ended before it is deleted, and '{run_id}' is running. "
                    "Stop it first."
                )
            throw_away(folder)

    def undelete(self, run_id: str) -> None:
        """Bring a deleted run back. A run that was waiting comes back as stopped."""
        take_back(self.folder / run_id, "run")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store's lock: one process (and thread) at a time changes who owns a run."""
        with locked(self.folder):
            yield

    # --- uploads -----------------------------------------------------------------------------

    @property
    def uploads_folder(self) -> Path:
        """Where uploaded files lie, each under its hash."""
        return self.folder.parent / "uploads"

    def save_upload(self, content: bytes | BinaryIO, original_name: str) -> Path:
        """Keep a file that a person brought; see `uploads.save`."""
        return uploads.save(self.uploads_folder, content, original_name)

    def uploads(self) -> Uploads:
        """The files that people brought, newest first."""
        return uploads.found(self.uploads_folder)

    # --- inside ------------------------------------------------------------------------------

    def _in_sweeps(self, run_id: str) -> Iterator[Path]:
        """Where a sweep's member of that id may lie: both ids begin with the sweep's second."""
        sweeps = self.folder.parent / SWEEPS
        for folder in sweeps.glob(f"{run_id[:SECOND_CHARS]}-*"):
            yield folder / "runs" / run_id

    def _summary(self, run_id: str, index: RunIndex) -> RunSummary | None:
        folder = self.folder / run_id
        stamp = stamp_of(folder)
        if stamp is None:
            return None
        known = index.find(run_id, stamp)
        if known is not None:
            return known
        try:
            status = self.status(run_id)
        except RunError:
            return None
        config: RunConfig | FairGenError
        try:
            config = self.config(run_id)
        except FairGenError as error:
            config = error
        summary = summary_of(run_id, folder, status, config)
        index.keep(stamp, summary)
        return summary
