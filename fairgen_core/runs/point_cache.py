"""A sweep's members with their figures, read from their reports once and kept in one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fairgen_core.config import TrainConfig
from fairgen_core.errors import RunError
from fairgen_core.image_results import OWN_METRICS, ImageReport, every_figure
from fairgen_core.results import MetricInfo, Report
from fairgen_core.runs.files import replaced_when_complete
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.status_file import live_status
from fairgen_core.sweep_config import Member
from fairgen_core.sweep_results import Figures, SweepPoint

_FILE = "points.json"
_ENDED = {"done", "failed", "stopped"}
Points = tuple[SweepPoint, ...]
Metrics = dict[str, MetricInfo]


class _Entry(BaseModel):
    """A member that had ended when it was read; valid while its files stay as they are."""

    stamp: tuple[int, ...]
    point: SweepPoint


class _Cache(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    entries: dict[str, _Entry] = Field(default_factory=dict)
    real: Figures = Field(default_factory=dict)
    metrics: Metrics = Field(default_factory=dict)


_known: dict[Path, tuple[int, _Cache]] = {}
"""What the files held when this process last read or wrote them, by their modification time."""


def read(folder: Path, laid_out: Sequence[tuple[str, Member]]) -> tuple[Points, Figures, Metrics]:
    """Every member's point, the real rows' figures, and what the metrics mean.

    Args:
        folder: the sweep's.
        laid_out: every member with the id of its run.
    """
    cache = _load(folder)
    points, fresh = [], False
    for run_id, member in laid_out:
        run = folder / "runs" / run_id
        stamp = _stamp(run)
        entry = cache.entries.get(run_id)
        if entry is None or entry.stamp != stamp:
            point = _point(run_id, member, run, cache) if stamp else _waiting(run_id, member)
            entry = _Entry(stamp=stamp, point=point)
            if point.state in _ENDED:
                cache.entries[run_id] = entry
                fresh = True
        points.append(entry.point)
    if fresh:
        _keep(folder, cache)
    return tuple(points), cache.real, cache.metrics


def _waiting(run_id: str, member: Member) -> SweepPoint:
    return SweepPoint(member=member.key, run=run_id, settings=member.settings, seed=member.seed)


def _stamp(run: Path) -> tuple[int, ...]:
    """What changes when a member's status or report does; empty before it was begun."""
    found: list[int] = []
    for name in ("status.json", "report.json"):
        try:
            file = (run / name).stat()
        except OSError:
            found.append(0)
        else:
            found += [file.st_mtime_ns, file.st_size]
    return tuple(found) if found[0] else ()


def _point(run_id: str, member: Member, run: Path, cache: _Cache) -> SweepPoint:
    status: RunStatus = live_status(run)
    figures: Figures = {}
    if status.state == "done":
        figures, real, metrics = _figures(run, isinstance(member.config, TrainConfig))
        # Where the real pictures' shares are varied, there is not one real point.
        cache.real = cache.real or ({} if "share" in member.settings else real)
        cache.metrics |= metrics
    return _waiting(run_id, member).model_copy(
        update={
            "state": status.state,
            "message": status.message,
            "seconds": status.seconds_taken,
            "figures": figures,
        }
    )


def _figures(run: Path, of_table: bool) -> tuple[Figures, Figures, Metrics]:
    """Figures of synthetic and of real rows; empty where nothing was measured."""
    try:
        raw = (run / "report.json").read_bytes()
        if of_table:
            report = Report.model_validate_json(raw)
            synthetic: Figures = {}
            real: Figures = {}
            for measured in report.figures:
                for kept, figure in ((synthetic, measured.synthetic), (real, measured.real)):
                    if figure is not None:
                        kept.setdefault(measured.judge, {})[measured.metric] = figure
            return synthetic, real, dict(report.metrics)
        pictures = ImageReport.model_validate_json(raw)
    except (OSError, ValidationError):
        return {}, {}, {}
    every = every_figure(pictures)
    found = {m.metric: m.synthetic for m in every if m.synthetic is not None}
    beside = {m.metric: m.real for m in every if m.real is not None}
    return {"": found}, {"": beside}, {**OWN_METRICS, **pictures.metrics}


def _load(folder: Path) -> _Cache:
    path = folder / _FILE
    try:
        changed = path.stat().st_mtime_ns
        if path in _known and _known[path][0] == changed:
            return _known[path][1]
        cache = _Cache.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return _Cache()
    _known[path] = changed, cache
    return cache


def _keep(folder: Path, cache: _Cache) -> None:
    path = folder / _FILE
    try:
        with replaced_when_complete(path) as temporary:
            temporary.write_text(cache.model_dump_json(), encoding="utf-8")
        _known[path] = path.stat().st_mtime_ns, cache
    except (RunError, OSError):
        return  # A reader that may not write, or a full disk: the points were read all the same.
