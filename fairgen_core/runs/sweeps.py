"""Sweep folders: a sweep is a folder of run folders. Loads neither torch nor scikit-learn.

```
sweeps/<id>/
  sweep.json          a SweepConfig
  status.json         a SweepStatus
  progress.jsonl      as a run's; `stage` is a member's stage, `overall` of the whole sweep
  runs/<member>/      an ordinary run folder, made when its work begins
  limits.json         what a scorer of the real rows attains at each parity (LimitPoint)
  points.json         what `results` has read from the members' reports so far
  log.txt, stop
```
A member's run id is the sweep's second and the member's key, so that `RunStore` finds it by its id.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from fairgen_core.errors import FairGenError, RunError
from fairgen_core.runs import point_cache
from fairgen_core.runs.files import last_lines, locked, plain_disk_errors, read_json, write_json
from fairgen_core.runs.names import (
    MAX_NAME,
    RUN_ID,
    SECOND_CHARS,
    data_name,
    new_sweep_id,
    one_line,
)
from fairgen_core.runs.status import Owner, ProgressEvent
from fairgen_core.runs.status_file import (
    claimed,
    live_status,
    plain,
    read_events,
    write_status,
)
from fairgen_core.runs.store import SWEEPS, RunStore, home
from fairgen_core.runs.sweep_status import SweepStatus, SweepSummary, check_ray_address
from fairgen_core.runs.trash import take_back, throw_away
from fairgen_core.sweep_config import Member, SweepConfig, members, read_sweep, with_more_seeds
from fairgen_core.sweep_results import LimitPoint, SweepResults

_LIMITS: TypeAdapter[tuple[LimitPoint, ...]] = TypeAdapter(tuple[LimitPoint, ...])

Summaries = list[SweepSummary]
Members = list[Member]
Events = list[ProgressEvent]
Ids = list[str]


class SweepStore:
    """The sweeps in a folder.

    Args:
        folder: where the sweep folders lie; None: ``sweeps`` in `home()`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder).expanduser().absolute() if folder else home() / SWEEPS

    @classmethod
    def beside(cls, runs: RunStore) -> SweepStore:
        """The sweeps of the home that a store of runs belongs to."""
        return cls(runs.folder.parent / SWEEPS)

    # --- making and finding ------------------------------------------------------------------

    def create(self, config: SweepConfig, owner: Owner = "worker", ray: str = "") -> str:
        """Make a sweep's folder and return its id.

        Args:
            config: what is to be done.
            owner: ``worker``: it is queued for `launcher.tick`; otherwise it belongs to the calling
                process from the start.
            ray: the address of a Ray cluster that is to work on it.

        Raises:
            ConfigError: a combination of values is impossible, or the address is none.
            RunError: the folder cannot be written.
        """
        check_ray_address(ray)
        now = time.time()
        status = SweepStatus(
            created=now, updated=now, owner=owner, n_members=len(members(config)), ray=ray
        )
        if owner != "worker":
            status = as_sweep(claimed(status, os.getpid()))
        with self.lock():
            sweep_id = new_sweep_id(config.base)
            # Members are found by the sweep's second: no two sweeps may share one.
            while any(self.folder.glob(f"{sweep_id[:SECOND_CHARS]}-*")):
                time.sleep(0.1)
                sweep_id = new_sweep_id(config.base)
            unseen = self.folder / f".new-{sweep_id}"
            with plain_disk_errors(unseen):
                (unseen / "runs").mkdir(parents=True)
                try:
                    write_json(unseen / "sweep.json", config.model_dump(mode="json"))
                    write_json(unseen / "status.json", plain(status))
                    unseen.rename(self.folder / sweep_id)
                except BaseException:
                    shutil.rmtree(unseen, ignore_errors=True)
                    raise
        return sweep_id

    def path(self, sweep_id: str) -> Path:
        """The folder of an existing sweep.

        Raises:
            RunError: the id is not one of ours, or there is no such sweep.
        """
        folder = self.folder / sweep_id
        if RUN_ID.fullmatch(sweep_id) and (folder / "sweep.json").is_file():
            return folder
        raise RunError(
            f"There must be a sweep named '{sweep_id[:120]}', and '{self.folder}' has none. "
            "List the sweeps to see their names."
        )

    def ids(self) -> Ids:
        """The ids of all sweeps, newest second first."""
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_dir()]
        except OSError:
            return []
        return sorted(filter(RUN_ID.fullmatch, names), reverse=True)

    def list(self) -> Summaries:
        """A summary of every sweep, newest first; unreadable ones are shown as failed."""
        found = [summary for i in self.ids() if (summary := self._summary(i)) is not None]
        return sorted(found, key=lambda s: (s.created, s.id), reverse=True)

    def active(self) -> dict[str, SweepStatus]:
        """Status by id of every sweep that waits or works, newest first; cheap."""
        found = {}
        for sweep_id in self.ids():
            with suppress(RunError):  # deleted since
                status = self.status(sweep_id)
                if status.active:
                    found[sweep_id] = status
        return found

    # --- reading -----------------------------------------------------------------------------

    def config(self, sweep_id: str) -> SweepConfig:
        """What the sweep was asked to do.

        Raises:
            RunError: there is no such sweep.
            ConfigError: its configuration was damaged.
        """
        path = self.path(sweep_id) / "sweep.json"
        with plain_disk_errors(path):
            raw = path.read_bytes()
        return read_sweep(raw)

    def status(self, sweep_id: str) -> SweepStatus:
        """How far the sweep is, corrected by whether its process lives."""
        folder = self.path(sweep_id)
        raw = read_json(folder / "status.json")
        own = raw if isinstance(raw, dict) else {}
        run = live_status(folder)
        try:
            status = as_sweep({**own, **run.model_dump()})
        except ValidationError:  # damaged where only a sweep says something
            status = as_sweep(run)
        unfinished = status.state in {"failed", "stopped"} or status.n_failed > 0
        return status.model_copy(update={"resumable": unfinished and not status.active})

    def members(self, sweep_id: str) -> Members:
        """Every training of the sweep, whether begun or not, in order."""
        return members(self.config(sweep_id))

    def runs(self, sweep_id: str) -> RunStore:
        """The members' run folders as a store of runs."""
        return RunStore(self.path(sweep_id) / "runs")

    @staticmethod
    def run_id(sweep_id: str, member: Member) -> str:
        """The id of a member's run."""
        return f"{sweep_id[:SECOND_CHARS]}-{member.key}"

    def results(self, sweep_id: str) -> SweepResults:
        """Every member with its figures so far, the real rows' figures and the limit.

        Reports that were read before are not read again (``points.json``): a thousand members are
        there in well under a second.
        """
        folder, config = self.path(sweep_id), self.config(sweep_id)
        laid_out = [(self.run_id(sweep_id, member), member) for member in members(config)]
        points, real, metrics = point_cache.read(folder, laid_out)
        return SweepResults(
            task=config.base.task, points=points, real=real, limits=_limits(folder), metrics=metrics
        )

    def progress(self, sweep_id: str, after_line: int = 0) -> Events:
        """The sweep's progress events from line `after_line` (counted from 0) on."""
        return read_events(self.path(sweep_id) / "progress.jsonl", after_line)

    def log_tail(self, sweep_id: str, n_lines: int = 40) -> str:
        """The end of the worker's log."""
        return "\n".join(last_lines(self.path(sweep_id) / "log.txt", n_lines))

    # --- changing ----------------------------------------------------------------------------

    def set_status(self, sweep_id: str, status: SweepStatus) -> None:
        """Write a sweep's status; only for whoever owns it at that moment."""
        write_status(self.path(sweep_id), status)

    def rename(self, sweep_id: str, name: str) -> None:
        """Give a sweep a name to be shown; its id, folder and members stay."""
        config = self.config(sweep_id).model_copy(update={"name": one_line(name)[:MAX_NAME]})
        write_json(self.path(sweep_id) / "sweep.json", config.model_dump(mode="json"))

    def extend(self, sweep_id: str, n_seeds: int) -> None:
        """Give an ended sweep more seeds; `sweep_launcher.take_up_again` queues it then.

        Args:
            sweep_id: the sweep.
            n_seeds: how many it shall have in all.

        Raises:
            ConfigError: it has as many already.
            RunError: it waits or runs.
        """
        config = with_more_seeds(self.config(sweep_id), n_seeds)
        with self.lock():
            status = self.status(sweep_id)
            if status.active:
                raise RunError(
                    f"An exploration must have ended before it gets more seeds, and "
                    f"'{sweep_id}' is {status.state}. Wait for it, or stop it first."
                )
            write_json(self.path(sweep_id) / "sweep.json", config.model_dump(mode="json"))
            self.set_status(
                sweep_id,
                status.model_copy(
                    update={
                        "state": "stopped",
                        "message": "More seeds were added. Resume the exploration to do them.",
                        "n_members": len(members(config)),
                        "fraction": status.n_done / max(1, len(members(config))),
                    }
                ),
            )

    def delete(self, sweep_id: str) -> None:
        """Move a sweep with all its runs to the trash, where `undelete` finds it for a week.

        Raises:
            RunError: it is running, or there is no such sweep.
        """
        folder = self.path(sweep_id)
        with self.lock():
            if self.status(sweep_id).state == "running":
                raise RunError(
                    f"An exploration must have ended before it is deleted, and '{sweep_id}' is "
                    "running. Stop it first."
                )
            throw_away(folder)

    def undelete(self, sweep_id: str) -> None:
        """Bring a deleted sweep back. One that was waiting comes back as stopped."""
        take_back(self.folder / sweep_id, "sweep")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store's lock: one process (and thread) at a time changes who owns a sweep."""
        with locked(self.folder):
            yield

    # --- inside ------------------------------------------------------------------------------

    def _summary(self, sweep_id: str) -> SweepSummary | None:
        try:
            status = self.status(sweep_id)
        except RunError:
            return None
        shown = status.model_dump(
            include=set(SweepSummary.model_fields) & set(SweepStatus.model_fields)
        )
        shown["state"] = status.outcome
        try:
            config = self.config(sweep_id)
        except FairGenError as error:
            shown |= {"state": "failed", "message": f"The exploration cannot be read: {error}"}
            return SweepSummary(id=sweep_id, name=sweep_id, **shown)
        return SweepSummary(
            id=sweep_id,
            name=config.name or sweep_title(config),
            task=config.base.task,
            data=data_name(config.base),
            varied=tuple(axis.name for axis in config.vary),
            n_seeds=len(config.seeds),
            **shown,
        )


def sweep_title(config: SweepConfig) -> str:
    """A name for a sweep that was given none."""
    varied = " x ".join(f"{len(a.values)} {_plural(a.name, len(a.values))}" for a in config.vary)
    seeds = f"{len(config.seeds)} seed{'s' if len(config.seeds) > 1 else ''}"
    return ", ".join(filter(None, [data_name(config.base), varied, seeds]))


def _plural(axis: str, n: int) -> str:
    """What an axis' values are called in a name: ``targets`` for ``fairness``, ``seeds``."""
    known = {"fairness": "target", "enforce": "enforcement", "preset": "preset"}
    word = known.get(axis, axis.replace("_", " "))
    return word if n == 1 or word.endswith("s") else f"{word}s"


def as_sweep(status: object) -> SweepStatus:
    """A status, or its plain content, as a sweep's."""
    raw = status.model_dump() if hasattr(status, "model_dump") else status
    return SweepStatus.model_validate(raw)


def _limits(folder: Path) -> tuple[LimitPoint, ...]:
    try:
        return _LIMITS.validate_json((folder / "limits.json").read_bytes())
    except (OSError, ValidationError):
        return ()
