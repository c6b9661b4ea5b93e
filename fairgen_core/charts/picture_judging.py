"""What a classifier of pictures does in each group, by what it was trained on."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.charts.base import Chart, nothing
from fairgen_core.charts.groups import Pair, pair_rows, points_by_group
from fairgen_core.charts.palette import group_colours
from fairgen_core.image_results import ImageReport
from fairgen_core.words import say


def accuracy_by_group(report: ImageReport) -> Chart:
    """Accuracy in each group of the classifier trained on real and on synthetic pictures."""
    found = report.taught.groups if report.taught else ()
    pairs = [(part.group, part.real, part.synthetic) for part in found]
    return _points(report, pairs, say("taught.accuracy_axis"), "taught.accuracy_description")


def answers_by_group(report: ImageReport) -> Chart:
    """How often the class whose rates differ most is answered in each group."""
    found = {rate.trained_on: rate for rate in report.taught.rates} if report.taught else {}
    if set(found) != {"real", "synthetic"}:
        return nothing(say("chart.no_rows.groups"))
    real, synthetic = found["real"], found["synthetic"]
    pairs: list[Pair] = list(zip(report.groups, real.rates, synthetic.rates, strict=True))
    title = say("taught.answers_axis", label=real.label)
    return _points(report, pairs, title, "taught.answers_description")


def background_by_group(report: ImageReport) -> Chart:
    """The share of the attribution that lies on the background, in each group."""
    found = report.heat_maps.background if report.heat_maps else ()
    pairs = [(part.group, part.real, part.synthetic) for part in found]
    return _points(report, pairs, say("maps.background_axis"), "maps.background_description")


def _points(report: ImageReport, pairs: Sequence[Pair], title: str, description: str) -> Chart:
    rows = pair_rows(pairs, report.groups, group_colours(report.groups))
    return points_by_group(rows, title, description)
