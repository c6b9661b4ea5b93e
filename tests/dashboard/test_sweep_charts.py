"""Charts of an exploration: the frontier and the spread over seeds."""

from __future__ import annotations

from typing import Any

import pytest

from fairgen_core import charts
from fairgen_core.charts.axes import setting_words, value_words
from fairgen_core.charts.frontier import KEY, SELECTION
from fairgen_core.charts.palette import STRUCK_SHAPE
from fairgen_core.metrics.registry import METRICS
from fairgen_core.stability import over_seeds
from fairgen_core.sweep_results import Frontier, SweepResults, frontier
from tests.dashboard.sweep_builder import JUDGE, point, results

BOTH = {"fairness": "both", "strength": 0.75}


def spec(found: Frontier, **more: Any) -> dict[str, Any]:
    chart: dict[str, Any] = charts.frontier_chart(found, **more).to_dict()
    return chart


def layers(chart: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in chart["layer"] if layer["mark"]["type"] == kind]


def channel(chart: dict[str, Any], name: str, field: str) -> dict[str, Any]:
    found = [
        layer["encoding"][name]
        for layer in chart["layer"]
        if layer.get("encoding", {}).get(name, {}).get("field") == field
    ]
    return found[0]


def test_settings_in_words() -> None:
    assert (
        setting_words({"fairness": "both", "strength": 0.714286}) == "FTU and DP · Strength 0.714"
    )
    assert setting_words({"generator": "lsgan", "clip_norm": None}) == "LSGAN · no clipping"
    assert setting_words({}) == "as it is"
    assert value_words("grouping", "alternate") == "in turns"


def test_every_setting_is_a_point_and_the_table_says_what_it_is() -> None:
    chart = charts.frontier_chart(frontier(results()))
    table = charts.chart_data(chart)
    assert len(table) == 11
    assert not [c for c in table.columns if c.startswith("_")]
    row = table[table[KEY] == "DP · Strength 1"].iloc[0]
    assert (round(row["Disparity"], 3), round(row["Usefulness"], 3)) == (0.04, 0.885)
    assert (row["Seeds"], bool(row["On the frontier"])) == (3, True)
    assert "DP · Strength 1: DP over every threshold 0.040" in chart.description


def test_a_struck_setting_is_crossed_out_and_off_the_line() -> None:
    found = frontier(results())
    chart = spec(found)
    crosses = [m for m in layers(chart, "point") if m["mark"].get("shape") == STRUCK_SHAPE]
    assert len(crosses) == 1
    assert crosses[0]["transform"] == [{"filter": "datum._struck"}]
    (struck,) = [p for p in found.points if p.struck]
    assert (struck.disparity.mean, struck.usefulness.mean) not in found.steps
    assert min(found.steps)[0] > struck.disparity.mean
    assert not [
        m for m in layers(spec(frontier(results(struck=False))), "point")
        if m["mark"].get("shape") == STRUCK_SHAPE
    ]  # fmt: skip


def test_colour_never_speaks_alone() -> None:
    chart = spec(frontier(results()))
    colour = channel(chart, "color", "_colour")["scale"]
    shape = channel(chart, "shape", "_colour")["scale"]
    assert colour["domain"] == shape["domain"] == ["FTU", "DP", "FTU and DP"]
    assert len(set(colour["range"])) == len(set(shape["range"])) == 3


def test_a_target_keeps_its_colour_and_a_generator_its_shape_in_every_exploration() -> None:
    def of(*settings: dict[str, Any]) -> dict[str, Any]:
        points = [point(s, 0, 0.1 + i / 10, 0.9) for i, s in enumerate(settings)]
        return spec(frontier(SweepResults(points=tuple(points), metrics=METRICS)))

    few = of(
        {"fairness": "dp", "generator": "diffusion"}, {"fairness": "both", "generator": "lsgan"}
    )
    all_targets = spec(frontier(results()))
    named = [
        dict(zip(s["domain"], s["range"], strict=True))
        for s in (channel(c, "color", "_colour")["scale"] for c in (few, all_targets))
    ]
    assert named[0]["DP"] == named[1]["DP"]
    assert channel(few, "shape", "_shape")["scale"]["domain"] == ["LSGAN", "Diffusion"]


def test_a_click_selects_a_setting_and_the_selected_one_is_ringed() -> None:
    plain, ringed = spec(frontier(results())), spec(frontier(results()), selected=BOTH)
    (param,) = ringed["params"]
    assert (param["name"], param["select"]["fields"]) == (SELECTION, [KEY])
    assert len(layers(ringed, "point")) == len(layers(plain, "point")) + 1
    rows = next(rows for rows in ringed["datasets"].values() if rows and "_ring" in rows[0])
    assert [row[KEY] for row in rows if row["_ring"]] == ["FTU and DP · Strength 0.75"]


def test_real_rows_and_the_limits_are_drawn_to_measure_by() -> None:
    chart = spec(frontier(results()))
    dashes = channel(chart, "strokeDash", "Limit")["scale"]
    assert dashes["domain"] == ["group seen", "group unseen"]
    assert any(layer["mark"].get("shape") == "diamond" for layer in layers(chart, "point"))
    bare = spec(frontier(results().model_copy(update={"limits": (), "real": {}})))
    assert not [m for m in bare["layer"] if "strokeDash" in m["encoding"]]


def test_what_is_better_lies_further_up() -> None:
    info = METRICS["auroc"].model_copy(update={"better": "lower"})
    turned = results().model_copy(update={"metrics": {**METRICS, "auroc": info}})
    assert channel(spec(frontier(turned)), "y", "Usefulness")["scale"]["reverse"] is True
    assert channel(spec(frontier(results())), "y", "Usefulness")["scale"]["reverse"] is False


def test_one_setting_alone_is_drawn_as_well() -> None:
    alone = SweepResults(points=(point({}, 0, 0.1, 0.9),), metrics=METRICS)
    chart = charts.frontier_chart(frontier(alone))
    chart.to_dict()
    assert list(charts.chart_data(chart)[KEY]) == ["as it is"]


def test_without_figures_both_charts_say_so() -> None:
    nothing = SweepResults()
    chart = charts.frontier_chart(frontier(nothing))
    assert chart.description.startswith("There is nothing to draw: ")
    rows = over_seeds(nothing, "auroc")
    chart = charts.stability_chart(rows, METRICS["auroc"])
    assert chart.description.startswith("There is nothing to draw: ")


def test_stability_shows_every_seed_the_mean_and_its_interval() -> None:
    chart = charts.stability_chart(over_seeds(results(), "dp_any", JUDGE), METRICS["dp_any"])
    plain = chart.to_dict()
    assert len(charts.chart_data(chart)) == 2 * 5 * 3 + 1
    rows = next(r for r in plain["datasets"].values() if "Summary" in r[0])
    assert rows[0]["Low"] < rows[0]["Mean"] < rows[0]["High"]
    assert rows[-1]["Low"] is None
    assert "one seed: no interval" in rows[-1]["Summary"]
    assert "mean 0.370, 3 seeds, 95 % interval" in chart.description


@pytest.mark.parametrize("n_seeds", [1, 2])
def test_few_seeds_are_drawn_too(n_seeds: int) -> None:
    rows = over_seeds(results(n_seeds), "auroc", JUDGE)
    content = charts.stability_chart(rows, METRICS["auroc"]).to_dict()
    assert len(rows[0].values) == n_seeds
    # A layer without a mark would be an image without words to a screen reader.
    assert ("rule" in [layer["mark"]["type"] for layer in content["layer"]]) == (n_seeds > 1)
