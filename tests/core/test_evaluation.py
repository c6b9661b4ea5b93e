"""Audit and evaluation end to end on small simulated tables, and on German credit and Adult."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data.loading import prepare
from fairgen_core.errors import DataError, StoppedError
from fairgen_core.evaluation import audit, evaluate
from fairgen_core.evaluation.headline import clearly_differ
from fairgen_core.evaluation.parts import GRID_POINTS, TARGET_METRICS
from fairgen_core.metrics import METRICS
from fairgen_core.results import Figure, Measured, Report
from fairgen_core.training import SilentObserver
from tests.core.metrics.builders import canonical, hiring, prepared

GB, RF = "gradient boosting", "random forest"
TWO = ("group",)


class Recorder(SilentObserver):
    """Keeps the fractions; asks for a stop after some of them."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.fractions: list[float] = []
        self.stop_after = stop_after

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        assert stage == "evaluate"
        self.fractions.append(fraction)

    def should_stop(self) -> bool:
        return len(self.fractions) > self.stop_after


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    return canonical(frame)[0]


@pytest.fixture(scope="module")
def fair() -> Report:
    """Biased real rows against synthetic rows whose answers do not depend on the group."""
    data = prepared(hiring(900, 0), hiring(600, 1), TWO, "hired", "yes", explanatory=("team",))
    seen = Recorder()
    report = evaluate(data, rows(hiring(900, 2, bias=0)), observer=seen)
    assert seen.fractions == sorted(seen.fractions)
    assert seen.fractions[-1] == pytest.approx(1)
    return report


def check_figures(report: Report) -> None:
    """What every figure of every report must keep."""
    Report.model_validate_json(report.model_dump_json())
    for measured in report.figures:
        info = METRICS[measured.metric]
        for figure in filter(None, (measured.real, measured.synthetic)):
            check_figure(figure, info.low, info.high, measured)


def check_figure(figure: Figure, low: float | None, high: float | None, measured: Measured) -> None:
    if figure.value is None:
        assert figure.reason, measured
        return
    assert np.isfinite(figure.value), measured
    assert figure.n >= 1, measured
    assert low is None or figure.value >= low - 1e-9, measured
    assert high is None or figure.value <= high + 1e-9, measured
    if figure.low is not None:
        assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9, measured
    if figure.struck:
        assert figure.reason, measured


def test_every_figure_of_the_law_is_there(fair: Report) -> None:
    check_figures(fair)
    shown = {measured.metric for measured in fair.figures}
    assert shown == set(METRICS) - {"proxy_auroc", "r2", "mae"}
    for metric in TARGET_METRICS:
        for judge in (GB, RF):
            measured = fair.find(metric, judge)
            assert measured.real is not None
            assert measured.synthetic is not None


def test_fair_labels_close_every_gap(fair: Report) -> None:
    for metric in ("dp", "dp_any", "ftu", "ftu_flips", "conditional"):
        measured = fair.find(metric, GB)
        assert clearly_differ(measured.real, measured.synthetic), metric
        assert measured.synthetic.value < measured.real.value, metric
    gap = fair.find("data_parity")
    assert gap.real.low > 0
    assert gap.synthetic.low == 0
    assert (
        fair.find("bias_amplification", GB).synthetic.value
        < fair.find("bias_amplification", GB).real.value
    )


def test_the_headline_says_who_moved_and_what_it_cost(fair: Report) -> None:
    assert "rose from" in fair.headline
    assert "fell from" in fair.headline
    assert "the gap went from" in fair.headline
    assert "Changing group alone changes the decision" in fair.headline
    assert "AUROC fell from" in fair.headline
    odds = fair.find("equalized_odds", "gradient boosting")
    assert odds is not None
    assert odds.real is not None
    assert odds.synthetic is not None
    assert odds.real.value is not None
    assert odds.synthetic.value is not None
    apart = odds.synthetic.value > odds.real.value and clearly_differ(odds.real, odds.synthetic)
    assert ("error rates moved apart" in fair.headline) == apart


def test_groups_curves_columns_and_shap(fair: Report) -> None:
    for group in fair.group_results:
        assert group.n_train + group.n_test + group.n_synthetic > 0
        for rate in (
            group.label_rate_real,
            group.label_rate_synthetic,
            group.predicted_rate_real,
            group.predicted_rate_synthetic,
        ):
            assert rate.low <= rate.value <= rate.high
    assert sum(g.share_synthetic.value for g in fair.group_results) == pytest.approx(1)
    assert len(fair.curves) == 2 * 2 * 2
    for curve in fair.curves:
        assert len(curve.grid) == len(curve.cdf) == GRID_POINTS
        assert list(curve.cdf) == sorted(curve.cdf)
        assert curve.cdf[-1] == 1
        assert curve.outcome == "yes"
    assert {c.column for c in fair.columns} == {"skill", "proxy", "years", "team", "group", "hired"}
    bars = {bar.column: bar for bar in fair.shap}
    assert bars["group"].sensitive
    assert bars["group"].synthetic < bars["group"].real


