"""What can be done with the selected runs: compare, open, rename, tag, delete with undo."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from dashboard.components import escape, on_primary
from dashboard.reads import store
from dashboard.state import MAX_COMPARED, forget, go, place, recall, remember
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.runs.status import RunSummary

_DELETED, _PROBLEM = "table.deleted", "table.problem"

Clear = Callable[[], None]


def show_actions(
    selected: Sequence[RunSummary], tags: Sequence[str], bound: Collection[str], clear: Clear
) -> None:
    """One line of buttons for the selection; it keeps its place while nothing is selected, so that
    no row moves away from the pointer that ticks it.

    Args:
        selected: the selected runs.
        tags: all tags that any run has, to choose from.
        bound: ids of runs that belong to an exploration, which keeps them.
        clear: empties the selection.
    """
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        words = f"**{say('table.selected', n=len(selected))}**" if selected else say("table.select")
        st.markdown(words, width="content")
        finished = [run for run in selected if run.state == "done" and run.is_training]
        can_compare = len(finished) == len(selected) and 2 <= len(selected) <= MAX_COMPARED
        if st.button(
            on_primary(say("table.compare"), not can_compare),
            key="table.compare",
            type="primary",
            icon=":material/compare_arrows:",
            disabled=not can_compare,
            help=say("table.compare_help"),
            on_click=_compare,
            args=(",".join(run.id for run in selected),),
        ):
            st.rerun()
        if not selected:
            return
        if len(selected) == 1:
            _one(selected[0])
        _tag_form(selected, tags)
        st.button(
            say("table.delete"),
            key="table.delete",
            icon=":material/delete:",
            disabled=any(run.state == "running" or run.id in bound for run in selected),
            help=say("table.delete_help"),
            on_click=_delete,
            args=(tuple((run.id, run.name) for run in selected), clear),
        )
        st.button(
            say("table.clear"), key="table.clear", type="tertiary", on_click=clear,
            icon=":material/close:",
        )  # fmt: skip


def undo_line() -> None:
    """Say what was deleted just now, and offer to bring it back; and what went wrong."""
    problem = recall(_PROBLEM, "")
    if problem:
        st.error(escape(problem), icon=":material/error:")
        forget(_PROBLEM)
    deleted: tuple[tuple[str, str], ...] = recall(_DELETED, ())
    if deleted:
        names = ", ".join(name for _, name in deleted[:3]) + (" …" if len(deleted) > 3 else "")
        with st.container(horizontal=True, vertical_alignment="center"):
            words = say("table.deleted", n=len(deleted), names=escape(names))
            st.caption(words, width="content")
            st.button(
                say("table.undo"), key="table.undo", icon=":material/undo:", on_click=_undelete,
                args=(deleted,),
            )  # fmt: skip


def _explore(run_id: str) -> None:
    go(sweep="", base=run_id)
    st.session_state["part"] = "explore"


def _compare(runs: str) -> None:
    go(runs=runs)
    st.session_state["part"] = "compare"


def _one(run: RunSummary) -> None:
    """What can be done with a single run."""
    if run.is_training:
        if run.state == "done" and st.button(
            say("table.open"), key="table.open", icon=":material/query_stats:"
        ):
            st.switch_page("views/inspect.py", query_params={"run": run.id})
        if run.state != "done" and st.button(
            say("table.open_training"), key="table.open_training", icon=":material/model_training:",
            help=say("table.open_training_help"),
        ):  # fmt: skip
            st.switch_page("views/train.py", query_params={"run": run.id})
        if st.button(
            say("explore.from"), key="table.explore", icon=":material/explore:",
            on_click=_explore, args=(run.id,), help=say("explore.from_help"),
        ):  # fmt: skip
            st.rerun()
    key = f"table.new_name:{run.id}"
    with (
        st.popover(say("table.rename"), icon=":material/edit:"),
        st.form(f"table.rename:{run.id}", border=False),
    ):
        st.text_input(say("table.new_name"), value=run.name, max_chars=80, key=key)
        st.form_submit_button(
            say("table.apply"),
            key="table.rename_apply",
            on_click=lambda: _try(lambda: store().rename(run.id, st.session_state[key])),
        )


def _tag_form(selected: Sequence[RunSummary], tags: Sequence[str]) -> None:
    """Tags to choose or to type; what all the selected runs have is there already."""
    shared = [tag for tag in selected[0].tags if all(tag in run.tags for run in selected)]
    digest = hash(tuple(run.id for run in selected))
    key = f"table.tags:{digest}"
    with (
        st.popover(say("table.tag"), icon=":material/sell:"),
        st.form(f"table.tag:{digest}", border=False),
    ):
        st.multiselect(
            say("table.tag_label"),
            list(dict.fromkeys([*tags, *shared])),
            default=shared,
            accept_new_options=True,
            placeholder=say("table.tag_placeholder"),
            help=say("table.tag_help"),
            width=320,
            key=key,
        )
        st.form_submit_button(
            say("table.apply"),
            key="table.tag_apply",
            on_click=lambda: _try(lambda: _tag(selected, st.session_state[key])),
        )


def _tag(runs: Sequence[RunSummary], tags: Sequence[str]) -> None:
    for run in runs:
        store().tag(run.id, tags)


def _try(action: Callable[[], None]) -> None:
    """Do something to runs, or keep the reason why it could not be done for `undo_line`."""
    try:
        action()
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def _delete(runs: Sequence[tuple[str, str]], clear: Clear) -> None:
    gone: list[tuple[str, str]] = []
    for run_id, name in runs:
        try:
            store().delete(run_id)
        except FairGenError as error:
            remember(_PROBLEM, str(error))
            break
        gone.append((run_id, name))
        if place().run == run_id:
            go(run="")
    remember(_DELETED, tuple(gone))
    clear()


def _undelete(runs: Sequence[tuple[str, str]]) -> None:
    for run_id, _ in runs:
        try:
            store().undelete(run_id)
        except FairGenError as error:
            remember(_PROBLEM, str(error))
    st.toast(say("table.restored", n=len(runs)), icon=":material/undo:")
    forget(_DELETED)
