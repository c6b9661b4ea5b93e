"""Charts of scores, columns and explanations."""

from __future__ import annotations

import pandas as pd
import pytest

from fairgen_core import charts
from fairgen_core.charts import palette
from fairgen_core.charts.columns import MAX_BARS
from fairgen_core.charts.scores import curves_of, largest_distance, share_above
from fairgen_core.results import Figure, Measured, Report, ScoreCurve
from tests.dashboard.chart_parts import channel, title_of
from tests.dashboard.report_builder import JUDGES, evaluation

JUDGE = JUDGES[0]


def curve(group: str, grid: tuple[float, ...], cdf: tuple[float, ...]) -> ScoreCurve:
    return ScoreCurve(
        trained_on="synthetic", judge=JUDGE, group=group, n=10, grid=grid, cdf=cdf
    )  # fmt: skip


def two_curves() -> Report:
    """By hand: at .2 the functions are .5 and .1, the largest distance; at .6, .9 and .8."""
    return evaluation().model_copy(
        update={
            "curves": (
                curve("Male", (0.2, 0.4, 0.6, 1.0), (0.1, 0.3, 0.8, 1.0)),
                curve("Female", (0.2, 0.6, 1.0), (0.5, 0.9, 1.0)),
            )
        }
    )


@pytest.mark.parametrize(
    ("threshold", "share"), [(0.1, 1.0), (0.2, 0.9), (0.3, 0.9), (0.5, 0.7), (1.0, 0.0), (2, 0.0)]
)
def test_share_above_reads_the_step_function(threshold: float, share: float) -> None:
    assert share_above(two_curves().curves[0], threshold) == pytest.approx(share)


def test_parity_at_a_threshold_is_the_gap_of_the_curves() -> None:
    report = two_curves()
    assert charts.parity_at(report, JUDGE, 0.5) == pytest.approx(0.5 - 0.3)
    assert charts.parity_at(report, JUDGE, 0.6) == pytest.approx(0.1)
    assert charts.parity_at(report, JUDGE, 0.1) == 0
    assert charts.parity_at(report, JUDGE, 0.5, "real") is None


def test_largest_distance_is_found_where_it_is() -> None:
    found = largest_distance(two_curves(), JUDGE)
    assert found is not None
    assert found.distance == pytest.approx(0.4)
    assert (found.score, found.lower, found.upper) == pytest.approx((0.2, 0.1, 0.5))


def test_bracket_threshold_and_figure_are_written_into_the_chart() -> None:
    chart = charts.score_curves(two_curves(), JUDGE, 0.6)
    labels = {row["Label"] for rows in chart.to_dict()["datasets"].values() for row in rows
              if "Label" in row}  # fmt: skip
    assert labels == {"largest distance 0.058", "DP 0.100 at 0.600"}


def test_struck_distance_says_so() -> None:
    chart = charts.score_curves(evaluation(struck=True), JUDGE, 0.5)
    assert "0\u0336.\u03360\u03365\u03368\u0336 (struck out)" in chart.to_dict()["description"]


def test_score_axis_is_fixed_for_probabilities_and_fits_other_scores() -> None:
    chart = charts.score_curves(two_curves(), JUDGE)
    assert channel(chart, "x", "Score")["scale"]["domain"] == [0, 1]
    wide = two_curves().curves[0].model_copy(update={"grid": (-5.0, 0.0, 10.0, 30.0)})
    report = two_curves().model_copy(update={"curves": (wide,)})
    chart = charts.score_curves(report, JUDGE)
    assert channel(chart, "x", "Score")["scale"]["domain"] == [-5, 30]


def test_decisions_are_made_at_one_half_or_where_the_reported_rate_lies_above() -> None:
    assert charts.decision_threshold(two_curves(), JUDGE) == 0.5
    real = tuple(c.model_copy(update={"trained_on": "real"}) for c in two_curves().curves)
    rate = Measured(metric="positive_rate", judge=JUDGE, real=Figure(value=0.15, n=20))
    number = two_curves().model_copy(
        update={"target_kind": "number", "curves": real, "figures": (rate,)}
    )
    # Of the two groups' ten rows each, .2 and .1 lie above .6.
    assert charts.decision_threshold(number, JUDGE) == 0.6
    chart = charts.score_curves(number, JUDGE, 0.6, "real")
    assert title_of(channel(chart, "x", "Score")) == "Predicted income"


def test_shap_values_of_a_number_are_in_its_own_units() -> None:
    number = evaluation().model_copy(update={"target_kind": "number"})
    axis = charts.shap_bars(number).to_dict()["encoding"]["x"]
    assert title_of(axis) == "Mean absolute SHAP value (units of income)"