def test_the_same_seed_gives_the_same_report() -> None:
    data = prepared(hiring(90, 0), hiring(60, 1), TWO, "hired", "yes")
    synthetic = rows(hiring(60, 2))
    assert evaluate(data, synthetic, seed=3) == evaluate(data, synthetic, seed=3)


def test_copies_are_reported() -> None:
    data = prepared(hiring(300, 0), hiring(200, 1), TWO, "hired", "yes")
    report = evaluate(data, data.train.copy())
    assert report.find("exact_copies").synthetic.value == 1
    assert report.find("exact_copies").real.value == 0
    assert report.find("dcr").synthetic.value > 0.7
    assert report.find("authenticity").synthetic.value < 0.05
    assert "no clear change of the gap" in report.headline
    assert "AUROC stayed at" in report.headline


def test_a_synthetic_table_of_one_answer_is_flagged_and_struck() -> None:
    data = prepared(hiring(300, 0), hiring(200, 1), TWO, "hired", "yes")
    synthetic = rows(hiring(300, 2).assign(hired="no"))
    report = evaluate(data, synthetic)
    check_figures(report)
    assert report.find("one_class", GB).synthetic.value == 1
    assert report.find("dp", GB).synthetic.struck
    assert not report.find("dp", GB).real.struck
    assert "parity figures mean nothing" in report.headline
    assert "the same after training on the real rows" not in report.headline
    assert report.find("precision", GB).synthetic.value is None


def test_one_answer_of_real_rows_too_is_said() -> None:
    refused = hiring(300, 0).assign(hired=["yes"] * 3 + ["no"] * 297)
    report = evaluate(prepared(refused, hiring(200, 1), TWO, "hired", "yes"), rows(refused))
    assert "It is the same after training on the real rows." in report.headline


def test_five_groups_name_the_largest_movers() -> None:
    five = tuple("abcde")
    data = prepared(hiring(700, 0, five), hiring(400, 1, five), TWO, "hired", "yes")
    report = evaluate(data, rows(hiring(600, 2, five, bias=0)))
    check_figures(report)
    assert len(report.group_results) == 5
    assert "the two that moved most of 5 groups" in report.headline
    assert "the largest gap went from" in report.headline


def test_parity_that_was_lost_and_shares_that_moved_are_said() -> None:
    data = prepared(hiring(500, 0, bias=0), hiring(400, 1, bias=0), TWO, "hired", "yes")
    synthetic = hiring(900, 2, bias=3)
    keep = (synthetic["group"] == "a") | (np.arange(900) % 4 == 0)
    report = evaluate(data, rows(synthetic[keep]))
    assert "so parity was lost" in report.headline
    assert "largest and the smallest group's share went from" in report.headline


def test_many_classes() -> None:
    def graded(n: int, seed: int) -> pd.DataFrame:
        frame = hiring(n, seed)
        noise = np.random.default_rng(seed).normal(size=n)
        score = frame["skill"] + 1.5 * (frame["group"] == "a") + noise
        return frame.assign(grade=pd.cut(score, [-9, 0, 1, 9], labels=["C", "B", "A"]).astype(str))

    data = prepared(graded(500, 0), graded(400, 1), TWO, "grade")
    synthetic = graded(400, 2)
    report = evaluate(data, rows(synthetic[synthetic["grade"] != "B"]))
    check_figures(report)
    assert report.target_kind == "classes"
    assert report.positive in {"A", "B", "C"}
    assert report.find("auroc", GB).real.value > 0.6


def test_number_target_with_missing_values_and_dates() -> None:
    def paid(n: int, seed: int) -> pd.DataFrame:
        frame, draw = hiring(n, seed), np.random.default_rng(seed)
        pay = 30 + 5 * frame["skill"] + 8 * (frame["group"] == "a") + draw.normal(size=n)
        when = pd.Timestamp("2020-01-01") + pd.to_timedelta(draw.integers(0, 900, n), unit="D")
        frame = frame.assign(pay=pay.round(1), when=when)
        for name in ("skill", "team", "when"):
            frame.loc[draw.random(n) < 0.1, name] = None
        return frame

    data = prepared(paid(500, 0), paid(300, 1), TWO, "pay")
    report = evaluate(data, rows(paid(400, 2)))
    check_figures(report)
    assert report.find("r2", GB).real.value > 0.5
    assert report.find("mae", RF).synthetic.value > 0
    assert report.find("dp", GB).real.low > 0.3
    assert "predicted above the median of pay" in report.headline
    assert "R squared" in report.headline


def test_without_a_target_the_reason_stands_in_the_figures_place() -> None:
    data = prepared(hiring(300, 0), hiring(200, 1), TWO)
    seen = Recorder()
    report = evaluate(data, rows(hiring(300, 2)), observer=seen)
    assert seen.fractions[-1] == pytest.approx(1)
    check_figures(report)
    assert report.find("dp", GB).synthetic.reason == "No target column was chosen"
    assert report.find("coverage").synthetic.value > 0.8
    assert "groups' shares" in report.headline
    assert "detector" in report.headline


