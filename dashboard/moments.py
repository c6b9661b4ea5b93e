"""The moment of trainings on pictures that a person looks at: a slider that follows the newest."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.looked_runs import PictureRun
from dashboard.state import forget, recall, remember
from dashboard.text import say
from fairgen_core.numbers import number

_PINNED = "looks.pinned"
_FOLLOWED = "looks.followed"
_LATE_SECONDS, _LATE_TURNS = 3.0, 3


@dataclass(frozen=True)
class Followed:
    """Where the slider was put without a choice.

    A click elsewhere, or the clock that asks for the newest look, also sends the slider's place;
    a busy browser's is the look before, where we put it ourselves: that is nobody's choice.

    Attributes:
        newest: the moment of the newest look.
        turn: how often the slider was drawn.
        left: the moment before, with the turn and the time (seconds) at which it was left.
    """

    newest: float
    turn: int = 0
    left: tuple[float, int, float] | None = None

    def at(self, newest: float, now: float) -> Followed:
        """The next turn, with the look that is newest in it."""
        left = self.left
        if newest != self.newest:
            left = (self.newest, self.turn + 1, now)
        return Followed(newest, self.turn + 1, left)

    def is_echo(self, moment: float, now: float) -> bool:
        """Whether a browser that still lags behind may send this moment by itself.

        Turns are counted beside seconds: where everything is slow, the browser is too.
        """
        if self.left is None:
            return False
        before, turn, since = self.left
        is_recent = now - since < _LATE_SECONDS or self.turn - turn < _LATE_TURNS
        return moment == before and is_recent


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
    key = "looks.moment:" + ":".join(run.id for run in runs)
    pinned: tuple[str, float] | None = recall(_PINNED, None)
    if pinned is not None and pinned[0] == key and pinned[1] < newest:
        moment = pinned[1]
    else:
        moment = newest
    before: tuple[str, Followed] = recall(_FOLLOWED, ("", Followed(newest)))
    followed = before[1] if before[0] == key else Followed(newest)
    followed = followed.at(newest, time.monotonic())
    remember(_FOLLOWED, (key, followed))
    st.session_state[key] = min(moments, key=lambda one: abs(one - moment))
    st.select_slider(
        say("looks.moment" if of_gans else "looks.latent_moment"),
        moments,
        format_func=number if of_gans else latent_moment_words,
        key=key,
        help=say("looks.moment_help"),
        on_change=_pin,
        args=(key, followed),
    )
    return None if moment == newest else float(moment)


def _pin(key: str, followed: Followed) -> None:
    """Stay at the moment that a person chose; at the end, follow the newest look again."""
    chosen = st.session_state[key]
    if recall(_PINNED, None) is None and followed.is_echo(chosen, time.monotonic()):
        return
    if chosen < followed.newest:
        remember(_PINNED, (key, chosen))
    else:
        forget(_PINNED)


def latent_moment_words(moment: float) -> str:
    """A moment of FLDGM's training: ``compression 45 %``; see `image_presets.fldgm_looks`."""
    part = "compression" if moment <= 1 else "generator"
    share = moment if moment <= 1 else moment - 1
    return say(f"looks.latent_moment.{part}", share=f"{100 * share:.0f} %")
