"""The frame's side: the device, what is running, and how many wait."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from dashboard.components import escape
from dashboard.demo import start_demo
from dashboard.reads import store
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import duration, percent
from fairgen_core.runs import launcher, machine
from fairgen_core.runs.status import RunSummary

_REFRESH_SECONDS = 2.0
_DRIVER = Path("/proc/driver/nvidia/gpus")


def device_line(driver: Path = _DRIVER) -> str:
    """What trainings run on, in a few words: the GPUs' name, or the number of cores.

    Args:
        driver: where NVIDIA's driver lists its GPUs.
    """
    if machine.n_gpus():
        names = []
        for notes in sorted(driver.glob("*/information")):
            found = re.search(r"^Model:\s*(.+)$", notes.read_text(errors="replace"), re.MULTILINE)
            names += [found.group(1).strip()] if found else []
        name = names[0] if names else say("device.gpu")
        n_gpus = machine.n_gpus()
        return name if n_gpus == 1 else say("device.gpus", n=n_gpus, name=name)
    cores = machine.n_cores()
    return say("device.core") if cores == 1 else say("device.cores", n=cores)


def show_sidebar(train_page: str, data_page: str, lessons_page: str) -> None:
    """Draw the sidebar's lower part; it keeps itself up to date while something runs.

    Args:
        train_page: file of the page that shows a training.
        data_page: file of the page that shows an audit.
        lessons_page: file of the page that shows a lesson's experiment.
    """
    with st.sidebar:
        if not _active_runs():
            start_demo()
        refresh = _REFRESH_SECONDS if _active_runs() else None
        st.fragment(_running, run_every=refresh)(train_page, data_page, lessons_page)
        st.caption(f":material/memory: {escape(device_line())}")


def _active_runs() -> list[RunSummary]:
    return [run for run in store().list() if run.state in {"queued", "running"}]


def _running(train_page: str, data_page: str, lessons_page: str) -> None:
    """What runs now, with its bar; a whole rerun when the last run has ended."""
    try:
        launcher.tick(store())
    except FairGenError as error:
        st.error(escape(str(error)))
    if not _active_runs():
        start_demo()
    active = _active_runs()
    was_active = st.session_state.get("app.active", False)
    st.session_state["app.active"] = bool(active)
    if was_active and not active:
        st.rerun()
    for run in reversed(active):
        if run.state == "running":
            with st.container(border=True, gap="xsmall"):
                page = data_page if run.task == "audit" else train_page
                query = {"run": run.id} if page == train_page else {}
                if run.is_lesson:
                    page, query = lessons_page, {"lesson": run.task.removeprefix("lesson-")}
                st.page_link(
                    page,
                    label=escape(run.name),
                    icon=":material/progress_activity:",
                    help=escape(run.name),
                    query_params=query or None,
                )
                left = duration(run.seconds_left)
                words = [percent(run.fraction)]
                words += [say("time.left", time=left)] if left else []
                st.progress(min(max(run.fraction, 0.0), 1.0))
                st.caption(" · ".join(words))
    n_queued = sum(run.state == "queued" for run in active)
    if n_queued:
        st.caption(f":material/schedule: {say('sidebar.queue', n=n_queued)}")
