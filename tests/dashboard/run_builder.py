"""Run folders as a worker leaves them, made in an instant: rows, schema, report, status."""

from __future__ import annotations

import pandas as pd

from fairgen_core.config import DataConfig, FairnessConfig, RolesConfig, TrainConfig
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.schema import Column, Schema
from fairgen_core.results import Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.samples import SamplesWriter
from fairgen_core.runs.status import RunState
from fairgen_core.runs.store import RunStore

CONFIG = TrainConfig(
    data=DataConfig(source="adult.csv", display_name="adult.csv"),
    roles=RolesConfig(sensitive=("sex",), target="income", positive=">50K"),
    fairness=FairnessConfig(target="both"),
)
SCHEMA = Schema(
    columns=(
        Column(name="age", kind="integer", minimum=17, maximum=90),
        Column(name="wage", kind="decimal", minimum=0, maximum=99, decimals=2),
        Column(name="note", kind="category", categories=("fine", "=1+1")),
        Column(name="sex", kind="category", categories=("Male", "Female")),
        Column(name="income", kind="category", categories=("<=50K", ">50K")),
    )
)


def rows(n: int = 500) -> pd.DataFrame:
    """Synthetic rows in canonical form; every 100th note looks like a formula."""
    return pd.DataFrame(
        {
            "age": pd.array([17 + i * 7 % 74 for i in range(n)], dtype="Int64"),
            "wage": [i * 13 % 9900 / 100 for i in range(n)],
            "note": ["=1+1" if i % 100 == 0 else "fine" for i in range(n)],
            "sex": ["Male" if i % 3 else "Female" for i in range(n)],
            "income": [">50K" if i % 5 == 0 else "<=50K" for i in range(n)],
        }
    ).astype({"note": object, "sex": object, "income": object})


def make_run(
    store: RunStore,
    state: RunState = "done",
    report: Report | None = None,
    config: TrainConfig = CONFIG,
    message: str = "",
    n_rows: int = 500,
) -> str:
    """A run in that state; 'done' has rows and, where one is given, a report."""
    run_id = store.create(config, owner="notebook")
    folder = store.path(run_id)
    status = store.status(run_id)
    ended = status.created + 21.0
    changes: dict[str, object] = {"state": state, "message": message}
    if state != "queued":
        changes |= {"started": status.created, "ended": ended, "device": "2 CPU cores"}
        changes |= {"versions": {"torch": "2.13.0"}, "n_rows": n_rows}
    store.set_status(run_id, status.model_copy(update=changes))
    if state != "done":
        return run_id
    write_json(folder / "schema.json", SCHEMA.model_dump(mode="json"))
    write_json(folder / "file_format.json", FileFormat().model_dump(mode="json"))
    with SamplesWriter(folder / "samples.parquet", SCHEMA) as writer:
        writer.append(rows(n_rows))
    if report is not None:
        write_json(folder / "report.json", report.model_dump(mode="json"))
    return run_id
