"""Charts of trainings on pictures: hand-made looks in, the drawn specification out."""

from __future__ import annotations

from typing import Any

import pytest

from fairgen_core import charts
from fairgen_core.charts.palette import GROUPS, LINE
from fairgen_core.image_results import (
    ClassFrequency,
    GroupFrequency,
    ImageReport,
    NormPoint,
    TracePoint,
)
from fairgen_core.results import Figure

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
    lines, _ = beside["vconcat"]
    # The neighbour's legend names its C: this one is as long, and the axes stay level.
    assert len(lines["encoding"]["color"]["scale"]["domain"]) == len(NAMES) + 1


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


# --- frequencies of a report -------------------------------------------------------------------


def report(corrected: bool = False, few: bool = False) -> ImageReport:
    """Frequencies by hand: 40 and 60 of a hundred pictures of two classes."""
    shares = [
        Figure(value=0.4, low=0.31, high=0.5, n=100),
        Figure(value=0.6, low=0.5, high=0.69, n=100),
    ]
    absent = Figure(value=None, n=7, reason="7 rows; not estimable below 30")
    return ImageReport(
        headline="", data_name="", data_sha256="", size=8, n_channels=1, group_column="ground",
        groups=NAMES, class_column="digit", classes=("0", "1"), n_train=10, n_test=10,
        n_synthetic=100,
        group_frequencies=tuple(
            GroupFrequency(group=g, share=s, corrected=c if corrected else None, training_share=t)
            for g, s, c, t in zip(NAMES, shares, (0.35, 0.65), (0.2, 0.8), strict=True)
        ),
        group_rule="classifier" if corrected else "rule", group_accuracy=shares[0],
        class_frequencies=(
            ClassFrequency(label="0", n=100, shares=tuple(shares)),
            ClassFrequency(label="1", n=7 if few else 100,
                           shares=(absent, absent) if few else tuple(shares)),
        ),
        kl=shares[0], gap=shares[0], late_gap=None,
    )  # fmt: skip


def test_bars_carry_the_interval_the_even_line_and_the_training_share() -> None:
    chart = charts.picture_frequencies(report())
    table = charts.chart_data(chart)
    assert list(table["Value"]) == [0.4, 0.6]
    assert list(table["Low"]) == [0.31, 0.5]
    assert list(table["Training share"]) == [0.2, 0.8]
    content = spec(chart)
    assert marks(content) == ["bar", "rule", "tick", "text", "text", "rule"]
    even = content["layer"][-1]["data"]["name"]
    assert content["datasets"][even][0]["Even"] == 0.5
    assert "black: 0.400, n 100, in training 0.200." in content["description"]


def test_corrected_shares_are_diamonds_only_where_a_classifier_told_groups() -> None:
    content = spec(charts.picture_frequencies(report(corrected=True)))
    assert content["layer"][-1]["mark"]["shape"] == "diamond"
    assert "corrected 0.350" in content["description"]
    title = content["layer"][0]["encoding"]["x"]["title"]
    assert "diamond" in " ".join(title)
    assert max(map(len, title)) <= 50, "no line is cut where the page is narrow"


def test_class_by_class_a_rare_class_says_that_it_is_too_rare() -> None:
    chart = charts.class_frequencies(report(few=True))
    table = charts.chart_data(chart)
    rare = table[table["Class"] == "1"]
    assert rare["Value"].isna().all()
    assert list(rare["Note"]) == ["not estimable: 7 rows; not estimable below 30", ""]
    assert list(table[table["Class"] == "0"]["Value"]) == [0.4, 0.6]


def test_seeds_are_dots_with_their_mean_and_this_run_is_filled() -> None:
    chart = charts.frequencies_by_seed(NAMES, [(0, (0.4, 0.6)), (1, (0.8, 0.2))], seed=1)
    content = spec(chart)
    assert marks(content) == ["rule", "tick", "point"]
    means = content["datasets"][content["layer"][1]["data"]["name"]]
    assert {row["Group"]: row["Mean"] for row in means} == pytest.approx(
        {"black": 0.6, "white": 0.4}
    )
    table = charts.chart_data(chart)
    assert set(table["Seed"]) == {0, 1}
    rows = content["datasets"][content["data"]["name"]]
    assert [row["_filled"] for row in rows] == [False, False, True, True]
