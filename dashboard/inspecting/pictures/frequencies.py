"""How often each group occurs: now, class by class, over the last looks, over seeds."""

from __future__ import annotations

import streamlit as st

from dashboard import picture_reads, reads
from dashboard.components import escape, interval, section, show_chart
from dashboard.looks import beside
from dashboard.text import explain, say
from fairgen_core import charts
from fairgen_core.image_results import LOOK_IMAGES, ImageReport
from fairgen_core.numbers import number


def show_frequencies(run_id: str, report: ImageReport) -> None:
    """Group frequencies with everything that says how far they can be trusted."""
    n = f"{report.n_synthetic:,}"
    section(say("groups.frequencies"), say("picture_frequency.caption", n=n))
    show_chart(charts.picture_frequencies(report), key="inspect.pictures.frequencies")
    st.caption(_who_told(report))
    left, right = beside("steadiness", 2)
    with left:
        _late(report)
    with right:
        _seeds(run_id, report)
    if report.class_frequencies:
        words = say("picture_frequency.by_class_caption", column=escape(report.class_column))
        section(say("picture_frequency.by_class"), words)
        show_chart(charts.class_frequencies(report), key="inspect.pictures.by_class")


def _who_told(report: ImageReport) -> str:
    """Who told the groups of the generated pictures, and how often it is right."""
    figure = report.group_accuracy
    if figure.value is None:
        accuracy = escape(figure.reason)
    else:
        accuracy = f"{number(figure.value)} ({interval(figure)})"
    words = say(f"picture_frequency.{report.group_rule}", accuracy=accuracy)
    if report.group_rule == "rule":
        return words
    corrected = any(group.corrected is not None for group in report.group_frequencies)
    more = say(f"picture_frequency.{'corrected' if corrected else 'not_corrected'}")
    return f"{words} {more}"


def _late(report: ImageReport) -> None:
    """The last third of the training, because one checkpoint is a lottery ticket."""
    st.subheader(say("picture_frequency.late"), anchor=False, help=explain("late_gap"))
    if report.late_gap is None:
        st.caption(say("picture_card.no_looks"))
        return
    late = report.trace[-max(1, len(report.trace) // 3) :]
    words = {"gap": number(report.late_gap), "each": f"{LOOK_IMAGES:,}", "n": len(late)}
    st.caption(say("picture_frequency.late_caption", **words))
    chart = charts.frequencies_over_time(report.trace, report.groups, moment=late[0].epoch)
    show_chart(chart, key="inspect.pictures.late")


def _seeds(run_id: str, report: ImageReport) -> None:
    """The same settings with other seeds."""
    st.subheader(say("picture_frequency.seeds"), anchor=False)
    others = picture_reads.other_seeds(run_id)
    if not others:
        st.caption(say("picture_frequency.no_seeds"))
        return
    own = reads.store().config(run_id).seed
    runs = [(own, report), *((one.seed, one.report) for one in others)]
    seeds = ", ".join(map(str, sorted(seed for seed, _ in runs)))
    st.caption(say("picture_frequency.seeds_caption", n=len(runs), seeds=seeds))
    chart = charts.frequencies_by_seed(
        report.groups,
        [(seed, [g.share.value for g in found.group_frequencies]) for seed, found in runs],
        own,
    )
    show_chart(chart, key="inspect.pictures.seeds")
