"""Runs on pictures beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.comparison.differences import absent, direction, to_ideal, unpaired
from fairgen_core.comparison.results import ComparedFigure, ComparedGroup, Difference
from fairgen_core.image_results import OWN_METRICS, ImageReport, every_figure
from fairgen_core.results import Figure, Measured, MetricInfo
from fairgen_core.words import say


def picture_figures(reports: Sequence[ImageReport]) -> tuple[ComparedFigure, ...]:
    """Every figure that some run has: representation first."""
    infos = {**OWN_METRICS, **{k: info for r in reports for k, info in r.metrics.items()}}
    held = [{m.metric: m for m in every_figure(report)} for report in reports]
    keys = dict.fromkeys(key for own in held for key in own)
    order = [*OWN_METRICS, *(key for key in keys if key not in OWN_METRICS)]
    return tuple(
        _compared(infos[key], [own.get(key) for own in held]) for key in order if key in keys
    )


def _compared(info: MetricInfo, found: Sequence[Measured | None]) -> ComparedFigure:
    figures = [one.synthetic if one is not None else None for one in found]
    differences = (_difference(info, figures[0], figure) for figure in figures[1:])
    real = (one.real for one in found if one is not None and one.real is not None)
    return ComparedFigure(
        info=info,
        real=next(real, None),
        figures=tuple(figures),
        differences=(None, *differences),
    )


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
