"""What a classifier learns from the synthetic pictures, and how it treats the groups."""

from __future__ import annotations

import streamlit as st

from dashboard.components import escape, section, show_chart
from dashboard.inspecting.pictures.figures import show_cards
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.image_results import ImageReport

_LEARNED = ("accuracy", "auroc")
_BESIDE = "taught.real"


def show_usefulness(_run_id: str, report: ImageReport) -> None:
    """Accuracy overall and by group, and every parity figure, real-trained beside it."""
    taught = report.taught
    if taught is None:
        st.caption(escape(report.taught_reason) if report.taught_reason else say("taught.none"))
        return
    st.caption(
        say(
            "taught.caption",
            column=escape(report.class_column),
            synthetic=f"{taught.n_synthetic:,}",
            real=f"{taught.n_real:,}",
            test=f"{taught.n_test:,}",
        )
        + " "
        + say(f"taught.labels.{taught.labels}")
    )
    struck = [m.synthetic.reason for m in taught.figures if m.synthetic and m.synthetic.struck]
    if struck:
        st.warning(say("parity.struck", reason=escape(struck[0])), icon=":material/block:")
    show_cards(report, [m for m in taught.figures if m.metric in _LEARNED], _BESIDE)
    section(say("taught.groups"))
    show_chart(charts.accuracy_by_group(report), key="pictures.accuracy")
    section(say("taught.parity"))
    asked = say("taught.outcome", label=escape(taught.outcome)) if taught.outcome else ""
    st.caption(f"{asked or say('taught.every_class')} {say('taught.switch')}")
    show_cards(report, [m for m in taught.figures if m.metric not in _LEARNED], _BESIDE)
    section(say("taught.answers"))
    show_chart(charts.answers_by_group(report), key="pictures.answers")
