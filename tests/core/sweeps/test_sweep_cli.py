from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairgen_core.cli.main import main
from fairgen_core.config import DataConfig, RolesConfig, TrainConfig
from fairgen_core.data.loading import load_source
from fairgen_core.errors import StoppedError
from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import Figure, Measured, Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.status_file import plain
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import SweepConfig, parse_vary
from fairgen_core.sweeping import driver

DATA = ["--data", "hiring", "--sensitive", "gender", "--target", "hired", "--positive", "yes"]


@pytest.fixture
def measured() -> str:
    """A sweep of two strengths with reports as a worker writes them; its id."""
    base = TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
    )
    store = SweepStore()
    config = SweepConfig(base=base, vary=(parse_vary("strength=0,1"),))
    sweep_id = store.create(config, "notebook")
    for member, dp, auroc in zip(store.members(sweep_id), (0.3, 0.05), (0.82, 0.79), strict=True):
        folder = store.path(sweep_id) / "runs" / store.run_id(sweep_id, member)
        folder.mkdir()
        write_json(folder / "config.json", member.config.model_dump(mode="json"))
        write_json(folder / "status.json", plain(RunStatus(state="done", started=1, ended=2)))
        figures = [("auroc", 0.83, auroc), ("dp_any", 0.31, dp)]
        report = Report(
            kind="evaluation", headline="", sensitive=("gender",), target="hired", positive="yes",
            target_kind="binary", groups=("a", "b"), n_train=10, n_test=10,
            metrics={key: METRICS[key] for key, _, _ in figures},
            figures=tuple(
                Measured(metric=key, judge="gradient boosting",
                         real=Figure(value=real, low=real, high=real, n=10),
                         synthetic=Figure(value=made, low=made, high=made, n=10))
                for key, real, made in figures
            ),
        )  # fmt: skip
        (folder / "report.json").write_text(report.model_dump_json())
    return sweep_id


