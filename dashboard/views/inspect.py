"""The Inspect page: what a finished run gained and lost, its rows, and what can be taken away."""

from __future__ import annotations

import time
from typing import Literal

import streamlit as st

from dashboard import reads
from dashboard.components import escape, explore_button, run_badge
from dashboard.demo import start_demo
from dashboard.downloads import file_stem
from dashboard.inspecting import sections
from dashboard.inspecting.cards import judges, summary_cards
from dashboard.inspecting.evidence import report_download
from dashboard.inspecting.made import show_made
from dashboard.inspecting.pictures.page import show_finished
from dashboard.inspecting.rows import show_rows
from dashboard.inspecting.takeaway import csv_button, show_takeaway
from dashboard.run_list import show_run_problem
from dashboard.state import go, place
from dashboard.text import say
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.results import Report
from fairgen_core.runs.names import title
from fairgen_core.runs.status import RunSummary

_DATA_PAGE = "views/data.py"
_LESSONS_PAGE = "views/lessons.py"
_TRAIN_PAGE = "views/train.py"

Section = Literal[
    "rows", "columns", "groups", "parity", "usefulness", "shap", "quality", "privacy", "takeaway"
]
SECTIONS: tuple[Section, ...] = (
    "rows", "columns", "groups", "parity", "usefulness", "shap", "quality", "privacy", "takeaway"
)  # fmt: skip
_NEED_REPORT = frozenset(SECTIONS) - {"rows", "takeaway"}


def main() -> None:
    """Draw the page."""
    st.title(say("inspect.title"), anchor=False)
    finished = {
        r.id: run_label(r) for r in reads.store().list() if r.is_training and r.state == "done"
    }
    run_id = place().run or next(iter(finished), "")
    if not run_id:
        _empty()
        return
    try:
        config = reads.store().config(run_id)
        state = reads.store().status(run_id).state
    except FairGenError as error:
        show_run_problem(run_id, error)
        go(run="")
        if finished:
            _picker("", finished)
        else:
            _empty()
        return
    _picker(run_id, finished)
    if isinstance(config, AuditConfig):
        st.caption(say("inspect.is_audit"))
        st.page_link(_DATA_PAGE, label=say("inspect.to_data"), icon=":material/table:")
    elif isinstance(config, FavouredGroupConfig | FairLatentConfig):
        st.caption(say("inspect.is_lesson"))
        st.page_link(_LESSONS_PAGE, label=say("inspect.to_lessons"), icon=":material/school:")
    elif state != "done":
        _not_done(run_id, config.name or title(config), state)
    else:
        go(run=run_id)
        if isinstance(config, ImageTrainConfig):
            show_finished(run_id, config)
        else:
            _finished(run_id, config)


def run_label(run: RunSummary) -> str:
    """A run's name in a list, with its time and the end of its id: no two labels may be alike."""
    when = time.strftime("%d %b %Y, %H:%M", time.localtime(run.created))
    return f"{run.name} · {when} · {run.id[-4:]}"


def _empty() -> None:
    start_demo(open_first=True)
    coming = any(r.is_training and r.state in {"queued", "running"} for r in reads.store().list())
    st.caption(say("inspect.coming" if coming else "inspect.empty"))
    with st.container(horizontal=True):
        st.page_link(_TRAIN_PAGE, label=say("inspect.to_train"), icon=":material/model_training:")
        st.page_link(_DATA_PAGE, label=say("inspect.to_data"), icon=":material/table:")


def _picker(run_id: str, finished: dict[str, str]) -> None:
    """Choose among the finished runs; where there is no choice, only say which one it is."""
    ids = list(finished)
    if not ids or ids == [run_id]:
        st.caption(escape(finished.get(run_id, "")))
        return
    key = f"inspect.run:{run_id}"
    st.selectbox(
        say("inspect.picker"),
        ids,
        index=ids.index(run_id) if run_id in finished else None,
        format_func=lambda one: finished[one],
        key=key,
        placeholder=say("inspect.picker_placeholder"),
        help=say("inspect.picker_help"),
        on_change=_pick,
        args=(key,),
    )


def _pick(key: str) -> None:
    if st.session_state[key]:
        go(run=st.session_state[key])


def _not_done(run_id: str, name: str, state: str) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(name)}**", width="content")
            run_badge(state)
        st.markdown(say(f"inspect.{state}"))
        message = reads.store().status(run_id).message
        if message and state in {"failed", "stopped"}:
            st.caption(escape(message))
        st.page_link(
            _TRAIN_PAGE,
            label=say("inspect.to_run"),
            icon=":material/model_training:",
            query_params={"run": run_id},
        )


def _finished(run_id: str, config: TrainConfig) -> None:
    report = reads.report(run_id)
    judge = ""
    if report is None:
        st.caption(say("inspect.not_judged"))
    else:
        judge = _top(run_id, config, report)
    options = [s for s in SECTIONS if report is not None or s not in _NEED_REPORT]
    section = st.segmented_control(
        say("inspect.section"),
        options,
        default=options[0],
        required=True,
        format_func=lambda name: say(f"section.{name}"),
        key="section",
        bind="query-params",
        label_visibility="collapsed",
        width="stretch",
    )
    if report is None:
        show_rows(run_id) if section == "rows" else show_takeaway(run_id, config, report)
    else:
        _section(section, run_id, config, report, judge)
    show_made(config, reads.store().status(run_id), report)


def _top(run_id: str, config: TrainConfig, report: Report) -> str:
    """The sentence, what to download, the cards, the warnings; returns the chosen judge."""
    with st.container(border=True):
        st.markdown(f"**{escape(report.headline)}**")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            csv_button(run_id, config, "top", primary=True)
            report_download(run_id, file_stem(config), "top")
            explore_button(run_id, "inspect.explore")
            known = judges(report) if report.target_kind != "none" else ()
            judge = known[0] if known else ""
            if len(known) > 1:
                judge = st.segmented_control(
                    say("inspect.judge"),
                    known,
                    default=known[0],
                    required=True,
                    key="inspect.judge",
                    help=say("inspect.judge_help"),
                )
    if report.target_kind == "none":
        st.caption(say("card.target_none"))
    summary_cards(report, judge)
    if report.warnings:
        words = say("inspect.warnings", n=len(report.warnings))
        with st.expander(words, icon=":material/warning:"):
            st.markdown("\n".join(f"- {escape(warning)}" for warning in report.warnings))
    return judge


def _section(
    section: Section, run_id: str, config: TrainConfig, report: Report, judge: str
) -> None:
    if section == "rows":
        show_rows(run_id)
    elif section == "columns":
        sections.show_columns(report)
    elif section == "groups":
        sections.show_groups(report)
    elif section == "parity":
        sections.show_parity(report, judge)
    elif section == "usefulness":
        sections.show_usefulness(report)
    elif section == "shap":
        sections.show_shap(report)
    elif section == "quality":
        sections.show_quality(report, judge)
    elif section == "privacy":
        sections.show_privacy(report, judge)
    else:
        show_takeaway(run_id, config, report)


main()
