"""The notebook's interface: docs/NOTEBOOK.md as it stands there, and rows in memory."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import fairgen_core
from fairgen_core.data.simulated import simulate_hiring
from fairgen_core.errors import ConfigError, RunError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_page_works_as_it_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "NOTEBOOK.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 7
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code, names)
    assert "AUROC" in capsys.readouterr().out
    more = names["more"]
    assert isinstance(more, pd.DataFrame)
    assert len(more) == 1000
    assert len(pd.read_csv(tmp_path / "synthetic.csv")) == 7000


@pytest.mark.slow
def test_rows_in_memory_are_trained_on_and_judged() -> None:
    real = simulate_hiring(300)
    roles = {"sensitive": "gender", "target": "hired", "positive": "yes"}
    run = fairgen_core.train(real, fairness="dp", preset="quick", **roles)
    assert run.report is None
    assert list(run.rows.columns) == list(real.columns)
    pd.testing.assert_frame_equal(run.sample(), run.rows)
    report = fairgen_core.evaluate(real, run.rows, **roles)
    assert report.n_synthetic == len(run.rows)
    again = fairgen_core.Run(run.id)
    assert again.config == run.config
    assert fairgen_core.audit(real, **roles).kind == "audit"


def test_wrong_choices_are_told_before_anything_is_made() -> None:
    with pytest.raises(ConfigError, match="'gendre'"):
        fairgen_core.train("hiring", sensitive="gendre", target="hired", positive="yes")
    with pytest.raises(ConfigError, match=r"fairness\.target"):
        fairgen_core.train("hiring", sensitive="gender", target="hired", fairness="fair")
    with pytest.raises(RunError, match="There must be a run"):
        fairgen_core.Run("20261120-000000-none-abc")
    from fairgen_core.runs.store import RunStore

    assert RunStore().list() == []


def test_importing_the_package_costs_nothing() -> None:
    script = "import sys, fairgen_core; sys.exit('pandas' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        fairgen_core.trian  # noqa: B018
