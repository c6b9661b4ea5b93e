"""Runs in this process: what a folder holds afterwards, however the run ended."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from fairgen_core import Run, resume, train
from fairgen_core.config import TrainConfig
from fairgen_core.data.simulated import simulate_hiring
from fairgen_core.errors import RunError, StoppedError
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.store import RunStore

ROLES = {"sensitive": "gender", "target": "hired", "positive": "yes"}


class StopsAt:
    """An echo that writes the stop file when a stage is reached."""

    def __init__(self, stage: str, fraction: float = 0.0) -> None:
        self.stage, self.fraction = stage, fraction

    def __call__(self, event: ProgressEvent, _left: float | None) -> None:
        if event.stage == self.stage and event.fraction >= self.fraction:
            (run_id,) = RunStore().ids()
            (RunStore().path(run_id) / "stop").touch()


def stopped(data: Path, stage: str, **choices: object) -> str:
    with pytest.raises(StoppedError):
        train(data, preset="quick", echo=StopsAt(stage), **ROLES, **choices)
    (run_id,) = RunStore().ids()
    assert RunStore().status(run_id).state == "stopped"
    return run_id


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    simulate_hiring(300).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    "stage",
    ["compression", pytest.param("generator", marks=pytest.mark.slow), "evaluate"],
)
def test_a_stop_in_any_stage_is_resumed_to_the_same_rows(data: Path, stage: str) -> None:
    run_id = stopped(data, stage, evaluate=stage == "evaluate")
    status = RunStore().status(run_id)
    assert status.resumable == (stage != "compression" or status.fraction > 0)
    run = resume(run_id)
    assert RunStore().status(run_id).state == "done"
    assert RunStore().status(run_id).message == ""
    assert (run.report is not None) == (stage == "evaluate")
    whole = train(data, preset="quick", **ROLES)
    pd.testing.assert_frame_equal(run.rows, whole.rows)


def test_a_resume_on_other_data_is_refused(data: Path) -> None:
    run_id = stopped(data, "generator")
    simulate_hiring(300, seed=1).to_csv(data, index=False)
    with pytest.raises(RunError, match="has changed"):
        resume(run_id)
    assert RunStore().status(run_id).state == "failed"


@pytest.mark.slow
def test_a_damaged_checkpoint_starts_the_training_anew(data: Path) -> None:
    run_id = stopped(data, "generator")
    folder = RunStore().path(run_id)
    (folder / "checkpoint.pt").write_bytes(b"half of it")
    (folder / ".checkpoint.pt.1-abc.tmp").write_bytes(b"of a killed process")
    run = resume(run_id)
    assert len(run.rows) == 210
    assert not list(folder.glob(".*.tmp"))


def test_an_unfinished_run_has_no_rows_and_says_what_to_do(data: Path, tmp_path: Path) -> None:
    run = Run(stopped(data, "compression"))
    with pytest.raises(RunError, match="Resume it first"):
        run.sample(10)
    with pytest.raises(RunError, match="Resume it first"):
        run.write(tmp_path / "rows.csv")
    assert not (tmp_path / "rows.csv").exists()


def test_a_model_of_another_version_is_told(data: Path) -> None:
    run = train(data, preset="quick", **ROLES)
    path = run.folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 999}))
    with pytest.raises(RunError, match="version"):
        run.sample(10)


def test_the_folder_moves_and_still_opens(data: Path, tmp_path: Path) -> None:
    run = train(data, preset="quick", **ROLES)
    rows = run.sample(100, seed=3)
    elsewhere = tmp_path / "elsewhere" / "runs"
    elsewhere.mkdir(parents=True)
    run.folder.rename(elsewhere / run.id)
    data.unlink()
    moved = Run(run.id, elsewhere)
    pd.testing.assert_frame_equal(moved.sample(100, seed=3), rows)
    assert isinstance(moved.config, TrainConfig)
