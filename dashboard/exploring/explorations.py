"""One exploration as it goes, and what it has found: the parts of the page put together."""

from __future__ import annotations

import streamlit as st

from dashboard import reads
from dashboard.components import escape
from dashboard.exploring.dial import show_dial
from dashboard.exploring.form import new_exploration
from dashboard.exploring.frontier_view import choose_frontier, show_frontier, show_settings
from dashboard.exploring.head import show_head, undo_line
from dashboard.exploring.selection import Settings, first_setting, settings_of
from dashboard.exploring.stability_view import show_stability
from dashboard.state import PLAN, go, place, recall, remember
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.runs.sweep_status import SweepSummary

VIEWS = ("frontier", "stability")


def show_explorations() -> None:
    """The exploration that is looked at, else the form for a new one."""
    undo_line()
    known = reads.sweeps().list()
    sweep_id = place().sweep
    if sweep_id and all(sweep.id != sweep_id for sweep in known):
        st.error(say("explore.gone", id=escape(sweep_id)), icon=":material/error:")
        go(sweep="")
        sweep_id = ""
    making = bool(place().base) or not known
    if not sweep_id and not making:
        sweep_id = known[0].id
    _picker(sweep_id, known, making)
    if making:
        new_exploration()
        return
    go(sweep=sweep_id)
    try:
        show_head(sweep_id)
        st.fragment(_found)(sweep_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")


def _picker(sweep_id: str, known: list[SweepSummary], making: bool) -> None:
    """Choose among explorations, or begin a new one."""
    if not known:
        return
    names = {sweep.id: sweep.name for sweep in known}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # Another name makes another box: the browser keeps the words of the one that it has.
        key = f"explore.picker:{sweep_id}:{making}:{names.get(sweep_id, '')}"
        st.selectbox(
            say("explore.picker"),
            list(names),
            index=None if making else list(names).index(sweep_id),
            format_func=lambda one: f"{names[one]} · {one[-6:]}",
            key=key,
            on_change=_pick,
            args=(key,),
            placeholder=say("explore.picker_placeholder"),
            width=520,
        )
        if not making:
            st.button(
                say("explore.new"), icon=":material/add:", key="explore.new_button",
                on_click=go, kwargs={"base": PLAN},
            )  # fmt: skip


def _pick(key: str) -> None:
    if st.session_state[key]:
        go(sweep=st.session_state[key], base="")


def _found(sweep_id: str) -> None:
    """What was found so far; draws itself anew without the rest of the page."""
    results = reads.sweeps().results(sweep_id)
    with st.container(border=True):
        found = choose_frontier(results, sweep_id)
        if found is None:
            active = reads.sweeps().status(sweep_id).active
            st.caption(say("explore.nothing_yet" if active else "explore.nothing"))
            return
        view = st.segmented_control(
            say("explore.view"),
            VIEWS,
            default=VIEWS[0],
            required=True,
            key=f"explore.view:{sweep_id}",
            format_func=lambda one: say(f"explore.view.{one}"),
            label_visibility="collapsed",
        )
        if view == "stability":
            show_stability(results, sweep_id, found.judge)
            return
        key = f"explore.setting:{sweep_id}"
        selected: Settings | None = recall(key, None)
        if selected not in settings_of(results):
            selected = first_setting(results, found)

        def choose(settings: Settings) -> None:
            remember(key, dict(settings))

        show_frontier(found, selected, sweep_id, choose)
        with st.expander(say("explore.table"), icon=":material/table_rows:"):
            show_settings(found, selected, sweep_id, choose)
    if selected is not None:
        with st.container(border=True):
            show_dial(sweep_id, results, selected, found.judge, choose)
