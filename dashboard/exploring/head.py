"""An exploration's name, how far it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import reads
from dashboard.components import escape, run_badge
from dashboard.state import forget, go, recall, remember
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import duration, percent
from fairgen_core.runs import launcher, sweep_launcher
from fairgen_core.runs.sweep_status import SweepStatus, work_of
from fairgen_core.runs.sweeps import sweep_title
from fairgen_core.sweep_results import failures

_REFRESH_SECONDS = 2.0
_PROBLEM, _DELETED = "explore.problem", "explore.deleted"
_MAX_SEEDS = 20


def show_head(sweep_id: str) -> None:
    """Show how an exploration goes; keeps itself up to date while it waits or works."""
    status, config = reads.sweeps().status(sweep_id), reads.sweeps().config(sweep_id)
    remember("explore.shown", _shown(sweep_id, status, config.name))
    st.fragment(_head, run_every=_REFRESH_SECONDS if status.active else None)(sweep_id)


def undo_line() -> None:
    """Say what was deleted just now and offer to bring it back; and what went wrong."""
    problem = recall(_PROBLEM, "")
    if problem:
        st.error(escape(problem), icon=":material/error:")
        forget(_PROBLEM)
    deleted: tuple[str, str] | None = recall(_DELETED, None)
    if deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(say("runs.deleted", name=escape(deleted[1])), width="content")
            st.button(
                say("runs.undo"), key="explore.undo", icon=":material/undo:",
                on_click=_undelete, args=(deleted[0],),
            )  # fmt: skip


def _shown(sweep_id: str, status: SweepStatus, name: str) -> tuple[str, str, int, str]:
    """What the rest of the page depends on: when it changes, all of it is drawn anew."""
    return sweep_id, status.state, status.n_done + status.n_failed, name


def _head(sweep_id: str) -> None:
    sweeps = reads.sweeps()
    # Deleted just now; or something went wrong, which is told above this part of the page.
    if sweep_id not in sweeps.ids() or recall(_PROBLEM, ""):
        st.rerun()
    status, config = sweeps.status(sweep_id), sweeps.config(sweep_id)
    if recall("explore.shown", ("", "", 0, "")) != _shown(sweep_id, status, config.name):
        st.rerun()
    name = config.name or sweep_title(config)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(escape(name), anchor=False, width="stretch")
            run_badge(status.outcome)
            _buttons(sweep_id, status, len(config.seeds))
            _more(sweep_id, name, status)
        if status.active:
            _progress(status)
        else:
            _ended(sweep_id, status)
        for note in status.notes:
            st.warning(escape(note), icon=":material/warning:")
        if status.n_failed:
            _failures(sweep_id, status)


def _buttons(sweep_id: str, status: SweepStatus, n_seeds: int) -> None:
    """Stop while it works, resume when it ended early, more seeds when it ended."""
    if status.active:
        _button("stop", ":material/stop:", _stop, sweep_id, status.stopping)
        return
    if status.resumable:
        if status.ray:
            _resume_elsewhere(sweep_id, status.ray)
        else:
            _button("resume", ":material/play_arrow:", _resume, sweep_id)
    with (
        st.popover(say("explore.extend"), icon=":material/library_add:"),
        st.form(f"explore.extend:{sweep_id}", border=False),
    ):
        key = f"explore.extend_n:{sweep_id}:{n_seeds}"
        st.number_input(
            say("explore.extend_n"), n_seeds + 1, max(_MAX_SEEDS, n_seeds + 1), key=key,
            help=say("explore.extend_help", n=n_seeds),
        )  # fmt: skip
        st.form_submit_button(
            say("explore.extend_button"),
            key="explore.extend_button",
            on_click=lambda: _try(lambda: _extend(sweep_id, int(st.session_state[key]))),
        )


def _resume_elsewhere(sweep_id: str, address: str) -> None:
    """Resume what a cluster worked on: there, on another one, or on this machine."""
    with (
        st.popover(say("live.resume"), icon=":material/play_arrow:"),
        st.form(f"explore.resume_form:{sweep_id}", border=False),
    ):
        key = f"explore.resume_ray:{sweep_id}:{address}"
        st.text_input(
            say("explore.ray"), value=address, key=key, help=say("explore.ray_help"),
            placeholder=say("explore.ray_placeholder"),
        )  # fmt: skip
        st.caption(say("explore.resume_ray"))
        st.form_submit_button(
            say("live.resume"),
            key="explore.resume_button",
            on_click=lambda: _try(lambda: _resume(sweep_id, st.session_state[key])),
        )


def _button(
    name: str, icon: str, action: Callable[[str], None], sweep_id: str, disabled: bool = False
) -> None:
    st.button(
        say(f"live.{name}"),
        icon=icon,
        key=f"explore.{name}:{sweep_id}",
        disabled=disabled,
        on_click=lambda: _try(lambda: action(sweep_id)),
    )


def _more(sweep_id: str, name: str, status: SweepStatus) -> None:
    with st.popover(say("runs.more"), icon=":material/more_horiz:"):
        key = f"explore.name:{sweep_id}"
        with st.form(f"explore.rename:{sweep_id}", border=False):
            st.text_input(say("runs.rename"), value=name, max_chars=80, key=key)
            st.form_submit_button(
                say("runs.rename_button"),
                key="explore.rename_button",
                on_click=lambda: _try(
                    lambda: reads.sweeps().rename(sweep_id, st.session_state[key])
                ),
            )
        st.button(
            say("runs.delete"), icon=":material/delete:", key=f"explore.delete:{sweep_id}",
            disabled=status.state == "running", on_click=_delete, args=(sweep_id, name),
        )  # fmt: skip


def _progress(status: SweepStatus) -> None:
    left = duration(status.seconds_left)
    words = [say("explore.done", n=status.n_done, total=status.n_members), percent(status.fraction)]
    words += [say("time.left", time=left)] if left else []
    st.progress(min(max(status.fraction, 0.0), 1.0), text=" · ".join(words))
    parts = [say("live.stopping")] if status.stopping else [say("live.leave")]
    if status.ray:
        parts.append(say("explore.on_ray", address=escape(status.ray)))
    st.caption(" · ".join(parts))


def _ended(sweep_id: str, status: SweepStatus) -> None:
    words = [say("explore.done", n=status.n_done, total=status.n_members)]
    taken, instead = work_of(status, reads.sweeps().results(sweep_id))
    if taken:
        words.append(say("explore.took", time=duration(taken)))
    if taken and instead and instead > taken:
        words.append(say("explore.instead", n=status.n_done, time=duration(instead)))
    st.caption(" · ".join(words))
    if status.state == "failed":
        st.error(escape(status.message) or say("live.failed"), icon=":material/error:")
        log = reads.sweeps().log_tail(sweep_id, 30)
        if log.strip():
            with st.expander(say("live.log"), icon=":material/terminal:"):
                st.code(log, language=None, wrap_lines=True)
    elif status.state == "stopped":
        st.caption(escape(status.message) or say("live.stopped"))


def _failures(sweep_id: str, status: SweepStatus) -> None:
    words = say("explore.failures", n=status.n_failed)
    # Where nothing else is to be seen, the reasons are what the page is about.
    with st.expander(words, icon=":material/warning:", expanded=status.outcome == "failed"):
        for reason, points in failures(reads.sweeps().results(sweep_id)).items():
            names = [
                say("explore.failed", setting=charts.setting_words(p.settings), seed=p.seed)
                for p in points
            ]
            st.markdown(f"- {escape('; '.join(names))}: {escape(reason)}")


def _stop(sweep_id: str) -> None:
    sweep_launcher.stop(reads.sweeps(), sweep_id)


def _resume(sweep_id: str, ray: str | None = None) -> None:
    sweep_launcher.take_up_again(reads.sweeps(), sweep_id, ray)
    launcher.tick(reads.store())


def _extend(sweep_id: str, n_seeds: int) -> None:
    reads.sweeps().extend(sweep_id, n_seeds)
    _resume(sweep_id)


def _try(action: Callable[[], None]) -> None:
    """Do something to an exploration, or keep the reason why it could not be done."""
    try:
        action()
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def _delete(sweep_id: str, name: str) -> None:
    try:
        reads.sweeps().delete(sweep_id)
    except FairGenError as error:
        remember(_PROBLEM, str(error))
        return
    remember(_DELETED, (sweep_id, name))
    go(sweep="")


def _undelete(sweep_id: str) -> None:
    _try(lambda: reads.sweeps().undelete(sweep_id))
    forget(_DELETED)
    go(sweep=sweep_id)
