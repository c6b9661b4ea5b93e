"""Charts: what they draw, in which colours, on which axes, and what they say to a screen reader."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dashboard.components import INK, ON_PRIMARY
from fairgen_core import charts
from fairgen_core.charts import palette
from fairgen_core.charts.base import Chart, legend_columns, listed, wrapped
from tests.dashboard.chart_parts import EVENTS, event
from tests.dashboard.report_builder import JUDGES, audit, evaluation

JUDGE = JUDGES[0]
ROOT = Path(__file__).resolve().parents[2]


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
    for part in ("axis", "legend"):  # streamlit's own grey for them is too faint
        assert config[part]["labelColor"] == config[part]["titleColor"] == "#E7ECF2"
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


@pytest.mark.parametrize("colour", palette.GROUPS)
def test_a_letter_on_a_groups_colour_can_be_read(colour: str) -> None:
    assert contrast(colour, palette.ON_GROUP) >= 4.5


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


def test_a_group_that_is_called_by_a_colour_has_it() -> None:
    hues = charts.group_colours(["blue", "cyan", "Green", "purple", "red", "yellow"])
    assert hues["blue"] == palette.NAMED["blue"]
    assert hues["Green"] == palette.NAMED["green"]
    assert hues["red"] == palette.NAMED["red"]
    assert len(set(hues.values())) == 6, "one colour a group"
    assert list(hues) == ["blue", "cyan", "Green", "purple", "red", "yellow"]
    alike = charts.group_colours(["pink", "purple", "other"])
    assert len(set(alike.values())) == 3, "two names of one hue"


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


# --- scores ----------------------------------------------------------------------------------


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
    assert scale["domain"] == ["Male", "Female", "clip norm C = 2"]
    assert scale["range"] == [*palette.GROUPS[:2], palette.LINE]


def test_gradients_without_clipping_are_one_plot_with_the_groups_alone() -> None:
    events = [event(float(i), figures={"gradient_norm:A": 1.0 + i}) for i in range(3)]
    spec = charts.gradient_norms(events).to_dict()
    assert spec["encoding"]["color"]["scale"]["domain"] == ["A"]


def test_long_lists_are_cut_and_counted() -> None:
    assert listed(["a.", "b.", "c."], limit=2) == "a. b. … (1 more)"


def test_a_legend_of_long_names_takes_more_lines() -> None:
    assert legend_columns(["man", "woman", "clip norm C = 2"]) == 2
    assert legend_columns(["man", "woman"]) == 3
    assert legend_columns(["x" * 90]) == 1
    assert legend_columns([]) == 3


def test_an_axis_title_breaks_into_lines_of_like_length() -> None:
    title = "one two three four five six seven eight nine ten"
    first, second = wrapped(title, len(title) - 2)
    assert f"{first} {second}" == title
    assert abs(len(first) - len(second)) <= len("three ")
    assert wrapped("short") == ["short"]
    assert wrapped("Minus A: ← smaller · larger → (dashed: no change)", 36)[1] == (
        "larger → (dashed: no change)"
    )
    assert wrapped("a" * 50 + " b", 48) == ["a" * 48, "aa b"]


@pytest.mark.parametrize(("n_previews", "dotted"), [(1, True), (2, False)])
def test_a_figure_that_was_measured_once_is_seen_as_a_point(n_previews: int, dotted: bool) -> None:
    events = [event(float(t), figures={"preview_dp": 0.1}) for t in range(n_previews)]
    mark = charts.progress_lines(events).to_dict()["mark"]
    assert mark["point"] is dotted


def test_real_and_synthetic_bars_differ_without_colours() -> None:
    inside = charts.shap_bars(evaluation()).to_dict()["encoding"]["fill"]["scale"]["range"]
    assert inside == [f"{palette.REAL}40", palette.SYNTHETIC]  # hollow and full
