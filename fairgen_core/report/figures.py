"""The charts of a report: the pages' own, drawn on paper as SVG and PNG, with their data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import vl_convert

from fairgen_core import charts
from fairgen_core.charts.base import Chart
from fairgen_core.charts.scores import TrainedOn
from fairgen_core.image_results import ImageReport
from fairgen_core.results import Report

WIDTH = 620
"""Pixels of a chart's plot; columns of small multiples are a third."""
MAX_COLUMNS = 24
"""Columns drawn beside each other; all of them stand in the data."""
VEGA_LITE = "6.4"
_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
_PADDING = {"left": 28, "right": 28, "top": 6, "bottom": 6}


@dataclass(frozen=True)
class PaperFigure:
    """A chart with its file's stem, its title and a caption."""

    key: str
    title: str
    caption: str
    chart: Chart

    @property
    def description(self) -> str:
        """What a screen reader says in the chart's place."""
        words = getattr(self.chart, "description", "")
        return words if isinstance(words, str) else self.title

    @property
    def data(self) -> pd.DataFrame:
        """The table behind the chart."""
        return charts.chart_data(self.chart)

    def svg(self) -> str:
        """The chart as a picture that scales; holds no script and asks for nothing."""
        return str(vl_convert.vegalite_to_svg(self._spec, vl_version=VEGA_LITE))

    def png(self) -> bytes:
        """The chart as pixels, twice as fine as a screen's."""
        return bytes(vl_convert.vegalite_to_png(self._spec, vl_version=VEGA_LITE, scale=2))

    @cached_property
    def _spec(self) -> dict[str, Any]:
        # Altair has validated every part as it was made: not the whole once more.
        spec: dict[str, Any] = self.chart.to_dict(validate=False)
        config = {**spec.get("config", {}), "background": "white", "font": _FONT}
        config["axis"] = {**config.get("axis", {}), "labelOverlap": "parity", "labelSeparation": 8}
        # Pages fit charts to their width; on paper labels have all the room that they need, and a
        # reader's fonts may be wider than those that were measured here.
        return {**spec, "config": config, "autosize": {"type": "pad"}, "padding": _PADDING}


def figures(report: Report | ImageReport, clip_norm: float | None = None) -> Iterator[PaperFigure]:
    """Every chart that the report has data for.

    Args:
        report: of any run.
        clip_norm: of a training on pictures, for the line in the chart of the norms.
    """
    found = (
        _of_pictures(report, clip_norm) if isinstance(report, ImageReport) else _of_table(report)
    )
    for figure in found:
        if not figure.data.empty:
            yield figure


def _wide(chart: Chart) -> Chart:
    return chart.properties(width=WIDTH)


def _of_table(report: Report) -> Iterator[PaperFigure]:
    judge = next((m.judge for m in report.figures if m.judge), "")
    audit = report.kind == "audit"
    if any(g.label_rate_real for g in report.group_results):
        yield PaperFigure(
            "rates-labels",
            "Labels by group",
            "The favourable value as it stands in the rows.",
            _wide(charts.rate_by_group(report, rates="label")),
        )
    if any(g.predicted_rate_real for g in report.group_results):
        yield PaperFigure(
            "rates-decisions",
            "Decisions by group",
            "How a model trained on the rows decides about held-out real rows.",
            _wide(charts.rate_by_group(report, rates="predicted")),
        )
    if report.curves:
        models: tuple[TrainedOn, ...] = ("real",) if audit else ("synthetic", "real")
        for trained_on in models:
            threshold = charts.decision_threshold(report, judge)
            chart = charts.score_curves(report, judge, threshold, trained_on)
            yield PaperFigure(
                f"scores-{trained_on}",
                f"Scores by group, trained on {trained_on} rows",
                "Where the curves lie on each other, no threshold can tell the groups apart; the "
                "bracket is demographic parity over every threshold.",
                _wide(chart),
            )
    if report.group_results:
        yield PaperFigure(
            "frequencies",
            "How often each group occurs",
            "",
            _wide(charts.group_frequencies(report)),
        )
    if report.shap:
        yield PaperFigure(
            "shap",
            "What moves the decisions",
            f"Mean absolute SHAP values, explained on {report.shap_n:,} held-out rows.",
            _wide(charts.shap_bars(report)),
        )
    if report.proxies:
        yield PaperFigure(
            "proxies",
            "What gives the group away",
            "",
            _wide(charts.proxies(report)),
        )
    if len(report.sensitive) > 1 and report.cells:
        yield PaperFigure("intersections", "Intersections", "", _wide(charts.intersections(report)))
    if report.columns:
        first = charts.sorted_columns(report)[:MAX_COLUMNS]
        shown = report.model_copy(update={"columns": first})
        left = len(report.columns) - len(first)
        yield PaperFigure(
            "columns",
            "Columns, real beside synthetic",
            "The one farthest from the real data first."
            + (f" {left:,} more are not drawn." if left else ""),
            charts.columns_comparison(shown),
        )


def _of_pictures(report: ImageReport, clip_norm: float | None) -> Iterator[PaperFigure]:
    yield PaperFigure(
        "frequencies",
        "How often each group is generated",
        f"Groups were told by a {report.group_rule}.",
        _wide(charts.picture_frequencies(report)),
    )
    if report.class_frequencies:
        yield PaperFigure(
            "frequencies-classes",
            "The same for each class",
            "",
            _wide(charts.class_frequencies(report)),
        )
    if report.trace:
        yield PaperFigure(
            "frequencies-training",
            "Shares over the training",
            "One look is a lottery ticket: the last third of the training counts.",
            _wide(charts.frequencies_over_time(report.trace, report.groups)),
        )
    if any(point.recognisable is not None for point in report.trace):
        real = report.figures.get("recognisable_real")
        yield PaperFigure(
            "recognised-training",
            "Recognisability over the training",
            "By a classifier of the real pictures. A generator that repeats a few pictures can "
            "score high.",
            _wide(charts.recognisable_over_time(report.trace, real.value if real else None)),
        )
    if report.norms:
        yield PaperFigure(
            "norms",
            "Gradient norms of the discriminator",
            "",
            charts.norms_over_time(report.norms, report.groups, clip_norm),
        )
    if report.taught is not None:
        yield PaperFigure(
            "taught-accuracy",
            "What the pictures teach: accuracy by group",
            "Of a classifier taught by real and by synthetic pictures, on held-out real ones.",
            _wide(charts.accuracy_by_group(report)),
        )
        yield PaperFigure(
            "taught-answers",
            "The answer that differs most between groups",
            "",
            _wide(charts.answers_by_group(report)),
        )
    if report.heat_maps is not None and report.heat_maps.background:
        yield PaperFigure(
            "attribution",
            "Does the classifier look at the background?",
            "Share of the absolute SHAP values on background pixels.",
            _wide(charts.background_by_group(report)),
        )
