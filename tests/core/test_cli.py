"""The command line, in this process where it can be, in one of its own where that is the point."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from fairgen_core.cli.main import main
from fairgen_core.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
HIRING = ["--data", "hiring", "--option", "n_rows=400"]
ROLES = ["--sensitive", "gender", "--target", "hired", "--positive", "yes"]
QUICK = [*HIRING, *ROLES, "--preset", "quick"]


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fairgen_core", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path]:
    """A finished run: the folder of runs, its id, and the CSV that came of it."""
    folder = tmp_path_factory.mktemp("trained")
    out = folder / "synthetic.csv"
    assert main(["train", *QUICK, "--out", str(out), "--runs", str(folder / "runs")]) == 0
    (run_id,) = RunStore(folder / "runs").ids()
    return folder / "runs", run_id, out


def test_train_writes_rows_in_the_form_of_the_data(trained: tuple[Path, str, Path]) -> None:
    runs, run_id, out = trained
    rows = pd.read_csv(out)
    assert len(rows) == 280
    assert list(rows.columns) == [
        "gender", "age", "education", "experience_years", "part_time",
        "club", "region", "interview_date", "test_score", "hired",
    ]  # fmt: skip
    assert set(rows["hired"]) == {"yes", "no"}
    assert rows["interview_date"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()
    assert RunStore(runs).status(run_id).state == "done"
    assert RunStore(runs).status(run_id).owner == "command line"
    assert sorted(p.name for p in out.parent.iterdir()) == ["runs", "synthetic.csv"]


def test_the_same_seed_gives_the_same_file(
    trained: tuple[Path, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run_json(capsys, "train", *QUICK, "--out", tmp_path / "again.csv")
    assert found["rows"] == 280
    assert found["out"] == str(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == trained[2].read_bytes()


def test_sample_draws_any_number_later(
    trained: tuple[Path, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, run_id, out = trained
    draw = ["sample", run_id, "--runs", runs, "--out"]
    found = run_json(capsys, *draw, tmp_path / "more.csv", "--rows", 1234, "--seed", 5)
    assert found["rows"] == 1234
    assert len(pd.read_csv(tmp_path / "more.csv")) == 1234
    run_json(capsys, *draw, tmp_path / "other.csv", "--rows", 1234, "--seed", 6)
    assert (tmp_path / "more.csv").read_bytes() != (tmp_path / "other.csv").read_bytes()
    run_json(capsys, *draw, tmp_path / "same.csv", "--rows", 280, "--seed", 0)
    assert (tmp_path / "same.csv").read_bytes() == out.read_bytes()


@pytest.mark.parametrize("ending", [".tsv", ".parquet", ".xlsx"])
def test_the_ending_picks_the_form(
    trained: tuple[Path, str, Path], tmp_path: Path, ending: str
) -> None:
    runs, run_id, out = trained
    other = tmp_path / f"rows{ending}"
    assert main(["sample", run_id, "--runs", str(runs), "--out", str(other)]) == 0
    read = {".tsv": lambda p: pd.read_csv(p, sep="\t"), ".parquet": pd.read_parquet}
    rows = read.get(ending, pd.read_excel)(other)
    expected = pd.read_csv(out)
    assert rows["age"].tolist() == expected["age"].tolist()
    assert rows["test_score"].tolist() == expected["test_score"].tolist()
    assert rows["hired"].tolist() == expected["hired"].tolist()


def test_evaluate_tells_figures_and_report(
    trained: tuple[Path, str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--train", "hiring", "--option", "n_rows=400", *ROLES]
    found = run_json(capsys, *command, "--synthetic", trained[2])
    judge = found["figures"]["gradient boosting"]
    assert {"dp", "dp_any", "ftu", "auroc"} <= set(judge)
    assert 0.4 < judge["auroc"]["real"] <= 1
    assert 0 <= judge["dp"]["synthetic"] <= 1
    assert found["report"]["headline"]
    assert found["report"]["n_synthetic"] == 280


def test_audit_and_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["audit", *HIRING, "--sensitive", "gender,age", "--bands", "age=30,45", *ROLES[2:]]
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "woman & age: 30 to 44" in text
    assert "Demographic parity difference" in text


def test_runs_show_and_datasets(
    trained: tuple[Path, str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    runs, run_id, _ = trained
    assert [r["id"] for r in run_json_list(capsys, "runs", "--runs", runs)] == [run_id]
    shown = run_json(capsys, "show", run_id, "--runs", runs)
    assert shown["status"]["state"] == "done"
    assert shown["config"]["data"]["source"] == "hiring"
    assert main(["show", run_id, "--runs", str(runs)]) == 0
    assert f"{run_id}: done, 100%" in capsys.readouterr().out
    assert main(["datasets"]) == 0
    assert "hiring" in capsys.readouterr().out
    assert {d["name"] for d in run_json_list(capsys, "datasets")} >= {"hiring", "adult"}


def run_json_list(capsys: pytest.CaptureFixture[str], *arguments: object) -> list:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_empty_list_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    assert "train" in capsys.readouterr().out


def test_results_go_to_stdout_and_progress_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *QUICK, "--out", str(tmp_path / "rows.csv")]) == 0
    said = capsys.readouterr()
    assert "280 synthetic rows" in said.out
    assert "evaluate --train hiring" in said.out
    assert "%" not in said.out
    assert re.search(r"^ *\d+%  Fair compression, .* left$", said.err, re.MULTILINE)
    assert len(said.err.splitlines()) <= 8


@pytest.mark.slow
def test_the_suggested_evaluation_is_a_command_that_works(
    trained: tuple[Path, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex

    assert main(["train", *QUICK, "--out", str(tmp_path / "rows.csv")]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    words = shlex.split(line.removeprefix("Judge them: python -m fairgen_core "))
    assert words[0] == "evaluate"
    assert main(words) == 0
    assert "AUROC" in capsys.readouterr().out


def test_a_formula_is_made_harmless_on_request(tmp_path: Path) -> None:
    data = tmp_path / "sheet.csv"
    rows = [f"{'=cmd()' if i % 2 else 'plain'},{i % 7},{'a' if i % 3 else 'b'}" for i in range(200)]
    data.write_text("\n".join(["note,n,s", *rows]))
    command = ["train", "--data", data, "--sensitive", "s", "--fairness", "none"]
    command += ["--preset", "quick", "--out"]
    assert main([*map(str, command), str(tmp_path / "raw.csv")]) == 0
    assert main([*map(str, command), str(tmp_path / "safe.csv"), "--formula-safe"]) == 0
    assert set(pd.read_csv(tmp_path / "raw.csv")["note"]) == {"=cmd()", "plain"}
    assert set(pd.read_csv(tmp_path / "safe.csv")["note"]) == {"'=cmd()", "plain"}


@pytest.mark.parametrize("command", [["--help"], ["datasets"], ["runs"], ["train", "--help"]])
def test_light_commands_load_nothing_heavy(command: list[str]) -> None:
    script = (
        "import sys\nfrom fairgen_core.cli.main import main\n"
        f"try:\n    main({command!r})\nexcept SystemExit:\n    pass\n"
        "bad = {'torch', 'sklearn', 'shap', 'streamlit'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_interrupted_and_resumed_gives_the_same_file(tmp_path: Path) -> None:
    whole, parted = tmp_path / "whole.csv", tmp_path / "parted.csv"
    arguments = [*HIRING, *ROLES, "--preset", "balanced", "--generator", "diffusion"]
    process = start("train", *arguments, "--out", parted)
    (run_id,) = wait_for_runs()
    folder = RunStore().path(run_id)
    wait_for(lambda: (folder / "checkpoint.pt").exists())
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not parted.exists()
    assert RunStore().status(run_id).state == "stopped"
    assert main(["resume", run_id, "--out", str(parted)]) == 0
    assert main(["train", *arguments, "--out", str(whole)]) == 0
    assert parted.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_stop_reaches_a_run_of_another_terminal(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    process = start("train", *HIRING, *ROLES, "--preset", "thorough", "--out", out)
    (run_id,) = wait_for_runs()
    wait_for(lambda: RunStore().status(run_id).stage == "compression")
    assert main(["stop", run_id]) == 0
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert not out.exists()
    assert RunStore().status(run_id).state == "stopped"


@pytest.mark.slow
def test_a_terminal_sees_one_line_that_is_written_over(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fairgen_core", "train", *QUICK]
    command += ["--fairness", "none"]  # No note about small groups comes in between.
    command += ["--out", str(tmp_path / "rows.csv")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    process.communicate(timeout=300)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:
        pass  # The other end is closed: everything was read.
    os.close(ours)
    assert process.returncode == 0
    assert said.count(b"\r[") > 5
    assert said.count(b"\n") == 1


def wait_for(condition: object, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_runs() -> list[str]:
    wait_for(lambda: RunStore().ids())
    return RunStore().ids()


@pytest.mark.slow
def test_a_column_name_may_hold_a_comma(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shlex

    data, out = tmp_path / "data.csv", tmp_path / "rows.csv"
    rows = [f"{'mf'[i % 2]},{'xyz'[i % 3]},{i % 7},{'no' if i % 3 else 'yes'}" for i in range(300)]
    data.write_text("\n".join(['"Sex, ""legal""",race,n,ok', *rows]))
    asked = ["--data", data, "--sensitive", '"Sex, ""legal""", race', "--target", "ok"]
    found = run_json(capsys, "audit", *asked)
    assert found["report"]["sensitive"] == ['Sex, "legal"', "race"]
    found = run_json(capsys, "audit", *asked, "--explanatory", "n", "--sensitive", "n")
    assert found["report"]["sensitive"] == ['Sex, "legal"', "race", "n"]
    assert main([*map(str, ["train", *asked, "--preset", "quick", "--out", out])]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert main(shlex.split(line.removeprefix("Judge them: python -m fairgen_core "))) == 0
    with pytest.raises(SystemExit):
        main(["audit", "--help"])
    assert "double quotes" in capsys.readouterr().out
