"""Sees a sweep through: members by groups, the limit, and how it ended."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError, RunError, StoppedError
from fairgen_core.runs import machine
from fairgen_core.runs.files import in_plain_words
from fairgen_core.runs.handover import asks_on_signals
from fairgen_core.runs.spawning import environment
from fairgen_core.runs.status import Owner
from fairgen_core.runs.sweep_plan import Group, groups, notes_on
from fairgen_core.runs.sweep_status import SweepStatus
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweeping.limits import write_limits
from fairgen_core.sweeping.members import STOPPED, Workplace, group_of, unfinished, work_on
from fairgen_core.sweeping.watching import Echo, Watch


def run(folder: Path, echo: Echo | None = None) -> SweepStatus:
    """Do what is left of a sweep; it must be claimed ('running', by this process) beforehand.

    Args:
        folder: the sweep's.
        echo: told about progress.

    Raises:
        StoppedError: the person asked for a stop; the sweep can be resumed.
        FairGenError: the data cannot be used, or the cluster not reached; a member that fails does
            not end a sweep.
    """
    store = SweepStore(folder.parent)
    config, status = store.config(folder.name), store.status(folder.name)
    laid_out = groups(folder.name, store.members(folder.name))
    watch = Watch(folder, laid_out, status, echo)
    stop = folder / "stop"
    try:
        # A member's own watch stands in front of this one, and tells of it by a `StoppedError`.
        with asks_on_signals(stop.exists, stop.touch), watch:
            place = Workplace(folder, status.owner, status.gpu)
            # What cannot be read fails the sweep, not each of its members.
            data = place.data(config.base)
            if isinstance(config.base, TrainConfig):
                watch.notes = notes_on(config, data.table)
            left = [group for group in laid_out if unfinished(folder, group)]
            _work(place, left, status.ray)
            if isinstance(config.base, TrainConfig) and not (folder / "limits.json").exists():
                write_limits(place, config.base)
    except StoppedError as error:  # it may speak of the member that was worked on
        watch.finish("stopped", STOPPED)
        raise StoppedError(STOPPED) from error
    except KeyboardInterrupt:
        watch.finish("stopped", STOPPED)
        raise
    except FairGenError as error:
        watch.finish("failed", str(error))
        raise
    except Exception as error:
        with contextlib.suppress(OSError), (folder / "log.txt").open("a") as log:
            log.write(traceback.format_exc())
        problem = in_plain_words(error, folder)
        watch.finish("failed", str(problem))
        raise problem from error
    n_left = watch.status.n_members - watch.status.n_done - watch.status.n_failed
    if n_left:
        problem = RunError(
            f"Every member should have been worked on, and {n_left} could not be finished: their "
            "workers were lost. Resume the exploration to go on."
        )
        watch.finish("failed", str(problem))
        raise problem
    found = watch.finish("done", _failures(watch.status))
    store.results(folder.name)  # so that whoever looks next need not read every report
    return found


def run_group(folder: Path, key: str, owner: Owner = "worker") -> None:
    """Work on one group in a process of its own.

    Raises:
        StoppedError: the sweep was asked to stop.
    """
    torch.set_num_threads(machine.n_threads())
    work_on(Workplace(folder, owner), group_of(folder, key))


def _work(place: Workplace, left: Sequence[Group], ray: str) -> None:
    """Work on groups: on Ray, one after the other here, or in as many processes as have slots."""
    n_slots = min(machine.n_slots(), len(left))
    if ray:
        from fairgen_core.sweeping.cluster import run_on_ray

        run_on_ray(place.folder, left, ray)
    elif n_slots > 1:
        _in_processes(place.folder, left, n_slots)
    else:
        for group in left:
            work_on(place, group)
    if place.stop.exists():
        raise StoppedError(STOPPED)


def _in_processes(folder: Path, left: Sequence[Group], n_slots: int) -> None:
    """Each group in a process of its own, as many at a time as there are slots."""
    free, lock = list(machine.gpus()), threading.Lock()

    def work(group: Group) -> None:
        if (folder / "stop").exists():
            return
        with lock:
            gpu = free.pop() if free else None
        surroundings = environment()
        if gpu is not None:
            surroundings["CUDA_VISIBLE_DEVICES"] = gpu
        worker = ("fairgen_core.startup", "fairgen_core.sweeping.worker")
        command = [sys.executable, "-m", *worker, str(folder), group.key]
        with (folder / "log.txt").open("ab") as log:
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings,
                check=False,
            )  # fmt: skip
        if gpu is not None:
            with lock:
                free.append(gpu)

    with ThreadPoolExecutor(n_slots) as pool:
        list(pool.map(work, left))


def _failures(status: SweepStatus) -> str:
    if not status.n_failed:
        return ""
    return (
        f"{status.n_failed} of {status.n_members} members failed; each says why. Put "
        "that right where you can, and resume the exploration to try them again."
    )
