"""A run as a command and as Python: both say every setting, and run as they stand."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fairgen_core import api, image_api
from fairgen_core.choices import audit_config, train_config
from fairgen_core.cli.main import main
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.report.code import as_command, as_python, named_source
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.store import RunStore
from tests.core.evidence.conftest import Runs, tiny_config

ROLES: dict[str, Any] = {"sensitive": "gender", "target": "hired", "positive": "yes"}
CONFIGS: dict[str, RunConfig] = {
    "usual": train_config("hiring", **ROLES),
    "all": train_config(
        "/some folder/ad'ult.csv",
        sensitive=["sex", "age"], target="income", positive=">50K",
        test="/some folder/te st.csv", split_seed=4, kinds={"zip = code": "category"},
        bands={"age": [30, 45.123456789]}, merge_below=40,
        explanatory=["hours"], fairness="dp",
        enforce="both-ways", strength=0.123456789, alpha=3, penalty="mmd",
        representation="uniform", generator="wgan-gp", clip_norm=2.5, preset="quick", rows=1234,
        seed=7, device="cpu", name='a "name" -- $HOME `x`', evaluate=True,
        settings={"compression.epochs": 3, "compression.kl_weight": 0.1, "generator.n_steps": 9},
    ),
    "dials": train_config("hiring", **ROLES, options={"bias": 1 / 3}, test_share=0.25),
    "odd names": train_config(
        "/x.csv", sensitive=["a, b", " c "], target="-t", positive="-1", explanatory=["[d]"]
    ),
    "audit": audit_config("hiring", **ROLES, explanatory=["education"], seed=3),
    "pictures": image_api.image_config(
        "digits", groups="background", share=0.2, grouping="alternate", clip_norm=2.0, width=64,
        n_steps=80, ema_decay=0.0, n_images=300, seed=5, name="p", colour="grey",
    ),
    "fldgm": image_api.image_config(
        "/a/pictures.zip", sensitive="who", class_column="what", synthesizer="fldgm",
        generator="lsgan", alpha=2.5, attributes="/a/t.csv", max_images=100, evaluate=False,
        bands=(30.0, 47.5),
    ),
    "divided": image_api.image_config("/a/pictures.zip", sensitive="who", split_column="part"),
}  # fmt: skip


class Asked(Exception):  # noqa: N818 - it ends a call, and is no error
    pass


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """Where the configurations go that are asked for in place of a training."""
    found: list[RunConfig] = []

    def train(data: str, **choices: Any) -> None:
        for name in ("out", "formula_safe", "runs", "owner", "echo", "warn"):
            choices.pop(name, None)
        found.append(train_config(data, **choices))
        raise Asked

    def audit(data: str, **choices: Any) -> None:
        found.append(audit_config(data, **choices))
        raise Asked

    def images(data: str, **choices: Any) -> None:
        for name in ("out", "runs", "owner", "echo", "on_read", "on_note"):
            choices.pop(name, None)
        found.append(image_api.image_config(data, **choices))
        raise Asked

    monkeypatch.setattr(api, "train", train)
    monkeypatch.setattr(api, "audit", audit)
    monkeypatch.setattr(image_api, "train_images", images)
    return found


@pytest.mark.parametrize("name", CONFIGS)
def test_the_command_asks_for_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, config = asked_for(monkeypatch), CONFIGS[name]
    words = shlex.split(as_command(config, "out.zip").replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "fairgen_core"]
    assert main(words[3:]) == 1  # `Asked` is nothing that the command line knows
    assert found == [config]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_python_asks_for_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, config = asked_for(monkeypatch), CONFIGS[name]
    with pytest.raises(Asked):
        exec(compile(as_python(config, "out.zip"), name, "exec"), {})
    assert found == [config]


def test_only_what_is_unusual_is_said() -> None:
    command = as_command(CONFIGS["usual"])
    assert "--strength" not in command
    assert "--set" not in command
    assert as_python(CONFIGS["usual"]).count("\n") < 17


def test_a_division_by_chance_is_said_of_a_person_s_own_pictures() -> None:
    """Without it, a column that divides them would be found and used."""
    assert "--random-split" in as_command(CONFIGS["fldgm"])
    assert "split_column=None" in as_python(CONFIGS["fldgm"])
    for name in ("pictures", "divided"):
        assert "--random-split" not in as_command(CONFIGS[name])


def test_files_are_called_by_their_names_elsewhere() -> None:
    config = named_source(CONFIGS["all"])
    assert isinstance(config, TrainConfig)
    assert (config.data.source, config.data.test_source) == ("ad'ult.csv", "te st.csv")
    pictures = named_source(CONFIGS["fldgm"])
    assert isinstance(pictures, ImageTrainConfig)
    assert (pictures.data.source, pictures.data.attributes) == ("pictures.zip", "t.csv")
    assert named_source(CONFIGS["audit"]) == CONFIGS["audit"]
    assert isinstance(CONFIGS["audit"], AuditConfig)


def test_a_setting_that_is_none_is_told() -> None:
    with pytest.raises(ConfigError, match="compresion"):
        train_config("hiring", **ROLES, settings={"compresion.epochs": 3})
    with pytest.raises(ConfigError, match="by its place"):
        train_config("hiring", **ROLES, settings={"seed.x": 3})


@pytest.mark.slow
def test_both_run_as_they_stand_and_make_the_same_rows(runs: Runs, tmp_path: Path) -> None:
    config = tiny_config(runs.table, "both")
    code = as_python(config, "python.csv")
    command = as_command(config, "command.csv").replace("python", shlex.quote(sys.executable), 1)
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "FAIRGEN_HOME": str(tmp_path / "home")}
    for words in ([sys.executable, "-c", code], ["sh", "-c", command]):
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    rows = [pd.read_csv(tmp_path / name) for name in ("python.csv", "command.csv")]
    pd.testing.assert_frame_equal(*rows)
    store = RunStore(tmp_path / "home" / "runs")
    first, second = (store.config(run_id) for run_id in store.ids())
    assert first == second == config


@pytest.mark.slow
def test_so_do_those_of_pictures(runs: Runs, tmp_path: Path) -> None:
    config = runs.store.config(runs.pictures)
    code = as_python(config, "python.zip")
    command = as_command(config, "command.zip").replace("python", shlex.quote(sys.executable), 1)
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "FAIRGEN_HOME": str(tmp_path / "home")}
    for words in ([sys.executable, "-c", code], ["sh", "-c", command]):
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "python.zip").read_bytes() == (tmp_path / "command.zip").read_bytes()
