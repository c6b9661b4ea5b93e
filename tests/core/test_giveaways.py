"""A column that gives the target away is named by the audit, before anything is trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.cli.main import main
from fairgen_core.evaluation import audit
from fairgen_core.evaluation.auditing import giveaway_warning
from fairgen_core.metrics.judges import Question
from tests.core.metrics.builders import hiring, prepared

ADVICE = "give it away: leave out what is known only after the outcome."


def people(n: int, seed: int, share: float = 0.3) -> pd.DataFrame:
    """Rows with a wage, which three outcomes depend on; `share` of them are rich."""
    frame = hiring(n, seed).drop(columns="hired")
    draw = np.random.default_rng(seed + 100)
    frame["wage"] = np.exp(8 + 0.5 * frame["skill"] + 0.5 * draw.normal(size=n)).round(2)
    cut = np.quantile(frame["wage"], 1 - share)
    frame["rich"] = np.where(frame["wage"] > cut, "yes", "no")
    frame["class"] = np.array(["low", "middle", "high"])[np.digitize(frame["wage"], [2000, 5000])]
    return frame


def warned(frame: pd.DataFrame, target: str, positive: str | None = None) -> list[str]:
    data = prepared(frame, frame, ("group",), target, positive)
    return giveaway_warning(data, Question(data, 0), 0)


@pytest.mark.parametrize("share", [0.3, 0.03])
def test_the_number_behind_a_binary_target_is_named_however_rare_the_outcome(share: float) -> None:
    (sentence,) = warned(people(4000, 0, share).drop(columns="class"), "rich", "yes")
    assert sentence.startswith("Column 'wage' (AUROC ")
    assert sentence.endswith(f"alone predicts 'rich' almost perfectly and may {ADVICE}")


def test_a_log_of_a_number_target_is_named_and_a_good_predictor_is_not() -> None:
    frame = people(2000, 0).drop(columns=["rich", "class"])
    spread = np.random.default_rng(5).normal(size=len(frame))
    frame["last_year"] = (np.log(frame["wage"]) + 0.25 * spread).round(3)
    assert warned(frame, "wage") == []
    frame["log_wage"] = np.log(frame["wage"]).round(3)
    (sentence,) = warned(frame, "wage")
    assert sentence.startswith("Column 'log_wage' (AUROC ")


def test_several_classes_are_given_away_by_several_columns() -> None:
    frame = people(2000, 0).drop(columns="rich")
    frame["code"] = frame["class"].map({"low": "A1", "middle": "B2", "high": "C3"})
    (sentence,) = warned(frame, "class")
    assert sentence.startswith("Columns 'code' (AUROC 1.00) and 'wage' (AUROC ")
    assert sentence.endswith(f"each alone predict 'class' almost perfectly and may {ADVICE}")


def test_what_is_recorded_only_after_the_outcome_is_named() -> None:
    frame = hiring(1000, 0)
    draw = np.random.default_rng(1)
    frame["first_day"] = np.where(frame["hired"] == "yes", draw.integers(1, 365, 1000), np.nan)
    (sentence,) = warned(frame, "hired", "yes")
    assert "'first_day'" in sentence


def test_columns_that_could_only_be_memorised_are_not_named() -> None:
    frame = hiring(1000, 0)
    draw = np.random.default_rng(1)
    frame["place"] = [f"p{i}" for i in draw.permutation(1000)]
    frame["exact"] = draw.normal(size=1000)
    assert warned(frame, "hired", "yes") == []


def test_the_audit_and_the_command_line_say_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = people(600, 0).drop(columns="class")
    frame["when"] = np.where(frame["rich"] == "yes", "after", "never")
    report = audit(prepared(frame, frame, ("group",), "rich", "yes"))
    assert any(ADVICE in warning for warning in report.warnings)
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    roles = ["--sensitive", "group", "--target", "rich", "--positive", "yes"]
    for form in ([], ["--json"]):
        assert main(["audit", "--data", str(path), *roles, *form]) == 0
        text = capsys.readouterr().out
        assert "'when' (AUROC 1.00)" in text
        assert ADVICE in text


def test_an_audit_without_a_giveaway_is_silent_about_it() -> None:
    report = audit(prepared(hiring(600, 0), hiring(300, 1), ("group",), "hired", "yes"))
    assert not any(ADVICE in warning for warning in report.warnings)
