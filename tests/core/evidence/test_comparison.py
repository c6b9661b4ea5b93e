"""Runs beside each other: paired by rows, in words that the intervals allow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fairgen_core.comparison import Comparison, compare_runs, weighted
from fairgen_core.comparison.differences import of_distance, paired, unpaired
from fairgen_core.config import AuditConfig
from fairgen_core.errors import RunError
from fairgen_core.judged import JUDGED_FILE, Answers, Judged, read_judged, to_bytes
from fairgen_core.results import Figure, MetricInfo
from fairgen_core.runs.store import RunStore
from tests.core.evidence.conftest import Runs, finish, tiny_config
from tests.core.evidence.test_over_seeds import seeds_of

pytestmark = pytest.mark.slow


def by_hand() -> Judged:
    """80 rows: of group a 20 of 40 decided favourably, of group b 10 of 40; the truth is 10 and
    10 of 40, all decided favourably.
    """
    groups = np.repeat([0, 1], 40)
    decisions = np.zeros(80, dtype=np.int64)
    decisions[:20] = decisions[40:50] = 1
    truth = np.zeros(80, dtype=np.int64)
    truth[:10] = truth[40:50] = 1
    scores = decisions[:, None] * 0.8 + 0.1
    shifted = np.stack([decisions, np.zeros_like(decisions)])
    answers = Answers("boosting", "synthetic", scores, decisions, shifted)
    return Judged("abc", ("s",), ("a", "b"), (("a",), ("b",)), 0, False, groups, truth, (answers,))


def test_weighted_figures_are_those_computed_by_hand() -> None:
    judged = by_hand()
    found = weighted.figures(judged, judged.answers[0], np.ones((1, 80)))
    expected = {
        "dp": 20 / 40 - 10 / 40,
        "dp_any": 20 / 40 - 10 / 40,
        "positive_rate": 30 / 80,
        "precision": 20 / 30,
        "accuracy": 70 / 80,
        "balanced_accuracy": (1 + 50 / 60) / 2,
        "f1": 2 * 20 / (20 + 30),
        "recall": 1.0,
        "ftu": 30 / 80,
        "ftu_flips": 30 / 80,
        # of 20 favourable rows all score .9; of the 60 others 10 do, the rest .1
        "auroc": (50 + 10 / 2) / 60,
    }
    for key, value in expected.items():
        assert found[key][0] == pytest.approx(value), key
    # fewer than 30 rows of the favourable value in a group: not estimable
    assert np.isnan(found["equal_opportunity"][0])


def test_a_weight_of_two_is_a_row_drawn_twice() -> None:
    generator = np.random.default_rng(0)
    scores, truth = generator.random((200, 1)).round(1), generator.integers(0, 2, 200)
    decisions = (scores[:, 0] > 0.5).astype(np.int64)
    groups = generator.integers(0, 2, 200)
    weights = generator.integers(1, 4, (3, 200)).astype(float)
    shifted = np.stack([decisions, 1 - decisions])
    once = Judged(
        "r", ("s",), ("a", "b"), (("a",), ("b",)), 0, False, groups, truth,
        (Answers("j", "synthetic", scores, decisions, shifted),),
    )  # fmt: skip
    found = weighted.figures(once, once.answers[0], weights)
    for i, weight in enumerate(weights.astype(int)):
        rows = np.repeat(np.arange(200), weight)
        repeated = Judged(
            "r", ("s",), ("a", "b"), (("a",), ("b",)), 0, False, groups[rows], truth[rows],
            (Answers("j", "synthetic", scores[rows], decisions[rows], shifted[:, rows]),),
        )  # fmt: skip
        plain = weighted.figures(repeated, repeated.answers[0], np.ones((1, len(rows))))
        for key, values in found.items():
            assert values[i] == pytest.approx(plain[key][0], abs=1e-6), key
        assert found["auroc"][i] == pytest.approx(
            roc_auc_score(truth, scores[:, 0], sample_weight=weight)
        )


def test_weighted_figures_of_a_run_are_its_report(runs: Runs) -> None:
    judged, report = (
        read_judged(runs.store.path(runs.both) / JUDGED_FILE),
        runs.store.report(runs.both),
    )
    assert judged is not None
    assert report is not None
    assert len(judged.answers) == 4
    checked = 0
    for answers in judged.answers:
        found = weighted.figures(judged, answers, np.ones((1, len(judged.groups))))
        for key, values in found.items():
            measured = report.find(key, answers.judge)
            assert measured is not None
            figure = getattr(measured, answers.trained_on)
            if figure is not None and figure.value is not None:
                assert values[0] == pytest.approx(figure.value, abs=1e-6), key
                checked += 1
    assert checked > 25


def test_what_is_kept_comes_back_and_holds_no_column(runs: Runs) -> None:
    path = runs.store.path(runs.both) / JUDGED_FILE
    judged = read_judged(path)
    assert judged is not None
    again = to_bytes(judged)
    with np.load(path, allow_pickle=False) as held:
        names = set(held.files)
    numbers = range(4)
    expected = {f"{part}{i}" for part in ("scores", "decisions", "shifted") for i in numbers}
    assert names == {"about", "groups", "truth", *expected}
    assert len(again) == path.stat().st_size
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x93NUMPY"])
def test_a_damaged_file_is_as_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / JUDGED_FILE).write_bytes(content)
    assert read_judged(tmp_path / JUDGED_FILE) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda held: {"groups": held["groups"] + 40},
        lambda held: {"truth": held["truth"][:9]},
        lambda held: {"scores0": held["scores0"] * np.nan},
        lambda held: {"scores1": held["scores1"][:, :0]},
        lambda held: {"about": np.array("[" * 100_000)},
    ],
)
def test_answers_that_do_not_fit_together_are_as_none(
    change: Callable[[dict[str, Any]], dict[str, Any]], runs: Runs, tmp_path: Path
) -> None:
    with np.load(runs.store.path(runs.both) / JUDGED_FILE, allow_pickle=False) as file:
        held = {name: file[name] for name in file.files}
    np.savez_compressed(tmp_path / JUDGED_FILE, **held)
    assert read_judged(tmp_path / JUDGED_FILE) is not None
    np.savez_compressed(tmp_path / JUDGED_FILE, **{**held, **change(held)})
    assert read_judged(tmp_path / JUDGED_FILE) is None


# --- runs --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared(runs: Runs) -> Comparison:
    return compare_runs(runs.store, [runs.none, runs.both])


def test_only_what_differs_is_listed(compared: Comparison) -> None:
    (setting,) = compared.settings
    assert (setting.key, setting.label) == ("fairness.target", "Fairness target")
    assert setting.values == ("none", "both")
    assert compared.same_settings > 20
    assert [run.letter for run in compared.runs] == ["A", "B"]


def test_a_difference_is_of_the_reported_figures_and_paired(
    compared: Comparison, runs: Runs
) -> None:
    reports = [runs.store.report(run_id) for run_id in (runs.none, runs.both)]
    by_key = {(f.info.key, f.judge): f for f in compared.figures}
    auroc = by_key["auroc", "gradient boosting"]
    values = []
    for report in reports:
        assert report is not None
        measured = report.find("auroc", "gradient boosting")
        assert measured is not None
        assert measured.synthetic is not None
        values.append(measured.synthetic.value)
    difference = auroc.differences[1]
    assert auroc.differences[0] is None
    assert difference is not None
    assert difference.paired
    assert difference.value == pytest.approx(values[1] - values[0])
    assert difference.low <= difference.value <= difference.high
    first, second = auroc.figures
    assert first is not None
    assert second is not None
    apart = unpaired(first, second, "higher")
    # pairing by rows must not be wider than taking the two for independent
    assert difference.high - difference.low < 1.1 * (apart.high - apart.low)  # type: ignore[operator]
    shapes = by_key["column_shapes", ""].differences[1]
    assert shapes is not None
    assert not shapes.paired


def test_groups_are_held_against_each_other(compared: Comparison, runs: Runs) -> None:
    report = runs.store.report(runs.both)
    assert report is not None
    favourable = [g for g in compared.groups if g.measure == "favourable"]
    assert {g.group for g in favourable} == set(report.groups)
    for group in favourable:
        said = next(g for g in report.group_results if g.group == group.group)
        assert said.predicted_rate_synthetic is not None
        assert group.figures[1] is not None
        assert group.figures[1].value == pytest.approx(said.predicted_rate_synthetic.value)
        assert group.figures[1].low == pytest.approx(said.predicted_rate_synthetic.low)


def test_a_run_does_not_differ_from_its_like(runs: Runs, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    twin = runs.both[:-1] + ("0" if runs.both[-1] != "0" else "1")
    for run_id in (runs.both, twin):
        shutil.copytree(runs.store.path(runs.both), tmp_path / "runs" / run_id)
    same = compare_runs(store, [runs.both, twin])
    assert same.settings == ()
    for figure in same.figures:
        difference = figure.differences[1]
        assert difference is not None
        assert difference.value in (None, 0.0)
        assert difference.verdict in {"unclear", "none"}
    assert "no figure of B is clearly better or worse" in " ".join(same.sentences)


def test_without_the_answers_differences_are_wider_and_say_so(runs: Runs, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    for run_id in (runs.both, runs.none):
        shutil.copytree(runs.store.path(run_id), tmp_path / "runs" / run_id)
    (tmp_path / "runs" / runs.none / JUDGED_FILE).unlink()
    compared = compare_runs(store, [runs.both, runs.none])
    assert not any(d.paired for f in compared.figures for d in f.differences if d is not None)
    assert any("older run kept no answers" in note for note in compared.notes)
    assert {g.measure for g in compared.groups} == {"favourable"}


def test_pictures_are_compared_by_their_shares(runs: Runs, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    twin = runs.pictures[:-1] + ("0" if runs.pictures[-1] != "0" else "1")
    for run_id in (runs.pictures, twin):
        shutil.copytree(runs.store.path(runs.pictures), tmp_path / "runs" / run_id)
    compared = compare_runs(store, [runs.pictures, twin])
    assert compared.task == "train-images"
    assert [f.info.key for f in compared.figures[:3]] == ["gap", "late_gap", "kl"]
    shares = [g for g in compared.groups if len(g.columns) == 1]
    assert [g.group for g in shares] == ["black background", "white background"]
    assert len([g for g in compared.groups if len(g.columns) == 2]) == 20


def test_the_difference_of_what_has_an_ideal_to_be_near_is_named_a_distance() -> None:
    info = MetricInfo(
        key="d", title="Density", definition="x", section="quality", better="closer", ideal=1
    )
    assert of_distance(info) == "distance to 1"
    assert of_distance(info.model_copy(update={"ideal": None})) is None
    assert of_distance(info.model_copy(update={"better": "higher"})) is None


def test_a_figure_stands_once_with_that_of_the_real_pictures(runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    a = seeds_of(folder, runs, {1: 0.1}, clip=2.0)
    b = seeds_of(folder, runs, {2: 0.2}, clip=None)
    figures = compare_runs(RunStore(folder), [a, b]).figures
    keys = [figure.info.key for figure in figures]
    assert len(keys) == len(set(keys))
    assert not [key for key in keys if key.endswith("_real")]
    real = {figure.info.key: figure.real for figure in figures}
    assert real["recognisable"] is not None
    assert real["gap"] is not None
    assert {"taught", "dp", "ftu", "auroc"} <= set(keys)


def test_what_cannot_be_compared_is_told(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="Two to 4 different runs"):
        compare_runs(runs.store, [runs.both, runs.both])
    with pytest.raises(RunError, match="one kind"):
        compare_runs(runs.store, [runs.both, runs.pictures])
    store = RunStore(tmp_path / "runs")
    train = tiny_config(runs.table, "none")
    waiting = store.create(train)
    audit = store.create(AuditConfig(data=train.data, roles=train.roles))
    with pytest.raises(RunError, match=r"has no report \(queued\)"):
        compare_runs(store, [waiting, audit])
    with pytest.raises(RunError, match="is an audit"):
        compare_runs(store, [audit, waiting])


def test_crossed_columns_are_also_told_one_by_one(runs: Runs, tmp_path: Path) -> None:
    base = tiny_config(runs.table, "none")
    roles = base.roles.model_copy(update={"sensitive": ("gender", "hired")})
    crossed = base.model_copy(
        update={"roles": roles.model_copy(update={"target": None, "positive": None})}
    )
    store = RunStore(tmp_path / "runs")
    ids = [finish(store, crossed), finish(store, crossed.model_copy(update={"seed": 4}))]
    compared = compare_runs(store, ids)  # no target: no judge answers, and it still compares
    assert [s.key for s in compared.settings] == ["seed"]
    assert any(f.info.key == "detector" for f in compared.figures)


def test_a_paired_interval_ends_at_the_largest_difference() -> None:
    a, b = Figure(value=0.02), Figure(value=0.97)
    draws = np.linspace(0.7, 0.95, 200)  # mirrored at .95: .95 to 1.19
    free = paired(a, b, draws, "higher")
    assert free.high == pytest.approx(1.19, abs=0.01)
    cut = paired(a, b, draws, "higher", (-1.0, 1.0))
    assert (cut.low, cut.high, cut.verdict) == (free.low, 1.0, "better")


# --- seeds -------------------------------------------------------------------------------------


def test_an_unpaired_difference_is_put_together_from_both_intervals() -> None:
    a, b = Figure(value=0.5, low=0.46, high=0.54), Figure(value=0.6, low=0.57, high=0.63)
    found = unpaired(a, b, "higher")
    assert found.low == pytest.approx(0.1 - 0.05)
    assert found.high == pytest.approx(0.1 + 0.05)
    assert found.verdict == "better"
    assert unpaired(a, b, "lower").verdict == "worse"
    assert unpaired(a, b, "neither").verdict == "higher"
