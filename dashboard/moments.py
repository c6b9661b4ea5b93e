"""The moment of trainings on pictures that a person looks at: a slider whose end is the newest."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import streamlit as st

from dashboard.looked_runs import PictureRun
from dashboard.state import keep, kept
from dashboard.text import say
from fairgen_core.numbers import number

NEWEST = inf
"""The slider's end: whatever look is the newest. In place of the last moment that is planned, so
that the page never moves the slider itself: a busy browser would answer with the place before, and
that cannot be told from a person's choice.
"""


def choose_moment(runs: Sequence[PictureRun]) -> float | None:
    """The moment that all runs are shown at; None: each one's newest look.

    A GAN's moments are epochs. FLDGM's are told by its two parts; beside a GAN it has no moment in
    common with it, and shows its newest look.
    """
    of_gans = any(run.epochs for run in runs)
    if of_gans:
        newest = max((run.seen.trace[-1].epoch for run in runs if run.seen.trace), default=None)
    else:
        seen = [run.moments.get(i, 2.0) for run in runs for i in run.grids]
        newest = max(seen, default=None)
    # Every planned look is an option from the start: a slider that grew would be made anew, and
    # lost under the pointer, at every look.
    planned = [run.epochs if of_gans else run.moments.values() for run in runs]
    moments = sorted({moment for some in planned for moment in some})
    if newest is None or len(moments) < 2:
        return None
    options = [*moments[:-1], NEWEST]
    key = "looks.moment:" + ":".join(run.id for run in runs)
    if st.session_state.get(kept(key, NEWEST)) not in options:
        st.session_state[key] = NEWEST
    chosen = st.select_slider(
        say("looks.moment" if of_gans else "looks.latent_moment"),
        options,
        format_func=_epoch_words if of_gans else latent_moment_words,
        key=key,
        help=say("looks.moment_help"),
    )
    keep(key, chosen)
    return float(chosen) if chosen < newest else None


def _epoch_words(moment: float) -> str:
    return say("looks.newest") if moment == NEWEST else number(moment)


def latent_moment_words(moment: float) -> str:
    """A moment of FLDGM's training: ``compression 45 %``; see `image_presets.fldgm_looks`."""
    if moment == NEWEST:
        return say("looks.newest")
    part = "compression" if moment <= 1 else "generator"
    share = moment if moment <= 1 else moment - 1
    return say(f"looks.latent_moment.{part}", share=f"{100 * share:.0f} %")
