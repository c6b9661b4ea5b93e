"""All runs in a table: find, sort, select; what can be done with a selection stands above it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.comparing.filters import (
    SORTS,
    WORDS,
    choices,
    data_words,
    fairness_words,
    fitting,
    generator_words,
    in_order,
)
from dashboard.comparing.run_actions import show_actions, undo_line
from dashboard.reads import store, sweeps
from dashboard.state import keep, kept, recall, remember, seed
from dashboard.text import say
from fairgen_core.runs.status import RunSummary

FIGURES = ("auroc", "dp", "dp_any", "ftu", "gap", "recognisable")
"""The figures that have a column, where any run has them."""

_SELECTED = "table.selected"
_ROW_PIXELS, _MAX_PIXELS = 35, 620


def show_run_table() -> None:
    """Show the table; it draws itself anew without the rest of the page."""
    st.fragment(_table)()


def _table() -> None:
    undo_line()
    runs = [run for run in store().list() if not run.is_lesson]
    members = _members()
    runs += members
    if not runs:
        st.caption(say("table.none"))
        st.page_link(
            "views/train.py", label=say("table.to_train"), icon=":material/model_training:"
        )
        return
    search, chosen, sort = _filters(runs)
    found = in_order(fitting(runs, search, chosen), sort)
    known = {run.id for run in runs}
    selected = tuple(run_id for run_id in _selected() if run_id in known)
    by_id = {run.id: run for run in runs}
    bound = {run.id for run in members}
    show_actions([by_id[i] for i in selected], _tags(runs), bound, clear=_clear)
    st.caption(say("table.count", shown=f"{len(found):,}", n=f"{len(runs):,}"))
    if not found:
        st.caption(say("table.none_found"))
        return
    ids = [run.id for run in found]
    # Rows are selected by their place, so other rows need another widget. What was selected
    # before, and is still shown, stays selected.
    digest = hashlib.sha1(",".join(ids).encode(), usedforsecurity=False).hexdigest()[:12]
    key = f"table.rows:{digest}:{recall('table.cleared', 0)}"
    rows = [place for place, run_id in enumerate(ids) if run_id in selected]
    st.dataframe(
        frame_of(found),
        hide_index=True,
        height=min(_MAX_PIXELS, _ROW_PIXELS * (len(found) + 1) + 3),
        column_config=_columns(),
        key=key,
        on_select=lambda: _select(key, ids),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
        placeholder="",
        alt=say("table.alt"),
    )


def _members() -> list[RunSummary]:
    """The runs of explorations, where they are asked for."""
    if not sweeps().ids():
        return []
    wanted = st.toggle(say("table.members"), key=kept("table.members", False))
    if not keep("table.members", wanted):
        return []
    return [run for sweep_id in sweeps().ids() for run in sweeps().runs(sweep_id).list()]


def _filters(runs: Sequence[RunSummary]) -> tuple[str, dict[str, list[str]], str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = keep(
            "table.search",
            st.text_input(
                say("table.search"),
                key=kept("table.search", ""),
                placeholder=say("table.search_placeholder"),
                icon=":material/search:",
                width=240,
            ),
        )
        chosen: dict[str, list[str]] = {}
        offered = choices(runs)
        for name in WORDS:
            if name not in offered:
                continue
            key = f"table.{name}"
            remembered: list[str] = recall(f"kept.{key}", [])
            before = [word for word in remembered if word in offered[name]]
            picked = st.multiselect(
                say(f"table.filter.{name}"),
                offered[name],
                key=seed(key, before),
                placeholder=say("table.any"),
                width=158,
            )
            chosen[name] = keep(key, picked)
        sort = st.selectbox(
            say("table.sort"),
            SORTS,
            key=kept("table.sort", SORTS[0]),
            format_func=lambda one: say(f"table.sort.{one}"),
            width=210,
        )
    return search, chosen, keep("table.sort", sort)


def frame_of(runs: Sequence[RunSummary]) -> pd.DataFrame:
    """The table's cells, a run a row; columns that no run has anything in are left out."""
    rows = [
        {
            "name": run.name,
            "state": say(f"state.{run.state}"),
            **{key: run.figures.get(key) for key in FIGURES},
            "fairness": fairness_words(run),
            "generator": generator_words(run),
            "tags": list(run.tags),
            "data": data_words(run),
            "target": run.target or "",
            "seed": run.seed,
            "when": datetime.fromtimestamp(run.created),
        }
        for run in runs
    ]
    frame = pd.DataFrame(rows)
    empty = [key for key in FIGURES if frame[key].isna().all()]
    empty += [key for key in ("target", "fairness") if not frame[key].any()]
    empty += [] if any(run.tags for run in runs) else ["tags"]
    return frame.drop(columns=empty)


def _columns() -> dict[str, Any]:
    column = st.column_config
    named: dict[str, Any] = {
        key: column.TextColumn(say(f"table.filter.{key}"))
        for key in ("state", "data", "target", "fairness", "generator")
    }
    named |= {
        key: column.NumberColumn(
            say(f"table.{key}"),
            format="%.3f",
            help=say("table.figure_help"),
            width=108 if key == "recognisable" else "small",
        )
        for key in FIGURES
    }
    return named | {
        "name": column.TextColumn(say("table.name"), width=230),
        "seed": column.NumberColumn(say("table.seed"), format="%d", width="small"),
        "tags": column.ListColumn(say("table.tags")),
        "when": column.DatetimeColumn(say("table.when"), format="D MMM YYYY, HH:mm"),
    }


def _tags(runs: Sequence[RunSummary]) -> list[str]:
    return sorted({tag for run in runs for tag in run.tags})


def _selected() -> tuple[str, ...]:
    nothing: tuple[str, ...] = ()
    return recall(_SELECTED, nothing)


def _select(key: str, ids: Sequence[str]) -> None:
    """Selected are the ticked rows, and what was selected before and is not shown now."""
    rows = st.session_state[key]["selection"]["rows"]
    shown = set(ids)
    before = tuple(run_id for run_id in _selected() if run_id not in shown)
    ticked = [ids[row] for row in rows if row < len(ids)]
    remember(_SELECTED, (*before, *ticked))


def _clear() -> None:
    """Nothing is selected any more; another widget, because this one would remember."""
    remember(_SELECTED, ())
    remember("table.cleared", recall("table.cleared", 0) + 1)
