"""Starts, stops and resumes sweeps as processes of their own.

A sweep takes one of the trainings' slots while it works, and uses all that are free for its members
(`sweeping.driver`); one on Ray takes none. The queue is the folder, as it is for runs:
`launcher.tick` gives slots to runs first, then to sweeps.
"""

from __future__ import annotations

import time

from fairgen_core.errors import FairGenError, RunError
from fairgen_core.runs.files import disk_problem
from fairgen_core.runs.spawning import press, spawn
from fairgen_core.runs.status_file import claimed
from fairgen_core.runs.sweep_status import SweepStatus, check_ray_address
from fairgen_core.runs.sweeps import SweepStore, as_sweep


def take_up_again(store: SweepStore, sweep_id: str, ray: str | None = None) -> SweepStatus:
    """Set an ended sweep to 'queued' and forget its stop; `launcher.tick` starts it.

    Args:
        store: the sweeps.
        sweep_id: the sweep.
        ray: the address of the Ray cluster that goes on with it; "": this machine; None: what
            worked on it before.

    Raises:
        ConfigError: the address is none; nothing is changed then.
        RunError: it waits or runs, or every member is done.
    """
    address = {} if ray is None else {"ray": check_ray_address(ray.strip())}
    with store.lock():
        status = store.status(sweep_id)
        if status.active or not status.resumable:
            raise RunError(
                "Only an exploration that was stopped or has failed members can be resumed, and "
                f"'{sweep_id}' is {status.state}."
            )
        (store.path(sweep_id) / "stop").unlink(missing_ok=True)
        changes = {"state": "queued", "message": "", "ended": None, "owner": "worker", "pid": None}
        changes |= address
        # How far it is will be counted anew: members that failed are tried again.
        status = status.model_copy(update={**changes, "fraction": 0.0})
        store.set_status(sweep_id, status)
    return status


def stop(store: SweepStore, sweep_id: str) -> None:
    """Ask a sweep to stop: the member that is being worked on first. Returns at once.

    A waiting one is stopped on the spot; an ended one is left as it is. `launcher.tick` presses on
    where it takes too long.
    """
    with store.lock():
        status = store.status(sweep_id)
        if status.state == "queued":
            message = "The exploration was stopped before it started. Resume it to start it."
            changes = {"state": "stopped", "message": message, "ended": time.time()}
            store.set_status(sweep_id, status.model_copy(update=changes))
        elif status.state == "running":
            path = store.path(sweep_id) / "stop"
            try:
                path.touch(exist_ok=True)
            except OSError as error:
                raise disk_problem(error, path) from error


def press_on(store: SweepStore) -> None:
    """Signal sweeps that were asked to stop too long ago."""
    for sweep_id, status in store.active().items():
        if status.state == "running":
            press(store.path(sweep_id))


def any_waits(store: SweepStore) -> bool:
    """Whether a sweep is queued."""
    return any(status.state == "queued" for status in store.active().values())


def n_slots_taken(store: SweepStore) -> int:
    """Slots of this machine that running sweeps take."""
    return sum(s.state == "running" and not s.ray for s in store.active().values())


def give_slots(store: SweepStore, n_free: int) -> None:
    """Start waiting sweeps, oldest first, while slots are free; one on Ray needs none.

    Args:
        store: the sweeps.
        n_free: slots that no run has.
    """
    with store.lock():
        n_free -= n_slots_taken(store)
        for sweep_id, status in reversed(store.active().items()):
            if status.state == "queued" and (status.ray or n_free > 0):
                n_free -= not status.ray
                _spawn(store, sweep_id)


def _spawn(store: SweepStore, sweep_id: str) -> None:
    """Start a worker and write its process into the status, which is what it waits for."""
    child = spawn("fairgen_core.sweeping.worker", store.path(sweep_id))
    try:
        store.set_status(sweep_id, as_sweep(claimed(store.status(sweep_id), child.pid)))
    except FairGenError:
        child.kill()
        raise
