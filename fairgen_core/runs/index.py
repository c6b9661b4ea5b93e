"""What lists show of every run, kept in one small file, so that no list reads thousands of them.

A cache, never the truth: an entry counts only while the files that it was read from keep their
times and sizes, a damaged or missing index is made anew, and one that cannot be written is done
without. Runs that wait or work are always read from their folders.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from fairgen_core.errors import FairGenError
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.files import read_json, replaced_when_complete
from fairgen_core.runs.names import choices_shown, data_name, title
from fairgen_core.runs.status import ENDED, RunStatus, RunSummary

WATCHED = ("config.json", "status.json", "report.json", "meta.json")
"""The files of a run folder that an entry is made from."""

FIGURES = ("auroc", "dp", "dp_any", "ftu", "detector", "gap", "recognisable")
"""The figures that a list may show, by metric; those that are struck out are left out."""

_VERSION = 1

Stamp = tuple[int, ...]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True)

    stamp: Stamp
    run: RunSummary


class _File(BaseModel):
    version: int
    entries: dict[str, _Entry]


_read: dict[Path, dict[str, _Entry]] = {}
"""The entries by index file: read once a process, then kept up to date by it."""


class RunIndex:
    """The entries of one folder of runs.

    Args:
        path: of the index file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = False
        if path not in _read:
            _read[path] = _entries_of(path)
        self._entries = _read[path]

    def find(self, run_id: str, stamp: Stamp) -> RunSummary | None:
        """What was read of a run whose files still bear that stamp; None where it is not known."""
        entry = self._entries.get(run_id)
        return entry.run if entry is not None and entry.stamp == stamp else None

    def keep(self, stamp: Stamp, run: RunSummary) -> None:
        """Remember an ended run; what still changes is not worth remembering."""
        if run.state in ENDED:
            self._entries[run.id] = _Entry(stamp=stamp, run=run)
            self._changed = True

    def save(self, run_ids: Collection[str]) -> None:
        """Write what was learned since, and forget runs that are not among `run_ids`."""
        there = set(run_ids)
        for gone in set(self._entries) - there:  # taken at once: another thread may add some
            self._entries.pop(gone, None)
            self._changed = True
        if not self._changed:
            return
        content = _File(version=_VERSION, entries=dict(self._entries))
        try:
            with replaced_when_complete(self._path) as temporary:
                temporary.write_text(content.model_dump_json(), encoding="utf-8")
        except FairGenError:
            return


def _entries_of(path: Path) -> dict[str, _Entry]:
    try:
        content = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}
    return content.entries if content.version == _VERSION else {}


def stamp_of(folder: Path) -> Stamp | None:
    """Times and sizes of the files that an entry is made from; None where it is no run folder."""
    parts: list[int] = []
    for name in WATCHED:
        try:
            found = (folder / name).stat()
        except OSError:
            if name in WATCHED[:2]:
                return None
            parts += (0, 0, 0)
        else:
            parts += (found.st_mtime_ns, found.st_ino, found.st_size)
    return tuple(parts)


def summary_of(
    run_id: str, folder: Path, status: RunStatus, config: RunConfig | FairGenError
) -> RunSummary:
    """One line of the list of runs.

    Args:
        run_id: the run.
        folder: its folder.
        status: corrected by whether its process lives.
        config: what it was asked to do, or why that cannot be read.
    """
    shared: dict[str, Any] = status.model_dump(
        include={
            "state", "stage", "fraction", "seconds_left",
            "message", "created", "ended", "resumable",
        }
    )  # fmt: skip
    if isinstance(config, FairGenError):
        shared |= {"state": "failed", "message": f"The run cannot be read: {config}"}
        return RunSummary(id=run_id, name=run_id, task="train", **shared)
    return RunSummary(
        id=run_id,
        name=config.name or title(config),
        task=config.task,
        data=data_name(config),
        seed=config.seed,
        tags=tags_of(folder),
        figures=_figures(read_json(folder / "report.json")) if status.state == "done" else {},
        **shared,
        **choices_shown(config),
    )


def tags_of(folder: Path) -> tuple[str, ...]:
    """The tags that a person gave a run."""
    meta = read_json(folder / "meta.json")
    tags = meta.get("tags", []) if isinstance(meta, dict) else []
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _figures(report: Any) -> dict[str, float]:
    """The listed figures of a report's plain JSON, of its first judge; reading only what is needed
    makes a large report a hundred times cheaper than parsing it in full.
    """
    if not isinstance(report, dict):
        return {}
    measured = report.get("figures")
    if isinstance(measured, dict):
        found = {**measured, "gap": report.get("gap")}
    elif isinstance(measured, list):
        found = {}
        for one in measured:
            if isinstance(one, dict) and isinstance(one.get("metric"), str):
                found.setdefault(one.get("metric"), one.get("synthetic"))
    else:
        return {}
    figures = {key: found[key] for key in FIGURES if isinstance(found.get(key), dict)}
    values = {
        key: _number(one.get("value")) for key, one in figures.items() if not one.get("struck")
    }
    return {key: value for key, value in values.items() if value is not None}


def _number(value: Any) -> float | None:
    """A finite number, or None; a file that was edited by hand may say anything."""
    try:
        number = float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:  # a whole number without end
        return None
    return number if math.isfinite(number) else None
