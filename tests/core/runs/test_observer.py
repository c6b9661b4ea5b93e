from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fairgen_core.config import DataConfig, RolesConfig, TrainConfig
from fairgen_core.errors import RunError
from fairgen_core.runs.observer import FileObserver
from fairgen_core.runs.store import RunStore


class Checkpoints:
    """Writes a checkpoint as JSON and counts how often it was asked to."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.n_written, self.seconds = 0, seconds

    def __call__(self, state: dict[str, Any], path: Path) -> None:
        self.n_written += 1
        time.sleep(self.seconds)
        path.write_text(json.dumps(state))


@pytest.fixture
def run() -> tuple[RunStore, str]:
    store = RunStore()
    config = TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
    )
    return store, store.create(config, owner="notebook")


def observer(run: tuple[RunStore, str], **options: Any) -> FileObserver:
    store, run_id = run
    save = options.pop("save", Checkpoints())
    return FileObserver(store.path(run_id), store.status(run_id), save, **options)


def test_the_whole_is_weighed_by_expected_seconds(run: tuple[RunStore, str]) -> None:
    watcher = observer(run)
    watcher.expect({"read": 1.0, "compression": 6.0, "generator": 3.0})
    watcher.on_progress("read", 1.0)
    watcher.on_progress("compression", 0.5)
    assert run[0].status(run[1]).fraction == pytest.approx(0.4)
    watcher.on_progress("generator", 0.0)
    assert run[0].status(run[1]).fraction == pytest.approx(0.7)
    watcher.on_progress("generator", 1.0)
    assert run[0].status(run[1]).fraction < 1.0
    watcher.finish("done")
    assert run[0].status(run[1]).fraction == 1.0
    assert [e.overall for e in run[0].progress(run[1])] == pytest.approx([0.1, 0.4, 0.7, 0.999])


def test_time_left_follows_the_speed_that_was_seen(run: tuple[RunStore, str]) -> None:
    watcher = observer(run)
    # The cost model says .1 s in all; half of it takes .4 s: about as much again is left.
    watcher.expect({"read": 0.05, "generator": 0.05})
    time.sleep(0.4)
    watcher.on_progress("read", 1.0)
    left = watcher.status.seconds_left
    assert left is not None
    assert 0.2 < left < 0.8


def test_a_slow_machine_is_expected_to_stay_slow(run: tuple[RunStore, str]) -> None:
    watcher = observer(run)
    watcher.expect({"read": 10.0, "generator": 90.0}, speed=3.0)
    watcher.on_progress("read", 0.0)
    assert watcher.status.seconds_left == pytest.approx(300.0, rel=0.1)


def test_a_resumed_stage_counts_only_what_was_done_here(run: tuple[RunStore, str]) -> None:
    watcher = observer(run, resumed=True)
    watcher.expect({"read": 1.0, "generator": 99.0})
    watcher.on_progress("generator", 0.8)
    left = watcher.status.seconds_left
    assert left == pytest.approx(0.198 * 100.0, rel=0.1)


def test_events_are_a_few_a_second_whatever_the_training_does(run: tuple[RunStore, str]) -> None:
    watcher = observer(run)
    watcher.expect({"generator": 1.0})
    for i in range(2000):
        watcher.on_progress("generator", i / 2001, losses={"loss": 1.0, "odd": float("nan")})
    events = run[0].progress(run[1])
    assert len(events) < 20
    assert events[0].losses == {"loss": 1.0}
    watcher.on_progress("generator", 0.9999, figures={"preview_dp": 0.1})
    assert run[0].progress(run[1])[-1].figures == {"preview_dp": 0.1}


def test_a_preview_holds_every_kind_of_value(run: tuple[RunStore, str]) -> None:
    rows = pd.DataFrame(
        {
            "word": pd.Series(["a", None], dtype=object),
            "whole": pd.Series([1, pd.NA], dtype="Int64"),
            "decimal": [0.5, float("nan")],
            "time": pd.to_datetime(["2024-01-05 10:00", None]),
        }
    )
    observer(run).on_preview(rows)
    assert run[0].preview(run[1]) == {
        "columns": ["word", "whole", "decimal", "time"],
        "rows": [["a", 1, 0.5, "2024-01-05 10:00:00"], [None, None, None, None]],
    }


def test_the_stop_file_is_seen(run: tuple[RunStore, str]) -> None:
    watcher = observer(run)
    assert not watcher.should_stop()
    (run[0].path(run[1]) / "stop").touch()
    time.sleep(0.15)
    assert watcher.should_stop()


def test_checkpoints_cost_little_but_the_last_one_is_kept(run: tuple[RunStore, str]) -> None:
    save = Checkpoints(seconds=0.01)
    watcher = observer(run, save=save)
    for step in range(50):
        watcher.on_checkpoint({"step": step})
    assert save.n_written == 1
    watcher.ask_to_stop()
    watcher.on_checkpoint({"step": 50})
    path = run[0].path(run[1]) / "checkpoint.pt"
    assert json.loads(path.read_text()) == {"step": 50}


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(
    run: tuple[RunStore, str],
) -> None:
    def save(state: dict[str, Any], path: Path) -> None:
        path.write_text(state["text"])
        if state["text"] == "new":
            raise OSError(28, "No space left on device")

    watcher = observer(run, save=save)
    watcher.on_checkpoint({"text": "old"})
    watcher.ask_to_stop()
    with pytest.raises(RunError, match="disk is full"):
        watcher.on_checkpoint({"text": "new"})
    folder = run[0].path(run[1])
    assert (folder / "checkpoint.pt").read_text() == "old"
    assert not list(folder.glob(".*.tmp"))


def test_a_folder_that_vanished_is_told(run: tuple[RunStore, str]) -> None:
    import shutil

    watcher = observer(run)
    shutil.rmtree(run[0].path(run[1]))
    with pytest.raises(RunError, match="must exist"):
        watcher.on_progress("read", 0.0)
