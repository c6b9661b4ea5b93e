"""The queue and real worker processes, on a simulated table that trains in seconds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from fairgen_core.config import (
    AuditConfig,
    CompressionConfig,
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.errors import ConfigError, RunError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig
from fairgen_core.runs import launcher, machine, spawning
from fairgen_core.runs.samples import read_samples
from fairgen_core.runs.store import RunStore

DATA = DataConfig(source="hiring", options={"n_rows": 400})
ROLES = RolesConfig(sensitive=("gender",), target="hired", positive="yes")
PATIENCE_SECONDS = 120.0


def training(epochs: int = 2, **changes: object) -> TrainConfig:
    return TrainConfig(
        data=DATA,
        roles=ROLES,
        fairness=FairnessConfig(target="none"),
        generator=GeneratorConfig(n_components=2, n_steps=3),
        compression=CompressionConfig(epochs=epochs, width=32),
        preset="quick",
        evaluate=False,
        **changes,
    )


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("FAIRGEN_SLOTS", "1")
    store = RunStore()
    yield store
    for run in store.list():
        status = store.status(run.id)
        if status.state == "running" and status.pid and status.owner == "worker":
            os.kill(status.pid, signal.SIGKILL)


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ended(store: RunStore, run_id: str) -> Callable[[], bool]:
    return lambda: not store.status(run_id).active


def rows(store: RunStore, run_id: str) -> pd.DataFrame:
    path, schema = store.samples_path(run_id), store.schema(run_id)
    assert path is not None
    assert schema is not None
    return read_samples(path, schema)


@pytest.mark.slow
def test_a_run_is_done_by_a_process_of_its_own(store: RunStore) -> None:
    run_id = store.create(training())
    status = launcher.start(store, run_id)
    assert status.state == "running"
    assert status.pid is not None
    assert os.getsid(status.pid) == status.pid
    wait_until(ended(store, run_id))
    status = store.status(run_id)
    assert status.state == "done", store.log_tail(run_id)
    assert status.fraction == 1.0
    assert status.n_rows == 280
    assert status.versions["torch"]
    assert not status.resumable
    assert len(rows(store, run_id)) == 280
    stages = list(dict.fromkeys(event.stage for event in store.progress(run_id)))
    assert stages == ["read", "compression", "labels", "generator", "decode"]
    overall = [event.overall for event in store.progress(run_id)]
    assert overall == sorted(overall)
    preview = store.preview(run_id)
    assert preview is not None
    assert "hired" in preview["columns"]
    assert 0 < len(preview["rows"]) <= 50
    left = {p.name for p in store.path(run_id).iterdir()}
    assert "checkpoint.pt" not in left
    assert not [name for name in left if name.endswith(".tmp")]


@pytest.mark.parametrize(
    ("changes", "small"),
    [
        ({"preset": "instant"}, True),
        ({"preset": "instant", "synthesizer": "fldgm"}, True),
        ({"preset": "standard"}, True),
        ({"preset": "thorough", "synthesizer": "cgan", "class_column": "digit"}, True),
        ({"preset": "standard", "synthesizer": "fldgm"}, False),
        ({"preset": "standard", "gan": {"network": "conv"}}, False),
        ({"preset": "standard", "data": {"size": 28}}, False),
        ({"preset": "paper"}, False),
    ],
)
def test_small_networks_have_one_thread(
    changes: dict[str, Any], small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    data = {"source": "digits", "groups": "background", **changes.get("data", {})}
    config = ImageTrainConfig.model_validate({**changes, "data": data})
    assert machine.threads_for(config) == (1 if small else 3)
    assert machine.slot_share(config) == (0.5 if small else 1.0)


@pytest.mark.slow
def test_two_instant_trainings_on_pictures_run_side_by_side(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    instant = ImageTrainConfig(
        data=ImageDataConfig(source="digits", groups="background"), preset="instant"
    )
    ids = [store.create(instant.model_copy(update={"seed": seed})) for seed in range(3)]
    states = [launcher.start(store, run_id).state for run_id in ids]
    assert states == ["running", "running", "queued"]
    assert launcher.start(store, store.create(training())).state == "queued"
    for run in store.list():
        launcher.stop(store, run.id)
    wait_until(lambda: not any(store.status(run.id).active for run in store.list()))


@pytest.mark.slow
def test_the_second_run_waits_and_starts_when_the_first_ends(store: RunStore) -> None:
    first, second = store.create(training()), store.create(training(seed=1))
    launcher.start(store, first)
    assert launcher.start(store, second).state == "queued"
    # Nobody ticks here any more: the first worker starts the second run itself.
    wait_until(ended(store, second))
    assert [store.status(i).state for i in (first, second)] == ["done", "done"]
    assert store.status(second).started > store.status(first).ended


@pytest.mark.slow
def test_an_audit_does_not_wait_for_a_training(store: RunStore) -> None:
    long = store.create(training(epochs=1000))
    launcher.start(store, long)
    audit = store.create(AuditConfig(data=DATA, roles=ROLES))
    assert launcher.start(store, audit).state == "running"
    wait_until(ended(store, audit))
    assert store.status(audit).state == "done", store.log_tail(audit)
    report = store.report(audit)
    assert report is not None
    assert report.kind == "audit"
    assert store.status(long).state == "running"


@pytest.mark.slow
def test_a_waiting_run_is_stopped_at_once_and_can_be_resumed(store: RunStore) -> None:
    first, second = store.create(training(epochs=1000)), store.create(training())
    launcher.start(store, first)
    launcher.start(store, second)
    launcher.stop(store, second)
    assert store.status(second).state == "stopped"
    assert launcher.resume(store, second).state == "queued"
    launcher.stop(store, first)
    wait_until(ended(store, second))
    assert store.status(first).state == "stopped"
    assert store.status(second).state == "done"


@pytest.mark.slow
def test_stopped_and_resumed_gives_the_same_rows(store: RunStore) -> None:
    whole, parted = store.create(training(epochs=150)), store.create(training(epochs=150))
    launcher.start(store, parted)
    wait_until(lambda: store.status(parted).stage == "compression")
    wait_until((store.path(parted) / "checkpoint.pt").exists)
    launcher.stop(store, parted)
    wait_until(ended(store, parted))
    status = store.status(parted)
    assert status.state == "stopped"
    assert status.resumable
    launcher.resume(store, parted)
    wait_until(ended(store, parted))
    wait_until(ended(store, whole))
    assert store.status(parted).state == "done", store.log_tail(parted)
    pd.testing.assert_frame_equal(rows(store, parted), rows(store, whole))


@pytest.mark.slow
def test_a_killed_worker_is_shown_as_failed_and_its_resume_gives_the_same_rows(
    store: RunStore,
) -> None:
    killed, whole = store.create(training(epochs=150)), store.create(training(epochs=150))
    pid = launcher.start(store, killed).pid
    assert pid is not None
    wait_until((store.path(killed) / "checkpoint.pt").exists)
    os.kill(pid, signal.SIGKILL)
    wait_until(ended(store, killed))
    status = store.status(killed)
    assert status.state == "failed"
    assert status.resumable
    assert "killed from outside" in status.message
    assert store.samples_path(killed) is None
    launcher.resume(store, killed)
    wait_until(ended(store, killed))
    launcher.tick(store)
    wait_until(ended(store, whole))
    assert store.status(killed).state == "done", store.log_tail(killed)
    pd.testing.assert_frame_equal(rows(store, killed), rows(store, whole))


@pytest.mark.slow
def test_a_worker_that_does_not_listen_is_killed(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawning, "TERMINATE_AFTER_SECONDS", 0.2)
    monkeypatch.setattr(spawning, "KILL_AFTER_SECONDS", 0.4)
    run_id = store.create(training(epochs=1000))
    pid = launcher.start(store, run_id).pid
    assert pid is not None
    psutil.Process(pid).suspend()
    launcher.stop(store, run_id)
    wait_until(ended(store, run_id))
    assert store.status(run_id).state == "stopped"


@pytest.mark.slow
def test_a_failed_run_says_why_in_plain_words(store: RunStore, tmp_path: Path) -> None:
    data = DataConfig(source=str(tmp_path / "gone.csv"))
    run_id = store.create(TrainConfig(data=data, roles=ROLES))
    launcher.start(store, run_id)
    wait_until(ended(store, run_id))
    status = store.status(run_id)
    assert status.state == "failed"
    assert "gone.csv" in status.message
    assert "Traceback" not in status.message + store.log_tail(run_id)


def test_two_ticks_at_once_start_a_run_once(store: RunStore) -> None:
    import threading

    runs = [store.create(training(seed=i)) for i in range(3)]
    threads = [threading.Thread(target=launcher.tick, args=(store,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(store.status(i).state == "running" for i in runs) == 1
    for run_id in runs[::-1]:
        launcher.stop(store, run_id)


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_an_ended_run_is_resumed(store: RunStore, state: str) -> None:
    run_id = store.create(training(), owner="notebook")
    store.set_status(run_id, store.status(run_id).model_copy(update={"state": state}))
    with pytest.raises(RunError, match=state):
        launcher.resume(store, run_id)


def test_stopping_a_notebook_never_signals_it(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawning, "TERMINATE_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(spawning, "KILL_AFTER_SECONDS", 0.1)
    run_id = store.create(training(), owner="notebook")
    launcher.stop(store, run_id)
    time.sleep(0.3)
    launcher.tick(store)
    assert store.status(run_id).stopping  # and this process is still here


def test_slots_are_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRGEN_SLOTS", "3")
    assert machine.n_slots() == 3
    monkeypatch.setenv("FAIRGEN_SLOTS", "many")
    with pytest.raises(ConfigError, match="whole number"):
        machine.n_slots()
    monkeypatch.delenv("FAIRGEN_SLOTS")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert machine.n_slots() == 2
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert machine.n_slots() == max(1, machine.n_cores() // 4)
