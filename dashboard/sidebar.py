"""The frame's side: the device, what is running, and how many wait."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard.components import escape
from dashboard.demo import start_demo
from dashboard.reads import store, sweeps
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import duration, percent
from fairgen_core.runs import launcher, machine
from fairgen_core.runs.status import RunStatus, RunSummary
from fairgen_core.runs.sweeps import sweep_title

_REFRESH_SECONDS = 2.0
_LABEL_CHARACTERS = 14
"""As many as fit on a link of the sidebar, which never breaks a line."""
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


class Pages(NamedTuple):
    """The files of the pages that show what is at work: trainings, audits, lessons' experiments,
    explorations.
    """

    train: str
    data: str
    lessons: str
    compare: str


class _AtWork(NamedTuple):
    """A run or an exploration that waits or works, and the page that shows it."""

    name: str
    page: str
    query: dict[str, str] | None
    status: RunStatus | RunSummary

    @property
    def waits(self) -> bool:
        return self.status.state == "queued"


def show_sidebar(pages: Pages) -> None:
    """Draw the sidebar's lower part; it keeps itself up to date while something runs."""
    with st.sidebar:
        refresh = _REFRESH_SECONDS if _with_demo(pages) else None
        st.fragment(_running, run_every=refresh)(pages)
        st.caption(f":material/memory: {escape(device_line())}")


def _with_demo(pages: Pages) -> list[_AtWork]:
    """What waits or works; where nothing does, the demo is started if it never was."""
    found = _at_work(pages)
    return _at_work(pages) if not found and start_demo() else found


def _at_work(pages: Pages) -> list[_AtWork]:
    """What waits or works, the oldest first; explorations after runs."""
    found = []
    for run in reversed(store().list()):
        if run.state not in {"queued", "running"}:
            continue
        if run.task == "audit":
            found.append(_AtWork(run.name, pages.data, None, run))
        elif run.is_lesson:
            query = {"lesson": run.task.removeprefix("lesson-")}
            found.append(_AtWork(run.name, pages.lessons, query, run))
        else:
            found.append(_AtWork(run.name, pages.train, {"run": run.id}, run))
    explorations = sweeps()
    for sweep_id, status in reversed(explorations.active().items()):
        with suppress(FairGenError):  # deleted or damaged since
            config = explorations.config(sweep_id)
            name = config.name or sweep_title(config)
            found.append(_AtWork(name, pages.compare, {"sweep": sweep_id}, status))
    return found


def cut(name: str) -> str:
    """As much of a run's name as the sidebar's link has room for."""
    if len(name) <= _LABEL_CHARACTERS:
        return name
    return name[: _LABEL_CHARACTERS - 1].rstrip(" ,.·") + "…"


def _running(pages: Pages) -> None:
    """What runs now, with its bar; a whole rerun when the last run has ended."""
    try:
        launcher.tick(store())
    except FairGenError as error:
        st.error(escape(str(error)))
    active = _with_demo(pages)
    was_active = st.session_state.get("app.active", False)
    st.session_state["app.active"] = bool(active)
    if was_active and not active:
        st.rerun()
    for one in active:
        if not one.waits:
            with st.container(border=True, gap="xsmall"):
                st.page_link(
                    one.page,
                    label=escape(cut(one.name)),
                    icon=":material/progress_activity:",
                    help=escape(one.name),
                    query_params=one.query,
                )
                if cut(one.name) != one.name:
                    st.caption(escape(one.name))
                left = duration(one.status.seconds_left)
                words = [percent(one.status.fraction)]
                words += [say("time.left", time=left)] if left else []
                st.progress(min(max(one.status.fraction, 0.0), 1.0))
                st.caption(" · ".join(words))
    n_queued = sum(one.waits for one in active)
    if n_queued:
        st.caption(f":material/schedule: {say('sidebar.queue', n=n_queued)}")
