"""The list of trainings: find, open, rename, delete with undo."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from dashboard.comparing.filters import data_words, fairness_words, generator_words
from dashboard.components import escape, run_badge, section
from dashboard.reads import store
from dashboard.state import forget, go, place, recall, remember
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.runs.status import RunSummary

_SHOWN = 6
_DELETED = "runs.deleted"


def show_runs() -> None:
    """Show the trainings, newest first, with a search where there are many."""
    runs = [run for run in store().list() if run.is_training]
    section(say("runs.title"))
    _undo_line()
    if not runs:
        st.caption(say("runs.empty"))
        return
    found = runs
    if len(runs) > _SHOWN:
        words = st.text_input(
            say("runs.search"),
            key="runs.search",
            placeholder=say("runs.search_placeholder"),
            icon=":material/search:",
        )
        found = [run for run in runs if matches(run, words)]
        if not found:
            st.caption(say("runs.none_found", words=escape(words)))
    everything = recall("runs.all", False)
    for run in found if everything else found[:_SHOWN]:
        _line(run)
    if len(found) > _SHOWN and not everything:
        st.button(
            say("runs.show_all", n=len(found)),
            key="runs.show_all",
            type="tertiary",
            on_click=remember,
            args=("runs.all", True),
        )


def show_run_problem(run_id: str, error: FairGenError) -> None:
    """Say why a run that was asked for cannot be shown.

    Args:
        run_id: as the address has it.
        error: what happened; that of a run which is not there speaks of folders.
    """
    words = str(error)
    try:
        store().path(run_id)
    except FairGenError:
        words = say("runs.gone", id=run_id)
    st.error(escape(words), icon=":material/error:")


def matches(run: RunSummary, words: str) -> bool:
    """Whether every word of a search occurs in what is known of a run."""
    text = " ".join(
        [run.name, run.data, *run.sensitive, run.target or "", run.fairness,
         run.generator, run.preset, run.state]
    ).lower()  # fmt: skip
    return all(word in text for word in words.lower().split())


def details(run: RunSummary) -> str:
    """What a training was made from and how, in one line."""
    parts = [escape(data_words(run)), fairness_words(run), generator_words(run)]
    parts += [say(f"preset.{run.preset}")] if run.preset else []
    parts += [say("runs.seed", seed=run.seed), when(run.created)]
    return " · ".join(filter(None, parts))


def when(seconds: float) -> str:
    """A moment in local time, as people write it: ``20 Nov 2026, 14:15``."""
    return time.strftime("%-d %b %Y, %H:%M", time.localtime(seconds))


def _line(run: RunSummary) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xsmall"):
            mark = ":material/arrow_right: " if run.id in {place().run, place().beside} else ""
            st.markdown(f"{mark}**{escape(run.name)}**")
            st.caption(details(run))
        run_badge(run.state)
        st.button(
            say("runs.open"),
            key=f"runs.open:{run.id}",
            on_click=_open,
            args=(run.id,),
            help=say("runs.open_help", name=escape(run.name)),
        )
        with st.popover(say("runs.more"), icon=":material/more_horiz:"):
            with st.form(f"runs.rename:{run.id}", border=False):
                name = st.text_input(say("runs.rename"), value=run.name, max_chars=80)
                if st.form_submit_button(say("runs.rename_button")):
                    _try(lambda: store().rename(run.id, name))
            st.button(
                say("runs.delete"),
                icon=":material/delete:",
                key=f"runs.delete:{run.id}",
                disabled=run.state == "running",
                on_click=_delete,
                args=(run.id, run.name),
            )


def _try(action: Callable[[], None]) -> None:
    """Do something to a run and show the page anew, or say why it could not be done."""
    try:
        action()
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
    else:
        st.rerun()


def _open(run_id: str) -> None:
    go(run=run_id)


def _delete(run_id: str, name: str) -> None:
    try:
        store().delete(run_id)
    except FairGenError as error:
        remember("runs.problem", str(error))
        return
    remember(_DELETED, (run_id, name))
    if place().run == run_id:
        go(run="")


def _undelete(run_id: str, name: str) -> None:
    try:
        store().undelete(run_id)
    except FairGenError as error:
        remember("runs.problem", str(error))
    else:
        st.toast(say("runs.restored", name=escape(name)), icon=":material/undo:")
    forget(_DELETED)


def _undo_line() -> None:
    problem = recall("runs.problem", "")
    if problem:
        st.error(escape(problem), icon=":material/error:")
        forget("runs.problem")
    deleted: tuple[str, str] | None = recall(_DELETED, None)
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(say("runs.deleted", name=escape(deleted[1])), width="content")
            st.button(
                say("runs.undo"),
                icon=":material/undo:",
                key="runs.undo",
                on_click=_undelete,
                args=deleted,
            )