def test_curves_come_in_the_reports_order_of_groups() -> None:
    report = two_curves()
    turned = report.model_copy(update={"curves": report.curves[::-1]})
    assert [c.group for c in curves_of(turned, JUDGE, "synthetic")] == ["Male", "Female"]


# --- columns ---------------------------------------------------------------------------------


def test_columns_are_sorted_by_distance_unknown_first() -> None:
    names = [column.column for column in charts.sorted_columns(evaluation())]
    assert names == ["all missing", "occupation", "since", "age", "capital-gain"]


def test_rare_categories_are_summed_and_missing_is_a_bar() -> None:
    occupation = next(c for c in evaluation().columns if c.column == "occupation")
    table = charts.chart_data(charts.columns_comparison(occupation))
    real = table[table["Rows"] == "Real"].set_index("Value")["Share"]
    assert len(real) == MAX_BARS + 1
    assert real["11 others"] == pytest.approx(11 * 0.05)
    assert real["missing"] == pytest.approx(0.057)
    assert real.drop("missing").sum() == pytest.approx(sum(occupation.real))


def test_notes_under_a_columns_name_fit_a_third_of_a_page() -> None:
    occupation = next(c for c in evaluation().columns if c.column == "occupation")
    notes = charts.columns_comparison(occupation).to_dict()["title"]["subtitle"]
    assert " ".join(notes).endswith("missing: 5.7 % real, 6.1 % synthetic")
    assert max(map(len, notes)) <= 28


def test_a_density_has_the_bins_areas() -> None:
    age = next(c for c in evaluation().columns if c.column == "age")
    frame = charts.columns_comparison(age).data
    area = frame["_density"] * (frame["_to"] - frame["_from"])
    assert list(area) == pytest.approx([*age.real, *age.synthetic])


def test_very_uneven_bins_stand_side_by_side_in_their_order() -> None:
    gain = next(c for c in evaluation().columns if c.column == "capital-gain")
    chart = charts.columns_comparison(gain)
    assert chart.to_dict()["mark"]["type"] == "bar"
    assert list(charts.chart_data(chart)["Value"].unique()) == list(gain.labels)


def test_dates_stand_on_an_axis_of_time() -> None:
    since = next(c for c in evaluation().columns if c.column == "since")
    chart = charts.columns_comparison(since)
    assert channel(chart, "x", "_from")["type"] == "temporal"
    assert chart.data["_from"].iloc[0] == pd.Timestamp("2014-01-01")


# --- explanations ----------------------------------------------------------------------------


def test_sensitive_column_is_named_coloured_and_never_left_out() -> None:
    report = evaluation()
    many = tuple(
        report.shap[0].model_copy(update={"column": f"c{i}", "real": 1 + i}) for i in range(30)
    )
    chart = charts.shap_bars(report.model_copy(update={"shap": (*many, report.shap[-1])}))
    table = charts.chart_data(chart)
    assert "sex (sensitive)" in set(table["Column"])
    assert table["Column"].nunique() == 16
    assert chart.to_dict()["encoding"]["fill"]["condition"]["value"] == palette.SENSITIVE


def test_beeswarm_draws_one_models_points_within_their_lanes() -> None:
    frame = charts.shap_beeswarm(evaluation(), "real").data
    sex = frame[frame["Column"] == "sex (sensitive)"]
    assert set(sex["SHAP value"].abs()) == {0.06}
    assert frame["_place"].between(-1, 1).all()
    assert sex["_place"].nunique() > 50  # equal values do not lie on each other
    assert sex["Level"].isna().any()


def test_proxies_run_from_chance_to_certain_strongest_first() -> None:
    chart = charts.proxies(evaluation())
    table = charts.chart_data(chart)
    assert list(table["Column"]) == ["relationship", "occupation", "age", "constant"]
    assert list(table["Note"])[-1] == "not estimable: only one value"
    assert channel(chart, "x", "Value")["scale"]["domain"] == [0.5, 1]
    assert "strongest" not in title_of(channel(chart, "x", "Value"))


def test_of_many_proxies_the_chart_says_how_many_it_shows() -> None:
    report = evaluation()
    found = [p.model_copy(update={"column": f"{i}"}) for i in range(5) for p in report.proxies]
    chart = charts.proxies(report.model_copy(update={"proxies": tuple(found)}))
    assert "the 15 strongest of 20 columns" in title_of(channel(chart, "x", "Value"))
