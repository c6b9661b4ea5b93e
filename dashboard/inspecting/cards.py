"""Cards: a figure of the synthetic rows, that of the real rows beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.components import escape, interval
from dashboard.text import GLOSSARY, explain, say
from fairgen_core.figure_words import direction_words
from fairgen_core.numbers import number, percent, why_no_interval
from fairgen_core.results import Figure, Measured, MetricInfo, Report

N_WIDE = 3
"""Cards side by side."""


def help_for(info: MetricInfo) -> str:
    """The glossary's entry for a metric, else the metric's own definition."""
    if info.key in GLOSSARY:
        return explain(info.key)
    return f"**{escape(info.title)}.** {escape(info.definition)}"


def shown(figure: Figure | None) -> str:
    """A figure's value as markdown: struck out where it proves nothing, else a dash without one."""
    if figure is None or figure.value is None:
        return "–"
    return f"~~{number(figure.value)}~~" if figure.struck else number(figure.value)


def real_words(measured: Measured) -> str | None:
    """The real rows' figure, to stand beside the synthetic rows'; None where there is none."""
    if measured.real is None or measured.real.value is None or measured.synthetic is None:
        return None
    return say("card.real", value=number(measured.real.value))


def card(
    title: str,
    value: str,
    lines: Sequence[str],
    help_text: str,
    beside: str | None = None,
    struck: bool = False,
) -> None:
    """One card. Its title may break into several lines, which a metric's own label may not.

    Args:
        title: what the figure is.
        value: shown large.
        lines: shown small below.
        help_text: markdown behind the help mark.
        beside: what the value is to be compared with.
        struck: whether to say that the figure is not meaningful.
    """
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(escape(title), help=help_text)
        st.metric(
            title,
            value,
            delta=beside,
            delta_color="off",
            delta_arrow="off",
            label_visibility="collapsed",
        )
        if struck:
            st.badge(say("figure.struck"), icon=":material/block:", color="orange")
        st.caption("  \n".join(lines))


def notes(info: MetricInfo, figure: Figure | None) -> list[str]:
    """The lines under a figure: why it is missing or struck, direction and ideal, n, interval."""
    if figure is None:
        return [say("figure.absent")]
    if figure.value is None:
        return [escape(figure.reason)]
    lines = [escape(figure.reason)] if figure.struck else []
    lines.append(direction_words(info))
    return [*lines, *_behind(info.key, figure)]


def _behind(metric: str, figure: Figure) -> list[str]:
    """The rows behind a figure and its interval, or why it has none."""
    if figure.low is not None:
        return [interval(figure)]
    return [*filter(None, [interval(figure)]), why_no_interval(metric)]


def change_card(info: MetricInfo, measured: Measured) -> None:
    """One figure of the synthetic rows, with everything a reader needs to judge it."""
    figure = measured.synthetic or measured.real
    struck = figure is not None and figure.struck
    words = real_words(measured)
    card(info.title, shown(figure), notes(info, figure), help_for(info), words, struck)


def copies_card(measured: Measured) -> None:
    """Exact copies as a count: ``0 of 32,561``."""
    figure, title, means = measured.synthetic, say("card.copies"), say("card.copies.means")
    if figure is None or figure.value is None:
        card(title, "–", [escape(figure.reason) if figure else say("figure.absent")], means)
        return
    count = f"{round(figure.value * figure.n):,}"
    value = say("card.count", count=count, n=f"{figure.n:,}")
    beside = None
    if measured.real is not None and measured.real.value is not None:
        beside = say("card.real", value=percent(measured.real.value))
    lines = [say("card.copies.share", share=percent(figure.value))] if figure.value else []
    lines.append(say("figure.ideal", ideal=0) + ", " + say("figure.lower"))
    lines.append(why_no_interval("exact_copies"))
    card(title, value, lines, means, beside)


def guard_card(measured: Measured, flag: Measured | None) -> None:
    """The positive rate, and whether the one-class flag is up."""
    figure = measured.synthetic
    raised = flag.synthetic if flag is not None else None
    struck = raised is not None and bool(raised.value)
    lines = []
    if struck and raised is not None:
        lines.append(escape(raised.reason))
    elif figure is not None and figure.value is not None:
        lines.append(say("card.guard.fine"))
    if figure is not None:
        lines.append(interval(figure) if figure.value is not None else escape(figure.reason))
    means = say("card.guard.means")
    card(say("card.guard"), shown(figure), lines, means, real_words(measured), struck)


def judges(report: Report) -> tuple[str, ...]:
    """The classifiers that judged, in the report's order."""
    return tuple(dict.fromkeys(m.judge for m in report.figures if m.judge))


def summary_cards(report: Report, judge: str) -> None:
    """The figures that say what was gained and lost; without a target, what can be said then."""
    without_target = report.target_kind == "none"
    keys = ("share_gap", "detector") if without_target else ("dp", "dp_any", "ftu", "auroc")
    cells = iter([c for _ in range(1 + len(keys) // N_WIDE) for c in st.columns(N_WIDE)])
    for key in keys:
        info = report.metrics.get(key)
        measured = report.find(key, "" if without_target else judge)
        if measured is not None and info is not None:
            with next(cells):
                change_card(info, measured)
    rate = report.find("positive_rate", judge)
    if rate is not None and not without_target:
        with next(cells):
            guard_card(rate, report.find("one_class", judge))
    copies = report.find("exact_copies")
    if copies is not None:
        with next(cells):
            copies_card(copies)


def section_cards(
    report: Report,
    section: str,
    judge: str | None = None,
    without: Iterable[str] = (),
) -> int:
    """Every figure of a section as cards, in the report's order of metrics.

    Args:
        report: a judged run.
        section: a metric's section, such as ``quality``.
        judge: figures of that judge, and those that need none; None: only those that need none.
        without: metric keys to leave out.

    Returns:
        How many cards were shown.
    """
    left_out = set(without)
    shown = [
        (info, measured)
        for key, info in report.metrics.items()
        if info.section == section and key not in left_out
        for measured in report.figures
        if measured.metric == key and measured.judge in ("", judge)
    ]
    for start in range(0, len(shown), N_WIDE):
        for cell, (info, measured) in zip(
            st.columns(N_WIDE), shown[start : start + N_WIDE], strict=False
        ):
            with cell:
                change_card(info, measured)
    return len(shown)
