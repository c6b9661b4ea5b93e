"""The figures and the groups of a run on pictures, one a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairgen_core.image_results import OWN_METRICS, ImageReport, every_figure
from fairgen_core.numbers import number
from fairgen_core.report.picture_words import late_gap_note
from fairgen_core.report.rows import FigureRow, GroupRow, Shown, figure_row, shown
from fairgen_core.words import say


def picture_rows(report: ImageReport) -> Iterator[FigureRow]:
    """Every figure of pictures: representation first, what they teach last."""
    infos = {**report.metrics, **OWN_METRICS}
    taught = {m.metric for m in report.taught.figures} if report.taught is not None else set()
    for one in every_figure(report):
        judge = say("report.judge") if one.metric in taught else ""
        row = figure_row(infos[one.metric], judge, one.synthetic, one.real)
        late = one.metric == "late_gap"
        yield replace(row, made=replace(row.made, note=late_gap_note(report))) if late else row


def picture_groups(report: ImageReport) -> list[GroupRow]:
    """Every group with its share, and how well it is told by what the pictures teach."""
    taught = {g.group: g for g in report.taught.groups} if report.taught else {}
    return [
        GroupRow(
            name=g.group,
            n_train=f"{round(g.training_share * report.n_train):,}",
            n_test="",
            n_made=f"{round((g.share.value or 0) * g.share.n):,}",
            share=shown(g.share),
            real_share=number(g.training_share),
            rate=shown(taught[g.group].synthetic) if g.group in taught else Shown(),
            real_rate=shown(taught[g.group].real) if g.group in taught else Shown(),
            corrected="" if g.corrected is None else number(g.corrected),
        )
        for g in report.group_frequencies
    ]