def test_a_plan_counts_members_and_fits(capsys: pytest.CaptureFixture[str]) -> None:
    vary = ["--vary", "fairness=ftu,dp,both", "--vary", "strength=0:1:8", "--seeds", "2"]
    assert main(["sweep", *DATA, *vary, "--plan", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert (plan["n_members"], plan["n_groups"]) == (48, 2)
    assert plan["seconds"] < plan["full_seconds"] / 3
    assert plan["low"] < plan["seconds"] < plan["high"]
    assert plan["n_same"] == 0


def test_a_plan_says_where_combinations_mean_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    vary = ["--vary", "fairness=none,both", "--vary", "strength=.5,1"]
    assert main(["sweep", *DATA, *vary, "--plan"]) == 0
    said = capsys.readouterr().out
    assert "3 members" in said
    assert "are trained once: 1 of the 4." in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([*DATA, "--vary", "width=1,2"], "width"),
        ([*DATA, "--vary", "strength=0:2:3"], "strength"),
        ([*DATA, "--vary", "strength"], "strength=0:1:8"),
        ([*DATA, "--vary", "strength=0,1", "--seeds", "0"], "seed"),
        ([*DATA, "--vary", "strength=0,1", "--ray", "nonsense"], "head:6379"),
        ([*DATA, "--vary", "strength=0,1", "--ray", "http://head:6379/"], "head:6379"),
        (["--resume", "20260101-000000-nobody"], "nobody"),
        (["--extend", "20260101-000000-nobody"], "--seeds"),
        (["--extend", "a", "--resume", "b"], "Choose one"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", *arguments]) == 2
    said = capsys.readouterr()
    assert word in said.err
    assert "Traceback" not in said.err
    assert SweepStore().ids() == []


def test_the_frontier_is_a_table_json_and_a_picture(
    measured: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg, png = tmp_path / "f.svg", tmp_path / "f.png"
    assert main(["frontier", measured, "--out", str(svg)]) == 0
    said = capsys.readouterr().out
    assert "0.790" in said
    assert "real data" in said
    assert svg.read_text().startswith("<svg")
    assert main(["frontier", measured, "--out", str(png), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["steps"] == [[0.05, 0.79], [0.3, 0.82]]
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--usefulness", "beauty"], "auroc"),
        (["--judge", "nobody"], "gradient boosting"),
        (["--out", "f.bmp"], ".svg"),
        (["--out", "nowhere/f.svg"], "nowhere"),
    ],
)
def test_a_frontier_that_cannot_be_is_a_sentence(
    measured: str, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frontier", measured, *arguments]) == 2
    assert word in capsys.readouterr().err


@pytest.mark.slow
def test_members_that_fail_are_named_and_a_resume_tries_them_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "people.csv"
    rows = load_source(DataConfig(source="hiring")).frame.head(900).copy()
    rows["gender"] = ["other" if i < 30 else gender for i, gender in enumerate(rows["gender"])]
    rows.to_csv(table, index=False)
    choices = [*DATA, "--preset", "quick"]
    choices[1] = str(table)
    for place in ("compression.epochs=2", "compression.width=32", "generator.n_components=3",
                  "generator.n_steps=60", "generator.learning_rate=1"):  # fmt: skip
        choices += ["--set", place]
    vary = ["--vary", "generator=mixture,wgan-gp"]
    assert main(["sweep", *choices, *vary, "--plan"]) == 0
    assert "Parity needs 30 training rows" in capsys.readouterr().out
    assert main(["sweep", *choices, *vary, "--vary", "fairness=none,ftu", "--plan"]) == 0
    assert "Parity" not in capsys.readouterr().out
    assert main(["sweep", *choices, *vary]) == 0
    said = capsys.readouterr().out
    assert "Parity needs 30 training rows" in said
    assert "1 of 2 members done" in said
    assert "failed: wgan-gp, seed 0. The generator's loss must stay a finite number" in said
    assert "mixture" in said.split("failed: wgan-gp")[1]  # the frontier has the rest
    (sweep_id,) = SweepStore().ids()
    assert main(["sweep", "--resume", sweep_id, "--json"]) == 0  # tried again, fails again
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"]["n_done"], answer["status"]["n_failed"]) == (1, 1)
    assert answer["status"]["notes"][0].startswith("Parity needs 30 training rows")
    states = {p["settings"]["generator"]: (p["state"], p["message"]) for p in
              answer["results"]["points"]}  # fmt: skip
    assert states["mixture"] == ("done", "")
    assert states["wgan-gp"][0] == "failed"
    assert "finite number" in states["wgan-gp"][1]
    assert main(["sweep", *choices, "--vary", "generator=wgan-gp"]) == 1  # nothing came of it
    assert "No member has both figures" in capsys.readouterr().out


def test_a_wrong_address_can_be_taken_away_and_a_bad_one_changes_nothing(
    measured: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, asked = SweepStore(), []
    monkeypatch.setattr(driver, "run", lambda folder, _: asked.append(store.status(folder.name)))
    status = store.status(measured).model_copy(update={"state": "failed", "ray": "wrong:1"})

    def resumed(*ray: str) -> str:
        store.set_status(measured, status)
        assert main(["sweep", "--resume", measured, *ray]) == 0
        return asked[-1].ray

    assert resumed() == "wrong:1"
    assert resumed("--ray", "head:6379") == "head:6379"
    assert resumed("--ray", "") == ""
    store.set_status(measured, status)
    assert main(["sweep", "--resume", measured, "--ray", "nonsense"]) == 2
    assert "head:6379" in capsys.readouterr().err
    assert (store.status(measured).state, store.status(measured).ray) == ("failed", "wrong:1")


def test_a_stop_says_how_to_go_on(
    measured: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise StoppedError("The run was stopped.")

    monkeypatch.setattr(driver, "run", stopped)
    store = SweepStore()
    status = store.status(measured).model_copy(update={"state": "stopped"})
    store.set_status(measured, status)
    assert main(["sweep", "--resume", measured]) == 130
    assert f"Go on with: sweep --resume {measured}" in capsys.readouterr().err


def test_sweeps_are_listed(measured: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweeps"]) == 0
    assert measured in capsys.readouterr().out
