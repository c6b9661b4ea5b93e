"""Cards that show a figure of the real rows turning into that of the synthetic rows."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.components import direction, escape, interval, number
from dashboard.text import GLOSSARY, explain, say
from fairgen_core.results import Figure, Measured, MetricInfo, Report

N_WIDE = 3
"""Cards side by side."""


def help_for(info: MetricInfo) -> str:
    """The glossary's entry for a metric, else the metric's own definition."""
    return explain(info.key) if info.key in GLOSSARY else f"**{info.title}.** {info.definition}"


def struck_out(words: str) -> str:
    """Words with a stroke through every character: metric values take no markdown."""
    return "".join(f"{character}\N{COMBINING LONG STROKE OVERLAY}" for character in words)


def change(measured: Measured) -> str:
    """``0.170 → 0.009``; a side that is not there or cannot be had is left out."""
    real, synthetic = measured.real, measured.synthetic
    shown = number(synthetic.value) if synthetic and synthetic.value is not None else "–"
    if synthetic is not None and synthetic.struck:
        shown = struck_out(shown)
    if real is None or real.value is None:
        return shown
    if synthetic is None:
        return number(real.value)
    return say("card.change", real=number(real.value), synthetic=shown)


def notes(info: MetricInfo, figure: Figure | None) -> list[str]:
    """The lines under a figure: why it is missing or struck, direction and ideal, n, interval."""
    if figure is None:
        return [say("figure.absent")]
    if figure.value is None:
        return [escape(figure.reason)]
    lines = [escape(figure.reason)] if figure.struck else []
    lines.append(direction(info))
    rows = interval(figure)
    return [*lines, rows] if rows else lines


def change_card(info: MetricInfo, measured: Measured) -> None:
    """One figure, real turning into synthetic, with everything a reader needs to judge it."""
    figure = measured.synthetic or measured.real
    with st.container(border=True, height="stretch"):
        st.metric(info.title, change(measured), help=help_for(info))
        if figure is not None and figure.struck:
            st.badge(say("figure.struck"), icon=":material/block:", color="orange")
        st.caption("  \n".join(notes(info, figure)))


def copies_card(measured: Measured) -> None:
    """Exact copies as a count: ``0 of 32,561``."""
    figure = measured.synthetic
    with st.container(border=True, height="stretch"):
        if figure is None or figure.value is None:
            st.metric(say("card.copies"), "–", help=say("card.copies.means"))
            st.caption(escape(figure.reason) if figure else say("figure.absent"))
            return
        count = f"{round(figure.value * figure.n):,}"
        words = say("card.count", count=count, n=f"{figure.n:,}")
        st.metric(say("card.copies"), words, help=say("card.copies.means"))
        lines = [say("figure.ideal", ideal=0) + ", " + say("figure.lower")]
        if measured.real is not None and measured.real.value is not None:
            lines.append(say("card.copies.real", value=number(measured.real.value)))
        st.caption("  \n".join(lines))


def guard_card(measured: Measured, flag: Measured | None) -> None:
    """The positive rate, and whether the one-class flag is up."""
    raised = flag is not None and flag.synthetic is not None and bool(flag.synthetic.value)
    reason = flag.synthetic.reason if raised and flag and flag.synthetic else ""
    with st.container(border=True, height="stretch"):
        st.metric(say("card.guard"), change(measured), help=say("card.guard.means"))
        if raised:
            st.badge(say("figure.struck"), icon=":material/block:", color="orange")
        known = measured.synthetic is not None and measured.synthetic.value is not None
        lines = [escape(reason)] if raised else [say("card.guard.fine")] if known else []
        rows = interval(measured.synthetic) if measured.synthetic else ""
        st.caption("  \n".join([*lines, *([rows] if rows else [])]))


def judges(report: Report) -> tuple[str, ...]:
    """The classifiers that judged, in the report's order."""
    return tuple(dict.fromkeys(m.judge for m in report.figures if m.judge))


def summary_cards(report: Report, judge: str) -> None:
    """The six figures that say what was gained and lost."""
    cells = iter([c for _ in range(2) for c in st.columns(N_WIDE)])
    for key in ("dp", "dp_any", "ftu", "auroc"):
        measured, info = report.find(key, judge), report.metrics.get(key)
        if measured is not None and info is not None:
            with next(cells):
                change_card(info, measured)
    rate = report.find("positive_rate", judge)
    if rate is not None:
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
