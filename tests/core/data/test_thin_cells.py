"""Which groups are too small for parity, and how it is said before and after a training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.cli.main import main
from fairgen_core.config import DataConfig, FairnessConfig, RolesConfig
from fairgen_core.data.loading import prepare
from fairgen_core.data.thin_cells import asks_parity, in_words, of_table, thin_cells
from fairgen_core.evaluation import evaluate
from fairgen_core.evaluation.headline import parity_doubts
from fairgen_core.results import Figure, Measured

NAMES = ("a", "b")
GROUPS = np.repeat([0, 1, -1], [100, 50, 7])


def outcomes(first: int, second: int, words: tuple[str, str] = ("no", "yes")) -> pd.Series:
    """`first` of the 100 rows of a and `second` of the 50 of b have the second value."""
    of_a = np.arange(100) < first
    of_b = np.arange(50) < second
    return pd.Series([words[int(v)] for v in [*of_a, *of_b, *[True] * 7]])


def test_cells_are_counted_by_hand() -> None:
    assert thin_cells(NAMES, GROUPS, outcomes(40, 20), "yes") == (("b", "'yes'", 20),)
    assert thin_cells(NAMES, GROUPS, outcomes(99, 20), "yes") == (
        ("a", "'no'", 1), ("b", "'yes'", 20),
    )  # fmt: skip
    assert thin_cells(NAMES, GROUPS, outcomes(50, 25), None, share=4) == ()
    assert thin_cells(NAMES, GROUPS, outcomes(40, 30), "yes", share=0.5) == (
        ("b", "'no'", 10), ("b", "'yes'", 15), ("a", "'yes'", 20),
    )  # fmt: skip


def test_of_many_classes_only_the_favourable_one_counts_where_there_is_one() -> None:
    grades = pd.Series(np.resize(["A", "B", "C", "D", "E"], len(GROUPS)))
    assert {c.n for c in thin_cells(NAMES, GROUPS, grades, None)} == {20, 10}
    found = thin_cells(NAMES, GROUPS, grades, "A")
    assert [(c.group, c.outcome, c.n) for c in found] == [("b", "'A'", 10), ("a", "'A'", 20)]


def test_a_number_counts_above_and_below_its_median_and_missing_values_do_not() -> None:
    pay = pd.Series([*range(150), *[None] * 7], dtype="Int64")  # b has the 50 largest
    found = thin_cells(NAMES, GROUPS, pay, None)
    assert [(c.group, c.n) for c in found] == [("b", 0), ("a", 25)]


@pytest.mark.parametrize(
    ("fairness", "asked"),
    [
        ({"target": "dp"}, True),
        ({"target": "both", "strength": 0.5}, True),
        ({"target": "dp", "strength": 0.0}, False),
        ({"target": "ftu"}, False),
        ({"target": "none"}, False),
    ],
)
def test_only_parity_asks_for_large_cells(fairness: dict, asked: bool) -> None:
    assert asks_parity(FairnessConfig(**fairness)) is asked


def lopsided(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    sex = np.repeat(["m", "w", "x"], [300, 240, 40])
    frame = pd.DataFrame({"sex": sex, "n": rng.integers(0, 9, 580), "ok": rng.random(580) < 0.5})
    frame.to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "data.csv"


@pytest.mark.slow
def test_it_is_said_before_a_training_and_in_the_headline_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = lopsided(tmp_path)
    roles = RolesConfig(sensitive=("sex",), target="ok", positive="True")
    table = prepare(DataConfig(source=str(data)), roles)
    words = in_words(of_table(table))
    assert "x with 'True'" in words
    assert "Put small groups together" in words
    asked = evaluate(table, table.train, parity_asked=True)
    assert "too small for parity to be matched reliably (x with" in asked.headline
    assert words in asked.warnings
    assert "too small for parity" not in evaluate(table, table.train).headline
    for after, said in ((0.5, True), (0.7, False)):
        figures = (Measured(metric="auroc", judge="gradient boosting", real=Figure(value=0.8),
                            synthetic=Figure(value=after)),)  # fmt: skip
        doubts = parity_doubts(asked.model_copy(update={"figures": figures}), ())
        assert ("little better than by chance" in doubts) is said
    command = ["train", "--data", data, "--sensitive", "sex", "--target", "ok", "--preset", "quick"]
    for fairness, said in (("dp", True), ("none", False)):
        out = tmp_path / f"{fairness}.csv"
        assert main([*map(str, command), "--fairness", fairness, "--out", str(out)]) == 0
        notes = [x for x in capsys.readouterr().err.splitlines() if x.startswith("Note: ")]
        assert notes == ([f"Note: {words}"] if said else [])
