"""Trainings on pictures as they go: one, or two side by side at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.components import escape
from dashboard.live import ended, head, next_step, queue_position, show_progress
from dashboard.looked_runs import PictureRun, picture_run
from dashboard.looks import beside, clip_words, show_looks
from dashboard.reads import store
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.settings_words import picture_words

STAGES = ("read", "judges", "compression", "generator", "decode", "evaluate")
"""The stages of a training on pictures, in order (as `fairgen_core.training.IMAGE_STAGES`)."""

_REFRESH_SECONDS = 1.0
_SHOWN = "looks.shown_states"


def stages(config: ImageTrainConfig) -> dict[str, str]:
    """A training's stages and what they are called; a GAN has no compression."""
    left_out = set() if config.synthesizer == "fldgm" else {"compression"}
    return {s: say(f"picture_stage.{s}") for s in STAGES if s not in left_out}


def show_picture_runs(
    run_ids: Sequence[str], repeat: Callable[[ImageTrainConfig], None], inspect_page: str
) -> None:
    """Show trainings on pictures; they keep themselves up to date while one waits or works.

    Args:
        run_ids: one id, or two to be compared.
        repeat: called with a run's configuration when a person wants to change it and train again.
        inspect_page: file of the page that shows a finished run.
    """
    try:
        states = {run_id: store().status(run_id).state for run_id in run_ids}
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    st.session_state[_SHOWN] = states
    at_work = any(state in {"queued", "running"} for state in states.values())
    refresh = _REFRESH_SECONDS if at_work else None
    st.fragment(_runs, run_every=refresh)(tuple(run_ids), repeat, inspect_page)


def _runs(
    run_ids: tuple[str, ...], repeat: Callable[[ImageTrainConfig], None], inspect_page: str
) -> None:
    try:
        read = [picture_run(run_id) for run_id in run_ids]
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    runs = [run for run in read if run is not None]
    now = {run.id: run.status.state for run in runs}
    if st.session_state.get(_SHOWN, now) != now:
        st.rerun()
    for run, place in zip(runs, beside("tops", len(runs)), strict=True):
        with place, st.container(border=True, height="stretch"):
            _top(run, repeat, inspect_page)
    show_looks(runs)


def _top(run: PictureRun, repeat: Callable[[ImageTrainConfig], None], inspect_page: str) -> None:
    """Name, state, bar, and what can be done next."""
    head(run.id, run.name, run.status)
    st.caption(settings_line(run.config))
    if run.status.state == "queued":
        st.caption(say("live.queued", position=queue_position(run.id)))
    elif run.status.state == "running":
        show_progress(run.status, stages(run.config), run.config)
    else:
        judged = run.config.evaluate
        ended(run.id, run.status, say("looks.done_judged" if judged else "looks.done_words"))
        with st.container(horizontal=True):
            next_step(run.id, run.status, inspect_page)
            if st.button(say("live.again"), icon=":material/edit:", key=f"train.again:{run.id}"):
                repeat(run.config)
                st.rerun()


def settings_line(config: ImageTrainConfig) -> str:
    """What sets a training apart from its neighbour, in one line."""
    how = picture_words(config)
    if config.synthesizer != "fldgm" and config.gan.clip_norm is None:
        how.append(clip_words(None))
    return say("looks.settings", how=" · ".join(how), seed=config.seed)
