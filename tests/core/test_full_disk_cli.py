"""Folders that cannot be written and full disks: a sentence, and nothing is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from fairgen_core.cli.main import main
from fairgen_core.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
ROLES = ["--sensitive", "gender", "--target", "hired", "--positive", "yes"]


def unwritable(tmp_path: Path) -> Path:
    """A folder that this user may not write to, be it root."""
    if os.geteuid() == 0:
        return Path("/proc/sys")
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    return folder


def test_an_unwritable_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    locked = unwritable(tmp_path)
    command = ["train", "--data", "hiring", "--option", "n_rows=200", *ROLES]
    assert main([*command, "--out", str(locked / "rows.csv")]) == 2
    assert f"'{locked}'" in capsys.readouterr().err
    assert main([*command, "--runs", str(locked / "runs")]) == 2
    assert str(locked) in capsys.readouterr().err


def limited(arguments: list[str], n_bytes: int) -> subprocess.CompletedProcess[str]:
    """Run a command none of whose files may grow beyond `n_bytes`: as if the disk were full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))

    return subprocess.run(
        [sys.executable, "-m", "fairgen_core", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=300,
    )


@pytest.mark.slow
@pytest.mark.parametrize("n_bytes", [0, 2_000, 30_000, 150_000])
def test_a_full_disk_while_training(tmp_path: Path, n_bytes: int) -> None:
    command = ["train", "--data", "hiring", "--option", "n_rows=300", *ROLES, "--preset", "quick"]
    done = limited([*command, "--out", str(tmp_path / "rows.csv")], n_bytes)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr
    assert not [p for p in tmp_path.iterdir() if p.name != "home"]
    assert all(run.state == "failed" for run in RunStore().list())


@pytest.mark.slow
def test_a_full_disk_while_drawing_rows(tmp_path: Path) -> None:
    command = ["train", "--data", "hiring", "--option", "n_rows=300", *ROLES, "--preset", "quick"]
    assert main(command) == 0
    (run_id,) = RunStore().ids()
    old = tmp_path / "rows.csv"
    old.write_text("what was there before")
    done = limited(["sample", run_id, "--rows", "200000", "--out", str(old)], 1_000_000)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert old.read_text() == "what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "rows.csv"]


def test_a_full_disk_behind_standard_output() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fairgen_core", "datasets"],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert "standard output" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
