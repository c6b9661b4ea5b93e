"""Trainings on the simulated hiring table, in any state, for the tests of pages."""

from __future__ import annotations

from dashboard.projects import Project
from fairgen_core.config import DataConfig
from fairgen_core.runs.status import ProgressEvent, RunState
from fairgen_core.runs.store import RunStore

HIRING = Project(
    id="hiring",
    data=DataConfig(source="hiring"),
    sensitive=("gender",),
    target="hired",
    positive="yes",
    n_table_rows=10_000,
    n_table_columns=10,
)
CONFIG = HIRING.train_config().model_copy(update={"name": "First try"})


def made(runs: RunStore, state: RunState, **changes: object) -> str:
    """A training in that state, as its worker would leave it; it belongs to this process."""
    run_id = runs.create(CONFIG, owner="notebook")
    status = runs.status(run_id).model_copy(update={"state": state, **changes})
    runs.set_status(run_id, status)
    return run_id


def tell(runs: RunStore, run_id: str, *events: ProgressEvent) -> None:
    lines = "".join(event.model_dump_json() + "\n" for event in events)
    (runs.path(run_id) / "progress.jsonl").write_text(lines)


def event(stage: str, overall: float, **more: dict[str, float]) -> ProgressEvent:
    return ProgressEvent(t=1000 + 100 * overall, stage=stage, fraction=0.5, overall=overall, **more)
