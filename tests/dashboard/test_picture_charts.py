"""Charts of trainings on pictures: hand-made looks in, the drawn specification out."""

from __future__ import annotations

from typing import Any

import pytest

from fairgen_core import charts
from fairgen_core.charts.palette import GROUPS, LINE
from fairgen_core.image_results import NormPoint, TracePoint

NAMES = ("black", "white")
TRACE = (
    TracePoint(step=50, epoch=2.0, shares=(0.5, 0.5), gap=0.0, recognisable=0.25),
    TracePoint(step=100, epoch=4.0, shares=(0.2, 0.8), gap=0.6, recognisable=0.5),
)
NORMS = (
    NormPoint(epoch=2.0, norms={"black": 1.0, "white": 4.0}, clipped_share=0.25),
    NormPoint(epoch=4.0, norms={"black": 2.0, "white": 8.0}, clipped_share=1.0),
)


def spec(chart: Any) -> dict[str, Any]:
    content: dict[str, Any] = chart.to_dict()
    return content


def marks(content: dict[str, Any]) -> list[str]:
    return [layer["mark"]["type"] for layer in content["layer"]]


def test_frequencies_carry_the_interval_of_a_thousand_pictures() -> None:
    table = charts.chart_data(charts.frequencies_over_time(TRACE, NAMES))
    last = table[(table["Epoch"] == 4.0) & (table["Group"] == "black")].iloc[0]
    assert (last["Share"], last["n"]) == (0.2, 1000)
    # Wilson by hand: p = .2, n = 1000, z = 1.96.
    assert last["Low"] == pytest.approx(0.1764, abs=5e-4)
    assert last["High"] == pytest.approx(0.2259, abs=5e-4)


def test_frequencies_have_the_even_line_the_moment_and_an_axis_that_stays() -> None:
    content = spec(charts.frequencies_over_time(TRACE, NAMES, end=40.0, moment=2.0))
    assert marks(content) == ["area", "rule", "rule", "line", "circle"]
    even, moment = content["layer"][1], content["layer"][2]
    assert content["datasets"][even["data"]["name"]][0]["Even"] == 0.5
    assert content["datasets"][moment["data"]["name"]] == [{"Epoch": 2.0}]
    line = content["layer"][3]["encoding"]
    assert line["x"]["scale"]["domain"] == [0, 40.0]
    assert line["y"]["scale"]["domain"] == [0, 1]
    assert line["color"]["scale"] == {"domain": ["black", "white"], "range": list(GROUPS[:2])}
    dashes = line["strokeDash"]["scale"]["range"]
    assert dashes[0] != dashes[1]
    assert "white: 0.800" in content["description"]


def test_without_a_moment_no_moment_is_marked() -> None:
    content = spec(charts.frequencies_over_time(TRACE, NAMES))
    assert marks(content) == ["area", "rule", "line", "circle"]
    assert content["layer"][2]["encoding"]["x"]["scale"]["domain"] == [0, 4.0]


def test_norms_are_drawn_on_a_log_axis_with_c_dashed_and_the_clipped_share_below() -> None:
    reach = charts.norm_range([NORMS], [3.0])
    assert reach == (1.0, 8.0)
    content = spec(charts.norms_over_time(NORMS, NAMES, 3.0, end=10.0, reach=reach))
    lines, clipped = content["vconcat"]
    scale = lines["encoding"]["y"]["scale"]
    assert scale["type"] == "log"
    assert scale["domain"] == pytest.approx([1 / 1.15, 8 * 1.15])
    colours = dict(
        zip(*(lines["encoding"]["color"]["scale"][k] for k in ("domain", "range")), strict=True)
    )
    assert colours == {"black": GROUPS[0], "white": GROUPS[1], "clip norm C = 3": LINE}
    rows = content["datasets"][lines["data"]["name"]]
    limit = [(r["Epoch"], r["Norm"]) for r in rows if r["Group"] == "clip norm C = 3"]
    assert limit == [(0.0, 3.0), (10.0, 3.0)]
    shares = content["datasets"][clipped["data"]["name"]]
    assert [r["Clipped"] for r in shares] == [0.25, 1.0]
    assert "1.00" in content["description"]


def test_without_c_there_is_no_line_and_a_neighbour_may_ask_for_the_share() -> None:
    alone = spec(charts.norms_over_time(NORMS, NAMES, None))
    assert "vconcat" not in alone
    assert alone["encoding"]["color"]["scale"]["domain"] == ["black", "white"]
    beside = spec(charts.norms_over_time(NORMS, NAMES, None, clipped_below=True))
    assert len(beside["vconcat"]) == 2


def test_the_range_of_norms_spans_both_runs_and_their_limits() -> None:
    other = (NormPoint(epoch=1.0, norms={"black": 0.5, "white": 0.0}, clipped_share=0.0),)
    assert charts.norm_range([NORMS, other], [None, 20.0]) == (0.5, 20.0)
    assert charts.norm_range([()], [None]) is None


def test_recognisability_stands_beside_that_of_real_pictures() -> None:
    content = spec(charts.recognisable_over_time(TRACE, real=0.95))
    assert marks(content) == ["rule", "text", "line"]
    line = content["layer"][2]["encoding"]
    assert line["y"]["scale"]["domain"] == [0, 1]
    assert "0.500" in content["description"]
    assert marks(spec(charts.recognisable_over_time(TRACE))) == ["line"]


@pytest.mark.parametrize(
    "chart",
    [
        charts.frequencies_over_time((), NAMES),
        charts.norms_over_time((), NAMES, 2.0),
        charts.recognisable_over_time(()),
        charts.recognisable_over_time(
            (TracePoint(step=1, epoch=1.0, shares=(1.0,), gap=0.0, recognisable=None),)
        ),
    ],
)
def test_nothing_seen_is_said(chart: Any) -> None:
    assert "nothing to draw" in spec(chart)["description"]
