"""Starts, stops and resumes runs as processes of their own.

The queue is the folder: a run whose status is 'queued' waits. `tick` gives free slots to the
oldest ones; the dashboard calls it now and then, and every worker when it ends. Trainings share
`machine.n_slots` slots; audits, which are short and which a person waits for, have one of their
own. All changes of ownership happen under the store's lock; a worker works only while the status
file names its process, so no run is ever worked on twice.
"""

from __future__ import annotations

import threading
import time

from fairgen_core.config import AuditConfig
from fairgen_core.errors import FairGenError, RunError
from fairgen_core.runs import machine, spawning, sweep_launcher
from fairgen_core.runs.files import disk_problem
from fairgen_core.runs.spawning import collect, press, spawn
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.status_file import claimed, read_status
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore

AUDIT_SLOTS = 1


def start(store: RunStore, run_id: str) -> RunStatus:
    """Queue a run that was just created (it is queued already) and start it if a slot is free."""
    tick(store)
    return store.status(run_id)


def resume(store: RunStore, run_id: str) -> RunStatus:
    """Queue a stopped or failed run again; it goes on from its last checkpoint.

    Raises:
        RunError: the run is waiting, running or done.
    """
    with store.lock():
        take_up_again(store, run_id)
    tick(store)
    return store.status(run_id)


def take_up_again(store: RunStore, run_id: str) -> RunStatus:
    """Set an ended run to 'queued' and forget its stop; the caller holds the store's lock.

    Raises:
        RunError: the run is waiting, running or done, or belongs to a sweep.
    """
    if store.path(run_id).parent != store.folder:
        raise RunError(
            f"Only a run of its own can be resumed, and '{run_id}' belongs to the exploration "
            f"'{store.path(run_id).parents[1].name}'. Resume the exploration."
        )
    status = store.status(run_id)
    if status.state not in {"stopped", "failed"}:
        raise RunError(
            f"Only a stopped or failed run can be resumed, and '{run_id}' is {status.state}."
        )
    (store.path(run_id) / "stop").unlink(missing_ok=True)
    status = status.model_copy(
        update={"state": "queued", "message": "", "ended": None, "owner": "worker", "pid": None}
    )
    store.set_status(run_id, status)
    return status


def stop(store: RunStore, run_id: str) -> None:
    """Ask a run to stop, and see to it in the background: a file, then SIGTERM, then SIGKILL.

    Returns at once. A waiting run is stopped on the spot; an ended one is left as it is.
    """
    with store.lock():
        status = store.status(run_id)
        if status.state == "queued":
            message = "The run was stopped before it started. Resume it to start it."
            store.set_status(
                run_id,
                status.model_copy(
                    update={"state": "stopped", "message": message, "ended": time.time()}
                ),
            )
            return
        if status.state != "running":
            return
        path = store.path(run_id) / "stop"
        try:
            path.touch(exist_ok=True)
        except OSError as error:
            raise disk_problem(error, path) from error
    threading.Thread(target=_see_to_stop, args=(store, run_id), daemon=True).start()


def tick(store: RunStore) -> None:
    """Give free slots to waiting runs, oldest first, and press on with overdue stops.

    Cheap when nothing waits; safe to call from any number of processes.
    """
    collect()
    sweeps = SweepStore.beside(store)
    waiting = [s for s in store.list() if s.state in {"queued", "running"}]
    for summary in waiting:
        if summary.state == "running":
            _press_on(store, summary.id)
    sweep_launcher.press_on(sweeps)
    if any(s.state == "queued" for s in waiting):
        with store.lock():
            _give_slots(store, sweep_launcher.n_slots_taken(sweeps))
    if sweep_launcher.any_waits(sweeps):
        n_running = sum(s.task != "audit" for s in store.list() if s.state == "running")
        sweep_launcher.give_slots(sweeps, machine.n_slots() - n_running)


def _give_slots(store: RunStore, n_taken: int) -> None:
    """Start waiting runs while slots are free; `n_taken` are sweeps'. The lock is held."""
    active = [s for s in store.list() if s.state in {"queued", "running"}]
    running = {s.id: store.status(s.id) for s in active if s.state == "running"}
    free = {True: float(AUDIT_SLOTS), False: float(machine.n_slots() - n_taken)}
    for summary in active:
        if summary.id in running:
            free[summary.task == "audit"] -= machine.slot_share(store.config(summary.id))
    gpus = set(range(machine.n_gpus())) - {status.gpu for status in running.values()}
    for summary in reversed(active):
        if summary.state != "queued":
            continue
        config = store.config(summary.id)
        share = machine.slot_share(config)
        if free[summary.task == "audit"] < share:
            continue
        on_gpu = not isinstance(config, AuditConfig) and config.device != "cpu" and gpus
        _spawn(store, summary.id, min(gpus) if on_gpu else None)
        gpus -= {store.status(summary.id).gpu}
        free[summary.task == "audit"] -= share


def _spawn(store: RunStore, run_id: str, gpu: int | None) -> None:
    """Start a worker and write its process into the status, which is what it waits for."""
    folder = store.path(run_id)
    n_own = 1 if machine.is_small(store.config(run_id)) else None
    child = spawn("fairgen_core.runs.worker", folder, n_own)
    try:
        store.set_status(run_id, claimed(read_status(folder), child.pid, gpu))
    except FairGenError:
        child.kill()
        raise


def _press_on(store: RunStore, run_id: str) -> None:
    """Signal a process that was asked to stop too long ago; a notebook is never signalled."""
    press(store.path(run_id))


def _see_to_stop(store: RunStore, run_id: str) -> None:
    """Wait for a stop to happen, pressing on when it is overdue, then let the next run start."""
    deadline = time.monotonic() + spawning.KILL_AFTER_SECONDS + 5.0
    try:
        while time.monotonic() < deadline and store.status(run_id).state == "running":
            time.sleep(0.5)
            _press_on(store, run_id)
        tick(store)
    except FairGenError:
        return  # The run's folder is gone: there is nothing left to stop.
