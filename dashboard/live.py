"""One training as it goes: stage, time left, figures large, losses small, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.components import escape, on_primary, run_badge, section, show_chart
from dashboard.expected import expected_seconds
from dashboard.inspecting.cards import card
from dashboard.reads import store
from dashboard.state import forget, recall, remember
from dashboard.tables import training_name
from dashboard.text import explain, say
from fairgen_core.config import TrainConfig
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.numbers import duration, number, percent
from fairgen_core.runs import launcher
from fairgen_core.runs.status import ProgressEvent, RunStatus

STAGES = ("read", "compression", "labels", "generator", "decode", "evaluate")
"""The stages of a training on tables, in order (as `fairgen_core.training.STAGES`)."""

FIGURES = ("attacker_auroc", "preview_dp", "preview_auroc")
"""The figures of previews that are shown large, in this order."""

_REFRESH_SECONDS = 1.0
_PROBLEM = "train.problem"


def show_run(run_id: str, on_repeat: Callable[[TrainConfig], None], inspect_page: str) -> None:
    """Show a training; keeps itself up to date while it waits or works.

    Args:
        run_id: a training's id.
        on_repeat: called with the run's configuration when a person wants to change it and
            train again.
        inspect_page: file of the page that shows a finished run.
    """
    status = store().status(run_id)
    st.session_state["train.shown_state"] = (run_id, status.state)
    refresh = _REFRESH_SECONDS if status.active else None
    st.fragment(_run, run_every=refresh)(run_id, on_repeat, inspect_page)


def _run(run_id: str, on_repeat: Callable[[TrainConfig], None], inspect_page: str) -> None:
    runs = store()
    try:
        status = runs.status(run_id)
        config = runs.config(run_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    if st.session_state.get("train.shown_state") != (run_id, status.state):
        st.rerun()
    if not isinstance(config, TrainConfig):
        return
    with st.container(border=True):
        head(run_id, config.name or training_name(config), status)
        if status.state == "queued":
            st.caption(say("live.queued", position=queue_position(run_id)))
        elif status.state == "running":
            show_progress(status, {name: say(f"stage.{name}") for name in STAGES}, config)
        else:
            ended(run_id, status, say("live.done_words"))
            with st.container(horizontal=True):
                next_step(run_id, status, inspect_page)
                if st.button(
                    say("live.again"), icon=":material/edit:", key=f"train.again:{run_id}"
                ):
                    on_repeat(config)
                    st.rerun()
        events = runs.progress(run_id)
        if status.state == "running" or (events and status.state != "queued"):
            # From the start, so that nothing below moves when the first figure comes.
            _figures(events, config, status)
            _learning(events, config)
            _preview(run_id)


def queue_position(run_id: str) -> int:
    """A waiting training's place in the queue, counted from 1."""
    waiting = [r for r in store().list() if r.state == "queued" and r.task != "audit"]
    ids = [r.id for r in sorted(waiting, key=lambda r: r.created)]
    return ids.index(run_id) + 1 if run_id in ids else 1


