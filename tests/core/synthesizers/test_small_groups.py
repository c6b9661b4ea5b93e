"""Rows of small groups that were put together keep values that belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import (
    CompressionConfig,
    DataConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.groups import assign_groups, assign_parts
from fairgen_core.data.loading import prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.evaluation.auditing import intersections
from fairgen_core.metrics.judges import Question
from fairgen_core.synthesizers.fldgm import FLDGM
from fairgen_core.training import SilentObserver


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> PreparedTable:
    """Two sensitive columns, of which one is a number; the old of 'x' and 'y' are few."""
    rng = np.random.default_rng(0)
    who = rng.choice(["x", "y", "z"], 800, p=[0.5, 0.44, 0.06])
    old = (rng.random(800) < 0.06) & (who != "z")
    frame = pd.DataFrame(
        {
            "who": who,
            "age": np.where(old, rng.integers(60, 90, 800), rng.integers(18, 60, 800)),
            "score": rng.normal(size=800).round(2),
            "team": rng.choice(["red", "blue"], 800),
            "hired": rng.choice(["yes", "no"], 800),
        }
    )
    path = tmp_path_factory.mktemp("small") / "staff.csv"
    frame.to_csv(path, index=False)
    roles = RolesConfig(
        sensitive=("who", "age"), bands={"age": (60.0,)}, target="hired", positive="yes",
        merge_below=70,
    )  # fmt: skip
    return prepare(DataConfig(source=str(path)), roles)


@pytest.mark.slow
def test_rows_of_other_keep_the_values_and_shares_of_its_parts(
    data: PreparedTable, tmp_path: Path
) -> None:
    assert data.groups.names == ("x & age: under 60", "y & age: under 60", "other")
    assert set(data.groups.merged) == {
        ("x", "60 or more"), ("y", "60 or more"), ("z", "under 60"),
    }  # fmt: skip
    config = TrainConfig(
        data=DataConfig(source="staff"),
        roles=data.roles,
        compression=CompressionConfig(epochs=3, width=32, latent_dims=4),
        generator=GeneratorConfig(n_components=5, n_steps=8),
        preset="quick",
    )
    model = FLDGM(config).fit(data, SilentObserver())
    rows = model.sample(4000, 1)
    groups = assign_groups(rows, data.groups, data.schema)
    parts = assign_parts(rows, data.groups, data.schema)
    assert (parts >= 0).all()  # no combination that was in none of the groups
    real = assign_parts(data.train, data.groups, data.schema)
    expected = np.bincount(real, minlength=5) / len(real)
    np.testing.assert_allclose(np.bincount(parts, minlength=5) / 4000, expected, atol=0.004)
    np.testing.assert_allclose(
        np.bincount(groups) / 4000, np.bincount(data.train_groups) / len(real), atol=0.002
    )
    model.save(tmp_path)
    pd.testing.assert_frame_equal(FLDGM.load(tmp_path).sample(300, 2), model.sample(300, 2))


def test_other_is_asked_about_as_its_largest_part(data: PreparedTable) -> None:
    question = Question(data, 0)
    spelled = sorted(data.schema["who"].categories)
    parts = assign_parts(data.train, data.groups, data.schema)
    largest = data.groups.parts[2 + int(np.bincount(parts, minlength=5)[2:].argmax())]
    who, age = question.representatives[2]
    assert spelled[int(who)] == largest[0]
    assert (age >= 60) == (largest[1] == "60 or more")


def test_intersections_show_the_parts_and_not_the_whole(data: PreparedTable) -> None:
    cells = {cell.values: cell for cell in intersections(data, Question(data, 0))}
    assert set(cells) == {(w, a) for w in "xyz" for a in ("under 60", "60 or more")}
    everyone = pd.concat([data.train, data.test])
    assert cells["z", "under 60"].n == (everyone["who"] == "z").sum()
    rate = (everyone.loc[everyone["who"] == "z", "hired"] == "yes").mean()
    assert cells["z", "under 60"].rate.value == pytest.approx(rate)
    assert cells["z", "60 or more"].n == 0
