"""Finished runs, made once: two on a small table with hostile names, one on pictures."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairgen_core.config import (
    CompressionConfig,
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.simulated import simulate_hiring
from fairgen_core.image_api import image_config
from fairgen_core.run_config import RunConfig
from fairgen_core.runs import worker
from fairgen_core.runs.store import RunStore

HOSTILE = "<script>alert('x')</script> & \"y\""
"""What a column, a value and a run of the small table are called."""


@dataclass(frozen=True)
class Runs:
    """A store with finished runs.

    Attributes:
        table: where the small table lies.
        both, none: two trainings on it, with the same seed.
        pictures: a training on pictures.
    """

    store: RunStore
    table: Path
    both: str
    none: str
    pictures: str


def small_table(path: Path, n: int = 600) -> Path:
    """A table whose one column name and one value would be markup if they were not escaped."""
    rows = simulate_hiring(n).rename(columns={"test_score": HOSTILE})
    rows["gender"] = rows["gender"].map(lambda g: f"{g} <b>{g}</b>")
    rows["remark"] = [f"Person {secret(i)} called twice, was polite." for i in range(len(rows))]
    rows.to_csv(path, index=False)
    return path


def secret(row: int) -> str:
    """What stands in one row only, and must never leave it."""
    return hashlib.sha256(str(row).encode()).hexdigest()[:12]


def tiny_config(table: Path, target: str, name: str = "", seed: int = 3) -> TrainConfig:
    return TrainConfig.model_validate(
        {
            "name": name,
            "data": DataConfig(source=str(table), display_name=table.name),
            "roles": RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
            "fairness": FairnessConfig.model_validate({"target": target}),
            "generator": GeneratorConfig(n_components=2, n_steps=3),
            "compression": CompressionConfig(epochs=1),
            "preset": "quick",
            "seed": seed,
        }
    )


def finish(store: RunStore, config: RunConfig) -> str:
    run_id = store.create(config, owner="notebook")
    worker.run(store.path(run_id))
    return run_id


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    home = tmp_path_factory.mktemp("evidence")
    before = os.environ.get("FAIRGEN_HOME")
    os.environ["FAIRGEN_HOME"] = str(home)
    try:
        store = RunStore(home / "runs")
        table = small_table(home / "people.csv")
        pictures = image_config(
            "digits", groups="background", preset="instant", grouping="alternate", clip_norm=2.0,
            n_steps=80, n_images=300, seed=5,
        )  # fmt: skip
        return Runs(
            store,
            table,
            finish(store, tiny_config(table, "both", f"Evidence {HOSTILE}")),
            finish(store, tiny_config(table, "none")),
            finish(store, pictures),
        )
    finally:
        if before is None:
            del os.environ["FAIRGEN_HOME"]
        else:
            os.environ["FAIRGEN_HOME"] = before
