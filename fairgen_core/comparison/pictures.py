"""Runs on pictures beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.comparison.differences import absent, direction, to_ideal, unpaired
from fairgen_core.comparison.results import ComparedFigure, ComparedGroup, Difference
from fairgen_core.image_results import ImageReport
from fairgen_core.results import Figure, MetricInfo
from fairgen_core.words import say

GAP = MetricInfo(
    key="gap",
    title="Largest gap between group shares",
    definition="Share of the most frequent group among the generated pictures minus that of the "
    "rarest.",
    section="representation",
    better="lower",
    ideal=0,
    low=0,
    high=1,
)
KL = MetricInfo(
    key="kl",
    title="KL to equal group shares",
    definition="Kullback-Leibler divergence of the groups' shares from equal shares.",
    section="representation",
    better="lower",
    ideal=0,
    low=0,
    unit="nats",
)
LATE_GAP = MetricInfo(
    key="late_gap",
    title="Gap, last third of the training",
    definition="Mean gap over the last third of the training: one checkpoint is a lottery ticket.",
    section="representation",
    better="lower",
    ideal=0,
    low=0,
    high=1,
)


def picture_figures(reports: Sequence[ImageReport]) -> tuple[ComparedFigure, ...]:
    """Every figure that some run has: representation first."""
    found = [_compared(info, [_own(r, info.key) for r in reports]) for info in (GAP, LATE_GAP, KL)]
    infos = {key: info for report in reports for key, info in report.metrics.items()}
    keys = dict.fromkeys(key for report in reports for key in report.figures)
    found += [
        _compared(infos[key], [report.figures.get(key) for report in reports])
        for key in keys
        if key in infos
    ]
    return tuple(found)


def _own(report: ImageReport, key: str) -> Figure | None:
    if key == "late_gap":
        return None if report.late_gap is None else Figure(value=report.late_gap)
    return report.gap if key == "gap" else report.kl


def _compared(info: MetricInfo, figures: Sequence[Figure | None]) -> ComparedFigure:
    differences = (_difference(info, figures[0], figure) for figure in figures[1:])
    return ComparedFigure(info=info, figures=tuple(figures), differences=(None, *differences))


def _difference(info: MetricInfo, a: Figure | None, b: Figure | None) -> Difference:
    if a is None or b is None or a.value is None or b.value is None:
        return absent(a, b)
    if a.struck or b.struck:
        return Difference(value=None, reason=say("compare.struck"))
    better = direction(info)
    if info.better == "closer" and better != "neither":
        return unpaired(to_ideal(a, info), to_ideal(b, info), "lower")
    return unpaired(a, b, better)


def picture_groups(reports: Sequence[ImageReport]) -> tuple[ComparedGroup, ...]:
    """Each group's share among what was generated; then the same within each class."""
    first = reports[0]
    found = []
    for name in first.groups:
        held = [next((g for g in r.group_frequencies if g.group == name), None) for r in reports]
        real = Figure(value=held[0].training_share, n=first.n_train) if held[0] else None
        figures = [g.share if g else None for g in held]
        found.append(_group((first.group_column,), name, figures, real))
    for frequency in first.class_frequencies:
        same = [
            next((c for c in r.class_frequencies if c.label == frequency.label), None)
            for r in reports
        ]
        for a, name in enumerate(first.groups):
            figures = [c.shares[a] if c is not None and len(c.shares) > a else None for c in same]
            columns = (first.class_column, first.group_column)
            found.append(_group(columns, f"{frequency.label} & {name}", figures, None))
    return tuple(found)


def _group(
    columns: tuple[str, ...], name: str, figures: Sequence[Figure | None], real: Figure | None
) -> ComparedGroup:
    differences = [
        absent(figures[0], b) if figures[0] is None or b is None
        else unpaired(figures[0], b, "neither")
        for b in figures[1:]
    ]  # fmt: skip
    return ComparedGroup(
        columns=columns,
        group=name,
        measure="share",
        real=real,
        figures=tuple(figures),
        differences=(None, *differences),
    )
