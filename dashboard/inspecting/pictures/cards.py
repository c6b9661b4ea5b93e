"""Cards of a training on pictures: how even the groups are, and how good the pictures."""

from __future__ import annotations

import streamlit as st

from dashboard import picture_reads
from dashboard.components import escape, interval
from dashboard.inspecting.cards import N_WIDE, card, notes, shown
from dashboard.text import explain, say
from fairgen_core.image_results import LOOK_IMAGES, ImageReport
from fairgen_core.numbers import number
from fairgen_core.results import Figure

DISTANCES = ("density", "coverage", "fid", "kid")
"""Between real and synthetic pictures."""

TOLD = ("group_as_asked", "latent_attacker", "content_kept")
"""Of generators that are told the group: whether they obey, and what their latent betrays."""


def summary_cards(run_id: str, report: ImageReport) -> None:
    """The figures that say what was gained and lost."""
    more = [key for key in (*DISTANCES, *TOLD) if key in report.figures]
    n_rows = -(-(4 + len(more)) // N_WIDE)
    cells = iter([cell for _ in range(n_rows) for cell in st.columns(N_WIDE)])
    with next(cells):
        _even_card(say("picture_card.gap"), report.gap, explain("picture_gap"))
    with next(cells):
        _late_gap(run_id, report)
    with next(cells):
        _even_card(say("picture_card.kl"), report.kl, explain("kl"))
    with next(cells):
        _recognisable(report)
    for key in more:
        with next(cells):
            _measured(report, key)
    # Once for all four: nobody is to mistake them for distances in Inception's features.
    what = report.class_column or report.group_column
    st.caption(say("picture_card.space", what=escape(what)))


def _even_card(title: str, figure: Figure, help_text: str) -> None:
    """A figure of which 0 is even."""
    if figure.value is None:
        lines = [escape(figure.reason)]
    else:
        lines = [say("picture_card.zero_even"), interval(figure)]
    card(title, shown(figure), lines, help_text)


def _late_gap(run_id: str, report: ImageReport) -> None:
    """The gap over the last looks, and over seeds where there are others."""
    title, means = say("picture_card.late_gap"), explain("late_gap")
    if report.late_gap is None:
        card(title, "–", [say("picture_card.no_looks")], means)
        return
    late = [point.gap for point in report.trace][-max(1, len(report.trace) // 3) :]
    lines = [
        say("picture_card.zero_even"),
        say(
            "picture_card.late_range",
            n=len(late),
            each=f"{LOOK_IMAGES:,}",
            low=number(min(late)),
            high=number(max(late)),
        ),
    ]
    others = [one.report.late_gap for one in picture_reads.other_seeds(run_id)]
    gaps = [report.late_gap, *(gap for gap in others if gap is not None)]
    if len(gaps) > 1:
        mean = number(sum(gaps) / len(gaps))
        lines.append(say("picture_card.late_seeds", n=len(gaps), mean=mean))
    card(title, number(report.late_gap), lines, means)


def _recognisable(report: ImageReport) -> None:
    """How many pictures are recognised, the real ones' share beside it."""
    title, means = say("looks.recognised"), explain("recognisability")
    figure = report.figures.get("recognisable")
    info = report.metrics.get("recognisable")
    if info is None:
        return
    card(title, shown(figure), notes(info, figure), means, _beside(report, "recognisable"))


def _beside(report: ImageReport, key: str) -> str | None:
    """The same figure of the real pictures, where there is one."""
    real = report.figures.get(f"{key}_real")
    if real is None or real.value is None:
        return None
    return say("picture_card.real", value=number(real.value))


def _measured(report: ImageReport, key: str) -> None:
    """A figure of the report."""
    info, figure = report.metrics[key], report.figures[key]
    lines = notes(info, figure)
    if key == "latent_attacker":
        lines.append(say("picture_card.chance", value=number(1 / len(report.groups))))
    card(
        info.title,
        shown(figure),
        lines,
        f"**{info.title}.** {info.definition}",
        _beside(report, key),
    )
