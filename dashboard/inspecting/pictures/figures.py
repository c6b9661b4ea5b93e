"""Cards of figures on pictures: the synthetic pictures' figure, that of real ones beside it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.components import escape
from dashboard.inspecting.cards import N_WIDE, card, notes, shown
from dashboard.text import say
from fairgen_core.image_results import ImageReport
from fairgen_core.results import Figure, Measured


def paired(report: ImageReport, keys: Iterable[str]) -> list[Measured]:
    """The report's figures of these keys; ``<key>_real`` is that of real pictures."""
    return [
        Measured(metric=key, real=report.figures.get(f"{key}_real"), synthetic=report.figures[key])
        for key in keys
        if key in report.figures
    ]


def show_cards(report: ImageReport, found: Iterable[Measured], beside: str) -> None:
    """Figures as cards, each with its definition behind the help mark.

    Args:
        report: knows the metrics.
        found: the figures; of a metric that it does not know none is shown.
        beside: key of the words around the real pictures' figure.
    """
    known = [(report.metrics[m.metric], m) for m in found if m.metric in report.metrics]
    for start in range(0, len(known), N_WIDE):
        cells = st.columns(N_WIDE)
        for cell, (info, measured) in zip(cells, known[start : start + N_WIDE], strict=False):
            figure, real = measured.synthetic, measured.real
            known_real = real is not None and real.value is not None
            with cell:
                card(
                    info.title,
                    _value(info.key, figure),
                    notes(info, figure),
                    f"**{escape(info.title)}.** {escape(info.definition)}",
                    say(beside, value=shown(real)) if known_real else None,
                    figure is not None and figure.struck,
                )


def _value(key: str, figure: Figure | None) -> str:
    """A figure's value; copies as a count: ``0 of 10,000``."""
    if key != "exact_copies" or figure is None or figure.value is None:
        return shown(figure)
    count = round(figure.value * figure.n)
    return say("card.count", count=f"{count:,}", n=f"{figure.n:,}")
