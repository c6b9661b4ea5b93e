"""Charts by group: rates, disparities, frequencies, intersections."""

from __future__ import annotations

from typing import Any

import pytest

from fairgen_core import charts
from fairgen_core.charts import palette
from fairgen_core.charts.base import axis_top
from fairgen_core.results import Figure, GroupResult, Report
from fairgen_core.words import say
from tests.dashboard.chart_parts import channel, layers, mark_of, title_of
from tests.dashboard.report_builder import JUDGES, audit, evaluation

JUDGE = JUDGES[0]


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
    found = title_of(channel(charts.rate_by_group(report, rates=rates), "x", "Value"))
    assert found == f"{title} {say('rate.key_real')}"


def test_words_stand_before_a_point_that_is_near_the_axis_end() -> None:
    report = evaluation()
    rates = (Figure(value=0.95, low=0.9, high=1.0, n=90), Figure(value=0.3, low=0.25, high=0.35))
    results = [
        g.model_copy(update={"label_rate_synthetic": rate})
        for g, rate in zip(report.group_results, rates, strict=True)
    ]
    chart = charts.rate_by_group(report.model_copy(update={"group_results": tuple(results)}))
    rows = chart.data[chart.data["Rows"] == say("series.synthetic")]
    assert list(rows["_before"]) == [True, False]
    assert list(rows["_words_at"]) == [0.9, 0.35]
    text = next(x for x in layers(chart) if mark_of(x) == "text")
    assert text["encoding"]["x"]["field"] == "_words_at"
    assert "_before" in text["mark"]["align"]["expr"]


def test_the_two_overall_rates_are_told_apart() -> None:
    def dotted(report: Report) -> list[bool]:
        layer = charts.rate_by_group(report).layer[0]
        assert "_dotted" in str(layer.to_dict()["encoding"]["strokeDash"])
        return list(layer.data["_dotted"])

    assert sorted(dotted(evaluation())) == [False, True]
    assert dotted(audit()) == [False]  # one line needs no other look


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
    # Not by colour alone: the words say whose difference it is.
    told = {text.split()[-1] for text in chart.data["_text"] if text}
    assert told == {"real", "synthetic"}
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


def test_a_share_near_the_axis_end_stands_before_its_bars_end() -> None:
    chart = charts.group_frequencies(evaluation())
    top = channel(chart, "x", "Value")["scale"]["domain"][1]
    mark = next(x for x in layers(chart) if mark_of(x) == "text")["mark"]
    assert mark["align"]["expr"] == f"datum.Value > {0.85 * top} ? 'right' : 'left'"
    tick = next(x for x in layers(chart) if mark_of(x) == "tick")["mark"]
    assert abs(mark["dy"]) - mark["fontSize"] / 2 > tick["size"] / 2  # the tick does not cross it


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