def test_tiny_tables_are_not_estimable_and_never_zero() -> None:
    data = prepared(hiring(40, 0), hiring(20, 1), TWO, "hired", "yes")
    report = evaluate(data, rows(hiring(12, 2)))
    check_figures(report)
    for metric in ("dp", "ftu", "auroc", "one_class"):
        assert report.find(metric, GB).synthetic.value is None
    assert report.find("kl_uniform").synthetic.reason == "12 rows; not estimable below 30"
    assert "cannot be told" in report.headline
    assert any("not estimable below 30" in warning for warning in report.warnings)
    assert "cannot be compared" in audit(data).headline


def test_a_vanished_group_and_unknown_groups_are_warned_of() -> None:
    data = prepared(hiring(300, 0), hiring(200, 1), TWO, "hired", "yes")
    synthetic = hiring(300, 2)
    synthetic["group"] = np.where(synthetic["group"] == "a", "new", "b")
    report = evaluate(data, rows(synthetic))
    check_figures(report)
    warnings = " ".join(report.warnings)
    assert "Group 'a' does not occur among the synthetic rows" in warnings
    assert "belong to none of the groups" in warnings


def test_a_stop_is_heeded_between_the_parts() -> None:
    data = prepared(hiring(150, 0), hiring(100, 1), TWO, "hired", "yes")
    with pytest.raises(StoppedError):
        evaluate(data, rows(hiring(100, 2)), observer=Recorder(stop_after=2))


def test_a_table_with_other_columns_or_no_rows_is_refused() -> None:
    data = prepared(hiring(150, 0), hiring(100, 1), TWO, "hired", "yes")
    with pytest.raises(DataError, match="lacks: team"):
        evaluate(data, rows(hiring(50, 2).drop(columns="team")))
    with pytest.raises(DataError, match="has none"):
        evaluate(data, rows(hiring(50, 2)).iloc[:0])


def test_audit_of_biased_rows() -> None:
    seen = Recorder()
    report = audit(prepared(hiring(900, 0), hiring(600, 1), TWO, "hired", "yes"), observer=seen)
    check_figures(report)
    assert report.kind == "audit"
    assert seen.fractions[-1] == pytest.approx(1)
    assert report.proxies[0].column == "proxy"
    assert report.proxies[0].auroc.value > 0.75
    skill = next(p for p in report.proxies if p.column == "skill")
    assert skill.auroc.value == pytest.approx(0.5, abs=0.06)
    assert report.find("proxy_auroc").real.value > 0.75
    assert report.find("dp", GB).real.low > 0
    assert {g.group for g in report.group_results} == {"a", "b"}
    assert all(g.label_rate_real.n == g.n_train + g.n_test for g in report.group_results)
    assert "The rate of 'yes' is" in report.headline


def test_audit_finds_no_proxy_where_there_is_none() -> None:
    frame = hiring(800, 0).drop(columns="proxy")
    report = audit(prepared(frame, hiring(400, 1).drop(columns="proxy"), TWO, "hired", "yes"))
    figure = report.find("proxy_auroc").real
    assert figure.value == pytest.approx(0.5, abs=0.06)


def test_intersections_have_a_cell_each_even_where_nobody_is() -> None:
    frame = hiring(900, 0)
    frame = frame[~((frame["group"] == "a") & (frame["team"] == "red"))]
    report = audit(prepared(frame, frame, ("group", "team"), "hired", "yes"))
    assert len(report.cells) == 6
    (empty,) = [c for c in report.cells if set(c.values) == {"a", "red"}]
    assert empty.n == 0
    assert empty.rate.reason == "0 rows; not estimable below 30"
    assert sum(c.n for c in report.cells) == 2 * len(frame)


@pytest.mark.adult
def test_german_credit(german_path: Path) -> None:
    data = prepare(
        DataConfig(source=str(german_path)),
        RolesConfig(sensitive=("sex",), target="credit_risk", positive="good"),
    )
    report = evaluate(data, data.train.sample(frac=1, replace=True, random_state=0))
    check_figures(report)
    check_figures(audit(data))
    assert report.find("auroc", GB).real.value > 0.65


@pytest.mark.adult
@pytest.mark.slow
def test_adult_matches_the_published_figures_of_real_rows(adult_dir: Path) -> None:
    data = prepare(
        DataConfig(source=str(adult_dir / "train.csv"), test_source=str(adult_dir / "test.csv")),
        RolesConfig(sensitive=("sex",), target="income", positive=">50K"),
    )
    report = audit(data)
    check_figures(report)
    expected = {"auroc": 0.927, "dp": 0.17, "dp_any": 0.379, "ftu": 0.031}
    for metric, value in expected.items():
        assert report.find(metric, GB).real.value == pytest.approx(value, abs=0.006), metric
    assert report.find("data_parity").real.value == pytest.approx(0.196, abs=0.003)
    assert report.proxies[0].column == "relationship"
