"""Works on one group of a sweep's members: the same function in a process and as a Ray task."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError, RunError, StoppedError, TrainingDivergedError
from fairgen_core.runs import image_worker, worker
from fairgen_core.runs.status import ENDED, Owner, RunStatus
from fairgen_core.runs.status_file import claimed, live_status, read_status, write_status
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweep_plan import Group, groups
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sharing import Shared
from fairgen_core.sweep_config import Member, MemberConfig
from fairgen_core.synthesizers.fldgm import FLDGM

STOPPED = "The exploration was stopped. Resume it to go on."


@dataclass
class Workplace:
    """What a process that works on groups of one sweep keeps between them.

    Attributes:
        folder: the sweep's.
        owner: whose process this is.
        gpu: the GPU that it may use.
        shared: what members have in common; the data too.
    """

    folder: Path
    owner: Owner = "worker"
    gpu: int | None = None
    shared: Shared = field(default_factory=Shared)

    @property
    def stop(self) -> Path:
        """The file that asks the sweep to stop."""
        return self.folder / "stop"

    def data(self, config: MemberConfig) -> Any:
        """A member's data, read and divided; members that ask for the same share it."""
        raw = config.model_dump(mode="json")
        if isinstance(config, TrainConfig):
            key = json.dumps([raw["data"], raw["roles"]])
            return self.shared.part("input", key, lambda: worker.read_input(config))
        kept = {name: raw[name] for name in ("data", "sensitive", "class_column", "preset")}
        kept["n_images"] = raw["n_images"]
        return self.shared.part(
            "input", json.dumps(kept), lambda: image_worker.read_image_input(config)
        )


def work_on(place: Workplace, group: Group, before: Callable[[], None] = lambda: None) -> None:
    """Train, draw and judge the members of a group that are not done.

    A member that fails is left behind as failed; the others are worked on. One that was begun by a
    process that died is gone on with.

    Args:
        place: the process's.
        group: the members.
        before: called before every member; may raise to stop.

    Raises:
        StoppedError: the sweep was asked to stop.
    """
    runs = RunStore(place.folder / "runs")
    _take_over(place, runs, group)
    for number, (run_id, member) in enumerate(group.members):
        before()
        if place.stop.exists():
            raise StoppedError(STOPPED)
        if not _begin(place, runs, run_id, member):
            continue
        folder = runs.path(run_id)
        within = worker.Within(place.shared, place.stop, group.key if group.same_rows else None)
        try:
            worker.run(folder, place.data(member.config), within=within)
        except StoppedError:
            if not (folder / "stop").exists():
                raise
        except TrainingDivergedError as error:
            if group.same_rows and read_status(folder).stage in {"compression", "generator"}:
                _fail_alike(place, runs, group.members[number + 1 :], str(error))
                return
        except FairGenError as error:
            if read_status(folder).state == "running":  # its data could not even be read
                _end_as_failed(folder, str(error))


def group_of(folder: Path, key: str) -> Group:
    """A group of the sweep in a folder, by its key.

    Raises:
        RunError: there is none.
    """
    store = SweepStore(folder.parent)
    for group in groups(folder.name, store.members(folder.name)):
        if group.key == key:
            return group
    raise RunError(f"The sweep '{folder.name}' must have a group '{key}', and it has none.")


def unfinished(folder: Path, group: Group) -> bool:
    """Whether a member of the group is not done."""
    runs = folder / "runs"
    return any(
        not (runs / i / "config.json").exists() or read_status(runs / i).state != "done"
        for i, _ in group.members
    )


# --- inside ----------------------------------------------------------------------------------


def _begin(place: Workplace, runs: RunStore, run_id: str, member: Member) -> bool:
    """Make a member's folder, or take it up again; False where nothing is left to be done."""
    with runs.lock():
        folder = runs.folder / run_id
        if not (folder / "config.json").exists():
            runs.create(member.config, "command line", run_id)
            status = read_status(folder)
        else:
            status = live_status(folder)
            alive_here = status.state == "running" and status.host == claimed(status, 0).host
            if status.state == "done" or (alive_here and status.pid != os.getpid()):
                return False
            (folder / "stop").unlink(missing_ok=True)
        status = claimed(status, os.getpid(), place.gpu)
        write_status(folder, status.model_copy(update={"owner": place.owner}))
        return True


def _take_over(place: Workplace, runs: RunStore, group: Group) -> None:
    """Take the shared stages from a member that is done already, where there is one."""
    done = [i for i, _ in group.members if (runs.folder / i / "config.json").exists()
            and read_status(runs.folder / i).state == "done"]  # fmt: skip
    if not group.same_rows or not done or len(done) == len(group.members):
        return
    data = place.data(group.members[0][1].config)
    with contextlib.suppress(FairGenError):  # they are made anew
        FLDGM.load(runs.folder / done[0]).give(place.shared, len(data.table.train))


def _fail_alike(
    place: Workplace, runs: RunStore, others: tuple[tuple[str, Member], ...], message: str
) -> None:
    """Members whose shared stage failed would fail in the same way."""
    for run_id, member in others:
        if _begin(place, runs, run_id, member):
            _end_as_failed(runs.path(run_id), message)


def _end_as_failed(folder: Path, message: str) -> None:
    status: RunStatus = read_status(folder)
    if status.state not in ENDED:
        over = {"state": "failed", "message": message, "seconds_left": None, "ended": time.time()}
        write_status(folder, status.model_copy(update=over))
