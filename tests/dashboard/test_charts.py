"""Charts: what they draw, in which colours, on which axes, and what they say to a screen reader."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.components import INK, ON_PRIMARY
from fairgen_core import charts
from fairgen_core.charts import palette
from fairgen_core.charts.base import Chart, axis_top, listed
from fairgen_core.charts.columns import MAX_BARS
from fairgen_core.charts.scores import curves_of, largest_distance, share_above
from fairgen_core.results import Figure, GroupResult, Measured, Report, ScoreCurve
from fairgen_core.runs.status import ProgressEvent
from tests.dashboard.report_builder import JUDGES, audit, evaluation

JUDGE = JUDGES[0]
ROOT = Path(__file__).resolve().parents[2]


def event(t: float, **more: Any) -> ProgressEvent:
    return ProgressEvent(t=t, stage="generator", fraction=0.5, overall=0.5, **more)


EVENTS = [
    event(
        100 + i,
        losses={"generator": 0.5 - i / 50, "discriminator": 0.7},
        figures={
            "preview_dp": 0.2 / (i + 1),
            "gradient_norm:Male": 3.0 + i,
            "gradient_norm:Female": 5.0 + i,
            "clipped_share": 0.4,
        },
    )
    for i in range(40)
]


@cache
def every_chart() -> dict[str, Chart]:
    judged, audited = evaluation(), audit()
    return {
        "rates": charts.rate_by_group(judged),
        "rates of an audit": charts.rate_by_group(audited),
        "decisions": charts.rate_by_group(judged, rates="predicted"),
        "disparity": charts.disparity(judged, "Female"),
        "frequencies": charts.group_frequencies(judged),
        "frequencies of an audit": charts.group_frequencies(audited),
        "intersections": charts.intersections(audited),
        "scores": charts.score_curves(judged, JUDGE, 0.5),
        "columns": charts.columns_comparison(judged),
        "one column": charts.columns_comparison(judged.columns[0]),
        "SHAP": charts.shap_bars(judged),
        "beeswarm": charts.shap_beeswarm(judged),
        "proxies": charts.proxies(judged),
        "progress": charts.progress_lines(EVENTS),
        "losses": charts.loss_lines(EVENTS),
        "gradients": charts.gradient_norms(EVENTS, 2.0),
    }


def layers(chart: Chart) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    return spec.get("layer", [spec])


def mark_of(layer: dict[str, Any]) -> str:
    return layer["mark"]["type"]


def channel(chart: Chart, name: str, field: str) -> dict[str, Any]:
    """The first encoding of that channel and field in any layer."""
    for layer in layers(chart):
        found = layer.get("encoding", {}).get(name, {})
        if found.get("field") == field:
            return found
    raise AssertionError(f"no {name} of {field}")


def title_of(axis: dict[str, Any]) -> str:
    """An axis title as one line."""
    return " ".join(axis["title"])


# --- every chart -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", every_chart())
def test_is_valid_described_and_gives_its_table(name: str) -> None:
    chart = every_chart()[name]
    spec = chart.to_dict()  # validates against Vega-Lite's schema
    assert len(spec["description"]) > 30
    assert "nan" not in spec["description"].lower()
    table = charts.chart_data(chart)
    assert len(table)
    assert not [column for column in table.columns if str(column).startswith("_")]


@pytest.mark.parametrize("name", every_chart())
def test_keeps_the_plots_own_height_in_the_dashboard(name: str) -> None:
    chart = every_chart()[name]
    spec = chart.to_dict()
    if "concat" in spec or "vconcat" in spec:
        assert "autosize" not in spec
    else:
        assert spec["autosize"] == {"type": "fit-x", "contains": "padding"}


@pytest.mark.parametrize("name", every_chart())
def test_words_take_the_pages_colour(name: str) -> None:
    config = charts.inked(every_chart()[name], "#E7ECF2").to_dict()["config"]
    assert config["text"]["color"] == config["title"]["subtitleColor"] == "#E7ECF2"
    assert config["view"]["stroke"] is None


@pytest.mark.parametrize(
    "draw",
    [
        charts.rate_by_group,
        charts.disparity,
        charts.group_frequencies,
        charts.intersections,
        charts.columns_comparison,
        charts.shap_bars,
        charts.shap_beeswarm,
        charts.proxies,
        lambda report: charts.score_curves(report, JUDGE, 0.5),
        lambda report: charts.progress_lines([]),
        lambda report: charts.loss_lines([]),
        lambda report: charts.gradient_norms([]),
    ],
)
def test_with_nothing_to_draw_says_why(draw: Any) -> None:
    bare = {"group_results": (), "columns": (), "shap": (), "shap_points": (), "proxies": ()}
    empty = evaluation().model_copy(update=bare | {"cells": (), "curves": ()})
    spec = draw(empty).to_dict()
    assert spec["description"].startswith("There is nothing to draw: ")
    assert spec["mark"]["type"] == "text"


# --- colours ---------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]


def backgrounds() -> list[str]:
    keys = ("backgroundColor", "secondaryBackgroundColor")
    return [THEME[mode][key] for mode in ("light", "dark") for key in keys]


def test_words_in_charts_have_the_themes_own_colours() -> None:
    assert {mode: THEME[mode]["textColor"] for mode in ("light", "dark")} == INK


@pytest.mark.parametrize("page", backgrounds())
@pytest.mark.parametrize(
    "colour",
    sorted({palette.REAL, palette.SYNTHETIC, palette.SENSITIVE, palette.LINE}
           | {*palette.GROUPS, *palette.LEVELS}),
)  # fmt: skip
def test_colours_can_be_seen_on_every_page(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3.0


def mixed(colour: str, page: str, share: float) -> str:
    """The colour laid over the page so thinly that `share` of it shows."""
    pairs = [(int(colour[i : i + 2], 16), int(page[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)


@pytest.mark.parametrize(("mode", "on_button"), [("light", "#FFFFFF"), ("dark", ON_PRIMARY)])
def test_words_in_and_on_the_primary_colour_can_be_read(mode: str, on_button: str) -> None:
    primary, page = THEME[mode]["primaryColor"], THEME[mode]["backgroundColor"]
    assert contrast(on_button, primary) >= 4.5
    assert contrast("#FFFFFF", primary) >= 3  # an icon on a button, a mark in a box
    assert contrast(primary, page) >= 4.5  # a slider's value
    for tint in (0.1, 0.2):  # a chosen segment, and under the pointer
        assert contrast(primary, mixed(primary, page, tint)) >= 4.5, tint


def test_a_groups_colour_depends_on_its_place_alone() -> None:
    three = charts.group_colours(["a", "b", "c"])
    assert three == {"a": palette.GROUPS[0], "b": palette.GROUPS[1], "c": palette.GROUPS[2]}
    assert palette.REAL not in palette.GROUPS
    assert palette.SYNTHETIC not in palette.GROUPS


def test_thirty_six_groups_all_look_different() -> None:
    groups = [f"g{i}" for i in range(36)]
    colours, shapes = charts.group_colours(groups), palette.group_shapes(groups)
    dashes = palette.group_dashes(groups)
    assert len({(colours[g], shapes[g]) for g in groups}) == 36
    assert len({(colours[g], dashes[g]) for g in groups}) == 36


def test_synthetic_rows_have_the_groups_colour_and_real_rows_are_grey() -> None:
    rows = charts.rate_by_group(evaluation()).data
    by_rows = rows.groupby("Rows")["_colour"].agg(list)
    assert set(by_rows["Real"]) == {palette.REAL}
    assert by_rows["Synthetic"] == list(palette.GROUPS[:2])


def test_in_an_audit_real_rows_have_the_groups_colour() -> None:
    rows = charts.rate_by_group(audit()).data
    assert list(rows["_colour"]) == list(palette.GROUPS[:4])


def test_a_given_palette_is_used() -> None:
    rows = charts.rate_by_group(audit(), dict.fromkeys(audit().groups, "#123456")).data
    assert set(rows["_colour"]) == {"#123456"}


# --- groups ----------------------------------------------------------------------------------


def test_rates_stand_on_an_axis_from_zero_that_holds_every_interval() -> None:
    report = evaluation()
    for rates in ("label", "predicted"):
        x = channel(charts.rate_by_group(report, rates=rates), "x", "Value")
        low, high = x["scale"]["domain"]
        assert low == 0
        assert high >= charts.rate_by_group(report, rates=rates).data["High"].max()


@pytest.mark.parametrize(("highest", "top"), [(0.03, 0.05), (0.2, 0.2), (0.21, 0.3), (0.99, 1.0)])
def test_axis_ends_at_the_next_round_number(highest: float, top: float) -> None:
    assert axis_top([None, highest / 2, highest]) == top


@pytest.mark.parametrize(
    ("changes", "rates", "title"),
    [
        ({}, "label", "Share with income = >50K (dashed: overall rate)"),
        ({}, "predicted", "Share decided favourably (dashed: overall rate)"),
        ({"positive": None}, "label", "Share with the favourable value (dashed: overall rate)"),
        (
            {"target_kind": "number", "positive": None},
            "predicted",
            "Share predicted above the median of income (dashed: overall rate)",
        ),
    ],
)
def test_the_rates_axis_says_what_of(changes: dict[str, Any], rates: Any, title: str) -> None:
    report = evaluation().model_copy(update=changes)
    assert title_of(channel(charts.rate_by_group(report, rates=rates), "x", "Value")) == title


def test_overall_rate_weighs_groups_by_their_size() -> None:
    def group(name: str, n: int, rate: float) -> GroupResult:
        return GroupResult(
            group=name, n_train=n, n_test=n, share_train=Figure(value=0.5),
            label_rate_real=Figure(value=rate, n=n),
        )  # fmt: skip

    report = audit().model_copy(
        update={"groups": ("a", "b"), "group_results": (group("a", 30, 0.1), group("b", 10, 0.5))}
    )
    spec = charts.rate_by_group(report).to_dict()
    overall = [row["Overall"] for rows in spec["datasets"].values() for row in rows
               if "Overall" in row]  # fmt: skip
    assert overall == [pytest.approx((30 * 0.1 + 10 * 0.5) / 40)]


def test_a_rate_that_cannot_be_had_says_why_and_has_no_point() -> None:
    report = evaluation(groups=("A", "B", "C"), small="B")
    chart = charts.rate_by_group(report)
    rows = charts.chart_data(chart)
    small = rows[rows["Group"] == "B"]
    assert small["Value"].isna().all()
    assert small["Note"].str.startswith("not estimable: ").all()
    assert (rows.loc[rows["Group"] != "B", "Note"] == "").all()
    assert "B, real: not estimable" in chart.to_dict()["description"]


def test_a_struck_rate_is_a_cross_with_the_reason() -> None:
    struck = Figure(value=0.001, n=100, struck=True, reason="one class only")
    report = evaluation()
    first = report.group_results[0].model_copy(update={"label_rate_synthetic": struck})
    report = report.model_copy(update={"group_results": (first, *report.group_results[1:])})
    rows = charts.rate_by_group(report).data
    marked = rows[rows["Struck"]]
    assert list(marked["_shape"]) == [palette.STRUCK_SHAPE]
    assert list(marked["Note"]) == ["struck out: one class only"]


def test_groups_keep_the_reports_order() -> None:
    report = evaluation(groups=("Z", "A", "M"), small="A")
    for chart in (charts.rate_by_group(report), charts.disparity(report)):
        order = channel(chart, "y", "_label")["sort"]
        assert [label.split("\n")[0] for label in order] == ["Z", "A", "M"]


def test_labels_name_the_rows_behind_each_group() -> None:
    labels = set(charts.rate_by_group(evaluation()).data["_label"])
    assert labels == {
        "Male\nn 21,816 real, 21,833 synthetic", "Female\nn 10,745 real, 10,762 synthetic",
    }  # fmt: skip
    predicted = set(charts.rate_by_group(evaluation(), rates="predicted").data["_label"])
    assert predicted == {"Male\nn 10,908", "Female\nn 5,373"}


def test_disparity_is_the_difference_to_the_reference_on_an_even_axis() -> None:
    chart = charts.disparity(evaluation(), "Female", rates="label")
    rows = charts.chart_data(chart).set_index(["Group", "Rows"])["Difference"]
    assert rows["Male", "Real"] == pytest.approx(0.30 - 0.11)
    assert rows["Female", "Real"] == 0
    low, high = channel(chart, "x", "Difference")["scale"]["domain"]
    assert low == -high
    assert "Female" in title_of(channel(chart, "x", "Difference"))


def test_disparity_falls_back_to_labels_without_a_model() -> None:
    report = audit()
    results = [r.model_copy(update={"predicted_rate_real": None}) for r in report.group_results]
    rows = charts.chart_data(
        charts.disparity(report.model_copy(update={"group_results": tuple(results)}))
    )
    assert list(rows["Difference"]) == pytest.approx([0.0, -0.06, -0.12, -0.18])


def test_frequencies_show_interval_training_share_and_even_share() -> None:
    chart = charts.group_frequencies(evaluation())
    rows = charts.chart_data(chart)
    assert list(rows["Training share"]) == [0.67, 0.33]
    assert list(rows["n"]) == [21_816, 10_745]
    assert {"bar", "tick", "rule"} <= {mark_of(layer) for layer in layers(chart)}
    even = [row for data in chart.to_dict()["datasets"].values() for row in data if "Even" in row]
    assert [row["Even"] for row in even] == [0.5]


def test_intersections_hatch_cells_with_too_few_rows() -> None:
    chart = charts.intersections(audit())
    fills = [layer["mark"].get("color") for layer in layers(chart) if mark_of(layer) == "rect"]
    assert [isinstance(fill, dict) and fill["gradient"] for fill in fills] == [False, "linear"]
    few = charts.chart_data(chart).query("n == 12")
    assert list(few["Note"]) == ["not estimable: 12 rows; not estimable below 30"]


def test_three_sensitive_columns_cross_the_last_two() -> None:
    report = audit()
    cells = tuple(c.model_copy(update={"values": (*c.values, "old")}) for c in report.cells)
    crossed = report.model_copy(update={"sensitive": ("sex", "race", "age"), "cells": cells})
    table = charts.chart_data(charts.intersections(crossed))
    assert set(table["Column"]) == {"White & old", "Black & old", "Other & old"}


# --- scores ----------------------------------------------------------------------------------


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
    assert chart.to_dict()["encoding"]["color"]["condition"]["value"] == palette.SENSITIVE


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


# --- training --------------------------------------------------------------------------------


def test_progress_shows_figures_by_name_without_the_gradients() -> None:
    table = charts.chart_data(charts.progress_lines(EVENTS))
    assert set(table["Name"]) == {"DP of the preview"}
    assert table["Seconds"].iloc[0] == 0
    assert table["Seconds"].iloc[-1] == 39


def test_long_trainings_are_thinned_and_keep_the_newest_point() -> None:
    events = [event(float(i), losses={"kl": float(i)}) for i in range(5000)]
    table = charts.chart_data(charts.loss_lines(events))
    assert len(table) <= 400
    assert table["Value"].iloc[-1] == 4999


def test_gradients_have_a_log_axis_a_line_at_c_and_the_share_clipped() -> None:
    spec = charts.gradient_norms(EVENTS, 2.0).to_dict()
    lines, clipped = spec["vconcat"]
    assert lines["encoding"]["y"]["scale"]["type"] == "log"
    assert clipped["encoding"]["y"]["scale"]["domain"] == [0, 1]
    scale = lines["encoding"]["color"]["scale"]
    assert scale["domain"] == ["Male", "Female", "clip norm C = 2.00"]
    assert scale["range"] == [*palette.GROUPS[:2], palette.LINE]


def test_gradients_without_clipping_are_one_plot_with_the_groups_alone() -> None:
    events = [event(float(i), figures={"gradient_norm:A": 1.0 + i}) for i in range(3)]
    spec = charts.gradient_norms(events).to_dict()
    assert spec["encoding"]["color"]["scale"]["domain"] == ["A"]


def test_long_lists_are_cut_and_counted() -> None:
    assert listed(["a.", "b.", "c."], limit=2) == "a. b. … (1 more)"