def head(run_id: str, name: str, status: RunStatus) -> None:
    """A run's name and state, and the button that stops it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(escape(name), anchor=False, width="stretch")
        run_badge(status.state)
        if status.active:
            st.button(
                say("live.stop"),
                icon=":material/stop:",
                key=f"train.stop:{run_id}",
                disabled=status.stopping,
                on_click=_stop,
                args=(run_id,),
            )
    problem = recall(_PROBLEM, "")
    if problem:
        st.error(escape(problem), icon=":material/error:")
        forget(_PROBLEM)


def _stop(run_id: str) -> None:
    try:
        launcher.stop(store(), run_id)
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def _resume(run_id: str) -> None:
    try:
        launcher.resume(store(), run_id)
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def show_progress(
    status: RunStatus, stages: Mapping[str, str], config: TrainConfig | ImageTrainConfig
) -> None:
    """The stage, the bar and the time left.

    Args:
        status: of a run at work.
        stages: what each stage is called, in their order.
        config: the run's; tells the expected time until the run tells its own.
    """
    names = list(stages)
    stage = status.stage if status.stage in stages else names[0]
    place = {"n": names.index(stage) + 1, "total": len(names)}
    st.markdown(f"**{say('live.stage', **place, stage=stages[stage])}**")
    words = [percent(status.fraction)]
    if status.seconds_left is not None:
        words.append(say("time.left", time=duration(status.seconds_left)))
    elif status.fraction == 0 and (expected := duration(expected_seconds(config))):
        words.append(say("time.expected", time=expected))
    st.progress(min(max(status.fraction, 0.0), 1.0), text=" · ".join(words))
    st.caption(say("live.stopping") if status.stopping else say("live.leave"))


def ended(run_id: str, status: RunStatus, done_words: str) -> None:
    """How a run ended, in plain words."""
    if status.state == "done":
        taken = duration(status.seconds_taken)
        words = [say("live.done", time=taken)] if taken else []
        st.caption(" ".join([*words, done_words]))
        return
    if status.state == "failed":
        st.error(escape(status.message) or say("live.failed"), icon=":material/error:")
        log = store().log_tail(run_id, 30)
        if log.strip():
            with st.expander(say("live.log"), icon=":material/terminal:"):
                st.code(log, language=None, wrap_lines=True)
        if status.resumable:
            st.caption(say("live.resume_from"))
    else:
        st.caption(escape(status.message) or say("live.stopped"))
    if not status.resumable:
        st.caption(say("live.no_checkpoint"))


def next_step(run_id: str, status: RunStatus, inspect_page: str) -> None:
    """The button that leads on: to the result, or to a resume."""
    if status.state != "done":
        st.button(
            on_primary(say("live.resume") if status.resumable else say("live.start_over")),
            icon=":material/play_arrow:",
            type="primary",
            key=f"train.resume:{run_id}",
            on_click=_resume,
            args=(run_id,),
        )
    elif st.button(
        on_primary(say("live.inspect")),
        icon=":material/query_stats:",
        type="primary",
        key=f"train.inspect:{run_id}",
    ):
        st.switch_page(inspect_page, query_params={"run": run_id})


def series(events: Sequence[ProgressEvent], key: str) -> list[float]:
    """A figure's values in the order in which they were measured."""
    return [event.figures[key] for event in events if key in event.figures]


def _figures(events: Sequence[ProgressEvent], config: TrainConfig, status: RunStatus) -> None:
    not_yet = say("live.not_yet" if status.active else "live.never")
    with st.container(horizontal=True):
        for key in FIGURES if config.roles.target else FIGURES[:1]:
            words = key.removesuffix("_auroc") if key.startswith("attacker") else key
            values = series(events, key)
            term = {"attacker": "attacker", "preview_dp": "dp"}.get(words, "auroc")
            lines = [say(f"live.{words}.ideal") if values else not_yet]
            value = number(values[-1]) if values else "–"
            card(say(f"live.{words}"), value, lines, explain(term))


def _learning(events: Sequence[ProgressEvent], config: TrainConfig) -> None:
    """Figures over time, the groups' gradient norms where they are told, and losses, small."""
    from fairgen_core import charts
    from fairgen_core.charts.training import GRADIENT_NORM

    if any(len(series(events, key)) > 1 for key in FIGURES):
        show_chart(charts.progress_lines(events), key="live.figures")
    if any(name.startswith(GRADIENT_NORM) for e in events for name in e.figures):
        section(say("live.clipping"))
        show_chart(charts.gradient_norms(events, config.generator.clip_norm), key="live.gradients")
    if any(event.losses for event in events):
        with st.expander(say("live.losses"), icon=":material/show_chart:"):
            show_chart(charts.loss_lines(events), key="live.losses", data_toggle=False)


def _preview(run_id: str) -> None:
    preview = store().preview(run_id)
    if not preview or not preview.get("rows"):
        return
    section(say("live.preview"), say("live.preview_caption", n=len(preview["rows"])))
    st.dataframe(
        pd.DataFrame(preview["rows"], columns=preview["columns"]),
        hide_index=True,
        height=280,
        alt=say("live.preview"),
    )
